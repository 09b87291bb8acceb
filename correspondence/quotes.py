"""The sender's own words apart from what they quote.

An own cut: `mail-parser-reply` 1.36 has no Russian and takes what stands below a quote for a part of it. Of the 53
ways in correspondence/tests/quoting.py it cut 3 right and this module 53, of 23 replies of the corpus 17 and 23.
"""

import re
from dataclasses import dataclass

MOST_LINES = 20_000
LONGEST_HEADER = 400  # characters of «… пишет:», which clients break over up to three lines

_LABELS = (
    r"(?:от|отправитель|дата|отправлено|когда|кому|получатели|копия|тема|ответить|важность"
    r"|from|sender|date|sent|to|cc|subject|reply-to|importance|on behalf of)"
)
_LABEL = re.compile(rf"^[*_\s]*{_LABELS}[*_]*\s*:[*_]*\s*(?P<value>.*)$", re.IGNORECASE)
_FROM = re.compile(r"^[*_\s]*(?:от|отправитель|from|sender)[*_]*\s*:[*_]*\s*\S", re.IGNORECASE)
_OTHER_LABELS_NEEDED = 2
_SEPARATOR = re.compile(
    r"^\s*(?:[-–—_]{2,}\s*"
    r"(?:(?:исходное|первоначальное|оригинальное|пересылаемое|пересланное|перенаправленное|переадресованное)\s+"
    r"(?:сообщение|письмо)|(?:original|forwarded)\s+(?:message|email)|конец пересылаемого сообщения)"
    r"|(?:начало (?:переадресованного|пересылаемого|перенаправленного) сообщения|begin forwarded message)\s*:)",
    re.IGNORECASE,
)
_MONTHS = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[а-яa-z]*\.?"
)
_DAYS = (
    r"(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|пн|вт|ср|чт|пт|сб|вс"
    r"|mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?"
)
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[-./]\d\d[-./]\d\d"
    rf"|\d{{1,2}}[ -]{_MONTHS}|{_MONTHS}\s+\d{{1,2}}\b)"
)
_BEGINS_WITH_DATE = re.compile(rf"^[\s–—-]*(?:on|в письме от|в|от)?\s*(?:{_DAYS},?\s*)?{_DATE}", re.IGNORECASE)
_WRITES = re.compile(
    r"(?:wrote|writes|написал(?:а|\(а\))?|пишет|писал(?:а|\(а\))?|сообщил(?:а|\(а\))?)\s*:\s*$", re.IGNORECASE
)
_WROTE_ON = re.compile(  # «Вы писали 30 апреля 2025 г., 15:19:19:», «Портал писал 2025-04-30 15:19:»
    rf"^\s*(?:\S.{{0,80}}\s)?(?:писал[аи]?|писал\(а\)|пишет|wrote)\b\W?.{{0,40}}?{_DATE}.{{0,30}}\d\d?:\d\d.{{0,15}}:\s*$",
    re.IGNORECASE,
)
_NAMES_SENDER = re.compile(r"(?:<[^<>@\s]+@[^<>\s]+>|[\w.+-]+@[\w.-]+).{0,10}:\s*$")
_RULE = re.compile(r"^\s*[-_=–—]{5,}\s*$")
_TIME = re.compile(r"\d{1,2}:\d\d")
_SIGNATURE = re.compile(r"^--\s?$")


@dataclass(frozen=True)
class Cut:
    own: str
    quoted: str
    """What is quoted or forwarded, with its header, and a signature set apart by «-- »."""


def cut(text: str) -> Cut:
    """Own words above, below and between the quoted lines stay own, in their order.

    Lines with «>» are quoted wherever they stand. A header with «>» lines after it ends with them; after one without
    them, and after the block «От: … Кому: …» of Outlook, everything is the quote.
    """
    lines = text.split("\n")[:MOST_LINES]
    own: list[str] = []
    quoted: list[str] = []
    position, in_signature = 0, False
    while position < len(lines):
        line = lines[position]
        if line.lstrip().startswith(">"):
            quoted.append(line)
            position, in_signature = position + 1, False
        elif length := _header_length(lines, position):
            end = position + length
            if not _marks_follow(lines, end):
                quoted += lines[position:]
                break
            quoted += lines[position:end]
            position, in_signature = end, False
        else:
            in_signature = in_signature or bool(_SIGNATURE.match(line) and "".join(own).strip())
            (quoted if in_signature else own).append(line)
            position += 1
    return Cut(_trimmed(own), _trimmed(quoted))


def _header_length(lines: list[str], position: int) -> int:
    """How many lines from here announce a quote; 0 where none does."""
    line = lines[position]
    if not line.strip():
        return 0
    if _SEPARATOR.match(line) or _WROTE_ON.match(line[:LONGEST_HEADER]):
        return 1
    if _is_block(lines, position):
        return 1
    return _attribution_length(lines, position)


def _is_block(lines: list[str], position: int) -> bool:
    """«От:», «Отправлено:», «Кому:», «Тема:» in neighbouring lines, as Outlook puts above a quote.

    Yandex draws a line and names no sender there: «Кому:», «Тема:».
    """
    is_ruled = bool(_RULE.match(lines[position]))
    first = position + is_ruled
    if first >= len(lines) or not _LABEL.match(lines[first]):
        return False
    near = [line for line in lines[first : first + 12] if line.strip()][:7]
    labels = sum(bool(_LABEL.match(line)) for line in near)
    names_sender = any(_FROM.match(line) for line in near)
    return (labels > _OTHER_LABELS_NEEDED and names_sender) or (is_ruled and labels >= _OTHER_LABELS_NEEDED)


def _attribution_length(lines: list[str], position: int) -> int:
    """«26.06.2014, 14:41, "Имя" <адрес>:», «… Имя написал:», «On … wrote:», broken over lines where a client breaks."""
    if not _BEGINS_WITH_DATE.match(lines[position][:LONGEST_HEADER]):
        return 0
    joined = ""
    for length in (1, 2, 3):
        if position + length > len(lines):
            break
        joined = f"{joined} {lines[position + length - 1].strip()}"
        if len(joined) > LONGEST_HEADER:
            break
        if _WRITES.search(joined) or (_NAMES_SENDER.search(joined) and _TIME.search(joined)):
            return length
    return 0


def _marks_follow(lines: list[str], position: int) -> bool:
    following = next((line for line in lines[position : position + 4] if line.strip()), "")
    return following.lstrip().startswith(">")


def _trimmed(lines: list[str]) -> str:
    """Without empty lines at the edges; at most one between paragraphs, where a quote was cut out."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
