"""Tables in: an uploaded .xlsx, .xls, .xlsb, .ods, .csv or .tsv as rows of text.

The file is parsed by `table_reader.py` in a child process of bounded time and memory: a workbook of 5 kB that claims
cells A1 and XFD1048576 makes the parser abort whatever process it runs in.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from foundation import table_reader

MOST_BYTES = 50 * 1024 * 1024  # 100,000 rows as CSV; pages set a lower limit of their own
MOST_ROWS = table_reader.MOST_ROWS
MOST_COLUMNS = table_reader.MOST_COLUMNS
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1251": "Windows-1251",
    "cp866": "DOS (CP866)",
    "koi8-r": "КОИ-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
DELIMITERS = {";": "точка с запятой", ",": "запятая", "\t": "табуляция", "|": "вертикальная черта"}
_SECONDS = 10
_TOO_HARD = (
    "Файл не удалось прочитать: на него не хватило {what}. Скопируйте заполненные ячейки на чистый лист, "
    "сохраните его как XLSX или CSV и загрузите снова."
)


class NotATable(Exception):
    """The file cannot be read as a table; `str(error)` says in Russian why and what to do."""


@dataclass(frozen=True)
class Table:
    """`rows[0]` is row 1 of the file. Cells are text; rows may differ in length.

    `sheet` and `other_sheets` are set for a workbook, `encoding` and `delimiter` for a text file.
    """

    rows: list[list[str]]
    name: str = ""
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""


def read_table(source: Path | str | bytes, name: str = "", *, encoding: str = "", delimiter: str = "") -> Table:
    """Reads one table; what it is, its content says, never its name. Raises NotATable.

    `encoding` (of ENCODINGS) and `delimiter` overrule what a text file looks like; a workbook has neither.
    """
    content = source if isinstance(source, bytes) else _read_file(Path(source))
    if len(content) > MOST_BYTES:
        raise NotATable(f"Файл больше {MOST_BYTES // 1024 // 1024} МБ. Оставьте в нём один лист с таблицей.")
    told = {"encoding": encoding, "delimiter": delimiter}
    answer = _ask_reader(content, *(f"{option}={value}" for option, value in told.items() if value))
    about = json.loads(next(answer))
    rows = [json.loads(line) for line in answer]
    return Table(rows, name or (Path(source).name if not isinstance(source, bytes) else ""), **about)


def read_tables(content: bytes, name: str = "") -> list[Table]:
    """Every filled sheet of a workbook, in its order, or the one table of a text file. Raises NotATable."""
    if len(content) > MOST_BYTES:
        raise NotATable(f"Файл больше {MOST_BYTES // 1024 // 1024} МБ. Оставьте в нём один лист с таблицей.")
    tables: list[Table] = []
    for line in map(json.loads, _ask_reader(content, table_reader.WHOLE)):
        if isinstance(line, dict):
            tables.append(Table([], name, **line))
        else:
            tables[-1].rows.append(line)
    return tables


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotATable(f"Файл не открывается: {error.strerror}.") from error


def _ask_reader(content: bytes, *arguments: str) -> Iterator[bytes]:
    """The child's lines: the first describes the table, each further one is a row; so for each table it gives."""
    try:
        child = subprocess.run(  # noqa: S603 - our own script, no shell, the file goes to its standard input
            [sys.executable, "-I", table_reader.__file__, *arguments],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotATable(_TOO_HARD.format(what="времени")) from error
    if child.returncode == table_reader.REFUSED:
        raise NotATable(child.stdout.decode())
    if child.returncode:
        raise NotATable(_TOO_HARD.format(what="памяти"))
    return io.BytesIO(child.stdout)
