"""A report travels the whole way, driven by people who know nothing but their inbox and the acts they are offered."""

import pytest
from client import Receipt, problem
from world import QINGTANG, REPORTER, TANGYI, WANGCHUAN, letter, person

WHOLE_WAY = ["register", "verify-identity", "classify", "propose", "approve", "refer", "sign"]


def referred(world, reporter=None, **more):
    """A report that a handling office has signed for."""
    receipt, report, organ = world.filed(letter(reporter=reporter, **more))
    steps = [step for step in WHOLE_WAY if reporter or step != "verify-identity"]
    world.play(report, organ, *[("propose", {"way": "refer"}) if step == "propose" else step for step in steps])
    return receipt, report


def concluded(world, **more):
    receipt, report = referred(world, **more)
    world.play(report, QINGTANG, ("dispose", {"kind": "close"}), "approve", "conclude")
    return receipt, report


def judged(world, **more):
    receipt, report, organ = world.filed(letter(**more))
    world.play(report, organ, "register", ("classify", {"category": "discipline-breach"}))
    return receipt, report


def test_a_report_travels_from_the_citizen_to_the_archive_and_back(world):
    receipt, report, organ = world.filed(letter(reporter=REPORTER, reported=[person(), person(name="陈二")]))
    assert organ == QINGTANG
    assert receipt.read()["stage"] == "received"
    clerk, view = world.do(report, organ, "register", people=1, sensitivity="important")
    assert view["stage"] == "registered" and view["number"] and "important" in view["marks"]
    assert view["reporter"] is None, "a clerk is no custodian"
    custodian, view = world.do(report, organ, "verify-identity", status="real-name")
    assert view["realName"] == "real-name" and view["reporter"]["masked"] and view["title"] is None
    world.do(report, organ, "classify", category="duty-crime", problem="bribery", minor="work", opinion="线索具体。")
    proposer, view = world.do(report, organ, "propose", way="refer", opinion="建议移送第一监督检查室。")
    leader, _ = world.do(report, organ, "approve", opinion="同意。")
    assert leader is not proposer
    world.do(report, organ, "refer")
    assert receipt.read()["stage"] == "accepted"
    director, view = world.do(report, organ, "sign")
    assert "disposal-opinion" in [limit["name"] for limit in view["limits"]]
    world.do(report, organ, "notify", way="platform", text="您反映的问题已经受理。")
    assert receipt.read()["notices"][-1]["text"] == "您反映的问题已经受理。"
    handler = world.people(organ)
    options = director.offered(report, "allocate")["fields"][0]["options"]
    director.act(report, "allocate", handlers=[option["value"] for option in options])
    handler = next(person for person in world.who_has(report, organ) if person is not director)
    offer = handler.offered(report, "dispose")
    team = next(field for field in offer["fields"] if field["name"] == "team")["options"][:2]
    view = handler.act(
        report, "dispose", kind="verify", opinion="建议初步核实。", plan="核对工程账目。",
        team=[member["value"] for member in team])
    assert view["stage"] == "disposal-proposed"
    world.do(report, organ, "approve")
    offer = handler.offered(report, "conclude")
    parties = offer["fields"][0]["item"][0]["options"]
    assert [party["label"] for party in parties] == ["李树成", "陈二"]
    results = [{"party": party["value"], "finding": "partly", "handling": "first-form"} for party in parties]
    assert [option["value"] for option in next(f for f in offer["fields"] if f["name"] == "end")["options"]] == [
        "close", "reminder", "shelve", "pass-on", "case-filing"]
    view = handler.act(report, "conclude", results=results, end="reminder", text="工程款多付了一部分，已经追回。")
    assert view["stage"] == "report-signing"
    while any(person.offered(report, "countersign") for person in world.who_has(report, organ)):
        signer, view = world.do(report, organ, "countersign")
    assert view["stage"] == "outcome-proposed", "the report of a verification is signed by all of its team"
    decider, _ = world.do(report, organ, "approve", opinion="同意。")
    assert any("principal" in role for role in decider.roles), "and lies before the principal leader"
    assert handler.report(report)["stage"] == "reminding"
    view = handler.act(report, "remind", day="2026-11-20", text="已当面提醒。")
    assert view["stage"] == "concluded"
    feedback_limit = next(limit for limit in view["limits"] if limit["name"] == "result-feedback")
    assert feedback_limit["due"] and feedback_limit["source"] and "met" not in feedback_limit
    handler.act(report, "feedback", way="platform", text="水渠已经重修，多付的钱已追回。")
    read = receipt.read()
    assert read["stage"] == "answered" and read["reply"]["text"] == "水渠已经重修，多付的钱已追回。"
    assert set(read["may"]) == {"message", "file", "objection", "rating"}
    assert receipt.object("还有一段没有修。")["stage"] == "objected"
    world.do(report, organ, "feedback", way="interview", text="剩下的一段下月修好。")
    read = receipt.read()
    assert read["reply"]["text"] == "剩下的一段下月修好。" and read["stage"] == "answered"
    read = receipt.rate(4, True, "满意。")
    assert "rating" not in read["may"]
    problem(receipt.post("/api/v1/receipt/rating", {"score": 4, "settled": True}), 409, "not-now")
    _, view = world.do(report, organ, "archive")
    assert view["stage"] == "archived" and view["acts"] and world.who_has(report, organ) == []
    read = receipt.read()
    assert read["stage"] == "closed" and "message" not in read["may"] and "file" not in read["may"]
    assert [step["stage"] for step in read["history"]] == [
        "received", "judging", "accepted", "handling", "concluded", "answered", "objected", "answered", "closed"]
    acts = [step["act"] for step in director.report(report)["history"]]
    assert [act for act in acts if act != "countersign"] == [
        "file", "register", "verify-identity", "classify", "propose", "approve", "refer", "sign", "notify", "allocate",
        "dispose", "approve", "conclude", "approve", "remind", "feedback", "object", "feedback", "rate", "archive"]
    assert clerk.report(report), "the letters office sees the outcome"
    assert custodian.report(report)["content"] is None


def test_whoever_is_offered_what_a_report_waits_for_finds_it_in_the_inbox_and_nobody_else_reads_it(world):
    _, report, organ = world.filed(letter(reporter=REPORTER))
    waits = iter(["register", "classify", "propose", "approve", "refer", "sign", "dispose", "approve", "conclude"])
    for act in waits:
        offered = {person for person in world.people(organ) if person.offered(report, act)}
        assert offered and offered <= set(world.who_has(report, organ))
        readers = {person for person in world.people(organ) if person.report(report)}
        assert set(world.who_has(report, organ)) <= readers
        assert len(readers) <= 8, f"{act}: {readers} of {len(world.people(organ))}"
        strangers = [other for other in world.everybody() if other.organ != organ and other.report(report)]
        assert strangers == []
        world.do(report, organ, act, **{"propose": {"way": "refer"}, "dispose": {"kind": "close"}}.get(act, {}))


def test_a_report_is_forwarded_to_a_township_and_the_sender_follows_it_without_the_papers(world):
    receipt, report, organ = world.filed(letter(reported=[person("township", "贺某", "棠漪镇某村", "村支书")]))
    world.play(
        report, organ, ("register", {"note": "县里的登记备注"}), "classify",
        ("propose", {"way": "forward", "organ": "棠漪镇", "opinion": "县里的拟办意见"}), "approve")
    sender, view = world.do(report, organ, "forward")
    assert view["stage"] == "incoming" and view["organ"] == TANGYI and view["content"]
    assert world.who_has(report, organ) == []
    assert receipt.read()["stage"] == "passed-on"
    clerk, below = world.do(report, TANGYI, "sign")
    assert "县里的" not in str(below), "the county's own papers stay in the county"
    world.play(report, TANGYI, ("register", {"note": "镇里的登记备注"}), "classify", ("propose", {"way": "refer"}))
    world.play(report, TANGYI, "approve", "refer", "sign", ("dispose", {"kind": "close"}), "approve", "conclude", "feedback")
    above = sender.report(report)
    assert above["stage"] == "answered" and "镇里的登记备注" not in str(above) and "核查" not in str(above["history"])
    assert receipt.read()["reply"]
    problem(sender.try_act(report, "archive"), 403, "not-your-act")
    assert clerk.report(report)["number"] != above["number"]


def test_an_assigned_report_is_due_in_three_months(world):
    _, report, organ = world.filed(letter(reported=[person("township", "贺某", "棠漪镇某村", "村支书")]))
    world.play(report, organ, "register", "classify", ("propose", {"way": "assign", "organ": "棠漪镇"}), "approve")
    _, view = world.do(report, organ, "assign", **{"letter-number": "清纪交〔2026〕1号"})
    limit = next(limit for limit in view["limits"] if limit["name"] == "assigned-report")
    assert limit["due"] > limit["start"][:10] and "21" in limit["source"]
    assert world.who_has(report, TANGYI)


def test_a_report_that_is_sent_up_leaves_the_senders_hands(world):
    receipt, report, organ = world.filed(letter(reporter=REPORTER))
    sender, _ = world.do(report, organ, "register")
    world.play(report, organ, "classify", ("propose", {"way": "send-up"}), "approve")
    _, view = world.do(report, organ, "send-up")
    assert view["stage"] == "passed-on" and view["title"] is None and view["history"] == view["acts"] == []
    everybody = world.people(organ)
    left = {who: view for who in everybody if (view := who.report(report))}
    assert all("custody:custodian" in who.roles for who in left), "the identity waits for its custodians, and no more"
    assert not any(view["content"] or view["history"] or view["limits"] or view["files"] for view in left.values())
    assert sender.report(report) is None
    assert world.who_has(report, WANGCHUAN)
    world.play(report, WANGCHUAN, "sign", "register", "classify")
    assert receipt.read()["stage"] == "judging"
    # The identity follows by the hands of the custodian who has it.
    _, passed = world.do(report, organ, "pass-identity")
    assert passed["stage"] == "passed-on"
    assert [who for who in everybody if who.report(report)] == []
    world.do(report, WANGCHUAN, "verify-identity")


def test_a_declined_reporter_reads_where_to_turn(world):
    receipt, report, organ = world.filed(letter(reporter=REPORTER))
    world.play(report, organ, "register", ("classify", {"category": "out-of-scope"}))
    world.play(report, organ, ("propose", {"way": "decline", "decline-ground": "court"}), "approve")
    world.do(report, organ, "decline", text="请依法向人民法院起诉。")
    read = receipt.read()
    assert read["stage"] == "declined" and read["notices"][-1]["text"] == "请依法向人民法院起诉。"
    assert "rating" in read["may"] and "objection" not in read["may"]
    world.do(report, organ, "archive")
    assert receipt.read()["stage"] == "closed"


def test_a_report_is_kept_on_file_and_archived(world):
    receipt, report, _ = world.filed(letter())
    world.play(report, QINGTANG, "register", ("classify", {"category": "discipline-breach"}))
    asked = world.anybody(report, QINGTANG, "propose").try_act(report, "propose", way="keep", opinion="留存。")
    assert [fault["field"] for fault in problem(asked, 422)["errors"]] == ["way"], "only a repeat, or what has no substance"
    world.anybody(report, QINGTANG, "classify").act(report, "classify", category="no-substance")
    world.play(report, QINGTANG, ("propose", {"way": "keep"}), "approve", "keep")
    assert receipt.read()["stage"] == "kept"
    assert world.play(report, QINGTANG, "archive")["stage"] == "archived"
    reopener = world.anybody(report, QINGTANG, "reopen")
    assert reopener.act(report, "reopen", ground="new-evidence")["stage"] == "registered"
    assert world.who_has(report, QINGTANG)


def test_a_proposal_that_the_leader_rejects_goes_back_to_be_judged(world):
    _, report = judged(world)
    world.do(report, QINGTANG, "propose", way="refer")
    leader = world.anybody(report, QINGTANG, "reject")
    answer = leader.try_act(report, "reject")
    assert [fault["field"] for fault in problem(answer, 422)["errors"]] == ["opinion"]
    leader.act(report, "reject", opinion="先补充材料。")
    assert world.anybody(report, QINGTANG, "propose").report(report)["stage"] == "judged"


@pytest.mark.parametrize(("decision", "stage"), [("approve", "judged"), ("reject", "signed")])
def test_a_handling_office_returns_a_report_only_with_approval(world, decision, stage):
    _, report = referred(world)
    director = world.anybody(report, QINGTANG, "return")
    director.act(report, "return", reason="other-organ", opinion="应由他室办理。")
    leader = world.anybody(report, QINGTANG, decision)
    assert leader is not director
    view = leader.act(report, decision)
    assert view.get("stage") in (stage, "passed-on")
    assert world.who_has(report, QINGTANG)


def test_a_disposal_that_is_rejected_is_proposed_again_and_a_shelved_report_is_woken(world):
    _, report = referred(world)
    world.play(report, QINGTANG, ("dispose", {"kind": "close"}))
    world.anybody(report, QINGTANG, "reject").act(report, "reject")
    world.play(report, QINGTANG, ("dispose", {"kind": "shelve"}), "approve")
    _, view = world.do(report, QINGTANG, "wake")
    assert view["stage"] == "allocated"


def test_a_correction_keeps_what_was_there_before(world):
    _, report, organ = world.filed(letter())
    clerk, before = world.do(report, organ, "register")
    corrected = [{**person(), "name": "李树城"}]
    corrected = [{key: value for key, value in corrected[0].items() if key != "unitCode"}]
    view = clerk.act(report, "amend", title="更正后的标题", reported=corrected, reason="姓名写错。")
    assert view["title"] == "更正后的标题" and view["reported"][0]["name"] == "李树城"
    assert view["content"] == before["content"]
    assert view["history"][-1]["act"] == "amend" and "title" in view["history"][-1]["codes"]["changed"]
    assert len(view["history"]) == len(before["history"]) + 1
    assert "姓名写错。" in view["history"][-1]["texts"].values()


def test_what_was_typed_wrongly_from_paper_is_put_right_and_a_reporters_own_words_are_not(world):
    clerk = world["qt.letters2"]
    report = clerk.post("/api/v1/reports", letter(channel="letter"), 201).json()["id"]
    before = clerk.report(report)
    right = {"content": "验收没有通过，发票是假的。", "happened": "2025年春", "place": "霜桥镇", "location": "二号渠"}
    view = clerk.act(report, "amend", **right, reason="录入有误。")
    assert (view["content"], view["place"]) == (right["content"], "990101102")
    told = view["history"][-1]
    assert told["codes"]["changed"].split() == ["content", "happened", "place", "location"]
    assert before["content"] in told["texts"].values()
    problem(clerk.try_act(report, "amend", place="没有这个镇", reason="x"), 422)
    _, theirs, organ = world.filed(letter())
    reader, _ = world.do(theirs, organ, "register")
    fault = problem(reader.try_act(theirs, "amend", content="改写。", reason="x"), 422)
    assert [entry["field"] for entry in fault["errors"]] == ["content"]


def test_reporter_and_office_talk_in_both_directions(world):
    receipt, report, organ = world.filed(letter())
    receipt.message("我还有一张照片。")
    clerk = world.who_has(report, organ)[0]
    assert clerk.report(report)["messages"][-1]["text"] == "我还有一张照片。"
    clerk.act(report, "message", text="请用“补充材料”上传。")
    assert [(turn["from"], turn["text"]) for turn in receipt.read()["messages"]] == [
        ("reporter", "我还有一张照片。"), ("office", "请用“补充材料”上传。")]
    problem(receipt.post("/api/v1/receipt/messages", {"text": " 　"}), 422)
    problem(receipt.post("/api/v1/receipt/objection", {"text": "不同意"}), 409, "not-now")
    problem(receipt.post("/api/v1/receipt/rating", {"score": 3, "settled": False}), 409, "not-now")


def test_a_result_may_be_objected_to_by_word_of_mouth_and_handled_again(world):
    receipt, report = concluded(world, reporter=REPORTER)
    world.do(report, QINGTANG, "feedback", text="已经办结。")
    world.anybody(report, QINGTANG, "object").act(report, "object", text="来电表示不同意。")
    assert receipt.read()["stage"] == "objected"
    view = world.anybody(report, QINGTANG, "reopen").act(report, "reopen", ground="correction")
    assert view["stage"] == "handling"


def test_a_reporter_is_masked_for_custodians_and_not_there_for_others(world):
    _, report, organ = world.filed(letter(reporter=REPORTER))
    custodian = world.anybody(report, organ, "open-identity")
    assert custodian.report(report)["reporter"]["name"] == "王＊＊"
    problem(custodian.try_act(report, "open-identity", ground="verify"), 422)
    for other in world.people(organ):
        if "custody:custodian" not in other.roles and (view := other.report(report)):
            assert view["reporter"] is None and "王小麦" not in str(view)


def test_who_recuses_themselves_sees_nothing_any_more(world):
    _, report, organ = world.filed(letter())
    first, *others = world.who_has(report, organ)
    assert others
    view = first.act(report, "recuse", reason="与被反映人是同学。")
    assert view["stage"] == "passed-on" and view["title"] is None and view["history"] == view["acts"] == []
    assert first.report(report) is None and not first.has(report)
    assert others[0].act(report, "register")["stage"] == "registered"
    assert first.report(report) is None


def test_a_visitor_gets_a_receipt_for_what_the_clerk_registers(world):
    clerk = next(who for who in world.people(QINGTANG) if "letters:registrar" in who.roles)
    body = letter(reporter={**REPORTER, "kind": "named"}, channel="visit", happened="2025年秋", location="三组水渠")
    answer = clerk.post("/api/v1/reports", body, 201).json()
    receipt = Receipt(world.url, answer["receipt"])
    assert answer["number"] and answer["organ"] == QINGTANG
    assert receipt.read()["stage"] == "judging"
    view = clerk.report(answer["id"])
    assert view["channel"] == "visit" and view["stage"] == "registered" and view["content"] == body["content"]
    problem(clerk.post("/api/v1/reports", {**body, "channel": "pigeon"}), 422)
    outsider = next(who for who in world.people(QINGTANG) if "administration:administrator" in who.roles)
    problem(outsider.post("/api/v1/reports", body), 403, "not-your-act")
