"""States and words of the chats that move."""

from django.db.models import TextChoices


class ChatStatus(TextChoices):
    PLANNED = "planned", "ждёт решения"
    MOVED = "moved", "перенесён"
    CREATED = "created", "создан самой платформой"
    NOT_MOVED = "not_moved", "не перенесён"


class Reason(TextChoices):
    """Why a chat does not move."""

    ONE_ADMINISTRATOR = "one_administrator", "в чате только один администратор"
    NO_OWNER = "no_owner", "создатель чата не найден или ушёл"
    ROLE = "role", "у переносящего не подтверждена роль"
    NOT_NEEDED = "not_needed", "чат больше не нужен"
    REFUSED = "refused", "участники не хотят переносить"
    OTHER = "other", "другая причина"


CHATS = "чат,чата,чатов"
LIVING = [ChatStatus.MOVED, ChatStatus.CREATED]
"""The chat lives in the messenger that it names, moved there or made there."""
DECIDED = [*LIVING, ChatStatus.NOT_MOVED]

EVENT_WORDS: dict[str, str] = {
    "chats.added": "В список внесены чаты",
    "chat.moved": "Чат перенесён",
    "chat.created": "Чат создан самой платформой",
    "chat.not-moved": "Записано, почему чат не перенесён",
    "chat.reopened": "Решение по чату отменено",
    "chat.planned-again": "Чат снова в плане: он живёт в другом мессенджере",
    "chats.conditions": "Отмечены условия переноса чатов",
    "chats.removed": "Чаты убраны из списка",
    "chats.exported": "Выгружен ход переноса чатов",
    "chats.nothing-to-move": "Отмечено: переносить нечего",
    "chats.something-to-move": "Снята отметка «Переносить нечего»",
    "chats.class-without": "Отмечено: в классе переносить нечего",
    "chats.class-with": "Снята отметка «В классе переносить нечего»",
    "chats.step-withdrawn": "Этап «Чаты перенесены» снят: исправлена ошибка",
    "chats.step-reopened": "Этап «Чаты перенесены» открыт снова: у региона другой мессенджер",
    "region.messenger-changed": "У региона другой мессенджер",
    "region.messenger-respelled": "Исправлено название мессенджера региона",
}
