"""What must not be seen is tried from every door of the API, by everybody whom it must not reach.

I-1: the reported unit never receives. I-2: a matter of a higher organ leaves nothing below. I-3: an organ's own leader
and letters office go past it.
"""

import pytest
from client import problem
from world import PROVINCE, QINGTANG, REPORTER, TANGYI, WANGCHUAN, letter, person, unit

ACTS = [
    "register", "classify", "consult", "propose", "approve", "reject", "refer", "forward", "assign", "send-up",
    "decline", "keep", "sign", "allocate", "return", "dispose", "conclude", "notify", "feedback", "message", "object",
    "amend", "link", "supervise", "extend", "recuse", "wake", "clarify", "determine-false", "open-identity",
    "verify-identity", "pass-identity", "archive", "reopen"]

BYPASSED = {
    "a person managed by the city (I-2)":
        (QINGTANG, WANGCHUAN, person("municipal", "高大成", "清棠县", "县委书记")),
    "the county's own first leader (I-3)":
        (QINGTANG, WANGCHUAN, person("county", "翟正言", "清棠县纪委监委", "书记", principal=True)),
    "the county's own letters office (I-3)":
        (QINGTANG, WANGCHUAN, person("county", "温如砥", "清棠县纪委监委信访室", "主任")),
    "the county organ itself (I-1)": (QINGTANG, WANGCHUAN, unit("清棠县纪委监委")),
    "a township organ (I-1)": (TANGYI, QINGTANG, unit("中共清棠县棠漪镇纪律检查委员会", "township")),
    "the city's first leader, filed with the county":
        (WANGCHUAN, PROVINCE, person("municipal", "江维桢", "望川市纪委监委", "书记", principal=True)),
}


def doors(world, who, report, acts):
    """Everything that an API caller can do with an id; the first door that opens is an error."""
    problem(who.get(f"/api/v1/reports/{report}", None), 404)
    problem(who.file(report, "证据.txt", None), 404)
    problem(who.put_file(report, "mine.txt", b"text"), 404)
    for act in acts:
        problem(who.try_act(report, act, opinion="x", reason="x", text="x"), 404)
    for sort in ("receivedAt", "-receivedAt", "due"):
        assert all(item["id"] != report for item in who.inbox(sort)), f"{who} sees it sorted by {sort}"


@pytest.mark.parametrize("case", BYPASSED)
def test_nobody_of_a_bypassed_organ_or_below_finds_anything(world, case):
    bypassed, receiver, reported = BYPASSED[case]
    outsiders = world.people(bypassed, *world.below(bypassed))
    sees_before = {who: who.inbox("due") for who in outsiders}
    filed_with = bypassed if bypassed != WANGCHUAN else QINGTANG
    receipt, report, organ = world.filed(letter(filed_with, reported=[reported], reporter=REPORTER))
    assert organ == receiver
    assert receipt.put_file("证据.txt", "一份清单".encode()).status_code == 201
    for number, who in enumerate(outsiders):
        # Every act for the organ that was passed by, a few for the many below it.
        doors(world, who, report, ACTS if who.organ == bypassed else ["register", ACTS[number % len(ACTS)]])
    world.play(report, organ, "register", "verify-identity", "classify")
    ways = {option["value"]: option for option in world.anybody(report, organ, "propose").offered(
        report, "propose")["fields"][0]["options"]}
    assert "refer" in ways
    world.play(report, organ, ("propose", {"way": "refer"}), "approve", "refer", "sign")
    receipt.message("还有一件事。")
    world.play(report, organ, ("dispose", {"kind": "close"}), "approve", "conclude", "feedback")
    for who in outsiders:
        doors(world, who, report, ["message", "feedback"])
        assert who.inbox("due") == sees_before[who]
    numbers = [who.report(report)["number"] for who in world.people(organ) if who.report(report)]
    assert any(numbers)


def only_the_way_up(who, report):
    """What is no longer this organ's matter is neither judged nor decided here; it is still found in the inbox."""
    assert who.has(report)
    offered = {offer["name"]: offer for offer in who.report(report)["acts"]}
    assert "send-up" in offered
    assert not offered.keys() & {"refer", "forward", "assign", "decline", "keep", "approve", "dispose", "conclude"}
    if "propose" in offered:
        assert [option["value"] for option in offered["propose"]["fields"][0]["options"]] == ["send-up"]


def township_ids(world):
    """The ids of the townships' organs by name, as a county's clerk finds them in a form."""
    _, report, organ = world.filed(letter(reported=[person("township", unit="某村")]))
    world.play(report, organ, "register", "classify")
    offer = world.anybody(report, organ, "propose").offered(report, "propose")
    field = next(field for field in offer["fields"] if field["name"] == "organ")
    return {option["label"]: option["value"] for option in field["options"]}


def test_a_report_about_a_township_organ_cannot_be_sent_down_to_it(world):
    """I-1 holds for every transfer, also one whose form was forged."""
    ids = township_ids(world)
    tangyi = next(value for label, value in ids.items() if "棠漪镇" in label)
    _, report, organ = world.filed(letter(reported=[unit("棠漪镇纪委", "township")]))
    assert organ == QINGTANG
    world.play(report, organ, "register", "classify")
    clerk = world.anybody(report, organ, "propose")
    offer = clerk.offered(report, "propose")
    offered = next(field for field in offer["fields"] if field["name"] == "organ")["options"]
    assert tangyi not in [option["value"] for option in offered]
    for way in ("forward", "assign"):
        answer = clerk.try_act(report, "propose", way=way, organ=tangyi, ground="other", opinion="转下去。")
        assert "organ" in [fault["field"] for fault in problem(answer, 422)["errors"]] or "way" in str(answer.json())
    assert clerk.report(report)["stage"] == "judged"


def test_a_report_about_a_county_cadre_cannot_be_sent_below_the_county(world):
    ids = township_ids(world)
    _, report, organ = world.filed(letter())
    world.play(report, organ, "register", "classify")
    clerk = world.anybody(report, organ, "propose")
    for lower in ids.values():
        problem(clerk.try_act(report, "propose", way="forward", organ=lower, opinion="转下去。"), 422)


def test_a_correction_that_names_the_director_takes_the_report_out_of_her_hands(world):
    _, report, organ = world.filed(letter())
    director, clerk = world["qt.letters1"], world["qt.letters3"]
    world.play(report, organ, "register")
    assert director.report(report)
    clerk.act(report, "amend", reason="来信补充。", reported=[
        {"kind": "person", "name": "李树成", "unit": "清棠县水务局", "management": "county"},
        {"kind": "person", "name": "温如砥", "unit": "清棠县纪委监委信访室", "management": "county"}])
    doors(world, director, report, ACTS)
    only_the_way_up(clerk, report)
    world.do(report, organ, "send-up")
    assert world.who_has(report, WANGCHUAN)
    doors(world, director, report, ACTS)


def test_a_correction_that_raises_the_level_leaves_only_the_way_up(world):
    receipt, report, organ = world.filed(letter())
    clerk = world["qt.letters3"]
    world.play(report, organ, "register", "classify")
    clerk.act(report, "amend", reason="市管干部。", reported=[
        {"kind": "person", "name": "高大成", "unit": "清棠县", "position": "县长", "management": "municipal"}])
    only_the_way_up(clerk, report)
    for way in ("refer", "keep", "decline"):
        answer = clerk.try_act(report, "propose", way=way, opinion="留在本级。")
        assert answer.status_code in (403, 409, 422), "it may not stay here"
    assert clerk.report(report)["stage"] == "judged"
    world.do(report, organ, "send-up")
    assert world.who_has(report, WANGCHUAN)
    for who in world.people(QINGTANG, *world.below(QINGTANG)):
        doors(world, who, report, ["sign", "message"])
    assert receipt.read()["stage"] == "passed-on"


def test_a_report_that_goes_past_the_sender_from_below_is_lost_to_the_sender(world):
    """The county forwarded it; the township finds that it is about the county's leader and sends it up."""
    _, report, organ = world.filed(letter(reported=[person("township", unit="棠漪镇某村")]))
    world.play(report, organ, "register", "classify", ("propose", {"way": "forward", "organ": "棠漪镇"}), "approve")
    world.play(report, organ, "forward")
    world.play(report, TANGYI, "sign", "register", "classify")
    clerk = world.anybody(report, TANGYI, "amend")
    clerk.act(report, "amend", reason="来信补充。", reported=[
        {"kind": "person", "name": "翟正言", "unit": "清棠县纪委监委", "position": "书记", "management": "county",
         "principal": True}])
    only_the_way_up(clerk, report)
    world.do(report, TANGYI, "send-up")
    assert world.who_has(report, WANGCHUAN)
    for who in world.people(QINGTANG, *world.below(QINGTANG)):
        doors(world, who, report, ["sign", "message"])
