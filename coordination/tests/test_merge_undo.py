"""A merging is taken back: who may, that every row is as it was, what follows what, and when it is refused."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_class, make_organization, make_user
from coordination import merge_journal
from coordination.merge_undo import undo, undoing_of
from coordination.merging import Choices, merge
from coordination.models import Call, Contradiction, Merging, SferumTable, Snooze
from coordination.statuses import CallOutcome, Contrast
from foundation.verbs import WrongStatus
from invitations.models import ExpectedMember, Invitation, Rollover
from invitations.statuses import LinkState, Role
from invitations.tests.builders import make_invitation, make_request
from messenger.models import Chat, ClassWithoutChats, NothingToMove
from messenger.statuses import ChatStatus
from messenger.statuses import Reason as ChatReason
from organizations.journey import reach, recompute
from organizations.models import Appointment, Event, Organization, SearchWord
from organizations.statuses import AdministratorState, Source, Step
from registrations.models import HelpRequest, Inquiry, RegistrationRequest
from registrations.statuses import Addressee, HelpTopic, InquiryChannel, Purpose

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db
HELP = {"topic": HelpTopic.OTHER, "addressee": Addressee.SUPPORT}
FACTS = ["inn", "full_name", "short_name", "registered_phone"]
_NEW = (Merging, SearchWord)
"""What a merging and its undo may leave behind; of the journal, only new lines."""


def rows() -> dict[str, dict[int, dict[str, Any]]]:
    """Every row of every table of the portal, with whatever it holds."""
    labels = {model._meta.app_label for model in merge_journal.WATCHED}
    return {
        model._meta.label: {row[model._meta.pk.attname]: row for row in model._base_manager.values()}
        for model in apps.get_models()
        if model._meta.app_label in labels and model not in _NEW
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for label, known in before.items():
        for pk, row in known.items():
            if row != after[label].get(pk):
                yield label, row, after[label].get(pk)
        if label != Event._meta.label and (new := after[label].keys() - known.keys()):
            yield label, None, new


@pytest.fixture
def double(school: Organization) -> Organization:
    return make_organization(
        school.municipality, short_name="СОШ № 1 (дубль)", phone="+7 3822 51-00-00", registered_phone="+79000001499"
    )


@pytest.fixture
def full(school: Organization, double: Organization, marina: User, vera: User) -> None:
    """Both rows with whatever hangs on organizations, some of it in each other's way."""
    make_appointment(double, make_user(full_name="Белова Инна Олеговна", phone="+79000002222"))
    for row in (school, double):
        row.set_administrator_state(AdministratorState.CONFIRMED, confirmed_on=date(2026, 10, row.pk % 20 + 1))
        link = make_invitation(row)
        request = make_request(link)
        ExpectedMember.objects.create(
            organization=row, school_class=link.school_class, role=Role.PUPIL, full_name="Петров Илья"
        )
        Chat.objects.create(organization=row, school_class=link.school_class, name="7 Б", key="7 б")
        ClassWithoutChats.objects.create(school_class=make_class(row, grade=8), noted_by=vera)
        RegistrationRequest.objects.open_new(row, by=vera)
        question = HelpRequest.objects.open_new(row, by=vera, **HELP)
        question.letters.send(question, Purpose.FIRST, by=vera)
        Call.objects.create(organization=row, outcome=CallOutcome.LATER, by=vera)
        Rollover.objects.create(organization=row, from_year=2024, done_by=vera)
        Inquiry.objects.create(organization=row, asked_by=vera, channel=InquiryChannel.LETTER)
        Snooze.objects.put_off(row, until=timezone.localdate() + timedelta(days=3), reason="отпуск", by=vera)
        Event.record("class.changed", request, row, by=vera)
        reach(row, Step.APPOINTED, by=vera, source=Source.SCHOOL)
    make_invitation(double, school_class=make_class(double, grade=9, section="Ж"))
    table = SferumTable.objects.create(region=school.region, name="Сферум", uploaded_by=vera)
    facts = {"region": school.region, "table": table, "kind": Contrast.PHONE}
    Contradiction.objects.create(organization=double, key=Contradiction.key_of(double), **facts)
    NothingToMove.objects.create(organization=school, noted_by=vera)
    Chat.objects.filter(organization=school).update(status=ChatStatus.NOT_MOVED, reason=ChatReason.values[0])
    former = make_organization(school.municipality)
    former.close(by=vera, on=date(2026, 9, 1), reason="Присоединена", successor=double)
    for row in (school, double):
        recompute(row)
        row.refresh_from_db()


@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices(facts=FACTS, takes_administrator=True),
        Choices(facts=FACTS, apart="корпус 2"),
    ],
)
@pytest.mark.usefixtures("full")
def test_every_row_of_every_table_is_as_it_was(
    school: Organization, double: Organization, vera: User, choices: Choices
) -> None:
    before = rows()
    merging = merge(school, double, choices, by=vera)
    assert len(list(differences(before, rows()))) > 15, "red control: the merging changes rows of many tables"
    undo(Merging.objects.get(pk=merging.pk), by=vera)
    assert list(differences(before, rows())) == []
    lines = Event.objects.filter(verb="organization.unmerged")
    assert {(line.organization, line.by) for line in lines} == {(school, vera), (double, vera)}


@pytest.mark.usefixtures("full")
def test_red_control_a_column_that_is_not_watched_stays_changed(
    school: Organization, double: Organization, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = {model: names for model, names in merge_journal.WATCHED.items() if model is not Appointment}
    monkeypatch.setattr(merge_journal, "WATCHED", watched)
    before = rows()
    undo(merge(school, double, Choices(), by=vera), by=vera)
    assert {label for label, _, _ in differences(before, rows())} == {Appointment._meta.label}


def test_strangers_and_a_coordinator_of_one_of_the_two_undo_nothing(
    school: Organization, double: Organization, marina: User, oleg: User, nadia: User, vera: User, enter: Enter
) -> None:
    merging = merge(school, double, Choices(), by=vera)
    Organization.objects.filter(pk=double.pk).update(municipality=None)  # the whole region's, not hers any more
    for user in (marina, oleg, nadia):
        for pk in (school.pk, double.pk):
            address = f"/organizations/{pk}/merge/undo/{merging.pk}/"
            assert enter(user).get(address).status_code == 404
            assert enter(user).post(address).status_code == 404
    assert "merge/undo" not in enter(nadia).get(school.get_absolute_url()).content.decode()
    assert Merging.objects.standing().exists()


@pytest.mark.usefixtures("full")
def test_it_is_offered_and_done_from_the_page_of_either_row(
    school: Organization, double: Organization, vera: User, enter: Enter
) -> None:
    browser = enter(vera)
    assert "Отменить объединение можно 14" in browser.get(
        f"/organizations/{school.pk}/merge/{double.pk}/"
    ).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    browser.post(f"/organizations/{school.pk}/merge/{double.pk}/")
    merging = Merging.objects.get()
    for row in (school, double):
        address = f"/organizations/{row.pk}/merge/undo/{merging.pk}/"
        assert address in browser.get(row.get_absolute_url()).content.decode()
        page = browser.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert "1 вопрос в Сферум" in page
        assert "снова получит доступ" in page
        assert "снова станут двумя" in page
    assert browser.get(f"/organizations/{school.pk}/merge/undo/{merging.pk + 1}/").status_code == 404
    words = browser.post(f"/organizations/{double.pk}/merge/undo/{merging.pk}/", follow=True).content.decode()
    assert "Объединение отменено" in words
    assert "записей снова две" in words
    double.refresh_from_db()
    assert (double.closed_on, double.successor) == (None, None)
    again = browser.post(f"/organizations/{double.pk}/merge/undo/{merging.pk}/", follow=True).content.decode()
    assert "уже отменено" in again


def test_what_came_since_follows_its_link_and_its_class(
    school: Organization, double: Organization, vera: User, client: Client
) -> None:
    make_invitation(school)
    same, other = make_invitation(double), make_invitation(double, section="В")
    merging = merge(school, double, Choices(), by=vera)
    one = school.classes.live().get(section="Б")
    late = [make_request(each) for each in Invitation.objects.filter(pk__in=(same.pk, other.pk)).order_by("pk")]
    assert {request.organization for request in late} == {school}
    assert late[0].school_class == one
    chat = Chat.objects.create(organization=school, school_class=other.school_class, name="7 В", key="7 в")
    undo(Merging.objects.get(pk=merging.pk), by=vera)
    for request, link in zip(late, (same, other), strict=True):
        request.refresh_from_db()
        assert (request.organization, request.school_class) == (double, link.school_class)
    chat.refresh_from_db()
    assert chat.organization == double
    assert Invitation.objects.get(pk=same.pk).state == LinkState.OPEN
    assert client.get(f"/j/{same.code}/").status_code == 200


def test_facts_that_somebody_has_written_since_stay_and_are_named(
    school: Organization, double: Organization, vera: User
) -> None:
    merging = merge(school, double, Choices(facts=["inn", "short_name"]), by=vera)
    inn, name = double.inn, school.short_name
    school.correct_phone("+7 3822 52-00-00", by=vera)
    done = undo(Merging.objects.get(pk=merging.pk), by=vera)
    for row in (school, double):
        row.refresh_from_db()
    assert (school.phone, double.phone) == ("+7 3822 52-00-00", "+7 3822 51-00-00")
    assert (school.inn, double.inn, double.short_name) != (inn, inn, name)
    assert len(done.kept) == 1
    assert "Телефоны" in done.kept[0]


def case_moved_on(school: Organization, double: Organization, by: User) -> None:
    Event.record("help.answered", HelpRequest.objects.get(), school, by=by)


def step_reached(school: Organization, double: Organization, by: User) -> None:
    reach(school, Step.REQUESTED, by=by, source=Source.COORDINATOR)


def administrator_changed(school: Organization, double: Organization, by: User) -> None:
    Appointment.objects.responsible().get(organization=school).relieve(by=by)


def rolled_over(school: Organization, double: Organization, by: User) -> None:
    Rollover.objects.create(organization=school, from_year=2026, done_by=by)


def merged_again(school: Organization, double: Organization, by: User) -> None:
    merge(school, make_organization(school.municipality), Choices(), by=by)


def class_made_anew(school: Organization, double: Organization, by: User) -> None:
    double.reopen(by=by)
    make_class(double, section="В")


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (case_moved_on, "вопросы в Сферум"),
        (step_reached, "прошла этап"),
        (administrator_changed, "назначения администраторов"),
        (rolled_over, "новый учебный год"),
        (merged_again, "ещё одно объединение"),
        (class_made_anew, "появилось то же"),
    ],
)
def test_later_facts_refuse_it_in_words_and_nothing_is_half_done(
    school: Organization, double: Organization, vera: User, happens: Callable[..., None], words: str
) -> None:
    make_appointment(double)
    make_invitation(double, section="В")
    HelpRequest.objects.open_new(double, by=vera, **HELP)
    merging = merge(school, double, Choices(), by=vera)
    happens(school, double, vera)
    before = rows()
    merging = Merging.objects.get(pk=merging.pk)
    with pytest.raises(WrongStatus, match=words):
        undo(merging, by=vera)
    assert list(differences(before, rows())) == []
    assert Merging.objects.standing().filter(pk=merging.pk).exists()


def test_after_two_weeks_it_is_too_late_and_what_was_given_up_is_forgotten(
    school: Organization, double: Organization, vera: User, enter: Enter
) -> None:
    merging = merge(school, double, Choices(facts=["short_name"]), by=vera)
    assert Merging.objects.forget_old() == 0, "red control: it is kept as long as it can be put back"
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        address = f"/organizations/{school.pk}/merge/undo/{merging.pk}/"
        assert "можно было 14 дней" in enter(vera).get(address).content.decode()
        assert address not in enter(vera).get(school.get_absolute_url()).content.decode()
        with pytest.raises(WrongStatus, match="14"):
            undo(merging, by=vera)
        assert Merging.objects.forget_old() == 1
    merging.refresh_from_db()
    assert (merging.journal, merging.deleted) == ([], [])


def test_many_rows_cost_no_more_statements(school: Organization, double: Organization, vera: User) -> None:
    counts = []
    for number in (3, 4, 12):
        for each in range(number):
            link = make_invitation(double, school_class=make_class(double, section=f"Ц{number}-{each}"))
            make_request(link)
            HelpRequest.objects.open_new(double, by=vera, **HELP)
        merging = Merging.objects.get(pk=merge(school, double, Choices(), by=vera).pk)
        with CaptureQueriesContext(connection) as asked:
            assert undoing_of(merging).back
            undo(merging, by=vera)
        counts.append(len(asked))
        double.refresh_from_db()
        school.refresh_from_db()
    assert counts[1] == counts[2]
    assert counts[2] < 60
