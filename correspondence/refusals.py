"""What a mail server's refusal means: for this letter for ever, for now, or for everything we send."""

import re
from dataclasses import dataclass
from enum import Enum

from correspondence.statuses import ErrorKind


class Stage(Enum):
    GREETING = "connect"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


@dataclass
class Refusal(Exception):
    """`words` are for people; `reply` is what the server said."""

    kind: ErrorKind
    words: str
    reply: str = ""
    is_connection: bool = False  # the connection is of no more use


# By the enhanced code (RFC 3463) where the server gives one, else by the plain one.
WORDS = {
    "5.1.0": "Адрес не существует или не принимает письма.",
    "5.1.1": "Адрес не существует.",
    "5.1.2": "Почтового домена не существует.",
    "5.1.3": "Адрес написан с ошибкой.",
    "5.1.6": "Почтовый ящик переехал, новый адрес неизвестен.",
    "5.1.10": "Домен не принимает почту.",
    "5.2.1": "Почтовый ящик отключён.",
    "5.2.2": "Почтовый ящик переполнен.",
    "4.2.2": "Почтовый ящик переполнен.",
    "5.2.3": "Письмо слишком велико для этого ящика.",
    "5.3.4": "Письмо слишком велико для этого ящика.",
    "5.4.1": "Адрес не существует или не принимает письма.",
    "5.4.4": "Почтового домена не существует.",
    "5.4.6": "Почтовые серверы получателя пересылают письмо по кругу.",
    "5.4.14": "Почтовые серверы получателя пересылают письмо по кругу.",
    "5.4.7": "Почтовый сервер получателя несколько дней не отвечал.",
    "4.4.7": "Почтовый сервер получателя несколько дней не отвечал.",
    "4.4.1": "Почтовый сервер получателя не отвечает.",
    "5.7.0": "Почтовый сервер получателя не принял письмо.",
    "5.7.1": "Почтовый сервер получателя не принял письмо.",
    "421": "Почтовый сервер временно не принимает письма.",
    "450": "Почтовый сервер просит повторить позже.",
    "451": "Почтовый сервер просит повторить позже.",
    "452": "На почтовом сервере нет места.",
    "550": "Адрес не существует или не принимает письма.",
    "551": "Адрес не существует.",
    "552": "Почтовый ящик переполнен.",
    "553": "Адрес не существует.",
    "554": "Почтовый сервер получателя не принял письмо.",
}
# For reports without a code, or with one that says nothing: what servers write in words. The first that fits.
PHRASES = {
    "5.2.2": (r"mailbox\b.{0,20}\bfull|quota|переполнен|превышен", "over limit", "insufficient storage"),
    "5.3.4": (r"too (?:big|large)", "size limit", "maximum.{0,20}size", "слишком (?:велик|больш)"),
    "5.2.1": (r"(?:mailbox|account|user|ящик).{0,30}(?:disabled|inactive|suspended|отключ|заблокир)",),
    "5.4.6": ("hop count", "too many hops", r"\bloop", "зациклив"),
    "5.1.2": (
        *("host unknown", "unknown host", "host.{0,80}not found", "find any host", "domain.{0,30}not (?:found|exist)"),
        *("no such domain", r"\bdns\b", "unrouteable", "no smtp service", "домен.{0,40}не (?:найден|существует)"),
    ),
    "5.1.1": (
        *(
            "user unknown",
            "unknown user",
            "no such (?:user|recipient|mailbox|address)",
            "not (?:exist|listed)",
            "unknown recipient",
        ),
        *("(?:recipient|user|mailbox|address).{0,30}not found", "no mailbox", "invalid (?:recipient|address|mailbox)"),
        *(
            "(?:адрес|ящик|пользовател|получател).{0,40}не (?:найден|существует|обнаружен)",
            "нет такого",
            "malformed address",
        ),
    ),
    "5.4.7": ("timed out", "timeout", "envelope expired", "retry time", "too long", "for \\d+ days", "истекло время"),
    "5.7.1": ("spam", "blocked", "blacklist", "denied", "policy", "rejected", "dmarc", "спам", "отклонен", "отклонён"),
}
VAGUE = ("", "5.0.0", "4.0.0", "5.5.0", "4.4.0")
RETURNED = "Письмо вернулось: почтовый сервер получателя его не принял."
NEEDS_SIGN_IN = (530, 534, 535, 538)
TOO_LARGE = 552  # the one refusal at MAIL FROM that is about the letter and not about us (RFC 1870)
CHANNEL_WORDS = "Почтовый сервер не принимает письма портала: проверьте адрес отправителя и пароль."


def refusal(stage: Stage, code: int, reply: bytes) -> Refusal:
    said = f"{code} {reply.decode('utf-8', 'replace')}"[:2000].replace("\0", "")
    is_connection = code == 421 or code < 400
    if code < 500:  # an answer out of the protocol (below 400) is the connection's trouble, not the letter's
        return Refusal(ErrorKind.TEMPORARY, words(code, said), said, is_connection)
    if code in NEEDS_SIGN_IN or stage is Stage.GREETING or (stage is Stage.SENDER and code != TOO_LARGE):
        return Refusal(ErrorKind.CHANNEL, CHANNEL_WORDS, said)
    return Refusal(ErrorKind.PERMANENT, words(code, said), said)


def words(code: int, said: str) -> str:
    enhanced = said.split()[1] if len(said.split()) > 1 else ""
    return WORDS.get(enhanced) or WORDS.get(str(code)) or "Техническая ошибка почтового сервера."


def bounce_words(code: str, said: str) -> str:
    """Why a letter came back: by the code of its report, else by the server's words, else by the plain code."""
    if code not in VAGUE and "." in code and code in WORDS:
        return WORDS[code]
    if code.startswith("5.7."):
        return WORDS["5.7.1"]
    phrases = (
        key for key, patterns in PHRASES.items() if any(re.search(each, said, re.IGNORECASE) for each in patterns)
    )
    return WORDS.get(next(phrases, code)) or RETURNED
