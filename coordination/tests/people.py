"""The people of the road, each with the verbs of their own pages; every verb ends by seeing that it worked."""

import subprocess
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import expect
from pyzbar.pyzbar import decode
from xlsxwriter import Workbook

from coordination.tests.browser import Mail, Person

PASSWORD = "верба-ручей-2041"
CHAT_LINK = "https://sferum.ru/?p=join&code=5a"
TITLES = [
    "Муниципалитет",
    "Полное наименование",
    "Краткое наименование",
    "ИНН",
    "КПП",
    "Электронная почта",
    "Руководитель",
    "Зарегистрирована в Сферуме",
    "Администратор",
    "Телефон администратора",
]
OLD_SCHOOL = [
    "Асиновский район",
    "Муниципальное бюджетное общеобразовательное учреждение «Средняя общеобразовательная школа № 3»",
    "МБОУ «СОШ № 3»",
    "7002010007",
    "700201001",
    "school3@edu.example",
    "Петрова Ольга Ивановна",
    "14.09.2021",
    "Сидорова Нина Павловна",
    "+7 913 800-00-03",
]
NEW_SCHOOL = [
    "Верхнекетский район",
    "Муниципальное автономное общеобразовательное учреждение «Гимназия № 1»",
    "МАОУ «Гимназия № 1»",
    "7004010002",
    "700401001",
    "gymnasium1@edu.example",
    "Громов Игорь Львович",
    "",
    "",
    "",
]
KINDERGARTEN = [
    "Верхнекетский район",
    "Муниципальное бюджетное дошкольное образовательное учреждение детский сад «Родничок»",
    "МБДОУ «Родничок»",
    "7004010010",
    "700401001",
    "",
    "Лукина Вера Олеговна",
    "2022-10-03",
    "",
    "",
]


def registry(path: Path) -> Path:
    with Workbook(path) as book:
        sheet = book.add_worksheet("Реестр")
        for number, row in enumerate([TITLES, OLD_SCHOOL, NEW_SCHOOL, KINDERGARTEN]):
            sheet.write_row(number, 0, row)
    return path


def enter_first_time(person: Person, link: str) -> None:
    """The link of a welcome letter: a password of one's own, and in."""
    person.open(link)
    person.sees("Пароль от Сферума или Госуслуг здесь не нужен")
    person.look()
    person.write({"Пароль": PASSWORD})
    person.page.locator("input[type=password]").nth(1).fill(PASSWORD)
    person.press("Сохранить пароль и войти")


def sign_in(person: Person, login: str) -> None:
    person.open("/accounts/login/")
    person.look()
    person.page.locator("input[name=login]").fill(login)
    person.page.locator("input[name=password]").fill(PASSWORD)
    person.press("Войти", "main")


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode()


def address_on(poster: bytes) -> str:
    """What a telephone reads from the printed QR code."""
    png = subprocess.run(["pdftoppm", "-png", "-r", "100", "-singlefile"], input=poster, capture_output=True, check=True)
    return str(decode(Image.open(BytesIO(png.stdout)))[0].data.decode())


class Coordinator(Person):
    """Вера."""

    def loads(self, file: Path) -> None:
        self.follow("Загрузить реестр")
        self.look("import")
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("Прочитать файл")
        self.sees("Добавится 3, изменится 0")
        self.look("import-preview")
        self.press("Загрузить: 3 организации")
        self.sees("реестр.xlsx» загружен")
        self.look()

    def finds(self, words: str) -> None:
        self.open("/organizations/")
        self.write({"Поиск": words})
        self.press("Показать")
        self.sees("найдено: 1")

    def opens_page_of(self, words: str) -> str:
        """The path of the organization that the search finds."""
        self.finds(words)
        self.page.locator("a.two-lines").first.click()
        return self.path

    def asks_heads(self) -> None:
        """Сверка, from the figure on the desk to the letters."""
        self.open("/dashboard/")
        self.follow("Сверка: кто отвечает")
        self.sees("МБОУ «СОШ № 3»", "МБДОУ «Родничок»")
        self.page.locator("[data-bulk-item]").nth(0).check()
        self.page.locator("[data-bulk-item]").nth(1).check()
        self.sees("Выбрано 2 строки")
        self.press("Спросить, кто отвечает за Сферум")
        self.sees("Спросить 2 руководителей")
        self.look()
        self.press("Отправить вопрос")
        self.look()

    def writes_to_head(self, organization: str) -> None:
        self.open(organization)
        self.sees("Сейчас ход за: руководитель", "Назначить администратора")
        self.follow("Перейти")
        self.look("appointments")
        self.press("Письмо руководителю")
        self.sees("gymnasium1@edu.example")

    def hands_over(self, organization: str) -> None:
        """Two facts: in the portal since today, at Sferum when the manager has answered."""
        self.open(f"{organization}handover/")
        self.sees("действует с", "менеджеру ещё не написали")
        self.press("Отправить письмо менеджеру")
        self.sees("ждём менеджера")
        self.look("handover")
        self.tick("Права переданы новому администратору")
        self.press("Записать ответ")
        self.sees("права в Сферуме переданы")


class Head(Person):
    """Answers by the links of letters, without an account."""

    def says_who_changed(self, link: str) -> None:
        self.open(link)
        self.sees("Кто сейчас отвечает за Сферум?", "Коды, пароли и паспортные данные")
        self.look("who")
        self.follow("Человек сменился")
        self.press("Отправить ответ")
        self.sees("Обязательное поле")
        self.write({"Фамилия, имя и отчество": "Белова Светлана Игоревна", "Электронная почта": "belova@mail.example"})
        self.page.locator("input[name=phone]").fill("8 913 800 00 04")
        self.page.locator("input[name=phone_again]").fill("+7(913)8000004")
        self.look()
        self.press("Отправить ответ")
        self.sees("Спасибо, ответ записан", "Теперь нужно согласие")
        self.look()

    def appoints(self, link: str) -> None:
        self.open(link)
        self.look("appoint")
        self.write({"Фамилия, имя и отчество": "Демидова Марина Сергеевна", "Должность": "заместитель директора"})
        self.page.locator("input[name=phone]").fill("(3822) 51-00-01")
        self.page.locator("input[name=phone_again]").fill("(3822) 51-00-01")
        self.press("Назначить администратора")
        self.sees("мобильный")
        self.page.locator("input[name=phone]").fill("+7 913 800-00-01")
        self.page.locator("input[name=phone_again]").fill("+7 913 800-00-01")
        self.write({"Электронная почта": "demidova@mail.example"})
        self.press("Назначить администратора")
        self.sees("Администратор назначен")
        self.look()
        order = text_of(self.download("Приказ для печати"))
        assert "Демидов" in order
        self.write({"Номер приказа": "17-О", "Дата приказа": "2026-11-20"})
        self.press("Записать номер и дату")
        self.sees("Приказ № 17-О")

    def agrees(self, link: str) -> None:
        self.open(link)
        self.sees("Вам предлагают отвечать за Сферум")
        self.look()
        self.page.locator("input[type=checkbox]").check()
        self.press("Согласиться")
        self.sees("Согласие записано", "действует с")


class Administrator(Person):
    """Марина. `school` is the address of her organization's page."""

    school: str

    def registers(self, mail: Mail) -> None:
        self.open(self.school)
        self.follow("Перейти")
        self.sees("Письмо уйдёт в точности так", "Демидова Марина Сергеевна", "+7 913 800-00-01")
        self.press("Отправить письмо в Сферум")
        self.sees("Без вашего подтверждения письмо не уйдёт")
        self.tick("Подтверждаю: мои имя и номер телефона уйдут в Сферум")
        self.look("registration-letter")
        self.press("Отправить письмо в Сферум")
        self.page.evaluate("window.same = true")
        expect(self.page.locator("#case-status")).to_contain_text("отправлено")
        assert self.page.evaluate("window.same")  # the words changed by themselves
        self.look("registration")
        assert "РЕГ-" in mail.to("info@sferum.ru")[0]
        self.tick("Организация зарегистрирована")
        self.press("Записать ответ")
        self.sees("Записано: организация зарегистрирована")

    def signs_in_at_sferum(self) -> None:
        self.open(self.school)
        self.follow("Перейти")
        self.sees("+7 913 800-00-01", "С любым другим номером права администратора не появятся")
        self.look("first-entry")
        self.follow("Код не приходит")
        self.sees("проверьте по порядку")
        self.look()
        self.press("Школа на месте")

    def makes_classes(self) -> None:
        self.open(f"{self.school}classes/")
        for cell in ("1|А", "5|А", "5|Б"):
            self.page.locator(f"input[value='{cell}']").check()
        self.look("classes")
        self.press("Добавить классы")
        self.sees("3", "5А")

    def issues_links(self) -> dict[str, str]:
        """Addresses by role, of class 5А; the pupils' one is read from the poster by its QR code."""
        self.open(f"{self.school}invitations/")
        self.follow("Выпустить ссылки")
        for box in self.page.locator("input[name=classes], input[name=roles]").all():
            box.check()
        self.look()
        self.press("Выпустить")
        self.look("invitations")
        found = {}
        row = self.page.locator("tbody tr").filter(has_text="5А")
        for link in row.locator("td a").all():
            self.window.new_page()
            found[str(link.get_attribute("href"))] = link.inner_text()
        return {role: self._link(path) for path, role in zip(found, self._roles(), strict=True)}

    def _roles(self) -> list[str]:
        return [str(title) for title in self.page.locator("thead th").all_inner_texts()[1:]]

    def _link(self, path: str) -> str:
        self.open(path)
        self.follow("Ссылка Сферума", "main .btn-list")
        self.write({"Ссылка на класс из Сферума": CHAT_LINK})
        self.press("Сохранить")
        self.look("invitation")
        address = address_on(self.download("Плакат (PDF)"))
        assert urlsplit(address).path.startswith("/j/")
        return address

    def requests_of(self, status: str = "pending") -> None:
        self.open(f"{self.school}requests/?status={status}")
