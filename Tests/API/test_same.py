"""What may be the same matter: found where both are readable, and nothing of it anywhere else (I-1 to I-3)."""

import re

from attacks import Secret, differing, on_one_day
from doors import Knocker
from test_invariants import PASSED_BY
from world import DISPATCHED, QINGTANG, TANGYI, WANGCHUAN, letter, person

TOLD = {
    "title": "村支书把水渠工程包给妻弟",
    "content": "我是石桥镇柳湾村村民。村支书冯德才把村里修水渠的八万元工程包给了他妻弟，没有开会也没有公示，"
               "水渠修好不到半年就塌了三处，我家两亩稻田没水浇。",
    "demand": "追回工程款，把水渠修好"}
AGAIN = {
    "title": "反映柳湾村修水渠的事",
    "content": "我是石桥镇柳湾村的村民，反映村支书冯德才把修水渠的8万元工程给了妻弟做，没开会没公示，"
               "修好不到半年塌了三处，我家两亩田浇不上水。",
    "demand": "追回工程款，把水渠修好"}
FENG = {"name": "冯德才", "unit": "柳湾村", "position": "村支书"}


def beside(knocker, report):
    """The reports that stand beside one for somebody; `None` where there is no such page for them."""
    answer = knocker.get(f"/desk/reports/{report}/same")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text[:300]
    return re.findall(r'<h2><a href="/desk/reports/([0-9a-f-]{36})"', answer.text)


def test_a_clerk_sees_the_letter_of_last_year_beside_the_one_of_today(world):
    _, first, _ = world.filed(letter(reported=[person(**FENG)], **TOLD))
    world.play(first, QINGTANG, "register")
    _, second, _ = world.filed(letter(reported=[person(**FENG)], **AGAIN))
    world.play(second, QINGTANG, "register")
    clerk = Knocker(world["qt.letters1"])
    assert f"/desk/reports/{second}/same" in clerk.get(f"/desk/reports/{second}").text
    assert beside(clerk, second)[0] == first
    page = clerk.get(f"/desk/reports/{second}/same").text
    assert "<del>" in page and "<ins>" in page and TOLD["demand"] in page
    assert "同一被反映人" in page
    number = clerk.person.report(second)["number"]
    looked = Knocker(world["qt.audit1"]).get("/audit/events?list=reads&act=compared").text
    assert number in looked and clerk.person.report(first)["number"] in looked, "both were shown"
    assert "与其他件对照" in looked and TOLD["title"] not in looked


def test_beside_a_repeat_stands_what_was_decided_then_and_that_the_demand_was_not_settled(world):
    first = Secret(world, QINGTANG, [person(**FENG)], **TOLD).live()
    _, second, _ = world.filed(letter(reported=[person(**FENG)], **AGAIN))
    world.play(second, QINGTANG, "register")
    clerk = Knocker(world["qt.letters1"])

    def card():
        page = clerk.get(f"/desk/reports/{second}/same").text
        return re.search(rf'<section class="panel"[^>]*>\s*<h2><a href="/desk/reports/{first.id}".*?</section>', page, re.S).group()

    told = card()
    assert "当时的决定" in told and "办结" in told and "冯德才: " in told, "the result stands there by person"
    assert "qt.leader" not in told and "反映人：诉求未解决" in told
    assert first.reporter not in told and first.message not in told, "who reported, and what was talked of, does not"


@on_one_day
def test_nothing_stands_beside_a_letter_for_whoever_must_not_know_of_the_other(world):
    """The same words, filed about people whom the county must not learn of, and handed up from it after the entry."""
    _, open_to_us, _ = world.filed(letter(reported=[person(**FENG)], **TOLD))
    world.play(open_to_us, QINGTANG, "register")
    people = [Knocker(who) for who in world.people(QINGTANG, TANGYI, DISPATCHED)]
    path = f"/desk/reports/{open_to_us}/same"

    def seen():
        return {knocker: {path: (answer.status_code, answer.text)} for knocker in people for answer in [knocker.get(path)]}

    before = seen()
    assert {status for told in before.values() for status, _ in told.values()} == {200, 404}
    passed = [Secret(world, QINGTANG, [reported], **AGAIN) for reported in PASSED_BY.values()]
    assert {secret.organ for secret in passed} == {WANGCHUAN}
    assert differing(before, seen()) == []
    # A matter of the city's that came to us by mistake stands beside it, until it has gone up.
    astray = Secret(world, QINGTANG, [person(**FENG)], **AGAIN)
    assert astray.organ == QINGTANG
    maker = world["qt.letters1"]
    assert astray.id in beside(Knocker(maker), open_to_us)
    higher = [{"kind": "person", "name": "闻人远", "unit": "望川市水务局", "management": "municipal"}]
    world.do(astray.id, QINGTANG, "register")
    maker.act(astray.id, "amend", reported=higher, reason="核实管理权限。")
    maker.act(astray.id, "send-up")
    assert differing(before, seen()) == []
    for secret in [*passed, astray]:
        for knocker in people:
            assert beside(knocker, secret.id) is None
    # The city, which reads them all, finds each beside the others; what else it has of theirs may stand there too.
    city = Knocker(next(who for who in world.people(WANGCHUAN) if (view := who.report(passed[0].id)) and view["title"]))
    found = beside(city, passed[0].id)
    assert open_to_us not in found and {secret.id for secret in passed[1:]} <= set(found)


def test_two_letters_of_one_village_are_told_apart_once_and_for_all_colleagues(world):
    _, first, _ = world.filed(letter(reported=[person(**FENG)], **TOLD))
    _, second, _ = world.filed(letter(reported=[person(**FENG)], **AGAIN))
    one, two = Knocker(world["qt.letters1"]), Knocker(world["qt.letters2"])
    path = f"/desk/reports/{second}/same"
    assert first in beside(one, second) and first in beside(two, second)
    answer = one.send("POST", path, {"other": first, "decision": "different"})
    assert answer.status_code == 303 and answer.headers["Location"] == path
    for clerk in (one, two):
        assert first not in beside(clerk, second) and second not in beside(clerk, first)
        assert "已经作出的认定" in clerk.get(path).text
    # A report that there is not, and one that the county must not know of, are answered alike.
    hidden = Secret(world, QINGTANG, [PASSED_BY["I-1, the organ itself"]], **AGAIN)
    nothing = "00000000-0000-4000-8000-000000000000"
    answers = [one.send("POST", path, {"other": other, "decision": "different"}) for other in (nothing, hidden.id, second)]
    assert {answer.status_code for answer in answers} == {422}
    assert len({re.sub(r"[0-9a-f-]{36}", "", answer.text) for answer in answers}) == 1
    assert two.send("POST", path, {"other": first, "decision": "undone"}).status_code == 303
    assert first in beside(one, second) and "已经作出的认定" not in one.get(path).text


def test_what_was_linked_is_said_to_be_linked(world):
    _, first, _ = world.filed(letter(reported=[person(**FENG)], **TOLD))
    world.play(first, QINGTANG, "register")
    _, second, _ = world.filed(letter(reported=[person(**FENG)], **AGAIN))
    world.play(second, QINGTANG, "register")
    clerk = Knocker(world["qt.letters1"])
    path = f"/desk/reports/{second}/same"

    def section():
        return clerk.get(path).text.split(f'<h2><a href="/desk/reports/{first}"')[1].split("</section>")[0]

    form = {name: re.search(rf'name="{name}" value="([^"]+)"', section())[1] for name in ("original", "seen")}
    assert clerk.send("POST", f"/desk/reports/{second}/acts/link", form).status_code == 303
    assert "已关联为重复件" in section() and 'name="original"' not in section()


def test_a_clerk_has_the_letters_of_before_gone_through_and_an_auditor_sees_that(world):
    clerk, auditor = Knocker(world["qt.letters1"]), Knocker(world["qt.audit1"])
    assert "都已纳入比对" in clerk.get("/desk/same").text
    answer = clerk.send("POST", "/desk/same", {})
    assert answer.status_code == 303 and answer.headers["Location"] == "/desk/same"
    assert "完成，共 0 件" in clerk.get("/desk/same").text
    assert clerk.send("POST", "/desk/same/stop", {}).status_code == 303
    assert "将早先的件纳入比对" in auditor.get("/audit/events?list=searches&act=marked").text


def test_whoever_handles_the_first_letter_is_told_of_the_kept_repeats_in_one_go(world):
    _, first, _ = world.filed(letter(reported=[person(**FENG)], **{**TOLD, "title": "水渠的第一封信"}))
    judged = [("propose", {"way": "refer"}), "approve", "refer"]
    world.play(first, QINGTANG, "register", "classify", *judged)
    clerk = Knocker(world["qt.letters1"])
    number = clerk.person.report(first)["number"]
    repeats = []
    for title in ("水渠的第二封信", "水渠的第三封信"):
        _, again, _ = world.filed(letter(reported=[person(**FENG)], **{**AGAIN, "title": title}))
        world.play(again, QINGTANG, "register")
        world.anybody(again, QINGTANG, "link").act(again, "link", original=number)
        world.play(again, QINGTANG, "classify", ("propose", {"way": "keep"}), "approve", "keep")
        assert clerk.person.offered(again, "archive") is None, "not before it was told of"
        repeats.append(again)
    strangers = [who for who in world.people(QINGTANG) if who.offered(repeats[0], "tell-repeat") and not who.report(first)]
    assert strangers, "somebody keeps the repeats who had no part in the first letter"
    clerk = Knocker(strangers[0])
    page = clerk.get("/desk?stage=kept").text
    assert all(f'name="report" value="{again}"' in page for again in repeats) and 'action="/desk/repeats"' in page
    assert 'action="/desk/repeats"' not in clerk.get("/desk").text
    answer = clerk.send("POST", "/desk/repeats", {"report": [*repeats, first, "nothing"]})
    assert answer.status_code == 200 and "已通报 2 件" in answer.text and "1 件没有通报" in answer.text
    office = world.who_has(first, QINGTANG)[0]
    assert "repeat-news" in office.report(first)["marks"], "whoever is to handle it sees it in lists"
    assert "又有重复举报" in Knocker(office).get("/desk").text
    left = clerk.get("/desk?stage=kept").text
    assert not any(f'name="report" value="{again}"' in left for again in repeats), "there is nothing left to tell of them"
    for again in repeats:
        assert clerk.person.offered(again, "archive") and not clerk.person.offered(again, "tell-repeat")
    assert "通报了重复举报" in Knocker(office).get(f"/desk/reports/{first}").text
