"""States and words of the chats that move."""

from django.db.models import TextChoices


class ChatStatus(TextChoices):
    PLANNED = "planned", "ждёт решения"
    MOVED = "moved", "перенесён"
    NOT_MOVED = "not_moved", "не перенесён"


class Reason(TextChoices):
    """Why a chat does not move."""

    ONE_ADMINISTRATOR = "one_administrator", "в чате только один администратор"
    NO_OWNER = "no_owner", "создатель чата не найден или ушёл"
    ROLE = "role", "у переносящего не подтверждена роль"
    NOT_NEEDED = "not_needed", "чат больше не нужен"
    REFUSED = "refused", "участники не хотят переносить"
    OTHER = "other", "другая причина"


FIGURES = {
    ChatStatus.PLANNED: "Ждут решения",
    ChatStatus.MOVED: "Перенесены",
    ChatStatus.NOT_MOVED: "Не перенесены",
}
DECIDED = [ChatStatus.MOVED, ChatStatus.NOT_MOVED]

EVENT_WORDS: dict[str, str] = {
    "chats.added": "В список внесены чаты",
    "chat.moved": "Чат перенесён",
    "chat.not-moved": "Записано, почему чат не перенесён",
    "chat.reopened": "Решение по чату отменено",
    "chats.removed": "Чаты убраны из списка",
    "chats.nothing-to-move": "Отмечено: переносить нечего",
    "chats.something-to-move": "Снята отметка «Переносить нечего»",
    "chats.step-withdrawn": "Этап «Чаты перенесены» снят: исправлена ошибка",
}
