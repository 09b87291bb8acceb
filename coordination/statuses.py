"""Words of the coordinator's floor."""

from django.db.models import IntegerChoices, TextChoices

from correspondence.statuses import Enough


class Doubt(TextChoices):
    """Why one has to ask whether the administrator is still there."""

    EXPIRED = "expired", "срок назначения истёк"
    NOBODY = "nobody", "администратора в портале нет"
    DEPUTY_OVER = "deputy", "срок заместителя истёк, ответа нет"
    MAIL = "mail", "письма администратору не доходят"


class CampaignStatus(TextChoices):
    DRAFT = "draft", "черновик"
    SCHEDULED = "scheduled", "назначена"
    SENDING = "sending", "отправляется"
    SENT = "sent", "письма написаны"
    CANCELLED = "cancelled", "отменена"


class CampaignSkip(TextChoices):
    """Why an organization of the audience gets no letter."""

    DONE = "done", "всё сделано"
    MAIL = "mail", "нет почты"
    ADDRESS = "address", "почта записана с ошибкой"
    CLOSED = "closed", "организация закрыта"
    SNOOZED = "snoozed", "отложена в списке дел"
    FOREIGN = "foreign", "уже не в вашей территории"


class Measure(TextChoices):
    """A figure that colours the map, is compared between days, and for which there are targets."""

    REGISTERED = "registered", "Зарегистрировано"
    CONFIRMED = "confirmed", "Администратор подтверждён"
    INVITED = "invited", "Ссылки выпущены"
    MIGRATED = "migrated", "Чаты перенесены"


EVENT_WORDS = {
    "region.changed": "Изменены сведения о регионе",
    "report.exported": "Выгружена справка",
    "turnaround.exported": "Выгружены сроки ответов Сферума",
    "organizations.exported": "Выгружен список организаций",
    # closing, merging, reconciliation
    "organization.merged": "Две записи организации объединены",
    "organization.unmerged": "Объединение отменено: записей снова две",
    "reconciliation.held": "Таблица Сферума сверена с порталом",
    "reconciliation.exported": "Выгружены расхождения с таблицей Сферума",
    "contradiction.resolved": "Расхождение с таблицей Сферума разобрано",
    "contradiction.reopened": "Расхождение с таблицей Сферума открыто снова",
    "region.norms-changed": "Изменены нормы этапов региона",
    "report.sent": "Отмечено, что справка отправлена",
    "changes.exported": "Выгружены изменения с прошлой справки",
    "target.set": "Назначена цель",
    "target.removed": "Цель снята",
}


class Rung(TextChoices):
    """The ladder of reminders, from the person who can move to those who can call."""

    ADMINISTRATOR = "administrator", "администратору"
    HEAD = "head", "руководителю"
    MUNICIPALITY = "municipality", "координатору муниципалитета"
    REGION = "region", "координатору региона"


AT_SCHOOL = (Rung.ADMINISTRATOR, Rung.HEAD)
"""They rest in the school holidays."""


class Stage(IntegerChoices):
    """Where an organization stands while the next move is the school's; the numbers are those of `Step`.

    Two are no step: nobody was ever appointed, and a registered organization of which nobody is known.
    """

    NOBODY = 10, "Администратор не назначен"
    WHO = 0, "Администратор не подтверждён"
    APPOINTED = 1, "Администратор назначен"
    REGISTERED = 3, "Зарегистрирована"
    SIGNED_IN = 4, "Вход подтверждён"
    CLASSES = 5, "Классы созданы"
    INVITED = 6, "Ссылки выпущены"


class Held(TextChoices):
    """Why a reminder that is due does not go out."""

    QUIET = "quiet", "каникулы: администраторов и руководителей не беспокоим"
    WEEK = Enough.WEEK.value, Enough.WEEK.label
    TODAY = Enough.TODAY.value, Enough.TODAY.label
    REQUESTS = "requests", "на этой неделе уже писали о заявках, которые ждут решения"
    NO_MAILBOX = "mailbox", "нет почты"
    ADDRESS = "address", "почта записана с ошибкой"
    NOBODY = "nobody", "некому: такого человека в портале нет"


EVENT_WORDS |= {
    "reminder.sent": "Отправлено напоминание",
    "reminders.paused": "Напоминания региона приостановлены",
    "reminders.resumed": "Напоминания региона возобновлены",
    "reminders.changed": "Изменены настройки напоминаний",
    "rung.changed": "Изменена ступень напоминаний",
    "municipality.head-changed": "Изменён получатель недельной сводки муниципалитета",
}


class ExportKind(TextChoices):
    """What was taken out of the portal."""

    ORGANIZATIONS = "organizations", "Список организаций"
    REPORT = "report", "Справка на дату"
    TURNAROUND = "turnaround", "Сроки ответов Сферума"
    CALLS = "calls", "Лист обзвона"


class ExportFormat(TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    PDF = "pdf", "PDF"


class ExportStatus(TextChoices):
    """Where a file is: a short one is given in the answer, a long one is put together by the worker."""

    GIVEN = "given", "отдан сразу"
    QUEUED = "queued", "собирается"
    READY = "ready", "готов"
    FAILED = "failed", "не собран"
    CANCELLED = "cancelled", "отменён"
    ERASED = "erased", "файл стёрт"


EXPORT_VERBS = {
    ExportKind.ORGANIZATIONS: "organizations.exported",
    ExportKind.REPORT: "report.exported",
    ExportKind.TURNAROUND: "turnaround.exported",
    ExportKind.CALLS: "call-list.exported",
}
EVENT_WORDS |= {
    "export.queued": "Заказана выгрузка большого списка",
    "export.cancelled": "Выгрузка отменена",
    "export.downloaded": "Скачан собранный файл",
    # Acts on many organizations
    "organization.reminded": "Напоминание тому, за кем ход, поставлено в очередь",
    "campaign.written": "Написана рассылка",
    "campaign.changed": "Изменена рассылка",
    "campaign.scheduled": "Назначена рассылка",
    "campaign.cancelled": "Отменена рассылка",
    "campaign.stopped": "Остановлена рассылка",
    "campaign.sent": "Письма рассылки поставлены в очередь",
    "campaign.tested": "Пробное письмо рассылки отправлено себе",
    "campaign.exported": "Выгружен итог рассылки",
}


class Reason(TextChoices):
    """Why an organization needs a human, the most urgent first: the order is that of the work list."""

    OVERDUE = "overdue", "Сферум не ответил в срок"
    UNREAD = "unread", "ответ Сферума не записан"
    UNCHECKED = "unchecked", "новое назначение не проверено"
    EXPIRED = "expired", "срок назначения истёк"
    NOBODY = "nobody", "администратора нет"
    MAIL = "mail", "почта администратора не принимает письма"
    DEPUTY_OVER = "deputy", "срок заместителя истёк"
    REQUESTS = "requests", "заявки в классы ждут"
    UNSENT = "unsent", "письмо в Сферум не отправлено"
    HEAD_SILENT = "head", "руководитель не ответил"
    UNSTARTED = "unstarted", "администратора так и не назначили"
    NO_EMAIL = "no-email", "написать некуда"
    LONE = "lone", "заместителя нет"


QUIET = (Reason.LONE,)
"""True of so many that it brings nobody into the list by itself; it stands beside other reasons and can be chosen."""

EVENT_WORDS |= {
    "snooze.made": "Отложено в списке дел",
    "snooze.ended": "Возвращено в список дел",
}


class Age(TextChoices):
    """How long a join request waits for a decision, the youngest first."""

    TODAY = "today", "сегодня"
    FEW = "few", "1–3 дня"
    WEEK = "week", "4–7 дней"
    OLDER = "older", "больше недели"


class ChatStanding(TextChoices):
    """What can be said of the chats of an organization."""

    PLANNED = "planned", "есть чаты, которые ждут решения"
    MOVED = "moved", "всё решено, чаты перенесены"
    LEFT = "left", "всё решено, не перенесён ни один"
    NOTHING = "nothing", "переносить нечего"
    UNLISTED = "unlisted", "чатов в списке нет"


class CallOutcome(TextChoices):
    """What came of a call, in the order of the digits on the page."""

    CONFIRMED = "confirmed", "на месте, вход работает"
    LATER = "later", "перезвонить"
    SILENT = "silent", "не отвечают"
    WRONG = "wrong", "номер неверный"
    OTHER = "other", "другое"


EVENT_WORDS |= {
    "call.made": "Записан звонок",
    "call-list.exported": "Выгружен лист обзвона",
}


class Contrast(TextChoices):
    """In what the table of Sferum and the portal contradict each other."""

    UNKNOWN = "unknown", "в Сферуме есть, в портале нет"
    NOT_HERE = "not-here", "в Сферуме есть, в портале не зарегистрирована"
    NOT_THERE = "not-there", "в портале зарегистрирована, в Сферуме нет"
    PHONE = "phone", "номер регистрации другой"
    CLASSES = "classes", "число классов другое"
    TEACHERS = "teachers", "в Сферуме меньше учителей, чем принято"
    PUPILS = "pupils", "в Сферуме меньше учеников, чем принято"


TAKEABLE = (Contrast.NOT_HERE, Contrast.PHONE)
"""What the portal has a verb for: the rest somebody mends where it is wrong, and says so."""


class ContradictionStatus(TextChoices):
    OPEN = "open", "нужно разобраться"
    RESOLVED = "resolved", "разобрано"
    AGREED = "agreed", "сошлось само"


class Verdict(TextChoices):
    PORTAL = "portal", "портал верен"
    TAKEN = "taken", "взято из таблицы"
    NOTED = "noted", "разобрались"


class TableStatus(TextChoices):
    """Where an uploaded table of Sferum is."""

    UPLOADED = "uploaded", "столбцы не проверены"
    WAITING = "waiting", "сверяется"
    HELD = "held", "сверена"
