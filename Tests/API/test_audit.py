"""The auditor's pages held against reality, and the auditor held to the invariants."""

import re

from attacks import Secret
from client import problem
from doors import Knocker
from pages import bare_keys
from test_identity import custodians, look
from test_search import search
from test_story import referred
from world import DISPATCHED, QINGTANG, REPORTER, TANGYI, WANGCHUAN, letter, person, unit

ROW = re.compile(r'<tr><th scope="row">\S+ ([\w.]+).*?</th><td>(\w+)</td><td>(\w+)</td><td>(\w+)</td>', re.S)


def readers(auditor, report):
    """Who reads what by the auditor's page, by account: letter, papers, files."""
    page = auditor.get(f"/audit/reports/{report}")
    assert page.status_code == 200, page.text[:300]
    table = page.text.split('id="readers"')[1].split("</table>")[0]
    return {who: [cell == "能" for cell in cells] for who, *cells in ROW.findall(table)}


def held_against_reality(world, auditor, report, stage):
    told = readers(auditor, report)
    for username in world.accounts:
        view = world[username].report(report)
        assert (username in told) == (view is not None), f"{stage}: {username}"
        may_read = view is not None and view["title"] is not None
        assert told.get(username, [False])[0] == may_read, f"{stage}: {username} reads the letter"
    return told


def test_who_can_read_by_the_page_is_who_can_open_it(world):
    auditor = Knocker(world["qt.audit1"])
    secret = Secret(world, QINGTANG, [person()])
    assert auditor.get(f"/audit/reports/{secret.id}").status_code == 404, "it has no number yet"
    world.play(secret.id, QINGTANG, "register", "classify")
    held_against_reality(world, auditor, secret.id, "classified")
    world.play(secret.id, QINGTANG, ("propose", {"way": "refer"}))
    proposed = held_against_reality(world, auditor, secret.id, "proposed")
    assert any(who.startswith("qt.leader") for who in proposed)
    world.play(secret.id, QINGTANG, "approve", "refer", "sign", ("dispose", {"kind": "close"}), "approve", "conclude")
    held_against_reality(world, auditor, secret.id, "concluded")
    page = auditor.get(f"/audit/reports/{secret.id}").text
    number = next(view["number"] for who in world.people(QINGTANG) if (view := who.report(secret.id)))
    assert number in page and "审计员查看" in page, "that an auditor looked is told to auditors"
    opened = auditor.get("/audit/events?list=reads").text
    assert number in opened and "qt.letters2" in opened and "打开" in opened, "who opened it, on a page or through the API"
    for _ in range(2):
        Knocker(world["qt.letters2"]).get("/desk")
    listed = auditor.get("/audit/events?list=reads&act=listed").text
    assert listed.count("qt.letters2") == 2 and "查看带标题的列表" in listed, "and each look at a list, an empty one too"
    shown = [said for said in secret.lies_in(page) if said not in (secret.id, number)]
    assert shown == [], "no word of the report"
    assert auditor.get(f"/audit?number={number}").headers["Location"] == f"/audit/reports/{secret.id}"
    assert auditor.get("/audit?number=990101-1900-0001").status_code == 422


def test_what_is_handed_down_is_audited_above_and_below_none_of_what_is_elsewhere(world):
    auditor = Knocker(world["qt.audit1"])
    _, report, _ = world.filed(letter(reported=[person("township", "苗得水", "前湾村", "村主任")]))
    world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "forward", "organ": "棠漪镇"}), "approve",
               "forward")
    held_against_reality(world, auditor, report, "forwarded")
    for stranger in ("wc.audit1", "qt.letters1", "qt.admin1", "ty.letters1", "qt.cases1"):
        assert Knocker(world[stranger]).get(f"/audit/reports/{report}").status_code == 404, stranger
    for path in ("/audit", "/audit/events?list=keys"):
        assert Knocker(world["qt.admin1"]).get(path).status_code == 404


def test_an_auditor_obeys_the_invariants(world):
    """I-1 to I-3: what went past the organ, lies with internal supervision, or names the auditor."""
    auditor, superior = Knocker(world["qt.audit1"]), Knocker(world["wc.audit1"])
    past = Secret(world, QINGTANG, [person(name="翟正言", unit="清棠县纪委监委", position="书记", principal=True)]).live()
    cadre = Secret(world, QINGTANG, [person(name="耿直方", unit="清棠县纪委监委", position="监督检查室主任")])
    world.play(cadre.id, QINGTANG, "register")
    assert past.organ == WANGCHUAN
    higher = Secret(world, QINGTANG, [person()])
    world.play(higher.id, QINGTANG, "register")
    assert auditor.get(f"/audit/reports/{higher.id}").status_code == 200
    maker = world["qt.letters1"]
    maker.act(higher.id, "amend", reported=[
        {"kind": "person", "name": "闻人远", "unit": "望川市水务局", "management": "municipal"}], reason="核实管理权限。")
    maker.act(higher.id, "send-up")
    for secret in (past, cadre, higher):
        assert auditor.get(f"/audit/reports/{secret.id}").status_code == 404
        pages = auditor.everything(secret.id)
        assert any(path.startswith("/audit/people/") for path in pages), "the pages were looked through"
        assert secret.tells(pages) == []
    assert superior.get(f"/audit/reports/{past.id}").status_code == 200
    held_against_reality(world, superior, past.id, "at the superior")
    for organ in (QINGTANG, TANGYI, DISPATCHED):
        for who in world.people(organ):
            assert who.report(past.id) is None
    _, own, _ = world.filed(letter(reported=[person(name="屈衡之", unit="清棠县水务局"), unit("清棠县水务局")]))
    assert auditor.get(f"/audit/reports/{own}").status_code == 404


def test_lists_tell_who_did_what_and_no_words(world):
    auditor = Knocker(world["qt.audit1"])
    search(world["qt.letters1"], "text", "水渠验收")
    page = auditor.get("/audit/events?list=searches").text
    assert "qt.letters1" in page and "水渠验收" not in page
    assert "qt.letters1" not in auditor.get("/audit/events?list=searches&act=number&first=2099-01-01").text
    assert auditor.get("/audit/events?list=keys&first=yesterday").status_code == 422
    for kind in ("keys", "accounts", "rules", "searches", "identity-searches", "evidence", "openings", "exports",
                 "audits"):
        for language in ("zh-Hans", "en"):
            page = auditor.get(f"/audit/events?list={kind}&lang={language}")
            assert page.status_code == 200, kind
            assert bare_keys(page.text) == [], "a sentence stands for everything that was done"
    assert "qt.letters1" not in Knocker(world["wc.audit1"]).get("/audit/events?list=searches").text
    problem(world["qt.audit1"].get("/api/v1/search", None), 404)


def test_each_look_at_an_open_identity_stands_in_the_list_of_openings(world):
    _, report = referred(world, reporter=REPORTER)
    first, second = custodians(world, report)[:2]
    first.act(report, "open-identity", ground="contact", window="4", reason="承办人要核对日期。")
    second.act(report, "decide", agreed="yes")
    for _ in range(2):
        look(first, report, 200)
    number = first.report(report).get("number") or next(
        view["number"] for who in world.people(QINGTANG) if (view := who.report(report)))
    page = Knocker(world["qt.audit1"]).get("/audit/events?list=openings&act=looked").text
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page, re.S) if number in row]
    assert len(rows) == 2 and all(first.username in row and "查看已开放的身份信息" in row for row in rows)
    assert REPORTER["phone"] not in page and REPORTER["name"] not in page
    assert number not in Knocker(world["wc.audit1"]).get("/audit/events?list=openings").text
    told = Knocker(world["qt.audit1"]).get(f"/audit/reports/{report}").text
    assert told.count("查看已开放的身份信息") == 2
