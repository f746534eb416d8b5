"""I-8, I-9, I-12 and I-13: what was written stays, nothing labels of itself, interference is on record, and a receipt
tells of nobody."""

import re

import pytest
import requests
from attacks import Secret, act_paths, administered, differing, name, named, opened, served, word
from client import problem
from doors import Knocker, filled, of_a_report, routes
from pages import SAME
from test_interference import TOLD
from world import QINGTANG, REPORTER, WANGCHUAN, letter, person


def history(who, report):
    view = who.report(report)
    return view["history"], view["messages"], [(file["name"], file["size"]) for file in view["files"]]


def test_what_was_written_stays_word_for_word_whatever_anybody_sends(world):
    """I-8: every act only adds; no method of any door takes away, replaces or hides."""
    secret = Secret(world, QINGTANG, [person()])
    world.do(secret.id, QINGTANG, "register", note=word())
    director = world["qt.letters1"]
    director.act(secret.id, "amend", title=word(), reason=word())
    before = history(director, secret.id)
    assert len(before[0]) >= 3 and before[2]
    counted = world.installation.verify()
    people = [Knocker(world[name]) for name in ("qt.letters1", "qt.letters2", "qt.admin1", "qt.audit1", "yl.admin1")]
    addresses = {path for method, pattern in routes() if of_a_report(pattern) and "/acts/" not in pattern
                 for path in filled(pattern, secret.id)}
    for knocker in people:
        for path in addresses:
            for method in ("DELETE", "PUT", "PATCH", "MOVE"):
                answer = knocker.send(method, path, {"text": "x"})
                assert answer.status_code in (403, 404, 405, 409, 415), f"{knocker} {method} {path}"
        for act in ("delete", "remove", "purge", "destroy", "send-up", "wake", "reopen", "archive"):
            for path in act_paths(secret.id, act):
                answer = knocker.send("POST", path, {"reason": "x"})
                assert answer.status_code in (403, 404, 409, 422), f"{knocker} {path}"
    assert director.put_file(secret.id, "证据.txt", b"other").status_code == 409
    assert secret.receipt.put_file("证据.txt", b"other").status_code == 409
    assert director.file(secret.id, "证据.txt").content == secret.file.encode()
    world.play(secret.id, QINGTANG, ("classify", {"category": "no-substance"}), ("propose", {"way": "keep"}), "approve", "keep")
    world.play(secret.id, QINGTANG, "archive")
    for was, now in zip(before, history(director, secret.id)):
        assert now[:len(was)] == was
    after = world.installation.verify()
    assert all(after[kind] >= count for kind, count in counted.items())
    assert director.file(secret.id, "证据.txt").content == secret.file.encode()


def marked(world, report):
    """Whether anybody who reads it, or its reporter, is told of a false accusation."""
    views = [view for who in world.everybody() if (view := who.report(report))]
    listed = [item for who in world.people(QINGTANG, WANGCHUAN) for item in who.inbox() if item["id"] == report]
    return any("false-accusation" in found["marks"] for found in views + listed)


@pytest.mark.parametrize("finding", ["untrue", "unverifiable"])
def test_what_proves_untrue_is_no_false_accusation_until_the_city_s_leader_says_so(world, finding):
    """I-9: no label comes of itself, none without proof of intent, and none by a county's own leader."""
    receipt, report, _ = world.filed(letter(reporter=REPORTER))
    world.play(report, QINGTANG, "register", ("verify-identity", {"status": "real-name"}), "classify")
    world.play(report, QINGTANG, ("propose", {"way": "refer"}), "approve", "refer", "sign")
    world.play(report, QINGTANG, ("dispose", {"kind": "close"}), "approve")
    handler = world.anybody(report, QINGTANG, "conclude")
    party = handler.offered(report, "conclude")["fields"][0]["item"][0]["options"][0]["value"]
    results = [{"party": party, "finding": finding, "handling": "none"}]
    handler.act(report, "conclude", results=results, text="没有查到。")
    world.do(report, QINGTANG, "feedback", text="经查，反映的问题没有查到。")
    assert not marked(world, report) and "诬告" not in str(receipt.read())
    director = world.anybody(report, QINGTANG, "determine-false")
    proof = {"fabricated": "伪造了收条。", "intent": "承认为了泄愤。", "not-mistaken": True}
    for field in proof:
        said = problem(director.try_act(report, "determine-false", **{**proof, field: ""}), 422)
        assert field in [fault["field"] for fault in said["errors"]]
    problem(director.try_act(report, "determine-false", **{**proof, "not-mistaken": False}), 422)
    for agreed in ("no", "yes"):
        director.act(report, "determine-false", **proof)
        assert not marked(world, report), "a request is no determination"
        assert not any(who.offered(report, "decide") for who in world.people(QINGTANG)), "no county decides on this"
        leaders = [who for who in world.people(WANGCHUAN) if who.offered(report, "decide")]
        assert [who.username for who in leaders] == ["wc.leader1"]
        leaders[0].act(report, "decide", agreed=agreed)
        assert marked(world, report) == (agreed == "yes")
    assert "诬告" not in str(receipt.read()), "the reporter is told by people, not by a mark"


def test_whoever_interfered_finds_no_trace_and_nobody_can_take_the_record_away(copy):
    """I-12: also not the administrator, nor by putting out whoever wrote it down."""
    world = served(copy)
    _, report, _ = world.filed(letter())
    world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "refer"}))
    around = [Knocker(who) for who in world.people(QINGTANG) if who.username != "qt.letters2"]
    assert {"qt.leader1", "qt.internal1", "qt.admin1"} < {who.person.username for who in around}
    before = opened(world, around, report)
    clerk, superior, admin = Knocker(world["qt.letters2"]), Knocker(world["wc.internal1"]), Knocker(world["qt.admin1"])
    told = word()
    path = f"/desk/reports/{report}/interference"
    record = re.search(r'name="record" value="([^"]+)"', clerk.get(path).text)[1]
    fields = {**TOLD, "text": told, "name": "翟正言", "post": "书记", "record": record}
    assert clerk.send("POST", path, fields).status_code == 303
    assert differing(before, opened(world, around, report)) == []
    # Written again with other words, it stays as it was.
    assert clerk.send("POST", path, {**fields, "text": "没有这回事"}).status_code in (303, 409)
    for knocker in [*around, clerk, superior]:
        for method, pattern in routes():
            if "interference" not in pattern or method == "GET":
                continue
            for sent in ("DELETE", "PUT", "PATCH"):
                for address in filled(pattern, record):
                    answer = knocker.send(sent, address, {})
                    assert answer.status_code in (403, 404, 405), f"{knocker} {sent} {address}"
    page = administered(admin, world, clerk)
    assert admin.send("POST", page + "/deactivate", {}).status_code == 303
    assert told in superior.get("/interference").text
    examined = superior.send("POST", f"/interference/{record}/examined", {"note": "已报告。"})
    assert examined.status_code == 303
    for who in (superior, *around):
        answer = who.send("POST", f"/interference/{record}/examined", {"note": "撤销。"})
        assert answer.status_code in (404, 409)
    text = superior.get("/interference").text
    assert told in text and "已报告。" in text and "没有这回事" not in text
    assert told not in world.installation.log.read_text(encoding="utf-8")


def test_a_receipt_tells_stage_and_reply_and_nothing_of_anybody(world):
    """I-13: on the page and by the API, at every stage of the report."""
    accused = name()
    receipt, report, _ = world.filed(letter(reporter=REPORTER, reported=[person(name=accused)]))
    director = world["qt.letters1"]
    assert director.put_file(report, "内部材料.txt", b"paper").status_code == 201
    inside = {word() for _ in range(4)}
    words = iter(inside)
    steps = [
        ("register", {"note": next(words)}), ("verify-identity", {"status": "real-name"}),
        ("classify", {"opinion": next(words)}), ("propose", {"way": "refer", "opinion": next(words)}), "approve", "refer",
        "sign", ("dispose", {"kind": "close"}), "approve", ("conclude", {"text": next(words)}),
        ("feedback", {"text": "已经办结。"})]
    people = {said for who in world.people(QINGTANG) for said in (who.username, named(Knocker(who)))}
    page = reader(world, receipt)
    for step in steps:
        world.play(report, QINGTANG, step)
        shown = str(receipt.read()) + page()
        number = director.report(report)["number"]
        hidden = inside | people | {accused, report, number, REPORTER["name"], REPORTER["phone"], "内部材料", "监督检查室"}
        assert [said for said in hidden if said in shown] == [], step
    assert "已经办结。" in page() and "已经办结。" in str(receipt.read())


def reader(world, receipt):
    """Somebody who types a receipt into the page; asks for what the page says now."""
    browser = requests.Session()
    answer = browser.post(world.url + "/receipt", data={"receipt": receipt.digits}, headers=SAME, timeout=30)
    assert answer.status_code == 200, answer.text[:300]

    def page():
        text = browser.get(world.url + "/receipt", timeout=30).text
        assert "sign-out" not in text
        return text
    return page


def test_a_receipt_opens_no_other_door_and_no_other_key_opens_a_receipt(world):
    """I-13: whoever guesses, or holds another's receipt or a session, learns nothing, not even that there is a report."""
    receipt, report, _ = world.filed(letter())
    other, foreign, _ = world.filed(letter())
    for method, pattern in routes():
        if method != "GET" or pattern.startswith(("/receipt", "/api/v1/receipt", "/report", "/assets", "/log")):
            continue
        if pattern in ("/", "/healthz", "/api/openapi.yaml", "/sign-in") or pattern.startswith("/admin/"):
            continue
        for identifier in (report, foreign):
            path = re.sub(r":\w+", identifier, pattern)
            answer = receipt.session.get(world.url + path, timeout=30, allow_redirects=False)
            assert answer.status_code in (303, 401), f"{path}: {answer.status_code}"
    guesses = set()
    for shift in range(1, 8):
        body = str((int(receipt.digits.replace(" ", "")[:-2]) + shift) % 10 ** 26).zfill(26)
        guess = body + f"{98 - int(body) * 100 % 97:02}"
        answer = world.public.call("GET", "/api/v1/receipt", headers={"Authorization": f"Receipt {guess}"})
        guesses.add((answer.status_code, answer.text.replace(answer.json().get("instance", "-"), "")))
    assert len(guesses) == 1 and guesses.pop()[0] == 401
    clerk = world["qt.letters1"]
    problem(clerk.get("/api/v1/receipt", None), 401)
    assert other.read()["stage"] == "received" and other.digits != receipt.digits
