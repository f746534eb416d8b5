"""Who each door is for: every route, tried by people of every role at every level, as policy.yaml says.

A route without a line fails, and so does a line without a route. Behind no door lies a word of a report that the one who
knocks must not see; lists, counts and filters answer as before it came.
"""

import re

import pytest
import requests
import roles
import yaml
from attacks import Secret
from client import Person
from conftest import ENGINES
from doors import Knocker, filled, of_a_report, routes
from installation import ROOT
from pages import SAME
from test_search import search
from world import DISPATCHED, JIZHOU, QINGTANG, REPORTER, TANGYI, World, letter, person

POLICY = yaml.safe_load((ROOT / "Tests/API/policy.yaml").read_text(encoding="utf-8"))
FIELDS = {"opinion": "x", "reason": "x", "text": "x", "note": "x", "whom": "x"}
# Whom the administrators' doors are tried on; nobody else knocks as them.
TARGET = "qt.inspect3"
# These end the session with which one knocks.
ENDING = ("POST /sign-out", "DELETE /api/v1/session")


class Nobody:
    """A visitor, or whoever holds a receipt: no session."""

    def __init__(self, url, authorization=None):
        self.url, self.kinds = url, ["receipt"] if authorization else []
        self.kinds += ["nobody"]
        self.headers = SAME | ({"Authorization": authorization} if authorization else {})

    def __repr__(self):
        return self.kinds[0]

    def get(self, path):
        return requests.get(self.url + path, headers=self.headers, timeout=60, allow_redirects=False)

    def send(self, method, path, fields):
        body = {"json": fields} if path.startswith("/api/") else {"data": fields}
        return requests.request(
            method, self.url + path, headers=self.headers, timeout=60, allow_redirects=False, **body)


class Town:
    """The world with somebody of every role at every level, and a report of another city."""

    def __init__(self, world, folder):
        self.world = world
        roles.complete(world, folder)
        self.people = [
            Knocker(who) for who in world.people(*roles.LEVELS.values()) if who.username != TARGET]
        for knocker in self.people:
            knocker.kinds = kinds(knocker.person.account)
        self.ids = target(world)
        self.lists = [path for method, path in routes() if method == "GET" and ":" not in path
                      and path.startswith(("/desk", "/api/v1/inbox", "/api/v1/leads", "/leads", "/identities", "/interference", "/office", "/admin"))]
        self.before = self.listed()
        self.hidden = Secret(world, JIZHOU, [person("municipal", "邬阿戊", "霁州市水务局")]).live()
        assert self.hidden.organ == JIZHOU
        self.after = self.listed()

    def listed(self):
        """What every list, count and filter says to everybody."""
        asked = "?offset=0&limit=200&q=邬阿戊&name=邬阿戊&unit=霁州市水务局&number=2026&stage={}&channel=web&tab={}"
        paths = [path + asked.format(stage, tab) for path in self.lists
                 for stage, tab in (("answered", "holding"), ("received", "waiting"), ("archived", "all"))
                 if path.startswith("/desk") or stage == "answered"]
        return {f"{knocker} {path}": (answer.status_code, answer.text) for knocker in self.people for path in paths
                for answer in [knocker.get(path)]}

    def address(self, pattern):
        """A route, asked about the report of the other city, or about an organ, office or person of the county."""
        parts = pattern.split("/")
        for place, part in enumerate(parts):
            if part == ":id" and parts[place - 1] in self.ids and parts[1] in ("admin", "offices", "organs"):
                parts[place] = self.ids[parts[place - 1]]
        return filled("/".join(parts), self.hidden.id)[0]


def kinds(account):
    """What the policy may call somebody, the most telling first."""
    held, found = roles.roles(account), [account["username"]]
    if "administrator" in held:
        found += ["root administrator"] if account["organ"] == roles.LEVELS["province"] else []
        found += ["administrator elsewhere"] if account["organ"] in (TANGYI, DISPATCHED) else []
    # At an office that receives reports.
    if {"letters:director", "internal:director"} & set(account["roles"]):
        found.append("directs intake")
    if any(role.startswith("case-supervision:") for role in account["roles"]):
        found.append("keeps register")
    if account["organ"] == QINGTANG:
        found += ["leads others"] if account["username"] in ("qt.letters1", "qt.inspect1", "qt.inspect4") else []
        found += ["colleague"] if any(role.startswith("letters:") for role in account["roles"]) else []
        found += [f"colleague {role}" for role in sorted(held)]
    return found + sorted(held) + ["staff"]


def target(world):
    """An organ, its letters office and one of its people, as their administrator finds them."""
    admin = Knocker(world["qt.admin1"])

    def first(page, kind, said):
        links = re.findall(rf'href="(/admin/{kind}/[0-9a-f-]{{36}})"', admin.get(page).text)
        return next(link for link in links if said in admin.get(link).text)

    organ = first("/admin", "organs", world.organs[QINGTANG]["name"])
    return {"organs": organ[-36:], "offices": first(organ, "offices", "信访室")[-36:],
            "people": first(organ, "people", f">{TARGET}<")[-36:]}


@pytest.fixture(scope="module", params=ENGINES)
def town(request, worlds, tmp_path_factory):
    installation, described = worlds.copy(request.param)
    yield Town(World(installation.serve("--limits", "off"), described), tmp_path_factory.mktemp("lists"))
    installation.stop()


def test_every_door_has_a_line_and_every_line_a_door():
    assert {f"{method} {pattern}" for method, pattern in routes()} == set(POLICY)


def knock(town, caller, method, pattern):
    path = town.address(pattern)
    return caller.get(path) if method == "GET" else caller.send(method, path, FIELDS)


def expected(line, caller):
    return next(line[kind] for kind in caller.kinds if kind in line)


def test_every_door_answers_everybody_as_the_policy_says(town):
    visitors = [Nobody(town.world.url), Nobody(town.world.url, f"Receipt {town.hidden.receipt.digits}")]
    reader = Knocker(next(who for who in town.world.people(JIZHOU) if who.report(town.hidden.id)))
    reader.kinds = ["reader", "staff"]
    wrong, tried = [], 0
    for caller in [*visitors, *town.people, reader]:
        for door, line in POLICY.items():
            method, pattern = door.split()
            if ("anybody" in line or door in ENDING) and caller not in (*visitors, reader):
                continue
            if door in ENDING and caller is reader:
                again = Person(town.world.url, reader.person.account)
                assert Knocker(again).send(method, pattern, {}).status_code == line["staff"]
                assert again.get("/api/v1/inbox", None).status_code == 401
                continue
            answer = knock(town, caller, method, pattern)
            tried += 1
            said = expected(line | {kind: line["anybody"] for kind in ("nobody", "staff") if "anybody" in line}, caller)
            if answer.status_code != said:
                wrong.append(f"{door}: {caller} {caller.kinds} got {answer.status_code}, {said} is declared")
            path = town.address(pattern)
            if caller in town.people and (told := town.hidden.lies_in(answer.text.replace(path, ""))):
                wrong.append(f"{door}: {caller} reads {told}")
            assert answer.status_code < 500, door
    assert wrong == [], "\n".join(wrong)
    assert tried > 4000


def test_lists_counts_and_searches_know_nothing_of_it(town):
    assert [door for door in town.after if town.after[door] != town.before[door]] == []
    hidden = town.hidden
    for knocker in town.people:
        for kind, words in (("name", "邬阿戊"), ("unit", "霁州市水务局"), ("number", hidden.number), ("text", hidden.title)):
            found = search(knocker.person, kind, words)
            assert found["items"] == [] and not hidden.lies_in(str(found).replace(words, "")), f"{knocker} {kind}"
        if "custodian" in knocker.kinds:
            asked = [{"kind": kind, "value": value, "ground": "contact"} for kind, value in (
                ("phone", REPORTER["phone"]), ("name", hidden.reporter), ("email", REPORTER["email"]))]
            for fields in asked:
                page = knocker.send("POST", "/identities", fields)
                assert page.status_code in (200, 422) and hidden.id not in page.text and hidden.number not in page.text


def test_nobody_outside_of_the_offices_that_receive_registers_a_report(town):
    tried = 0
    for knocker in town.people:
        if not {"director", "registrar", "triage"} & set(knocker.kinds):
            answer = knocker.send("POST", "/api/v1/reports", letter(knocker.person.organ, channel="letter"))
            assert answer.status_code == 403, f"{knocker}: {answer.status_code}"
            tried += 1
    assert tried > 15


def test_no_role_is_missing_at_any_level_and_every_report_door_hides_what_one_must_not_see(town):
    held = {kind for knocker in town.people for kind in knocker.kinds}
    assert roles.declared() <= held and roles.missing(town.world) == []
    for door, line in POLICY.items():
        if of_a_report(door.split()[1]):
            assert line["staff"] == 404 and line["nobody"] in (303, 401), door
