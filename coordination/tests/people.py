"""The people of the road, each with the verbs of their own pages; every verb ends by seeing that it worked."""

import subprocess
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect
from python_calamine import load_workbook
from pyzbar.pyzbar import decode
from xlsxwriter import Workbook

from coordination.tests.browser import Person

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
    set_password(person)


def set_password(person: Person) -> None:
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

    def begins(self, name: str, email: str) -> None:
        """An empty portal: the region, its first coordinator, her password."""
        self.open("/")
        self.sees_heading("Портал запущен, в нём ещё ничего нет")
        self.look("first-run")
        self.follow("Начать с настоящими данными")
        self.choose("Регион", "70 – Томская область")
        self.write({"Фамилия, имя, отчество координатора": name, "Почта координатора": email})
        self.look()
        self.press("Начать")
        set_password(self)
        self.sees("В списке пока нет организаций")
        self.look()

    def describes_region(self) -> None:
        self.follow("Заполнить сведения о регионе")
        self.write(
            {
                "Орган управления образованием": "Департамент образования Томской области",
                "Городской телефон": "(3822) 51-25-30",
                "Почта менеджера": "manager@sferum.example",
            }
        )
        self.look()
        self.press("Сохранить")
        self.sees("Сведения о регионе сохранены")

    def loads(self, file: Path) -> None:
        self.follow("Загрузить реестр")
        self.look("import")
        self.press("Прочитать файл")
        self.sees("Выберите файл")
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("Прочитать файл")
        self.sees("Добавится 3, изменится 0")
        self.look("import-preview")
        self.press("Загрузить: 3 организации")
        self.sees("загружен", "Добавлено")
        self.look()

    def invites(self, name: str, email: str, municipality: str) -> None:
        self.open("/coordinators/")
        self.follow("Пригласить")
        self.write({"Фамилия, имя и отчество": name, "Электронная почта": email})
        self.choose("Муниципалитет", municipality)
        self.press("Пригласить", "main")
        self.sees("Приглашение поставлено в очередь", municipality)
        self.look("coordinators")

    def leaves(self) -> None:
        self.page.locator("details.menu summary").first.click()
        self.press("Выйти")
        self.sees("Вы вышли из портала")

    def page_of(self, words: str) -> str:
        """The address of the one organization that the search finds."""
        self.open("/organizations/")
        self.write({"Поиск": words})
        self.press("Показать")
        self.sees("найдено: 1")
        self.page.locator("a.two-lines").first.click()
        self.page.wait_for_url("**/organizations/*/")
        return self.path

    def asks_heads(self) -> None:
        """Сверка, from the figure on the desk to the letters."""
        self.open("/dashboard/")
        self.look()
        self.follow("Сверка: кто отвечает")
        self.sees("МБОУ «СОШ № 3»", "МБДОУ «Родничок»")
        self.page.locator("[data-bulk-item]").nth(0).check()
        self.page.locator("[data-bulk-item]").nth(1).check()
        self.sees("Выбрано 2 строки")
        self.look()
        self.press("Спросить, кто отвечает за Сферум")
        self.sees("2 руководителей")
        self.look()
        self.press("Отправить вопрос")
        self.sees_heading("Спросили")
        self.look()
        assert "Родничок" in text_of(self.download("Напечатать 1"))

    def writes_to_head(self, organization: str) -> None:
        self.open(organization)
        self.sees("Сейчас ход за: руководитель", "Назначить администратора")
        self.takes_next_step()
        self.look()
        self.press("Письмо руководителю")
        self.sees("gymnasium1@edu.example")

    def sees_handover(self, organization: str) -> None:
        """Two facts: in the portal since today, at Sferum when the manager has answered."""
        self.open(f"{organization}handover/")
        self.sees("Сидорова Нина Павловна", "действует с", "ждём менеджера")
        self.look("handover")
        self.tick("Права переданы новому администратору")
        self.press("Записать ответ")
        self.sees("права в Сферуме переданы")
        self.look()

    def reads_report(self) -> dict[str, list[list[object]]]:
        """«Справка на сегодня»: rows of each sheet."""
        self.open("/dashboard/")
        book = load_workbook(BytesIO(self.download("Справка на сегодня")))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    def reached(self, step: str) -> int:
        """The figure of one step in the funnel."""
        self.open("/dashboard/")
        bar = self.page.locator(".bar").filter(has_text=step).first
        return int(bar.locator("a").nth(1).inner_text())


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
        self.types_phone("8 913 800 00 04")
        self.look()
        self.press("Отправить ответ")
        self.sees("Спасибо, ответ записан", "Теперь нужно согласие")
        self.look()

    def types_phone(self, number: str) -> None:
        self.page.locator("input[name=phone]").fill(number)
        self.page.locator("input[name=phone_again]").fill(number)

    def appoints(self, link: str) -> None:
        self.open(link)
        self.look("appoint")
        self.write({"Фамилия, имя и отчество": "Демидова Марина Сергеевна", "Должность": "заместитель директора"})
        self.types_phone("(3822) 51-00-01")
        self.press("Назначить администратора")
        self.sees("мобильный")
        self.look()
        self.types_phone("+7 913 800-00-01")
        self.write({"Электронная почта": "demidova@mail.example"})
        self.press("Назначить администратора")
        self.sees("Администратор назначен")
        self.look()
        assert "Демидов" in text_of(self.download("Приказ для печати"))
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
        self.look()


class Administrator(Person):
    """Марина. `school` is the address of her organization's page."""

    school: str

    def writes_to_support(self) -> None:
        self.open(self.school)
        self.look("organization-new")
        self.takes_next_step()
        self.sees("Письмо уйдёт в точности так", "Демидова Марина Сергеевна", "+7 913 800-00-01")
        self.press("Отправить письмо в Сферум")
        self.sees("Без вашего подтверждения письмо не уйдёт")
        self.tick("Подтверждаю: мои имя и номер телефона уйдут в Сферум")
        self.look("registration-letter")
        self.press("Отправить письмо в Сферум")
        self.sees("Письмо в Сферум поставлено в очередь")
        self.page.evaluate("window.same = true")
        expect(self.page.locator("#case-status")).to_contain_text("доставлено серверу")
        assert self.page.evaluate("window.same"), "the words changed by themselves, without a reload"
        self.look("registration")

    def records_answer(self) -> None:
        self.tick("Организация зарегистрирована")
        self.press("Записать ответ")
        self.sees("Записано: организация зарегистрирована")
        self.look()

    def signs_in_at_sferum(self) -> None:
        self.open(self.school)
        self.takes_next_step()
        self.sees("+7 913 800-00-01", "С любым другим номером права администратора не появятся")
        self.look("first-entry")
        self.follow("Код не приходит")
        self.sees("проверьте по порядку")
        self.look()
        self.press("Школа на месте")

    def makes_classes(self) -> None:
        self.open(self.school)
        self.takes_next_step()
        for cell in ("1|А", "5|А", "5|Б"):
            self.page.locator(f"input[value='{cell}']").check()
        self.look("classes")
        self.press("Добавить классы")
        self.sees("учебного года: 3")
        self.look()

    def issues_links(self) -> dict[str, str]:
        """Addresses of class 5А by role, as a telephone reads them from the posters."""
        self.open(self.school)
        self.takes_next_step()
        self.follow("Выпустить ссылки")
        for box in self.page.locator("input[name=classes], input[name=roles]").all():
            box.check()
        self.look()
        self.press("Выпустить", "main")
        self.look("invitations")
        row = self.page.locator("tbody tr").filter(has_text="5 «А»")
        pages = [str(link.get_attribute("href")) for link in row.locator("td a").all()]
        return dict(map(self._poster, pages))

    def _poster(self, page: str) -> tuple[str, str]:
        self.open(page)
        self.page.locator("main .btn-list").get_by_role("link", name="Ссылка Сферума").click()
        self.write({"Ссылка на класс из Сферума": CHAT_LINK})
        self.press("Сохранить")
        self.sees(CHAT_LINK)
        self.look("invitation")
        poster = self.download("Плакат (PDF)")
        role = "teacher" if self.page.get_by_role("heading", name="учитель").count() else "pupil"
        return role, address_on(poster)

    def requests(self) -> None:
        self.open(f"{self.school}requests/?status=pending")

    def row(self, name: str) -> Locator:
        return self.page.locator("tbody tr").filter(has_text=name)

    def accepts_teacher(self, name: str) -> None:
        self.requests()
        self.look("requests")
        self.row(name).get_by_role("button", name="Принять").click()
        self.sees("Вы лично знаете этого сотрудника?")
        self.look()
        self.press("Да, знаю. Принять")
        self.sees("Принято заявок: 1")

    def accepts(self, *names: str) -> None:
        self.requests()
        for name in names:
            self.row(name).locator("[data-bulk-item]").check()
        self.press("Принять отмеченные")
        self.press("Принять", "main")
        self.sees(f"Принято заявок: {len(names)}")

    def rejects(self, name: str) -> None:
        self.requests()
        self.row(name).get_by_role("button", name="Отклонить").click()
        self.sees("Отклонить 1 заявку, 5 «А»?")
        self.press("Отклонить", "main")
        self.sees("Обязательное поле")
        self.choose("Причина", "такого человека нет в списке класса")
        self.look()
        self.press("Отклонить", "main")
        self.sees("Отклонено заявок: 1")

    def ticks(self, *names: str) -> None:
        self.requests()
        self.follow("Проверены – примите в Сферуме")
        self.look("tick-list")
        for name in names:
            self.tick(name)
        self.press("Отмеченные приняты в Сферуме")
        self.sees(f"Отмечено принятых в Сферуме: {len(names)}")

    def moves_chats(self) -> None:
        self.open(f"{self.school}chats/")
        self.look()
        self.press("По одному на класс")
        self.page.locator("[data-bulk-all]").check()
        self.press("Перенесены", ".bulkbar")
        self.look()
        self.press("Записать перенос", "main")
        self.sees("Этап «Чаты перенесены» завершён")
        self.look("chats")

    def asks_support(self) -> str:
        """The number of the question."""
        self.open(f"{self.school}help/")
        self.follow("Другое", "main")
        self.write({"Текст письма": "Добрый день! Можно ли зарегистрировать второй корпус?"})
        self.look()
        self.press("Отправить письмо", "main")
        expect(self.page.locator("#case-status")).to_contain_text("доставлено серверу")
        self.look()
        return str(self.page.locator("#case-status .ball").inner_text()).split()[0]

    def prints_memo(self) -> str:
        self.open(self.school)
        self.look("organization")
        return text_of(self.download("Памятка преемнику"))


class Visitor(Person):
    """A parent or a teacher on a phone: no account, a receipt for every request."""

    def files_for_child(self, parent: str, child: str, email: str = "") -> str:
        """The address of the receipt."""
        self.sees("Заявка – ещё не вступление в класс")
        self.page.locator("input[name=applicant_name]").fill(parent)
        self.page.locator("input[name=full_name]").fill(child)
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=is_representative]").check()
        return self._files()

    def files_as_teacher(self, name: str, phone: str) -> str:
        self.page.locator("input[name=full_name]").fill(name)
        self.page.locator("input[name=phone]").fill(phone)
        return self._files()

    def _files(self) -> str:
        self.page.locator("input[name=consent]").check()
        self.press("Подать заявку")
        self.sees("Сохраните номер", "Ждёт решения школы")
        return self.page.url
