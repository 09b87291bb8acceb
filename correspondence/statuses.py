"""The words of the post: what a letter is, where it is, what went wrong, and what came in."""

from django.db import models


class LetterStatus(models.TextChoices):
    QUEUED = "queued", "ждёт отправки"
    SENDING = "sending", "отправляется"
    SENT = "sent", "доставлено серверу"
    FAILED = "failed", "не доставлено"
    ABORTED = "aborted", "отменено"
    KEPT = "kept", "учебный режим: не отправлено"


OPEN = (LetterStatus.QUEUED, LetterStatus.SENDING)
FINAL = (LetterStatus.SENT, LetterStatus.FAILED, LetterStatus.ABORTED, LetterStatus.KEPT)
RESENDABLE = (LetterStatus.FAILED, LetterStatus.KEPT)
READDRESSABLE = (LetterStatus.FAILED, LetterStatus.ABORTED)


class Lane(models.TextChoices):
    """Who a letter is for; decides who goes first and what of it may be shown."""

    ACCESS = "access", "вход"  # sign-in codes: first in line, body never shown, wiped when final
    CASE = "case", "обращение"  # to Sferum, on a case
    NOTICE = "notice", "уведомление"  # to people of the portal
    APPLICANT = "applicant", "заявителю"  # to those who follow an invitation: neither text nor address above the school


class Enough(models.TextChoices):
    """Why a mailbox gets no further reminder today."""

    WEEK = "week", "на этой неделе напоминаний уже достаточно"
    TODAY = "today", "сегодня этому человеку письмо уже написано"


class ErrorKind(models.TextChoices):
    NONE = "", "ошибок нет"
    TEMPORARY = "temporary", "временная ошибка"
    PERMANENT = "permanent", "сервер отказал"
    CHANNEL = "channel", "отправка приостановлена"
    BROKEN = "broken", "письмо не собирается"
    BOUNCED = "bounced", "вернулось"  # the server took it and another one sent it back


class IncomingStatus(models.TextChoices):
    STORED = "stored", "получено"  # the bytes are safe, nobody has read them yet
    READ = "read", "прочитано"
    QUARANTINED = "quarantined", "не читается"


class IncomingKind(models.TextChoices):
    """Who speaks in a letter that came in. Only the words of a person may be an answer."""

    PERSONAL = "personal", "письмо"
    BOUNCE = "bounce", "отчёт о недоставке"
    DELAY = "delay", "доставка задерживается"
    AUTOMATIC = "automatic", "автоматический ответ"
    OWN = "own", "письмо самого портала"  # a loop: what we sent has come back to us
