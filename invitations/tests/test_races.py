"""Many at once: the last place, the same request, one form twice. Each safeguard beside the harm that it prevents."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from conftest import make_appointment, make_user
from foundation.verbs import WrongStatus
from invitations.acceptance import accept_exact
from invitations.models import ExpectedMember, Invitation, JoinRequest
from invitations.models.join_request_set import LinkIsClosed
from invitations.statuses import Reason, RequestStatus
from invitations.tests.builders import make_ground, make_invitation, make_request
from organizations.models import Event, Organization

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, PLACES, PAIRS, AT_ONCE = 100, 30, 200, 16


@pytest.fixture
def together() -> Iterator[Callable[[list[Callable[[], str]]], list[str]]]:
    """Runs acts in threads with connections of their own and gives what each of them said."""

    def act(one: Callable[[], str]) -> str:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield lambda acts: list(pool.map(act, acts))


def file_one(link: Invitation, number: int, form_key: str = "") -> str:
    try:
        JoinRequest.objects.file(
            link, form_key=form_key or str(number), full_name=f"Петров Илья {number}", consent_version="2026-11"
        )
    except LinkIsClosed:
        return "full"
    return "filed"


def test_a_limit_of_thirty_takes_exactly_thirty_of_a_hundred(
    school: Organization, together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    link = make_invitation(school, limit=PLACES)
    said = together([lambda n=n: file_one(link, n) for n in range(CROWD)])  # type: ignore[misc]
    assert said.count("filed") == PLACES
    assert said.count("full") == CROWD - PLACES
    link.refresh_from_db()
    assert link.used == JoinRequest.objects.count() == PLACES
    assert Event.objects.filter(verb="request.filed").count() == PLACES


@pytest.mark.postgres
def test_red_control_counting_rows_first_oversells(
    school: Organization, together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    link = make_invitation(school, limit=AT_ONCE - 1)
    meeting = Barrier(AT_ONCE, timeout=10)

    def naive(number: int) -> str:
        with transaction.atomic():
            has_place = JoinRequest.objects.filter(invitation=link).count() < link.limit
            meeting.wait()
            if not has_place:
                return "full"
            make_request(link, full_name=f"Петров Илья {number}")
            return "filed"

    said = together([lambda n=n: naive(n) for n in range(AT_ONCE)])  # type: ignore[misc]
    assert said.count("filed") == AT_ONCE > link.limit


def test_the_same_form_many_times_at_once_is_one_request(
    school: Organization, together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    link = make_invitation(school, limit=1)
    said = together([lambda: file_one(link, 1, form_key="same")] * AT_ONCE)
    assert said == ["filed"] * AT_ONCE
    assert JoinRequest.objects.count() == 1


@pytest.fixture
def two(school: Organization) -> list[User]:
    people = [make_user(full_name="Демидова Марина Сергеевна"), make_user(full_name="Орлов Олег Петрович")]
    make_appointment(school, people[0])
    make_appointment(school, people[1], role="deputy")
    return people


def test_two_administrators_at_the_same_instant_decide_each_request_once(
    school: Organization, two: list[User], together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    link = make_invitation(school, limit=PAIRS)
    rows = [make_request(link, email="irina@example.ru") for _ in range(PAIRS)]

    def decide(row: JoinRequest, by: User, start: Barrier) -> str:
        mine = JoinRequest.objects.get(pk=row.pk)
        start.wait()
        try:
            if by == two[0]:
                mine.accept(by=by)
            else:
                mine.reject(by=by, reason=Reason.TWICE)
        except WrongStatus as error:
            return f"first was {error.by_name}"
        return "won"

    acts: list[Callable[[], str]] = []
    for row in rows:
        start = Barrier(2, timeout=10)
        acts += [lambda row=row, by=by, start=start: decide(row, by, start) for by in two]  # type: ignore[misc]
    said = together(acts)
    assert said.count("won") == PAIRS
    assert len([words for words in said if words.startswith("first was")]) == PAIRS
    for row, pair in zip(rows, zip(said[::2], said[1::2], strict=True), strict=True):
        row.refresh_from_db()
        assert f"first was {row.decided_by.full_name}" in pair  # type: ignore[union-attr]
    assert Event.objects.filter(verb__in=["request.accepted", "request.rejected"]).count() == PAIRS


@pytest.mark.postgres
def test_red_control_looking_before_deciding_decides_twice(
    school: Organization, two: list[User], together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    row = make_request(make_invitation(school))
    meeting = Barrier(2, timeout=10)

    def naive(by: User) -> str:
        with transaction.atomic():
            mine = JoinRequest.objects.get(pk=row.pk)
            meeting.wait()
            if mine.status != RequestStatus.PENDING:
                return "late"
            JoinRequest.objects.filter(pk=row.pk).update(status=RequestStatus.ACCEPTED, decided_by=by)
            return "won"

    assert together([lambda by=by: naive(by) for by in two]) == ["won", "won"]  # type: ignore[misc]


@pytest.mark.postgres
def test_overlapping_selections_share_the_rows_without_a_deadlock(
    school: Organization, two: list[User], together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    link = make_invitation(school, limit=PAIRS)
    keys = [make_request(link).pk for _ in range(60)]

    def take(by: User, chosen: list[int]) -> str:
        return str(len(JoinRequest.objects.filter(pk__in=chosen).accept(by=by).won))

    said = together([lambda: take(two[0], keys[:40]), lambda: take(two[1], keys[:19:-1])] * 4)
    assert sum(map(int, said)) == 60
    assert Event.objects.filter(verb="request.accepted").count() == 60


def test_places_and_issued_links_agree_with_the_database(school: Organization) -> None:
    link = make_invitation(school, limit=2)
    for number in range(2):
        assert file_one(link, number) == "filed"
    assert Invitation.objects.filter(pk=link.pk, used=F("limit")).exists()
    assert file_one(link, 3) == "full"


@pytest.mark.postgres
def test_a_name_corrected_at_the_same_instant_is_not_accepted_by_the_list(
    school: Organization, marina: User, together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    """Accepting waits for the applicant, and compares the name that stands then."""
    make_ground(school, marina)
    link = make_invitation(school)
    row = make_request(link)
    ExpectedMember.objects.create(
        organization=school, school_class=link.school_class, role=link.role, full_name=row.full_name
    )
    has_written = Barrier(2, timeout=10)

    def correct() -> str:
        with transaction.atomic():
            row.correct(full_name="Чужой Человек Иванович", applicant_name="Чужая Ольга Ивановна")
            has_written.wait()
            sleep(0.5)
        return "corrected"

    def accept() -> str:
        has_written.wait()
        return f"accepted {len(accept_exact(school, [row.pk], by=marina).won)}"

    assert together([correct, accept]) == ["corrected", "accepted 0"]


@pytest.mark.postgres
def test_two_clicks_on_the_green_pile_leave_each_request_its_line(
    school: Organization, marina: User, together: Callable[[list[Callable[[], str]]], list[str]]
) -> None:
    make_ground(school, marina)
    link = make_invitation(school, limit=PAIRS)
    rows = [make_request(link, full_name=f"Петров Илья {'абвгдежзик'[n]}-ов".title()) for n in range(10)]
    for row in rows:
        ExpectedMember.objects.create(
            organization=school, school_class=link.school_class, role=link.role, full_name=row.full_name
        )
    keys = [row.pk for row in rows]
    together([lambda: str(len(accept_exact(school, keys, by=marina).won)) for _ in range(4)])
    taken = JoinRequest.objects.exclude(match=None).filter(status=RequestStatus.ACCEPTED)
    assert taken.count() == JoinRequest.objects.filter(status=RequestStatus.ACCEPTED).count() > 0
