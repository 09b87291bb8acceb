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


class LinkState(TextChoices):
    """What a visitor meets; computed, because a day passes without anybody's act."""

    OPEN = "open", "действует"
    PAUSED = "paused", "приостановлена"
    EXPIRED = "expired", "истекла"
    FULL = "full", "мест нет"
    REVOKED = "revoked", "отозвана"
    REPLACED = "replaced", "заменена"


DEAD = (LinkState.REVOKED, LinkState.REPLACED)  # for good; the other states may pass


class RequestStatus(TextChoices):
    """The school's check, made here. Joining happens later, in Sferum: see `JoinRequest.joined_at`."""

    PENDING = "pending", "ждёт решения"
    ACCEPTED = "accepted", "проверена"
    REJECTED = "rejected", "отклонена"
    WITHDRAWN = "withdrawn", "отозвана заявителем"
    EXPIRED = "expired", "срок истёк"


FINAL = (RequestStatus.ACCEPTED, RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.EXPIRED)


class Reason(TextChoices):
    """Why a request is rejected; the applicant reads it."""

    UNKNOWN = "unknown", "такого человека нет в списке класса"
    OTHER_CLASS = "other-class", "это другой класс: попросите его ссылку"
    TWICE = "twice", "такая заявка уже есть"
    NAME = "name", "имя указано не полностью или с ошибкой: подайте заявку ещё раз"
    OTHER = "other", "другая причина"


class NameGround(TextChoices):
    """Why somebody of the portal's staff opens one name in Django admin; goes to the journal."""

    APPLICANT = "applicant-asked", "обратился заявитель"
    SCHOOL = "school-asked", "обратилась школа"
    AUTHORITY = "authority-asked", "запрос уполномоченного органа"


class DestructionGround(TextChoices):
    TERM = "term", "истёк срок хранения"
    WITHDRAWN = "withdrawn", "отозвано согласие"


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
    "request.filed": "Подана заявка в класс",
    "request.accepted": "Заявка в класс проверена и принята",
    "request.rejected": "Заявка в класс отклонена",
    "request.withdrawn": "Заявитель отозвал заявку",
    "request.expired": "Заявка закрыта: срок истёк",
    "request.joined": "Заявитель принят в класс в Сферуме",
    "request.name-opened": "Служба портала открыла имя в заявке",
    "request.consent-withdrawn": "Согласие отозвано: данные заявки будут уничтожены",
    "requests.viewed": "Просмотрен список заявок с именами",
    "requests.purged": "Персональные данные заявок уничтожены",
}
