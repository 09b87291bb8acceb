"""Chats of an organization: strangers get the 404 of an absent object; the step comes exactly when it should."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_class, make_organization
from foundation.verbs import WrongStatus
from messenger.models import Chat, NothingToMove, organizations_that_moved
from messenger.statuses import ChatStatus, Reason
from organizations.journey import reach
from organizations.models import Event, Organization, Region
from organizations.models.school_class import academic_year_of
from organizations.statuses import Kind, Source, Step

Enter = Callable[[User], Client]
VERBS = [
    "chats-add",
    "chats-add-classes",
    "chats-move",
    "chats-leave",
    "chats-created",
    "chats-conditions",
    "chats-again",
    "chats-reopen",
    "chats-remove",
    "nothing-declare",
    "nothing-undo",
    "class-nothing",
    "class-nothing-undo",
]
OURS, OTHER = "VK Мессенджер", "Другой мессенджер"


def address(organization: Organization, name: str = "chats") -> str:
    return reverse(f"messenger:{name}", args=[organization.pk])


def make_chats(organization: Organization, *names: str) -> list[Chat]:
    return Chat.objects.add_names(organization, names, by=None)


def decide(organization: Organization, chats: list[Chat], how: str, by: User) -> None:
    """`how` is a letter: m – moved to the region's messenger, c – created there by the platform, o – moved to another
    one, n – not moved, p – stays planned.
    """
    for chat, outcome in zip(chats, how, strict=True):
        who = {"by": by, "source": Source.SCHOOL}
        if outcome in "mo":
            where = OURS if outcome == "m" else OTHER
            Chat.objects.move(organization, [chat.pk], messenger=where, on=timezone.localdate(), **who)
        elif outcome == "c":
            Chat.objects.note_created(organization, [chat.pk], messenger=OURS, on=timezone.localdate(), **who)
        elif outcome == "n":
            Chat.objects.leave(organization, [chat.pk], reason=Reason.NOT_NEEDED, note="", **who)


def step_of(organization: Organization) -> int | None:
    return Organization.objects.get(pk=organization.pk).step


def test_strangers_get_a_404(school: Organization, oleg: User, enter: Enter) -> None:
    assert enter(oleg).get(address(school)).status_code == 404


@pytest.mark.parametrize("name", VERBS)
def test_strangers_verbs_get_a_404_and_change_nothing(
    name: str, school: Organization, oleg: User, enter: Enter
) -> None:
    chat = make_chats(school, "7Б")[0]
    typed = {"names": "9А", "pk": chat.pk, "confirmed": "yes", "messenger": OURS, "on": "2026-01-01", "reason": "other"}
    assert enter(oleg).post(address(school, name), typed).status_code == 404
    assert list(Chat.objects.values_list("name", "status")) == [("7Б", ChatStatus.PLANNED)]
    assert not NothingToMove.objects.exists()


@pytest.mark.parametrize("name", VERBS)
def test_opening_a_link_changes_nothing(name: str, school: Organization, marina: User, enter: Enter) -> None:
    assert enter(marina).get(address(school, name)).status_code == 405


def test_visitors_are_asked_to_sign_in(school: Organization, client: Client) -> None:
    assert client.get(address(school))["Location"].startswith("/accounts/login/")


def test_administrator_coordinators_and_staff_see_the_page(
    school: Organization, marina: User, vera: User, nadia: User, igor: User, enter: Enter
) -> None:
    make_chats(school, "Учителя начальной школы")
    for user in (marina, vera, nadia):
        assert "Учителя начальной школы" in enter(user).get(address(school)).content.decode()
    assert list(Chat.objects.visible_to(igor)) == list(Chat.objects.manageable_by(igor)) == list(Chat.objects.all())


def test_another_schools_chat_cannot_be_decided_from_ones_own_page(
    school: Organization, other_school: Organization, marina: User, enter: Enter
) -> None:
    foreign = make_chats(other_school, "Чужой чат")[0]
    typed = {"pk": foreign.pk, "confirmed": "yes", "messenger": OURS, "on": timezone.localdate()}
    page = enter(marina).post(address(school, "chats-move"), typed).content.decode()
    assert "в списке уже нет" in page
    assert "Чужой чат" not in page
    assert Chat.objects.get().status == ChatStatus.PLANNED


def test_every_class_gets_its_chat_in_one_click(school: Organization, marina: User, enter: Enter) -> None:
    year = academic_year_of(timezone.localdate())
    for section in "АБ":
        make_class(school, academic_year=year, grade=1, section=section)
    make_class(school, academic_year=year - 1, grade=4, section="А")
    for _ in range(2):
        enter(marina).post(address(school, "chats-add-classes"))
    assert list(Chat.objects.values_list("name", flat=True)) == ["Класс 1 «А»", "Класс 1 «Б»"]


def test_a_kindergartens_chat_is_named_after_its_group(school: Organization, marina: User, enter: Enter) -> None:
    Organization.objects.filter(pk=school.pk).update(kind=Kind.KINDERGARTEN)
    year = academic_year_of(timezone.localdate())
    make_class(school, academic_year=year, grade=None, section="", group_name="Солнышко")
    enter(marina).post(address(school, "chats-add-classes"))
    assert Chat.objects.get().name == "Группа Солнышко"


def test_many_are_moved_after_a_question_that_names_them(school: Organization, marina: User, enter: Enter) -> None:
    chats = make_chats(school, "7А", "7Б", "8А")
    browser, ticked = enter(marina), {"pk": [chats[0].pk, chats[1].pk]}
    question = browser.post(address(school, "chats-move"), ticked).content.decode()
    assert "<li>7А</li>" in question
    assert "8А" not in question
    assert f'value="{OURS}"' in question
    assert not Chat.objects.exclude(status=ChatStatus.PLANNED).exists()
    typed = ticked | {"confirmed": "yes", "messenger": " vk  мессенджер", "on": timezone.localdate()}
    page = browser.post(address(school, "chats-move"), typed, follow=True).content.decode()
    assert "Перенесены: 2\u00a0чата." in page
    moved = Chat.objects.filter(status=ChatStatus.MOVED)
    assert set(moved.values_list("name", "messenger", "decided_by")) == {
        ("7А", OURS, marina.pk),
        ("7Б", OURS, marina.pk),
    }
    assert Event.objects.filter(verb="chat.moved", by=marina, organization=school).count() == 2


def test_the_button_of_a_row_names_that_row_alone(school: Organization, marina: User, enter: Enter) -> None:
    one, two = make_chats(school, "7А", "7Б")
    page = enter(marina).post(address(school, "chats-leave"), {"pk": [one.pk], "row": two.pk}).content.decode()
    assert "<li>7Б</li>" in page
    assert "<li>7А</li>" not in page


def test_a_reason_is_recorded_and_shown(school: Organization, marina: User, enter: Enter) -> None:
    chat = make_chats(school, "Совет отцов")[0]
    typed = {"pk": chat.pk, "confirmed": "yes", "reason": "other", "note": ""}
    assert "Напишите, какая причина" in enter(marina).post(address(school, "chats-leave"), typed).content.decode()
    enter(marina).post(address(school, "chats-leave"), typed | {"note": "Чат закрыт летом"})
    page = enter(marina).get(address(school) + "?status=not_moved").content.decode()
    assert "другая причина: Чат закрыт летом" in page


def test_the_second_administrator_learns_who_was_first(
    school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    chat = make_chats(school, "7Б")[0]
    enter(nadia).post(address(school, "chats-leave"), {"pk": chat.pk, "confirmed": "yes", "reason": "role", "note": ""})
    typed = {"pk": chat.pk, "confirmed": "yes", "messenger": OURS, "on": timezone.localdate()}
    page = enter(marina).post(address(school, "chats-move"), typed, follow=True).content.decode()
    assert f"Уже сделано: «7Б» – не перенесён, {nadia.full_name}, сегодня" in page
    chat.refresh_from_db()
    assert (chat.status, chat.decided_by) == (ChatStatus.NOT_MOVED, nadia)
    assert not Event.objects.filter(verb="chat.moved").exists()


def test_of_many_the_late_ones_are_left_alone_and_named(
    school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    one, two = make_chats(school, "7А", "7Б")
    decide(school, [one], "n", nadia)
    typed = {"pk": [one.pk, two.pk], "confirmed": "yes", "messenger": OURS, "on": timezone.localdate()}
    page = enter(marina).post(address(school, "chats-move"), typed, follow=True).content.decode()
    assert "Перенесены: 1\u00a0чат." in page
    assert f"«7А» – не перенесён, {nadia.full_name}" in page
    one.refresh_from_db()
    assert one.status == ChatStatus.NOT_MOVED


def test_wrong_status_says_who_and_when(school: Organization, marina: User) -> None:
    chat = make_chats(school, "7Б")[0]
    decide(school, [chat], "m", marina)
    with pytest.raises(WrongStatus) as error:
        decide(school, [chat], "n", marina)
    assert (error.value.by_name, error.value.status) == (marina.full_name, ChatStatus.MOVED)
    assert error.value.at is not None
    with pytest.raises(WrongStatus):
        Chat.objects.reopen(school, make_pks(school, "ждёт"), by=marina)


def make_pks(organization: Organization, *names: str) -> list[int]:
    return [chat.pk for chat in make_chats(organization, *names)]


@pytest.mark.parametrize(
    ("how", "is_reached"),
    [
        ("m", True),
        ("mm", True),
        ("mn", True),
        ("mno", True),
        ("c", True),
        ("cn", True),
        ("cp", False),
        ("nm", True),
        ("", False),
        ("p", False),
        ("mp", False),
        ("mnp", False),
        ("n", False),
        ("nn", False),
        ("o", False),
        ("on", False),
    ],
)
def test_the_step_is_reached_when_all_is_decided_and_one_moved_here(
    how: str, is_reached: bool, school: Organization, other_school: Organization, marina: User
) -> None:
    chats = make_chats(school, *[f"Чат {number}" for number in range(len(how))])
    make_chats(other_school, "Чужой чат без решения")
    decide(school, chats, how, marina)
    assert (step_of(school) == Step.MIGRATED) is is_reached
    assert organizations_that_moved().filter(pk=school.pk).exists() is is_reached
    assert step_of(other_school) is None


def test_the_current_messenger_is_the_regions_setting(school: Organization, region: Region, marina: User) -> None:
    Region.objects.filter(pk=region.pk).update(messenger_name="MAX")
    school = Organization.objects.get(pk=school.pk)
    decide(school, make_chats(school, "7А"), "m", marina)
    assert step_of(school) is None
    Chat.objects.move(
        school, make_pks(school, "7Б"), messenger="max", on=timezone.localdate(), by=marina, source=Source.SCHOOL
    )
    assert step_of(school) == Step.MIGRATED


def test_taking_the_last_undecided_chat_off_the_list_reaches_the_step(
    school: Organization, marina: User, enter: Enter
) -> None:
    one, two = make_chats(school, "7А", "Ошибка")
    decide(school, [one, two], "mp", marina)
    page = enter(marina).post(address(school, "chats-remove"), {"pk": [one.pk, two.pk], "confirmed": "1"}, follow=True)
    assert "Убраны из списка: 1\u00a0чат." in page.content.decode()
    assert list(Chat.objects.all()) == [one], "a decided chat stays"
    assert step_of(school) == Step.MIGRATED


def test_correcting_an_error_takes_the_step_back_but_a_new_chat_does_not(
    school: Organization, marina: User, enter: Enter
) -> None:
    reach(school, Step.INVITED, by=marina, source=Source.PORTAL)
    chat = make_chats(school, "7А")[0]
    decide(school, [chat], "m", marina)
    make_chats(school, "Новый чат в октябре")
    assert step_of(school) == Step.MIGRATED
    enter(marina).post(address(school, "chats-reopen"), {"row": chat.pk, "confirmed": "yes"})
    assert step_of(school) == Step.INVITED
    chat.refresh_from_db()
    assert (chat.status, chat.messenger, chat.moved_on) == (ChatStatus.PLANNED, "", None)
    assert Event.objects.filter(verb="chats.step-withdrawn", organization=school).count() == 1


def test_what_a_registry_told_survives_a_correction(school: Organization, marina: User) -> None:
    reach(school, Step.MIGRATED, by=None, source=Source.REGISTRY)
    chat = make_chats(school, "7А")[0]
    decide(school, [chat], "n", marina)
    Chat.objects.reopen(school, [chat.pk], by=marina)
    assert step_of(school) == Step.MIGRATED


def test_nothing_to_move_completes_the_step_and_can_be_taken_back(
    school: Organization, marina: User, nadia: User, enter: Enter
) -> None:
    enter(marina).post(address(school, "nothing-declare"))
    assert step_of(school) == Step.MIGRATED
    again = enter(nadia).post(address(school, "nothing-declare"), follow=True).content.decode()
    assert f"Это уже отмечено: {marina.full_name}" in again
    refused = enter(marina).post(address(school, "chats-add"), {"names": "7Б"}, follow=True).content.decode()
    assert "Сначала снимите эту отметку" in refused
    enter(marina).post(address(school, "nothing-undo"))
    assert step_of(school) is None
    assert "уже снята" in enter(nadia).post(address(school, "nothing-undo"), follow=True).content.decode()


def test_nothing_to_move_is_refused_while_chats_say_otherwise(school: Organization, marina: User) -> None:
    chat = make_chats(school, "7А")[0]
    with pytest.raises(WrongStatus):
        NothingToMove.objects.declare(school, by=marina, source=Source.SCHOOL)
    decide(school, [chat], "n", marina)
    NothingToMove.objects.declare(school, by=marina, source=Source.SCHOOL)
    assert step_of(school) == Step.MIGRATED


def test_the_source_says_who_told(school: Organization, marina: User, nadia: User, enter: Enter) -> None:
    enter(nadia).post(address(school, "nothing-declare"))
    assert school.milestones.get(step=Step.MIGRATED).source == Source.COORDINATOR
    enter(marina).post(address(school, "nothing-undo"))
    enter(marina).post(address(school, "nothing-declare"))
    assert school.milestones.get(step=Step.MIGRATED).source == Source.SCHOOL


HOSTILE = ["\0", "Чат\u202e", "х" * 10_000, "   \n \n", ""]


@pytest.mark.parametrize("names", HOSTILE)
def test_hostile_names_are_refused_at_the_field_and_kept(
    names: str, school: Organization, marina: User, enter: Enter
) -> None:
    response = enter(marina).post(address(school, "chats-add"), {"names": names})
    assert response.status_code == 200
    assert "Не отправлено" in response.content.decode()
    assert response.context["form"]["names"].value() == names
    assert not Chat.objects.exists()


def test_a_name_with_markup_is_shown_as_text(school: Organization, marina: User, enter: Enter) -> None:
    page = (
        enter(marina)
        .post(address(school, "chats-add"), {"names": "<script>alert(1)</script>", "confirmed": "1"}, follow=True)
        .content.decode()
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    "typed",
    [
        {"messenger": "\0"},
        {"messenger": "х" * 10_000},
        {"messenger": ""},
        {"messenger": "MAX\u202e"},
        {"on": "не день"},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"on": (timezone.localdate() + timedelta(days=2)).isoformat()},
        {"pk": "abc"},
        {"pk": "\0"},
        {"pk": "9" * 40},
    ],
)
def test_hostile_facts_are_refused_at_the_field(
    typed: dict[str, str], school: Organization, marina: User, enter: Enter
) -> None:
    chat = make_chats(school, "7Б")[0]
    good = {"pk": chat.pk, "confirmed": "yes", "messenger": OURS, "on": timezone.localdate()}
    response = enter(marina).post(address(school, "chats-move"), good | typed)
    assert "Не отправлено" in response.content.decode()
    assert Chat.objects.get().status == ChatStatus.PLANNED
    assert enter(marina).post(address(school, "chats-leave"), good | typed | {"reason": "\0"}).status_code == 200


def test_nothing_ticked_is_said(school: Organization, marina: User, enter: Enter) -> None:
    assert "Отметьте хотя бы один" in enter(marina).post(address(school, "chats-move"), follow=True).content.decode()
    assert enter(marina).get(address(school) + "?status=%00").status_code == 200


def test_page_and_verb_cost_the_same_for_three_and_for_three_hundred(
    school: Organization, region: Region, marina: User, enter: Enter
) -> None:
    browser = enter(marina)
    browser.get(address(school))

    def cost(organization: Organization, number: int) -> tuple[int, int, int]:
        pks = make_pks(organization, *[f"{number} Чат {index}" for index in range(number)])
        typed = {"pk": pks, "confirmed": "yes", "messenger": OURS, "on": timezone.localdate()}
        with CaptureQueriesContext(connection) as page:
            browser.get(address(organization))
        with CaptureQueriesContext(connection) as question:
            browser.post(address(organization, "chats-move"), {"pk": pks})
        make_chats(organization, f"Ещё без решения {number}")
        with CaptureQueriesContext(connection) as verb:
            browser.post(address(organization, "chats-move"), typed)
        inserts = sum('INTO "organizations_event"' in query["sql"] for query in verb)
        return len(page), len(question), len(verb) - inserts

    assert cost(school, 3) == cost(school, 300), "but for the events, which SQLite takes in batches"
    assert Chat.objects.filter(status=ChatStatus.MOVED).count() == 303


def test_an_empty_page_says_what_to_do(school: Organization, marina: User, enter: Enter) -> None:
    page = enter(marina).get(address(school)).content.decode()
    assert "Список чатов пуст" in page
    assert "два администратора" in page
    assert make_organization(school.municipality) not in organizations_that_moved()
