"""Kinds, states and words of the organizations' floor."""

from django.db.models import IntegerChoices, TextChoices


class Kind(TextChoices):
    SCHOOL = "school", "школа"
    KINDERGARTEN = "kindergarten", "детский сад"
    COLLEGE = "college", "колледж, техникум"
    ADDITIONAL = "additional", "дополнительное образование"
    OTHER = "other", "другая организация"


class Step(IntegerChoices):
    """The milestones of the road, in order. An organization's step is the furthest one reached."""

    APPOINTED = 1, "Администратор назначен"
    REQUESTED = 2, "Письмо в Сферум отправлено"
    REGISTERED = 3, "Зарегистрирована"
    SIGNED_IN = 4, "Вход подтверждён"
    CLASSES = 5, "Классы созданы"
    INVITED = 6, "Ссылки выпущены"
    MIGRATED = 7, "Чаты перенесены"


class Holder(TextChoices):
    """«Сейчас ход за …»: who makes the next move."""

    HEAD = "head", "руководитель"
    ADMINISTRATOR = "administrator", "администратор"
    SUPPORT = "support", "Поддержка Сферума"
    MANAGER = "manager", "менеджер по интеграции"
    NOBODY = "nobody", "всё сделано"


class AdministratorState(TextChoices):
    """What is known of the person who answers for Sferum. A condition beside the step, not a step."""

    CONFIRMED = "confirmed", "подтверждён"
    UNCONFIRMED = "unconfirmed", "не подтверждён"
    CHANGING = "changing", "сменился"
    ABSENT = "absent", "отсутствует, действует заместитель"
    UNKNOWN = "unknown", "неизвестен"


class AppointmentRole(TextChoices):
    RESPONSIBLE = "responsible", "ответственный"
    DEPUTY = "deputy", "заместитель"


class AppointmentStatus(TextChoices):
    ACTING = "acting", "действует"
    CONTESTED = "contested", "оспорено координатором"
    ENDED = "ended", "прекращено"


class Source(TextChoices):
    """«Основание»: how the portal knows a fact."""

    SCHOOL = "school", "со слов школы"
    LETTER = "letter", "из письма"
    PORTAL = "portal", "видно в портале"
    REGISTRY = "registry", "по реестру"
    COORDINATOR = "coordinator", "проверил координатор"


class Actor(TextChoices):
    """Who acted when no user stands behind the act."""

    PORTAL = "portal", "портал"
    HEAD = "head", "руководитель по ссылке"
    APPLICANT = "applicant", "заявитель"
    TEACHER = "class-teacher", "классный руководитель по листку"
    REGISTRY = "registry", "загрузка реестра"


class Outcome(TextChoices):
    """What a row of a registry file does to the list."""

    ADDED = "added", "добавится"
    CHANGED = "changed", "изменится"
    SAME = "same", "без изменений"
    ASKED = "asked", "нужен ответ"
    REFUSED = "refused", "не принята"


class Answer(TextChoices):
    """«Это она?»: what a person says of a row whose organization the file does not tell for certain."""

    NONE = "", "пока без ответа"
    YES = "yes", "да, это она"
    NEW = "new", "нет, другая: добавить"
    SKIP = "skip", "не загружать"


class ImportStatus(TextChoices):
    """Where a registry file is on its way into the list."""

    UPLOADED = "uploaded", "столбцы не проверены"
    READING = "reading", "читается"
    READY = "ready", "ждёт подтверждения"
    APPLYING = "applying", "загружается"
    APPLIED = "applied", "загружен"
    UNDOING = "undoing", "отменяется"
    UNDONE = "undone", "загрузка отменена"


IN_WORK = (ImportStatus.READING, ImportStatus.APPLYING, ImportStatus.UNDOING)
"""The worker has the file, or will take it."""


EVENT_WORDS = {
    "organization.added": "Организация внесена в список",
    "organization.changed": "Сведения об организации изменены",
    "organization.closed": "Назначен день закрытия организации",
    "organization.reopened": "Закрытие отменено: организация снова в списке",
    "organization.succeeded": "Стала правопреемником закрытой организации",
    "organization.removed": "Организация убрана из списка: загрузка реестра отменена",
    "head-link.sent": "Письмо руководителю со ссылкой для назначения администратора поставлено в очередь",
    "head-sheet.printed": "Напечатан лист для руководителя",
    "milestone.reached": "Пройден этап",
    "milestone.checked": "Этап проверен по телефону",
    "milestone.removed": "Отметка об этапе снята: этого не произошло",
    "sign-in-sheet.printed": "Напечатан лист для первого входа",
    "appointment.made": "Назначен администратор",
    "deputy.made": "Назначен заместитель администратора",
    "appointment.confirmed": "Администратор подтверждён: на месте, вход работает",
    "appointment.relieved": "Полномочия администратора прекращены",
    "appointment.checked": "Координатор проверил назначение",
    "appointment.contested": "Координатор оспорил назначение",
    "appointment.reinstated": "Координатор снял возражение против назначения",
    "appointment.extended": "Срок назначения продлён",
    "appointment.phone-changed": "Изменён номер телефона администратора",
    "deputy.returned": "Администратор вернулся, заместитель больше не действует",
    "appointment.order-recorded": "Внесены номер и дата приказа",
    "registered-phone.changed": "Записан номер, на который зарегистрирована организация",
    "classes.added": "Добавлены классы",
    "class.changed": "Класс изменён",
    "classes.changed": "В списке классов изменены число человек и классные руководители",
    "class.archived": "Класс убран в архив",
    "import.confirmed": "Подтверждена загрузка реестра",
    "import.applied": "Реестр загружен",
    "import.undo-confirmed": "Подтверждена отмена загрузки реестра",
    "import.undone": "Загрузка реестра отменена",
    "import.refused-exported": "Выгружены строки реестра, которые не приняты",
    "coordinator.invited": "Приглашён координатор",
    "coordinator.removed": "Координатор лишён доступа",
}
