"""Digests: what is news, and whose. Nothing to say, no letter.

The clock stands on Wednesday 14 October 2026, half past eight in Tomsk.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from conftest import make_appointment, make_coordinator, make_municipality, make_organization, make_user
from coordination import digests, reminders, tasks
from coordination.models import Reminder, ReminderSettings, Snooze
from coordination.tests.test_reminders import ago, stand
from correspondence.models import Letter
from organizations.journey import reach
from organizations.models import Milestone, Municipality, Organization, Region
from organizations.statuses import Source, Step
from registrations.models import RegistrationRequest

Enter = Callable[[User], Client]
MORNING = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def digests_to(user: User) -> list[str]:
    found = Letter.objects.filter(dedupe_key__startswith="digest:", recipient=user.email or "")
    return list(found.order_by("pk").values_list("text", flat=True))


def waits_since(organization: Organization, day: date, user: User) -> None:
    """A letter to Support that has gone on that day."""
    request = RegistrationRequest.objects.open_new(organization, by=user)
    RegistrationRequest.objects.filter(pk=request.pk).update(status=RegistrationRequest.AWAITING, waiting_since=day)


def test_nothing_to_say_no_letter(school: Organization, nadia: User, vera: User) -> None:
    tasks.send_digests()
    assert not Letter.objects.exists()


def test_a_step_of_yesterday_is_news_and_one_of_last_week_is_not(
    school: Organization, other_school: Organization, vera: User, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=-7))
    reach(other_school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    clock.shift(timedelta(days=6))
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    clock.shift(timedelta(days=1))
    tasks.send_digests()
    (text,) = digests_to(vera)
    assert "Новое: пройден этап – 1" in text
    assert school.name in text
    assert f"/organizations/{school.pk}/" in text
    assert other_school.name not in text


def test_what_the_ladder_left_to_the_coordinator_stands_in_the_digest_once(
    school: Organization, nadia: User, clock: time_machine.Traveller
) -> None:
    """And not in a letter of its own as well."""
    stand(school, Step.SIGNED_IN, ago(20), email="")
    reminders.remind_region(school.region)
    assert not Letter.objects.exists()
    assert Reminder.objects.get().waits_for_digest
    clock.shift(timedelta(days=1))
    tasks.send_digests()
    (text,) = digests_to(nadia)
    assert "Остановились" in text
    assert school.name in text
    told = Reminder.objects.get()
    assert not told.waits_for_digest
    assert told.letter is not None
    clock.shift(timedelta(days=1))
    tasks.send_digests()
    assert len(digests_to(nadia)) == 1
    told.letter.delete()  # when letters are purged, what was told is not told anew
    clock.shift(timedelta(days=3))
    tasks.send_digests()
    assert not digests_to(nadia)


@pytest.mark.parametrize("what", ["moved on", "put off", "left the territory"])
def test_what_has_changed_since_it_was_queued_is_not_told(
    school: Organization, other_school: Organization, nadia: User, vera: User, clock: time_machine.Traveller, what: str
) -> None:
    """And does not count as told: a step that opens again is reminded of anew."""
    stays = make_organization(school.municipality, email="")
    for organization in (school, stays):
        stand(organization, Step.SIGNED_IN, ago(20), email="")
    reminders.remind_region(school.region)
    if what == "moved on":
        stand(school, Step.CLASSES, ago(0))
    elif what == "put off":
        Snooze.objects.put_off(school, until=ago(0) + timedelta(days=9), reason="директор в отпуске", by=vera)
    else:
        Organization.objects.filter(pk=school.pk).update(municipality=other_school.municipality)
    clock.shift(timedelta(days=1))
    tasks.send_digests()
    (text,) = digests_to(nadia)
    assert "позвоните – 1" in text
    assert stays.name in text
    assert school.name not in text
    (told,) = Reminder.objects.filter(person=nadia)
    assert told.organization == stays
    assert told.letter is not None


def test_what_waited_for_a_digest_that_was_turned_off_comes_as_a_letter(
    school: Organization, nadia: User, clock: time_machine.Traveller, enter: Enter
) -> None:
    stand(school, Step.SIGNED_IN, ago(20), email="")
    reminders.remind_region(school.region)
    enter(nadia).post("/reminders/mine/", {"is_on": "no"})
    clock.shift(timedelta(days=1))
    tasks.send_digests()
    clock.shift(timedelta(hours=1))
    tasks.remind()
    (letter,) = Letter.objects.filter(recipient=nadia.email or "")
    assert school.name in letter.text
    told = Reminder.objects.get(person=nadia)
    assert (told.letter, told.waits_for_digest) == (letter, False)


def test_the_term_of_an_answer_that_ends_today_is_named(
    school: Organization, other_school: Organization, vera: User, region: Region
) -> None:
    for organization, days in ((school, region.answer_after_days), (other_school, region.answer_after_days - 1)):
        waits_since(organization, ago(days), vera)
    tasks.send_digests()
    (text,) = digests_to(vera)
    assert "Сегодня срок ответа Сферума – 1" in text
    assert school.name in text
    assert other_school.name not in text


def test_ten_are_named_and_the_others_counted(municipality: Municipality, vera: User) -> None:
    schools = [make_organization(municipality) for _ in range(13)]
    for school in schools:
        reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    tasks.send_digests()
    (text,) = digests_to(vera)
    assert "пройден этап – 13" in text
    assert sum(school.name in text.splitlines() or f"– {school.name}" in text.splitlines() for school in schools) == 10
    assert "и ещё 3" in text


@pytest.mark.parametrize(
    ("moment", "letters"),
    [
        (datetime(2026, 10, 14, 0, 59, tzinfo=UTC), 0),  # 7:59 in Tomsk
        (datetime(2026, 10, 14, 1, 0, tzinfo=UTC), 1),
        (datetime(2026, 10, 17, 1, 0, tzinfo=UTC), 0),  # Saturday
    ],
)
def test_only_on_a_working_morning(
    school: Organization, vera: User, clock: time_machine.Traveller, moment: datetime, letters: int
) -> None:
    clock.move_to(moment)
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    for _ in range(2):  # two beats
        tasks.send_digests()
    if letters:  # and a worker whose lease was overrun
        digests.send_mornings(school.region)
    assert len(digests_to(vera)) == letters


def test_who_turned_it_off_gets_none(school: Organization, vera: User, enter: Enter) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    page = enter(vera).post("/reminders/mine/", {"is_on": "no"}, follow=True).content.decode()
    assert "Утренняя сводка отключена" in page
    assert digests.send_mornings(school.region) == 0
    enter(vera).post("/reminders/mine/", {"is_on": "yes"})
    assert digests.send_mornings(school.region) == 1


def test_a_pause_stops_digests_too(school: Organization, vera: User, municipality: Municipality) -> None:
    Municipality.objects.filter(pk=municipality.pk).update(head_email="head@rono.example.ru")
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    ReminderSettings.objects.kept(school.region).pause(by=vera)
    tasks.send_digests()
    assert not Letter.objects.exists()


def test_a_municipality_never_reads_of_its_neighbour(region: Region) -> None:
    readers = {}
    for name in ("Канарейкино", "Снегирёво"):
        municipality = make_municipality(
            region, name=f"Район {name}", head_name=f"Глава {name}", head_email=f"head{len(readers)}@rono.example.ru"
        )
        user = make_coordinator(region, municipality, make_user(full_name=f"Координатор {name}")).user
        fields = {each: f"{each} {name}" for each in ("full_name", "short_name", "head_name", "address", "branch")}
        organization = make_organization(municipality, **fields)
        make_appointment(organization, make_user(full_name=f"Администратор {name}"))
        reach(organization, Step.REGISTERED, by=None, source=Source.SCHOOL)
        readers |= {user.email: name, municipality.head_email: name}
    tasks.send_digests()
    letters = list(Letter.objects.all())
    assert len(letters) == 4
    for letter in letters:
        (foreign,) = {"Канарейкино", "Снегирёво"} - {readers[letter.recipient]}
        assert readers[letter.recipient] in letter.text + letter.subject
        assert foreign not in letter.text + letter.subject
        assert "Администратор Снег" not in letter.text
        assert "Администратор Канар" not in letter.text


def test_the_head_of_a_municipality_reads_figures_once_a_week(
    school: Organization, clock: time_machine.Traveller
) -> None:
    Municipality.objects.filter(pk=school.municipality_id).update(head_email="head@rono.example.ru")
    make_organization(school.municipality)
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    for _ in range(5):  # Wednesday to Sunday
        tasks.send_digests()
        digests.send_weeks(school.region)
        clock.shift(timedelta(days=1))
    letter = Letter.objects.get(dedupe_key__startswith="week:")
    assert "Всего в списке: 2" in letter.text
    assert "Зарегистрировано: 1" in letter.text
    assert f"{Step.REGISTERED.label}: 1" in letter.text
    assert school.name not in letter.text
    tasks.send_digests()  # Monday
    assert Letter.objects.filter(dedupe_key__startswith="week:").count() == 2


@pytest.mark.parametrize(("step", "letters"), [(Step.MIGRATED, 0), (Step.INVITED, 1)])
def test_where_all_is_done_and_nothing_happened_the_head_is_left_alone(
    school: Organization, step: Step, letters: int
) -> None:
    Municipality.objects.filter(pk=school.municipality_id).update(head_email="head@rono.example.ru")
    make_municipality(school.region, head_email="empty@rono.example.ru")  # no organization at all: never a letter
    stand(school, step, ago(90))
    assert digests.send_weeks(school.region) == letters


def test_the_region_enters_the_heads(school: Organization, vera: User, nadia: User, enter: Enter) -> None:
    municipality = school.municipality
    assert municipality is not None
    page = f"/reminders/heads/{municipality.pk}/"
    typed = {"head_name": "Сергеев Павел Иванович", "head_email": "head@rono.example.ru"}
    assert enter(nadia).post(page, typed).status_code == 404
    foreign = make_municipality()
    assert enter(vera).post(f"/reminders/heads/{foreign.pk}/", typed).status_code == 404
    assert "head@rono.example.ru" in enter(vera).post(page, typed, follow=True).content.decode()
    municipality.refresh_from_db()
    assert (municipality.head_name, municipality.head_email) == (typed["head_name"], typed["head_email"])
    refused = enter(vera).post(page, typed | {"head_email": "a@localhost"}).content.decode()
    assert "Не отправлено: проверьте, что выделено ниже" in refused
    municipality.refresh_from_db()
    assert municipality.head_email == typed["head_email"]


@pytest.mark.parametrize("number", [3, 40])
def test_the_statements_do_not_grow_with_the_organizations(
    municipality: Municipality, vera: User, number: int, django_assert_max_num_queries: Any
) -> None:
    Municipality.objects.filter(pk=municipality.pk).update(head_email="head@rono.example.ru")
    for _ in range(number):
        reach(make_organization(municipality), Step.REGISTERED, by=None, source=Source.SCHOOL)
    region = Region.objects.get(pk=municipality.region.pk)
    ReminderSettings.objects.create(region=region)
    with django_assert_max_num_queries(16):
        assert digests.send_mornings(region) == 1
    with django_assert_max_num_queries(8):
        assert digests.send_weeks(region) == 1


def test_a_reader_whose_address_is_wrong_keeps_no_other_from_the_digest(
    region: Region, school: Organization, vera: User
) -> None:
    User.objects.filter(pk=make_coordinator(region).user_id).update(email="вера@почта")
    municipality = make_municipality(region, head_email="глава@почта")
    reach(make_organization(municipality), Step.REGISTERED, by=None, source=Source.SCHOOL)
    Municipality.objects.filter(pk=school.municipality_id).update(head_email="head@rono.example.ru")
    tasks.send_digests()
    assert sorted(Letter.objects.values_list("recipient", flat=True)) == sorted([vera.email, "head@rono.example.ru"])


def links_of(text: str) -> list[str]:
    """The lists to which the sections lead, without the portal's own address."""
    return [line.split(": ")[1].split("/", 3)[3] for line in text.splitlines() if line.startswith("Списком: ")]


def test_each_section_leads_to_exactly_what_it_counts(
    municipality: Municipality, region: Region, nadia: User, clock: time_machine.Traveller, enter: Enter
) -> None:
    """Beside each stands another school of which the same was true a day before, or will be a day later."""
    clock.shift(timedelta(days=-1))
    moved, before, stalled, due, late = (make_organization(municipality, email="") for _ in range(5))
    reach(before, Step.REGISTERED, by=None, source=Source.SCHOOL)  # told yesterday at half past eight
    Milestone.objects.update(noted_at=MORNING - timedelta(days=1, hours=1))
    stand(stalled, Step.SIGNED_IN, ago(20), email="")
    reminders.remind_region(region)
    clock.shift(timedelta(days=1))
    reach(moved, Step.REGISTERED, by=None, source=Source.SCHOOL)
    for organization, days in ((due, region.answer_after_days), (late, region.answer_after_days + 1)):
        waits_since(organization, ago(days), nadia)
    tasks.send_digests()
    (text,) = digests_to(nadia)
    news, quiet, answers = links_of(text)
    browser = enter(nadia)
    assert [row.pk for row in browser.get(f"/{news}").context["table"].data] == [moved.pk]
    assert [row.pk for row in browser.get(f"/{answers}").context["table"].data] == [due.pk]
    Reminder.objects.create(organization=late, stage=4, since=ago(9), rung="head", key="another", on=ago(1))
    assert [row.organization for row in browser.get(f"/{quiet}").context["page"]] == [stalled]
    assert len(browser.get("/reminders/sent/?digest=nonsense").context["page"]) == 2


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-31", "%00"])
def test_a_day_that_makes_no_sense_is_no_error(school: Organization, vera: User, enter: Enter, day: str) -> None:
    for address in (f"/organizations/?moved={day}", f"/reminders/sent/?digest={day}"):
        assert enter(vera).get(address).status_code == 200


def test_what_is_said_of_the_weekly_digest_is_true(region: Region, vera: User, enter: Enter) -> None:
    """It comes every week until all is done, and on Tuesday where Monday is a holiday."""
    municipality = make_municipality(region)
    words = enter(vera).get("/reminders/heads/").content.decode()
    assert "каждую неделю, пока чаты не перенесли все" in words
    assert "По понедельникам" not in enter(vera).get(f"/reminders/heads/{municipality.pk}/").content.decode()
