"""The school's administrator, and the visitors of its links."""

from playwright.sync_api import Locator, expect

from coordination.tests.browser import Person
from coordination.tests.papers_of_the_road import address_on, text_of

CHAT_LINK = "https://sferum.ru/?p=join&code=5a"


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
        self.sees("Письмо поставлено в очередь")
        self.page.evaluate("window.same = true")
        expect(self.page.locator("#case-status")).to_contain_text("доставлено серверу")
        assert self.page.evaluate("window.same"), "the words changed by themselves, without a reload"
        self.look("registration")

    def reads_answer(self) -> None:
        """It comes onto the open page by itself; one button says what is in it."""
        self.sees("Что ответили?", "Организация зарегистрирована, можно входить.")
        self.look("answer")
        self.press("Организация зарегистрирована")
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
        self.look()
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
        self.press("Принять", ".bulkbar")
        self.press("Принять", "main")
        self.sees(f"Принято заявок: {len(names)}")

    def rejects(self, name: str) -> None:
        self.requests()
        self.row(name).get_by_role("button", name="Отклонить").click()
        self.press("Отклонить", "dialog")
        self.sees("Обязательное поле")
        self.page.locator("dialog").get_by_label("такого человека нет в списке класса").check()
        self.look()
        self.press("Отклонить", "dialog")
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
        self.look()
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
