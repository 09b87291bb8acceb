"""The visitor's page `/j/<code>/`: open to everybody who holds the code, closed in words when the link is dead."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.models import Lane, Letter
from invitations.models import Invitation, JoinRequest
from invitations.statuses import Mode, RequestStatus, Role
from invitations.tests.builders import SFERUM_LINK, in_days, make_invitation, make_request, pupil_form
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(school: Organization) -> Invitation:
    return make_invitation(school)


def page(code: str) -> str:
    return f"/j/{code}/"


@pytest.mark.parametrize("code", ["ABCDEFGHJKMN", "abc", "%00", "0" * 300, "ABCD-EFGH-JKM0", "<script>"])
def test_unknown_code_is_404_and_explains_the_fraud(client: Client, link: Invitation, code: str) -> None:
    answer = client.get(page(code))
    assert answer.status_code == 404
    assert "Мошенники" in answer.content.decode()
    assert "официального сайта" in answer.content.decode()


def test_visitor_sees_school_class_role_two_acts_and_the_warning(client: Client, link: Invitation) -> None:
    text = client.get(page(link.code)).content.decode()
    for words in [
        link.organization.name,
        "7 «Б»",
        "Два шага",
        "администратор принимает вас там",
        "Попросите родителя открыть эту ссылку",
        "Никто из школы не спросит код из СМС",
    ]:
        assert words in text
    assert SFERUM_LINK not in text, "the official link is not shown before acceptance"


def test_the_code_is_forgiving_and_leads_to_one_address(client: Client, link: Invitation) -> None:
    link.code = "ABEKMHPCTYX2"
    Invitation.objects.filter(pk=link.pk).update(code=link.code)
    typed = "авек-мнрс тух2"  # Russian letters, small, with a hyphen and a space
    answer = client.get(page(typed))
    assert answer.status_code == 302
    assert answer["Location"] == page(link.code)


def test_parent_files_for_a_child_and_gets_a_receipt(client: Client, link: Invitation) -> None:
    answer = client.post(page(link.code), pupil_form(), follow=True)
    request = JoinRequest.objects.get()
    assert request.full_name == "Петров Илья Сергеевич"
    assert request.applicant_name == "Петрова Ирина Львовна"
    assert request.consent_version == "2026-11-2"
    assert request.status == RequestStatus.PENDING
    assert request.purge_after == in_days(180)
    link.refresh_from_db()
    assert link.used == 1
    assert request.number in answer.content.decode()
    assert "Сохраните номер" in answer.content.decode()
    assert "Подать за другого ребёнка" in answer.content.decode()
    event = Event.objects.get(verb="request.filed")
    assert (event.by, event.actor, event.organization) == (None, "applicant", link.organization)


def test_applicant_gets_a_letter_without_names(client: Client, link: Invitation) -> None:
    client.post(page(link.code), pupil_form())
    letter = Letter.objects.get()
    assert letter.lane == Lane.APPLICANT
    assert letter.recipient == "irina@example.ru"
    assert "Петров" not in letter.subject + letter.text
    assert "[[receipt]]" in letter.text
    assert SFERUM_LINK not in letter.text


def test_teacher_needs_a_contact_and_no_child(client: Client, school: Organization) -> None:
    link = make_invitation(school, role=Role.TEACHER)
    assert "необязательно" not in client.get(page(link.code)).content.decode(), "one contact of the two is asked for"
    typed = {"full_name": "Белова Анна Игоревна", "consent": "on", "phone": "", "email": ""}
    answer = client.post(page(link.code), typed)
    assert "Укажите телефон или почту" in answer.content.decode()
    assert "Белова Анна Игоревна" in answer.content.decode(), "what was typed stays"
    assert not JoinRequest.objects.exists()
    client.post(page(link.code), typed | {"phone": "8 (913) 800-00-01"})
    assert str(JoinRequest.objects.get().phone) == "+79138000001"
    assert JoinRequest.objects.get().role == Role.TEACHER


@pytest.mark.parametrize("missing", ["consent", "is_representative"])
def test_without_consent_or_right_nothing_is_stored(client: Client, link: Invitation, missing: str) -> None:
    typed = pupil_form()
    del typed[missing]
    answer = client.post(page(link.code), typed)
    assert answer.status_code == 200
    assert "Не отправлено" in answer.content.decode()
    assert not JoinRequest.objects.exists()
    link.refresh_from_db()
    assert link.used == 0


def test_double_click_is_one_request(client: Client, link: Invitation) -> None:
    typed = pupil_form()
    first, second = client.post(page(link.code), typed), client.post(page(link.code), typed)
    assert first["Location"].split(".")[0] == second["Location"].split(".")[0]
    assert JoinRequest.objects.count() == 1
    assert Letter.objects.count() == 1
    link.refresh_from_db()
    assert link.used == 1, "the second click gives its place back"


def test_double_click_on_the_last_place_still_shows_the_receipt(client: Client, school: Organization) -> None:
    link = make_invitation(school, limit=1)
    typed = pupil_form()
    client.post(page(link.code), typed)
    assert "/receipt/" in client.post(page(link.code), typed)["Location"]


def test_going_back_and_naming_another_child_is_another_request(client: Client, link: Invitation) -> None:
    typed = pupil_form()
    client.post(page(link.code), typed)
    client.post(page(link.code), typed | {"full_name": "Петрова Алиса Сергеевна"})
    assert JoinRequest.objects.count() == 2


CLOSED: list[tuple[dict[str, Any], str]] = [
    ({"expires_on": in_days(-1)}, "Срок ссылки истёк"),
    ({"used": 30}, "Мест по этой ссылке больше нет"),
    ({"paused_at": timezone.now(), "pause_reason": "Сверяем списки"}, "Сверяем списки"),
    ({"revoked_at": timezone.now()}, "Школа отозвала эту ссылку"),
]


@pytest.mark.parametrize(("fields", "words"), CLOSED)
def test_each_dead_link_has_its_own_page(
    client: Client, school: Organization, fields: dict[str, Any], words: str
) -> None:
    link = make_invitation(school, **fields)
    for answer in (client.get(page(link.code)), client.post(page(link.code), pupil_form())):
        assert answer.status_code == 410
        assert words in answer.content.decode()
        assert "Что делать" in answer.content.decode()
        assert "Узнать решение по номеру" in answer.content.decode()
    assert not JoinRequest.objects.exists()


def test_replaced_link_says_so_and_keeps_the_new_code_to_itself(client: Client, school: Organization) -> None:
    link = make_invitation(school)
    Organization.objects.filter(pk=school.pk).update(step=6)
    new = Invitation.objects.with_school().get(pk=link.pk).replace(by=None)
    answer = client.get(page(link.code))
    assert answer.status_code == 410
    assert "заменила эту ссылку" in answer.content.decode()
    assert new.code not in answer.content.decode()


def test_links_of_an_archived_class_are_dead(client: Client, link: Invitation) -> None:
    link.school_class.archived_at = timezone.now()
    link.school_class.save()
    assert client.get(page(link.code)).status_code == 410
    assert client.post(page(link.code), pupil_form()).status_code == 410


def test_link_is_good_until_the_end_of_the_day_in_the_region(
    client: Client, school: Organization, time_machine: Any
) -> None:
    link = make_invitation(school, expires_on="2026-12-20")
    time_machine.move_to("2026-12-20T16:59:00Z", tick=False)  # 23:59 in Tomsk
    assert client.get(page(link.code)).status_code == 200
    time_machine.move_to("2026-12-20T17:00:00Z", tick=False)
    assert client.get(page(link.code)).status_code == 410


def test_direct_link_shows_sferum_and_asks_nothing(client: Client, school: Organization) -> None:
    link = make_invitation(school, mode=Mode.DIRECT)
    text = client.get(page(link.code)).content.decode()
    assert SFERUM_LINK in text
    assert "<form" not in text
    assert client.post(page(link.code), pupil_form()).status_code == 302
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing_and_leaves_no_session(client: Client, link: Invitation, method: str) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = getattr(client, method)(page(link.code))
    assert all(query["sql"].startswith("SELECT") for query in asked)
    assert set(answer.cookies) <= {"portal_csrf"}
    link.refresh_from_db()
    assert link.used == 0


def test_the_page_forbids_indexing(client: Client, link: Invitation) -> None:
    assert '<meta name="robots" content="noindex">' in client.get(page(link.code)).content.decode()


def test_post_needs_the_csrf_token_and_a_lapsed_page_keeps_what_was_typed(link: Invitation) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(page(link.code), pupil_form())
    text = answer.content.decode()
    assert answer.status_code == 403
    assert not JoinRequest.objects.exists()
    assert "Всё, что вы ввели, сохранено" in text
    assert "Петров Илья Сергеевич" in text

    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    again = strict.post(page(link.code), pupil_form(csrfmiddlewaretoken=token[1]))
    assert again.status_code == 302, "the page that came back can be sent"
    assert JoinRequest.objects.count() == 1


BAD_NAMES = ["", "Петров", "\x00", "Петров \u202eИлья", "<script>alert(1)</script> Илья", "Пeтров Илья", "Я " * 5000]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("field", ["full_name", "applicant_name"])
def test_bad_names_are_refused_at_their_field(client: Client, link: Invitation, field: str, name: str) -> None:
    answer = client.post(page(link.code), pupil_form(**{field: name}))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'href="#id_{field}"' in text, "the summary leads to the field"
    assert "<script>alert" not in text
    assert "irina@example.ru" in text, "nothing typed is lost"
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [{"email": "a@localhost"}, {"email": "a@b.ru\nBcc: x@y.ru"}, {"phone": "141-45-01"}, {"form_key": "\x00" * 3}],
)
def test_bad_contacts_are_refused(client: Client, link: Invitation, typed: dict[str, str]) -> None:
    assert client.post(page(link.code), pupil_form(**typed)).status_code == 200
    assert not JoinRequest.objects.exists()


def test_statements_of_a_visit(client: Client, link: Invitation, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(4):
        client.get(page(link.code))
    with CaptureQueriesContext(connection) as asked:
        client.post(page(link.code), pupil_form())
    statements = [q["sql"] for q in asked if not q["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 12, statements


def test_page_with_its_style_weighs_at_most_30_kb(client: Client, link: Invitation, settings: Any) -> None:
    style = settings.BASE_DIR / "static/portal/public.css"
    mark = settings.BASE_DIR / "static/portal/mark.svg"
    page_bytes = len(client.get(page(link.code)).content)
    assert page_bytes + style.stat().st_size + mark.stat().st_size <= 30_000


def test_filing_hashes_no_password_and_opens_no_mail_server(
    client: Client, link: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError("not on a public path")

    monkeypatch.setattr("smtplib.SMTP.__init__", forbidden)
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", forbidden)
    assert client.post(page(link.code), pupil_form()).status_code == 302


def test_too_many_posts_are_told_to_wait_with_the_form_kept(
    client: Client, link: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invitations.views.visitor.PER_ADDRESS", 1)
    assert client.post(page(link.code), pupil_form()).status_code == 302
    answer = client.post(page(link.code), pupil_form(full_name="Петрова Алиса Сергеевна"))
    assert answer.status_code == 429
    assert "Петрова Алиса Сергеевна" in answer.content.decode()
    assert JoinRequest.objects.count() == 1


def test_a_poster_code_is_checked(client: Client, link: Invitation) -> None:
    assert client.get("/j/").status_code == 200
    assert client.get("/j/", {"code": link.shown_code.lower()})["Location"] == page(link.code)
    for typed in ["", "12", "\x00", "я" * 10_000]:
        answer = client.get("/j/", {"code": typed})
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()


def test_status_by_number_names_nobody(client: Client, link: Invitation) -> None:
    request = make_request(link)
    for typed in (request.number, f"k-{request.pk}", str(request.pk)):
        text = client.post(f"/j/{link.code}/status/", {"number": typed}).content.decode()
        assert "Ждёт решения школы" in text
        assert "Петров" not in text


def test_status_knows_only_numbers_of_that_link(client: Client, link: Invitation, other_school: Organization) -> None:
    foreign = make_request(make_invitation(other_school))
    for typed in (foreign.number, "К-999999", "", "\x00", "9" * 40):
        answer = client.post(f"/j/{link.code}/status/", {"number": typed})
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()


def test_parents_have_a_form_where_the_region_lets_them(client: Client, school: Organization) -> None:
    link = make_invitation(school, role=Role.PARENT)
    client.post(page(link.code), {"full_name": "Петрова Ирина Львовна", "consent": "on", "phone": "", "email": ""})
    assert JoinRequest.objects.get().role == Role.PARENT


def test_expiry_a_month_later_is_shown(link: Invitation) -> None:
    assert link.expires_on - timezone.localdate() == timedelta(days=30)


def test_one_contact_serves_any_number_of_children(client: Client, link: Invitation) -> None:
    """Never a ground for a duplicate or a block: half of a family's requests would be gone."""
    contact = {"phone": "8 (913) 800-00-01", "email": "irina@example.ru"}
    for child in ("Илья", "Егор", "Мария", "Анна", "Пётр"):
        answer = client.post(page(link.code), pupil_form(full_name=f"Петров {child} Сергеевич", **contact))
        assert answer.status_code == 302
    assert set(JoinRequest.objects.values_list("phone", "status", "same_as")) == {("+79138000001", "pending", None)}
    assert JoinRequest.objects.count() == 5
    assert Letter.objects.filter(recipient="irina@example.ru").count() == 5


def test_the_form_of_the_next_person_is_empty(client: Client, link: Invitation) -> None:
    receipt = client.post(page(link.code), pupil_form(), follow=True).content.decode()
    assert f'href="{page(link.code)}"' in receipt, "«Подать за другого ребёнка»"
    answer = client.get(page(link.code))
    assert "no-store" in answer["Cache-Control"]
    for typed in ("Петров", "irina@example.ru"):
        assert typed not in answer.content.decode()
    child = re.search(r"<input[^>]*name=.full_name.[^>]*>", answer.content.decode())
    assert child
    assert 'autocomplete="off"' in child[0]


def test_a_link_that_closed_meanwhile_gives_back_what_was_typed(client: Client, link: Invitation) -> None:
    link.pause(by=None, reason="Сверяем списки")
    text = client.post(page(link.code), pupil_form()).content.decode()
    for words in ("Что вы ввели", "Петров Илья Сергеевич", "Петрова Ирина Львовна", "Подать ещё раз"):
        assert words in text
    assert "Что вы ввели" not in client.get(page(link.code)).content.decode()

    link.resume(by=None)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert client.post(page(link.code), kept).status_code == 302
    assert JoinRequest.objects.get().full_name == "Петров Илья Сергеевич"


def test_a_revoked_link_shows_what_was_typed_and_offers_no_second_try(client: Client, link: Invitation) -> None:
    link.revoke(by=None)
    text = client.post(page(link.code), pupil_form()).content.decode()
    assert "Петров Илья Сергеевич" in text
    assert "Подать ещё раз" not in text


def test_a_screen_reader_is_told_what_to_mend(client: Client, link: Invitation) -> None:
    text = client.post(page(link.code), pupil_form(full_name="Петров", phone="12")).content.decode()
    assert re.search(r"<div[^>]*role=.alert. tabindex=.-1. autofocus", text)
    for name in ("full_name", "phone"):
        field = re.search(rf"<input[^>]*name=.{name}.[^>]*>", text)
        assert field
        assert 'aria-invalid="true"' in field[0]
        assert f"id_{name}_error" in field[0], "aria-describedby"
        assert f'id="id_{name}_error"' in text


def test_hints_for_families(client: Client, link: Invitation) -> None:
    text = client.get(page(link.code)).content.decode()
    for words in ("Ваш собственный, не ребёнка", "не в браузере, в котором ваш ребёнок", "У ребёнка нет своего номера"):
        assert words in text


def test_a_teacher_reads_no_hints_for_families(client: Client, school: Organization) -> None:
    text = client.get(page(make_invitation(school, role=Role.TEACHER).code)).content.decode()
    assert "Ваш собственный номер" in text
    assert "ребён" not in text


def test_asking_for_decisions_is_counted(client: Client, link: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invitations.views.visitor.PER_ADDRESS", 2)
    asked = {"number": make_request(link).number}
    answers = [client.post(f"/j/{link.code}/status/", asked) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Ждёт решения" not in answers[2].content.decode()
    assert asked["number"] in answers[2].content.decode(), "what was typed stays"
