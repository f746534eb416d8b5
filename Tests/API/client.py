"""A client that knows the contract alone: it finds its work in the inbox and fills in the forms of `acts`."""

from urllib.parse import quote

import contract
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def kept_alive():
    """A session that asks once more where the server closed a kept connection at the same moment, as browsers do."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(max_retries=Retry(
        total=1, connect=0, read=1, redirect=0, status=0, allowed_methods={"GET", "HEAD"})))
    return session


class Caller:
    """Somebody who calls the API; every answer is held against its description."""

    def __init__(self, url, authorization=None):
        self.url = url
        self.session = kept_alive()
        if authorization:
            self.session.headers["Authorization"] = authorization

    def call(self, method, path, json=None, data=None, expect=None, **options):
        answer = self.session.request(method, self.url + path, json=json, data=data, timeout=60, **options)
        contract.check(method, path.split("?")[0], answer)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer

    def get(self, path, expect=200):
        return self.call("GET", path, expect=expect)

    def post(self, path, json, expect=None):
        return self.call("POST", path, json=json, expect=expect)


def problem(answer, status, kind=None):
    """The problem of a refusal, which must be of this status and type."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:400]}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    if kind:
        assert answer.json()["type"] == kind
    return answer.json()


class Receipt(Caller):
    """Whoever holds a receipt."""

    def __init__(self, url, digits):
        super().__init__(url, f"Receipt {digits}")
        self.digits = digits

    def read(self):
        return self.get("/api/v1/receipt").json()

    def message(self, text):
        return self.post("/api/v1/receipt/messages", {"text": text}, 201).json()

    def object(self, text):
        return self.post("/api/v1/receipt/objection", {"text": text}, 201).json()

    def rate(self, score, settled, comment=""):
        return self.post("/api/v1/receipt/rating", {"score": score, "settled": settled, "comment": comment}, 201).json()

    def put_file(self, name, content):
        return self.call("PUT", f"/api/v1/receipt/files/{quote(name, safe='')}", data=content)


class Person(Caller):
    """A member of staff who is signed in."""

    def __init__(self, url, account):
        super().__init__(url)
        self.account = account
        self.username, self.organ, self.roles = account["username"], account["organ"], account["roles"]
        token = self.post(
            "/api/v1/session", {"username": self.username, "password": account["password"]}, 201).json()["token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def __repr__(self):
        return self.username

    def inbox(self, sort="receivedAt", limit=200):
        """All that waits for this person, over all pages."""
        items, path = [], f"/api/v1/inbox?sort={sort}&limit={limit}"
        while path:
            page = self.get(path).json()
            items += page["items"]
            path = page["next"]
        return items

    def has(self, report):
        return any(item["id"] == report for item in self.inbox())

    def report(self, report):
        """The report as this person may read it; None where it does not exist for them."""
        answer = self.get(f"/api/v1/reports/{report}", expect=None)
        return answer.json() if answer.status_code == 200 else None

    def offered(self, report, act):
        view = self.report(report)
        return next((offer for offer in view["acts"] if offer["name"] == act), None) if view else None

    def try_act(self, report, act, /, **fields):
        """Sends exactly these fields."""
        return self.post(f"/api/v1/reports/{report}/acts/{act}", fields)

    def act(self, report, act, /, **wanted):
        """Fills in the form that is offered, with what is wanted where something is wanted, and sends it."""
        offer = self.offered(report, act)
        assert offer, f"{self} is not offered {act}"
        answer = self.try_act(report, act, **filled(offer["fields"], wanted))
        assert answer.status_code == 200, f"{self} {act}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def put_file(self, report, name, content):
        return self.call("PUT", f"/api/v1/reports/{report}/files/{quote(name, safe='')}", data=content)

    def file(self, report, name, expect=200):
        return self.get(f"/api/v1/reports/{report}/files/{quote(name, safe='')}", expect)


def filled(fields, wanted):
    """Values for the fields of a form: what is wanted, else something that fits where a value is required."""
    values = {}
    for field in fields:
        name, when = field["name"], field.get("when") or {}
        if not all(values.get(other) == expected for other, expected in when.items()):
            continue
        if name in wanted:
            values[name] = chosen(field, wanted[name])
        elif field["required"]:
            values[name] = something(field)
    left = set(wanted) - set(values)
    assert not left, f"no field takes {left}"
    return values


def chosen(field, value):
    """An option by its value or by a part of its label; anything else as it is."""
    options = field.get("options")
    if not options or not isinstance(value, str):
        return value
    found = [option["value"] for option in options if option["value"] == value or value in option["label"]]
    assert found, f"{field['name']}: {value} is none of {[option['label'] for option in options]}"
    return [found[0]] if field["type"] == "choices" else found[0]


def something(field):
    kind = field["type"]
    if kind in ("choice", "choices"):
        assert field["options"], f"{field['name']} offers nothing to choose"
        first = field["options"][0]["value"]
        return [first] if kind == "choices" else first
    if kind == "list":
        lead = next((item for item in field["item"] if item["type"] == "choice"), None)
        return [
            filled(field["item"], {lead["name"]: option["value"]} if lead else {})
            for option in (lead["options"] if lead else [None])
        ]
    return {"text": "按规定办理。", "date": "2026-03-16", "number": 1, "flag": True}[kind]
