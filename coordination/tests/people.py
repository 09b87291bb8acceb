"""Coordinator and head, each with the verbs of their own pages; every verb ends by seeing that it worked."""

from io import BytesIO
from pathlib import Path

from python_calamine import load_workbook

from coordination.tests.browser import Person, set_password
from coordination.tests.papers_of_the_road import text_of


class Coordinator(Person):
    """Вера."""

    def begins(self, name: str, email: str) -> None:
        """An empty portal: the region, its first coordinator, her password."""
        self.open("/")
        self.sees_heading("Портал запущен, в нём ещё ничего нет")
        self.look()
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
        self.look()
        self.press("Прочитать файл")
        self.sees("Выберите файл")
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("Прочитать файл")
        self.sees("Правильно ли поняты столбцы?")
        self.look()
        self.press("Показать, что изменится")
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
        self.look()

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

    def sorts(self, subject: str) -> None:
        """A letter that names no case: its candidate is the school whose number it names."""
        self.open("/dashboard/")
        self.page.locator("a[href='/letters/inbox/']").first.click()
        self.look()
        self.follow(subject)
        self.sees("К какому обращению оно относится?", "Назван ИНН")
        self.look("inbox-letter")
        self.press("Отнести к СМЕНА-")
        self.sees("Письмо отнесено к обращению", "Что ответили?")
        self.press("Права переданы новому администратору")
        self.sees("права в Сферуме переданы")
        self.look()

    def reads_report(self) -> dict[str, list[list[object]]]:
        """«Справка на дату»: rows of each sheet."""
        self.open("/dashboard/")
        self.follow("Справка на дату")
        self.look()
        with self.page.expect_download() as given:
            self.press("Таблица (XLSX)")
        book = load_workbook(BytesIO(given.value.path().read_bytes()))
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
