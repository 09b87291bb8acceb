"""Reminders of trainings: to those for whose next step they are, once each, and off by one click without sign-in."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_municipality, make_organization, make_region, make_user
from correspondence.composing import with_links
from correspondence.models import Letter, LetterStatus
from foundation.models import JobRun
from foundation.tokens import sign
from guides import reminders
from guides.models import Reader
from guides.tasks import remind_of_trainings
from guides.tests.test_guides import make_training
from organizations.models import Organization, Region
from organizations.statuses import Step

Enter = Callable[[User], Client]
WEDNESDAY = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # 11:00 in Tomsk


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def move(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    move(WEDNESDAY)
    return move


def letters() -> list[Letter]:
    return list(Letter.objects.filter(dedupe_key__startswith="training:").order_by("pk"))


def recipients() -> set[str]:
    return {letter.recipient for letter in letters()}


def on_step(organization: Organization, step: Step | None) -> None:
    Organization.objects.filter(pk=organization.pk).update(step=step)


def test_a_day_and_an_hour_before_once_each(region: Region, marina: User, at: Callable[[datetime], None]) -> None:
    training = make_training(region=region, starts_at=WEDNESDAY + timedelta(hours=25))
    remind_of_trainings()
    assert letters() == []
    at(WEDNESDAY + timedelta(hours=1))
    for _ in range(3):
        remind_of_trainings()
    (letter,) = letters()
    assert letter.recipient == marina.email
    assert letter.subject == "Напоминание об обучении: Первый вход"
    assert "Четверг, 26 ноября, в 12:00 (Томская область)" in letter.text
    at(training.starts_at - timedelta(minutes=58))
    for _ in range(3):
        remind_of_trainings()
    assert [each.subject for each in letters()][1:] == ["Через час обучение: Первый вход"]
    assert JobRun.objects.filter(job__startswith="training-", finished_at=None).count() == 0


def test_red_control_without_the_claim_the_keys_of_letters_still_hold(
    region: Region, marina: User, at: Callable[[datetime], None]
) -> None:
    training = make_training(region=region, starts_at=WEDNESDAY + timedelta(minutes=50))
    for _ in range(3):
        assert reminders.remind(training, reminders.HOUR, region) == 1
    assert len(letters()) == 1
    training.starts_at += timedelta(days=1)
    training.save()
    reminders.remind(training, reminders.HOUR, region)
    assert len(letters()) == 2, "moved: it is another hour, and people are told"


def test_only_those_whose_next_step_it_is_for(
    region: Region, school: Organization, other_school: Organization, marina: User, oleg: User
) -> None:
    on_step(school, Step.REGISTERED)
    on_step(other_school, None)
    assert reminders.audience(make_training(region=region, steps=[Step.SIGNED_IN]), region) == [marina]
    assert reminders.audience(make_training(region=region, steps=[Step.APPOINTED]), region) == [oleg]
    assert reminders.audience(make_training(region=region, steps=[Step.MIGRATED]), region) == []
    assert reminders.audience(make_training(region=region), region) == sorted([marina, oleg], key=lambda each: each.pk)


def test_who_is_never_written_to(region: Region, school: Organization, marina: User) -> None:
    training = make_training(region=region)
    make_appointment(make_organization(school.municipality), marina)  # two organizations: still one letter
    no_mail = make_user(email=None, phone="+79001112233")
    make_appointment(make_organization(school.municipality), no_mail)
    closed = make_organization(school.municipality, closed_on=date(2026, 9, 1))
    make_appointment(closed, make_user())
    make_appointment(make_organization(make_municipality(make_region(code="77"))), make_user())
    gone = make_user()
    make_appointment(make_organization(school.municipality), gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    off = make_user()
    make_appointment(make_organization(school.municipality), off)
    Reader.objects.switch_reminders(off, on=False)
    assert reminders.audience(training, region) == [marina]


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-11-26 12", "2026-11-25 12"),  # Thursday at noon → Wednesday at noon
        ("2026-11-26 08", "2026-11-24 17"),  # early on Thursday: Wednesday at eight is too early
        ("2026-11-26 19", "2026-11-25 17"),
        ("2026-11-30 10", "2026-11-27 17"),  # Monday → Friday
        ("2027-01-11 10", "2026-12-30 17"),  # the first working Monday of the year
    ],
)
def test_a_day_before_falls_into_working_hours(starts: str, due: str, region: Region) -> None:
    found = reminders.day_before(datetime.fromisoformat(f"{starts}:00").replace(tzinfo=region.zone), region)
    assert f"{found:%Y-%m-%d %H}" == due


def test_the_hour_before_does_not_wait_for_office_hours(
    region: Region, marina: User, at: Callable[[datetime], None]
) -> None:
    saturday = datetime(2026, 11, 28, 13, 10, tzinfo=UTC)  # 20:10 in Tomsk
    make_training(region=region, starts_at=saturday + timedelta(minutes=50))
    at(saturday - timedelta(hours=8))
    remind_of_trainings()
    assert letters() == [], "a day before waits for working hours, and this one was planned on Saturday"
    at(saturday)
    remind_of_trainings()
    assert len(letters()) == 1


def test_a_training_for_all_regions_reminds_each_in_its_own_hour(
    region: Region, marina: User, at: Callable[[datetime], None]
) -> None:
    moscow = make_region(code="77", name="Москва", time_zone="Europe/Moscow")
    anna = make_user()
    make_appointment(make_organization(make_municipality(moscow)), anna)
    make_training(starts_at=WEDNESDAY + timedelta(minutes=55))
    remind_of_trainings()
    texts = {letter.recipient: letter.text for letter in letters()}
    assert "в 11:55 (Томская область)" in texts[marina.email]
    assert "в 07:55 (Москва)" in texts[anna.email]


def test_many_letters_cost_a_constant_number_of_statements(region: Region, municipality: Any) -> None:
    training = make_training(region=region)

    def cost(schools: int) -> int:
        for _ in range(schools):
            make_appointment(make_organization(municipality))
        with CaptureQueriesContext(connection) as asked:
            reminders.remind(training, reminders.DAY, region)
        return len(asked)

    few = cost(3)
    assert cost(60) <= few + 1, "SQLite takes 60 letters in two batches"
    assert len(letters()) == 63


def test_who_was_reminded_hears_that_it_is_called_off(
    region: Region, school: Organization, marina: User, vera: User
) -> None:
    training = make_training(region=region)
    reminders.remind(training, reminders.DAY, region)
    Letter.objects.update(status=LetterStatus.SENT, sent_at=timezone.now(), finished_at=timezone.now())
    make_appointment(make_organization(school.municipality), make_user(email="late@example.ru"))
    reminders.remind(training, reminders.HOUR, region)
    training.cancel(by=vera)
    assert Letter.objects.filter(status=LetterStatus.ABORTED).count() == 2, "what has not left is withdrawn"
    told = Letter.objects.get(dedupe_key__contains="called-off")
    assert (told.recipient, told.subject) == (marina.email, "Обучение отменено: Первый вход")


def test_a_cancelled_training_reminds_of_nothing(
    region: Region, marina: User, vera: User, at: Callable[[datetime], None]
) -> None:
    make_training(region=region, starts_at=WEDNESDAY + timedelta(minutes=50)).cancel(by=vera)
    remind_of_trainings()
    assert letters() == []


def test_the_link_in_the_letter_switches_off_without_sign_in(region: Region, marina: User, client: Client) -> None:
    training = make_training(region=region)
    reminders.remind(training, reminders.DAY, region)
    text = with_links(letters()[0])
    path = "/guides/reminders/" + text.rpartition("/guides/reminders/")[2].strip()
    assert "•••" in letters()[0].shown_text
    page = client.get(path).content.decode()
    assert "Выключить напоминания" in page
    assert marina.full_name not in page
    assert marina.email not in page
    assert not Reader.objects.exists(), "mail scanners open links by themselves"
    assert "выключены" in client.post(path, {"reminders": "off"}, follow=True).content.decode()
    assert reminders.audience(training, region) == []
    client.post(path, {"reminders": "on"})
    assert reminders.audience(training, region) == [marina]


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "%00", "1.1.1vN0aa.x"])
def test_a_forged_link_is_a_404(token: str, client: Client, marina: User) -> None:
    for answer in (client.get(f"/guides/reminders/{token}/"), client.post(f"/guides/reminders/{token}/")):
        assert answer.status_code == 404
    foreign = reverse("guides:reminders-link", args=[sign("receipt", marina.pk)])
    assert client.post(foreign, {"reminders": "off"}).status_code == 404
    assert not Reader.objects.exists()


def test_who_signed_in_switches_on_the_page_of_trainings(region: Region, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    address = reverse("guides:reminders")
    assert browser.get(address).status_code == 405
    assert "Включить напоминания" in browser.post(address, {"reminders": "off"}, follow=True).content.decode()
    browser.post(address, {"reminders": "что угодно"})
    assert Reader.objects.wants_no_reminders().get().user == marina
