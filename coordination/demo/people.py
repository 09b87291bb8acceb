"""Invented people: no family name, phone or address here belongs to anybody."""

from itertools import count
from random import Random


def words(text: str) -> list[str]:
    return text.split()


_FAMILY_NAMES = words(
    "Авдеев Беляков Власов Горбунов Дементьев Ершов Журавлёв Зимин Исаков Калинин Лапин Макеев Назаров Овчинников "
    "Панфилов Родионов Селезнёв Тихонов Уваров Фомин Ходырев Цветков Черкасов Шубин Щукин Юдин Яшин Воробьёв Кочетов "
    "Литвинов Муравьёв Носков Пономарёв Рябов Суслов Третьяков Филатов Худяков Чижов Ширяев"
)
_WOMEN = words(
    "Алёна Анна Вера Виктория Галина Дарья Екатерина Елена Жанна Ирина Ксения Лариса Людмила Мария Наталья Нина "
    "Оксана Ольга Полина Римма Светлана Татьяна Юлия"
)
_MEN = words("Алексей Андрей Борис Виктор Глеб Денис Евгений Игорь Кирилл Максим Николай Павел Пётр Роман Семён Фёдор")
# Patronymics without their ending: -на or -ич.
_FATHERS = words(
    "Александров Алексеев Андреев Борисов Валентинов Викторов Владимиров Геннадьев Дмитриев Евгеньев Иванов Леонидов "
    "Михайлов Николаев Олегов Павлов Петров Сергеев Степанов Фёдоров Юрьев"
)
_GIRLS = words("Алиса Арина Варвара Василиса Вероника Дарья Ева Злата Кира Милана Полина София Таисия Ульяна")
_BOYS = words("Артём Богдан Гордей Даниил Егор Захар Илья Лев Макар Матвей Мирон Тимофей Савелий Ярослав")


class People:
    """Names and numbers, the same ones in the same order for the same random source."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._phones = count(1500)
        self._landlines = count(1)

    def adult(self, women_of_ten: int = 8) -> str:
        is_woman = self.random.randrange(10) < women_of_ten
        first = self.random.choice(_WOMEN if is_woman else _MEN)
        return f"{self.family(is_woman)} {first} {self.patronymic(is_woman)}"

    def parent_and_child(self) -> tuple[str, str]:
        """A mother or father and a child of the same family name."""
        family = self.random.choice(_FAMILY_NAMES)
        parent_is_woman, child_is_girl = self.random.randrange(10) < 8, self.random.random() < 0.5
        parent = self.random.choice(_WOMEN if parent_is_woman else _MEN)
        child = self.random.choice(_GIRLS if child_is_girl else _BOYS)
        return (
            f"{_ended(family, parent_is_woman)} {parent} {self.patronymic(parent_is_woman)}",
            f"{_ended(family, child_is_girl)} {child} {self.patronymic(child_is_girl)}",
        )

    def family(self, is_woman: bool) -> str:
        return _ended(self.random.choice(_FAMILY_NAMES), is_woman)

    def patronymic(self, is_woman: bool) -> str:
        return self.random.choice(_FATHERS) + ("на" if is_woman else "ич")

    def mobile(self) -> str:
        return f"+7900000{next(self._phones):04d}"

    def landline(self) -> str:
        number = next(self._landlines)
        return f"8 (3822) 00-{number // 100:02d}-{number % 100:02d}"


def _ended(family: str, is_woman: bool) -> str:
    return family + "а" if is_woman else family
