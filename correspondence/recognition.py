"""Who speaks in a letter: a person, a mail server that returns ours, an automaton, or we ourselves.

Being wrong costs differently. An automatic answer taken for a person's is looked at by somebody before anything comes
of it; a person's answer taken for an automatic one is lost. So in doubt a letter is a person's: headers that ticket
systems set on the words of their people too (`Auto-Submitted: auto-generated`, `Precedence: bulk`,
`X-Auto-Response-Suppress`) decide only where the letter answers nothing of ours or says nothing but «зарегистрировано».
"""

import re
from email.message import Message

from django.conf import settings

from correspondence.bounces import ADDRESS, Report, delivery_report, report_in_words
from correspondence.parts import content_type, headers
from correspondence.statuses import IncomingKind

OWN_LETTER = re.compile(r"<letter-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[\w.-]{1,255}>")
MOST_LOOKED_AT = 4_000  # characters of a letter; what an automaton has to say stands at the beginning


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)


_DAEMON = _any_of(r"^(?:mailer|mail)[-_.]?daemon@?", r"^mail\.delivery\.system@?")
_SERVER = _any_of(r"^po+st[-_]?master", r"^mmsc\b", r"^microsoft\s?exchange")
_DAEMON_NAME = _any_of(r"mail delivery (?:sub)?system", "mailer.daemon", "ndr administrator", "internet mail delivery")
_RETURNED_SUBJECT = _any_of(
    *("не доставлено", r"не (?:может быть|удалось|уда[её]тся) доставить", "недоставк", "невозможно доставить"),
    *("(?:сбой|ошибка) доставки", "возврат (?:письма|сообщения)", "mail failure", "undeliver", "not delivered"),
    *("delivery (?:status notification|failed|failure|has failed|report)", "failure notice", "returned mail"),
    *("mail delivery (?:failed|system)", "returning message to sender", "error sending your mail", "nondeliverable"),
)
_RETURNED_TEXT = _any_of(
    *("не может быть доставлено", "не удалось доставить", "не уда[её]тся доставить", "не (?:было )?доставлено"),
    *("доставка .{0,60}не (?:удалась|выполнена)", "(?:could|can) ?not be (?:delivered|sent)", "couldn.t be delivered"),
    *("wasn.t able to deliver", r"was ?n[o']t delivered", "unable to deliver", "did not reach", "failed permanently"),
    *("delivery .{0,40}failed", "error (?:has occurred while attempting to deliver|was received|transferring)"),
    *("trouble delivering", "error delivering", "undeliverable", "failure reasons", "transcript of session"),
    *(r"following address(?:\(es\)|es)? (?:failed|had permanent)", r"rcpt to:.{0,200}\b5\d\d\b"),
    *("requested action not taken", "incorrectly constructed", "delivery to the following", "smtp error from remote"),
)
_REFUSAL = _any_of(r"\b5\d\d\b", r"\bfull\b")
_DELAY = _any_of(
    *("задержива", "доставка отложена", r"\bdelayed\b", "delivery delay", "попытки доставки будут продолжены"),
    *(
        "still being retried",
        "will be retried",
        "will continue to (?:try|be attempted)",
        "(?:is|have been) still trying",
    ),
    *("warning message only", "do not need to resend", "delivery incomplete"),
)
_FINAL = _any_of("permanent", "given up", "giving up", "failed", r"(?<!\d)5\d\d[ -]", "не может быть доставлено")
_AUTOMATIC_SUBJECT = _any_of(
    r"^\W*(?:автоматическ(?:ий ответ|ое уведомление)|автоответ|вне офиса|нет на (?:рабочем )?месте|(?:я )?в отпуске)",
    r"^\W*отсутствую(?: на рабочем месте| с\b| до\b| по\b|\W*$)",
    r"^\W*auto(?:matic(?:ally generated)?)?[- ]?(?:reply|response|responder|answer)|^\W*auto\s*:",
    r"^\W*(?:out of (?:the )?office|ooo\b|vacation|away (?:until|from)|absence)",
    r"^\W*(?:прочитано:|прочтено:|доставлено:|уведомление о (?:прочтении|доставке))",
    r"^\W*(?:read:|delivered:|(?:return|read) receipt)",
)
_AUTOMATIC_TEXT = _any_of(
    r"^\W{0,5}(?:это |данное письмо – )?(?:автоматический ответ|автоответ)",
    r"^\W{0,5}this is an automat(?:ic|ed) (?:reply|response)",
)
_AUTOMATIC_HEADERS = frozenset(
    ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-autoresponder", "x-mail-autoreply", "x-autoreply-domain")
)
_ACKNOWLEDGED = _any_of(
    r"(?:обращени|заявк|запрос|письмо|сообщени)\w*.{0,80}(?:зарегистрир|принят|получен|создан|присвоен|в обработке)",
    r"получили ваш",
    r"(?:присвоен|зарегистрирован)\w*.{0,20}номер",
    r"спасибо за (?:ваше )?(?:обращение|письмо)",
    r"(?:request|ticket|case|message|e-?mail).{0,60}(?:received|created|registered|logged)",
)
_ABSENT = _any_of(
    *(r"в\b.{0,20}отпуске", "отсутству(?:ю|ет) (?:на|до|с|по)", "вне офиса", "в командировке", "на больничном"),
    *("out of (?:the )?office", "on (?:vacation|leave|holiday)", "away (?:from|until)"),
)
_NAMED = re.compile('«.{0,300}»|".{0,300}?"')  # the subject of ours, which such letters repeat, names a school
_OUTCOME = _any_of(
    r"\b(?:организаци|школ|сад\b|гимнази|лице[йя]|колледж|учреждени|администратор|сообществ|доступ|прав[аоу]?\b)",
    r"номер\w* (?:телефон|администратор)|отклон[её]н|отказ|уточните|пришлите|укажите|войдите|исправьте|подключ[её]н",
    r"готово|сделано|изменили|обновили",
    r"registered your|please (?:send|provide|log)",
)


def recognise(message: Message, sender: str, sender_name: str, subject: str, text: str, own: str) -> Report:
    """`text` is all that the letter says, `own` what stands there without quotes."""
    found = headers(message)
    if _is_own(found, sender):
        return Report(IncomingKind.OWN)
    if report := delivery_report(message):
        return report
    if returned := _returned(found, sender, sender_name, subject, text[:MOST_LOOKED_AT]):
        return report_in_words(message, text, returned)
    return Report(IncomingKind.AUTOMATIC if _is_automatic(message, found, subject, own) else IncomingKind.PERSONAL)


def _is_own(found: dict[str, str], sender: str) -> bool:
    """What we sent has come back by a redirection or an alias: the same Message-ID, or at least our own address."""
    own = OWN_LETTER.search(found.get("message-id", ""))
    if own and own[0].endswith(f"@{settings.PORTAL_HOST}>"):
        return True
    address = ADDRESS.search(settings.DEFAULT_FROM_EMAIL)
    return bool(sender and address and sender.lower() == address[0].lower() and not _is_null(found))


def _is_null(found: dict[str, str]) -> bool:
    return found.get("return-path", "").strip() == "<>" or found.get("from", "").strip() in ("<>", "MAILER-DAEMON <>")


def _returned(found: dict[str, str], sender: str, name: str, subject: str, text: str) -> IncomingKind | None:
    """A letter of ours came back, or is late. None: it is no report of a server."""
    who = sender or found.get("from", "")
    is_daemon = bool(_DAEMON.match(who.strip('"<> ')) or _DAEMON_NAME.search(name or found.get("from", "")))
    is_server = is_daemon or _is_null(found) or bool(_SERVER.match(who.strip('"<> ')) or _SERVER.match(name))
    has_subject, has_text = bool(_RETURNED_SUBJECT.search(subject)), bool(_RETURNED_TEXT.search(text))
    is_named = "x-failed-recipients" in found or "x-bounced-address" in found
    says_so = is_server and (has_subject or has_text)
    is_told = is_daemon and (_REFUSAL.search(text) or _DELAY.search(f"{subject}\n{text}"))
    if not (is_named or says_so or is_told or _is_delivery_report(found)):
        return None
    is_late = _DELAY.search(subject) or (_DELAY.search(text) and not _FINAL.search(text))
    return IncomingKind.DELAY if is_late else IncomingKind.BOUNCE


def _is_delivery_report(found: dict[str, str]) -> bool:
    """Declared as one, though nothing of it can be read by RFC 3464: cut off, or in disorder."""
    return "delivery-status" in found.get("content-type", "").lower()


def _is_automatic(message: Message, found: dict[str, str], subject: str, own: str) -> bool:
    if content_type(message) == "multipart/report" or _says_automatic(found):
        return True
    if _AUTOMATIC_SUBJECT.match(subject) or _AUTOMATIC_TEXT.match(own[:200]):
        return True
    if not _is_marked(found):
        return bool(_DAEMON.match(found.get("from", "").strip('"<> ')))
    return _only_acknowledges(own) or not _answers(found, subject)


def _says_automatic(found: dict[str, str]) -> bool:
    """Headers that only an automaton sets on its own answer."""
    submitted = found.get("auto-submitted", "").lower()
    return (
        submitted.startswith(("auto-replied", "auto-notified"))
        or found.get("precedence", "").lower().strip() in ("auto_reply", "auto-reply")
        or found.get("x-apple-action", "").strip() == "VACATION"
        or any(found[name].strip().lower() not in ("no", "false", "0") for name in _AUTOMATIC_HEADERS & found.keys())
        or "x-mlserver" in found
    )


def _is_marked(found: dict[str, str]) -> bool:
    """Headers that automata set, and ticket systems and lists on the words of people too."""
    return (
        found.get("auto-submitted", "no").lower().strip() not in ("no", "")
        or found.get("precedence", "").lower().strip() in ("bulk", "junk", "list")
        or "list-id" in found
        or "list-unsubscribe" in found
        or "x-auto-response-suppress" in found
        or _is_null(found)
    )


def _answers(found: dict[str, str], subject: str) -> bool:
    """Within a thread, or with a number of a case or a ticket: so write the people of a support desk."""
    is_reply = re.match(r"\s*(?:re|на|отв?)\s*[:\[]", subject, re.IGNORECASE) or re.search(r"\d{4}", subject)
    return bool(found.get("in-reply-to", "").strip() or is_reply)


def _only_acknowledges(own: str) -> bool:
    """«Ваше обращение зарегистрировано, номер …» or «я в отпуске», and nothing of what became of the matter."""
    told = _NAMED.sub("", own[:MOST_LOOKED_AT])
    return bool(_ACKNOWLEDGED.search(told) or _ABSENT.search(told)) and not _OUTCOME.search(told)
