#!/usr/bin/env python3
"""Adds up a test run: Scripts/tally.py FOLDER

FOLDER/steps has one line a step, "name code seconds"; FOLDER/name.xml is what its test runner wrote (JUnit), if it is a
step that runs tests. A step without such a file counts as one test. Prints a table, then what failed by name with the
beginning of its message, then "N passed, N failed, N skipped"; exits 1 if anything failed or nothing was done.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple


class Count(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(*(mine + others for mine, others in zip(self, other)))


def cases(report):
    """The tests in one JUnit file."""
    total = Count()
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            total += Count(failed=1)
        elif "skipped" in kinds:
            total += Count(skipped=1)
        else:
            total += Count(passed=1)
    return total


def faults(report):
    """What failed in one JUnit file, each as its name and the first 300 characters of why."""
    try:
        found = ElementTree.parse(report).iter("testcase")
    except (FileNotFoundError, ElementTree.ParseError):
        return
    for case in found:
        for child in case:
            if child.tag in {"failure", "error"}:
                why = " ".join((child.get("message") or child.text or "").split())
                yield f"{case.get('classname')} › {case.get('name')}: {why[:300]}"


def count(report, code):
    """One step: a runner that broke down, or ran nothing, is a failure whatever its file says."""
    try:
        found = cases(report)
    except FileNotFoundError:
        return Count(passed=1) if code == 0 else Count(failed=1)
    except ElementTree.ParseError:
        return Count(failed=1)
    is_unexplained = code != 0 and found.failed == 0
    is_empty = found == Count()
    return found + Count(failed=int(is_unexplained or is_empty))


def main(folder):
    steps = folder / "steps"
    lines = steps.read_text().splitlines() if steps.exists() else []
    total, failed = Count(), []
    for name, code, seconds in (line.split() for line in lines):
        failed += faults(folder / f"{name}.xml")
        found = count(folder / f"{name}.xml", int(code))
        total += found
        print(f"{name:<14}{seconds:>6} s  {found.passed} passed, {found.failed} failed, {found.skipped} skipped")
    for each in failed:
        print(f"failed: {each}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
