"""I-5: who the reporter is: opened by two, for a time, each look on record, and the reporter hears of it."""

import re

import evidence_files as files
from attacks import word
from doors import Knocker
from test_evidence import Case
from test_story import referred
from world import QINGTANG, REPORTER


def custodians(world, report):
    return [who for who in world.people(QINGTANG) if who.offered(report, "open-identity")]


def look(who, report, expect):
    return who.call("POST", f"/api/v1/reports/{report}/identity", expect=expect)


def test_two_people_open_an_identity_and_the_reporter_reads_when_and_why(world):
    receipt, report = referred(world, reporter=REPORTER)
    first, second = custodians(world, report)[:2]
    before = receipt.read()["notices"]
    look(first, report, 403)
    view = first.act(report, "open-identity", ground="contact", window="4", reason="承办人要核对日期。")
    assert view["reporter"]["masked"] and REPORTER["phone"] not in str(view)
    look(first, report, 403)
    assert first.offered(report, "decide") is None, "nobody agrees with themselves"
    second.act(report, "decide", agreed="yes")
    for viewer in (first, second):
        assert REPORTER["phone"] not in str(viewer.report(report)), "masked, whoever looks at the report"
    look(second, report, 403)
    seen = look(first, report, 200).json()["reporter"]
    assert seen["phone"] == REPORTER["phone"] and not seen["masked"]
    acts = [step["act"] for step in first.report(report)["history"]]
    assert acts.count("look-identity") == 1
    told = receipt.read()["notices"]
    assert [notice["kind"] for notice in told[len(before):]] == ["identity-opened"]
    assert told[-1]["at"].endswith(":00:00+08:00"), "to the hour"
    everybody = [who for who in world.everybody() if who not in (first, second)]
    for who in everybody:
        assert look(who, report, None).status_code in (403, 404), who


def test_an_opened_identity_is_on_the_page_that_was_asked_for_and_nowhere_else(world):
    """I-5: no title, address, header, file name, list, search or log says who reported or that one looks at it."""
    own = word()
    reporter = {"name": own, "phone": "13700237009", "email": "x@a.example", "address": word(),
                "safeContact": "只在晚上打，就说是图书馆的。"}
    receipt, report = referred(world, reporter=reporter)
    hidden = [own, reporter["address"], reporter["phone"], reporter["email"], "图书馆"]
    case = Case(world, receipt, report, QINGTANG)
    drawn, taken = case.send(f"{own}的照片.png", files.png()), case.send(f"{own}的材料.docx", files.docx())
    first, second = custodians(world, report)[:2]
    first.act(report, "open-identity", ground="contact", window="1", reason="承办人要核对日期。")
    second.act(report, "decide", agreed="yes")
    page = Knocker(first).send("POST", f"/desk/reports/{report}/identity", {})
    assert page.status_code == 200 and all(said in page.text for said in hidden)
    assert page.text.index("图书馆") < page.text.index(reporter["phone"]), "how to call stands before the number"
    title = re.search(r"<title>(.*?)</title>", page.text)[1]
    assert not any(said in title + str(page.headers) + page.url for said in hidden)
    assert page.headers["Cache-Control"] == "no-store" and not re.search("身份|反映人|举报|identity|reporter", title, re.I)
    for knocker in (Knocker(first), Knocker(second), Knocker(case.clerk)):
        for path, (_, text) in knocker.everything(report).items():
            # What the reporter called a file is told to those who read the report.
            text = re.sub(rf"{own}的(照片|材料)[^<\"]*", "", text)
            assert not [said for said in hidden if said in text], f"{knocker} {path}"
    answers = [case.original(case.page(drawn), drawn), case.clerk.file(report, f"{own}的照片.png")]
    case.page(taken)
    answers.append(case.pages.session.get(world.url + case.address(taken) + "/copy", timeout=60))
    for answer in answers:
        assert answer.status_code == 200
        name = re.fullmatch(r'attachment; filename="(.*)"', answer.headers["Content-Disposition"])[1]
        assert re.fullmatch(r"evidence-[0-9a-f]{8}\.(png|docx)", name), name
    log = world.installation.log.read_text(encoding="utf-8")
    assert not [said for said in hidden if said in log]
