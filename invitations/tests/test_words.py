"""Everything that the journal can hold has words, and a state is told by words, never by its code."""

import re
from pathlib import Path

import invitations
from invitations.statuses import EVENT_WORDS, LinkState, RequestStatus

ROOM = Path(invitations.__file__).parent


VERB = r"\"((?:invitation|requests?|applicant|slip|expected|year)\.[a-z-]+)\""


def verbs_in_code() -> set[str]:
    source = "\n".join(
        path.read_text()
        for path in [*ROOM.glob("*.py"), *ROOM.glob("*/*.py")]
        if "tests" not in path.parts and path.name != "statuses.py"
    )
    changes = {f"invitation.{verb}" for verb in re.findall(r"self\._change\(\s*\"([a-z-]+)\"", source)}
    return set(re.findall(VERB, source)) | changes | {"request.accepted", "request.rejected"}


def test_every_verb_of_the_journal_has_words() -> None:
    assert verbs_in_code() == set(EVENT_WORDS)


def test_every_state_has_words_of_its_own() -> None:
    for states in (LinkState, RequestStatus):
        assert len({state.label for state in states}) == len(states)


def test_each_dead_state_has_its_page(settings: object) -> None:
    pages = {path.stem for path in (ROOM.parent / "templates/invitations/closed").glob("[!_]*.html")}
    assert pages == {state.value for state in LinkState} - {LinkState.OPEN.value}
