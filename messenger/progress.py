"""How far the move has come, class by class, and what did not move and why."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import IO

from django.db.models import TextChoices

from foundation.sheets import Sheet, write_xlsx
from foundation.templatetags.portal import plural
from messenger.models import Chat, ClassWithoutChats
from messenger.statuses import ChatStatus, Reason
from organizations.models import Organization, SchoolClass


class Standing(TextChoices):
    """What can be said of a class as a whole."""

    HERE = "here", "перенесён"
    LEFT = "left", "не перенесён"
    NOTHING = "nothing", "переносить нечего"
    WAITING = "waiting", "ждёт решения"
    ELSEWHERE = "elsewhere", "в другом мессенджере"
    UNLISTED = "unlisted", "чата в списке нет"


SETTLED = [Standing.HERE, Standing.LEFT, Standing.NOTHING]


@dataclass
class Group:
    """The chats of one class, or those of staff where there is no class."""

    title: str
    messenger: str
    school_class: SchoolClass | None = None
    is_without: bool = False
    chats: list[Chat] = field(default_factory=list)

    @property
    def here(self) -> list[Chat]:
        return [chat for chat in self.chats if chat.is_living and chat.messenger == self.messenger]

    @property
    def elsewhere(self) -> list[Chat]:
        return [chat for chat in self.chats if chat.is_living and chat.messenger != self.messenger]

    @property
    def waiting(self) -> list[Chat]:
        return [chat for chat in self.chats if chat.status == ChatStatus.PLANNED]

    @property
    def left(self) -> list[Chat]:
        return [chat for chat in self.chats if chat.status == ChatStatus.NOT_MOVED]

    @property
    def standing(self) -> Standing:
        if not self.chats:
            return Standing.NOTHING if self.is_without else Standing.UNLISTED
        if self.waiting:
            return Standing.WAITING
        if self.elsewhere:
            return Standing.ELSEWHERE
        return Standing.HERE if self.here else Standing.LEFT


@dataclass(frozen=True)
class Progress:
    classes: list[Group]
    """Of this academic year, in their order."""
    others: list[Group]
    """Staff, and classes of other years with chats still in the list."""

    @property
    def settled(self) -> int:
        return sum(group.standing in SETTLED for group in self.classes)

    @property
    def standings(self) -> list[tuple[Standing, int]]:
        numbers = ((each, sum(group.standing == each for group in self.classes)) for each in Standing)
        return [(each, number) for each, number in numbers if number]

    @property
    def has_empty(self) -> bool:
        return any(not group.chats for group in self.classes)

    @property
    def groups(self) -> list[Group]:
        return [*self.others, *self.classes]

    @property
    def reasons(self) -> list[tuple[str, list[Chat]]]:
        """What did not move, by why; the commonest reason first."""
        found: dict[str, list[Chat]] = defaultdict(list)
        for group in self.groups:
            for chat in group.left:
                found[chat.reason].append(chat)
        return [
            (Reason(reason).label, chats) for reason, chats in sorted(found.items(), key=lambda pair: -len(pair[1]))
        ]


def progress_of(organization: Organization) -> Progress:
    """Three statements, however many chats and classes there are."""
    messenger = organization.region.messenger_name
    without = ClassWithoutChats.objects.filter(school_class__organization=organization)
    marked = set(without.values_list("school_class", flat=True))
    classes = {each.pk: Group(each.name, messenger, each, each.pk in marked) for each in organization.classes.current()}
    others: dict[int | None, Group] = {}
    for chat in Chat.objects.filter(organization=organization).select_related("school_class"):
        known = classes.get(chat.school_class_id or 0)
        if known is None:
            known = others.setdefault(chat.school_class_id, _other(chat, messenger))
        known.chats.append(chat)
    return Progress(list(classes.values()), list(others.values()))


def _other(chat: Chat, messenger: str) -> Group:
    of = chat.school_class
    return Group(f"{of.name} ({of.year_words})" if of else "Сотрудники и общие", messenger, of)


def in_words(number: int, total: int, organization: Organization) -> str:
    """«18 из 31 класса»."""
    _, of_one, of_many = organization.words.klass_forms.split(",")
    return f"{number} из {total} {plural(total, f'{of_one},{of_many},{of_many}')}"


def write_progress(file: IO[bytes], organization: Organization, progress: Progress) -> None:
    title = organization.words.klass.capitalize()
    columns = [title, "Чатов", "Перенесено", "Ждут решения", "Не перенесено", "В другом мессенджере", "Состояние"]
    rows = (
        [
            group.title,
            len(group.chats),
            len(group.here),
            len(group.waiting),
            len(group.left),
            len(group.elsewhere),
            group.standing.label,
        ]
        for group in progress.groups
    )
    left = (
        [reason.capitalize(), chat.school_class.name if chat.school_class else "", chat.name, chat.note]
        for reason, chats in progress.reasons
        for chat in chats
    )
    sheets = [
        Sheet(organization.words.klasses.capitalize(), columns, rows, widths=[28, 10, 14, 16, 16, 24, 26]),
        Sheet("Не перенесено и почему", ["Почему", title, "Чат", "Подробнее"], left, widths=[40, 20, 40, 60]),
    ]
    write_xlsx(file, sheets)
