"""An assigned report: province → city → county, returned, assigned anew, supervised, concluded, objected to, reopened."""

import pytest
from chromium import PHONE
from reporter import Reporter
from staff import Desk, Named
from words import words

TITLE = "测试：采砂款项层层截留"
PROVINCE = "990000000000"
CITY, COUNTY = Named("望川市纪律", "Wangchuan City Commission"), Named("清棠县纪律", "Qingtang County Commission")
FIRST_OFFICE, HANDLER = Named("第一监督", "First"), Named("甘沛霖", "Gan")
DIRECTOR = Named("耿直方", "Geng")
JUDGED = {"category": "discipline-breach", "problem": "integrity", "opinion": "反映具体，可查"}
PLAN = "调取砂场三年账目，分别谈话"
RESULTS = {"results-0-finding": "true", "results-0-handling": "second-form", "results-0-party-sanction": "warning",
           "results-1-finding": "untrue", "results-1-handling": "none", "end": "close", "text": "截留两笔，票据为证"}


@pytest.mark.parametrize(("engine", "language", "scripts"), [("sqlite", "zh-Hans", False), ("postgres", "en", True)])
def test_an_assigned_report_goes_down_comes_back_and_is_seen_by_who_sent_it(
        window, tmp_path, engine, language, scripts):
    reporter = Reporter(window(engine, language=language, scripts=scripts), tmp_path, TITLE)
    reporter.window.size(PHONE)
    reporter.walk_through(poster=f"/report?organ={PROVINCE}")
    reporter.come_back().reads("received")
    desk = Desk(window(engine, language=language, scripts=scripts))
    desk.number = TITLE

    number = province_assigns(desk)
    reporter.reads("passed-on")
    city_takes_in(desk)
    assign(desk, "wc", COUNTY)
    desk.sign_in("yl.letters1").find(TITLE, "followed")
    assert [(came, signed) for _, came, signed in hops(desk)] == [
        ("file", ""), ("assign", "signed"), ("assign", "unsigned")], "who holds it since when, and who has not signed"
    desk.window.look("the way, for who assigned it")

    county_returns(desk)
    desk.do("wc.letters2", "sign")
    assign(desk, "wc", COUNTY)
    county_takes_in(desk, number)
    reporter.reads("handling")
    assert "您反映的问题已经受理。" in reporter.window.text
    city_supervises(desk)
    conclude(desk)
    report_up(desk, "截留属实，已给予警告处分。")
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "截留属实，已经处理。"})
    reporter.reads("answered")

    reporter.write("objection", {"objection": "不止两笔，第三笔的收条在这里。"})
    reporter.bring_evidence("收条.txt", "今收到砂场款三千元。")
    reporter.reads("objected")
    desk.sign_in("qt.inspect1")
    assert desk.find(TITLE) and "收条.txt" in desk.window.text, "the new evidence lies in the report"
    desk.do("qt.inspect1", "reopen", {"ground": "new-evidence", "reason": "收条为新证据，重新核查"})
    reporter.reads("handling")
    reopened(desk)
    conclude(desk, "第三笔收条属实，合计截留三笔")
    report_up(desk, "补充上报：第三笔属实。")
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "第三笔也已查实，款项全部追回。"})
    desk.do("qt.inspect1", "archive")
    assert "第三笔也已查实" in reporter.reads("closed").window.text

    desk.sign_in("wc.letters1")
    assert desk.find(TITLE, "done") or desk.find(TITLE, "followed"), "the city sees the end of what it assigned"
    assert "补充上报：第三笔属实。" in desk.window.text, "what was reported up"
    assert not any(paper in desk.window.text for paper in [PLAN, "票据为证", "甘沛霖", "Gan"]), "papers stay below"
    assert [came for _, came, _ in hops(desk)] == ["file", "assign", "assign", "return", "assign", "refer"]


def assign(desk, organ, to):
    """The letters office proposes, a leader approves, the registrar sends it down."""
    desk.do(f"{organ}.letters1", "propose", {
        "way": "assign", "organ": to, "ground": "typical", "opinion": "群众反映强烈，建议交办"})
    desk.do(f"{organ}.leader2", "approve", {"opinion": "同意交办"})
    desk.do(f"{organ}.letters2", "assign", {"letter-number": "交办〔2026〕7号"})


def province_assigns(desk):
    """Answers the number that the province drew."""
    desk.do("yl.letters2", "register", {"people": "1", "sensitivity": ["important"]})
    number = desk.drawn_number()
    desk.do("yl.letters1", "classify", JUDGED)
    desk.do("yl.cases1", "verify-identity", {"status": "real-name", "note": "电话核实，本人承认"}, mark=number)
    assign(desk, "yl", CITY)
    return number


def city_takes_in(desk):
    desk.do("wc.letters2", "sign")
    desk.do("wc.letters2", "register")
    desk.do("wc.letters1", "classify", JUDGED)


def county_returns(desk):
    """The county signs and registers, and gives it back with its leader's approval."""
    desk.do("qt.letters2", "sign")
    desk.do("qt.letters2", "register")
    desk.do("qt.letters1", "return", {"reason": "other-organ", "opinion": "砂场由市直接管理，建议由市办理"})
    desk.do("qt.leader2", "approve", {"opinion": "同意退回"})


def county_takes_in(desk, number):
    """From the signature to the approved plan; the reporter's identity and the notice follow."""
    desk.do("qt.letters2", "sign")
    desk.do("qt.letters2", "register")
    desk.do("qt.letters3", "classify", JUDGED)
    desk.do("qt.letters3", "propose", {"way": "refer", "office": FIRST_OFFICE, "opinion": "移送第一监督检查室"})
    desk.do("qt.leader2", "approve")
    desk.do("qt.letters2", "refer")
    desk.do("yl.cases1", "pass-identity", mark=number)
    desk.do("qt.inspect1", "sign")
    desk.do("qt.letters3", "notify", {"way": "platform", "text": "您反映的问题已经受理。"})
    desk.do("qt.inspect1", "allocate", {"handlers": [HANDLER]})
    desk.do("qt.inspect3", "dispose", {"kind": "verify", "opinion": "建议初步核实", "plan": PLAN})
    desk.do("qt.leader2", "approve")


def city_supervises(desk):
    """The city asks for supervision, its own leader agrees, the county answers."""
    desk.do("wc.letters1", "supervise", {
        "ground": "more-checking", "way": "letter", "text": "查清截留了几笔，半月内报告"}, tab="followed")
    assert words("desk.section.requests", desk.window.language) in desk.window.text, "it waits for the city's leader"
    desk.window.look("a request that waits")
    desk.do("wc.leader2", "decide", {"request": Named("督办", "Supervise"), "agreed": "yes", "opinion": "同意督办"})
    desk.do("qt.inspect1", "answer-supervision", {"text": "已查清两笔，正在核对票据"})


def conclude(desk, text=None):
    desk.do("qt.inspect3", "conclude", RESULTS | ({"text": text} if text else {}))
    desk.do("qt.inspect1", "countersign")
    desk.do("qt.leader1", "approve")


def reopened(desk):
    """A verification that is opened again has a new team."""
    desk.do("qt.inspect1", "form-team", {"team": [DIRECTOR, HANDLER], "reason": "重新核查"})


def report_up(desk, text):
    """Up with the principal leader's agreement, and recognised by who assigned it."""
    desk.do("qt.inspect1", "report-up", {"collective": True, "text": text})
    desk.do("qt.leader1", "decide", {"request": Named("上报办理结果", "Report the result"), "agreed": "yes"})
    desk.do("wc.letters1", "recognise", {"text": "认可"})


def hops(desk):
    """The rows of the way: desk, how it came, and whether it was signed for."""
    language = desk.window.language
    came = {words(f"desk.via.{via}", language): via for via in ["file", "assign", "return", "refer"]}
    section = next(each for each in desk.window.all("section.panel")
                   if each.find_element("css selector", "h2").text == words("desk.section.way", language))
    rows = [[cell.text for cell in row.find_elements("css selector", "th, td")]
            for row in section.find_elements("css selector", "tbody tr")]
    waits = words("desk.way.unsigned", language)
    return [(row[0], came[row[1].split("\n")[0]], "unsigned" if row[2] == waits else "signed" if row[2] else "") for row in rows]
