"""Redis hung, stopped and emptied while people file requests, decide about them and write to Sferum."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis

from accounts.models import User
from conftest import make_appointment, make_organization
from correspondence.models import Letter, LetterStatus
from correspondence.statuses import OPEN
from correspondence.tests.letters import make_draft
from correspondence.tests.workers import Worker, broker_url, is_listening
from foundation.models import Heartbeat, Part
from foundation.tests.waiting import let_pass, wait_for
from invitations.models import JoinRequest
from invitations.statuses import RequestStatus
from invitations.tests.builders import make_invitation, make_request, pupil_form
from registrations.models import RegistrationRequest
from sferum_onboarding.tests.serving import Answer, Visitor, at_once, p95, statuses, web_process

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FAULT = "Redis stopped, SIGSTOPped, FLUSHALLed with 1,000 queued"
QUEUED = 1000
JOINS, DECISIONS, LETTERS_TO_SFERUM = 30, 20, 10


@pytest.fixture(autouse=True)
def _row(record_property):
    record_property("fault", FAULT)


@pytest.fixture
def broker(tmp_path):
    with broker_url("redis", tmp_path) as url:
        yield url


class Town:
    """Marina serves many schools; strangers file requests at one of them."""

    def __init__(self, school, marina: User) -> None:
        self.marina, self.school = marina, school
        self.link = make_invitation(school, limit=100_000)

    def acts(self, port: int, **visitor: float) -> list[Callable[[], Answer]]:
        """Requests for a class, decisions about such requests and letters to Sferum, in any order."""
        signed_in = Visitor(port, self.marina, **visitor)
        waiting = [make_request(self.link, full_name=f"Петров Илья {number}") for number in range(DECISIONS)]
        places = [make_organization(self.school.municipality) for _ in range(LETTERS_TO_SFERUM)]
        for place in places:
            make_appointment(place, self.marina)
        desk = f"/organizations/{self.school.pk}/requests/accept/"
        joins = [lambda: Visitor(port, **visitor).post(f"/j/{self.link.code}/", **pupil_form())] * JOINS
        decisions = [lambda row=row: signed_in.post(desk, one=str(row.pk)) for row in waiting]
        letters = [
            lambda place=place: signed_in.post(f"/organizations/{place.pk}/registration/submit/", agree="on")
            for place in places
        ]
        acts = [*joins, *decisions, *letters]
        random.shuffle(acts)
        return acts


@pytest.fixture
def town(school, marina):
    return Town(school, marina)


@contextmanager
def hung_redis(url: str) -> Iterator[None]:
    """It accepts connections (the kernel does) and answers nobody, for as long as this lasts."""
    pid = server_of(url)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def absent_redis(url: str) -> Iterator[None]:
    """It ends, and another one begins in its place, empty, when this is over; `broker_url` no longer minds it."""
    port = url.rpartition(":")[2].partition("/")[0]
    os.kill(server_of(url), signal.SIGKILL)
    wait_for(lambda: not is_listening(int(port)), "the end of Redis")
    yield
    command = ["redis-server", "--port", port, "--save", ""]
    replacements.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    wait_for(lambda: is_listening(int(port)), "Redis")


replacements: list["subprocess.Popen[bytes]"] = []


@pytest.fixture(autouse=True)
def _no_redis_is_left():
    yield
    while replacements:
        replacements[-1].kill()
        replacements.pop().wait()


def server_of(url: str) -> int:
    with redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


@contextmanager
def worker_that_waits(worker: Worker) -> Iterator[None]:
    os.killpg(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(worker.process.pid, signal.SIGCONT)


def done() -> tuple[int, int, int]:
    accepted = JoinRequest.objects.filter(status=RequestStatus.ACCEPTED)
    return JoinRequest.objects.pending().count(), accepted.count(), RegistrationRequest.objects.count()


def act(town: Town, port: int) -> list[Answer]:
    """Everything is done, whatever happens to Redis meanwhile."""
    before, answers = done(), at_once(town.acts(port))
    assert set(statuses(answers)) == {302}, statuses(answers)
    assert done() == tuple(a + b for a, b in zip(before, (JOINS, DECISIONS, LETTERS_TO_SFERUM), strict=True))
    return answers


def until_all_have_left() -> float:
    begun = time.monotonic()
    wait_for(lambda: not Letter.objects.filter(status__in=OPEN).exists(), "the last letter", 60)
    assert set(Letter.objects.values_list("status", flat=True)) == {LetterStatus.SENT}
    return time.monotonic() - begun


def queue_letters() -> None:
    Letter.objects.queue_many([make_draft(queue=f"o:{number % 9}") for number in range(QUEUED)])


def test_people_notice_nothing_and_letters_go_on(town, broker, tmp_path, smtp_sink, record_property):
    (tmp_path / "web").mkdir()
    with Worker(tmp_path, broker, smtp_sink) as worker, web_process(tmp_path / "web", broker) as port:
        act(town, port)
        for name, fault in (("hung", hung_redis), ("stopped", absent_redis)):
            with fault(broker):
                answers = act(town, port)
            slowest, went_on = p95(answers), until_all_have_left()
            record_property(
                "figure",
                f"{name}: {len(answers)} submits and decisions, all done, p95 {slowest:.2f} s; "
                f"0 letters lost, the last left {went_on:.0f} s after it",
            )
            assert slowest <= 2
        with worker_that_waits(worker):
            queue_letters()
            act(town, port)
            redis.from_url(broker).flushall()
        record_property(
            "figure",
            f"FLUSHALL with {QUEUED} letters queued: 0 lost, the last left {until_all_have_left():.0f} s after it",
        )


def test_red_control_without_the_sweep_flushall_leaves_letters_lying(broker, tmp_path, smtp_sink, record_property):
    with Worker(tmp_path, broker, smtp_sink) as worker:
        wait_for(lambda: Heartbeat.objects.filter(part=Part.MAILER).exists(), "the worker")
        worker.beat.terminate()
        worker.beat.wait(20)
        with worker_that_waits(worker):
            queue_letters()
            worker.ring()
            redis.from_url(broker).flushall()
        let_pass(15)  # the sweep would have come after ten
        waiting = Letter.objects.filter(status__in=OPEN).count()
    record_property("figure", f"red control, no sweep: {waiting} of {QUEUED} letters still lay there after 15 s")
    assert waiting == QUEUED


def test_red_control_without_socket_timeouts_a_hung_redis_holds_people(
    town, broker, tmp_path, smtp_sink, record_property
):
    with web_process(tmp_path, broker, CARELESS="no_socket_timeouts") as port, hung_redis(broker):
        answer = Visitor(port, timeout=6).post(f"/j/{town.link.code}/", **pupil_form())
    record_property("figure", "red control, no socket timeouts: no answer after 6 s")
    assert answer.status == 0
