"""Two administrators at the same instant: one decision a chat, and the last one completes the step."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from foundation.verbs import WrongStatus
from messenger.models import Chat, moved
from messenger.statuses import ChatStatus, Reason
from organizations.models import Event, Organization
from organizations.statuses import Source, Step

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned, or the exception that it raised."""
    results: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            start.wait()
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def move(school: Organization, chat: Chat, by: User) -> object:
    who = {"by": by, "source": Source.SCHOOL}
    return Chat.objects.move(school, [chat.pk], messenger="VK Мессенджер", on=timezone.localdate(), **who)


def leave(school: Organization, chat: Chat, by: User) -> object:
    return Chat.objects.leave(school, [chat.pk], reason=Reason.ROLE, note="", by=by, source=Source.SCHOOL)


def test_one_chat_is_decided_once_and_the_loser_is_told(school: Organization, marina: User, nadia: User) -> None:
    for chat in Chat.objects.add_names(school, [f"Чат {number}" for number in range(20)], by=None):
        results = at_once(lambda chat=chat: move(school, chat, marina), lambda chat=chat: leave(school, chat, nadia))
        (lost,) = [result for result in results if isinstance(result, Exception)]
        assert isinstance(lost, WrongStatus)
        chat.refresh_from_db()
        winner = marina if chat.status == ChatStatus.MOVED else nadia
        assert lost.by_name == winner.full_name
    assert Event.objects.filter(verb__in=["chat.moved", "chat.not-moved"]).count() == 20


def last_two(school: Organization, marina: User, nadia: User) -> int | None:
    one, two = Chat.objects.add_names(school, ["7А", "7Б"], by=None)
    at_once(lambda: move(school, one, marina), lambda: move(school, two, nadia))
    assert Chat.objects.filter(status=ChatStatus.MOVED).count() == 2
    return Organization.objects.get(pk=school.pk).step


def test_the_last_two_decisions_at_once_complete_the_step(school: Organization, marina: User, nadia: User) -> None:
    assert last_two(school, marina, nadia) == Step.MIGRATED


def test_without_the_lock_neither_sees_the_other(
    school: Organization, marina: User, nadia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red control. On SQLite a second writer waits anyway, so there the harm can't be done."""
    both, really = threading.Barrier(2), moved.reach_if_moved

    def wait_for_the_other() -> None:
        if connection.vendor != "sqlite":
            both.wait(timeout=20)

    def reach_side_by_side(*args: object, **kwargs: object) -> None:
        wait_for_the_other()
        really(*args, **kwargs)
        wait_for_the_other()

    monkeypatch.setattr(Organization, "hold", lambda organization: None)
    monkeypatch.setattr(moved, "reach_if_moved", reach_side_by_side)
    assert last_two(school, marina, nadia) == (Step.MIGRATED if connection.vendor == "sqlite" else None)
