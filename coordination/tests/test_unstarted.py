"""Nobody was ever appointed: the clock runs from the day on which the organization came into the list.

It stands on Wednesday 14 October 2026, ten in the morning in Tomsk.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts.models import User
from conftest import make_organization
from coordination import reminders, tasks
from coordination.models import Reminder, RungSetting
from coordination.stalled import stalled_q, stalled_words
from coordination.statuses import Reason, Rung, Stage
from coordination.tests.test_reminders import TEN, TODAY, ago, without_digest
from coordination.worklist import WorkList
from correspondence.composing import with_links
from correspondence.models import Letter
from organizations.journey import reach
from organizations.models import Appointment, Event, Organization, Region
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as clock:
        yield clock


def listed(organization: Organization, day: date) -> Organization:
    Organization.objects.filter(pk=organization.pk).update(listed_on=day)
    organization.refresh_from_db()
    return organization


def reasons_of(organization: Organization) -> dict[Reason, str]:
    work = WorkList(Organization.objects.filter(pk=organization.pk))
    return {told.reason: told.words.replace("\xa0", " ") for entry in work.entries(work.rows) for told in entry.reasons}


def wanted(region: Region) -> None:
    """The region has switched the ladder on."""
    RungSetting.objects.bulk_create(
        RungSetting(region=region, stage=Stage.NOBODY, rung=rung, is_on=True, after_days=days)
        for rung, days in ((Rung.HEAD, 5), (Rung.MUNICIPALITY, 10), (Rung.REGION, 20))
    )


def test_nobody_writes_to_heads_until_the_region_wants_it(school: Organization) -> None:
    listed(school, ago(60))
    assert reminders.remind_region(school.region) == 0
    wanted(school.region)
    assert reminders.remind_region(school.region) == 1


def test_the_filter_the_words_and_the_list_agree(
    school: Organization, other_school: Organization, vera: User, nadia: User, enter: Enter
) -> None:
    listed(school, ago(6))
    listed(other_school, ago(5))
    unknown = listed(make_organization(school.municipality), TODAY)
    Organization.objects.filter(pk=unknown.pk).update(listed_on=None)
    assert set(Organization.objects.filter(stalled_q())) == {school}
    assert stalled_words(school).replace("\xa0", " ") == "стоит 6 рабочих дней при норме 5"
    assert stalled_words(other_school) == ""
    answer = enter(vera).get("/organizations/?stalled=on")
    assert [row.pk for row in answer.context["table"].data] == [school.pk]
    assert "при норме 5" in answer.content.decode()
    listed(other_school, ago(30))
    assert enter(nadia).get("/organizations/?stalled=on").context["count"] == 1, "of her own municipality"


def test_a_region_that_does_not_watch_the_first_step_is_not_told(school: Organization) -> None:
    listed(school, ago(60))
    Region.objects.update(step_norms={"1": 0, "3": 10})
    school.refresh_from_db()
    assert not Organization.objects.filter(stalled_q()).exists()
    assert stalled_words(school) == ""
    assert Reason.UNSTARTED not in reasons_of(school)


def test_it_is_a_reason_to_call_until_the_head_is_asked_or_names_somebody(school: Organization, vera: User) -> None:
    listed(school, ago(5))
    assert reasons_of(school) == {}
    listed(school, ago(6))
    assert reasons_of(school) == {Reason.UNSTARTED: "администратора так и не назначили: в списке 6 рабочих дней"}
    with_event = Event.record("head-link.sent", school, school, by=vera)
    assert Reason.UNSTARTED not in reasons_of(school), "the letter has a clock of its own"
    with_event.delete()
    reach(school, Step.APPOINTED, by=vera, source=Source.COORDINATOR)
    assert Reason.UNSTARTED not in reasons_of(school)


def test_the_page_of_the_organization_says_since_when(school: Organization, vera: User, enter: Enter) -> None:
    listed(school, ago(6))
    page = enter(vera).get(school.get_absolute_url()).content.decode()
    assert re.search(r"Сейчас ход за: руководитель · [^<]+", page)


def test_the_head_is_reminded_with_a_link_that_lets_him_name_somebody(
    school: Organization, nadia: User, vera: User, clock: time_machine.Traveller, client: Client
) -> None:
    without_digest(nadia, vera)
    wanted(school.region)
    listed(school, ago(4))
    assert reminders.remind_region(school.region) == 0, "a day too early"
    listed(school, ago(5))
    tasks.remind()
    letter = Letter.objects.get()
    assert (letter.recipient, Reminder.objects.get().stage) == (school.email, Stage.NOBODY)
    assert "•••" in letter.shown_text, "people who read the letters do not get the head's power"
    found = re.search(r"/appoint/\S+", with_links(letter))
    assert found
    assert school.full_name in client.get(found[0]).content.decode()
    for _ in range(40):
        tasks.remind()
        clock.shift(timedelta(days=1))
    rows = Reminder.objects.order_by("on", "pk").values_list("rung", flat=True)
    assert list(rows) == [Rung.HEAD, Rung.MUNICIPALITY, Rung.REGION]
    assert all("appoint" not in row.text for row in Letter.objects.exclude(recipient=school.email))


def test_two_schools_of_one_mailbox_get_a_link_each(school: Organization) -> None:
    other = make_organization(school.municipality, email=school.email)
    wanted(school.region)
    for row in (school, other):
        listed(row, ago(9))
    assert reminders.remind_region(school.region) == 1
    letter = Letter.objects.get()
    assert {link["object_id"] for link in letter.links.values()} == {school.pk, other.pk}
    assert len(set(re.findall(r"/appoint/\S+", with_links(letter)))) == 2


def test_without_a_mailbox_the_ladder_passes_the_head_by(school: Organization, nadia: User) -> None:
    without_digest(nadia)
    wanted(school.region)
    Organization.objects.filter(pk=school.pk).update(email="")
    listed(school, ago(11))
    assert reminders.remind_region(school.region) == 1
    assert Letter.objects.get().recipient == nadia.email


def test_once_somebody_is_named_a_letter_that_waits_does_not_go(school: Organization, vera: User) -> None:
    listed(school, ago(9))
    wanted(school.region)
    assert reminders.remind_region(school.region) == 1
    reach(school, Step.APPOINTED, by=vera, source=Source.COORDINATOR)
    assert reminders.withdraw_overtaken(school.region) == 1


def test_the_region_reads_and_changes_the_words(school: Organization, vera: User, enter: Enter) -> None:
    assert "Администратор не назначен" in enter(vera).get("/reminders/ladder/").content.decode()
    address = f"/reminders/ladder/{Stage.NOBODY}/head/"
    page = enter(vera).get(address).content.decode()
    assert "•••" in page
    assert "[[appoint" not in page
    typed = {"after_days": 7, "text": "{организация}: {ссылка}"}
    enter(vera).post(address, typed)
    assert RungSetting.objects.get().is_on is False
    enter(vera).post(address, typed | {"is_on": "on"})
    listed(school, ago(7))
    assert reminders.remind_region(school.region) == 1


def test_rows_of_before_get_the_day_of_the_journal(school: Organization, other_school: Organization) -> None:
    """The first school's line is older than whatever is known of the second one."""
    with time_machine.travel(TEN - timedelta(days=40)):
        Event.record("organization.added", school, school)
    Organization.objects.update(listed_on=None)
    import_module("organizations.migrations.0019_listed_on").fill(apps, None)
    days = Organization.objects.values_list("listed_on", flat=True)
    assert set(days) == {timezone.localdate() - timedelta(days=40)}
    assert not Appointment.objects.exists()


def test_the_list_is_sorted_by_the_day_that_it_shows(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    listed(school, ago(20))
    begun = make_organization(school.municipality, step=Step.APPOINTED, step_since=ago(10))
    listed(other_school, ago(5))
    Organization.objects.exclude(pk__in=[school.pk, begun.pk, other_school.pk]).delete()
    for sort, rows in (("step_since", [school, begun, other_school]), ("-step_since", [other_school, begun, school])):
        shown = enter(vera).get(f"/organizations/?q=&sort={sort}").context["table"].data
        assert list(shown) == rows, sort
