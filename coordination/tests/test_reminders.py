"""The ladder of reminders: who is written to, when, and when not.

The clock stands on Wednesday 14 October 2026, ten in the morning in Tomsk.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from accounts.models import User
from conftest import make_appointment, make_coordinator, make_municipality, make_organization, make_user
from coordination import reminders, tasks
from coordination.models import DigestChoice, Reminder, ReminderSettings, Snooze
from coordination.reminder_plan import plan_of
from coordination.statuses import Held, Rung, Stage
from correspondence.models import Letter
from correspondence.reminding import reminder_thread
from correspondence.tests.letters import make_letter
from foundation.working_days import working_days_between
from organizations.models import Appointment, Event, Organization, Region
from organizations.statuses import AdministratorState, Step

TODAY = date(2026, 10, 14)
TEN = datetime(2026, 10, 14, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


def stand(organization: Organization, step: Step | None, since: date, **fields: Any) -> Organization:
    """Puts the organization on a step since a day, with an administrator who is known."""
    known = {"administrator_state": AdministratorState.CONFIRMED} | fields
    Organization.objects.filter(pk=organization.pk).update(step=step, step_since=since, **known)
    organization.refresh_from_db()
    return organization


def ago(days: int) -> date:
    """The day from which so many working days have passed."""
    day = TODAY
    while working_days_between(day, TODAY) < days:
        day -= timedelta(days=1)
    return day


def without_digest(*people: User) -> None:
    """These coordinators get their rungs as letters of their own."""
    for person in people:
        DigestChoice.objects.set(person, is_on=False)


def recipients() -> list[str]:
    return sorted(Letter.objects.filter(dedupe_key__startswith="reminder:").values_list("recipient", flat=True))


def test_the_administrator_is_reminded_first(school: Organization, marina: User) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    assert reminders.remind_region(school.region) == 1
    letter = Letter.objects.get()
    assert letter.recipient == marina.email
    assert school.name in letter.text
    assert "5\xa0рабочих дней" in letter.text
    assert f"/organizations/{school.pk}/classes/" in letter.text
    reminder = Reminder.objects.get()
    assert (reminder.rung, reminder.stage, reminder.letter, reminder.person) == (
        Rung.ADMINISTRATOR,
        Stage.SIGNED_IN,
        letter,
        marina,
    )
    assert Event.objects.get(verb="reminder.sent").organization == school


def test_a_day_too_early_nobody_is_reminded(school: Organization, marina: User) -> None:
    stand(school, Step.SIGNED_IN, ago(4))
    assert reminders.remind_region(school.region) == 0
    assert not Letter.objects.exists()


def test_it_climbs_rung_by_rung_and_ends(
    school: Organization, marina: User, nadia: User, vera: User, clock: time_machine.Traveller
) -> None:
    """Also from a step that is years old: nobody is told of what the administrator has never heard."""
    without_digest(nadia, vera)
    stand(school, Step.SIGNED_IN, date(2024, 10, 1))
    for _ in range(60):
        tasks.remind()
        clock.shift(timedelta(days=1))
    rows = Reminder.objects.order_by("on").values_list("rung", "on")
    assert [rung for rung, _ in rows] == [Rung.ADMINISTRATOR, Rung.HEAD, Rung.MUNICIPALITY, Rung.REGION]
    days = [on for _, on in rows]
    assert [working_days_between(first, then) for first, then in pairwise(days)] == [5, 5, 10]
    assert recipients() == sorted([marina.email or "", school.email, nadia.email or "", vera.email or ""])


def test_a_step_that_closes_stops_it(school: Organization, marina: User) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    plan = plan_of(school.region, TODAY)
    stand(school, Step.CLASSES, TODAY)  # between the plan and the letter
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY) == 0
    assert not Letter.objects.exists()
    stand(school, Step.SIGNED_IN, ago(5))  # the control: open, the same plan is sent
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY) == 1


def test_one_person_gets_one_letter_about_all_her_organizations(
    municipality: Any, school: Organization, marina: User
) -> None:
    branch = make_organization(municipality)
    make_appointment(branch, marina)
    for organization in (school, branch):
        stand(organization, Step.SIGNED_IN, ago(5))
    assert reminders.remind_region(school.region) == 1
    letter = Letter.objects.get()
    assert school.name in letter.text
    assert branch.name in letter.text
    assert letter.queue == "reminders"  # belongs to neither
    assert Reminder.objects.count() == 2


def five_schools_on_five_days(municipality: Any, user: User) -> None:
    for days in range(1, 6):  # due one after another: Wednesday, Thursday, Friday, Monday, Tuesday
        organization = make_organization(municipality, email="")
        make_appointment(organization, user)
        stand(organization, Step.SIGNED_IN, ago(days))


@pytest.mark.parametrize(("most", "letters"), [(2, 2), (7, 5)])
def test_a_person_is_not_written_to_more_often_than_the_region_wants(
    municipality: Any, marina: User, clock: time_machine.Traveller, most: int, letters: int
) -> None:
    """The second case is the control: what would come in seven days without the limit."""
    Region.objects.filter(pk=municipality.region.pk).update(reminders_a_week=most)
    five_schools_on_five_days(municipality, marina)
    for _ in range(7):
        tasks.remind()
        clock.shift(timedelta(days=1))
    assert recipients() == [marina.email] * letters


def test_what_the_limit_held_back_comes_the_week_after(
    municipality: Any, marina: User, clock: time_machine.Traveller
) -> None:
    five_schools_on_five_days(municipality, marina)
    for _ in range(9):
        tasks.remind()
        clock.shift(timedelta(days=1))
    assert Reminder.objects.filter(stage=Stage.SIGNED_IN).count() == 5
    assert recipients().count(str(marina.email)) == 3


@pytest.mark.parametrize("quiet", [True, False])
def test_schools_rest_in_the_holidays_and_coordinators_do_not(
    school: Organization, marina: User, nadia: User, clock: time_machine.Traveller, quiet: bool
) -> None:
    stand(school, Step.SIGNED_IN, date(2026, 10, 1))
    holidays = [["2026-10-14", "2026-10-18"]] if quiet else []
    ReminderSettings.objects.create(region=school.region, quiet_periods=holidays)
    assert reminders.remind_region(school.region) == (0 if quiet else 1)
    held = plan_of(school.region, TODAY).held
    assert [row.why for row in held] == ([Held.QUIET] if quiet else [])
    clock.move_to(TEN + timedelta(days=5))
    if quiet:
        assert reminders.remind_region(school.region) == 1


def test_in_summer_the_coordinators_hear_what_the_schools_had_heard_before(
    school: Organization, marina: User, nadia: User, clock: time_machine.Traveller
) -> None:
    without_digest(nadia)
    clock.move_to(datetime(2027, 6, 2, 3, tzinfo=UTC))
    stand(school, Step.SIGNED_IN, date(2027, 4, 1))
    heard = ((Rung.ADMINISTRATOR, marina, date(2027, 4, 10)), (Rung.HEAD, None, date(2027, 5, 5)))
    for rung, person, on in heard:
        key = Reminder.key_of(school.pk, Stage.SIGNED_IN, date(2027, 4, 1), rung, person and person.pk)
        Reminder.objects.create(
            organization=school, stage=Stage.SIGNED_IN, since=date(2027, 4, 1), rung=rung, person=person, key=key, on=on
        )
    assert reminders.remind_region(school.region) == 1
    assert recipients() == [nadia.email]


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (Step.REQUESTED, AdministratorState.CONFIRMED),
        (Step.SIGNED_IN, AdministratorState.CHANGING),
        (Step.MIGRATED, ""),
    ],
)
def test_where_sferum_owes_an_answer_schools_are_left_alone(
    school: Organization, marina: User, step: Step, state: str
) -> None:
    stand(school, step, ago(90), administrator_state=state or AdministratorState.CONFIRMED)
    assert reminders.remind_region(school.region) == 0


def test_who_has_no_mailbox_is_passed_by_and_named(school: Organization, nadia: User) -> None:
    make_appointment(school, make_user(email=None, phone="+79000009999"))
    stand(school, Step.SIGNED_IN, ago(10), email="")
    without_digest(nadia)
    plan = plan_of(school.region, TODAY)
    assert [(row.matter.rule.rung, row.why) for row in plan.held] == [
        (Rung.ADMINISTRATOR, Held.NO_MAILBOX),
        (Rung.HEAD, Held.NO_MAILBOX),
    ]
    stand(school, Step.SIGNED_IN, ago(15), email="")
    assert list(plan_of(school.region, TODAY).bundles) == [nadia.email]


@pytest.mark.parametrize(
    ("moment", "letters"),
    [
        (datetime(2026, 10, 14, 1, 59, tzinfo=UTC), 0),  # 8:59 in Tomsk
        (datetime(2026, 10, 14, 2, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 14, 11, 0, tzinfo=UTC), 0),  # 18:00
        (datetime(2026, 10, 17, 3, 0, tzinfo=UTC), 0),  # Saturday
    ],
)
def test_only_in_office_hours_of_the_region(
    school: Organization, marina: User, clock: time_machine.Traveller, moment: datetime, letters: int
) -> None:
    stand(school, Step.SIGNED_IN, ago(20))
    clock.move_to(moment)
    tasks.remind()
    assert len(recipients()) == letters


def test_two_beats_and_a_second_run_write_one_letter(school: Organization, marina: User) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    plan = plan_of(school.region, TODAY)
    tasks.remind()
    tasks.remind()
    people = list(plan.bundles.items())
    assert reminders.send(school.region, people, TODAY) == 0  # a worker whose lease was overrun
    assert len(recipients()) == Reminder.objects.count() == 1


def test_the_same_rung_is_not_climbed_twice_on_another_day(
    school: Organization, marina: User, clock: time_machine.Traveller
) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    plan = plan_of(school.region, TODAY)
    tasks.remind()
    clock.shift(timedelta(days=1))
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY + timedelta(days=1)) == 0
    Reminder.objects.all().delete()  # the control: the row is what stops it
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY + timedelta(days=1)) == 1


def test_a_run_that_is_killed_between_two_batches_is_finished_later(
    municipality: Any, school: Organization, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PEOPLE_AT_ONCE", 2)
    for _ in range(5):
        organization = make_organization(municipality)
        make_appointment(organization)
        stand(organization, Step.SIGNED_IN, ago(5))
    real, calls = reminders.send, []

    def killed(*given: Any) -> int:
        calls.append(given)
        if len(calls) == 2:
            raise SystemExit
        return real(*given)

    monkeypatch.setattr(reminders, "send", killed)
    with pytest.raises(SystemExit):
        tasks.remind()
    assert len(recipients()) == 2
    tasks.remind()  # the lease of the dead run is not over
    assert len(recipients()) == 2
    clock.shift(timedelta(hours=1))
    tasks.remind()
    assert len(recipients()) == len(set(recipients())) == 5


def test_a_batch_that_is_killed_leaves_neither_letter_nor_row(
    school: Organization, marina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    plan = plan_of(school.region, TODAY)

    def killed(rows: object) -> None:
        raise SystemExit

    monkeypatch.setattr(reminders, "_keep", killed)
    with pytest.raises(SystemExit):
        reminders.send(school.region, list(plan.bundles.items()), TODAY)
    assert not Letter.objects.exists()
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("paused", [True, False])
def test_a_pause_that_comes_after_the_plan_stops_the_letters(
    school: Organization, marina: User, vera: User, paused: bool
) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    plan = plan_of(school.region, TODAY)
    if paused:
        ReminderSettings.objects.kept(school.region).pause(by=vera)
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY) == (0 if paused else 1)


def test_a_municipal_coordinator_never_reads_of_a_foreign_municipality(region: Region, vera: User) -> None:
    texts = {}
    for name in ("Канарейкино", "Снегирёво"):
        municipality = make_municipality(region, name=f"Район {name}")
        user = make_coordinator(region, municipality, make_user(full_name=f"Координатор {name}")).user
        without_digest(user)
        fields = {each: f"{each} {name}" for each in ("full_name", "short_name", "head_name", "address", "branch")}
        organization = make_organization(municipality, **fields, email="")
        stand(organization, Step.SIGNED_IN, ago(15))
        texts[user.email] = name
    assert reminders.remind_region(region) == 2
    for letter in Letter.objects.all():
        own = texts.pop(letter.recipient)
        assert own in letter.text
        (foreign,) = {"Канарейкино", "Снегирёво"} - {own}
        assert foreign not in letter.text + letter.subject


@pytest.mark.parametrize("number", [3, 30])
def test_the_statements_do_not_grow_with_the_organizations(
    municipality: Any, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        organization = make_organization(municipality)
        make_appointment(organization)
        stand(organization, Step.SIGNED_IN, ago(5))
    region = Region.objects.get(pk=municipality.region.pk)
    ReminderSettings.objects.create(region=region)
    with django_assert_num_queries(21):
        assert reminders.remind_region(region) == number


@pytest.mark.parametrize(("days", "letters"), [(1, 0), (0, 1)])
def test_what_is_put_off_beyond_the_day_is_not_reminded(
    school: Organization, marina: User, vera: User, clock: time_machine.Traveller, days: int, letters: int
) -> None:
    """On its day the organization is back, in the ladder as in the work list."""
    stand(school, Step.SIGNED_IN, ago(5))
    clock.shift(timedelta(days=-1))
    plan = plan_of(school.region, TODAY)
    Snooze.objects.put_off(school, until=TODAY + timedelta(days=days), reason="директор в отпуске", by=vera)
    assert len(plan_of(school.region, TODAY).bundles) == letters, "as it is shown the day before"
    clock.shift(timedelta(days=1))
    assert reminders.send(school.region, list(plan.bundles.items()), TODAY) == letters, "from a plan made before"


BROKEN = "школа@почта"


@pytest.mark.parametrize("rung", [Rung.ADMINISTRATOR, Rung.HEAD])
def test_an_address_that_is_wrong_keeps_back_its_own_letter_only(
    municipality: Any, school: Organization, marina: User, rung: Rung
) -> None:
    wrong = make_organization(municipality, email=BROKEN)
    if rung == Rung.ADMINISTRATOR:
        User.objects.filter(pk=make_appointment(wrong).user_id).update(email=BROKEN)
    for organization in (school, wrong):
        stand(organization, Step.SIGNED_IN, ago(5 if rung == Rung.ADMINISTRATOR else 10))
    assert Held.ADDRESS in {row.why for row in plan_of(school.region, TODAY).held if row.matter.rule.rung == rung}
    assert reminders.remind_region(school.region) == 1
    assert recipients() == [marina.email]


def test_what_fails_in_one_region_keeps_no_other_from_its_letters(
    school: Organization, marina: User, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    """And the one that failed has another turn."""
    first = make_organization()
    make_appointment(first)
    Region.objects.filter(pk=first.region.pk).update(name="А")  # regions go by name
    for organization in (first, school):
        stand(organization, Step.SIGNED_IN, ago(5))
    real = reminders.remind_region

    def fails(region: Region) -> int:
        if region == first.region:
            raise ValueError
        return real(region)

    monkeypatch.setattr(reminders, "remind_region", fails)
    tasks.remind()
    assert recipients() == [marina.email]
    monkeypatch.setattr(reminders, "remind_region", real)
    clock.shift(timedelta(hours=1))
    tasks.remind()
    assert len(recipients()) == 2


def test_a_new_administrator_is_reminded_of_what_the_one_before_has_heard(
    school: Organization, marina: User, clock: time_machine.Traveller
) -> None:
    stand(school, Step.SIGNED_IN, ago(5))
    tasks.remind()
    clock.shift(timedelta(days=1))
    new = make_user()
    Appointment.objects.filter(user=marina).update(user=new)
    tasks.remind()
    assert recipients() == sorted([marina.email or "", new.email or ""])


def test_whom_the_limit_held_back_hears_of_it_later_though_a_colleague_has_been_told(
    school: Organization, municipality: Any, nadia: User, clock: time_machine.Traveller
) -> None:
    colleague = make_coordinator(municipality.region, municipality).user
    without_digest(nadia, colleague)
    stand(school, Step.SIGNED_IN, ago(15), email="")
    make_letter(to=colleague.email, thread=reminder_thread("of another room"))
    assert reminders.remind_region(school.region) == 1
    clock.shift(timedelta(days=1))
    assert reminders.remind_region(school.region) == 1
    assert recipients() == sorted([nadia.email or "", colleague.email or ""])
