"""Where a letter stands and what to do next, in the words of people who have no time for a mail server's."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from correspondence.models import Letter, LetterStatus
from correspondence.refusals import WORDS
from correspondence.statuses import ErrorKind

_NOTHING = "Делать ничего не нужно: портал отправит его сам."
_WRONG_ADDRESS = "Уточните адрес и отправьте письмо на верный."
_OTHER_ADDRESS = "Узнайте у получателя другой адрес и отправьте письмо на него."
_FULL = "Позвоните получателю: пока он не освободит ящик, письмо не дойдёт. Потом отправьте его ещё раз."
_REFUSED = "Позвоните получателю: его почтовый сервер отклоняет письма. Узнайте другой адрес или отправьте письмо сами."
_NOBODY_TOOK = "Проверьте адрес. Если он верен, позвоните получателю: его почтовый сервер не отвечает."
_ASK_STAFF = "Сообщите службе портала: письмо нужно исправить. Если спешите, отправьте его со своей почты."

_BY_WORDS = {
    **dict.fromkeys(("Адрес не существует.", "Адрес не существует или не принимает письма."), _WRONG_ADDRESS),
    **dict.fromkeys(("Почтового домена не существует.", "Домен не принимает почту."), _WRONG_ADDRESS),
    "Почтовый ящик отключён.": _OTHER_ADDRESS,
    "Почтовый ящик переполнен.": _FULL,
    "На почтовом сервере нет места.": _FULL,
    "Письмо слишком велико для этого ящика.": _REFUSED,
    "Почтовый сервер получателя не принял письмо.": _REFUSED,
}
_BY_KIND = {
    ErrorKind.TEMPORARY: _NOBODY_TOOK,
    ErrorKind.PERMANENT: _REFUSED,
    ErrorKind.BOUNCED: _WRONG_ADDRESS,
    ErrorKind.BROKEN: _ASK_STAFF,
}
_UNKNOWN_WORDS = set(_BY_WORDS) - set(WORDS.values())
assert not _UNKNOWN_WORDS, _UNKNOWN_WORDS  # noqa: S101 - words nobody says any more would never match


@dataclass(frozen=True)
class Advice:
    """`state` says where the letter is, `why` what went wrong, `then` what whoever reads it should do."""

    state: str
    why: str = ""
    then: str = ""

    @property
    def is_about_address(self) -> bool:
        """The same letter to the same address would come back again."""
        return self.then in (_WRONG_ADDRESS, _OTHER_ADDRESS)


def advice_for(letter: Letter) -> Advice:
    status = LetterStatus(letter.status)
    if status == LetterStatus.FAILED:
        then = _BY_WORDS.get(letter.error_words) or _BY_KIND.get(ErrorKind(letter.error_kind), _REFUSED)
        state = "вернулось: не доставлено" if letter.error_kind == ErrorKind.BOUNCED else status.label
        return Advice(state, letter.error_words, then)
    if status == LetterStatus.KEPT:
        if settings.PORTAL_LIVE:
            return Advice(status.label, then="Если письмо ещё нужно, отправьте его теперь: само оно не уйдёт.")
        return Advice(
            status.label,
            "Портал ещё не подключён к настоящей почте.",
            "Когда портал начнёт работать по-настоящему, отправьте это письмо ещё раз: само оно не уйдёт.",
        )
    if status == LetterStatus.QUEUED:
        return _of_queued(letter)
    return Advice("доставляется" if status == LetterStatus.SENDING else status.label)


def _of_queued(letter: Letter) -> Advice:
    if letter.error_kind == ErrorKind.CHANNEL:
        why = "Почтовый сервер портала временно не принимает писем."
        return Advice("ждёт: отправка писем приостановлена", why, "Этим занимается служба портала. " + _NOTHING)
    if letter.error_kind == ErrorKind.TEMPORARY:
        return Advice("доставляется: будет ещё попытка", letter.error_words, _NOTHING)
    if letter.due_at > timezone.now():
        return Advice("ещё не ушло")
    return Advice(letter.status_words)
