"""How many chats stand where, and which rows each number counts."""

from collections.abc import Callable
from dataclasses import dataclass

from messenger.models import Chat
from messenger.statuses import ChatStatus


@dataclass(frozen=True)
class Figure:
    """One number above the list; `value` stands in the address and leads to exactly its rows."""

    value: str
    label: str
    chats: list[Chat]
    is_shown: bool


def figures_of(chats: list[Chat], messenger: str) -> list[Figure]:
    """Of one organization, whose region moves to `messenger`. A chat that lives elsewhere is not counted as moved."""

    def here(chat: Chat) -> bool:
        return chat.messenger == messenger

    kinds: list[tuple[str, str, Callable[[Chat], bool], bool]] = [
        ("planned", "Ждут решения", lambda chat: chat.status == ChatStatus.PLANNED, True),
        (
            "one_administrator",
            "В чате один администратор",
            lambda chat: chat.status == ChatStatus.PLANNED and chat.has_two_administrators is False,
            False,
        ),
        ("moved", "Перенесены", lambda chat: chat.status == ChatStatus.MOVED and here(chat), True),
        ("created", "Созданы платформой", lambda chat: chat.status == ChatStatus.CREATED and here(chat), False),
        ("not_moved", "Не перенесены", lambda chat: chat.status == ChatStatus.NOT_MOVED, True),
        ("elsewhere", "В другом мессенджере", lambda chat: chat.is_living and not here(chat), False),
    ]
    found = ((value, label, list(filter(counts, chats)), is_always) for value, label, counts, is_always in kinds)
    return [Figure(value, label, rows, is_always or bool(rows)) for value, label, rows, is_always in found]
