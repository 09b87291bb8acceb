from messenger.models.chat import Chat
from messenger.models.chat_set import Draft, Outcome
from messenger.models.moved import classes_without_chat, organizations_that_moved
from messenger.models.nothing import ClassWithoutChats, NothingToMove

__all__ = [
    "Chat",
    "ClassWithoutChats",
    "Draft",
    "NothingToMove",
    "Outcome",
    "classes_without_chat",
    "organizations_that_moved",
]
