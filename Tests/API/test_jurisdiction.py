"""Why a report is where it is, what a team may receive, and what is left of a matter that went up."""

import re

import pytest
import requests
from client import problem
from world import DISPATCHED, QINGTANG, TANGYI, WANGCHUAN, letter, person, unit


def pages(world, who):
    """A browser of somebody who signs in on the page."""
    browser = requests.Session()
    account = world.accounts[who]
    browser.post(
        world.url + "/sign-in", {"username": who, "password": account["password"]},
        headers={"Origin": world.url}, timeout=20)
    return browser


def token(text):
    return re.search(r'name="csrf" value="([^"]+)"', text).group(1)


def test_whoever_may_read_the_letter_reads_why_it_is_here_and_nobody_else(world):
    reported = [person("township", "何小田", "棠漪镇政府"), person("municipal", "高大成", "清棠县")]
    _, report, organ = world.filed(letter(TANGYI, reported=reported))
    assert organ == WANGCHUAN
    readers = [view for who in world.people(organ) if (view := who.report(report))]
    for view in readers:
        steps = view["jurisdiction"]
        assert bool(steps) == (view["title"] is not None)
        if steps:
            assert "高大成" in " ".join(step["fact"] for step in steps)
            assert all(step["rule"] and step["source"] for step in steps)
    assert any(view["jurisdiction"] for view in readers)


@pytest.mark.parametrize(("reported", "receiver"), [
    ([person("township", "何小田", "清棠县民政局低保中心")], DISPATCHED),
    ([person("other", "何小田", "清棠县中心敬老院")], DISPATCHED),
    ([unit("县民政局", "county")], QINGTANG),
    ([person("township", "何小田", "清棠县水务局")], QINGTANG),
    ([person("township", "何小田", "望川市民政局")], QINGTANG),
    ([person("township", "何小田", "清棠县民政局"), person("township", "何大田", "棠漪镇政府")], QINGTANG),
    ([person("unknown", "何小田", "清棠县民政局")], DISPATCHED),
], ids=["its unit", "under its unit", "managed higher", "another unit", "a namesake of its unit", "also another unit",
        "level unknown"])
def test_a_team_receives_about_its_unit_alone(sqlite_world, reported, receiver):
    _, received = sqlite_world.file(letter(DISPATCHED, reported=reported))
    assert received == receiver


def test_what_turns_out_to_be_higher_leaves_its_maker_a_note_and_nobody_a_trace(world):
    _, report, organ = world.filed(letter())
    world.play(report, organ, "register")
    director = world["qt.letters1"]
    number = director.report(report)["number"]
    higher = [{"kind": "person", "name": "闻人远", "unit": "望川市水务局", "management": "municipal"}]
    director.act(report, "amend", reported=higher, reason="核实管理权限。")
    waiting = {who: len(who.inbox()) for who in world.people(QINGTANG)}
    notes = pages(world, "qt.letters1").get(world.url + "/register", timeout=20).text.count("<li><p>")
    director.act(report, "send-up")
    for who in world.people(QINGTANG, *world.below(QINGTANG)):
        problem(who.get(f"/api/v1/reports/{report}", None), 404)
        assert not who.has(report)
        browser = pages(world, who.username)
        for tab in ("waiting", "holding", "followed", "done"):
            text = browser.get(world.url + f"/desk?tab={tab}", timeout=20).text
            assert report not in text and number not in text
    assert sum(len(who.inbox()) for who in waiting) <= sum(waiting.values())
    left = pages(world, "qt.letters1").get(world.url + "/register", timeout=20).text
    assert left.count("<li><p>") == notes + 1 and number not in left and report not in left
    view = world.play(report, WANGCHUAN, "sign", "register")
    assert view["reported"][0]["name"] == "闻人远"
    assert world.installation.verify()["reports"] > 0


def test_nobody_comes_past_the_gate_and_a_note_is_marked_by_the_superior(world):
    clerk = pages(world, "qt.letters2")
    for address in ("/register/form", "/register/form?rank=municipal", "/register/form?rank=chief"):
        answer = clerk.get(world.url + address, allow_redirects=False, timeout=20)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/register"), address
    gate = clerk.get(world.url + "/register", timeout=20).text
    for path, fields in [
        ("/register", {"rank": "municipal", "title": "高管", "content": "x", "channel": "letter"}),
    ]:
        answer = clerk.post(
            world.url + path, {"csrf": token(gate), **fields}, headers={"Origin": world.url}, allow_redirects=False,
            timeout=20)
        assert answer.status_code == 303, path
    said = clerk.post(
        world.url + "/register/rank", {"csrf": token(gate), "rank": "municipal"}, headers={"Origin": world.url},
        timeout=20)
    assert said.status_code == 200 and re.search(r"<strong>[^<]*\d{4}-\d{2}-\d{2}", said.text)
    superior = pages(world, "wc.letters1")
    desk = superior.get(world.url + "/register", timeout=20).text
    mark = re.search(r'action="(/register/handed/[^"]+)"', desk).group(1)
    refused = clerk.post(
        world.url + mark, {"csrf": token(gate)}, headers={"Origin": world.url}, timeout=20)
    assert refused.status_code == 404
    marked = superior.post(
        world.url + mark, {"csrf": token(desk)}, headers={"Origin": world.url}, timeout=20)
    assert marked.status_code == 200 and mark not in marked.text


def test_a_place_is_found_by_name_and_what_was_typed_stays(sqlite_world):
    clerk = pages(sqlite_world, "qt.letters2")
    form = clerk.get(sqlite_world.url + "/register/form?rank=county", timeout=20).text
    fields = {
        "csrf": token(form), "rank": "county", "channel": "letter", "title": "水渠", "content": "验收没有通过。",
        "reported-0-kind": "person", "reported-0-name": "李树成", "reported-0-unit": "清棠县水务局",
        "reported-0-management": "county", "place-name": "霜桥镇"}

    def send(**more):
        return clerk.post(
            sqlite_world.url + "/register", {**fields, **more}, headers={"Origin": sqlite_world.url}, timeout=20)

    found = send(find="place")
    assert found.status_code == 200 and 'value="水渠"' in found.text and "李树成" in found.text
    assert re.search(r'<option value="990101102" selected>', found.text)
    nowhere = send(**{"place-name": "没有这个镇"})
    assert nowhere.status_code == 422 and "水渠" in nowhere.text
    assert send().status_code == 201, "a name that fits one place is enough"
