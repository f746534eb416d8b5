"""The API's description, and the check of every answer against it."""

import re
from functools import cache

import yaml
from installation import ROOT
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

FILE = ROOT / "Sources/Entrance/Resources/openapi.yaml"
DESCRIPTION = yaml.safe_load(FILE.read_text(encoding="utf-8"))
REGISTRY = Registry().with_resource("urn:api", Resource(contents=DESCRIPTION, specification=DRAFT202012))


@cache
def paths():
    """Every path template with its pattern; templates without parameters first."""
    found = [
        (template, re.compile("^" + re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(template)) + "$"))
        for template in DESCRIPTION["paths"]
    ]
    return sorted(found, key=lambda pair: pair[0].count("{"))


@cache
def validator(pointer):
    return Draft202012Validator(
        {"$ref": f"urn:api#{pointer}"}, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER)


def escaped(key):
    return key.replace("~", "~0").replace("/", "~1")


def resolved(node):
    while "$ref" in node:
        target = DESCRIPTION
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node, reference = target, node["$ref"]
        node = dict(node, **{"x-at": reference[1:]})
    return node


def check(method, path, answer):
    """Fails where an answer's status, media type or body is not as the description says."""
    template = next((template for template, pattern in paths() if pattern.match(path)), None)
    assert template, f"{path} is not described"
    operation = DESCRIPTION["paths"][template].get(method.lower())
    assert operation, f"{method} {template} is not described"
    status = str(answer.status_code)
    assert status in operation["responses"], f"{method} {template} → {status} is not described: {answer.text[:300]}"
    response = resolved(operation["responses"][status])
    at = response.get("x-at", f"/paths/{escaped(template)}/{method.lower()}/responses/{status}")
    content = response.get("content", {})
    if not content:
        assert not answer.content, f"{method} {template} → {status} should be empty"
        return
    media = answer.headers.get("content-type", "").split(";")[0]
    assert media in content, f"{method} {template} → {status} is {media}, not {list(content)}"
    if not media.endswith("json"):
        return
    faults = list(validator(f"{at}/content/{escaped(media)}/schema").iter_errors(answer.json()))
    assert not faults, f"{method} {template} → {status}: " + "; ".join(
        f"{fault.json_path}: {fault.message[:200]}" for fault in faults[:4])
