"""Roles, states and words of the invitations' floor."""

from django.db.models import TextChoices

from organizations.words import ClassWords


class Role(TextChoices):
    """Belongs to the link: at Sferum a role cannot be changed, only removed and invited again."""

    TEACHER = "teacher", "учитель"
    PUPIL = "pupil", "ученик"
    PARENT = "parent", "родитель"


def role_word(role: str, words: ClassWords) -> str:
    """In the words of this kind of organization: «воспитатель», not «учитель»."""
    return {Role.TEACHER: words.teacher, Role.PUPIL: words.pupil, Role.PARENT: "родитель"}[Role(role)]


def role_word_many(role: str, words: ClassWords) -> str:
    return {Role.TEACHER: words.teachers, Role.PUPIL: words.pupils, Role.PARENT: "родители"}[Role(role)]


class Mode(TextChoices):
    REVIEW = "review", "с проверкой заявок школой"
    DIRECT = "direct", "сразу показывает ссылку Сферума"


class Term(TextChoices):
    """How long a link lives, as its form asks; the link keeps the day, or none."""

    DATE = "date", "до даты"
    SEPTEMBER = "september", "до конца сентября"
    NEVER = "never", "без срока"


class Paper(TextChoices):
    """What of the print kit; a page for each link, but a sheet for each class with all its roles."""

    POSTERS = "posters", "плакаты: страница на каждую ссылку"
    STRIPS = "strips", "плакаты с отрывными листками внизу"
    CARDS = "cards", "карточки на стол: 8 на листе"
    SHEETS = "sheets", "лист на каждый класс: все его роли вместе"


class LinkState(TextChoices):
    """What a visitor meets; computed, because a day passes without anybody's act."""

    OPEN = "open", "действует"
    PAUSED = "paused", "приостановлена"
    EXPIRED = "expired", "истекла"
    FULL = "full", "мест нет"
    REVOKED = "revoked", "отозвана"
    REPLACED = "replaced", "заменена"
    CLOSED = "closed", "организация закрыта"


DEAD = (LinkState.REVOKED, LinkState.REPLACED, LinkState.CLOSED)  # for good; the other states may pass


class RequestStatus(TextChoices):
    """The school's check, made here. Joining happens later, in Sferum: see `JoinRequest.joined_at`."""

    PENDING = "pending", "ждёт решения"
    ACCEPTED = "accepted", "проверена"
    REJECTED = "rejected", "отклонена"
    WITHDRAWN = "withdrawn", "отозвана заявителем"
    EXPIRED = "expired", "срок истёк"


FINAL = (RequestStatus.ACCEPTED, RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.EXPIRED)
CLOSED_BY_SCHOOL = (RequestStatus.ACCEPTED, RequestStatus.REJECTED)  # what the school can take back


class Alarm(TextChoices):
    """Why a link was paused by the portal itself; the school reads it, a visitor only that the link rests."""

    OVER = "over", "заявок больше, чем людей в классе"
    BURST = "burst", "слишком много заявок подряд"
    UNKNOWN = "unknown", "слишком много имён, которых нет в списке"


class Pile(TextChoices):
    """What the expected names say of a request. Only the first pile is ever accepted as a whole."""

    EXACT = "exact", "совпали со списком"
    NEAR = "near", "похожи на список"
    UNKNOWN = "unknown", "нет в списке"
    UNLISTED = "unlisted", "списка нет"


class Mark(TextChoices):
    """What the class teacher says by the slip: a hint for the administrator, never a decision."""

    MINE = "mine", "мой"
    NOT_MINE = "not-mine", "не мой"


class Reason(TextChoices):
    """Why a request is rejected; the applicant reads it."""

    UNKNOWN = "unknown", "такого человека нет в списке класса"
    OTHER_CLASS = "other-class", "это другой класс: попросите его ссылку"
    TWICE = "twice", "такая заявка уже есть"
    NAME = "name", "имя указано не полностью или с ошибкой: исправьте его на странице заявки"
    WRONG_ROLE = "wrong-role", "это ссылка для другой роли"
    OTHER = "other", "другая причина"


class Fate(TextChoices):
    """What becomes of a class at the end of the academic year."""

    PROMOTE = "promote", "перевести"
    ARCHIVE = "archive", "в архив"
    LEAVE = "leave", "пока не трогать"


class NameGround(TextChoices):
    """Why somebody of the portal's staff opens one name in Django admin; goes to the journal."""

    APPLICANT = "applicant-asked", "обратился заявитель"
    SCHOOL = "school-asked", "обратилась школа"
    AUTHORITY = "authority-asked", "запрос уполномоченного органа"


class DestructionGround(TextChoices):
    TERM = "term", "истёк срок хранения"
    WITHDRAWN = "withdrawn", "отозвано согласие"
    WAVE = "wave", "закончилась волна приглашений"
    SCHOOL = "school", "школа выключила списки"
    ARCHIVED = "archived", "класс в архиве"


class Destroyed(TextChoices):
    """What was erased."""

    REQUESTS = "requests", "данные заявок"
    LISTS = "lists", "имена из списков"


# Days until name and contacts are erased, counted from the moment when the request came into the state. The consent
# document promises these terms: change both together.
KEPT_DAYS = {
    RequestStatus.PENDING: 180,
    RequestStatus.ACCEPTED: 180,
    RequestStatus.REJECTED: 30,
    RequestStatus.WITHDRAWN: 0,
    RequestStatus.EXPIRED: 30,
}
KEPT_DAYS_JOINED = 30

EVENT_WORDS = {
    "invitation.issued": "Выпущена ссылка-приглашение",
    "invitation.paused": "Ссылка приостановлена",
    "invitation.resumed": "Ссылка снова действует",
    "invitation.revoked": "Ссылка отозвана",
    "invitation.replaced": "Ссылка заменена",
    "invitation.extended": "Срок ссылки продлён",
    "invitation.link-changed": "Изменена ссылка Сферума",
    "invitation.link-renewed": "Ссылка обновлена в самом Сферуме",
    "invitation.alarmed": "Портал приостановил ссылку: похоже, она утекла",
    "request.filed": "Подана заявка в класс",
    "request.accepted": "Заявка в класс проверена и принята",
    "request.rejected": "Заявка в класс отклонена",
    "request.withdrawn": "Заявитель отозвал заявку",
    "request.expired": "Заявка закрыта: срок истёк",
    "request.undone": "Решение по заявке отменено сразу",
    "request.reopened": "Заявка возвращена на проверку",
    "request.postponed": "Заявка отложена",
    "request.awaited": "Отложенная заявка снова ждёт решения",
    "request.corrected": "Заявитель исправил заявку",
    "request.marked": "Классный руководитель ответил, знает ли он человека",
    "request.same": "Отмечено: две заявки об одном человеке",
    "request.apart": "Отмечено: заявки о разных людях",
    "applicant.blocked": "Повторные заявки закрыты на время",
    "applicant.unblocked": "Повторные заявки снова принимаются",
    "slip.issued": "Выдан листок классному руководителю",
    "slip.revoked": "Листок классного руководителя отозван",
    "expected.ground-recorded": "Записано основание для списков ожидаемых",
    "expected.ground-removed": "Списки ожидаемых выключены и уничтожены",
    "expected.list-saved": "Сохранён список ожидаемых",
    "expected.purged": "Списки ожидаемых уничтожены",
    "expected.viewed": "Просмотрен список ожидаемых с именами",
    "year.rolled-over": "Классы переведены на новый учебный год",
    "year.rolled-back": "Перевод классов отменён",
    "request.told": "Решение передано заявителю лично",
    "request.not-told": "Отметка «решение передано» снята",
    "request.joined": "Заявитель принят в класс в Сферуме",
    "request.name-opened": "Служба портала открыла имя в заявке",
    "request.consent-withdrawn": "Согласие отозвано: данные заявки будут уничтожены",
    "requests.viewed": "Просмотрен список заявок с именами",
    "requests.purged": "Персональные данные заявок уничтожены",
}
