"""Two rows of one school: who may, what follows, who chooses what, and that nothing is forgotten."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from conftest import make_appointment, make_class, make_organization, make_user
from coordination.merging import Choices, merge
from coordination.merging_rules import APART, MOVES, OF_CLASS
from foundation.verbs import WrongStatus
from invitations.models import ExpectedMember, Invitation
from invitations.statuses import LinkState, Role
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat, ClassWithoutChats
from organizations.journey import reach
from organizations.models import Appointment, Event, Municipality, Organization, SchoolClass
from organizations.statuses import AdministratorState, AppointmentStatus, Kind, Source, Step
from registrations.models import HelpRequest, Inquiry, RegistrationRequest
from registrations.statuses import Addressee, HelpTopic, InquiryChannel

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
OURS = Choices()
HELP = {"topic": HelpTopic.OTHER, "addressee": Addressee.SUPPORT}


def pointing_at(model: type[models.Model]) -> set[tuple[type[models.Model], str]]:
    """Hidden ones too: `related_objects` says nothing of a key with `related_name="+"`."""
    related = model._meta.get_fields(include_hidden=True)
    return {(each.related_model, each.field.name) for each in related if each.auto_created and not each.concrete}


def named() -> set[tuple[type[models.Model], str]]:
    return {(move.model, move.field) for move in MOVES} | set(APART)


@pytest.fixture
def double(school: Organization) -> Organization:
    """The same school, written down a second time."""
    return make_organization(school.municipality, short_name="СОШ № 1 (дубль)", phone="+7 3822 51-00-00")


def test_every_key_to_an_organization_is_named_in_the_merging() -> None:
    assert pointing_at(Organization) == named()


def test_every_key_to_a_class_is_named_in_the_merging() -> None:
    assert pointing_at(SchoolClass) == set(OF_CLASS)


def test_red_control_a_key_that_is_not_named_is_found() -> None:
    assert pointing_at(Organization) - {(move.model, move.field) for move in MOVES if move.model is not Chat} >= {
        (Chat, "organization")
    }
    assert any(
        field.remote_field.related_name == "+" for model, name in named() for field in [model._meta.get_field(name)]
    )


def test_strangers_and_administrators_merge_nothing(
    school: Organization, other_school: Organization, double: Organization, marina: User, oleg: User, enter: Enter
) -> None:
    for user in (marina, oleg):
        for address in (f"/organizations/{school.pk}/merge/", f"/organizations/{school.pk}/merge/{double.pk}/"):
            assert enter(user).get(address).status_code == 404
            assert enter(user).post(address).status_code == 404
    assert not Organization.objects.closed().exists()


def test_a_municipal_coordinator_merges_only_where_both_are_hers(
    school: Organization, other_school: Organization, double: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    for pk, other in ((school.pk, other_school.pk), (other_school.pk, school.pk)):
        assert enter(nadia).post(f"/organizations/{pk}/merge/{other}/").status_code == 404
    found = enter(nadia).get(f"/organizations/{school.pk}/merge/", {"words": other_school.inn}).content.decode()
    assert other_school.name not in found
    assert enter(nadia).get(f"/organizations/{school.pk}/merge/{double.pk}/").status_code == 200
    assert enter(vera).get(f"/organizations/{school.pk}/merge/{other_school.pk}/").status_code == 200


def test_the_other_row_is_found_by_words_or_because_it_is_alike(
    school: Organization, double: Organization, vera: User, enter: Enter
) -> None:
    Organization.objects.filter(pk=double.pk).update(email=school.email)
    page = enter(vera).get(f"/organizations/{school.pk}/merge/").content.decode()
    assert "Похоже, это она" in page
    assert double.name in page
    answer = enter(vera).get(f"/organizations/{school.pk}/merge/", {"words": "дубль"})
    assert answer["Location"] == f"/organizations/{school.pk}/merge/{double.pk}/"
    assert enter(vera).get(f"/organizations/{school.pk}/merge/", {"words": "\x00"}).status_code == 200


def test_links_requests_and_history_follow(
    school: Organization, double: Organization, vera: User, enter: Enter, client: Client
) -> None:
    link = make_invitation(double, section="В")
    request = make_request(link)
    case = RegistrationRequest.objects.open_new(double, by=vera)
    Event.record("class.changed", link.school_class, double, by=vera)
    reach(double, Step.APPOINTED, by=vera, source=Source.SCHOOL)
    page = enter(vera).get(f"/organizations/{school.pk}/merge/{double.pk}/").content.decode()
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 класс" in page
    assert "1 заявка в класс" in page
    answer = enter(vera).post(f"/organizations/{school.pk}/merge/{double.pk}/", {"short_name": "ours"}, follow=True)
    assert "Объединено" in answer.content.decode()

    for row in (link.school_class, request, case):
        row.refresh_from_db()
        assert row.organization_id == school.pk
    assert school.events.filter(verb="class.changed").exists()
    school.refresh_from_db()
    assert school.step == Step.APPOINTED
    visitor = client.get(f"/j/{link.code}/")
    assert visitor.status_code == 200
    assert school.name in visitor.content.decode()


def test_the_other_row_stays_and_leads_on(school: Organization, double: Organization, vera: User, enter: Enter) -> None:
    merge(school, double, OURS, by=vera)
    double.refresh_from_db()
    assert (double.successor, double.is_closed) == (school, True)
    assert school.get_absolute_url() in enter(vera).get(double.get_absolute_url()).content.decode()
    assert double.name in enter(vera).get(school.get_absolute_url()).content.decode()
    assert {event.organization for event in Event.objects.filter(verb="organization.merged")} == {school, double}
    with pytest.raises(WrongStatus, match="уже закрыли"):
        merge(school, double, OURS, by=vera)


def test_of_two_administrators_the_person_chooses_and_the_other_loses_the_rights(
    school: Organization, double: Organization, marina: User, vera: User, enter: Enter
) -> None:
    second = make_appointment(double, make_user(full_name="Белова Инна Олеговна", phone="+79000002222"))
    double.set_administrator_state(AdministratorState.CONFIRMED, confirmed_on=date(2026, 10, 1))
    page = enter(vera).get(f"/organizations/{school.pk}/merge/{double.pk}/").content.decode()
    assert "Белова Инна Олеговна" in page
    assert "ИНН" in page
    assert "Инн" not in page.replace("Инна", "")
    enter(vera).post(
        f"/organizations/{school.pk}/merge/{double.pk}/",
        {"short_name": "ours", "full_name": "ours", "inn": "ours", "email": "ours", "administrator": "theirs"},
    )
    acting = Appointment.objects.responsible().filter(organization__in=(school, double))
    assert [row.pk for row in acting] == [second.pk]
    school.refresh_from_db()
    assert (school.administrator_state, school.administrator_confirmed_on) == ("confirmed", date(2026, 10, 1))
    marina.refresh_from_db()
    assert enter(marina).get(school.get_absolute_url()).status_code == 404
    former = Appointment.objects.get(user=marina)
    assert (former.status, former.ended_by) == (AppointmentStatus.ENDED, vera)


def test_without_a_choice_the_row_that_stays_keeps_its_administrator(
    school: Organization, double: Organization, marina: User, vera: User
) -> None:
    make_appointment(double)
    merge(school, double, OURS, by=vera)
    school.__dict__.pop("administrator", None)
    assert school.administrator is not None
    assert school.administrator.user == marina


def test_facts_are_chosen_one_by_one_and_empty_ones_are_filled(
    school: Organization, double: Organization, vera: User
) -> None:
    inn, kpp, full_name = double.inn, double.kpp, school.full_name
    former = school.inn
    merge(school, double, Choices(facts=["inn"]), by=vera)
    for row in (school, double):
        row.refresh_from_db()
    assert (school.inn, school.kpp, school.phone, school.full_name) == (inn, kpp, "+7 3822 51-00-00", full_name)
    assert double.inn == former, "the numbers change places, for the database knows an organization once by them"
    assert inn in school.search_key


def test_numbers_of_a_third_organization_are_refused_as_a_whole(
    school: Organization, double: Organization, vera: User
) -> None:
    Organization.objects.filter(pk=double.pk).update(kpp="700002002")
    double.refresh_from_db()
    make_organization(school.municipality, inn=double.inn, kpp=school.kpp)
    with pytest.raises(WrongStatus, match="третьей"):
        merge(school, double, Choices(facts=["inn"]), by=vera)
    double.refresh_from_db()
    assert double.closed_on is None


def test_the_same_class_becomes_one_and_of_two_links_one_is_replaced(
    school: Organization, double: Organization, vera: User, client: Client
) -> None:
    ours, theirs = make_invitation(school), make_invitation(double)
    teachers = make_invitation(double, school_class=theirs.school_class, role=Role.TEACHER)
    request = make_request(theirs)
    for each in (school, double):
        Chat.objects.create(organization=each, school_class=each.classes.get(), name="7 Б", key="7 б")
    ExpectedMember.objects.create(
        organization=double, school_class=theirs.school_class, role=Role.PUPIL, full_name="Петров Илья"
    )
    merge(school, double, OURS, by=vera)

    one = school.classes.live().get()
    request.refresh_from_db()
    assert (request.school_class, request.organization_id) == (one, school.pk)
    assert one.expected.count() == 1
    assert sorted(one.chats.values_list("name", flat=True)) == ["7 Б", f"7 Б (запись {double.pk})"]
    assert Invitation.objects.get(pk=ours.pk).state == LinkState.OPEN
    assert Invitation.objects.get(pk=teachers.pk).state == LinkState.OPEN, "a role that only the other row had"
    gone = Invitation.objects.get(pk=theirs.pk)
    assert (gone.state, gone.replaced_by) == (LinkState.REPLACED, ours)
    assert Event.objects.get(verb="invitation.replaced", object_id=gone.pk).organization == school
    assert client.get(f"/j/{theirs.code}/").status_code == 410


def test_two_classes_of_one_name_in_two_buildings_stay_two(
    school: Organization, double: Organization, vera: User
) -> None:
    make_invitation(school)
    theirs = make_invitation(double)
    merge(school, double, Choices(apart="корпус 2"), by=vera)
    assert sorted(str(each) for each in school.classes.live()) == ["7 «Б»", "7 «Б», корпус 2"]
    theirs = Invitation.objects.get(pk=theirs.pk)
    assert (theirs.state, theirs.organization) == (LinkState.OPEN, school)


def test_a_class_said_to_have_no_chats_is_believed_no_more_where_one_comes(
    school: Organization, double: Organization, vera: User
) -> None:
    ours, theirs = make_class(school), make_class(double)
    ClassWithoutChats.objects.create(school_class=ours, noted_by=vera)
    Chat.objects.create(organization=double, school_class=theirs, name="7 Б", key="7 б")
    merge(school, double, OURS, by=vera)
    assert not ClassWithoutChats.objects.exists()


def test_a_second_open_letter_to_support_stays_with_the_closed_row_and_its_heir_finishes_it(
    school: Organization, double: Organization, marina: User, vera: User, enter: Enter
) -> None:
    ours, theirs = (RegistrationRequest.objects.open_new(each, by=vera) for each in (school, double))
    Inquiry.objects.create(organization=school, asked_by=vera, channel=InquiryChannel.LETTER)
    asked_twice = Inquiry.objects.create(organization=double, asked_by=vera, channel=InquiryChannel.LETTER)
    help_ = HelpRequest.objects.open_new(double, by=vera, **HELP)
    merge(school, double, OURS, by=vera)
    for row in (ours, theirs, asked_twice, help_):
        row.refresh_from_db()
    assert (ours.organization_id, theirs.organization_id) == (school.pk, double.pk)
    assert help_.organization_id == school.pk
    assert (asked_twice.organization_id, asked_twice.withdrawn_at is not None) == (school.pk, True)
    assert theirs.number in enter(marina).get(double.get_absolute_url()).content.decode()


def test_predecessors_of_the_row_that_goes_lead_to_the_one_that_stays(
    school: Organization, double: Organization, vera: User
) -> None:
    former = make_organization(school.municipality)
    former.close(by=vera, on=date(2026, 9, 1), reason="Присоединена", successor=double)
    merge(school, double, OURS, by=vera)
    former.refresh_from_db()
    assert former.successor == school


def filled(municipality: Municipality, rows: int, by: User) -> Organization:
    double = make_organization(municipality)
    for number in range(rows):
        link = make_invitation(double, school_class=make_class(double, grade=1 + number % 11, section=f"Ц{number}"))
        make_request(link)
        make_class(double, grade=1 + number % 11, section=f"Ж{number}")
        Chat.objects.create(organization=double, school_class=link.school_class, name="Чат", key="чат")
        Event.record("class.changed", link, double, by=by)
        HelpRequest.objects.open_new(double, by=by, **HELP)
    return double


def test_many_rows_cost_no_more_statements(municipality: Municipality, vera: User) -> None:
    counts = []
    for rows in (3, 3, 12):
        school, double = make_organization(municipality), filled(municipality, rows, vera)
        for each in double.classes.filter(section__startswith="Ж"):
            make_class(school, grade=each.grade, section=each.section)
        with CaptureQueriesContext(connection) as asked:
            merge(school, double, OURS, by=vera)
        counts.append(len(asked))
    assert counts[1] == counts[2]
    assert counts[2] < 180, "a third of them look how it was before and after, for the way back"


def test_two_of_different_kind_or_place_are_asked_about(
    school: Organization, double: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    question, address = "Одна ли это организация?", f"/organizations/{school.pk}/merge/"
    assert question not in enter(vera).get(f"{address}{double.pk}/").content.decode()
    page = enter(vera).get(f"{address}{other_school.pk}/").content.decode()
    assert question in page
    assert f"Муниципалитет: {school.municipality} и {other_school.municipality}" in page
    Organization.objects.filter(pk=double.pk).update(kind=Kind.KINDERGARTEN)
    assert "Вид: школа и детский сад" in enter(vera).get(f"{address}{double.pk}/").content.decode()
