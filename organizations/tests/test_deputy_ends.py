"""The coming end of a deputy's days: «вернулась / продлить / смена», one letter, no reason asked."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_user
from correspondence.models import Letter
from foundation.models import JobRun
from foundation.verbs import WrongStatus
from organizations.deputies import ask_region
from organizations.models import Appointment, Event, Organization
from organizations.statuses import AdministratorState, AppointmentRole, AppointmentStatus
from organizations.tasks import ask_about_deputies

Enter = Callable[[User], Client]
FRIDAY = date(2026, 11, 27)
TUESDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)  # noon in Tomsk, three working days before that Friday


def make_deputy(school: Organization, until: date = FRIDAY, **fields: object) -> Appointment:
    user = make_user(full_name="Ильина Раиса Павловна", phone="+79130001122")
    since = until - timedelta(days=20)
    return make_appointment(school, user, role=AppointmentRole.DEPUTY, since=since, until=until, **fields)


@pytest.fixture
def deputy(school: Organization, marina: User) -> Appointment:
    school.appointments.update(since=date(2026, 9, 1))
    return make_deputy(school)


def address(name: str, deputy: Appointment) -> str:
    return reverse(f"organizations:{name}", args=[deputy.pk])


def test_who_gets_404(deputy: Appointment, marina: User, oleg: User, vera: User, enter: Enter) -> None:
    responsible = deputy.organization.administrator
    with time_machine.travel(TUESDAY):
        for who in (oleg, deputy.user):
            browser = enter(who)
            assert browser.post(address("deputy-returned", deputy)).status_code == 404, who
            assert browser.get(address("appointment-extend", deputy)).status_code == 404, who
        assert enter(marina).post(address("appointment-confirm", responsible)).status_code == 404, "not of oneself"
        assert enter(vera).post(address("deputy-returned", responsible)).status_code == 404, "not a deputy"
        assert enter(vera).get(address("appointment-extend", responsible)).status_code == 404, "has no last day"


def test_three_working_days_before_the_question_stands_on_the_page(
    deputy: Appointment, school: Organization, marina: User, enter: Enter
) -> None:
    page = reverse("organizations:appointments", args=[school.pk])
    with time_machine.travel(TUESDAY - timedelta(days=1)):
        assert "Что дальше?" not in enter(marina).get(page).content.decode()
    with time_machine.travel(TUESDAY):
        shown = enter(marina).get(page).content.decode()
        assert all(words in shown for words in ("Что дальше?", "Вернулась", "Продлить", "Смена администратора"))
        assert "Что дальше?" not in enter(deputy.user).get(page).content.decode(), "the deputy does not judge herself"
        assert not any(word in shown.lower() for word in ("болезн", "декрет", "отпуск", "семейн"))


def test_one_letter_for_a_deputy_and_a_last_day(deputy: Appointment, school: Organization, vera: User) -> None:
    with time_machine.travel(TUESDAY):
        ask_about_deputies()
        ask_about_deputies()
        letter = Letter.objects.get(dedupe_key__startswith=f"deputy:{deputy.pk}:")
        assert letter.recipient == school.administrator.email
        assert "по 27 ноября 2026 года" in letter.text
        assert reverse("organizations:appointments", args=[school.pk]) in letter.text
        JobRun.objects.all().delete()
        ask_region(school.region)  # a second beat, a run taken again: the key is the letter's own
        assert Letter.objects.filter(dedupe_key__startswith="deputy:").count() == 1
        deputy.extend(until=date(2026, 11, 26), by=vera)
        ask_region(school.region)
        assert Letter.objects.filter(dedupe_key__startswith="deputy:").count() == 2, "another last day is asked anew"


def test_nobody_is_asked_at_night_or_too_early(deputy: Appointment) -> None:
    for moment in (TUESDAY - timedelta(hours=9), TUESDAY + timedelta(hours=9), TUESDAY - timedelta(days=4)):
        with time_machine.travel(moment):
            ask_about_deputies()
    assert not Letter.objects.filter(dedupe_key__startswith="deputy:").exists()


def test_returned_ends_the_deputys_rights_today(
    deputy: Appointment, school: Organization, marina: User, enter: Enter
) -> None:
    with time_machine.travel(TUESDAY):
        hers = enter(deputy.user)
        assert hers.get(school.get_absolute_url()).status_code == 200
        enter(marina).post(address("deputy-returned", deputy))
        deputy.refresh_from_db()
        assert deputy.status == AppointmentStatus.ENDED
        assert hers.get(school.get_absolute_url()).status_code == 302, "signed out"
        assert school.administrator.user == marina
        again = enter(marina).post(address("deputy-returned", deputy), follow=True)
        assert "уже не в том состоянии" in again.content.decode()
    assert Event.objects.filter(verb="deputy.returned").count() == 1


def test_returned_restores_the_state(deputy: Appointment, school: Organization, marina: User) -> None:
    school.set_administrator_state(AdministratorState.ABSENT)
    with time_machine.travel(TUESDAY):
        Appointment.objects.select_related("organization__region").get(pk=deputy.pk).return_administrator(by=marina)
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.CONFIRMED


def test_nobody_returns_where_nobody_was(school: Organization, vera: User) -> None:
    with pytest.raises(WrongStatus, match="оформите смену"):
        make_deputy(school, timezone.localdate()).return_administrator(by=vera)


def test_extending_moves_the_last_day_and_refuses_the_past(
    deputy: Appointment, school: Organization, marina: User, enter: Enter
) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 5, tzinfo=UTC)):
        browser = enter(marina)
        page = browser.get(reverse("organizations:appointments", args=[school.pk])).content.decode()
        assert "Заместитель действовал по 27" in page, "the question stands until somebody answers"
        refused = browser.post(address("appointment-extend", deputy), {"until": "2026-11-30"})
        assert "уже прошёл" in refused.content.decode()
        browser.post(address("appointment-extend", deputy), {"until": "2026-12-25"})
        deputy.refresh_from_db()
        assert (deputy.until, deputy.is_acting) == (date(2026, 12, 25), True)


def test_of_two_who_extend_the_first_ones_day_counts(deputy: Appointment, vera: User, marina: User) -> None:
    stale = Appointment.objects.get(pk=deputy.pk)
    deputy.extend(until=date(2026, 12, 25), by=vera)
    with pytest.raises(WrongStatus):
        stale.extend(until=date(2026, 12, 1), by=marina)


def test_a_confirmed_administrator_settles_the_question(deputy: Appointment, school: Organization, vera: User) -> None:
    with time_machine.travel(datetime(2026, 12, 1, 5, tzinfo=UTC)):
        school.administrator.confirm(on=date(2026, 12, 1), by=vera)
    deputy.refresh_from_db()
    assert deputy.status == AppointmentStatus.ENDED


def test_red_control_a_deputy_who_still_acts_is_not_ended_by_that(
    deputy: Appointment, school: Organization, vera: User
) -> None:
    with time_machine.travel(TUESDAY):
        school.administrator.confirm(on=date(2026, 11, 24), by=vera)
    deputy.refresh_from_db()
    assert deputy.status == AppointmentStatus.ACTING


def test_checked_on_the_telephone_confirms(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    answer = enter(vera).post(address("appointment-confirm", school.administrator), follow=True)
    assert "администратор на месте" in answer.content.decode()
    row = Appointment.objects.get(user=marina)
    assert (row.confirmed_on, row.entered_on) == (row.organization.today, row.organization.today)
    assert row.confirmed_at is not None
