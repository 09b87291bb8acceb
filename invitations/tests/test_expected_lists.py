"""Class lists as schools have them. The layouts are made here after what is publicly known of the three systems."""

import time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from foundation.tables import NotATable, Table, read_tables
from invitations.class_names import ClassBook
from invitations.expected_lists import MOST_NAMES, Reading, Scope, read_lists
from invitations.statuses import Role
from organizations.models import SchoolClass

CLASSES = [
    SchoolClass(pk=10 * grade + n, grade=grade, section=letter)
    for grade in (1, 7, 8, 11)
    for n, letter in enumerate("АБВ")
]
SEVEN_A, SEVEN_B, EIGHT_A = CLASSES[3], CLASSES[4], CLASSES[6]
ILYA, ANNA, GLEB = "Петров Илья Сергеевич", "Смирнова Анна Львовна", "Орлов Глеб Игоревич"
MANY = Scope(Role.PUPIL, None, CLASSES)


def of(school_class: SchoolClass) -> Scope:
    return Scope(Role.PUPIL, school_class, CLASSES)


def book(
    sheets: dict[str, list[list[Any]]], merged: dict[str, list[tuple[int, int, int, int, str]]] | None = None
) -> bytes:
    file = BytesIO()
    with Workbook(file) as workbook:
        for title, rows in sheets.items():
            page = workbook.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        page.write(number, column, cell)
            for place in (merged or {}).get(title, []):
                page.merge_range(*place)
    return file.getvalue()


def read(content: bytes, scope: Scope = MANY) -> Reading:
    return read_lists(read_tables(content), scope)


def pasted(text: str, scope: Scope) -> Reading:
    return read_lists([Table([line.split(";") for line in text.split("\n")])], scope, is_pasted=True)


def names(reading: Reading) -> dict[str, list[str]]:
    return {str(each.school_class or "сотрудники"): list(each.names) for each in reading.lists}


def test_a_list_of_one_class_as_setevoy_gorod_gives_it() -> None:
    rows = [
        ["МБОУ «Средняя школа № 5 г. Томска»"],
        ["Список учащихся"],
        ["Класс:", "7б"],
        ["Классный руководитель: Иванова Анна Петровна"],
        [],
        ["№", "ФИО учащегося", "Дата рождения", "Пол", "СНИЛС", "Телефон", "Адрес", "ФИО родителя"],
        [1, ILYA, "01.02.2013", "М", "123-456-789 00", "+79130000001", "ул. Мира, 1", "Петрова Ирина Львовна"],
        [2, ANNA, "03.04.2013", "Ж", "", "", "", ""],
        ["Итого:", "2"],
        ["Директор", "", "Сидоров С. С."],
    ]
    reading = read(book({"Список": rows}))
    assert names(reading) == {"7 «Б»": [ILYA, ANNA]}
    assert reading.refused == []
    assert reading.unread == ["№", "Дата рождения", "Пол", "СНИЛС", "Телефон", "Адрес", "ФИО родителя"]


def test_a_list_of_the_school_as_dnevnik_ru_gives_it() -> None:
    rows = [
        "Фамилия;Имя;Отчество;Дата рождения;Пол;Класс;Логин",
        "Петров;Илья;Сергеевич;01.02.2013;М;7-Б;petrov",
        "Смирнова;Анна;Львовна;;Ж;7А;",
        'Ли;Вера;-;;Ж;7 "А";',
        "Орлов;Глеб;;;;8а;",
        "Орлов;Глеб;;;;;",
    ]
    reading = read("\n".join(rows).encode("cp1251"))
    assert names(reading) == {"7 «Б»": [ILYA], "7 «А»": [ANNA, "Ли Вера"], "8 «А»": ["Орлов Глеб"]}
    assert reading.refused == [{"place": "строка 6", "text": "Орлов Глеб", "why": "Не видно, из какого класса."}]


def test_plain_excel_with_two_rows_of_titles_and_classes_merged_over_their_pupils() -> None:
    rows: list[list[Any]] = [
        ["Списки 7 – 8 классов на 2026-2027 учебный год"],
        ["№ п/п", "Класс", "", "", "", "Контакты", ""],
        ["", "", "Фамилия", "Имя", "Отчество", "телефон", "почта"],
        [1, "", "Петров", "Илья", "Сергеевич", "89130000001", ""],
        [2, "", "Смирнова", "Анна", "Львовна", "", ""],
        [],
        ["№ п/п", "Класс", "ФИО", "", "", "", ""],
        ["", "", "Фамилия", "Имя", "Отчество", "", ""],
        [1, "8А", "Орлов", "Глеб", "Игоревич", "", ""],
        ["", "", "Всего: 3"],
    ]
    content = book({"Лист1": rows}, {"Лист1": [(1, 2, 1, 4, "ФИО"), (3, 1, 4, 1, "7 б класс")]})
    reading = read(content)
    assert names(reading) == {"7 «Б»": [ILYA, ANNA], "8 «А»": [GLEB]}
    assert reading.refused == []
    assert "телефон" in reading.unread


def test_a_sheet_for_each_class() -> None:
    head, row = ["№", "Ученик"], [1, ILYA]
    reading = read(
        book({"7А": [head, row], "7 Б": [head, [1, ANNA]], "8-A": [head, [1, GLEB]], "Итоги": [["Всего", 3]]})
    )
    assert names(reading) == {"7 «А»": [ILYA], "7 «Б»": [ANNA], "8 «А»": [GLEB]}
    assert "лист «Итоги»" in reading.unread


def test_titles_of_classes_above_their_pupils_and_headers_repeated_on_every_page() -> None:
    rows = [
        ["Список обучающихся 7 «А» класса МБОУ СОШ № 8 в 2026 году"],
        ["№", "Ф.И.О."],
        [1, ILYA],
        ["№", "Ф.И.О."],
        [2, ANNA],
        ["7 «Б» класс"],
        ["№", "Ф.И.О."],
        [1, GLEB],
        ["Классный руководитель 7 «Б» класса"],
        [2],
    ]
    assert names(read(book({"Лист1": rows}))) == {"7 «А»": [ILYA, ANNA], "7 «Б»": [GLEB]}


def test_grade_and_letter_in_columns_of_their_own() -> None:
    rows = [["Параллель", "Литера", "Обучающийся"], [7, "Б", ILYA], [11, "А", ANNA]]
    assert names(read(book({"Лист1": rows}))) == {"7 «Б»": [ILYA], "11 «А»": [ANNA]}
    rows = [["Класс", "Литера", "Фамилия Имя Отчество"], [7, "б", ILYA]]
    assert names(read(book({"Лист1": rows}))) == {"7 «Б»": [ILYA]}


def test_a_gap_in_a_column_filled_for_everybody_is_not_filled_by_the_row_above() -> None:
    rows = [["ФИО", "Класс"], [ILYA, "7А"], [ANNA, "7А"], [GLEB, ""]]
    reading = read(book({"Лист1": rows}))
    assert names(reading) == {"7 «А»": [ILYA, ANNA]}
    assert [each["text"] for each in reading.refused] == [GLEB]


def test_a_merged_class_that_goes_on_over_a_page_is_the_same_class() -> None:
    rows = [["Класс", "ФИО"], ["7А", ILYA], ["", ANNA], ["Класс", "ФИО"], ["7А", GLEB], ["", "Ли Вера"]]
    assert names(read(book({"Лист1": rows}))) == {"7 «А»": [ILYA, ANNA, GLEB, "Ли Вера"]}


@pytest.mark.parametrize(
    "head",
    [
        ["Ф.И.О. обучающегося (полностью)"],
        ["Фамилия, имя, отчество (при наличии)"],
        ["ФИО ребёнка"],
        ["Обучающиеся"],
        ["Фамилия"],
        ["Ф. И. О."],
    ],
)
def test_every_usual_title_of_the_names_is_known(head: list[str]) -> None:
    assert names(read(book({"Лист1": [["№", *head, "Пол"], [1, ILYA, "м"]]}), of(SEVEN_B))) == {"7 «Б»": [ILYA]}


def test_name_and_patronymic_may_share_a_column() -> None:
    rows = [["Фамилия", "Имя, отчество"], ["Петров", "Илья Сергеевич"]]
    assert names(read(book({"Лист1": rows}), of(SEVEN_B))) == {"7 «Б»": [ILYA]}


def test_an_unknown_class_is_refused_in_words() -> None:
    reading = read(book({"Лист1": [["ФИО", "Класс"], [ILYA, "7А"], [ANNA, "9Ж"]]}))
    assert names(reading) == {"7 «А»": [ILYA]}
    assert reading.refused[0]["why"] == "Класса «9Ж» в портале нет: добавьте его в разделе классов."


def test_a_class_in_two_buildings_is_asked_about() -> None:
    twins = [
        SchoolClass(pk=1, grade=7, section="А", site="Корпус 1"),
        SchoolClass(pk=2, grade=7, section="А", site="Корпус 2"),
    ]
    rows = [["ФИО", "Класс"], [ILYA, "7А"], [ANNA, "7 «А», Корпус 2"]]
    reading = read(book({"Лист1": rows}), Scope(Role.PUPIL, None, twins))
    assert [each.names for each in reading.lists] == [[ANNA]]
    assert reading.lists[0].school_class == twins[1]
    assert "в нескольких корпусах" in str(reading.refused[0]["why"])


def test_a_list_of_another_class_does_not_get_into_this_one() -> None:
    rows = [["ФИО", "Класс"], [ILYA, "7Б"], [ANNA, "8А"], [GLEB, "9Ж"]]
    reading = read(book({"Лист1": rows}), of(SEVEN_B))
    assert names(reading) == {"7 «Б»": [ILYA]}
    assert [each["why"] for each in reading.refused] == ["Это не 7 «Б», а «8А».", "Это не 7 «Б», а «9Ж»."]


def test_one_class_is_read_without_any_class_in_the_file() -> None:
    assert names(read(book({"Лист1": [["ФИО"], [ILYA], [ANNA]]}), of(SEVEN_B))) == {"7 «Б»": [ILYA, ANNA]}


def test_groups_of_a_kindergarten() -> None:
    groups = [SchoolClass(pk=1, group_name="Группа «Солнышко»"), SchoolClass(pk=2, group_name="Радуга")]
    rows = [["Группа Солнышко"], ["№", "Воспитанник"], [1, ILYA], ["Радуга"], [1, ANNA]]
    reading = read(book({"Лист1": rows}), Scope(Role.PUPIL, None, groups))
    assert [(each.school_class, each.names) for each in reading.lists] == [(groups[0], [ILYA]), (groups[1], [ANNA])]


def test_the_staff_list_has_no_classes() -> None:
    rows = [["Сотрудник", "Должность", "Класс"], [ILYA, "учитель", "7А"], [ANNA, "директор", ""]]
    reading = read(book({"Лист1": rows}), Scope(Role.TEACHER, None, CLASSES))
    assert names(reading) == {"сотрудники": [ILYA, ANNA]}


def test_parents_are_read_only_where_parents_are_asked_for() -> None:
    rows = [["ФИО ученика", "ФИО родителя"], [ILYA, ANNA]]
    assert names(read(book({"Лист1": rows}), of(SEVEN_B))) == {"7 «Б»": [ILYA]}
    assert names(read(book({"Лист1": rows}), Scope(Role.PARENT, SEVEN_B, CLASSES))) == {"7 «Б»": [ANNA]}


@pytest.mark.parametrize(
    "text",
    [
        f"{ILYA}\n{ANNA}\n",
        f"1. {ILYA}\n2) {ANNA}",
        f"1 {ILYA},\n\n2 {ANNA};",
        "Петров;Илья;Сергеевич\nСмирнова;Анна;Львовна",
        f"1;{ILYA};01.02.2013;7Б\n2;{ANNA};;7Б",
        f"Список 7 «Б» класса\n№;ФИО\n1;{ILYA}\n2;{ANNA}\nВсего: 2",
    ],
)
def test_what_is_pasted_is_read_as_people_paste_it(text: str) -> None:
    assert names(pasted(text, of(SEVEN_B))) == {"7 «Б»": [ILYA, ANNA]}


def test_rows_that_are_no_names_are_refused_with_their_reason() -> None:
    reading = pasted(f"{ILYA}\nПетров\nОрлов Гл3б\nИванов И\u202eван", of(SEVEN_B))
    assert [(each["place"], each["text"]) for each in reading.refused] == [
        ("строка 2", "Петров"),
        ("строка 3", "Орлов Гл3б"),
        ("строка 4", "Иванов И\u202eван"),
    ]
    assert "фамилию и имя полностью" in str(reading.refused[0]["why"])
    assert "только буквы" in str(reading.refused[1]["why"])
    assert "управляющие знаки" in str(reading.refused[2]["why"])


def test_two_of_one_name_are_two() -> None:
    assert names(pasted(f"{ILYA}\n{ILYA}", of(SEVEN_B))) == {"7 «Б»": [ILYA, ILYA]}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["Товар", "Цена"], ["Хлеб белый", 30], ["Молоко", 60], ["Сыр", 200]], "Имён в списке не видно"),
        ([["ФИО", "Класс"]], "Имён в списке не видно"),
        ([["ФИО", "Класс"], ["Петров", "7А"]], "Например, строка 2: Укажите фамилию и имя"),
        ([["ФИО"], *([ILYA] for _ in range(MOST_NAMES + 1))], "больше 10 000 имён"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(rows: list[list[Any]], words: str) -> None:
    with pytest.raises(NotATable, match=words):
        read(book({"Лист1": rows}), of(SEVEN_B))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"\0" * 100, b"", b"<html><table></table>", b"PK\x03\x04rubbish"])
def test_what_is_no_table_at_all_is_refused_by_the_bounded_reader(content: bytes) -> None:
    with pytest.raises(NotATable):
        read(content)


def test_formulas_and_markup_never_become_names() -> None:
    rows = [["ФИО", "Класс"], ['=HYPERLINK("http://evil")', "7А"], ["<b>Петров Илья</b>", "7А"], [ILYA, "=7А"]]
    file = BytesIO()
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        page = workbook.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        page.write_row(4, 0, [ANNA, "7А"])
    reading = read(file.getvalue())
    assert names(reading) == {"7 «А»": [ILYA, ANNA]}
    assert len(reading.refused) == 2


def test_ten_thousand_names_are_read_in_seconds() -> None:
    rows = [
        ["№", "Фамилия", "Имя", "Отчество", "Класс"],
        *([n, "Петров", "Илья", "Сергеевич", "7А"] for n in range(MOST_NAMES)),
    ]
    tables = read_tables(book({"Лист1": rows}))
    began = time.monotonic()
    assert len(read_lists(tables, MANY).lists[0].names) == MOST_NAMES
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7Б", SEVEN_B),
        ("7-Б", SEVEN_B),
        ("7 «Б»", SEVEN_B),
        ('7 "Б"', SEVEN_B),
        ("7 б класс", SEVEN_B),
        ("7б кл.", SEVEN_B),
        ("класс 7Б", SEVEN_B),
        ("7A", SEVEN_A),
        ("8a", EIGHT_A),
        ("07Б", None),
        ("17Б", None),
        ("7Г", None),
        ("Б7", None),
        ("", None),
        ("7" * 5000, None),
    ],
)
def test_a_class_is_known_however_it_is_written(text: str, meant: SchoolClass | None) -> None:
    assert ClassBook(CLASSES).find(text) == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Список учащихся 7 «Б» класса МБОУ СОШ № 8", "7 «Б»"),
        ("Класс: 7б", "Класс: 7б"),
        ("МБОУ СОШ № 5 г. Томска", ""),
        ("7 Классен Иван", ""),
        ("Классен Иван Петрович", ""),
        ("11А", "11А"),
        ("9 «Ж» класс", "9 «Ж»"),
        ("на 2026-2027 учебный год", ""),
    ],
)
def test_a_line_above_its_pupils_names_a_class(text: str, found: str) -> None:
    assert ClassBook(CLASSES).in_title(text) == found


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["ФИО", "Фамилия", "Имя", "Отчество", "Класс", "Литера", "7Б", "7 «Б» класс", "Итого", "", ILYA, "Ли Вера", "1"]
    ),
)


@settings(max_examples=300, deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=12), is_pasted=st.booleans(), is_one=st.booleans())
def test_any_table_gives_names_or_a_refusal_in_words(rows: list[list[str]], is_pasted: bool, is_one: bool) -> None:
    try:
        reading = read_lists([Table(rows, sheet="7Б")], of(SEVEN_B) if is_one else MANY, is_pasted=is_pasted)
    except NotATable:
        return
    for each in reading.lists:
        for name in each.names:
            assert len(name.split()) > 1
            assert name.isprintable()
            assert not any(letter.isdigit() for letter in name)
    assert all(each["why"] for each in reading.refused)
