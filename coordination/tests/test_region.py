"""What the department tells about itself: strangers get a 404, the coordinator writes it once for every page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from conftest import make_organization
from coordination.views.region import RegionForm
from messenger.models import Chat
from organizations.models import Event, Municipality, Organization, Region
from organizations.statuses import Source, Step

Enter = Callable[[User], Client]
PAGE, MESSENGER = "/region/", "/region/messenger/"
TYPED = {
    "department_name": "Департамент общего образования",
    "department_phone": "(3822) 51-25-30",
    "support_email": "info@sferum.ru",
    "manager_email": "manager@sferum.example",
    "answer_after_days": "5",
}


def test_only_who_answers_for_the_region_describes_it(marina: User, nadia: User, enter: Enter) -> None:
    for user in (marina, nadia):
        assert enter(user).get(PAGE).status_code == 404
        assert enter(user).post(PAGE, TYPED).status_code == 404


def test_what_is_saved_is_kept_and_leaves_a_line_without_the_words(region: Region, vera: User, enter: Enter) -> None:
    page = enter(vera).post(PAGE, TYPED, follow=True).content.decode()
    assert "Сведения о регионе сохранены" in page
    region.refresh_from_db()
    assert (region.department_phone, region.manager_phone) == ("(3822) 51-25-30", "")
    event = Event.objects.get(verb="region.changed")
    assert "department_name" in event.fields
    assert "Департамент" not in str(event.fields)


def test_saving_the_facts_keeps_a_messenger_that_was_changed_meanwhile(
    region: Region, vera: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_meanwhile(form: RegionForm) -> Any:
        Region.objects.filter(pk=region.pk).update(messenger_name="MAX")
        return form.cleaned_data["manager_phone"] or ""

    monkeypatch.setattr(RegionForm, "clean_manager_phone", changed_meanwhile)
    enter(vera).post(PAGE, TYPED)
    region.refresh_from_db()
    assert (region.messenger_name, region.department_name) == ("MAX", TYPED["department_name"])


def test_a_new_coordinator_is_told_that_nothing_is_signed_yet(region: Region, vera: User, enter: Enter) -> None:
    assert "Заполнить сведения о регионе" not in enter(vera).get("/dashboard/").content.decode()
    Region.objects.update(department_phone="")
    assert "Заполнить сведения о регионе" in enter(vera).get("/dashboard/").content.decode()


def test_unusable_words_are_refused_at_their_field(region: Region, vera: User, enter: Enter) -> None:
    page = enter(vera).post(PAGE, TYPED | {"department_name": "А\0Б", "manager_email": "a@localhost"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"department_name", "manager_email"}
    assert not Event.objects.filter(verb="region.changed").exists()


def make_moved(municipality: Municipality, by: User, messenger: str = "VK Мессенджер") -> Organization:
    school = make_organization(municipality)
    chat = Chat.objects.add_names(school, ["7Б"], by=by)[0]
    Chat.objects.move(school, [chat.pk], messenger=messenger, on=school.today, by=by, source=Source.SCHOOL)
    return school


def test_only_who_answers_for_the_region_changes_its_messenger(
    region: Region, marina: User, nadia: User, enter: Enter
) -> None:
    for user in (marina, nadia):
        typed = {"name": "MAX", "was": region.messenger_name, "confirmed": "yes"}
        assert enter(user).post(MESSENGER, typed).status_code == 404
    region.refresh_from_db()
    assert region.messenger_name == "VK Мессенджер"


def test_a_change_of_the_messenger_is_first_shown_and_then_done(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    here, there = make_moved(municipality, vera), make_moved(municipality, vera, "Max")
    browser, typed = enter(vera), {"name": "MAX", "was": region.messenger_name}
    page = browser.post(MESSENGER, typed).content.decode()
    assert "Сменить мессенджер: VK Мессенджер → MAX?" in page
    assert "У 1\u00a0организации этап «Чаты перенесены» откроется снова." in page
    assert "У 1\u00a0организации этап завершится: чаты уже в MAX." in page
    assert "1\u00a0чат останется записанным в другом мессенджере" in page
    region.refresh_from_db()
    assert region.messenger_name == "VK Мессенджер", "a preview writes nothing"
    here.refresh_from_db()
    assert here.step == Step.MIGRATED

    page = browser.post(MESSENGER, typed | {"confirmed": "yes"}, follow=True).content.decode()
    assert "Этап открыт снова у 1\u00a0организации, завершён у 1." in page
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.step, there.step) == (None, Step.MIGRATED)


def test_the_second_coordinator_learns_what_the_first_has_changed(region: Region, vera: User, enter: Enter) -> None:
    Region.objects.filter(pk=region.pk).update(messenger_name="Сферум")
    typed = {"name": "MAX", "was": "VK Мессенджер", "confirmed": "yes"}
    page = enter(vera).post(MESSENGER, typed, follow=True).content.decode()
    assert "мессенджер уже сменили: сейчас это Сферум" in page
    region.refresh_from_db()
    assert region.messenger_name == "Сферум"


def test_a_corrected_name_leaves_the_step_alone(
    region: Region, municipality: Municipality, vera: User, enter: Enter
) -> None:
    school = make_moved(municipality, vera)
    typed = {"name": "Мессенджер VK", "was": region.messenger_name, "is_same": "on", "confirmed": "yes"}
    page = enter(vera).post(MESSENGER, typed, follow=True).content.decode()
    assert "Название исправлено" in page
    school.refresh_from_db()
    assert school.step == Step.MIGRATED
    assert Chat.objects.get().messenger == "Мессенджер VK"


def test_the_same_or_an_unusable_name_changes_nothing(region: Region, vera: User, enter: Enter) -> None:
    browser, seen = enter(vera), {"was": region.messenger_name, "confirmed": "yes"}
    assert (
        "уже VK Мессенджер" in browser.post(MESSENGER, seen | {"name": "VK Мессенджер"}, follow=True).content.decode()
    )
    for name in ("", "А\0Б", "х" * 61, "MAX\u202e"):
        page = browser.post(MESSENGER, seen | {"name": name})
        assert "Не отправлено" in page.content.decode()
    assert not Event.objects.filter(verb__startswith="region.messenger").exists()


def test_staff_change_the_messenger_on_the_page_and_never_by_the_way(region: Region, igor: User, enter: Enter) -> None:
    browser = enter(igor)
    page = browser.get(reverse("admin:organizations_region_change", args=[region.pk]))
    form = page.context["adminform"].form
    assert "messenger_name" not in form.fields
    typed = {name: form[name].value() or "" for name in form.fields} | {"name": "Томская", "messenger_name": "MAX"}
    typed["allowed_link_hosts"] = '["max.ru"]'
    answer = browser.post(reverse("admin:organizations_region_change", args=[region.pk]), typed)
    assert answer.status_code == 302
    region.refresh_from_db()
    assert (region.name, region.messenger_name) == ("Томская", "VK Мессенджер")
