"""What a mail server's refusal means: for this letter for ever, for now, or for everything we send."""

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
    "5.1.1": "Адрес не существует.",
    "5.1.2": "Почтового домена не существует.",
    "5.1.10": "Домен не принимает почту.",
    "5.2.1": "Почтовый ящик отключён.",
    "5.2.2": "Почтовый ящик переполнен.",
    "4.2.2": "Почтовый ящик переполнен.",
    "5.2.3": "Письмо слишком велико для этого ящика.",
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
