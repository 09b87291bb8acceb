"""How long the search among 40,000 organizations takes, beside Django's own list over the same rows.

Both are whole pages asked for by a signed-in person, the same words, each kind of search in turn; the median counts.
The yardstick is a plain `ModelAdmin` with the search fields that a project writes first: both names, ИНН and the
municipality's name. It knows neither slips nor whole numbers, so mistyped words find nothing there.

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres python benchmarks/searching.py [--rows 40000]
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.databases import portal_database

TARGET = 0.6
PLACES = 60
WORDS = ["Средняя школа", "Гимназия", "Лицей", "Основная школа", "Детский сад", "Центр творчества", "Колледж"]
NAMES = ["Родничок", "Солнышко", "имени Пушкина", "имени Гагарина", "Берёзка", "Радуга", "Сибирь", "Кадетская", ""]
TYPED = {
    "exact": ["лицей 8 район 12", "гимназия №29", "родничок район 7", "школа гагарина 31"],
    "with a slip": ["лицй 8 район 12", "гимназя 29", "роднчок район 7", "школа гагарена 31"],
    "wrong layout": ["kbwtq 8", "ubvyfpbz 29", "hjlybxjr", "irjkf 31"],
}


def fill(rows: int) -> None:
    from organizations.models import Municipality, Organization, Region

    chance = random.Random(1)
    region = Region.objects.create(code="70", name="Томская область")
    places = Municipality.objects.bulk_create(
        Municipality(region=region, name=f"Район {n}") for n in range(1, PLACES + 1)
    )
    Organization.objects.bulk_create(
        (
            Organization(
                region=region,
                municipality=chance.choice(places),
                full_name=f"Муниципальное бюджетное образовательное учреждение «{kind} № {number} {name}»",
                short_name=f"МБОУ «{kind} № {number} {name}»",
                inn=f"70{index:08d}",
                kpp="700001001",
                address=f"Томская область, улица Ленина, дом {index}",
                email=f"school{index}@example.ru",
            )
            for index in range(rows)
            for kind, number, name in [(chance.choice(WORDS), chance.randint(1, 400), chance.choice(NAMES))]
        ),
        batch_size=2000,
    )


def yardstick() -> None:
    """Instead of the portal's own desk: a list as the documentation of Django writes it."""
    from django.contrib import admin

    from organizations.models import Organization

    class Plain(admin.ModelAdmin):
        list_display = ["short_name", "municipality", "step", "administrator_state"]
        list_select_related = ["municipality"]
        list_per_page = 50
        search_fields = ["short_name", "full_name", "inn", "municipality__name"]

    admin.site.unregister(Organization)
    admin.site.register(Organization, Plain)


def measure(browser, path: str, typed: list[str], times: int) -> float:
    taken = []
    for number in range(times):
        words = typed[number % len(typed)]
        begun = time.perf_counter()
        answer = browser.get(path, {"q": words})
        taken.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status_code
    return median(taken) * 1000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, portal_database("searching", Path(folder)):
        from django.conf import settings
        from django.db import connection
        from django.test import Client

        from accounts.models import User

        settings.ALLOWED_HOSTS = ["*"]
        plain_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = settings.STORAGES | {"staticfiles": plain_files}
        fill(asked.rows)
        if connection.vendor == "postgresql":
            connection.cursor().execute("ANALYZE")
        yardstick()
        browser = Client()
        browser.force_login(User.objects.create_user("i@example.ru", full_name="И", is_staff=True, is_superuser=True))
        ours, admins = "/organizations/", "/admin/organizations/organization/"
        for path in (ours, admins):
            measure(browser, path, TYPED["exact"], 4)
        is_slow = False
        print(f"{connection.vendor}, {asked.rows} organizations, median of {asked.times} pages")
        for kind, typed in TYPED.items():
            mine, plain = (measure(browser, path, typed, asked.times) for path in (ours, admins))
            is_slow |= mine > TARGET * plain
            print(f"{kind:14} portal {mine:7.1f} ms   Django admin {plain:7.1f} ms   ratio {mine / plain:.2f}")
    print(f"target: {TARGET} of Django admin: {'missed' if is_slow else 'kept'}")
    return int(is_slow)


if __name__ == "__main__":
    raise SystemExit(main())
