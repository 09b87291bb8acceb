"""The child process of `tables.py`: reads a file from standard input, writes its rows to standard output as JSON lines.

With the argument `whole` it gives every filled sheet of a workbook, else the one that is meant. `encoding=cp1251` and
`delimiter=;` overrule what a text file looks like.

Run as a script of its own, it imports neither Django nor the portal: it starts in 50 ms and has nothing to lose.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MOST_ROWS = 100_000
MOST_COLUMNS = 200
REFUSED = 3
WHOLE = "whole"
_MEMORY = 512 * 1024 * 1024
_CPU_SECONDS = 10
_MOST_UNPACKED = 200 * 1024 * 1024
_MOST_MEMBERS = 5_000
_MOST_TEXT = 64 * 1024 * 1024  # of all cells together, for the memory of the process that asked

_SAVE_AS = "Откройте файл в Excel или LibreOffice, сохраните как XLSX или CSV и загрузите снова."
_DAY_IN_TITLE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_LINE_END = re.compile(r"\r\n|\r|\n")
_FREQUENT, _RARE = frozenset("оеаинтсрвл"), frozenset("ъфщэцюхш")


Found = tuple[dict[str, object], Iterable[list[str]]]  # what a table is, and its rows


class Refused(Exception):
    pass


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    told = dict(argument.split("=", 1) for argument in sys.argv[1:] if "=" in argument)
    try:
        write(read(content, is_whole=WHOLE in sys.argv[1:], **told))
    except Refused as refusal:
        refuse(str(refusal))


def refuse(message: str) -> NoReturn:
    sys.stdout.buffer.write(message.encode())
    sys.stdout.flush()
    sys.exit(REFUSED)


def write(tables: Iterable[Found]) -> None:
    """Without empty rows at the end. Nothing is written before the last row is read: a refusal stands alone."""
    lines: list[str] = []
    size = found = 0
    for about, rows in tables:
        lines.append(json.dumps(about))
        filled = start = len(lines)
        for number, row in enumerate(rows, 1):
            check_row(number, row)
            lines.append(json.dumps(row, ensure_ascii=False))
            size += len(lines[-1])
            if size > _MOST_TEXT:
                raise Refused("В таблице слишком много текста. Оставьте в ней только нужные столбцы.")
            filled = len(lines) if any(row) else filled
        del lines[filled:]
        found += filled - start
    if not found:
        raise Refused("В файле нет ни одной заполненной ячейки.")
    sys.stdout.buffer.write("\n".join(lines).encode("utf-8", "replace"))


def check_row(number: int, row: list[str]) -> None:
    if number > MOST_ROWS:
        raise Refused(
            f"В таблице больше {MOST_ROWS // 1000} 000 строк. Если лишние строки пустые, скопируйте заполненные "
            "на чистый лист; если нет, разделите файл."
        )
    if len(row) > MOST_COLUMNS:
        raise Refused(f"В строке {number} больше {MOST_COLUMNS} столбцов: это не похоже на список.")


def read(content: bytes, *, is_whole: bool, encoding: str = "", delimiter: str = "") -> list[Found]:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content.strip():
        raise Refused("Файл пустой.")
    if content.startswith(b"PK\x03\x04"):
        check_zip(content)
        return read_workbook(content, is_whole)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return read_workbook(content, is_whole)
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise Refused(f"Это веб-страница, хотя она может называться таблицей. {_SAVE_AS}")
    if start.startswith(b"<?xml"):
        raise Refused(f"Это файл XML, а не таблица. {_SAVE_AS}")
    if start.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc", b"\x1f\x8b")):
        raise Refused("Это документ, картинка или архив, а не таблица. Нужен файл XLSX, XLS, ODS или CSV.")
    return [read_text(content, encoding, delimiter)]


# --- Workbooks ---------------------------------------------------------------------------------------------------


def check_zip(content: bytes) -> None:
    """The sizes that the listing declares and those that come out: a listing may lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
                raise Refused("Это архив или документ, а не таблица. Нужен файл XLSX, XLS, ODS или CSV.")
            if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise Refused(f"В файле слишком много данных. {_SAVE_AS}")
            counted = 0
            for member in members:
                with archive.open(member) as stream:
                    while chunk := stream.read(1 << 20):
                        counted += len(chunk)
                        if counted > _MOST_UNPACKED:
                            raise Refused(f"В файле слишком много данных. {_SAVE_AS}")
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, RuntimeError, zlib.error):
        raise Refused(f"Файл повреждён или защищён паролем. {_SAVE_AS}") from None


def read_workbook(content: bytes, is_whole: bool) -> list[Found]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        sheets = {name: book.get_sheet_by_name(name) for name in shown or book.sheet_names}
    except calamine.PasswordError:
        raise Refused("Файл защищён паролем. Снимите пароль и загрузите снова.") from None
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError, ValueError):
        raise Refused(f"Это не таблица, или файл повреждён. {_SAVE_AS}") from None
    filled = [name for name, sheet in sheets.items() if sheet.height and sheet.width]
    if not filled:
        raise Refused("Ни на одном листе нет заполненных ячеек.")
    chosen = max(filled, key=lambda name: (day_in(name), -filled.index(name)))
    read = filled if is_whole else [chosen]
    for name in read:
        if sheets[name].total_width > MOST_COLUMNS:
            raise Refused(f"На листе «{name}» больше {MOST_COLUMNS} столбцов: это не похоже на список.")
    others: list[str] = [name for name in filled if name not in read]
    return [({"sheet": name, "other_sheets": others}, rows_of(sheets[name])) for name in read]


def rows_of(sheet: "CalamineSheet") -> Iterable[list[str]]:
    left = [""] * (sheet.start or (0, 0))[1]  # the parser leaves out empty columns in front
    return (left + [cell_text(cell) for cell in row] for row in sheet.iter_rows())


def day_in(title: str) -> tuple[int, ...]:
    """Daily reports name each sheet by its date; the latest is meant."""
    found = _DAY_IN_TITLE.search(title)
    return tuple(int(part) for part in reversed(found.groups())) if found else (0, 0, 0)


def cell_text(cell: object) -> str:
    """A number without the point that Excel gives it: an INN typed as a number comes as 7004003519.0.

    Excel writes NUL as «_x0000_», and PostgreSQL takes it nowhere; a text file that holds one is refused as a whole.
    """
    if isinstance(cell, str):
        return cell.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


# --- Text --------------------------------------------------------------------------------------------------------


def read_text(content: bytes, encoding: str = "", delimiter: str = "") -> Found:
    text, encoding = (decode_as_told(content, encoding), encoding) if encoding else decode(content)
    lines = _LINE_END.split(text, MOST_ROWS + 1)  # the last one is all the rest: a million empty rows are not split
    delimiter = delimiter or find_delimiter(lines)
    about: dict[str, object] = {"encoding": encoding, "delimiter": delimiter}
    if not delimiter:
        return about, ([line.strip().strip('"')] for line in lines)
    try:
        csv.field_size_limit(1 << 20)
        strict = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return about, list(bounded(strict))
    except csv.Error:
        return about, mend_rows(lines, delimiter)


def bounded(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        yield row
        if number > MOST_ROWS:
            return


def decode(content: bytes) -> tuple[str, str]:
    """UTF-8, UTF-16, and the three Russian 8-bit encodings, told apart by how often frequent letters occur."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(content, "utf-16"), "utf-16"
    if b"\0" in content:
        # A UTF-16 text without its mark: of each pair of a delimiter or digit one byte is zero, always the same one.
        encoding = "utf-16-le" if content[1::2].count(0) > content[0::2].count(0) else "utf-16-be"
        text = decoded(content, encoding)
        is_russian = sum(letter < "\u0500" or letter in "№«»–—" for letter in text) > len(text) * 0.9
        if "\0" in text or not is_russian:
            raise Refused("Это не текст и не таблица: в файле есть нулевые байты.")
        return text, encoding
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        text = content.decode("utf-8", "replace")
        if text.count("\ufffd") * 10 < sum("а" <= letter <= "я" for letter in text.casefold()):
            line = content.count(b"\n", 0, error.start) + 1
            raise Refused(f"Файл повреждён: в строке {line} есть знаки, которые не читаются. {_SAVE_AS}") from None
    start = content[:100_000]
    encoding = max(("cp1251", "cp866", "koi8-r"), key=lambda name: likeness(start.decode(name, "replace")))
    return content.decode(encoding, "replace"), encoding


def decode_as_told(content: bytes, encoding: str) -> str:
    """Signs that this encoding does not have come as «�»: the person sees them in the examples and chooses again."""
    text = content.decode(encoding, "replace").removeprefix("\ufeff")
    if "\0" in text:
        raise Refused("В этой кодировке файл не читается: в нём оказались нулевые знаки. Выберите другую.")
    return text


def decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Refused(f"Файл повреждён: его знаки не читаются. {_SAVE_AS}") from None


def likeness(text: str) -> int:
    """Read in a wrong encoding, Russian text turns into frames, rare letters, or capitals where small ones stood."""
    folded = text.lower()
    frequent, rare = (sum(letter in letters for letter in folded) for letters in (_FREQUENT, _RARE))
    return 4 * (frequent - rare) + sum(letter in _FREQUENT for letter in text)


def find_delimiter(lines: list[str]) -> str:
    """The sign that most lines hold equally often outside quotes; empty for a single column."""
    first = [re.sub(r'"[^"]*"', "", line) for line in lines[:200] if line.strip()]
    best, most = "", (0, 0)
    for delimiter in (";", "\t", ","):
        counts = Counter(count for line in first if (count := line.count(delimiter)))
        if counts:
            count, agreeing = counts.most_common(1)[0]
            best, most = max((best, most), (delimiter, (agreeing, count)), key=lambda pair: pair[1])
    return best if most[0] * 2 >= len(first) else ""


def mend_rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    """For a file whose inner quotes are not doubled, where `csv` would silently move them.

    A line is a row. Of four ways to see where a quoted cell ends, the first that gives as many cells as most rows
    have is taken; a row that none of them mends keeps its odd length, so that its reader can refuse it.
    """
    ways = [
        rf'"(?={delimiter}|$)',  # a quote before a delimiter ends the cell
        rf'"(?={delimiter}(?! )|$)',  # not one before a comma with a space: that stands inside a text
        rf'"(?={delimiter}"|{delimiter}{delimiter}|{delimiter}?$)',  # only one before a delimiter and the next quote
        "",  # quotes mean nothing
    ]
    plain = [line for line in lines if line.strip()]
    splits = Counter(len(split_line(line, delimiter, ways[0])) for line in plain[:500])
    width = splits.most_common(1)[0][0]
    for line in lines:
        cells = [split_line(line, delimiter, way) for way in ways]
        yield next((row for row in cells if len(row) == width), cells[0])


def split_line(line: str, delimiter: str, cell_end: str) -> list[str]:
    cells, start = [], 0
    while True:
        end = None
        if cell_end and line.startswith('"', start):
            end = re.compile(cell_end).search(line, start + 1)
        if end:
            cells.append(line[start + 1 : end.start()].replace('""', '"'))
            start = end.end()
        else:
            stop = line.find(delimiter, start)
            stop = len(line) if stop < 0 else stop
            cells.append(line[start:stop])
            start = stop
        if start >= len(line):
            return cells
        start += 1
        if start == len(line):
            return [*cells, ""]


if __name__ == "__main__":
    main()
