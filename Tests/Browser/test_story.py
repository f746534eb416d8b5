"""The whole way of a report, as people walk it in their browsers."""

import pytest
from chromium import PHONE
from reporter import NAME, PHONE_NUMBER, TITLE, Reporter
from staff import Desk, Named
from words import words


@pytest.mark.parametrize(("engine", "language"), [("sqlite", "zh-Hans"), ("postgres", "en")])
def test_a_report_travels_the_whole_way(window, tmp_path, engine, language):
    reporter = Reporter(window(engine, language=language, scripts=False), tmp_path)
    reporter.window.size(PHONE)
    reporter.walk_through().cannot_send_twice()
    reporter.come_back().reads("received")

    desk = Desk(window(engine, language=language))
    desk.sign_in("qt.letters2")
    assert desk.find(TITLE), "the registrar of the county finds the report in the inbox"
    assert NAME not in desk.window.text and PHONE_NUMBER not in desk.window.text, "identity is for custodians alone"
    assert "approve" not in desk.acts() and "register" in desk.acts()
    desk.act("register", {"people": "1", "sensitivity": ["important"]})
    desk.number = desk.drawn_number()
    desk.sign_in("qt.letters3")
    desk.find(desk.number)
    desk.act("classify", {"category": "discipline-breach"})
    assert desk.window.all('aside .error-summary a[href="#f-classify-problem"]'), "the problem is missing"
    desk.window.look("classify with errors")
    desk.do("qt.letters3", "classify", {"category": "discipline-breach", "problem": "integrity", "opinion": "具体可查"})
    desk.do("qt.cases1", "verify-identity", {"status": "real-name", "note": "电话核实，本人承认"})
    desk.do("qt.letters3", "propose", {
        "way": "refer", "office": Named("第一监督", "First"), "opinion": "建议移送第一监督检查室"})
    desk.do("qt.leader2", "approve", {"opinion": "照此办理，注意保密"})
    desk.do("qt.letters2", "refer")
    reporter.reads("accepted")

    desk.do("qt.inspect1", "sign")
    desk.do("qt.letters3", "notify", {"way": "platform", "text": "您反映的问题已经受理。"})
    desk.do("qt.inspect1", "allocate", {"handlers": [Named("甘沛霖", "Gan")]})
    desk.do("qt.inspect3", "dispose", {
        "kind": "verify", "opinion": "线索具体，建议初步核实", "plan": "现场查看，调取台账，分别谈话"})
    desk.do("qt.leader2", "approve")
    reporter.reads("handling")
    assert "您反映的问题已经受理。" in reporter.window.text
    reporter.write("message", {"message": "砂场这几天夜里又开工了。"})
    desk.do("qt.inspect3", "message", {"text": "谢谢，请告诉我们具体的日子。"})
    desk.do("qt.inspect3", "conclude", {
        "results-0-finding": "partly", "results-0-handling": "first-form", "results-1-finding": "untrue",
        "results-1-handling": "none", "end": "reminder", "demand-settled": True, "text": "收受礼品属实，通风报信无法查实"})
    desk.do("qt.inspect1", "countersign")
    desk.do("qt.leader1", "approve", {"opinion": "同意"})
    desk.do("qt.inspect3", "remind", {"day": "2026-11-20", "text": "已当面提醒本人"})
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "收受礼品属实，已作处理；夜间采砂已停。"})

    reporter.reads("answered")
    for sentence in ["已作处理；夜间采砂已停。", "请告诉我们具体的日子。"]:
        assert sentence in reporter.window.text
    assert not any(paper in reporter.window.text for paper in ["照此办理", "无法查实", "甘沛霖"]), "papers stay inside"
    reporter.write("objection", {"objection": "砂场老板给的是钱，不是礼品。"})
    reporter.reads("objected")
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "补查了账目，没有发现现金往来。"})
    reporter.reads("answered").window.press('form[action="/receipt/rating"] .button')
    reporter.refused("score", "settled")
    reporter.write("rating", {"score": "4", "settled": "yes", "comment": "谢谢"})
    desk.do("qt.inspect1", "archive")
    reporter.reads("closed").window.press('form[action="/receipt/leave"] .button')
    reporter.say("reporting.receipt.left")
    assert TITLE not in reporter.window.open("/receipt").text
