from datetime import UTC, date, datetime

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from foundation.letters import render_letter
from foundation.templatetags.portal import full_stop


def shown(text, **context):
    """As a page shows it, spaces that do not break made plain."""
    return Template(text).render(Context(context)).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 школ"),
        (1, "1 школа"),
        (2, "2 школы"),
        (5, "5 школ"),
        (11, "11 школ"),
        (21, "21 школа"),
        (112, "112 школ"),
        (1284, "1 284 школы"),
    ],
)
def test_numerals_agree(number, words):
    assert shown('{{ n|count:"школа,школы,школ" }}', n=number) == words
    assert shown('{{ n|plural:"школа,школы,школ" }}', n=number) == words.rpartition(" ")[2]


def test_a_number_alone():
    assert shown("{{ n|count }}", n=1234567) == "1 234 567"


def test_a_number_and_its_noun_stay_on_one_line():
    assert " " not in Template('{{ n|count:"школа,школы,школ" }}').render(Context({"n": 1284}))


def test_a_phone_is_called_by_a_click():
    link = '<a href="tel:+79250364405">+7 925 036-44-05</a>'
    assert shown("{{ n|phone_link }}", n=PhoneNumber.from_string("+79250364405")) == link
    assert shown("{{ n|phone_link }}", n="<b>8 925 036-44-05") == link
    landline = '<a href="tel:+73822512530">8 (3822) 51-25-30</a>'
    assert shown("{{ n|phone_link }}", n="8 (3822) 51-25-30") == landline, "as the school itself writes it"
    assert shown("{{ n|phone_link }}", n="<b>") == "&lt;b&gt;"
    assert shown("{{ n|phone_link }}", n=None) == ""


def test_a_phone_is_shown_as_people_read_it():
    assert shown("{{ n|phone }}", n=PhoneNumber.from_string("+79250364405")) == "+7 925 036-44-05"
    assert shown("{{ n|phone }}", n=None) == ""
    assert shown("{{ n|phone }}", n="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("moment", "words", "day_words"),
    [
        (datetime(2026, 11, 23, 7, 5, tzinfo=UTC), "сегодня, 14:05", "сегодня"),
        (datetime(2026, 11, 22, 2, 30, tzinfo=UTC), "вчера, 9:30", "вчера"),
        (datetime(2026, 11, 22, 18, 0, tzinfo=UTC), "сегодня, 1:00", "сегодня"),  # still the 22nd in Moscow
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "завтра, 10:00", "завтра"),
        (datetime(2026, 9, 4, 7, 0, tzinfo=UTC), "4 сент.", "4 сент."),
        (datetime(2025, 5, 4, 7, 0, tzinfo=UTC), "4 мая 2025", "4 мая 2025"),
    ],
)
def test_moments_are_shown_in_the_zone_of_the_region(moment, words, day_words):
    with timezone.override("Asia/Tomsk"), time_machine.travel(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), tick=False):
        assert shown("{{ m|when }}", m=moment) == words
        assert shown("{{ m|day }}", m=moment) == day_words


def test_days_and_nothing():
    with time_machine.travel(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), tick=False):
        assert shown("{{ d|day }}", d=date(2026, 9, 1)) == "1 сент."
        assert shown("{{ d|day }}|{{ d|when }}", d=None) == "|"


def test_an_address_for_posters_is_whole(settings):
    settings.PORTAL_URL = "https://portal.example"
    assert shown("{% portal_url 'admin:index' %}") == "https://portal.example/admin/"


def test_a_letter_begins_with_its_subject(settings, tmp_path):
    (tmp_path / "welcome.txt").write_text("Приглашение:\u00a0{{ name }}\n\nЗдравствуйте!\n\n\n\n{{ name }}\n\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    subject, text = render_letter("welcome.txt", {"name": '"Лицей" & Ко'})
    assert subject == 'Приглашение: "Лицей" & Ко'
    assert text == 'Здравствуйте!\n\n"Лицей" & Ко\n'


def test_a_sentence_that_ends_with_a_shortened_month_has_one_stop() -> None:
    assert full_stop("4 сент.") == "4 сент."
    assert full_stop("сегодня, 14:05") == "сегодня, 14:05."
