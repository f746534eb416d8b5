"""The description is valid, is what the server hands out, and names what the rules name."""

import contract
import requests
import yaml
from installation import ROOT
from openapi_spec_validator import validate


def test_the_description_is_valid_openapi():
    assert contract.DESCRIPTION["openapi"].startswith("3.1")
    validate(contract.DESCRIPTION)


def test_the_server_hands_it_out(sqlite_world):
    answer = sqlite_world.public.get("/api/openapi.yaml")
    assert answer.content == contract.FILE.read_bytes()
    assert requests.head(sqlite_world.url + "/api/openapi.yaml", timeout=10).status_code == 200


def test_the_stages_are_those_of_the_rules():
    rules = yaml.safe_load((ROOT / "Sources/Casework/Resources/rules/workflow.yaml").read_text(encoding="utf-8"))
    schemas = contract.DESCRIPTION["components"]["schemas"]
    assert set(schemas["Stage"]["enum"]) == set(rules["stages"])
    assert set(schemas["PublicStage"]["enum"]) == set(rules["publicStages"])
    values = [choice["value"] for choice in rules["vocabularies"]["management"]]
    assert set(schemas["Management"]["enum"]) == set(values)


def test_every_example_fits_its_schema():
    for path, item in contract.DESCRIPTION["paths"].items():
        for method, operation in item.items():
            body = contract.resolved(operation.get("requestBody", {})) if isinstance(operation, dict) else {}
            for media, content in body.get("content", {}).items():
                at = body.get("x-at", f"/paths/{contract.escaped(path)}/{method}/requestBody")
                examples = [entry["value"] for entry in content.get("examples", {}).values()]
                for example in examples + ([content["example"]] if "example" in content else []):
                    contract.validator(f"{at}/content/{contract.escaped(media)}/schema").validate(example)
