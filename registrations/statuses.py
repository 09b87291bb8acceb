"""States and words of the cases with Sferum and of the inquiry «Кто сейчас отвечает за Сферум?»."""

from django.db.models import TextChoices


class RegistrationStatus(TextChoices):
    DRAFT = "draft", "письмо готово, не отправлено"
    SUBMITTED = "submitted", "ждёт ответа Поддержки"
    NEEDS_CORRECTION = "needs_correction", "Поддержка просит исправить"
    REGISTERED = "registered", "зарегистрирована"
    DECLINED = "declined", "отказано"


class HandoverStatus(TextChoices):
    NOMINATED = "nominated", "ждёт согласия нового администратора"
    ACCEPTED = "accepted", "действует в портале, менеджеру ещё не написали"
    SUBMITTED = "submitted", "ждёт ответа менеджера"
    DONE = "done", "завершена"
    DECLINED = "declined", "менеджер отказал"
    WITHDRAWN = "withdrawn", "отозвана"
    EXPIRED = "expired", "новый администратор не ответил в срок"


class HelpStatus(TextChoices):
    DRAFT = "draft", "письмо готово, не отправлено"
    SUBMITTED = "submitted", "ждёт ответа"
    ANSWERED = "answered", "ответ получен"
    WITHDRAWN = "withdrawn", "отозван"


REGISTRATION_OPEN = (
    RegistrationStatus.DRAFT,
    RegistrationStatus.SUBMITTED,
    RegistrationStatus.NEEDS_CORRECTION,
)
HANDOVER_OPEN = (HandoverStatus.NOMINATED, HandoverStatus.ACCEPTED, HandoverStatus.SUBMITTED)
HELP_OPEN = (HelpStatus.DRAFT, HelpStatus.SUBMITTED)


class AnswerChannel(TextChoices):
    """How an answer reached the school."""

    LETTER = "letter", "письмом"
    CALL = "call", "по телефону"
    MESSENGER = "messenger", "в мессенджере"
    SFERUM = "sferum", "видно в самом Сферуме"


class HandChannel(TextChoices):
    """How somebody sent a letter past the portal."""

    LETTER = "letter", "со своей почты"
    MESSENGER = "messenger", "в мессенджере"
    CALL = "call", "рассказали по телефону"


class Direction(TextChoices):
    OUT = "out", "исходящее"
    IN = "in", "входящее"


class Purpose(TextChoices):
    """Why a letter of a case was written."""

    FIRST = "first", "первое письмо"
    CORRECTION = "correction", "исправленное письмо"
    REPEAT = "repeat", "повторное письмо"
    REPLY = "reply", "ответ в переписке"
    NOMINATION = "nomination", "приглашение новому администратору"
    ANSWER = "answer", "ответ Сферума"
    AUTOMATIC = "automatic", "автоматический ответ"


class AnswerOutcome(TextChoices):
    """What a person has read in a letter that came in."""

    REGISTERED = "registered", "организация зарегистрирована"
    NEEDS_CORRECTION = "needs_correction", "нужно исправить данные"
    DONE = "done", "права переданы"
    ANSWERED = "answered", "ответ получен"
    DECLINED = "declined", "отказано"
    OTHER = "other", "прочитано, ждём дальше"


class SortingStatus(TextChoices):
    """Whether a letter that came in has found its case."""

    WAITING = "waiting", "ждёт разбора"
    ATTACHED = "attached", "отнесено к обращению"
    ASIDE = "aside", "не по обращениям"


class SortedBy(TextChoices):
    THREAD = "thread", "по переписке"
    NUMBER = "number", "по номеру в теме"
    HAND = "hand", "вручную"
    KIND = "kind", "не от человека"


class Addressee(TextChoices):
    SUPPORT = "support", "Поддержка Сферума"
    MANAGER = "manager", "менеджер по интеграции"


class HelpTopic(TextChoices):
    CODE = "code", "Код не приходит"
    NOT_THERE = "not_there", "Вход выполнен, но организации нет"
    NUMBER_UNKNOWN = "number_unknown", "Неизвестно, на какой номер зарегистрирована организация"
    NUMBER_CHANGED = "number_changed", "У администратора сменился номер"
    TWO_COMMUNITIES = "two_communities", "В Сферуме два сообщества организации"
    OTHER = "other", "Другое"


class NominatedBy(TextChoices):
    HEAD = "head", "руководитель"
    COORDINATOR = "coordinator", "координатор"
    ADMINISTRATOR = "administrator", "прежний администратор"
    DEPUTY = "deputy", "заместитель администратора"


MAY_DISMISS = (NominatedBy.HEAD, NominatedBy.COORDINATOR)
"""Who may confirm a dismissal: a colleague could else end a colleague's rights."""


class PredecessorReason(TextChoices):
    """Why there is a new administrator. Health and family are nobody's business here."""

    CHANGED_ROLE = "changed_role", "передаёт обязанности"
    ABSENT = "absent", "отсутствует"
    DISMISSED = "dismissed", "уволен(а)"
    UNKNOWN = "unknown", "имя и номер неизвестны"


class AcceptedHow(TextChoices):
    LINK = "link", "по ссылке из письма или по коду с листа"
    CALL = "call", "по телефону, записал координатор"


class InquiryChannel(TextChoices):
    LETTER = "letter", "письмом на официальную почту"
    SHEET = "sheet", "печатным листом"
    CALL = "call", "по телефону"


class InquiryAnswer(TextChoices):
    SAME_WORKS = "same_works", "тот же человек, вход работает"
    SAME_CANNOT = "same_cannot", "тот же человек, но войти не может"
    CHANGED = "changed", "человек сменился или неизвестен"


class SkipReason(TextChoices):
    """Why an organization of a selection gets no letter about registration; in the order in which they are shown."""

    GAPS = "gaps", "не хватает данных"
    CONSENT = "consent", "администратор не подтвердил, что имя и номер уйдут в Сферум"
    NOBODY = "nobody", "администратор не назначен"
    DECLINED = "declined", "Поддержка отказала, решите по каждой отдельно"
    AWAITING = "awaiting", "письмо уже отправлено, ждём ответа"
    REGISTERED = "registered", "уже зарегистрированы"
    CLOSED = "closed", "закрыты"
    LEFT_OUT = "left_out", "убраны из отправки"


EVENT_WORDS = {
    "registration.prepared": "Подготовлено письмо в Сферум о регистрации",
    "registration.submitted": "Письмо в Сферум о регистрации поставлено в очередь",
    "registration.sent-by-hand": "Письмо в Сферум о регистрации отправлено самостоятельно",
    "registration.recalled": "Письмо в Сферум о регистрации отозвано до отправки",
    "registration.repeated": "Повторное письмо в Сферум о регистрации поставлено в очередь",
    "registration.registered": "Записан ответ: организация зарегистрирована",
    "registration.needs-correction": "Записан ответ: письмо нужно исправить",
    "registration.declined": "Записан ответ: в регистрации отказано",
    "registration.seen": "Регистрация подтверждена входом администратора",
    "filing.exported": "Выгружены итоги отправки писем о регистрации",
    "handover.nominated": "Предложен новый администратор",
    "handover.accepted": "Новый администратор согласился",
    "handover.submitted": "Письмо менеджеру о смене администратора поставлено в очередь",
    "handover.sent-by-hand": "Письмо менеджеру о смене администратора отправлено самостоятельно",
    "handover.recalled": "Письмо менеджеру о смене администратора отозвано до отправки",
    "handover.repeated": "Повторное письмо менеджеру о смене администратора поставлено в очередь",
    "handover.done": "Записан ответ: права в Сферуме переданы",
    "handover.declined": "Записан ответ: менеджер отказал в смене администратора",
    "handover.dismissed": "Подтверждено увольнение прежнего администратора, доступ закрыт",
    "handover.withdrawn": "Смена администратора отозвана",
    "handover.expired": "Новый администратор не ответил в срок",
    "help.prepared": "Подготовлен вопрос в Сферум",
    "help.submitted": "Вопрос в Сферум поставлен в очередь",
    "help.sent-by-hand": "Вопрос в Сферум отправлен самостоятельно",
    "help.recalled": "Вопрос в Сферум отозван до отправки",
    "help.repeated": "Повторный вопрос в Сферум поставлен в очередь",
    "help.answered": "Записан ответ на вопрос",
    "help.number-moved": "Записан ответ: права привязаны к новому номеру",
    "help.withdrawn": "Вопрос в Сферум отозван",
    "answer.attached": "Пришедшее письмо отнесено к обращению",
    "answer.detached": "Письмо снято с обращения",
    "answer.read": "Пришедшее письмо прочитано, ответа в нём нет",
    "registration.replied": "Ответ в переписке о регистрации поставлен в очередь",
    "handover.replied": "Ответ в переписке о смене администратора поставлен в очередь",
    "help.replied": "Ответ в переписке по вопросу поставлен в очередь",
    "letter.resent": "Письмо поставлено в очередь ещё раз",
    "letter.stopped": "Отправка письма отменена",
    "letter.readdressed": "Письмо поставлено в очередь на другой адрес",
    "mail.resumed": "Отправка писем возобновлена",
    "letter.tested": "Пробное письмо самому себе поставлено в очередь",
    "entry.confirmed": "Администратор подтвердил: организация в Сферуме на месте",
    "inquiry.asked": "Руководителя спросили, кто отвечает за Сферум",
    "inquiry.repeated": "Повторный вопрос руководителю поставлен в очередь",
    "inquiry.answered": "Руководитель ответил, кто отвечает за Сферум",
    "inquiry.withdrawn": "Вопрос руководителю отозван",
    "inquiry.disputed": "Руководитель сообщил, что ответ записан по ошибке",
}
