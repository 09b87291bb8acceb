"""The pages of the lists: the ground first, then a file or a paste, its preview and the confirmation; names are looked
at by the school alone, and every look is written down.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from conftest import make_appointment, make_class
from invitations.models import Destruction, ExpectedMember, ListDraft, ListGround, ListMatch
from invitations.statuses import RequestStatus, Role
from invitations.tests.builders import in_days, make_ground, make_invitation, make_request
from organizations.models import Event, Organization, SchoolClass

pytestmark = pytest.mark.django_db
Enter = Callable[[User], Client]
ILYA, ANNA, GLEB = "Петров Илья Сергеевич", "Смирнова Анна Львовна", "Орлов Глеб Игоревич"


@pytest.fixture
def seven(school: Organization) -> SchoolClass:
    return make_class(school)


@pytest.fixture
def desk(school: Organization, marina: User, enter: Enter) -> Client:
    """Marina's browser; lists are on."""
    make_ground(school, marina)
    return enter(marina)


def lists(organization: Organization, tail: str = "") -> str:
    return f"/organizations/{organization.pk}/expected/{tail}"


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def send(client: Client, organization: Organization, whose: str, content: str | bytes, **more: Any) -> HttpResponse:
    given = {"text": content} if isinstance(content, str) else {"file": SimpleUploadedFile("список.csv", content)}
    return client.post(lists(organization, "upload/"), {"whose": whose, **given}, follow=True, **more)  # type: ignore[return-value]


def confirm(client: Client, page: HttpResponse, **more: str) -> HttpResponse:
    draft = ListDraft.objects.get(saved_at=None)
    fields = {"fingerprint": page.context["form"].initial["fingerprint"], **more}  # type: ignore[attr-defined]
    return client.post(lists(draft.organization, f"upload/{draft.pk}/confirm/"), fields, follow=True)  # type: ignore[return-value]


def save(school_class: SchoolClass, names: list[str], by: User) -> None:
    ExpectedMember.objects.save_list(school_class.organization, school_class, Role.PUPIL, names, by=by)


@pytest.mark.parametrize("who", ["oleg", "vera", "nadia", "igor"])
@pytest.mark.parametrize("tail", ["", "ground/", "upload/", "staff/", "{class_pk}/pupil/", "upload/{draft_pk}/"])
def test_strangers_coordinators_and_staff_get_404(
    seven: SchoolClass, desk: Client, marina: User, enter: Enter, who: str, tail: str, request: pytest.FixtureRequest
) -> None:
    send(desk, seven.organization, f"pupil-{seven.pk}", ILYA)
    address = lists(seven.organization, tail.format(class_pk=seven.pk, draft_pk=ListDraft.objects.get().pk))
    assert desk.get(address).status_code == 200
    assert enter(request.getfixturevalue(who)).get(address).status_code == 404


def test_a_deputy_sees_the_lists_but_not_anothers_draft(
    seven: SchoolClass, desk: Client, enter: Enter, oleg: User
) -> None:
    make_appointment(seven.organization, oleg, role="deputy", until=in_days(5))
    send(desk, seven.organization, f"pupil-{seven.pk}", ILYA)
    colleague = enter(oleg)
    assert colleague.get(lists(seven.organization)).status_code == 200
    assert colleague.get(lists(seven.organization, f"upload/{ListDraft.objects.get().pk}/")).status_code == 404


def test_lists_are_off_until_the_ground_is_recorded(school: Organization, marina: User, enter: Enter) -> None:
    browser = enter(marina)
    assert "Списки выключены" in text(browser.get(lists(school)))
    answer = browser.get(lists(school, "upload/"))
    assert answer["Location"] == lists(school, "ground/")
    page = text(browser.get(lists(school, "ground/")))
    assert "Поручение на обработку персональных данных" in page
    fields = {"document": "Приказ", "number": "12-о", "dated_on": in_days(-1), "wave_ends_on": in_days(20)}
    page = text(browser.post(lists(school, "ground/"), fields, follow=True))
    assert "Приказ № 12-о" in page
    assert ListGround.objects.get().wave_ends_on == in_days(20)
    assert Event.objects.get(verb="expected.ground-recorded").by == marina


@pytest.mark.usefixtures("day_of_the_cast")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("dated_on", 1, "ещё не наступил"),
        ("wave_ends_on", -1, "не раньше сегодняшнего"),
        ("wave_ends_on", 400, "не позже чем через год"),
    ],
)
def test_days_of_the_ground_are_checked_at_their_field(
    school: Organization, marina: User, enter: Enter, field: str, value: int, words: str
) -> None:
    fields = {"document": "Приказ", "number": "12-о", "dated_on": in_days(-1), "wave_ends_on": in_days(20)}
    page = text(enter(marina).post(lists(school, "ground/"), fields | {field: in_days(value)}))
    assert words in page
    assert "12-о" in page, "nothing typed is lost"
    assert not ListGround.objects.exists()


def test_paste_preview_confirm(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA, GLEB], marina)
    page = send(desk, seven.organization, f"pupil-{seven.pk}", f"1. {ILYA}\n2. {ANNA}\n3. Сидоров")
    shown = text(page)
    assert "Добавится 1\xa0имя, уйдёт 1\xa0имя" in shown
    assert f"<ins>{ANNA}</ins>" in shown
    assert f"<del>{GLEB}</del>" in shown
    assert "Не приняты: 1" in shown
    assert "Сидоров" in shown
    assert ExpectedMember.objects.filter(full_name=GLEB).exists(), "nothing is written before the confirmation"
    assert "Добавлено: 1, убрано: 1" in text(confirm(desk, page))
    assert list(ExpectedMember.objects.values_list("full_name", flat=True)) == [ILYA, ANNA]
    assert ListDraft.objects.get().lines == []


def test_a_second_click_on_the_confirmation_says_that_it_is_saved(seven: SchoolClass, desk: Client) -> None:
    page = send(desk, seven.organization, f"pupil-{seven.pk}", ILYA)
    draft = ListDraft.objects.get()
    confirm(desk, page)
    again = desk.post(lists(seven.organization, f"upload/{draft.pk}/confirm/"), follow=True)
    assert "уже сохранён" in text(again)
    assert ExpectedMember.objects.count() == 1


def test_a_file_for_every_class_leaves_the_other_lists_alone(seven: SchoolClass, desk: Client, marina: User) -> None:
    school = seven.organization
    eight, nine = make_class(school, grade=8), make_class(school, grade=9)
    save(nine, [GLEB], marina)
    content = f"ФИО;Класс;СНИЛС\n{ILYA};7Б;112-233-445 95\n{ANNA};8-б;\n{GLEB};10А;\n".encode("cp1251")
    page = send(desk, school, "many", content)
    shown = text(page)
    assert "Классы, которых здесь нет, не изменятся" in shown
    assert "Не читались и не сохраняются: СНИЛС" in shown
    assert "Класса «10А» в портале нет" in shown
    assert "112-233" not in shown + str(ListDraft.objects.values())
    confirm(desk, page)
    saved = ExpectedMember.objects.values_list("school_class", "full_name")
    assert set(saved) == {(seven.pk, ILYA), (eight.pk, ANNA), (nine.pk, GLEB)}


def test_a_mass_removal_is_held_until_it_is_ticked(seven: SchoolClass, desk: Client, marina: User) -> None:
    names = [f"Иванов{letter} Илья" for letter in "абвгдежзик"]
    save(seven, names, marina)
    page = send(desk, seven.organization, f"pupil-{seven.pk}", "\n".join(names[:3]))
    assert "Да, убрать 7\xa0имён" in text(page)
    held = confirm(desk, page)
    assert "Подтвердите" in text(held)
    assert ExpectedMember.objects.count() == 10
    confirm(desk, held, removal="yes")
    assert ExpectedMember.objects.count() == 3


def test_what_changed_meanwhile_is_shown_again(seven: SchoolClass, desk: Client, marina: User) -> None:
    page = send(desk, seven.organization, f"pupil-{seven.pk}", ILYA)
    save(seven, [ANNA], marina)
    assert "Проверьте, что изменится теперь" in text(confirm(desk, page))
    assert list(ExpectedMember.objects.values_list("full_name", flat=True)) == [ANNA]


def test_look_alikes_and_too_many_names_are_said_and_stop_nothing(desk: Client, school: Organization) -> None:
    small = make_class(school, grade=5, size=1)
    names = ["Ивaнов Илья", "Петров И.", *(f"Орлов{letter} Глеб" for letter in "абвгде")]
    page = send(desk, school, f"pupil-{small.pk}", "\n".join(names))
    shown = text(page)
    assert "смешаны с латинскими (Ивaнов)" in shown
    assert "имя сокращено" in shown
    assert "а в классе 1" in shown
    confirm(desk, page)
    assert ExpectedMember.objects.count() == 8


def test_a_taken_line_that_goes_is_told(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA, ANNA], marina)
    request = make_request(make_invitation(seven.organization, school_class=seven), status=RequestStatus.ACCEPTED)
    ListMatch.objects.create(member=ExpectedMember.objects.get(full_name=ILYA), request=request)
    page = send(desk, seven.organization, f"pupil-{seven.pk}", ANNA)
    assert "заявка уже принята и останется принятой" in text(page)


def test_nothing_to_change_offers_nothing_to_save(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA], marina)
    shown = text(send(desk, seven.organization, f"pupil-{seven.pk}", ILYA))
    assert "Всё уже так и есть" in shown
    assert "Сохранить списки" not in shown


def test_cancelling_erases_what_was_loaded(seven: SchoolClass, desk: Client) -> None:
    send(desk, seven.organization, f"pupil-{seven.pk}", ILYA)
    desk.post(lists(seven.organization, f"upload/{ListDraft.objects.get().pk}/cancel/"))
    assert not ListDraft.objects.exists()
    assert not ExpectedMember.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "Выберите файл или вставьте список"),
        ("Петров", "Например, строка 1: Укажите фамилию и имя"),
        ("Ъ" * 2000, "больше 1000 знаков"),
        ("Петров \0 Илья", "управляющие знаки"),
        (b"%PDF-1.7", "Это документ"),
        (b"\0" * 100, "нулевые байты"),
        ("Товар;Цена\nХлеб белый;1\nМолоко;2\n".encode(), "Имён в списке не видно"),
        ("ФИО\n".encode() + f"{ILYA}\n".encode() * 10_001, "больше 10 000 имён"),
    ],
)
def test_what_is_no_list_is_refused_at_its_field(
    seven: SchoolClass, desk: Client, content: str | bytes, words: str
) -> None:
    page = send(desk, seven.organization, f"pupil-{seven.pk}", content)
    assert page.status_code == 200
    assert words in text(page)
    assert not ListDraft.objects.exists()


def test_a_file_and_a_paste_together_are_refused(seven: SchoolClass, desk: Client) -> None:
    file = SimpleUploadedFile("a.csv", f"ФИО\n{ILYA}".encode())
    fields = {"whose": f"pupil-{seven.pk}", "file": file, "text": ANNA}
    page = text(desk.post(lists(seven.organization, "upload/"), fields))
    assert "Что-то одно" in page
    assert ANNA in page, "nothing typed is lost"


@pytest.mark.parametrize("whose", ["", "\0", "pupil-\0", "pupil-99999999999999999999999", "owner-1", "many2"])
def test_any_choice_of_a_list_is_answered(seven: SchoolClass, desk: Client, whose: str) -> None:
    assert send(desk, seven.organization, whose, ILYA).status_code == 200
    assert not ListDraft.objects.exists()


def test_another_schools_class_cannot_be_chosen(seven: SchoolClass, other_school: Organization, desk: Client) -> None:
    send(desk, seven.organization, f"pupil-{make_class(other_school).pk}", ILYA)
    assert not ListDraft.objects.exists()


def test_every_look_at_names_is_written_down_with_their_number(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA, ANNA], marina)
    desk.get(lists(seven.organization))
    assert not Event.objects.filter(verb="expected.viewed").exists(), "no names stand there"
    desk.get(lists(seven.organization, f"{seven.pk}/pupil/"))
    send(desk, seven.organization, f"pupil-{seven.pk}", GLEB)
    events = Event.objects.filter(verb="expected.viewed").order_by("pk")
    assert [(event.by, event.fields) for event in events] == [(marina, ["rows:2"]), (marina, ["rows:3"])]


def test_one_name_is_added_and_a_namesake_is_asked_about(seven: SchoolClass, desk: Client, marina: User) -> None:
    address = lists(seven.organization, f"{seven.pk}/pupil/")
    desk.post(address, {"full_name": ILYA})
    page = text(desk.post(address, {"full_name": ILYA}))
    assert "Это однофамилец?" in page
    assert ExpectedMember.objects.count() == 1
    desk.post(address, {"full_name": ILYA, "confirmed": "yes"})
    assert ExpectedMember.objects.count() == 2
    assert "Укажите фамилию и имя" in text(desk.post(address, {"full_name": "Петров"}))


def test_one_name_is_removed_on_a_second_click(
    seven: SchoolClass, desk: Client, marina: User, other_school: Organization, oleg: User
) -> None:
    save(seven, [ILYA, ANNA], marina)
    row = ExpectedMember.objects.get(full_name=ILYA)
    address = lists(seven.organization, "remove/")
    assert f"Убрать из списка: {ILYA}?" in text(desk.post(address, {"one": row.pk}))
    assert ExpectedMember.objects.count() == 2
    page = desk.post(address, {"ids": row.pk, "confirmed": "yes"}, follow=True)
    assert "Убрано из списка" in text(page)
    assert list(ExpectedMember.objects.values_list("full_name", flat=True)) == [ANNA]
    assert "уже нет" in text(desk.post(address, {"ids": row.pk, "confirmed": "yes"}, follow=True))
    make_ground(other_school, oleg)
    theirs = make_class(other_school)
    save(theirs, [GLEB], oleg)
    desk.post(address, {"ids": ExpectedMember.objects.get(full_name=GLEB).pk, "confirmed": "yes"})
    assert ExpectedMember.objects.filter(full_name=GLEB).exists()


def test_the_list_is_searched_by_folded_names(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [f"Орлов{letter} Глеб" for letter in "абвгдежзикл"] + ["Семёнова Вера"], marina)
    page = text(desk.get(lists(seven.organization, f"{seven.pk}/pupil/"), {"q": "семенова"}))
    assert "Семёнова Вера" in page
    assert "Глеб" not in page
    for bad in ("\0", "я" * 5000):
        assert desk.get(lists(seven.organization, f"{seven.pk}/pupil/"), {"q": bad}).status_code == 200


def test_the_table_counts_names_and_taken_ones(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA, ANNA], marina)
    request = make_request(make_invitation(seven.organization, school_class=seven), status=RequestStatus.ACCEPTED)
    ListMatch.objects.create(member=ExpectedMember.objects.get(full_name=ILYA), request=request)
    page = text(desk.get(lists(seven.organization)))
    assert "2\xa0имени" in page
    assert "приняты: 1" in page
    assert ILYA not in page


def test_switching_off_is_asked_with_the_number_and_erases(seven: SchoolClass, desk: Client, marina: User) -> None:
    save(seven, [ILYA, ANNA], marina)
    address = lists(seven.organization, "ground/remove/")
    assert "уничтожить 2\xa0имени?" in text(desk.post(address))
    assert ExpectedMember.objects.count() == 2
    assert "Уничтожено: 2\xa0имени" in text(desk.post(address, {"confirmed": "yes"}, follow=True))
    assert not ExpectedMember.objects.exists()
    assert Destruction.objects.get().count == 2


def test_after_the_wave_the_page_leads_to_its_new_end(seven: SchoolClass, desk: Client) -> None:
    ListGround.objects.update(wave_ends_on=in_days(0) - timedelta(days=3))
    page = text(desk.get(lists(seven.organization, "upload/"), follow=True))
    assert "Волна приглашений закончилась" in page


def test_the_tab_is_the_schools_own(seven: SchoolClass, desk: Client, vera: User, enter: Enter) -> None:
    address = f"/organizations/{seven.organization.pk}/invitations/"
    assert lists(seven.organization) in text(desk.get(address))
    assert lists(seven.organization) not in text(enter(vera).get(address))


def test_groups_are_called_groups(marina: User, enter: Enter, school: Organization) -> None:
    Organization.objects.filter(pk=school.pk).update(kind="kindergarten")
    make_ground(school, marina)
    make_class(school, grade=None, section="", group_name="Солнышко")
    page = text(enter(marina).get(lists(school)))
    assert "по группам" in page
    assert "Воспитатели" in page
