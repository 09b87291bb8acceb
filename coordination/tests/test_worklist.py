"""«Кому звонить»: who sees it, each reason with what makes it go away, putting off, and what the page costs."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from conftest import make_appointment, make_organization
from coordination.doubts import with_doubts
from coordination.models import Snooze
from coordination.statuses import Doubt, Reason
from coordination.tests.test_doubts import fail
from coordination.worklist import WorkList
from correspondence.tests.incoming import make_incoming
from invitations.models import JoinRequest
from invitations.tests.builders import make_invitation, make_request
from organizations.models import Appointment, Event, Municipality, Organization
from organizations.statuses import AppointmentRole, Source, Step
from registrations.models import CaseLetter, HandoverRequest, HelpRequest, Inquiry, Nominee, RegistrationRequest
from registrations.statuses import Addressee, HelpTopic, NominatedBy, RegistrationStatus

Enter = Callable[[User], Client]
LONG_AGO = timedelta(days=30)
PAGE = "/worklist/"


def reasons_of(school: Organization) -> dict[Reason, str]:
    """What the list says of one organization; empty where it is not in the list."""
    work = WorkList(Organization.objects.filter(pk=school.pk))
    entries = work.entries(work.rows)
    return {told.reason: told.words for entry in entries for told in entry.reasons}


def settle(school: Organization, step: Step | None = Step.REGISTERED, **fields: object) -> Organization:
    """A registered school of which nothing has to be said."""
    Organization.objects.filter(pk=school.pk).update(step=step, step_since=date(2026, 9, 1), **fields)
    return Organization.objects.select_related("region").get(pk=school.pk)


@pytest.fixture
def quiet(school: Organization, marina: User) -> Organization:
    """Registered, its administrator checked and helped by a deputy."""
    Appointment.objects.update(checked_at=timezone.now())
    make_appointment(school, role=AppointmentRole.DEPUTY, checked_at=timezone.now())
    return settle(school)


# --- Who sees it -----------------------------------------------------------------------------------------------------


def test_only_coordinators_and_staff_have_a_work_list(
    school: Organization, marina: User, vera: User, igor: User, enter: Enter, client: Client
) -> None:
    assert client.get(PAGE).status_code == 302
    assert enter(marina).get(PAGE).status_code == 404
    assert enter(vera).get(PAGE).status_code == 200
    assert enter(igor).get(PAGE).status_code == 200


def test_a_municipal_coordinator_sees_only_hers(
    school: Organization, other_school: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    for row in (school, other_school):
        settle(row)
    Organization.objects.filter(pk=other_school.pk).update(short_name="Канарейка")
    assert "Канарейка" in enter(vera).get(PAGE).content.decode(), "the canary would be seen where it may be"
    for address in (PAGE, "/worklist/?reason=nobody", "/dashboard/", f"/worklist/?municipality={other_school.pk}"):
        assert "Канарейка" not in enter(nadia).get(address).content.decode()


def test_a_foreign_organization_is_not_put_off(
    other_school: Organization, nadia: User, vera: User, enter: Enter
) -> None:
    snooze = Snooze.objects.put_off(other_school, until=timezone.localdate() + LONG_AGO, reason="отпуск", by=vera)
    assert enter(nadia).post(reverse("coordination:snooze", args=[other_school.pk]), {}).status_code == 404
    assert enter(nadia).post(reverse("coordination:snooze-wake", args=[snooze.pk])).status_code == 404
    assert Snooze.objects.active().count() == 1


# --- Each reason, and what makes it go away ---------------------------------------------------------------------------


def test_nothing_to_say_of_a_quiet_school(quiet: Organization) -> None:
    assert reasons_of(quiet) == {}


def test_an_answer_that_is_overdue(quiet: Organization, vera: User) -> None:
    quiet = settle(quiet, Step.APPOINTED)
    case = RegistrationRequest.objects.open_new(quiet, by=vera, status=RegistrationStatus.SUBMITTED)
    RegistrationRequest.objects.update(waiting_since=quiet.today)
    assert reasons_of(quiet) == {}, "today's letter may still be answered in time"
    with time_machine.travel(timezone.now() + LONG_AGO):
        Appointment.objects.update(until=None)
        case.refresh_from_db()
        words = reasons_of(quiet)[Reason.OVERDUE]
        assert f"просрочен на {case.overdue_days}\u00a0рабоч" in words
        assert "Поддержка Сферума" in words


def test_an_overdue_question_names_whoever_was_asked(quiet: Organization, vera: User) -> None:
    for addressee in Addressee:
        HelpRequest.objects.all().delete()
        HelpRequest.objects.prepare(
            quiet, topic=HelpTopic.OTHER, addressee=addressee, question="?", by=vera, form_key=uuid4()
        )
        HelpRequest.objects.update(status="submitted", waiting_since=quiet.today - LONG_AGO)
        assert addressee.label in reasons_of(quiet)[Reason.OVERDUE]


def test_an_answer_that_nobody_has_read(quiet: Organization, vera: User) -> None:
    case = RegistrationRequest.objects.open_new(quiet, by=vera, status=RegistrationStatus.SUBMITTED)
    assert Reason.UNREAD not in reasons_of(quiet)
    letter = CaseLetter.objects.receive(case, make_incoming())
    assert "прочитайте" in reasons_of(quiet)[Reason.UNREAD]
    CaseLetter.objects.filter(pk=letter.pk).update(outcome="other", judged_at=timezone.now(), judged_by=vera)
    assert Reason.UNREAD not in reasons_of(quiet)


def test_a_new_appointment_that_nobody_has_checked(quiet: Organization, vera: User) -> None:
    Appointment.objects.update(checked_at=None)
    assert Reason.UNCHECKED in reasons_of(quiet)
    for row in Appointment.objects.all():
        row.mark_checked(by=vera)
    assert Reason.UNCHECKED not in reasons_of(quiet)


def test_a_name_from_a_registry_is_no_news(quiet: Organization) -> None:
    Appointment.objects.update(checked_at=None, source=Source.REGISTRY)
    assert Reason.UNCHECKED not in reasons_of(quiet)


def test_terms_that_ran_out(quiet: Organization) -> None:
    past = quiet.today - timedelta(days=3)
    Appointment.objects.filter(role=AppointmentRole.RESPONSIBLE).update(until=past)
    assert set(reasons_of(quiet)) == {Reason.EXPIRED}
    Appointment.objects.filter(role=AppointmentRole.DEPUTY).update(until=past)
    assert set(reasons_of(quiet)) == {Reason.EXPIRED, Reason.DEPUTY_OVER}, "both stand there, the graver one first"


def test_nobody_answers_for_a_registered_school(quiet: Organization) -> None:
    Appointment.objects.update(status="ended")
    assert set(reasons_of(quiet)) == {Reason.NOBODY}
    assert reasons_of(settle(quiet, Step.APPOINTED)) == {}, "not registered: nobody has rights at Sferum yet"


def test_mail_that_comes_back(quiet: Organization, marina: User) -> None:
    fail(marina.email)
    assert reasons_of(quiet) == {Reason.MAIL: "почта администратора не принимает письма"}
    quiet.administrator.confirm(on=quiet.today)
    assert reasons_of(quiet) == {}


def test_a_change_under_way_answers_the_question(quiet: Organization, vera: User) -> None:
    Appointment.objects.filter(role=AppointmentRole.RESPONSIBLE).update(until=quiet.today - timedelta(days=3))
    nominee = Nominee("Смирнова Анна Петровна", PhoneNumber.from_string("+79001234567"))
    HandoverRequest.objects.nominate(quiet, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    assert Reason.EXPIRED not in reasons_of(quiet)


def test_requests_that_wait(quiet: Organization) -> None:
    invitation = make_invitation(quiet)
    for name in ("Петров Илья", "Сидоров Илья"):
        make_request(invitation, full_name=name)
    assert Reason.REQUESTS not in reasons_of(quiet), "those of today are no matter for a coordinator"
    JoinRequest.objects.update(created_at=timezone.now() - LONG_AGO)
    assert reasons_of(quiet)[Reason.REQUESTS].startswith("2\u00a0заявки ждут ")
    JoinRequest.objects.update(postponed_until=quiet.today + LONG_AGO)
    assert Reason.REQUESTS not in reasons_of(quiet), "put off by the school"


def test_a_letter_that_lies_ready(quiet: Organization, vera: User) -> None:
    RegistrationRequest.objects.open_new(quiet, by=vera)
    assert Reason.UNSENT not in reasons_of(quiet)
    RegistrationRequest.objects.update(moved_at=timezone.now() - LONG_AGO)
    assert "не отправлено" in reasons_of(quiet)[Reason.UNSENT]


def test_a_head_who_does_not_answer(quiet: Organization, vera: User) -> None:
    (inquiry,) = Inquiry.objects.ask([quiet], by=vera).letters
    assert Reason.HEAD_SILENT not in reasons_of(quiet)
    Inquiry.objects.update(last_sent_at=timezone.now() - LONG_AGO)
    assert Reason.HEAD_SILENT in reasons_of(quiet)
    inquiry.refresh_from_db()
    inquiry.withdraw(by=vera)
    assert Reason.HEAD_SILENT not in reasons_of(quiet)


def test_a_head_who_leaves_the_appointment_link_alone(school: Organization, vera: User) -> None:
    assert reasons_of(school) == {}
    Event.record("head-link.sent", school, school, by=vera)
    assert reasons_of(school) == {}, "sent today"
    Event.objects.update(at=timezone.now() - LONG_AGO)
    assert set(reasons_of(school)) == {Reason.HEAD_SILENT}
    Event.record("head-link.sent", school, school, by=vera)
    assert reasons_of(school) == {}, "asked again today"
    Event.objects.update(at=timezone.now() - LONG_AGO)
    make_appointment(school, checked_at=timezone.now())
    assert reasons_of(school) == {}, "the head has named somebody"


def test_a_school_to_which_nobody_can_write(school: Organization) -> None:
    Organization.objects.filter(pk=school.pk).update(email="")
    assert set(reasons_of(school)) == {Reason.NO_EMAIL}


def test_an_administrator_alone_brings_nobody_into_the_list_but_is_said_beside_the_rest(
    quiet: Organization, marina: User
) -> None:
    Appointment.objects.filter(role=AppointmentRole.DEPUTY).delete()
    assert reasons_of(quiet) == {}
    alone = WorkList(Organization.objects.all(), reason=Reason.LONE)
    assert [row.pk for row in alone.rows] == [quiet.pk]
    assert alone.counts[Reason.LONE] == 1
    fail(marina.email)
    assert list(reasons_of(quiet)) == [Reason.MAIL, Reason.LONE]


def test_whoever_is_in_doubt_stands_in_the_list_with_the_same_reason(
    quiet: Organization, other_school: Organization, marina: User
) -> None:
    fail(marina.email)
    settle(other_school)
    doubtful = {row.pk: Doubt(row.doubt) for row in with_doubts(Organization.objects.all())}
    assert doubtful == {quiet.pk: Doubt.MAIL, other_school.pk: Doubt.NOBODY}
    for row in (quiet, other_school):
        assert doubtful[row.pk].value in set(reasons_of(row))


def test_closed_schools_need_nobody(school: Organization, vera: User, enter: Enter) -> None:
    settle(school, closed_on=date(2026, 11, 1))
    assert enter(vera).get(PAGE).context["page"].paginator.count == 0


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_most_urgent_stands_first_and_each_reason_filters(
    quiet: Organization, other_school: Organization, marina: User, vera: User, enter: Enter
) -> None:
    settle(other_school)
    Inquiry.objects.ask([quiet], by=vera)
    Inquiry.objects.update(last_sent_at=timezone.now() - LONG_AGO)
    browser = enter(vera)
    entries = browser.get(PAGE).context["entries"]
    assert [entry.organization.pk for entry in entries] == [other_school.pk, quiet.pk]
    for reason in Reason:
        page = browser.get(PAGE, {"reason": reason.value})
        assert page.context["page"].paginator.count == len(page.context["entries"])
    only = browser.get(PAGE, {"reason": "head"}).context["entries"]
    assert [entry.organization.pk for entry in only] == [quiet.pk]


def test_the_number_to_call_is_that_of_whoever_holds_the_next_move(
    quiet: Organization, marina: User, vera: User
) -> None:
    settle(quiet, phone="+7 3822 51-00-00")
    fail(marina.email)

    def first() -> tuple[str, str]:
        work = WorkList(Organization.objects.filter(pk=quiet.pk))
        contact = work.entries(work.rows)[0].contacts[0]
        return contact.who, str(contact.phone)

    assert first() == ("администратор", "+79000001427")
    Appointment.objects.filter(role=AppointmentRole.RESPONSIBLE).update(until=quiet.today - timedelta(days=3))
    assert first() == ("руководитель", "+7 3822 51-00-00")
    HelpRequest.objects.prepare(quiet, topic=HelpTopic.OTHER, addressee=Addressee.MANAGER, question="?", by=vera)
    HelpRequest.objects.update(status="submitted", waiting_since=quiet.today - LONG_AGO)
    assert first() == ("менеджер по интеграции", "+79250000001")


@pytest.mark.parametrize(
    "address", [f"{PAGE}?reason=xyz", f"{PAGE}?q=%00", f"{PAGE}?page=999", f"{PAGE}?municipality=x"]
)
def test_nonsense_in_the_address_is_no_error(address: str, school: Organization, vera: User, enter: Enter) -> None:
    assert enter(vera).get(address).status_code == 200


def test_the_page_costs_the_same_at_three_and_at_three_hundred(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    browser = enter(vera)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(PAGE).status_code == 200
        return len(queries)

    rows = [make_organization(municipality, step=Step.REGISTERED, step_since=date(2026, 9, 1)) for _ in range(3)]
    browser.get(PAGE)
    few = cost()
    for number in range(300):
        row = make_organization(municipality, step=Step(number % 7 + 1), step_since=date(2026, 9, 1))
        if number % 3:
            make_appointment(row)
    Inquiry.objects.ask(rows, by=vera)
    Inquiry.objects.update(last_sent_at=timezone.now() - LONG_AGO)
    assert cost() == few
    assert few <= 20


# --- Putting off -----------------------------------------------------------------------------------------------------


def test_what_is_put_off_is_counted_shown_and_comes_back(school: Organization, vera: User, enter: Enter) -> None:
    settle(school)
    browser, until = enter(vera), timezone.localdate() + timedelta(days=3)
    answer = browser.post(
        reverse("coordination:snooze", args=[school.pk]), {"until": until.isoformat(), "reason": "Директор в отпуске"}
    )
    assert answer.status_code == 302
    page = browser.get(PAGE)
    assert page.context["page"].paginator.count == 0
    assert page.context["work"].counts["put_off"] == 1
    shown = browser.get(PAGE, {"put_off": "on"}).content.decode()
    assert school.name in shown
    assert "Директор в отпуске" in shown
    event = Event.objects.get(verb="snooze.made")
    assert event.by == vera
    assert "отпуск" not in str(vars(event))
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert reasons_of(school) != {}, "on the day itself it is back"


def test_a_snooze_is_woken_once(school: Organization, vera: User, enter: Enter) -> None:
    settle(school)
    snooze = Snooze.objects.put_off(school, until=timezone.localdate() + LONG_AGO, reason="отпуск", by=vera)
    for _ in range(2):
        enter(vera).post(reverse("coordination:snooze-wake", args=[snooze.pk]))
    assert reasons_of(school) != {}
    assert Event.objects.filter(verb="snooze.ended").count() == 1


def test_another_day_takes_the_place_of_the_first(school: Organization, vera: User) -> None:
    today = timezone.localdate()
    for days in (3, 9):
        Snooze.objects.put_off(school, until=today + timedelta(days=days), reason="отпуск", by=vera)
    assert [row.until for row in Snooze.objects.active()] == [today + timedelta(days=9)]


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_day_that_makes_no_sense_is_refused_at_its_field(
    days: int, school: Organization, vera: User, enter: Enter
) -> None:
    until = timezone.localdate() + timedelta(days=days)
    page = enter(vera).post(
        reverse("coordination:snooze", args=[school.pk]), {"until": until.isoformat(), "reason": "отпуск"}
    )
    assert page.status_code == 200
    assert page.context["form"].errors["until"]
    assert not Snooze.objects.exists()


def test_the_desk_shows_the_first_seven_and_leads_to_all(municipality: Municipality, vera: User, enter: Enter) -> None:
    rows = [make_organization(municipality, step=Step.REGISTERED, short_name=f"Лицей {number}") for number in range(9)]
    page = enter(vera).get("/dashboard/calls/")
    assert len(page.context["calls"]) == 7
    assert f'href="{PAGE}">Весь список дел: 9' in page.content.decode()
    for row in rows:
        make_appointment(row, checked_at=timezone.now())
    assert "Звонить сегодня некому" in enter(vera).get("/dashboard/calls/").content.decode()


def test_the_desk_of_a_municipality_leads_to_its_own_list(
    municipality: Municipality, other_school: Organization, vera: User, enter: Enter
) -> None:
    settle(other_school)
    make_organization(municipality, step=Step.REGISTERED)
    for page in ("/dashboard/", "/dashboard/calls/"):
        answer = enter(vera).get(f"{page}?municipality={municipality.pk}").content.decode()
        assert f'href="{PAGE}?municipality={municipality.pk}">Весь список дел' in answer
    assert len(enter(vera).get(f"{PAGE}?municipality={municipality.pk}").context["entries"]) == 1


def test_the_desk_counts_no_reason_that_it_does_not_show(municipality: Municipality, vera: User, enter: Enter) -> None:
    make_organization(municipality, step=Step.REGISTERED)
    with CaptureQueriesContext(connection) as queries:
        enter(vera).get("/dashboard/calls/")
    assert not any("FILTER (WHERE" in query["sql"] for query in queries)


def test_putting_off_leads_back_to_the_same_list(school: Organization, vera: User, enter: Enter) -> None:
    """One after the other is put off under a filter: it was lost with each."""
    settle(school)
    browser, here = enter(vera), f"{PAGE}?municipality={school.municipality_id}&page=1"
    link = f"{reverse('coordination:snooze', args=[school.pk])}?municipality={school.municipality_id}&page=1"
    assert link.replace("&", "&amp;") in browser.get(here).content.decode()
    assert browser.get(link).context["cancel_url"] == here
    typed = {"until": (timezone.localdate() + LONG_AGO).isoformat(), "reason": "Директор в отпуске"}
    assert browser.post(link, typed)["Location"] == here


def test_the_desk_names_an_address_where_there_is_no_number(quiet: Organization, vera: User, enter: Enter) -> None:
    """Support has none: its line named nobody to turn to."""
    HelpRequest.objects.prepare(
        quiet, topic=HelpTopic.OTHER, addressee=Addressee.SUPPORT, question="?", by=vera, form_key=uuid4()
    )
    HelpRequest.objects.update(status="submitted", waiting_since=quiet.today - LONG_AGO)
    page = enter(vera).get("/dashboard/calls/").content.decode()
    assert f'Поддержка Сферума, <a href="mailto:{quiet.region.support_email}">' in page
