"""Сверка: asking the heads of many organizations, and what each of the three answers does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_appointment, make_municipality, make_organization
from correspondence.models import Letter
from foundation.codes import show_code
from foundation.verbs import WrongStatus
from organizations.journey import reach
from organizations.models import Event, Organization
from organizations.statuses import AdministratorState, Source, Step
from registrations.models import HandoverRequest, HelpRequest, Inquiry, Nominee
from registrations.statuses import HelpStatus, HelpTopic, InquiryAnswer, InquiryChannel, NominatedBy

Enter = Callable[[User], Client]
PERSON = {
    "full_name": "Смирнова Анна Петровна",
    "phone": "8 900 123-45-67",
    "phone_again": "+7 900 123 45 67",
    "email": "anna@example.ru",
    "by_name": "Петрова Ольга Ивановна",
}


def register(school: Organization) -> Organization:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    return school


@pytest.fixture
def inquiry(school: Organization, vera: User) -> Inquiry:
    register(school)
    return Inquiry.objects.ask([school], by=vera).letters[0]


def open_page(inquiry: Inquiry) -> str:
    return reverse("registrations:who", args=[inquiry.token])


def test_who_gets_404(school: Organization, inquiry: Inquiry, marina: User, oleg: User, enter: Enter) -> None:
    page = reverse("registrations:inquiry", args=[school.pk])
    assert enter(oleg).get(page).status_code == 404
    assert "спрашивает координатор" in enter(marina).get(page).content.decode()
    for user in (oleg, marina):
        browser = enter(user)
        assert browser.post(f"{page}send/").status_code == 404
        assert browser.post(f"{page}{inquiry.pk}/withdraw/").status_code == 404
        assert browser.get(f"{page}sheet.pdf").status_code == 404
    stranger = Client()
    assert stranger.get("/who/no-such-token/").status_code == 404
    assert stranger.get(f"/who/{inquiry.token[:-2]}xx/").status_code == 404
    assert stranger.post("/who/no-such-token/mistake/").status_code == 404


def test_organizations_of_other_territories_are_not_asked(
    other_school: Organization, nadia: User, enter: Enter
) -> None:
    register(other_school)
    page = enter(nadia).post("/inquiries/ask/", {"pk": [other_school.pk, "abc", "9" * 30, "\0"]})
    assert page.status_code == 200
    assert not Inquiry.objects.exists()


def test_asking_writes_letters_sheets_and_names_the_skipped(school: Organization, vera: User) -> None:
    without_mail = make_organization(school.municipality, email="")
    not_yet = make_organization(school.municipality)
    for one in (school, without_mail):
        register(one)
    asked = Inquiry.objects.ask([school, without_mail, not_yet], by=vera)
    assert [one.organization for one in asked.letters] == [school]
    assert [one.organization for one in asked.sheets] == [without_mail]
    assert asked.skipped == [not_yet]
    letter = Letter.objects.get()
    assert letter.recipient == school.email
    assert "Департамент образования" in letter.text
    assert "+7 3822 00-00-01" in letter.text
    assert vera.full_name in letter.text
    assert asked.letters[0].token not in letter.text, "the link is signed only when the letter goes"
    assert Event.objects.filter(verb="inquiry.asked").count() == 2


def test_asking_twice_is_one_question(school: Organization, inquiry: Inquiry, vera: User) -> None:
    asked = Inquiry.objects.ask([school], by=vera)
    assert asked.skipped == [school]
    assert Letter.objects.count() == Inquiry.objects.count() == 1


def test_many_cost_the_statements_of_few(region: object, vera: User) -> None:
    schools = [register(make_organization(make_municipality(region))) for _ in range(23)]
    few, many = schools[:3], schools[3:]

    def statements(some: list[Organization]) -> int:
        rows = Organization.objects.filter(pk__in=[one.pk for one in some]).select_related("region")
        with CaptureQueriesContext(connection) as seen:
            Inquiry.objects.ask(rows, by=vera)
        return len(seen)

    assert statements(few) == statements(many), "more rows need more statements only by the database's batch size"


def test_the_page_says_who_asks_and_needs_no_secret(inquiry: Inquiry, vera: User) -> None:
    page = Client().get(open_page(inquiry)).content.decode()
    for words in (
        "Департамент образования",
        vera.full_name,
        "+7\u00a03822\u00a000-00-01",
        "Коды, пароли и паспортные данные",
    ):
        assert words in page
    assert 'type="password"' not in page


def test_looking_answers_nothing(inquiry: Inquiry) -> None:
    for answer in InquiryAnswer.values:
        Client().get(open_page(inquiry), {"answer": answer})
    inquiry.refresh_from_db()
    assert inquiry.is_open


def test_the_same_person_is_confirmed(school: Organization, marina: User, inquiry: Inquiry) -> None:
    browser = Client()
    assert "Демидова Марина Сергеевна" in browser.get(open_page(inquiry)).content.decode()
    browser.post(open_page(inquiry), {"answer": "same_works", "by_name": "Петрова Ольга Ивановна"})
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.CONFIRMED
    assert school.administrator_confirmed_on == timezone.localdate(timezone=school.region.zone)
    assert str(school.registered_phone) == "+79000001427"
    assert Event.objects.get(verb="inquiry.answered").actor == "head"
    page = browser.get(open_page(inquiry)).content.decode()
    assert "Спасибо, ответ записан" in page
    assert "Это ошибка" in page


def test_where_nobody_is_known_the_head_names_the_person(school: Organization, inquiry: Inquiry) -> None:
    browser = Client()
    refused = browser.post(open_page(inquiry), {"answer": "same_works", "by_name": "Петрова Ольга Ивановна"})
    assert refused.status_code == 200
    browser.post(open_page(inquiry), PERSON | {"answer": "same_works"})
    school = Organization.objects.get(pk=school.pk)
    assert school.administrator.full_name == "Смирнова Анна Петровна"
    assert school.administrator.user is not None
    assert str(school.registered_phone) == "+79001234567"
    assert school.administrator_state == AdministratorState.CONFIRMED
    assert Letter.objects.filter(recipient="anna@example.ru").exists(), "a welcome"


def test_a_name_from_the_registry_gets_an_account_only_by_the_heads_word(
    school: Organization, inquiry: Inquiry
) -> None:
    make_appointment(school, user=None, source=Source.REGISTRY)
    school.appointments.update(user=None, full_name="Смирнова Анна Петровна")
    page = Client().get(open_page(inquiry), {"answer": "same_works"}).content.decode()
    assert 'value="Смирнова Анна Петровна"' in page
    Client().post(open_page(inquiry), PERSON | {"answer": "same_works"})
    assert Organization.objects.get(pk=school.pk).administrator.user is not None


def test_different_numbers_are_refused_and_nothing_is_lost(inquiry: Inquiry) -> None:
    page = Client().post(open_page(inquiry), PERSON | {"answer": "same_works", "phone_again": "+7 900 123-45-68"})
    assert page.status_code == 200
    assert "не совпадают" in page.content.decode()
    assert "Смирнова Анна Петровна" in page.content.decode()


def test_who_cannot_sign_in_gets_a_case_with_its_letter_ready(
    school: Organization, marina: User, inquiry: Inquiry
) -> None:
    typed = {"answer": "same_cannot", "by_name": "Петрова Ольга Ивановна", "new_phone": "+7 900 777-66-55"}
    Client().post(open_page(inquiry), typed)
    question = HelpRequest.objects.get()
    assert (question.topic, question.status) == (HelpTopic.NUMBER_CHANGED, HelpStatus.DRAFT)
    assert "+7 900 777-66-55" in question.question
    assert "Демидова Марина Сергеевна" in question.question


def test_a_changed_person_is_nominated_by_the_head(school: Organization, marina: User, inquiry: Inquiry) -> None:
    browser = Client()
    browser.post(open_page(inquiry), PERSON | {"answer": "changed"})
    change = HandoverRequest.objects.get()
    assert change.nominated_by == NominatedBy.HEAD
    assert change.predecessor == "Демидова Марина Сергеевна, +7 900 000-14-27"
    assert school.administrator.user == marina, "the old one keeps the rights until the new one accepts"
    assert "нужно согласие" in browser.get(open_page(inquiry)).content.decode()


def test_not_knowing_is_an_answer(school: Organization, marina: User, inquiry: Inquiry) -> None:
    typed = {"answer": "changed", "is_unknown": "on", "by_name": "Петрова Ольга Ивановна"}
    assert Client().post(open_page(inquiry), typed).status_code == 302
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.UNKNOWN
    assert not HandoverRequest.objects.exists()


def test_a_change_that_is_under_way_is_kept(school: Organization, vera: User, inquiry: Inquiry) -> None:
    nominee = Nominee("Орлова Инна Юрьевна", "+79001112233")
    HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    assert Client().post(open_page(inquiry), PERSON | {"answer": "changed"}).status_code == 302
    assert HandoverRequest.objects.get().nominee_name == "Орлова Инна Юрьевна"


def test_answered_once(inquiry: Inquiry, marina: User) -> None:
    stale = Inquiry.objects.get(pk=inquiry.pk)
    inquiry.answer_same(by_name="Петрова Ольга Ивановна")
    with pytest.raises(WrongStatus, match="уже ответили") as error:
        stale.answer_changed(by_name="Чужая Анна Петровна", nominee=None)
    assert error.value.by_name == "Петрова Ольга Ивановна"
    Client().post(open_page(inquiry), PERSON | {"answer": "changed"})
    inquiry.refresh_from_db()
    assert inquiry.answer == InquiryAnswer.SAME_WORKS


def test_a_mistake_reaches_the_coordinator(
    school: Organization, marina: User, vera: User, inquiry: Inquiry, enter: Enter
) -> None:
    inquiry.answer_same(by_name="Петрова Ольга Ивановна")
    browser = Client()
    page = f"{open_page(inquiry)}mistake/"
    assert browser.post(page, {"words": ""}).status_code == 200
    browser.post(page, {"words": "Отвечала не я"})
    again = browser.post(page, {"words": "Отвечала не я"}, follow=True)
    assert "Координатор с вами свяжется" in again.content.decode()
    told = Letter.objects.get(recipient=vera.email)
    assert "Отвечала не я" not in told.text, "what was written stays behind the sign-in"
    seen = enter(vera).get(reverse("registrations:inquiry", args=[school.pk])).content.decode()
    assert "Отвечала не я" in seen


def test_withdrawn_and_late_links_say_so(inquiry: Inquiry, vera: User) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        late = Client().get(open_page(inquiry))
    assert late.status_code == 410
    assert "Срок ссылки прошёл" in late.content.decode()
    inquiry.withdraw(by=vera)
    over = Client().post(open_page(inquiry), PERSON | {"answer": "changed"})
    assert over.status_code == 410
    assert "отозвали" in over.content.decode()
    with pytest.raises(WrongStatus, match="отозван"):
        inquiry.withdraw(by=vera)


def test_the_code_from_the_sheet_leads_to_the_same_page(school: Organization, inquiry: Inquiry) -> None:
    browser = Client()
    answer = browser.post("/who/", {"inn": school.inn, "code": show_code(inquiry.paper_code).lower()})
    assert answer.status_code == 302
    assert browser.get(answer.url).status_code == 200
    wrong = browser.post("/who/", {"inn": school.inn, "code": "ABCD-EFGH-JKMN"})
    assert "Такой пары ИНН и кода нет" in wrong.content.decode()


def test_guessing_codes_is_stopped(school: Organization, inquiry: Inquiry) -> None:
    browser = Client()
    answers = [browser.post("/who/", {"inn": school.inn, "code": "ABCD-EFGH-JKMN"}).status_code for _ in range(21)]
    assert answers[-1] == 429
    right = browser.post("/who/", {"inn": school.inn, "code": inquiry.paper_code})
    assert right.status_code == 429, "even the right code waits"


def test_the_same_question_can_be_sent_again_the_next_day(school: Organization, inquiry: Inquiry, vera: User) -> None:
    with pytest.raises(WrongStatus, match="завтра"):
        inquiry.send_again(by=vera)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        first, second = Inquiry.objects.get(), Inquiry.objects.get()
        first.send_again(by=vera)
        with pytest.raises(WrongStatus):
            second.send_again(by=vera)
    assert Letter.objects.count() == 2


def test_an_answer_heard_by_telephone(school: Organization, marina: User, vera: User, enter: Enter) -> None:
    register(school)
    browser = enter(vera)
    page = reverse("registrations:inquiry", args=[school.pk])
    assert "Записать ответ" in browser.get(page, {"answer": "same_works"}).content.decode()
    browser.post(f"{page}answer/", {"answer": "same_works", "by_name": "Петрова Ольга Ивановна"})
    inquiry = Inquiry.objects.get()
    assert (inquiry.channel, inquiry.recorded_by, inquiry.answer) == (
        InquiryChannel.CALL,
        vera,
        InquiryAnswer.SAME_WORKS,
    )
    school.refresh_from_db()
    assert school.administrator_state == AdministratorState.CONFIRMED


def test_a_telephone_answer_closes_the_question_asked_in_writing(
    school: Organization, marina: User, vera: User, inquiry: Inquiry, enter: Enter
) -> None:
    page = reverse("registrations:inquiry", args=[school.pk])
    enter(vera).post(f"{page}answer/", {"answer": "same_works", "by_name": "Петрова Ольга Ивановна"})
    assert Inquiry.objects.get().answer == InquiryAnswer.SAME_WORKS


def test_sheets_are_one_page_an_organization(school: Organization, vera: User, enter: Enter) -> None:
    others = [make_organization(school.municipality, email="") for _ in range(3)]
    asked = Inquiry.objects.ask([register(one) for one in others], by=vera)
    pdf = enter(vera).get("/inquiries/sheets.pdf", {"batch": asked.batch})
    assert pdf["Content-Type"] == "application/pdf"
    assert (
        pdf.content.count(b"/Type/Page\n") + pdf.content.count(b"/Type/Page/") + pdf.content.count(b"/Type/Page ") == 3
    )


def test_nobody_prints_sheets_of_another_territory(
    other_school: Organization, vera: User, nadia: User, enter: Enter
) -> None:
    Organization.objects.filter(pk=other_school.pk).update(email="")
    other_school.refresh_from_db()
    asked = Inquiry.objects.ask([register(other_school)], by=vera)
    assert len(asked.sheets) == 1
    assert enter(nadia).get("/inquiries/sheets.pdf", {"batch": asked.batch}).status_code == 302
    assert enter(nadia).get("/inquiries/sheets.pdf", {"batch": "x\0"}).status_code == 302


def test_the_page_costs_the_same_with_a_long_history(school: Organization, vera: User, enter: Enter) -> None:
    register(school)
    browser = enter(vera)
    page = reverse("registrations:inquiry", args=[school.pk])
    Inquiry.objects.ask([school], by=vera).letters[0].withdraw(by=vera)
    browser.get(page)
    with CaptureQueriesContext(connection) as few:
        browser.get(page)
    for _ in range(20):
        Inquiry.objects.ask([school], by=vera).letters[0].withdraw(by=vera)
    with CaptureQueriesContext(connection) as many:
        browser.get(page)
    assert len(many) == len(few)
