"""Filing for many organizations at once: who gets a letter, who is left out, and what came of it."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from accounts.models import User
from conftest import make_municipality, make_organization, make_region
from coordination.check_journey import differences
from correspondence.models import Letter, LetterStatus
from correspondence.statuses import ErrorKind
from organizations.journey import reach
from organizations.models import Appointment, Event, Milestone, Organization, Region
from organizations.statuses import AppointmentStatus, Source, Step
from registrations.models import CaseCounter, Filing, RegistrationRequest
from registrations.statuses import AnswerChannel, HandChannel, Purpose, RegistrationStatus, SkipReason
from registrations.tests.builders import make_ready

Enter = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def file(*schools: Organization, by: User, **more: object) -> Filing:
    chosen = Organization.objects.filter(pk__in=[school.pk for school in schools])
    return RegistrationRequest.objects.file_many(chosen, by=by, **more)


def reason(filing: Filing, school: Organization) -> str:
    return {pk: why for pk, why, _ in filing.skipped}[school.pk]


def answer(case: RegistrationRequest, verb: str, by: User) -> None:
    getattr(case, verb)(by=by, on=timezone.localdate(), channel=AnswerChannel.CALL, text="слова")


def test_strangers_organizations_are_silently_not_there(
    region: Region, nadia: User, marina: User, enter: Enter
) -> None:
    theirs = make_ready(region)
    for user in (nadia, marina):
        browser = enter(user)
        answer = browser.post("/registrations/file/", {"pk": [theirs.pk, "abc", "9" * 30, "\0"]}, follow=True)
        assert answer.status_code == 200
        assert theirs.name not in answer.content.decode()
    assert not Letter.objects.exists()
    assert not RegistrationRequest.objects.exists()


def test_the_result_is_404_for_strangers_and_one_s_own_part_for_colleagues(
    region: Region, school: Organization, vera: User, nadia: User, marina: User, enter: Enter
) -> None:
    here, there = make_ready(region, municipality=school.municipality), make_ready(region)
    elsewhere = file(there, by=vera)
    both = file(here, make_ready(region), school, by=vera)
    for page in ("", "progress/", "result.xlsx"):
        for user in (nadia, marina):
            assert enter(user).get(f"{elsewhere.get_absolute_url()}{page}").status_code == 404
        assert enter(marina).get(f"{both.get_absolute_url()}{page}").status_code == 404
        assert enter(nadia).get(f"/registrations/filed/{uuid4()}/{page}").status_code == 404
    seen = enter(nadia).get(both.get_absolute_url())
    assert [one.organization for one in seen.context["page"]] == [here]
    assert [skip.organization for _, some in seen.context["groups"] for skip in some] == [school]
    assert seen.context["progress"].total == 1
    (row,) = enter(nadia).get("/registrations/filed/").context["page"]
    assert (row, row.sent) == (both, 1)
    assert not enter(marina).get("/registrations/filed/").context["page"].object_list


def test_many_are_filed_as_each_would_be_alone(region: Region, vera: User) -> None:
    singly, one, two = (make_ready(region) for _ in range(3))
    alone = RegistrationRequest.objects.file(singly, by=vera, agrees=False)
    filing = file(one, two, by=vera)
    cases = list(RegistrationRequest.objects.filter(batch=filing.batch).order_by("pk"))
    assert [case.organization for case in cases] == [one, two]
    assert [case.number[-6:] for case in cases] == ["000002", "000003"]
    assert Letter.objects.count() == 3
    for case in cases:
        same = ("status", "waiting_since", "opened_by", "moved_by", "is_overdue", "submitted_phone")
        expected = [getattr(alone, name) for name in same[:-1]]
        assert [getattr(case, name) for name in same[:-1]] == expected
        (letter,) = case.letters.all()
        assert (letter.purpose, letter.by, letter.on, letter.filing) == (Purpose.FIRST, vera, case.today, filing)
        assert (letter.letter.text, letter.facts) == (case.compose().text, case.compose().facts)
        assert letter.letter.thread == case.number
        assert traces(case.organization) == traces(singly)
    assert list(differences()) == []


def traces(school: Organization) -> tuple[list[object], list[object]]:
    """What the journal and the journey hold of an organization."""
    school.refresh_from_db()
    events = Event.objects.filter(organization=school).values_list("verb", "by", "object_type", "fields")
    milestones = Milestone.objects.filter(organization=school).values_list("step", "reached_on", "source", "noted_by")
    return sorted(map(str, events)), [*milestones, school.step, school.step_since]


def test_who_is_skipped_and_why(region: Region, vera: User) -> None:
    registered, waiting, declined, nobody, landline, unconfirmed, closed, unwanted, good = (
        make_ready(region) for _ in range(9)
    )
    reach(registered, Step.REGISTERED, by=None, source=Source.REGISTRY)
    RegistrationRequest.objects.file(waiting, by=vera, agrees=False)
    answer(RegistrationRequest.objects.file(declined, by=vera, agrees=False), "decline", vera)
    Appointment.objects.filter(organization=nobody).update(status=AppointmentStatus.ENDED)
    Appointment.objects.filter(organization=landline).update(phone="+73822510000", full_name="Демидова")
    Appointment.objects.filter(organization=unconfirmed).update(agreed_at=None)
    Organization.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate())
    before = Letter.objects.count()
    filing = file(
        *(registered, waiting, declined, nobody, landline, unconfirmed, closed, unwanted, good),
        by=vera,
        left_out={unwanted.pk},
    )
    assert Letter.objects.count() == before + 1
    assert [letter.organization for letter in filing.letters.all()] == [good]
    assert {school: reason(filing, school) for school in Organization.objects.exclude(pk=good.pk)} == {
        registered: SkipReason.REGISTERED,
        waiting: SkipReason.AWAITING,
        declined: SkipReason.DECLINED,
        nobody: SkipReason.NOBODY,
        landline: SkipReason.GAPS,
        unconfirmed: SkipReason.CONSENT,
        closed: SkipReason.CLOSED,
        unwanted: SkipReason.LEFT_OUT,
    }
    (words,) = (words for _, why, words in filing.skipped if why == SkipReason.GAPS)
    assert "не мобильный телефон" in words
    assert "не полностью" in words
    assert not RegistrationRequest.objects.filter(organization__in=[nobody, landline, unconfirmed, unwanted]).exists()


def test_who_sent_the_letter_by_hand_waits_for_the_answer_too(region: Region, vera: User) -> None:
    school = make_ready(region)
    case = RegistrationRequest.objects.prepare(school, by=vera)
    case.record_sent_by_hand(by=vera, on=timezone.localdate(), channel=HandChannel.LETTER)
    assert reason(file(school, by=vera), school) == SkipReason.AWAITING
    assert not Letter.objects.exists()


def test_requests_that_are_open_go_on_under_their_own_numbers(region: Region, vera: User) -> None:
    draft, corrected = make_ready(region), make_ready(region)
    prepared = RegistrationRequest.objects.prepare(draft, by=vera)
    asked = RegistrationRequest.objects.file(corrected, by=vera, agrees=False)
    first = Letter.objects.get()
    answer(asked, "ask_correction", vera)
    Appointment.objects.filter(organization=corrected).update(full_name="Смирнова Анна Петровна")
    filing = file(draft, corrected, by=vera)
    assert set(RegistrationRequest.objects.filter(batch=filing.batch)) == {prepared, asked}
    assert RegistrationRequest.objects.count() == 2
    again = filing.letters.get(organization=corrected)
    assert again.purpose == Purpose.CORRECTION
    assert again.letter.headers == {"In-Reply-To": first.message_id, "References": first.message_id}
    assert again.facts["administrator"] == "Смирнова Анна Петровна"
    assert filing.letters.get(organization=draft).letter.headers == {}
    assert Event.objects.filter(verb="registration.prepared").count() == 2
    assert list(differences()) == []


def test_the_numbers_have_no_holes(region: Region, vera: User) -> None:
    file(make_ready(region), make_ready(region), by=vera)
    file(*Organization.objects.all(), by=vera)
    assert CaseCounter.next_number("РЕГ")[-6:] == "000003"


def test_days_are_those_of_each_region(region: Region, vera: User) -> None:
    """23:30 in Moscow is already tomorrow in Tomsk."""
    west, east = make_ready(make_region(time_zone="Europe/Moscow")), make_ready(region)
    with time_machine.travel("2027-10-05 20:30+00:00", tick=False):
        file(west, east, by=vera)
    days = dict(RegistrationRequest.objects.values_list("organization", "waiting_since"))
    assert [days[school.pk].isoformat() for school in (west, east)] == ["2027-10-05", "2027-10-06"]
    assert list(differences()) == []


def test_one_wrong_address_keeps_back_nobody_else(region: Region, vera: User, settings: object) -> None:
    wrong, good = make_ready(region), make_ready(region)
    Appointment.objects.filter(organization=wrong).update(email="anna@localhost")
    filing = file(wrong, good, by=vera)
    assert [letter.organization for letter in filing.letters.all()] == [good]
    assert reason(filing, wrong) == SkipReason.GAPS
    assert "anna@localhost" in filing.skipped_for(vera)[0].words


def test_a_form_sent_twice_is_one_filing(region: Region, vera: User, enter: Enter) -> None:
    schools, browser = [make_ready(region) for _ in range(3)], enter(vera)
    sent = {"pk": [school.pk for school in schools], "batch": str(uuid4())}
    first, second = (browser.post("/registrations/file/", sent) for _ in range(2))
    assert first["Location"] == second["Location"] == f"/registrations/filed/{sent['batch']}/"
    assert Letter.objects.count() == 3
    assert Filing.objects.get().skipped == []


def test_everything_is_decided_again_when_it_goes(region: Region, vera: User, nadia: User) -> None:
    """Between the look and the click a colleague was first, and an administrator left."""
    theirs, left, good = (make_ready(region) for _ in range(3))
    sorting = RegistrationRequest.objects.sort_out(Organization.objects.all())
    assert len(sorting.ready) == 3
    RegistrationRequest.objects.file(theirs, by=nadia, agrees=False)
    Appointment.objects.filter(organization=left).update(status=AppointmentStatus.ENDED)
    filing = file(theirs, left, good, by=vera)
    assert reason(filing, theirs) == SkipReason.AWAITING
    assert reason(filing, left) == SkipReason.NOBODY
    assert Letter.objects.filter(queue=f"organization:{theirs.pk}").count() == 1


def test_red_control_whoever_only_looks_first_writes_a_second_letter(region: Region, vera: User) -> None:
    """Two people look, both see a letter that may go, both send: what `file_many` does not rest on."""
    case = RegistrationRequest.objects.prepare(make_ready(region), by=vera)
    seen = [RegistrationRequest.objects.get(pk=case.pk) for _ in range(2)]
    for one in [one for one in seen if one.is_ready]:
        one.letters.send(one, Purpose.FIRST, by=vera)
        RegistrationRequest.objects.filter(pk=one.pk).update(status=RegistrationStatus.SUBMITTED)
    assert Letter.objects.filter(thread=case.number).count() == 2


def test_two_hundred_cost_the_statements_of_two(region: Region, vera: User) -> None:
    """But for the rows of one INSERT, which the database limits: SQLite takes 999 values, PostgreSQL all of them."""

    def statements(number: int) -> tuple[int, int]:
        schools = [make_ready(region) for _ in range(number)]
        with CaptureQueriesContext(connection) as seen:
            assert file(*schools, by=vera).letters.count() == number
        inserts = sum(each["sql"].startswith("INSERT") for each in seen)
        return len(seen) - inserts, inserts

    file(make_ready(region), by=vera)  # the counter's row is there
    few, many = statements(2), statements(200)
    assert few[0] == many[0] <= 35
    assert many[1] == few[1] if connection.vendor == "postgresql" else many[1] <= 30


def test_the_pages_cost_the_same_for_three_and_for_forty(region: Region, vera: User, enter: Enter) -> None:
    browser = enter(vera)
    few = file(*[make_ready(region) for _ in range(3)], make_organization(make_municipality(region)), by=vera)
    more = [make_organization(make_municipality(region)) for _ in range(10)]
    many = file(*[make_ready(region) for _ in range(40)], *more, by=vera)
    for page in ("", "progress/", "result.xlsx"):
        browser.get(f"{few.get_absolute_url()}{page}")
        with CaptureQueriesContext(connection) as three:
            browser.get(f"{few.get_absolute_url()}{page}")
        with CaptureQueriesContext(connection) as forty:
            browser.get(f"{many.get_absolute_url()}{page}")
        assert len(three) == len(forty) <= 20


def test_the_result_shows_every_letter_where_it_is_now(region: Region, vera: User, enter: Enter) -> None:
    filing = file(*[make_ready(region) for _ in range(4)], make_organization(make_municipality(region)), by=vera)
    browser, letters = enter(vera), [one.letter for one in filing.letters.order_by("pk")]
    page = browser.get(filing.get_absolute_url()).content.decode()
    assert "Отправляем: 0 из 4" in page
    assert "hx-trigger" in page
    assert "Администратор не назначен: 1" in page
    set_state(letters[0], LetterStatus.SENT, sent_at=timezone.now())
    set_state(letters[1], LetterStatus.FAILED, error_kind=ErrorKind.PERMANENT, error_words="Такого адреса нет.")
    set_state(letters[2], LetterStatus.KEPT)
    page = browser.get(filing.get_absolute_url()).content.decode()
    assert "Отправляем: 3 из 4" in page
    assert "Такого адреса нет." in page
    assert "учебный режим: не отправлено" in page
    failed = browser.get(filing.get_absolute_url(), {"status": "failed"}).context["page"]
    assert [one.letter for one in failed] == [letters[1]]
    assert "HX-Refresh" not in browser.get(f"{filing.get_absolute_url()}progress/").headers
    set_state(letters[3], LetterStatus.SENT, sent_at=timezone.now())
    answer = browser.get(f"{filing.get_absolute_url()}progress/")
    assert answer["HX-Refresh"] == "true"
    assert "hx-trigger" not in answer.content.decode()


def set_state(letter: Letter, status: LetterStatus, **more: object) -> None:
    Letter.objects.filter(pk=letter.pk).update(status=status, finished_at=timezone.now(), **more)


def test_the_result_stays_what_it_was_when_a_letter_is_corrected_later(region: Region, vera: User) -> None:
    school = make_ready(region)
    first = file(school, by=vera)
    case = RegistrationRequest.objects.get()
    answer(case, "ask_correction", vera)
    second = file(school, by=vera)
    assert [one.purpose for one in first.letters.all()] == [Purpose.FIRST]
    assert [one.purpose for one in second.letters.all()] == [Purpose.CORRECTION]


def test_the_result_as_a_table(region: Region, vera: User, enter: Enter) -> None:
    good, bad = make_ready(region), make_organization(make_municipality(region), full_name="=1+1 «Школа»")
    Organization.objects.filter(pk=bad.pk).update(short_name="=1+1")
    filing = file(good, bad, by=vera)
    file_of = enter(vera).get(f"{filing.get_absolute_url()}result.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(file_of.content))
    (letter,) = book.get_sheet_by_name("Письма").to_python()[1:]
    assert letter[1:4] == [good.name, RegistrationRequest.objects.get().number, "ждёт отправки"]
    (skipped,) = book.get_sheet_by_name("Пропущены").to_python()[1:]
    assert skipped[1:3] == ["=1+1", "администратор не назначен"]
    assert Event.objects.filter(verb="filing.exported", by=vera).exists()


def test_nothing_chosen_sends_one_back(vera: User, enter: Enter) -> None:
    for sent in ({}, {"pk": "abc"}, {"pk": ["1"] * 2001}, {"pk": "1", "batch": "x\0"}):
        answer = enter(vera).post("/registrations/file/", sent, follow=True)
        assert "Отметьте организации в списке" in answer.content.decode()
    assert not Filing.objects.exists()


def test_a_filing_in_which_nobody_got_a_letter_says_so(school: Organization, vera: User, enter: Enter) -> None:
    answer = enter(vera).post("/registrations/file/", {"pk": school.pk}, follow=True).content.decode()
    assert "Ни одно письмо не ушло" in answer
    assert escape(school.name) in answer
