"""What came in, on the desk of the portal's staff. Who is not staff is sent to sign in; nobody writes here."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from correspondence.models import IncomingKind, IncomingLetter, IncomingStatus, Lane, Mailbox, RawLetter, Unfetched
from correspondence.models.incoming import RAW_KEPT
from correspondence.models.mailbox import MOST_TRIES
from correspondence.tasks import poll, purge
from correspondence.tests.incoming import make_incoming, make_raw
from correspondence.tests.letters import make_letter

pytestmark = pytest.mark.django_db
LETTERS = reverse("admin:correspondence_incomingletter_changelist")
MAILBOXES = reverse("admin:correspondence_mailbox_changelist")
UNFETCHED = reverse("admin:correspondence_unfetched_changelist")


def make_person(client, is_staff: bool = True) -> None:
    client.force_login(
        get_user_model().objects.create_user("igor@example.org", full_name="Громов Игорь", is_staff=is_staff)
    )


@pytest.fixture
def igor(client):
    make_person(client)
    return client


def page(row) -> str:
    return reverse(f"admin:correspondence_{row._meta.model_name}_change", args=[row.pk])


def test_who_is_not_staff_sees_nothing_that_came_in(client):
    letter = make_incoming()
    make_person(client, is_staff=False)
    for address in (LETTERS, MAILBOXES, UNFETCHED, page(letter), page(letter.mailbox)):
        assert client.get(address).status_code == 302


def test_staff_reads_a_letter_and_its_bytes_are_not_even_loaded(igor):
    letter = make_incoming(subject="Re: Заявка", sender="info@sferum.example", text="Организация зарегистрирована.")
    with CaptureQueriesContext(connection) as queries:
        listed = igor.get(LETTERS).content.decode()
        opened = igor.get(page(letter)).content.decode()
    assert "Re: Заявка" in listed
    assert "info@sferum.example" in listed
    assert "Организация зарегистрирована." in opened
    assert not [query for query in queries if "rawletter" in query["sql"]]


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
@pytest.mark.parametrize("model", ["incomingletter", "mailbox", "unfetched"])
def test_nobody_writes_what_came_in_by_hand(igor, model, verb):
    letter = make_incoming()
    letter.mailbox.meet(7)
    Unfetched.objects.note(letter.mailbox, 7, "нет")
    row = {"incomingletter": letter, "mailbox": letter.mailbox, "unfetched": Unfetched.objects.get()}[model]
    address = reverse(f"admin:correspondence_{model}_{verb}", args=[] if verb == "add" else [row.pk])
    assert igor.post(address, {"subject": "Другое", "post": "yes"}).status_code == 403


def test_an_applicants_answer_shows_neither_words_nor_address_and_is_not_found_by_them(igor):
    sent = make_letter(to="parent@example.org", lane=Lane.APPLICANT)
    answer = make_incoming(
        about=sent,
        subject="Заявка за Петю",
        sender="parent@example.org",
        sender_name="Иванова Анна",
        text="Петя Иванов учится в 5А",
        kind=IncomingKind.BOUNCE,
        bounced_address="parent@example.org",
        bounce_words="Адрес parent@example.org не существует",
    )
    for address in (LETTERS, page(answer)):
        html = igor.get(address).content.decode()
        assert "Ответ на письмо заявителю" in html
        for secret in ("parent@example.org", "Пет", "Иванов"):
            assert secret not in html
    for term in ("parent@", "Петю"):
        assert not igor.get(LETTERS, {"q": term}).context["cl"].result_list


def test_letters_are_found_by_sender_subject_and_message_id_and_bad_input_is_no_error(igor):
    about = make_letter()
    letter = make_incoming(
        subject="Re: РЕГ-2026-000123", sender="info@sferum.example", message_id="<77@x>", about=about
    )
    make_incoming(about=make_letter(lane=Lane.APPLICANT))
    make_incoming()
    for term in ("info@sferum", "РЕГ-2026-000123", "<77@x>"):
        assert list(igor.get(LETTERS, {"q": term}).context["cl"].result_list) == [letter]
    for term in ("\0", "я" * 10_000, "%", "'\""):
        assert igor.get(LETTERS, {"q": term}).status_code == 200


def test_the_list_costs_the_same_for_many_letters(igor):
    costs = []
    igor.get(LETTERS)  # who he is and what he may do is read once
    for count in (3, 60):
        for number in range(count):
            make_incoming(about=make_letter() if number % 2 else None)
        with CaptureQueriesContext(connection) as queries:
            igor.get(LETTERS)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_state_of_each_mailbox_is_in_words(igor, settings):
    settings.MAILBOXES = [f"imap://vera:secret@localhost/{name}" for name in ("Well", "Ill", "New")]
    Mailbox.named("vera@localhost/Well").note_success()
    Mailbox.named("vera@localhost/Ill").note_trouble("Почтовый сервер не принял имя или пароль.", "NO [AUTH]")
    Mailbox.named("vera@localhost/New")
    Mailbox.named("vera@localhost/Gone")
    html = igor.get(MAILBOXES).content.decode()
    for words in (
        ">читается<",
        "Почтовый сервер не принял имя или пароль.",
        "NO [AUTH]",
        "ещё не проверялся",
        "не читается: учебный режим или ящика нет в MAILBOXES",
    ):
        assert words in html
    assert "secret" not in html


def test_what_was_given_up_is_asked_for_again_by_a_click(igor):
    mailbox = Mailbox.named("vera@localhost/INBOX")
    mailbox.meet(7)
    for uid in (1, 2):
        Unfetched.objects.note(mailbox, uid, "Почтовый сервер не отдаёт письмо.")
    given_up, waiting = Unfetched.objects.order_by("uid")
    Unfetched.objects.filter(pk=given_up.pk).update(tries=MOST_TRIES, given_up_at=timezone.now())
    assert "Почтовый сервер не отдаёт письмо." in igor.get(UNFETCHED).content.decode()
    rows = [given_up.pk, waiting.pk]
    answer = igor.post(UNFETCHED, {"action": "try_again", "_selected_action": rows}, follow=True)
    assert sorted(str(message) for message in answer.context["messages"]) == [
        f"{waiting}: Это письмо и так будет запрошено ещё раз.",
        "Будет запрошено ещё раз в течение минуты: 1.",
    ]
    given_up.refresh_from_db()
    assert (given_up.tries, given_up.given_up_at) == (0, None)
    assert given_up in Unfetched.objects.due()


def test_a_letter_set_aside_is_read_again_by_a_click(igor):
    aside, read = make_incoming(status=IncomingStatus.QUARANTINED, tries=5, trouble="нет"), make_incoming()
    answer = igor.post(LETTERS, {"action": "read_again", "_selected_action": [aside.pk, read.pk]}, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told[-1] == "Будет прочитано в течение минуты: 1."
    assert told[0].startswith(f"{read}: ")
    aside.refresh_from_db()
    assert (aside.status, aside.tries, aside.trouble) == (IncomingStatus.STORED, 0, "")


def test_what_comes_is_fetched_and_read_in_one_run(box):
    box.put(make_raw("Организация зарегистрирована."))
    poll()
    letter = IncomingLetter.objects.get()
    assert letter.status == IncomingStatus.READ
    assert "зарегистрирована" in letter.text


def test_bytes_of_letters_read_long_ago_are_erased_and_their_words_stay():
    long_ago = timezone.now() - RAW_KEPT - timedelta(days=1)
    old = make_incoming(stored_at=long_ago, text="Зарегистрирована.")
    kept = [
        make_incoming(stored_at=long_ago + timedelta(days=2)),
        make_incoming(stored_at=long_ago, status=IncomingStatus.STORED),
        make_incoming(stored_at=long_ago, status=IncomingStatus.QUARANTINED),
    ]
    purge()
    assert set(RawLetter.objects.values_list("incoming", flat=True)) == {letter.pk for letter in kept}
    assert IncomingLetter.objects.get(pk=old.pk).text == "Зарегистрирована."
