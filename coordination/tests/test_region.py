"""What the department tells about itself: strangers get a 404, the coordinator writes it once for every page."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from organizations.models import Event, Region

Enter = Callable[[User], Client]
PAGE = "/region/"
TYPED = {
    "department_name": "Департамент общего образования",
    "department_phone": "(3822) 51-25-30",
    "support_email": "info@sferum.ru",
    "manager_email": "manager@sferum.example",
    "messenger_name": "MAX",
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
    assert (region.department_phone, region.messenger_name, region.manager_phone) == ("(3822) 51-25-30", "MAX", "")
    event = Event.objects.get(verb="region.changed")
    assert "department_name" in event.fields
    assert "Департамент" not in str(event.fields)


def test_a_new_coordinator_is_told_that_nothing_is_signed_yet(region: Region, vera: User, enter: Enter) -> None:
    assert "Заполнить сведения о регионе" not in enter(vera).get("/dashboard/").content.decode()
    Region.objects.update(department_phone="")
    assert "Заполнить сведения о регионе" in enter(vera).get("/dashboard/").content.decode()


def test_unusable_words_are_refused_at_their_field(region: Region, vera: User, enter: Enter) -> None:
    page = enter(vera).post(PAGE, TYPED | {"department_name": "А\0Б", "manager_email": "a@localhost"})
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"department_name", "manager_email"}
    assert not Event.objects.filter(verb="region.changed").exists()
