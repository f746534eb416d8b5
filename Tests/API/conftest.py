"""One demonstration world on each engine, made once and served for the whole run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from installation import POSTGRES, Installation  # noqa: E402
from world import World  # noqa: E402

ENGINES = ["sqlite", "postgres"]


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    made = {}

    def world(engine):
        if engine == "postgres" and not POSTGRES:
            pytest.skip("MINGJIAN_TEST_POSTGRES is not set")
        if engine not in made:
            installation = Installation(tmp_path_factory.mktemp(engine), engine)
            described = installation.demo()
            made[engine] = World(installation.serve("--limits", "off"), described)
        return made[engine]

    yield world
    for each in made.values():
        each.installation.remove()


@pytest.fixture(params=ENGINES)
def world(request, worlds):
    return worlds(request.param)


@pytest.fixture
def sqlite_world(worlds):
    return worlds("sqlite")


@pytest.fixture
def installation(tmp_path):
    """An empty place of its own, on SQLite."""
    installation = Installation(tmp_path, "sqlite")
    yield installation
    installation.remove()
