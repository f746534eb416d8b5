"""One demonstration world on each engine, made once and served for the whole run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from installation import POSTGRES, Installation  # noqa: E402
from world import World  # noqa: E402

ENGINES = ["sqlite", "postgres"]


class Worlds:
    """The demonstration world without reports, made once on each engine and copied from there."""

    def __init__(self, folders):
        self.folders = folders
        self.made, self.shared, self.copies = {}, {}, []

    def template(self, engine):
        if engine == "postgres" and not POSTGRES:
            pytest.skip("MINGJIAN_TEST_POSTGRES is not set")
        if engine not in self.made:
            installation = Installation(self.folders.mktemp(engine), engine)
            self.made[engine] = (installation, installation.demo())
        return self.made[engine]

    def copy(self, engine):
        """An installation of one's own with the world in it, and the world as `demo` describes it."""
        installation, described = self.template(engine)
        self.copies.append(installation.copy(self.folders.mktemp("copy")))
        return self.copies[-1], described

    def serving(self, engine):
        """The world that tests share, who leave each other's reports alone."""
        if engine not in self.shared:
            installation, described = self.copy(engine)
            self.shared[engine] = World(installation.serve("--limits", "off"), described)
        return self.shared[engine]


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    worlds = Worlds(tmp_path_factory)
    yield worlds
    for installation in worlds.copies + [installation for installation, _ in worlds.made.values()]:
        installation.remove()


@pytest.fixture(params=ENGINES)
def world(request, worlds):
    return worlds.serving(request.param)


@pytest.fixture
def sqlite_world(worlds):
    return worlds.serving("sqlite")


@pytest.fixture(params=ENGINES)
def copy(request, worlds):
    """An installation of its own with the world in it and no server, and its description."""
    installation, described = worlds.copy(request.param)
    yield installation, described
    installation.remove()


@pytest.fixture
def sqlite_copy(worlds):
    installation, described = worlds.copy("sqlite")
    yield installation, described
    installation.remove()


@pytest.fixture
def installation(tmp_path):
    """An empty place of its own, on SQLite."""
    installation = Installation(tmp_path, "sqlite")
    yield installation
    installation.remove()
