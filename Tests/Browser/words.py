"""The words of the pages, as the catalogues and the rules have them."""

from functools import cache
from pathlib import Path

import yaml

SOURCES = Path(__file__).resolve().parents[2] / "Sources"


class _Words(yaml.SafeLoader):
    """Every scalar is text, as the program reads it."""


_Words.yaml_implicit_resolvers = {}


@cache
def _catalogue(language):
    found = {}
    for file in SOURCES.glob(f"*/Resources/texts/{language}/*.yaml"):
        found |= yaml.load(file.read_text(), _Words)
    return found


@cache
def _rules():
    return yaml.load((SOURCES / "Casework/Resources/rules/workflow.yaml").read_text(), _Words)


def words(key, language):
    """A text by its key, up to its first placeholder."""
    found = _catalogue(language)
    for part in key.split("."):
        found = found[part]
    return found.split("{")[0].strip()


def stage(name, language, public=False):
    """A stage as staff read it, or as the reporter does."""
    return _rules()["publicStages" if public else "stages"][name]["en" if language == "en" else "zh"]


def stages():
    """Every stage of the rules."""
    return list(_rules()["stages"])
