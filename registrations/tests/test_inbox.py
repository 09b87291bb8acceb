"""Letters that found no case by themselves: who sees them, what is suggested, what a click does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from conftest import make_coordinator, make_municipality, make_organization, make_region
from correspondence.models import IncomingAttachment, IncomingLetter, Lane, Letter, RawLetter
from correspondence.tests.answers import answer_to, make_incoming
from foundation.verbs import WrongStatus
from organizations.models import Municipality, Organization, Region
from registrations import answers
from registrations.answers import attach_with_thread, claim_answers
from registrations.matching import Found, candidates
from registrations.models import CaseLetter, InboxLetter, RegistrationRequest
from registrations.statuses import SortedBy, SortingStatus

Enter = Callable[[User], Client]
INBOX = "/letters/inbox/"


@pytest.fixture
def filed(school: Organization, marina: User) -> RegistrationRequest:
    return RegistrationRequest.objects.file(school, by=marina, agrees=True)


def unsorted(**fields: object) -> InboxLetter:
    incoming = make_incoming(**fields)
    claim_answers()
    return InboxLetter.objects.get(incoming=incoming)


def verb(letter: InboxLetter, name: str) -> str:
    return reverse(f"registrations:inbox-{name}", args=[letter.pk])


def test_only_who_coordinates_the_whole_region_sorts(
    school: Organization, marina: User, oleg: User, nadia: User, vera: User, igor: User, enter: Enter
) -> None:
    letter = unsorted(text="Добрый день")
    other = make_coordinator(make_region()).user
    for stranger in (marina, oleg, nadia):
        assert enter(stranger).get(INBOX).status_code == 404
        assert enter(stranger).get(f"{INBOX}{letter.pk}/").status_code == 404
    assert enter(vera).get(f"{INBOX}{letter.pk}/").status_code == 200
    assert enter(igor).get(INBOX).status_code == 200
    assert enter(other).get(f"{INBOX}{letter.pk}/").status_code == 404
    assert enter(other).post(verb(letter, "aside")).status_code == 404


def test_where_the_portal_serves_several_regions_the_signs_decide(school: Organization, vera: User) -> None:
    make_region()
    assert unsorted(text=f"По ИНН {school.inn}: уточните телефон").region == school.region
    assert unsorted(text="Добрый день, всё готово").region is None


def test_candidates_are_ranked_with_their_reasons(
    filed: RegistrationRequest, school: Organization, other_school: Organization
) -> None:
    incoming = make_incoming(
        subject="Про вашу школу",
        text=f"Добрый день! {school.short_name}, ИНН {school.inn}, телефон 8-900-000-14-27. Уточните.",
    )
    best, *_ = candidates(incoming, Organization.objects.all())
    assert best.organization == school
    assert best.cases == [filed]
    said = "; ".join(best.reasons)
    assert "назван ИНН" in said
    assert "Демидова Марина Сергеевна" in said
    assert "похожее название" in said


def test_the_number_of_a_school_is_not_confused(vera: User, municipality: Municipality) -> None:
    schools = {}
    for number in ("5", "15", "55"):
        one = make_organization(municipality, short_name=f"МБОУ «СОШ № {number} г. Асино»")
        RegistrationRequest.objects.open_new(one, by=vera)
        schools[number] = one
    found = candidates(make_incoming(text="Школа № 15 города Асино зарегистрирована"), Organization.objects.all())
    assert [one.organization for one in found] == [schools["15"]]


def test_a_letter_full_of_numbers_costs_no_more_than_a_few_statements(
    filed: RegistrationRequest, django_assert_max_num_queries: Callable[..., AbstractContextManager[None]]
) -> None:
    incoming = make_incoming(text=" ".join(f"РЕГ-2026-{number:06d}" for number in range(300)))
    with django_assert_max_num_queries(25):
        assert [one.organization for one in candidates(incoming, Organization.objects.all())]


def test_candidates_come_from_ones_own_territory(filed: RegistrationRequest, school: Organization, pavel: User) -> None:
    incoming = make_incoming(text=f"ИНН {school.inn}")
    assert candidates(incoming, Organization.objects.manageable_by(pavel)) == []


@pytest.fixture
def pavel(region: Region) -> User:
    return make_coordinator(region, make_municipality(region)).user


def test_a_click_attaches_and_the_rest_of_the_thread_follows(
    filed: RegistrationRequest, vera: User, enter: Enter
) -> None:
    first = unsorted(subject="Без номера", text="Уточните данные", sender="ivanov@sferum.ru")
    second = unsorted(subject="Ещё", references=[first.incoming.message_id], sender="ivanov@sferum.ru")
    alien = unsorted(subject="Чужое", sender="ivanov@sferum.ru")
    said = enter(vera).post(verb(first, "attach"), {"case": f"registration:{filed.pk}"}, follow=True).content.decode()
    assert "И ещё писем этой переписки: 1" in said
    assert {letter.incoming_id for letter in filed.letters.unread()} == {first.incoming_id, second.incoming_id}
    first.refresh_from_db(), alien.refresh_from_db()
    assert (first.sorted_by, first.how) == (vera, SortedBy.HAND)
    assert alien.status == SortingStatus.WAITING


def test_what_a_person_took_off_a_case_is_not_led_back_to_it(filed: RegistrationRequest, vera: User) -> None:
    wrong = unsorted(subject=f"Re: {filed.number}, а речь о другой школе")
    wrong.detach(by=vera)
    other = unsorted(subject="Без номера")
    assert attach_with_thread(other, filed, by=vera) == 1
    wrong.refresh_from_db()
    assert wrong.status == SortingStatus.WAITING


def test_a_letter_that_somebody_else_sorts_at_this_moment_does_not_stop_the_first(
    filed: RegistrationRequest, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = unsorted(subject="Без номера")
    second = unsorted(subject="Ещё", references=[first.incoming.message_id])

    def sorted_meanwhile(incoming: IncomingLetter) -> Found:
        InboxLetter.objects.get(pk=second.pk).set_aside(by=vera)
        return Found(filed, SortedBy.THREAD)

    monkeypatch.setattr(answers, "sure_case", sorted_meanwhile)
    assert attach_with_thread(first, filed, by=vera) == 1
    assert [letter.incoming_id for letter in filed.letters.unread()] == [first.incoming_id]


def test_a_strangers_case_is_no_case(filed: RegistrationRequest, vera: User, enter: Enter) -> None:
    letter = unsorted()
    foreign = RegistrationRequest.objects.open_new(make_organization(), by=vera)
    for case in (f"registration:{foreign.pk}", "registration:x", "letter:1", "", f"registration:{10**17}"):
        assert enter(vera).post(verb(letter, "attach"), {"case": case}).status_code == 404, case
    assert not CaseLetter.objects.incoming().exists()


def test_the_second_who_sorts_learns_of_the_first(filed: RegistrationRequest, vera: User, igor: User) -> None:
    letter = unsorted()
    stale = InboxLetter.objects.get(pk=letter.pk)
    letter.attach(filed, by=vera)
    with pytest.raises(WrongStatus, match="Кузнецова Вера Николаевна"):
        stale.set_aside(by=igor)
    with pytest.raises(WrongStatus, match="отнесено к обращению"):
        stale.attach(filed, by=igor)
    assert CaseLetter.objects.incoming().count() == 1


def test_aside_and_back(vera: User, enter: Enter, school: Organization) -> None:
    letter, browser = unsorted(subject="Скидки на пылесосы"), enter(vera)
    browser.post(verb(letter, "aside"))
    assert "Скидки" not in browser.get(INBOX).content.decode()
    assert "Скидки" in browser.get(f"{INBOX}?show=aside").content.decode()
    browser.post(verb(letter, "take-back"))
    assert "Скидки" in browser.get(INBOX).content.decode()


def test_search_finds_cases_by_number_and_by_name(filed: RegistrationRequest, vera: User, enter: Enter) -> None:
    letter = unsorted()
    for query in (filed.number.lower(), filed.organization.inn, filed.organization.short_name):
        shown = enter(vera).get(f"{INBOX}{letter.pk}/", {"q": query}).content.decode()
        assert f"Отнести к {filed.number}" in shown, query
    assert "обращений нет" in enter(vera).get(f"{INBOX}{letter.pk}/", {"q": "нет такого"}).content.decode()


def test_an_answer_of_a_head_is_shown_with_its_organization(school: Organization, vera: User, enter: Enter) -> None:
    ours = Letter.objects.queue(
        dedupe_key="x", to=school.email, subject="Кто?", text="Кто?", queue=f"organization:{school.pk}"
    )
    letter = unsorted(references=[ours.message_id], about=ours, sender=school.email, text="Отвечает завуч")
    shown = enter(vera).get(f"{INBOX}{letter.pk}/").content.decode()
    assert "Ответ на письмо портала этой организации" in shown
    assert school.get_absolute_url() in shown


def test_what_an_applicant_writes_back_is_shown_to_nobody_above_the_school(
    school: Organization, vera: User, igor: User, enter: Enter
) -> None:
    ours = Letter.objects.queue(
        dedupe_key="x", to="irina@example.ru", subject="Заявка принята", text="…", lane=Lane.APPLICANT
    )
    letter = unsorted(references=[ours.message_id], about=ours, sender="irina@example.ru", text="Спасибо! Петров Илья")
    assert letter.status == SortingStatus.ASIDE
    for reader in (vera, igor):
        assert enter(reader).get(f"{INBOX}{letter.pk}/").status_code == 404
        assert "Петров" not in enter(reader).get(f"{INBOX}?show=aside").content.decode()


def test_an_applicants_answer_stays_aside_even_with_the_number_of_a_case(filed: RegistrationRequest) -> None:
    ours = Letter.objects.queue(
        dedupe_key="x", to="irina@example.ru", subject="Заявка принята", text="…", lane=Lane.APPLICANT
    )
    letter = unsorted(references=[ours.message_id], about=ours, subject=f"Re: {filed.number}", text="Петров Илья")
    assert letter.status == SortingStatus.ASIDE
    assert not CaseLetter.objects.incoming().exists()


def test_attachments_are_saved_never_opened(
    filed: RegistrationRequest, marina: User, oleg: User, vera: User, enter: Enter
) -> None:
    message = EmailMessage()
    message.set_content("Ответ во вложении")
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename="стр.html")
    incoming = answer_to(Letter.objects.get(), raw=message.as_bytes())
    IncomingAttachment.objects.create(incoming=incoming, position=2, name="стр.html", content_type="text/html", size=5)
    claim_answers()
    address = reverse("registrations:attachment", args=[incoming.pk, 2])
    got = enter(marina).get(address)
    assert got.content.strip() == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment;")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert enter(oleg).get(address).status_code == 404
    assert address in enter(marina).get(f"/organizations/{filed.organization_id}/registration/").content.decode()
    RawLetter.objects.all().delete()
    shown = enter(marina).get(f"/organizations/{filed.organization_id}/registration/").content.decode()
    assert "Вложения удалены по сроку хранения: стр.html" in shown
    assert address not in shown
    assert enter(marina).get(reverse("registrations:attachment", args=[incoming.pk, 7])).status_code == 404


def test_the_list_costs_the_same_at_3_and_at_300(region: Region, vera: User, enter: Enter) -> None:
    browser, costs = enter(vera), []
    browser.get(INBOX)  # what a first page of a session costs is not counted
    for count in (3, 300):
        for _ in range(count):
            InboxLetter.objects.create(incoming=make_incoming(), region=region)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(INBOX).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
