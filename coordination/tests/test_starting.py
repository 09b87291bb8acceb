"""Real data begin: by a command, or on the first page of an empty portal, which is gone afterwards."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from accounts.models import User
from conftest import make_region, make_user
from guides.models import Guide
from organizations.models import Coordinator, Region

pytestmark = pytest.mark.django_db
TYPED = {"region": "70", "full_name": "Кузнецова Вера Николаевна", "email": "vera@example.ru"}


def start(**options):
    call_command("start_region", "70", coordinator_name=TYPED["full_name"], email=TYPED["email"], **options)


@pytest.mark.parametrize("begun", [make_region, make_user])
def test_first_run_pages_are_gone_once_somebody_has_begun(client, begun):
    begun()

    assert "С чего начнём" not in client.get("/").content.decode()
    assert client.get("/start/region/").status_code == 404
    assert client.post("/start/region/", TYPED).status_code == 404
    client.post("/start/example/")
    assert not Region.objects.filter(is_demo=True).exists()


def test_command_makes_region_guides_coordinator_and_a_link_that_opens(client, capsys):
    start()

    coordinator = Coordinator.objects.get()
    assert coordinator.municipality is None
    assert coordinator.region.municipalities.count() == 20
    assert coordinator.region.support_email == "info@sferum.ru"
    assert Guide.objects.exists()
    assert not User.objects.filter(is_demo=True).exists()
    link = capsys.readouterr().out.split()[-1]
    assert "Вера Николаевна" in client.get(link[link.index("/welcome/") :]).content.decode()


def test_command_a_second_time_adds_nothing(capsys):
    start()
    start()

    assert (Region.objects.count(), Coordinator.objects.count()) == (1, 1)


def test_command_asks_what_is_missing(monkeypatch):
    answers = iter([TYPED["full_name"], TYPED["email"]])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))

    call_command("start_region", "70")
    assert Coordinator.objects.get().user.email == TYPED["email"]


@pytest.mark.parametrize(
    ("region", "name", "email", "words"),
    [
        ("700", "Кузнецова Вера", "vera@example.ru", "Субъекта с номером"),
        ("70", "Вера", "vera@example.ru", "Вера"),
        ("70", "Кузнецова Вера", "vera@localhost", "vera@localhost"),
    ],
)
def test_command_refuses_in_words(region, name, email, words):
    with pytest.raises(CommandError, match=words):
        call_command("start_region", region, coordinator_name=name, email=email)
    assert not Region.objects.exists()


def test_command_refuses_a_database_with_the_example():
    make_region(is_demo=True)

    with pytest.raises(CommandError, match="лежит пример"):
        start()


def test_first_page_offers_both_ways(client):
    page = client.get("/").content.decode()

    assert "Посмотреть пример" in page
    assert "Начать с настоящими данными" in page
    assert client.get("/start/example/").status_code == 405


def test_example_is_filled_by_a_click(client):
    assert client.post("/start/example/")["Location"] == "/"

    assert "Войти как Вера Николаевна" in client.get("/").content.decode()
    assert client.post("/start/example/")["Location"] == "/"
    assert Region.objects.count() == 1


def test_live_portal_offers_no_example(client, settings):
    settings.PORTAL_LIVE = True

    assert "Посмотреть пример" not in client.get("/").content.decode()
    assert client.post("/start/example/").status_code == 404
    assert not Region.objects.exists()


def test_real_data_lead_to_the_welcome_page(client):
    answer = client.post("/start/region/", TYPED, follow=True)

    assert answer.redirect_chain[0][0].startswith("/welcome/")
    assert "Вера Николаевна" in answer.content.decode()
    assert Coordinator.objects.get().region.name == "Томская область"


@pytest.mark.parametrize("bad", ["\x00", "а" * 10_000, "\u202e", "<script>alert(1)</script>", "Ивaнов Иван"])
def test_bad_input_is_refused_at_its_field(client, bad):
    answer = client.post("/start/region/", TYPED | {"full_name": bad})

    assert answer.status_code == 200
    assert not Region.objects.exists()
    assert "is-invalid" in answer.content.decode()


@pytest.mark.parametrize("address", ["/organizations/", "/organizations/?q=", "/worklist/", "/dashboard/"])
def test_in_an_empty_region_every_list_leads_to_the_registry_and_praises_nobody(vera, enter, address):
    page = enter(vera).get(address).content.decode()
    assert "В списке пока нет организаций" in page
    assert reverse("organizations:import") in page
    assert "Все отвечают в срок" not in page
    assert "снимите их" not in page


def test_a_filter_that_finds_nothing_is_still_the_filter_s_doing(vera, enter):
    for address in ("/organizations/?q=нет", "/worklist/?q=нет"):
        assert "В списке пока нет" not in enter(vera).get(address).content.decode()
