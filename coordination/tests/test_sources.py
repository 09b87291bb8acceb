"""«Основание»: what only the school said is counted, listed, and made sure of by a telephone call."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from conftest import make_municipality, make_organization
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Event, Milestone, Municipality, Organization
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]


def test_the_ground_of_the_present_step_is_counted_and_leads_to_its_rows(
    school: Organization, other_school: Organization, vera: User, enter: Enter
) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    reach(school, Step.SIGNED_IN, by=None, source=Source.SCHOOL)
    reach(other_school, Step.REGISTERED, by=None, source=Source.LETTER)
    browser = enter(vera)
    whole, *_ = browser.get("/dashboard/waiting/").context["sources"]
    assert dict(whole.counts) == {Source.SCHOOL: 1, Source.LETTER: 1}
    for source, found in ((Source.SCHOOL, [school]), (Source.LETTER, [other_school]), (Source.REGISTRY, [])):
        page = browser.get(f"/organizations/?source={source}")
        assert [row.record for row in page.context["table"].rows] == found
    assert browser.get("/organizations/?source=%00").context["count"] == 0


def test_shares_stand_per_municipality_and_not_for_fewer_than_five(
    municipality: Municipality, vera: User, enter: Enter
) -> None:
    small = make_municipality(municipality.region, name="Асиновский район")
    for place, number in ((municipality, 5), (small, 4)):
        for _ in range(number):
            reach(make_organization(place), Step.REGISTERED, by=None, source=Source.SCHOOL)
    _, few, enough = enter(vera).get("/dashboard/waiting/").context["sources"]
    assert [part.share for part in few.parts] == [None] * len(Source)
    assert [part.share for part in enough.parts] == [100, 0, 0, 0, 0]


def test_a_call_raises_the_ground_and_leaves_a_line(school: Organization, nadia: User, enter: Enter) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    browser = enter(nadia)
    assert "Проверено по телефону" in browser.get(school.get_absolute_url()).content.decode()
    page = browser.post(f"/organizations/{school.pk}/checked/", {"step": 3}, follow=True).content.decode()
    assert Milestone.objects.get().source == Source.COORDINATOR
    assert "Этап проверен по телефону" in page
    assert "Известно только со слов школы" not in page
    assert Event.objects.get(verb="milestone.checked").by == nadia
    assert browser.get("/organizations/?source=school").context["count"] == 0


@pytest.mark.parametrize("source", [source for source in Source if source != Source.SCHOOL])
def test_a_call_never_covers_a_better_ground(source: Source, school: Organization, vera: User, enter: Enter) -> None:
    reach(school, Step.REGISTERED, by=None, source=source)
    answer = enter(vera).post(f"/organizations/{school.pk}/checked/", {"step": 3}, follow=True)
    assert "уже не только со слов школы" in answer.content.decode()
    assert Milestone.objects.get().source == source
    assert not Event.objects.filter(verb="milestone.checked").exists()


def test_of_two_coordinators_one_checks(school: Organization, vera: User, nadia: User) -> None:
    reach(school, Step.REGISTERED, by=None, source=Source.SCHOOL)
    first, second = Milestone.objects.get(), Milestone.objects.get()
    first.vouch(by=vera)
    with pytest.raises(WrongStatus):
        second.vouch(by=nadia)
    assert Event.objects.filter(verb="milestone.checked").count() == 1


def test_the_school_cannot_check_its_own_words(
    school: Organization, other_school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    for row in (school, other_school):
        reach(row, Step.REGISTERED, by=None, source=Source.SCHOOL)
    assert "Проверено по телефону" not in enter(marina).get(school.get_absolute_url()).content.decode()
    assert enter(marina).post(f"/organizations/{school.pk}/checked/", {"step": 3}).status_code == 404
    assert enter(nadia).post(f"/organizations/{other_school.pk}/checked/", {"step": 3}).status_code == 404
    for senseless in ({}, {"step": "x"}, {"step": 9}, {"step": 5}):
        page = enter(nadia).post(f"/organizations/{school.pk}/checked/", senseless, follow=True).content.decode()
        assert "До этого этапа организация не дошла" in page
    assert set(Milestone.objects.values_list("source", flat=True)) == {Source.SCHOOL}
