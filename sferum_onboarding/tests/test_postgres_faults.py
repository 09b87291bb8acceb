"""PostgreSQL restarted while people file requests, and while nobody does anything."""

import random
import threading
from itertools import cycle

import pytest

from foundation.tests.waiting import let_pass
from invitations.tests.builders import make_invitation, pupil_form
from sferum_onboarding.tests.serving import THREADS, Answer, Visitor, at_once, own_postgres, statuses, web_process

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
FAULT = "PostgreSQL restarted under load and idle"


@pytest.fixture(autouse=True)
def _row(record_property):
    record_property("fault", FAULT)


@pytest.fixture
def links(school):
    """Enough of them that no limit of requests by one link is reached."""
    return [make_invitation(school, limit=10_000, section=letter) for letter in "АБВГДЕЖЗИК"]


@pytest.fixture
def cluster(links):
    """Made after the links, so that its copy of the database knows them."""
    with own_postgres() as started:
        yield started


def test_no_success_page_without_its_row(links, cluster, tmp_path, record_property):
    answers: dict[str, Answer] = {}  # by the number that stands in the name
    is_over = threading.Event()

    def file_requests(port: int) -> None:
        for link in cycle(links):
            if is_over.wait(0.05):
                return
            name = f"Петров {''.join(random.choices('абвгдежзик', k=12)).title()}"
            answers[name] = Visitor(port).post(f"/j/{link.code}/", **pupil_form(full_name=name))

    with web_process(tmp_path, "filesystem://", cluster.url) as port:
        people = [threading.Thread(target=file_requests, args=[port]) for _ in range(4)]
        [person.start() for person in people]
        for mode in ("fast", "immediate"):  # the second as after a power cut
            let_pass(2)
            cluster.restart(mode)
        let_pass(2)
        is_over.set()
        [person.join() for person in people]
    filed = cluster.column("SELECT full_name FROM invitations_joinrequest")
    told = {name for name, answer in answers.items() if answer.location.startswith("/receipt/")}
    refused = {name: answer for name, answer in answers.items() if name not in told}
    record_property(
        "figure",
        f"two restarts among {len(answers)} requests: {len(told)} success pages, {len(told - filed)} without a row; "
        f"{len(refused)} honest 503 with what was typed",
    )
    assert told
    assert told <= filed
    assert set(statuses(list(refused.values()))) <= {503}
    assert all(name in answer.text for name, answer in refused.items())


def ask_from_every_thread(links, port: int) -> list[Answer]:
    return at_once([lambda: Visitor(port).get(f"/j/{links[0].code}/")] * THREADS * 3, threads=THREADS)


@pytest.mark.parametrize("careless", ["", "no_health_checks"])
def test_an_idle_restart_is_invisible(links, cluster, tmp_path, record_property, careless):
    with web_process(tmp_path, "filesystem://", cluster.url, CARELESS=careless) as port:
        assert set(statuses(ask_from_every_thread(links, port))) == {200}
        cluster.restart()
        answers = ask_from_every_thread(links, port)
    failed = [answer for answer in answers if answer.status != 200]
    if careless:
        record_property("figure", f"red control, no health checks: {len(failed)} of {len(answers)} requests failed")
        assert failed
    else:
        record_property("figure", f"idle restart: {len(failed)} of {len(answers)} requests noticed it")
        assert not failed
