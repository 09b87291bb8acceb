"""`make test` ends with honest figures: a failure or a required absence is never a success."""

import pytest

from sferum_onboarding.testing import Outcome, _pytest, _tell

GREEN = Outcome("SQLite, folder", passed=10, seconds=3)
ABSENT = Outcome("PostgreSQL, Redis", absent="PostgreSQL not found")


@pytest.mark.parametrize(
    ("outcomes", "required", "code"),
    [
        ([GREEN], "1", 0),
        ([GREEN, ABSENT], "", 0),
        ([GREEN, ABSENT], "1", 1),
        ([GREEN, Outcome("browser", passed=1, failed=2)], "", 1),
    ],
)
def test_exit_code(monkeypatch: pytest.MonkeyPatch, outcomes: list[Outcome], required: str, code: int) -> None:
    monkeypatch.setenv("REQUIRE_ALL", required)
    assert _tell(outcomes) == code


def test_what_was_not_found_is_named_and_the_last_line_counts(capsys: pytest.CaptureFixture[str]) -> None:
    _tell([GREEN, ABSENT, Outcome("browser", passed=1, failed=2)])
    said = capsys.readouterr().out
    assert "not run: PostgreSQL not found" in said
    assert said.splitlines()[-1] == "11 passed, 2 failed"


def test_suite_that_crashes_counts_as_failed() -> None:
    assert _pytest("crash", {}, ["no/such/folder"]).failed == 1
