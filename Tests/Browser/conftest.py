"""A demonstration world served for the whole run, and windows onto it."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "API")]

from chromium import Chromium  # noqa: E402
from installation import POSTGRES, Installation  # noqa: E402


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    """Worlds by engine: SQLite with all fictional reports, PostgreSQL with none but what a story files."""
    made = {}

    def world(engine):
        if engine == "postgres" and not POSTGRES:
            pytest.skip("MINGJIAN_TEST_POSTGRES is not set")
        if engine not in made:
            installation = Installation(tmp_path_factory.mktemp(engine), engine)
            installation.described = installation.demo(reports=1000 if engine == "sqlite" else 0)
            made[engine] = installation.serve("--limits", "off", "--public-url", "https://report.example")
        return made[engine]

    yield world
    for each in made.values():
        each.remove()


@pytest.fixture
def window(worlds):
    """Opens windows; at the end of the test, none of the pages that were looked at may have had a fault."""
    opened = []

    def open_window(engine="sqlite", **options):
        opened.append(Chromium(worlds(engine).url, **options))
        return opened[-1]

    yield open_window
    faults = [fault for each in opened for fault in each.faults]
    looked = sum(each.looked for each in opened)
    for each in opened:
        each.close()
    assert not faults, f"{len(faults)} faults on {looked} pages:\n" + "\n".join(faults)
