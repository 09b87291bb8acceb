"""`make test-faults`: kills, hangs, drops and restarts the parts of the portal, and tells what was kept.

Each trial is a test marked `faults` that records the fault (a row of the table) and the figure it measured. A fault
holds when every trial of it is green, its red controls among them: those switch a safeguard off and must see the harm.
"""

import os
import sys
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from itertools import zip_longest
from textwrap import wrap

from sferum_onboarding.testing import report_of, served_parts

PARTS = "SQLite, folder", "PostgreSQL, Redis"
HOLDS, FAILS = "holds", "FAILS"
WIDTHS = 30, 46, 46, 7
EMBEDDED, SERVED = "faults and not postgres", "faults"  # the embedded portal has neither PostgreSQL nor Redis

Figures = dict[str, dict[str, list[str]]]
"""By fault, then by parts: what its trials measured."""


def main() -> int:
    figures: Figures = {}
    failed: set[str] = set()
    with ExitStack() as stack:
        served, missing = served_parts(stack)
        runs: list[tuple[str, dict[str, str], str]] = [(PARTS[0], {}, EMBEDDED)]
        if served:
            runs.append((PARTS[1], served, SERVED))
        for parts, environment, marks in runs:
            code, report = report_of(parts, environment, ["-m", marks, "-n", "0"])
            failed |= read(report, parts, figures)
            failed |= {f"pytest on {parts} ended with code {code}"} if code > 1 else set()
    tell(figures, failed)
    if not served:
        print(f"\n{PARTS[1]}: not run, {missing}")
    return int(bool(failed) or (not served and os.environ.get("REQUIRE_ALL") == "1"))


def read(report: ET.Element, parts: str, figures: Figures) -> set[str]:
    """Adds what the trials of one run have measured; the faults that did not hold."""
    failed = set()
    for case in report.iter("testcase"):
        if case.find("skipped") is not None:
            continue
        said = [(one.get("name"), one.get("value", "")) for one in case.iter("property")]
        fault = next((value for name, value in said if name == "fault"), case.get("name", ""))
        measured = figures.setdefault(fault, {}).setdefault(parts, [])
        measured += [value for name, value in said if name == "figure"]
        if case.find("failure") is not None or case.find("error") is not None:
            measured.append(f"FAILED: {case.get('name')}")
            failed.add(fault)
    return failed


def tell(figures: Figures, failed: set[str]) -> None:
    rule = "-+-".join("-" * width for width in WIDTHS)
    _row([["fault"], *([parts] for parts in PARTS), ["verdict"]])
    for fault in [*figures, *sorted(failed - figures.keys())]:
        print(rule)
        measured = figures.get(fault, {})
        cells = [[line for one in measured.get(parts, ["–"]) for line in wrap(one, WIDTHS[1])] for parts in PARTS]
        _row([wrap(fault, WIDTHS[0]), *cells, [FAILS if fault in failed else HOLDS]])
    print(f"\n{len(figures.keys() - failed)} of {len(figures.keys() | failed)} faults hold")


def _row(cells: list[list[str]]) -> None:
    for line in zip_longest(*cells, fillvalue=""):
        print(" | ".join(f"{part:<{width}}" for part, width in zip(line, WIDTHS, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main())
