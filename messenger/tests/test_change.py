"""The region changes its messenger: the step is open again where it stood on chats in the former one."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conftest import make_organization
from foundation.verbs import WrongStatus
from messenger import change
from messenger.change import Change, change_messenger, preview
from messenger.models import Chat, NothingToMove, moved, organizations_that_moved
from messenger.tests.test_chats import OURS, decide, make_chats, step_of
from messenger.tests.test_race import at_once
from organizations.journey import reach, recompute
from organizations.models import Event, Municipality, Organization, Region
from organizations.statuses import Source, Step

Schools = dict[str, Organization]


def make_schools(municipality: Municipality, by: User) -> Schools:
    """One of each kind that a change meets."""
    schools = {name: make_organization(municipality) for name in ("here", "there", "both", "nothing", "told", "none")}
    for school in schools.values():
        reach(school, Step.INVITED, by=by, source=Source.PORTAL)
    decide(schools["here"], make_chats(schools["here"], "7А", "7Б"), "mn", by)
    who = {"on": timezone.localdate(), "by": by, "source": Source.SCHOOL}
    for name in ("there", "both"):
        (chat,) = make_chats(schools[name], "8А")
        Chat.objects.move(schools[name], [chat.pk], messenger="max", **who)
    decide(schools["both"], make_chats(schools["both"], "9А"), "m", by)
    NothingToMove.objects.declare(schools["nothing"], by=by, source=Source.SCHOOL)
    reach(schools["told"], Step.MIGRATED, by=None, source=Source.REGISTRY)
    return schools


def test_a_change_opens_the_step_where_it_stood_on_the_former_messenger(
    region: Region, municipality: Municipality, vera: User
) -> None:
    schools = make_schools(municipality, vera)
    foreign = make_organization()
    decide(foreign, make_chats(foreign, "7А"), "m", vera)
    seen = preview(region, "MAX")
    assert seen == Change(reopened=1, told=1, kept=2, reached=1, chats=2, is_respelling=False)

    assert change_messenger(region, "MAX", was=OURS, by=vera) == seen
    steps = {name: step_of(school) for name, school in schools.items()}
    assert steps == {
        "here": Step.INVITED,
        "there": Step.MIGRATED,
        "both": Step.MIGRATED,
        "nothing": Step.MIGRATED,
        "told": Step.MIGRATED,
        "none": Step.INVITED,
    }
    assert step_of(foreign) == Step.MIGRATED, "another region's school"
    assert list(Event.objects.filter(verb="chats.step-reopened").values_list("organization", flat=True)) == [
        schools["here"].pk
    ]
    assert set(Chat.objects.filter(organization=schools["here"]).values_list("messenger", flat=True)) == {OURS, ""}
    assert Chat.objects.get(organization=schools["there"]).messenger == "MAX", "as the region writes it"
    found = organizations_that_moved().filter(region=region)
    assert {school.pk for school in found} == {schools[name].pk for name in ("there", "both", "nothing")}


def test_the_step_is_computed_as_for_one(region: Region, municipality: Municipality, vera: User) -> None:
    school = make_schools(municipality, vera)["here"]
    change_messenger(region, "MAX", was=OURS, by=vera)
    many = Organization.objects.get(pk=school.pk)
    one = Organization.objects.get(pk=school.pk)
    recompute(one)
    assert (many.step, many.step_since) == (one.step, one.step_since)


def test_red_control_the_field_alone_opens_nothing(region: Region, municipality: Municipality, vera: User) -> None:
    """What the verb is for: after a bare change of the setting the school counts as done in a messenger left behind."""
    school = make_schools(municipality, vera)["here"]
    Region.objects.filter(pk=region.pk).update(messenger_name="MAX")
    assert step_of(school) == Step.MIGRATED
    assert school not in organizations_that_moved()


def test_of_two_coordinators_the_second_is_told(region: Region, vera: User, nadia: User) -> None:
    change_messenger(region, "MAX", was=OURS, by=vera)
    with pytest.raises(WrongStatus, match="сейчас это MAX"):
        change_messenger(region, "Сферум", was=OURS, by=nadia)
    assert Region.objects.get(pk=region.pk).messenger_name == "MAX"


@pytest.mark.parametrize(("name", "is_same"), [("vk мессенджер", False), ("Мессенджер ВК", True)])
def test_a_new_spelling_keeps_step_and_chats(
    name: str, is_same: bool, region: Region, municipality: Municipality, vera: User
) -> None:
    school = make_schools(municipality, vera)["here"]
    make_chats(school, "Новый чат, который ещё ждёт")
    assert preview(region, name, is_same=is_same).reopened == 0
    assert change_messenger(region, name, was=OURS, by=vera, is_same=is_same).is_respelling
    assert step_of(school) == Step.MIGRATED
    assert Chat.objects.filter(organization=school, messenger=name).count() == 1


def test_back_again_the_step_is_reached_anew(region: Region, municipality: Municipality, vera: User) -> None:
    school = make_schools(municipality, vera)["here"]
    change_messenger(region, "MAX", was=OURS, by=vera)
    change_messenger(region, OURS, was="MAX", by=vera)
    assert step_of(school) == Step.MIGRATED


def test_a_change_costs_the_same_for_few_and_for_many(region: Region, municipality: Municipality, vera: User) -> None:
    def cost(number: int, name: str, was: str) -> int:
        for _ in range(number):
            school = make_organization(municipality)
            chat = Chat.objects.add_names(school, ["7А"], by=vera)[0]
            Chat.objects.move(school, [chat.pk], messenger=was, on=timezone.localdate(), by=vera, source=Source.SCHOOL)
        with CaptureQueriesContext(connection) as asked:
            assert change_messenger(region, name, was=was, by=vera).reopened == number
        inserts = sum('INTO "organizations_event"' in each["sql"] for each in asked)
        return len(asked) - inserts

    assert cost(2, "MAX", OURS) == cost(30, "Сферум", "MAX")


@pytest.mark.django_db(transaction=True)
def test_a_last_chat_moved_at_the_same_moment_leaves_no_false_step(
    region: Region, municipality: Municipality, vera: User
) -> None:
    for number in range(5):
        school, was = make_organization(municipality), Region.objects.get(pk=region.pk).messenger_name
        chat = make_chats(school, "7А")[0]
        school = Organization.objects.select_related("region").get(pk=school.pk)

        def move(school: Organization = school, chat: Chat = chat, was: str = was) -> object:
            who = {"by": vera, "source": Source.SCHOOL}
            return Chat.objects.move(school, [chat.pk], messenger=was, on=timezone.localdate(), **who)

        def change_now(was: str = was, name: str = f"Новый {number}") -> object:
            return change_messenger(Region.objects.get(pk=region.pk), name, was=was, by=vera)

        assert not [each for each in at_once(move, change_now) if isinstance(each, Exception)]
        assert step_of(school) is None
        assert school not in organizations_that_moved()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_red_control_without_the_lock_a_false_step_stays(
    region: Region, school: Organization, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The school has reached its step and not committed yet: a change that does not wait for it does not see it."""
    reached, changed, really = threading.Event(), threading.Event(), moved.reach_if_moved
    chat = make_chats(school, "7А")[0]

    def reach_and_linger(*args: Any, **kwargs: Any) -> None:
        really(*args, **kwargs)
        reached.set()
        assert changed.wait(20)

    def change_meanwhile() -> None:
        assert reached.wait(20)
        change_messenger(Region.objects.get(pk=region.pk), "MAX", was=OURS, by=vera)
        changed.set()

    monkeypatch.setattr(moved, "reach_if_moved", reach_and_linger)
    monkeypatch.setattr(change, "_hold", lambda region: None)
    assert at_once(lambda: decide(school, [chat], "m", vera), change_meanwhile) == [None, None]
    assert step_of(school) == Step.MIGRATED
    assert school not in organizations_that_moved()
