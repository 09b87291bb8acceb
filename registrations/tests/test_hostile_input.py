"""Whatever is typed: a message at the field, nothing lost, never an error of the server."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from correspondence.models import Letter
from foundation.tokens import sign
from organizations.journey import reach
from organizations.models import Organization
from organizations.statuses import Source, Step
from registrations.models import HandoverRequest, HelpRequest, Inquiry, Nominee, RegistrationRequest
from registrations.statuses import NominatedBy

Enter = Callable[[User], Client]
HOSTILE = {
    "empty": "",
    "long": "я" * 10_000,
    "nul": "Иванов\0 Иван",
    "bidi": "Иванов \u202eнавИ",
    "script": "<script>alert(1)</script> Иван",
    "look-alikes": "Ивaнoв Иван",
    "header": "Иванов Иван\r\nBcc: thief@example.com",
    "another's id": "999999",
}
FIELDS = [
    "answer", "by_name", "full_name", "phone", "phone_again", "email", "position", "shared_phone_reason", "new_phone",
    "person_name", "order_number", "order_on", "predecessor_name", "predecessor_phone", "agree", "words", "inn", "code",
    "outcome", "on", "channel", "text", "form_key", "topic", "addressee", "question", "pk",
]  # fmt: skip


@pytest.fixture
def asked(school: Organization, vera: User) -> Inquiry:
    reach(school, Step.REGISTERED, by=None, source=Source.REGISTRY)
    return Inquiry.objects.ask([school], by=vera).letters[0]


def pages_of_the_portal(school: Organization, vera: User, marina: User) -> list[str]:
    case = RegistrationRequest.objects.open_new(school, by=marina)
    nominee = Nominee("Смирнова Анна Петровна", "+79001234567")
    change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    question = HelpRequest.objects.ask_number(school, by=vera)
    root = f"/organizations/{school.pk}"
    verbs = ("sent-by-hand", "answer")
    return [
        f"{root}/registration/submit/",
        f"{root}/handover/nominate/",
        f"{root}/handover/{change.pk}/accept/",
        f"{root}/help/ask/",
        f"{root}/inquiry/answer/",
        "/inquiries/ask/",
        *[f"{root}/registration/{case.pk}/{verb}/" for verb in verbs],
        *[f"{root}/handover/{change.pk}/{verb}/" for verb in verbs],
        *[f"{root}/help/{question.pk}/{verb}/" for verb in verbs],
    ]


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_pages_of_the_portal_answer_in_words(
    school: Organization, marina: User, vera: User, asked: Inquiry, enter: Enter, typed: str
) -> None:
    pages = pages_of_the_portal(school, vera, marina)
    before = Letter.objects.count()
    browser = enter(vera)
    for page in pages:
        answer = browser.post(page, dict.fromkeys(FIELDS, typed) | {"agree": ""})
        assert answer.status_code in (200, 302), page
        assert "<script>alert" not in answer.content.decode()
    assert Letter.objects.count() == before
    asked.refresh_from_db()
    assert asked.is_open


@pytest.mark.parametrize("answer", ["same_works", "same_cannot", "changed"])
@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_open_pages_answer_in_words(asked: Inquiry, vera: User, school: Organization, typed: str, answer: str) -> None:
    browser = Client()
    page = reverse("registrations:who", args=[asked.token])
    drawn = browser.post(page, dict.fromkeys(FIELDS, typed) | {"answer": answer})
    assert drawn.status_code == 200
    assert "errorlist" in drawn.content.decode()
    asked.refresh_from_db()
    assert asked.is_open


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_codes_links_and_filters_answer_in_words(
    asked: Inquiry, school: Organization, vera: User, enter: Enter, typed: str
) -> None:
    nominee = Nominee("Смирнова Анна Петровна", "+79001234567")
    change = HandoverRequest.objects.nominate(school, nominee, nominated_by=NominatedBy.COORDINATOR, by=vera)
    browser = Client()
    for page in ("/who/", "/handover/"):
        assert "errorlist" in browser.post(page, {"inn": typed, "code": typed}).content.decode()
    consent = browser.post(f"/handover/{sign('handover', change.pk)}/", {"agree": ""})
    assert "errorlist" in consent.content.decode()
    asked.answer_changed(by_name="Петрова Ольга Ивановна", nominee=None)
    mistake = browser.post(f"/who/{asked.token}/mistake/", {"words": typed})
    assert mistake.status_code in (200, 302)
    coordinator = enter(vera)
    for page in ("first-entry/?trouble=", "help/?topic=", "inquiry/?answer=", "registration/?x="):
        assert coordinator.get(f"/organizations/{school.pk}/{page}", {page[-6:-1]: typed}).status_code == 200
    assert coordinator.get("/inquiries/sheets.pdf", {"batch": typed}).status_code in (200, 302)
    assert coordinator.get(f"/organizations/{school.pk}/help/", {"topic": typed}).status_code == 200


def test_what_was_typed_is_not_lost(school: Organization, vera: User, asked: Inquiry, enter: Enter) -> None:
    typed = {"form_key": "x", "topic": "code", "addressee": "nobody", "question": "Длинный рассказ о беде"}
    drawn = enter(vera).post(f"/organizations/{school.pk}/help/ask/", typed).content.decode()
    assert "Длинный рассказ о беде" in drawn
