"""A typed name against the names of a class: each rule of folding is a row."""

import random

import pytest

from foundation.folding import fold
from invitations.matching import Found, Kind, NameList
from invitations.person_names import Name, sound
from invitations.short_names import are_one_name, are_one_patronymic, patronymics

CLASS = [
    (1, "Петров Илья Сергеевич"),
    (2, "Иванова Мария Андреевна"),
    (3, "Салтыков-Щедрин Фёдор Юрьевич"),
    (4, "Алиев Ильгар Мамед оглы"),
    (5, "Доржиев Баир"),
    (6, "Соколова Наталья Игоревна"),
    (7, "Соколова Алёна Игоревна"),
    (8, "Кузнецов Александр Петрович"),
    (9, "Абрамович Роман Аркадьевич"),
    (10, "Хасанов Нургиз Тагирович"),
    (11, "Цой Виктор Робертович"),
    (12, "Орлов Денис Павлович"),
    (13, "Орлов Денис Олегович"),
    (14, "Щёголева Юлия Ильинична"),
]


def find(typed: str, *, beside: NameList | None = None) -> Found:
    return NameList.of(CLASS).find(Name(typed), beside=beside)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Петров Илья Сергеевич", 1),
        ("петров илья сергеевич", 1),
        ("ПЕТРОВ ИЛЬЯ СЕРГЕЕВИЧ", 1),
        ("  Петров\u00a0Илья\tСергеевич ", 1),
        ("Пет\u00adров Илья Сергеевич", 1),
        ("ПетровИлья Сергеевич", 1),
        ("Илья Сергеевич Петров", 1),
        ("Илья Петров Сергеевич", 1),
        ("Пeтpoв Илья Cеpгеeвич", 1),  # Latin look-alikes within words
        ("Кузнецов Александр Петрович", 8),
        ("Салтыков-Щедрин Федор Юрьевич", 3),
        ("Салтыков – Щедрин Фёдор Юрьевич", 3),
        ("Салтыков Щедрин Фёдор Юрьевич", 3),
        ("Салтыковщедрин Фёдор Юрьевич", 3),
        ("Алиев Ильгар Мамед-оглы", 4),
        ("Алиев Ильгар Мамед оглу", 4),
        ("Баир Доржиев", 5),
        ("Роман Аркадьевич Абрамович", 9),
        ("Щеголева Юлия Ильинична", 14),
    ],
)
def test_spelling_that_everybody_takes_for_the_same_makes_no_difference(typed: str, line: int) -> None:
    assert find(typed) == Found(Kind.FOUND, (line,), is_sure=True, is_possible=True)


@pytest.mark.parametrize(
    ("typed", "line", "words"),
    [
        ("Петров Илья", 1, "в заявке нет отчества"),
        ("Илья Петров", 1, "в заявке нет отчества"),
        ("Доржиев Баир Цыренович", 5, "в списке нет отчества"),
        ("Петров И. С.", 1, "инициалы, отчество одной буквой"),
        ("И.С. Петров", 1, "инициалы, отчество одной буквой"),
        ("Петров Илья С.", 1, "отчество одной буквой"),
        ("Салтыков-Щедрин Ф. Ю.", 3, "инициалы, отчество одной буквой"),
        ("Петров Илюша Сергеевич", 1, "краткое имя"),
        ("Кузнецов Саша Петрович", 8, "краткое имя"),
        ("Соколова Наталия Игоревна", 6, "краткое имя"),
        ("Соколова Аленка Игоревна", 7, "краткое имя"),
        ("Хасанов Нургизик Тагирович", 10, "краткое имя"),
        ("Алиев Ильгар Мамед", 4, "без «оглы» или «кызы»"),
        ("Алиев Ильгар Мамедович", 4, "другое написание отчества"),
        ("Алиев Ильгар", 4, "в заявке нет отчества"),
        ("Ivanova Mariya Andreevna", 2, "латиницей"),
        ("MARIIA ANDREEVNA IVANOVA", 2, "латиницей"),
        ("Shchegoleva Iuliia Ilinichna", 14, "латиницей"),
        ("Schyogoleva Julija Ilyinichna", 14, "латиницей"),
        ("Tsoy Viktor Robertovich", 11, "латиницей"),
        ("Petrov Ilya", 1, "в заявке нет отчества, латиницей"),
        ("Петрв Илья Сергеевич", 1, "одна буква в фамилии"),
        ("Перров Илья Сергеевич", 1, "одна буква в фамилии"),
        ("Петров Илья Сегреевич", 1, "одна буква в отчестве"),
        ("Кузнецов Алекасндр Петрович", 8, "одна буква в имени"),
        ("Петров Илья Сергеевчи", 1, "одна буква в отчестве"),
    ],
)
def test_one_thing_left_open_is_understood_and_said(typed: str, line: int, words: str) -> None:
    found = find(typed)
    assert (found.kind, found.lines) == (Kind.FOUND, (line,))
    assert found.words == f"в списке: {dict(CLASS)[line]} – {words}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Петров Илья Андреевич", "другое отчество"),  # a namesake, not he
        ("Петров Игорь Сергеевич", "другое имя"),  # a brother
        ("Иванова Марина Андреевна", "другое имя"),  # a sister, one letter away
        ("Кузнецов Алексей Петрович", "другое имя"),
        ("Иванова Мариа Андреевна", "имя похоже"),  # Мария or Марина
        ("Хасанов Нургаз Тагирович", "имя похоже"),  # rare names: either may be real
        ("Петров И.", "инициалы, в заявке нет отчества"),
        ("Кузнецов Саша", "краткое имя, в заявке нет отчества"),
        ("Салтыков Фёдор Юрьевич", "фамилия не целиком"),
        ("Kuznetsov Sasha Petrovich", "краткое имя, латиницей"),
        ("Ivanova Marina Andreevna", "другое имя, латиницей"),
        ("Petrov Ilya Andreevich", "другое отчество, латиницей"),
        ("Petrof Ilya Sergeevich", "одна буква в фамилии, латиницей"),
        ("Цай Виктор Робертович", "фамилия похожа"),
        ("Петрв Илья", "одна буква в фамилии, в заявке нет отчества"),
        ("Петрв Илья Сергевич", "одна буква в фамилии, одна буква в отчестве"),
        ("Илья Сергеевич", "фамилия не целиком"),
    ],
)
def test_what_contradicts_or_leaves_too_much_open_is_near(typed: str, words: str) -> None:
    found = find(typed)
    assert found.kind == Kind.NEAR
    assert words in found.words


@pytest.mark.parametrize(
    "typed",
    [
        "Зайцев Олег Иванович",
        "Сидоров Илья Сергеевич",
        "Кузнецова Александра Петровна",
        "Петров Олег Иванович",
        "Петров С. И.",
        "Zaitsev Oleg",
        "И. С.",
        "- .",
        "",
    ],
)
def test_the_others_are_unknown(typed: str) -> None:
    assert find(typed) == Found(Kind.UNKNOWN)


def test_a_name_that_fits_two_lines_is_near_and_shows_both() -> None:
    found = find("Орлов Денис")
    assert (found.kind, found.lines) == (Kind.NEAR, (12, 13))
    assert found.words.startswith("похожих строк две: Орлов Денис Павлович – в заявке нет отчества; Орлов Денис О")
    assert find("Орлов Денис Павлович").kind == Kind.FOUND


def test_a_literal_line_without_a_patronymic_is_not_the_only_possibility() -> None:
    names = NameList.of([(1, "Петров Илья"), (2, "Петров Илья Сергеевич")])
    assert names.find(Name("Петров Илья")).kind == Kind.NEAR
    assert names.find(Name("Петров Илья Сергеевич")) == Found(Kind.FOUND, (2,), is_sure=True, is_possible=True)


def test_a_double_surname_without_a_patronymic_is_not_the_only_possibility() -> None:
    names = NameList.of([(1, "Салтыков-Щедрин Фёдор"), (2, "Салтыков-Щедрин Фёдор Юрьевич")])
    assert names.find(Name("Салтыков-Щедрин Фёдор")).kind == Kind.NEAR


def test_a_name_without_a_letter_is_nobodys() -> None:
    assert NameList.of([(1, "—"), (2, "")]).find(Name("- .")) == Found(Kind.UNKNOWN)


def test_a_name_of_very_many_words_is_read_as_well() -> None:
    assert find("аб " * 66).kind == Kind.UNKNOWN
    assert NameList.of([(1, "аб " * 66)]).find(Name("Петров Илья Сергеевич")).kind == Kind.UNKNOWN


def test_any_letters_are_compared_and_a_line_finds_itself() -> None:
    rng = random.Random(1)
    letters = "абвиоа ёЁАБ-.'’ʼ  abcehIJıßſİ中文ﬀ½оглы кызы ович 😀\u200d\u0301ь"
    for _ in range(300):
        lines = ["".join(rng.choices(letters, k=rng.randint(0, 40))) for _ in range(6)]
        names = NameList.of(enumerate(lines))
        for key, line in enumerate(lines):
            assert key in names.find(Name(line), beside=names).lines or not Name(line).words


def test_plain_russian_is_folded_as_everything_is() -> None:
    for letter in "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя":
        assert Name(letter).words == (fold(letter),)


def test_two_pupils_of_one_name_are_two_lines() -> None:
    names = NameList.of([(1, "Петров Илья"), (2, "Илья Петров"), (3, "Белов Олег")])
    assert names.find(Name("Петров Илья")) == Found(Kind.FOUND, (1, 2), is_sure=True, is_possible=True)


def test_twins_one_letter_apart_are_not_each_others_errors() -> None:
    names = NameList.of([(1, "Галиев Ренат Айратович"), (2, "Галиев Ринат Айратович")])
    assert names.find(Name("Галиев Ренат Айратович")).lines == (1,)
    assert names.find(Name("Галиев Рнат Айратович")).kind == Kind.NEAR


def test_a_surname_that_somebody_here_bears_is_no_error_of_typing() -> None:
    """The harm without it: Ветров, who is in another class, becomes Петров of this one."""
    ilya = NameList.of([(1, "Петров Илья Сергеевич")])
    assert ilya.find(Name("Ветров Илья Сергеевич")).kind == Kind.FOUND
    whole = NameList.of([(1, "Петров Илья Сергеевич"), (2, "Ветров Олег Иванович")])
    assert whole.find(Name("Ветров Илья Сергеевич")).kind == Kind.NEAR
    assert ilya.find(Name("Ветров Илья Сергеевич"), beside=whole).kind == Kind.NEAR


@pytest.mark.parametrize("typed", ["Петров Илья Сергеевич", "Петров Илья", "Петров И. С.", "Petrov Ilya Sergeevich"])
def test_a_name_that_fits_another_list_is_near_and_says_whose(typed: str) -> None:
    beside = NameList.of([*CLASS, (100, "Петров Илья Сергеевич")])
    assert find(typed).kind == Kind.FOUND
    found = find(typed, beside=beside)
    assert (found.kind, found.lines, found.beside) == (Kind.NEAR, (1,), (100,))


def test_a_list_in_latin_letters_is_read_by_sound() -> None:
    names = NameList.of([(1, "Petrov Ilya Sergeevich"), (2, "Иванова Мария Андреевна")])
    assert names.find(Name("Петров Илья Сергеевич")).lines == (1,)
    assert names.find(Name("Иванова Мария Андреевна")).lines == (2,)


def test_a_word_typed_wholly_in_look_alikes_is_russian_beside_russian_words() -> None:
    names = NameList.of([(1, "Сова Роман Петрович")])
    assert names.find(Name("COBA Роман Петрович")).kind == Kind.FOUND


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("юлия", "yuliya iuliia yulia julija iulija"),
        ("евгений", "evgeniy evgenii evgeny yevgeniy"),
        ("дмитрий", "dmitriy dmitry dmitrii dmitri"),
        ("соловьев", "solovev soloviev solovyev solovyov"),
        ("щербаков", "shcherbakov scherbakov"),
        ("хабибуллин", "khabibullin habibullin"),
        ("алексей", "alexey aleksei aleksej"),
        ("цыренов", "tsyrenov cyrenov"),
    ],
)
def test_usual_latin_spellings_sound_as_the_russian_word(russian: str, latin: str) -> None:
    assert {sound(word) for word in latin.split()} == {sound(russian)}


def test_names_of_one_sound_are_rare() -> None:
    assert len({sound(word) for word in ("мария", "марина", "марта", "мира", "майя", "мая", "дарья", "дарина")}) == 7


def test_short_names_and_patronymics() -> None:
    assert are_one_name("саша", "александр")
    assert are_one_name("саша", "александра")
    assert not are_one_name("александр", "александра")
    assert not are_one_name("маша", "даша")
    assert not are_one_name("егор", "георгий")
    assert not are_one_name("алена", "елена")
    assert are_one_name("маринка", "марина")
    assert not are_one_name("маринка", "мария")
    assert are_one_patronymic("данилович", "даниилович")
    assert not are_one_patronymic("сергеевич", "сергеевна")
    assert not are_one_patronymic("егорович", "георгиевич")
    assert "ильич" in patronymics("илья")
    assert "васильевна" in patronymics("василий")


@pytest.mark.parametrize(
    ("typed", "is_possible"), [("Петрв Илья", True), ("Петров Илья Андреевич", False), ("Орлов Денис", False)]
)
def test_a_near_name_is_possible_where_one_line_fits_and_nothing_contradicts(typed: str, is_possible: bool) -> None:
    assert find(typed).kind == Kind.NEAR
    assert find(typed).is_possible == is_possible
