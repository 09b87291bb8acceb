"""What a chat may come to beside «перенесён»: made by the platform, nothing to move, moved to a former messenger; and
the three official conditions before that.
"""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from conftest import make_class
from foundation.verbs import WrongStatus
from messenger.change import change_messenger
from messenger.models import Chat, ClassWithoutChats, NothingToMove, organizations_that_moved
from messenger.progress import progress_of
from messenger.statuses import EVENT_WORDS, ChatStatus, Reason
from messenger.tests.test_chats import OTHER, OURS, address, decide, make_chats, step_of
from organizations.models import Event, Organization, Region, SchoolClass
from organizations.models.school_class import academic_year_of
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]
ASKED = {"is_mover_administrator": "", "is_role_confirmed": "", "has_two_administrators": ""}


@pytest.fixture
def classes(school: Organization) -> list[SchoolClass]:
    year = academic_year_of(timezone.localdate())
    return [make_class(school, academic_year=year, grade=1, section=section) for section in "АБ"]


def test_a_chat_made_by_the_platform_completes_the_step(school: Organization, marina: User, enter: Enter) -> None:
    chat = make_chats(school, "7Б")[0]
    typed = {"row": chat.pk, "confirmed": "yes", "messenger": "vk мессенджер", "on": timezone.localdate()}
    page = enter(marina).post(address(school, "chats-created"), typed, follow=True).content.decode()
    assert "Созданы платформой: 1\u00a0чат." in page
    assert "создан самой платформой" in page
    chat.refresh_from_db()
    assert (chat.status, chat.messenger, step_of(school)) == (ChatStatus.CREATED, OURS, Step.MIGRATED)
    enter(marina).post(address(school, "chats-reopen"), {"row": chat.pk, "confirmed": "yes"})
    assert step_of(school) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "created"},
        {"status": "created", "messenger": OURS},
        {"status": "created", "messenger": OURS, "moved_on": "2026-09-01", "reason": "role"},
        {"status": "planned", "messenger": OURS},
        {"status": "nothing"},
    ],
)
def test_the_database_refuses_half_a_decision(facts: dict[str, str], school: Organization) -> None:
    chat = make_chats(school, "7Б")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Chat.objects.filter(pk=chat.pk).update(**facts)


def test_nothing_to_move_in_every_class_completes_the_step(
    school: Organization, classes: list[SchoolClass], marina: User, enter: Enter
) -> None:
    browser = enter(marina)
    browser.post(address(school, "class-nothing"), {"row": classes[0].pk})
    assert step_of(school) is None, "the other class has not said so"
    page = browser.post(address(school, "class-nothing"), {"pk": [each.pk for each in classes]}, follow=True)
    assert "Решено: 2 из 2 классов" in page.content.decode()
    assert step_of(school) == Step.MIGRATED
    browser.post(address(school, "class-nothing-undo"), {"row": classes[0].pk})
    assert step_of(school) is None
    assert ClassWithoutChats.objects.get().school_class == classes[1]


def test_a_listed_chat_beside_empty_classes_still_asks(
    school: Organization, classes: list[SchoolClass], marina: User
) -> None:
    chat = make_chats(school, "Педагоги")[0]
    pks = [each.pk for each in classes]
    ClassWithoutChats.objects.declare(school, pks, by=marina, source=Source.SCHOOL)
    assert school not in organizations_that_moved()
    decide(school, [chat], "m", marina)
    assert step_of(school) == Step.MIGRATED


def test_a_class_with_a_chat_is_not_said_to_have_none(
    school: Organization, other_school: Organization, classes: list[SchoolClass], marina: User, enter: Enter
) -> None:
    make_chats(school, "1А")
    foreign = make_class(other_school, academic_year=classes[0].academic_year)
    with pytest.raises(WrongStatus):
        ClassWithoutChats.objects.declare(school, [classes[0].pk], by=marina, source=Source.SCHOOL)
    for pk in (foreign.pk, "abc", "\0", ""):
        assert enter(marina).post(address(school, "class-nothing"), {"pk": pk}).status_code == 302
    assert not ClassWithoutChats.objects.exists()


def test_a_class_without_chats_is_not_offered_again(
    school: Organization, classes: list[SchoolClass], marina: User
) -> None:
    ClassWithoutChats.objects.declare(school, [classes[0].pk], by=marina, source=Source.SCHOOL)
    assert [chat.school_class for chat in Chat.objects.add_for_classes(school, by=marina)] == [classes[1]]


def test_conditions_are_noted_of_many_and_leave_the_rest_alone(
    school: Organization, marina: User, enter: Enter
) -> None:
    one, two, other = make_chats(school, "7А", "7Б", "8А")
    Chat.objects.filter(pk=two.pk).update(is_role_confirmed=True)
    typed = {"pk": [one.pk, two.pk], "confirmed": "yes", **ASKED, "has_two_administrators": "no"}
    page = enter(marina).post(address(school, "chats-conditions"), typed, follow=True).content.decode()
    assert "Условия отмечены: 2\u00a0чата." in page
    rows = Chat.objects.order_by("pk").values_list("is_role_confirmed", "has_two_administrators")
    assert list(rows) == [(None, False), (True, False), (None, None)]
    assert "один администратор: назначьте второго" in page
    assert "если единственный уйдёт, чат не перенести" in page
    shown = enter(marina).get(address(school) + "?status=one_administrator").content.decode()
    assert "7А" in shown
    assert "8А" not in shown
    assert Event.objects.get(verb="chats.conditions").fields == ["has_two_administrators"]
    assert other.status == ChatStatus.PLANNED


def test_a_chat_with_one_administrator_is_warned_of_and_may_be_recorded(
    school: Organization, marina: User, enter: Enter
) -> None:
    chat = make_chats(school, "7А")[0]
    Chat.objects.filter(pk=chat.pk).update(has_two_administrators=False)
    question = enter(marina).post(address(school, "chats-move"), {"row": chat.pk}).content.decode()
    assert "администратор один: «7А»" in question
    decide(school, [chat], "m", marina)
    assert step_of(school) == Step.MIGRATED


def test_conditions_need_an_answer_and_a_waiting_chat(school: Organization, marina: User, enter: Enter) -> None:
    chat = make_chats(school, "7А")[0]
    typed = {"pk": chat.pk, "confirmed": "yes"}
    page = enter(marina).post(address(school, "chats-conditions"), typed | ASKED).content.decode()
    assert "Отметьте хотя бы одно условие" in page
    page = enter(marina).post(address(school, "chats-conditions"), typed | ASKED | {"is_role_confirmed": "\0"})
    assert "Выберите ответ из списка" in page.content.decode()
    decide(school, [chat], "m", marina)
    with pytest.raises(WrongStatus):
        Chat.objects.note_conditions(school, [chat.pk], by=marina, is_role_confirmed=True)


def test_the_form_shows_what_the_chosen_chats_share(school: Organization, marina: User, enter: Enter) -> None:
    one, two = make_chats(school, "7А", "7Б")
    Chat.objects.filter(pk=one.pk).update(is_role_confirmed=True, has_two_administrators=False)
    Chat.objects.filter(pk=two.pk).update(is_role_confirmed=True)
    form = enter(marina).post(address(school, "chats-conditions"), {"pk": [one.pk, two.pk]}).context["form"]
    names = ("is_role_confirmed", "has_two_administrators", "is_mover_administrator")
    assert [form[name].value() for name in names] == ["yes", "", "unknown"]


def test_a_chat_in_another_messenger_is_planned_again(school: Organization, marina: User, enter: Enter) -> None:
    here, there, made = make_chats(school, "7А", "7Б", "8А")
    decide(school, [here, there, made], "moc", marina)
    Chat.objects.filter(pk=made.pk).update(messenger=OTHER)
    page = enter(marina).get(address(school)).content.decode()
    assert f"теперь нужен {OURS}" in page
    typed = {"pk": [here.pk, there.pk, made.pk], "confirmed": "yes"}
    page = enter(marina).post(address(school, "chats-again"), typed, follow=True).content.decode()
    assert "Снова в плане: 2\u00a0чата." in page
    assert "Не изменено: 1\u00a0чат" in page
    assert set(Chat.objects.values_list("name", "status", "messenger", "origin")) == {
        ("7А", ChatStatus.MOVED, OURS, ""),
        ("7Б", ChatStatus.PLANNED, "", OTHER),
        ("8А", ChatStatus.PLANNED, "", OTHER),
    }
    assert step_of(school) == Step.MIGRATED, "no error was corrected"


def test_all_chats_elsewhere_are_planned_by_one_button(school: Organization, marina: User, enter: Enter) -> None:
    decide(school, make_chats(school, "7А", "7Б"), "oo", marina)
    page = enter(marina).get(address(school))
    assert "Запланировать заново все" in page.content.decode()
    pks = [chat.pk for chat in page.context["elsewhere"]]
    enter(marina).post(address(school, "chats-again"), {"pk": pks, "confirmed": "yes"})
    assert set(Chat.objects.values_list("status", flat=True)) == {ChatStatus.PLANNED}


def test_progress_is_told_class_by_class(
    school: Organization, classes: list[SchoolClass], marina: User, oleg: User, enter: Enter
) -> None:
    to = reverse("messenger:progress", args=[school.pk])
    assert enter(oleg).get(to).status_code == 404
    assert enter(oleg).get(reverse("messenger:progress-export", args=[school.pk])).status_code == 404
    one, _, staff = make_chats(school, "1А родители", "1Б родители", "Педагоги")
    decide(school, [one], "m", marina)
    who = {"by": marina, "source": Source.SCHOOL}
    Chat.objects.leave(school, [staff.pk], reason=Reason.OTHER, note="=закрыт", **who)
    page = enter(marina).get(to).content.decode()
    assert "Решено: 1 из 2 классов" in page
    assert "перенесён – 1; ждёт решения – 1." in page
    assert "Другая причина: 1" in page
    file = enter(marina).get(reverse("messenger:progress-export", args=[school.pk]))
    assert file.content.startswith(b"PK")
    assert Event.objects.filter(verb="chats.exported", organization=school).count() == 1


def test_progress_costs_the_same_for_few_and_for_many(school: Organization, marina: User) -> None:
    year = academic_year_of(timezone.localdate())
    school = Organization.objects.select_related("region").get(pk=school.pk)
    costs = []
    for number in range(1, 4):
        for section in "АБВГДЕ":
            make_class(school, academic_year=year, grade=number, section=section)
        Chat.objects.add_for_classes(school, by=marina)
        make_chats(school, *[f"Общий {number}-{index}" for index in range(100)])
        with CaptureQueriesContext(connection) as asked:
            assert len(progress_of(school).classes) == number * 6
        costs.append(len(asked))
    assert costs == [3, 3, 3]


def test_every_event_has_words(
    school: Organization, region: Region, classes: list[SchoolClass], marina: User, enter: Enter
) -> None:
    one, two, three = make_chats(school, "Один", "Два", "Три")
    decide(school, [one, two, three], "mnc", marina)
    Chat.objects.reopen(school, [one.pk, two.pk, three.pk], by=marina)
    Chat.objects.note_conditions(school, [one.pk], by=marina, is_role_confirmed=True)
    decide(school, [one], "o", marina)
    Chat.objects.plan_again(school, [one.pk], by=marina)
    Chat.objects.remove(school, [one.pk, two.pk, three.pk], by=marina, source=Source.SCHOOL)
    ClassWithoutChats.objects.declare(school, [classes[0].pk], by=marina, source=Source.SCHOOL)
    ClassWithoutChats.objects.take_back(school, [classes[0].pk], by=marina)
    decide(school, make_chats(school, "Педагоги"), "m", marina)
    enter(marina).get(reverse("messenger:progress-export", args=[school.pk]))
    change_messenger(region, "MAX", was=OURS, by=marina)
    change_messenger(region, "МАХ", was="MAX", by=marina, is_same=True)
    Chat.objects.all().delete()
    NothingToMove.objects.declare(school, by=marina, source=Source.SCHOOL).take_back(by=marina)
    verbs = set(Event.objects.values_list("verb", flat=True)) - {"milestone.reached"}
    assert verbs == set(EVENT_WORDS)
