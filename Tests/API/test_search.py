"""Searching over pages and API: in any spelling, within one's own reach, stopped and forgotten with the session."""

import secrets
import time

from client import Person, problem
from doors import Knocker
from thief import everything, readings
from world import LISHAN, QINGTANG, letter, person

MARKS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def name():
    """A name that no other report has."""
    return "乐" + "".join(secrets.choice(MARKS) for _ in range(6))


def search(somebody, kind, words, **more):
    """Begins a search and looks until it is over."""
    view = somebody.post("/api/v1/search", {"kind": kind, "words": words, **more}, 202).json()
    while view["state"] in ("waiting", "running"):
        time.sleep(0.05)
        view = somebody.get("/api/v1/search").json()
    assert view["state"] == "done"
    return view


def ids(view):
    return [item["id"] for item in view["items"]]


def test_a_report_is_found_in_any_spelling_by_those_who_may_open_it(world):
    who = name()
    body = letter(reported=[person(name=who, unit="清棠县水务局")])
    body["content"] += f"　请查{who}的賬目。"
    receipt, report, organ = world.filed(body)
    receipt.message(f"{who}把钱还了一半")
    clerk = world.who_has(report, organ)[0]
    view = clerk.act(report, "register")
    wide = view["number"].translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    for kind, words in [("name", who), ("name", f" {who[:2]}　{who[2:]} 副書記"), ("number", wide), ("text", f"{who} 账目"),
                        ("text", who[2:4] + who[4:])]:
        found = search(clerk, kind, words)
        assert ids(found) == [report], f"{kind} {words}"
        assert found["items"][0]["title"] == body["title"]
    assert ids(search(clerk, "unit", "清棠縣水務局")).count(report) == 1
    assert ids(search(clerk, "text", f"{who} 一半")) == []
    assert ids(search(clerk, "text", f"{who} 一半", messages=True)) == [report]
    assert search(clerk, "name", who)["of"] == 0, "what was searched once is found without opening letters"


def test_nobody_finds_what_they_cannot_open(world):
    who = name()
    _, report, organ = world.filed(letter(reported=[person(name=who)]))
    director = next(one for one in world.who_has(report, organ) if "director" in str(one.roles))
    assert ids(search(director, "name", who)) == [report]
    number = director.act(report, "register")["number"]
    for one in world.people(QINGTANG, LISHAN):
        opens = one.report(report)
        may = opens is not None and opens["title"] is not None
        for kind, words in [("name", who), ("text", who), ("number", number)]:
            assert ids(search(one, kind, words)) == ([report] if may else []), f"{one} {kind}"


def test_words_that_say_nothing_are_refused_and_one_search_belongs_to_one_session(sqlite_world):
    world = sqlite_world
    mine = Person(world.url, world.accounts["qt.letters1"])
    problem(mine.get("/api/v1/search", None), 404)
    for body, field in [({"kind": "text", "words": " "}, "words"), ({"kind": "text", "words": "的"}, "words"),
                        ({"kind": "colour", "words": "红色"}, "kind"), ({"kind": "name", "words": "长" * 101}, "words")]:
        assert problem(mine.post("/api/v1/search", body), 422)["errors"][0]["field"] == field
    problem(mine.get("/api/v1/search", None), 404)
    search(mine, "text", "水渠")
    other = Person(world.url, world.accounts["qt.letters1"])
    problem(other.get("/api/v1/search", None), 404)
    assert mine.call("DELETE", "/api/v1/search").status_code == 204
    problem(mine.get("/api/v1/search", None), 404)
    problem(world.public.get("/api/v1/search", None), 401)


def test_the_page_works_without_scripts(sqlite_world):
    world = sqlite_world
    who = name()
    body = letter(reported=[person(name=who)])
    _, report, organ = world.filed(body)
    clerk = Knocker(Person(world.url, world.who_has(report, organ)[0].account))
    assert 'href="/desk/search"' in clerk.get("/desk").text
    refused = clerk.send("POST", "/desk/search", {"kind": "text", "words": ""})
    assert refused.status_code == 422 and 'href="#f-words"' in refused.text
    begun = clerk.send("POST", "/desk/search", {"kind": "name", "words": who})
    assert begun.status_code == 303 and begun.headers["Location"] == "/desk/search"
    for _ in range(100):
        page = clerk.get("/desk/search").text
        if "data-again" not in page:
            break
        time.sleep(0.05)
    assert f"/desk/reports/{report}" in page and body["title"] in page and who in page
    assert who not in clerk.get("/desk").text
    assert clerk.send("POST", "/desk/search/stop", {"forget": "yes"}).status_code == 303
    assert who not in clerk.get("/desk/search").text


def test_what_was_searched_and_found_lies_nowhere_in_the_open(copy):
    from world import World
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    who = name()
    _, report, organ = world.filed(letter(reported=[person(name=who)]))
    clerk = world.who_has(report, organ)[0]
    assert ids(search(clerk, "name", who)) == ids(search(clerk, "text", who)) == [report]
    running = everything(installation)
    assert installation.stop() == 0
    for place, content in (running | everything(installation)).items():
        for reading in readings(who):
            assert reading not in content, place
