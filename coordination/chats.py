"""How far organizations have moved their chats: one standing each, the first that fits."""

from django.db.models import Case, CharField, Q, Value, When

from coordination.statuses import ChatStanding
from messenger.models import Chat, ClassWithoutChats, NothingToMove
from messenger.statuses import LIVING, ChatStatus
from organizations.statuses import Step


def chat_standing() -> Case:
    """In SQL, for the filter and the figures alike."""
    chats = Chat.objects.order_by()
    nothing = Q(pk__in=NothingToMove.objects.values("organization"))
    no_class = Q(step=Step.MIGRATED, pk__in=ClassWithoutChats.objects.values("school_class__organization"))
    conditions = {
        ChatStanding.PLANNED: Q(pk__in=chats.filter(status=ChatStatus.PLANNED).values("organization")),
        ChatStanding.MOVED: Q(pk__in=chats.filter(status__in=LIVING).values("organization")),
        ChatStanding.LEFT: Q(pk__in=chats.filter(status=ChatStatus.NOT_MOVED).values("organization")),
        ChatStanding.NOTHING: nothing | no_class,
    }
    whens = [When(condition, then=Value(standing.value)) for standing, condition in conditions.items()]
    return Case(*whens, default=Value(ChatStanding.UNLISTED.value), output_field=CharField())


STANDING_OF = {
    ChatStatus.PLANNED: ChatStanding.PLANNED,
    ChatStatus.MOVED: ChatStanding.MOVED,
    ChatStatus.CREATED: ChatStanding.MOVED,
    ChatStatus.NOT_MOVED: ChatStanding.LEFT,
}
