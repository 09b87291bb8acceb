"""`make test` ends with honest figures: a failure or a required absence is never a success."""

import xml.etree.ElementTree as ET

import pytest

from sferum_onboarding import faults
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


REPORT = """<testsuites><testsuite>
<testcase name="a"><properties><property name="fault" value="kill"/><property name="figure" value="0 lost"/>
</properties></testcase>
<testcase name="b"><properties><property name="fault" value="kill"/><property name="figure" value="red: 3 lost"/>
</properties></testcase>
<testcase name="c"><properties><property name="fault" value="hang"/></properties><failure/></testcase>
<testcase name="d"><skipped/></testcase>
<testcase name="crashed"><error/></testcase>
</testsuite></testsuites>"""


def test_a_fault_holds_when_all_its_trials_do(capsys: pytest.CaptureFixture[str]) -> None:
    figures: faults.Figures = {}
    report = ET.fromstring(REPORT)  # noqa: S314
    failed = faults.read(report, "SQLite, folder", figures)
    faults.tell(figures, failed)
    rows = {line.split(" | ")[0].strip(): line for line in capsys.readouterr().out.splitlines()}
    assert failed == {"hang", "crashed"}
    assert figures["kill"] == {"SQLite, folder": ["0 lost", "red: 3 lost"]}
    assert rows["kill"].endswith("holds")
    assert rows["hang"].endswith("FAILS")
    assert "1 of 3 faults hold" in rows
