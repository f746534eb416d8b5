"""The safety invariants, each attacked from every door that exists: pages, API, lists, counts, searches, files, notices,
number sequences, logs, metrics, commands and imports. `doors` finds the doors.

What one must not know has not happened: before and after a report's whole life every door answers the same.
"""

import re
import secrets

import pytest
import requests
from client import problem
from doors import Knocker, filled, of_a_report, routes
from pages import SAME
from test_commands import change_password
from test_interference import TOLD
from world import DISPATCHED, QINGTANG, REPORTER, TANGYI, WANGCHUAN, World, letter, person, unit

ACTS = ("register", "amend", "message", "approve", "open-identity", "recuse", "reopen")
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def word():
    """Words that stand nowhere else."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def name():
    return "邬" + "".join(secrets.choice(LETTERS) for _ in range(3))


class Secret:
    """A report whose every part is a word of its own."""

    def __init__(self, world, organ, reported, **more):
        self.world, self.since = world, len(world.installation.log.read_bytes())
        self.title, self.content, self.reporter, self.file, self.message = (word() for _ in range(5))
        self.demand, self.finding, self.reply = word(), word(), word()
        self.receipt, self.id, self.organ = world.filed({
            **letter(organ, reported=reported, reporter={**REPORTER, "name": self.reporter}), "title": self.title,
            "content": self.content + "。" + word(), "demand": self.demand, **more})
        assert self.receipt.put_file("证据.txt", self.file.encode()).status_code == 201

    def live(self):
        """From registration to the archive, with a talk, an objection and a rating; its number at the organ."""
        self.receipt.message(self.message)
        view = self.world.play(self.id, self.organ, "register", ("verify-identity", {"status": "real-name"}))
        self.world.play(
            self.id, self.organ, "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign",
            ("dispose", {"kind": "close"}), "approve", ("conclude", {"text": self.finding}),
            ("feedback", {"text": self.reply}))
        self.receipt.object(word())
        self.world.play(self.id, self.organ, "feedback")
        self.receipt.rate(2, False, word())
        self.number = next(
            view["number"] for who in self.world.people(self.organ) if (view := who.report(self.id)))
        return self

    def words(self):
        found = [self.id, self.title, self.content, self.reporter, self.file, self.message, self.demand, self.finding]
        return found + [self.reply, self.receipt.digits.replace(" ", ""), getattr(self, "number", self.id)]

    def lies_in(self, text):
        return [said for said in self.words() if said in text]

    def tells(self, seen):
        """The doors that say something of it; that an address repeats itself tells nobody anything."""
        return [path for path, (_, text) in seen.items() if self.lies_in(text.replace(path, ""))]


def opened(people, report):
    """What stands behind every door, for each of these people."""
    return {knocker: knocker.everything(report) for knocker in people}


def differing(before, after):
    """The doors that answer otherwise than before."""
    return [
        f"{knocker} {path}" for knocker in after for path in sorted(set(before[knocker]) | set(after[knocker]))
        if before[knocker].get(path) != after[knocker].get(path)]


NOBODY = "00000000-0000-4000-8000-000000000000"
PASSED_BY = {
    "I-1, the organ itself": unit("清棠县纪委监委"),
    "I-2, a person managed by the city": person("municipal", "高大成", "清棠县", "县委书记"),
    "I-3, the organ's first leader": person(name="翟正言", unit="清棠县纪委监委", position="书记", principal=True),
    "I-3, somebody of the letters office": person(name="温如砥", unit="清棠县纪委监委信访室", position="主任"),
}


def registered(world):
    """The number of an ordinary letter that a clerk registers now."""
    return world["qt.letters2"].post("/api/v1/reports", letter(channel="letter"), 201).json()["number"]


def test_whoever_is_passed_by_finds_that_nothing_has_happened_at_any_door(world):
    """I-1, I-2, I-3: the county and all below it, while the city handles reports that go past them."""
    first = registered(world)
    people = [Knocker(who) for who in world.people(QINGTANG, TANGYI, DISPATCHED)]
    before = opened(people, NOBODY)
    passed = [Secret(world, QINGTANG, [reported]).live() for reported in PASSED_BY.values()]
    assert {secret.organ for secret in passed} == {WANGCHUAN}
    assert differing(before, opened(people, NOBODY)) == []
    assert int(registered(world)[-4:]) == int(first[-4:]) + 1, "no number was drawn here"
    doors = 0
    for secret in passed:
        for knocker in people:
            acts = ACTS if knocker.person.organ == QINGTANG else ACTS[:1]
            doors += knocker.refused_everywhere(secret.id, acts)
    log = world.installation.log.read_text(encoding="utf-8")
    for secret in passed:
        assert secret.lies_in(log) == []
        told = world.installation.command("rules", "explain", secret.id).stdout
        assert secret.id in told and secret.lies_in(told.replace(secret.id, "").replace(secret.number, "")) == []
        told = world.installation.command("verify").stdout
        assert secret.lies_in(told) == []
    # The same doors open for those who work on it: the search does find what is there.
    director = next(who for who in world.people(WANGCHUAN) if (view := who.report(passed[0].id)) and view["content"])
    seen = "".join(text for _, text in Knocker(director).everything(passed[0].id).values())
    assert {passed[0].id, passed[0].title, passed[0].content, passed[0].file} <= set(passed[0].lies_in(seen))
    assert doors > 1000


def test_an_own_cadre_and_those_around_them_find_nothing_while_internal_supervision_works(world):
    """I-1 for an own ordinary cadre: internal supervision and the deciding leader alone."""
    around = [
        Knocker(who) for who in world.people(QINGTANG, TANGYI)
        if not who.username.startswith(("qt.internal", "qt.leader")) and "custody:custodian" not in who.roles]
    before = opened(around, NOBODY)
    secret = Secret(world, QINGTANG, [person(name="耿直方", unit="清棠县纪委监委", position="监督检查室主任")])
    assert secret.organ == QINGTANG
    world.play(secret.id, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    world.play(secret.id, QINGTANG, ("dispose", {"kind": "close"}), "approve", "conclude")
    assert differing(before, opened(around, NOBODY)) == []
    for knocker in around:
        knocker.refused_everywhere(secret.id, ACTS)


def test_a_town_that_is_reported_is_never_offered_nor_given_its_own_report(world):
    """I-1: by no transfer, also one whose form was forged, on the page as by the API."""
    people = [Knocker(who) for who in world.people(TANGYI)]
    before = opened(people, NOBODY)
    secret = Secret(world, QINGTANG, [unit("棠漪镇纪委", "township")])
    world.play(secret.id, QINGTANG, "register", "classify")
    clerk = Knocker(world.anybody(secret.id, QINGTANG, "propose"))
    # The page of another report names the town's organ to whoever wants to forge.
    _, other, _ = world.filed(letter(reported=[person("township", unit="某村")]))
    world.play(other, QINGTANG, "register", "classify")
    field = next(f for f in clerk.person.offered(other, "propose")["fields"] if f["name"] == "organ")
    town = next(option["value"] for option in field["options"] if "棠漪镇" in option["label"])
    assert town not in clerk.get(f"/desk/reports/{secret.id}").text
    forged = {"way": "forward", "organ": town, "opinion": "转下去。", "ground": "other"}
    for way in ("forward", "assign"):
        for path in filled("/desk/reports/:id/acts/:name", secret.id, acts=["propose"]) + filled(
                "/api/v1/reports/:id/acts/:name", secret.id, acts=["propose"]):
            assert clerk.send("POST", path, {**forged, "way": way}).status_code == 422, path
    parts = {"parties": ["1"], "organ": town, "text": "请核查。", "opinion": "拆分。"}
    assert clerk.send("POST", f"/api/v1/reports/{secret.id}/acts/split", parts).status_code in (403, 409, 422)
    world.play(secret.id, QINGTANG, ("propose", {"way": "refer"}), "approve", "refer", "sign")
    assert differing(before, opened(people, NOBODY)) == []
    for knocker in people:
        knocker.refused_everywhere(secret.id, ACTS)


def test_what_turns_out_to_be_higher_leaves_the_organ_as_if_it_had_never_come(world):
    """I-2 after entry: before it was filed and after it went up every door answers the same, but for the maker's note."""
    people = [Knocker(who) for who in world.people(QINGTANG, TANGYI)]
    before = opened(people, NOBODY)
    secret = Secret(world, QINGTANG, [person()])
    maker = world["qt.letters1"]
    higher = [{"kind": "person", "name": "闻人远", "unit": "望川市水务局", "management": "municipal"}]
    maker.act(secret.id, "amend", reported=higher, reason="核实管理权限。")
    maker.act(secret.id, "send-up")
    passed_on = [who for who in people if "custody:custodian" in who.person.roles and who.person.report(secret.id)]
    assert passed_on, "the identity waits for its custodian"
    passed_on[0].person.act(secret.id, "pass-identity")
    after = opened(people, NOBODY)
    assert {door.split("?")[0] for door in differing(before, after)} == {"qt.letters1 /register"}
    assert not [door for seen in after.values() for door in secret.tells(seen)]
    for knocker in people:
        knocker.refused_everywhere(secret.id, ACTS)
    assert world.who_has(secret.id, WANGCHUAN)


def test_a_clerk_types_a_higher_matter_into_every_form_and_nothing_of_it_is_kept(world):
    """I-2 at the gate, on the page and by the API: no row, no number, no scan."""
    clerk = Knocker(world["qt.letters2"])
    first, before = registered(world), world.installation.verify()
    told = word()
    fields = {
        "rank": "county", "channel": "letter", "title": told, "content": told, "reported-0-kind": "person",
        "reported-0-name": told, "reported-0-unit": "清棠县", "reported-0-management": "municipal"}
    page = clerk.send("POST", "/register", fields)
    assert page.status_code in (200, 303, 409) and told not in page.text
    problem(clerk.send("POST", "/api/v1/reports", letter(
        title=told, reported=[person("municipal", told)], channel="letter")), 409, "hand-up")
    after = world.installation.verify()
    assert (after["reports"], after["events"], after["files"]) == (
        before["reports"], before["events"], before["files"])
    assert int(registered(world)[-4:]) == int(first[-4:]) + 1
    seen = "".join(text for who in world.people(QINGTANG) for _, text in Knocker(who).everything(NOBODY).values())
    assert told not in seen and told not in world.installation.log.read_text(encoding="utf-8")


def act_paths(report, act):
    """The doors of an act: the form of the page and the API."""
    return filled("/desk/reports/:id/acts/:name", report, acts=[act]) + filled(
        "/api/v1/reports/:id/acts/:name", report, acts=[act])


COPIED = "水渠验收那天乡里收了施工队五万元现金还吃了一顿饭"


@pytest.mark.parametrize("copied", [
    COPIED, COPIED[3:16], " ".join(COPIED), "，".join(COPIED), "\n".join(COPIED[:14]),
    "\n".join(COPIED[i:i + 6] for i in range(0, len(COPIED), 6)), "\r\n".join(COPIED), "请说明：" + COPIED[:13] + "？",
    "\u200b".join(COPIED), f"李树成{COPIED[:13]}",
], ids=["whole", "a run of 13", "spaced", "with commas", "a line each", "lines of six", "lines of a form",
        "inside a question", "invisible marks", "after the name"])
def test_questions_to_the_reported_never_hold_the_words_of_the_report(world, copied):
    """I-6, on the page and by the API; the form offers no word of the report to begin with."""
    if "I-6" not in world.known_reports:
        _, report, _ = world.filed({**letter(), "content": COPIED + "，群众都知道。"})
        world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
        world.known_reports["I-6"] = report
    report = world.known_reports["I-6"]
    handler = Knocker(world.anybody(report, QINGTANG, "dispose"))
    page = handler.get(f"/desk/reports/{report}").text
    area = page.split('name="questions"')[1].split("</textarea>")[0]
    assert area.partition(">")[2].strip() == ""
    for path in act_paths(report, "dispose"):
        answer = handler.send("POST", path, {"kind": "inquiry", "questions": copied, "opinion": "拟函询。"})
        assert answer.status_code == 422, f"{path}: {answer.status_code}"
        assert "questions" in answer.text
    assert handler.person.report(report)["stage"] == "signed"


def test_questions_in_new_words_go_out_and_the_report_does_not_go_with_them(world):
    """I-6: whoever is asked, a member of the house too, finds nothing of the report."""
    _, report, _ = world.filed({**letter(), "content": COPIED})
    world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    world.do(report, QINGTANG, "dispose", kind="inquiry", questions="请李树成同志说明：" + COPIED[:12] + "的情况。")
    view = world.play(report, QINGTANG, "approve", ("reply", {"text": "本人说明如下。"}))
    assert view["stage"] == "handling"


def named(knocker):
    """The name of whoever is signed in, as the pages say it."""
    return knocker.get("/absence").text.split('<span class="user">')[1].split("<")[0].strip()


def administered(admin, world, who):
    """The address of somebody's page for the administrator of the county."""
    organ = next(link for link in re.findall(r'href="(/admin/organs/[0-9a-f-]{36})"', admin.get("/admin").text)
                 if world.organs[QINGTANG]["name"] in admin.get(link).text)
    found = re.search(rf'href="(/admin/people/[^"]+)"[^>]*>\s*{named(who)}', admin.get(organ).text)
    return found[1]


def test_whoever_stands_aside_finds_nothing_by_whatever_role_they_come_again(copy):
    """I-7: at once, and as director, custodian or leader of the same report later."""
    world = served(copy)
    secret = Secret(world, QINGTANG, [person()])
    world.play(secret.id, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    director = world.anybody(secret.id, QINGTANG, "allocate")
    options = director.offered(secret.id, "allocate")["fields"][0]["options"]
    director.act(secret.id, "allocate", handlers=[option["value"] for option in options])
    handler = Knocker(world["qt.inspect2"])
    assert secret.lies_in("".join(text for _, text in handler.everything(secret.id).values()))
    handler.person.act(secret.id, "recuse", reason="与举报人是亲属。")
    handler.refused_everywhere(secret.id, ACTS)
    admin = Knocker(world["qt.admin1"])
    page = administered(admin, world, handler)
    for role, colleague in [
        ("letters:director", "qt.letters1"), ("inspection-1:director", None), ("custody:custodian", "qt.cases1"),
        ("leaders:deputy", "qt.leader1"),
    ]:
        answer = admin.send("POST", page + "/join", {"roles": role})
        assert answer.status_code == 303, answer.text[:300]
        if colleague:
            office = Knocker(world[colleague])
            form = re.search(
                rf'action="/office/admit".*?name="office" value="([^"]+)".*?name="person" value="{page[-36:]}"',
                office.get("/office").text.replace("\n", ""))
            office_id = re.findall(r'name="office" value="([^"]+)"', form[0])[-1]
            assert office.send("POST", "/office/admit", {"office": office_id, "person": page[-36:]}).status_code == 303
        handler.refused_everywhere(secret.id, ACTS)
    seen = handler.everything(secret.id)
    assert secret.tells(seen) == []
    world.play(secret.id, QINGTANG, ("dispose", {"kind": "close"}), "approve")
    seen = handler.everything(secret.id)
    assert secret.tells(seen) == []


def served(copy):
    installation, described = copy
    return World(installation.serve("--limits", "off"), described)


def test_whoever_declares_kin_among_the_reported_loses_the_report_at_every_door(copy):
    """I-7: also in the lists that they had open."""
    world = served(copy)
    relative = name()
    secret = Secret(world, QINGTANG, [person(name=relative)])
    clerk, admin = Knocker(world["qt.letters3"]), Knocker(world["qt.admin1"])
    assert any(secret.lies_in(text) for _, text in clerk.everything(secret.id).values())
    page = administered(admin, world, clerk)
    fields = {"name": named(clerk), "name_en": "", "aliases": "", "units": "", "kin": f"{relative}：姐姐"}
    assert admin.send("POST", page + "/change", fields).status_code == 303
    seen = clerk.everything(secret.id)
    assert secret.tells(seen) == []
    clerk.refused_everywhere(secret.id, ACTS)
    assert not clerk.person.has(secret.id)
    assert world.who_has(secret.id, QINGTANG), "the others carry on"


def test_somebody_whom_a_list_brings_in_finds_nothing_of_a_report_that_names_them(copy, tmp_path):
    """I-1 by import: the reported person joins the very office that holds the report, and is let in."""
    world = served(copy)
    newcomer = name()
    secret = Secret(world, QINGTANG, [person(name=newcomer)])
    table = tmp_path / "staff.csv"
    first = "first sentence to sign in"
    table.write_text(
        "username,name,name_en,organ,roles,password\n"
        f"qt.new1,{newcomer},New,{QINGTANG},letters:director,{first}\n", encoding="utf-8")
    world.installation.command("import", "staff", table)
    account = {"username": "qt.new1", "password": first, "organ": QINGTANG, "roles": ["letters:director"]}
    change_password(world.url, account, "second sentence to sign in")
    world.accounts["qt.new1"] = {**account, "password": "second sentence to sign in"}
    colleague = Knocker(world["qt.letters1"])
    form = re.search(r'name="office" value="([^"]+)"><input type="hidden" name="person" value="([^"]+)"',
                     colleague.get("/office").text)
    answer = colleague.send("POST", "/office/admit", {"office": form[1], "person": form[2]})
    assert answer.status_code == 303
    knocker = Knocker(world["qt.new1"])
    seen = knocker.everything(secret.id)
    assert secret.tells(seen) == []
    knocker.refused_everywhere(secret.id, ACTS)
    # What does not name them they read as the others do.
    _, other, _ = world.filed(letter())
    assert knocker.person.report(other)


def test_a_message_that_is_imported_and_names_the_director_is_not_hers_to_read(copy, tmp_path):
    """I-3 by import."""
    world = served(copy)
    told = word()
    table = tmp_path / "messages.csv"
    table.write_text(f"标题,内容\n反映信访室问题,{told}：清棠县纪委监委信访室主任温如砥压件不办。\n", encoding="utf-8")
    world.installation.command("import", "messages", table, "--organ", QINGTANG)
    director = Knocker(world["qt.letters1"])
    assert not [path for path, (_, text) in director.everything(NOBODY).items() if told in text]


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
                assert answer.status_code in (403, 404, 405, 409, 415), f"{knocker} {method} {path}: {answer.status_code}"
        for act in ("delete", "remove", "purge", "destroy", "send-up", "wake", "reopen", "archive"):
            for path in act_paths(secret.id, act):
                assert knocker.send("POST", path, {"reason": "x"}).status_code in (403, 404, 409, 422), f"{knocker} {path}"
    assert director.put_file(secret.id, "证据.txt", b"other").status_code == 409
    assert secret.receipt.put_file("证据.txt", b"other").status_code == 409
    assert director.file(secret.id, "证据.txt").content == secret.file.encode()
    world.play(secret.id, QINGTANG, "classify", ("propose", {"way": "keep"}), "approve", "keep")
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
    world.play(report, QINGTANG, ("propose", {"way": "refer"}), "approve", "refer", "sign", ("dispose", {"kind": "close"}))
    world.play(report, QINGTANG, "approve")
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
    before = opened(around, report)
    clerk, superior, admin = Knocker(world["qt.letters2"]), Knocker(world["wc.internal1"]), Knocker(world["qt.admin1"])
    told = word()
    path = f"/desk/reports/{report}/interference"
    record = re.search(r'name="record" value="([^"]+)"', clerk.get(path).text)[1]
    fields = {**TOLD, "text": told, "name": "翟正言", "post": "书记", "record": record}
    assert clerk.send("POST", path, fields).status_code == 303
    assert differing(before, opened(around, report)) == []
    # Written again with other words, it stays as it was.
    assert clerk.send("POST", path, {**fields, "text": "没有这回事"}).status_code in (303, 409)
    for knocker in [*around, clerk, superior]:
        for method, pattern in routes():
            if "interference" not in pattern or method == "GET":
                continue
            for sent in ("DELETE", "PUT", "PATCH"):
                for address in filled(pattern, record):
                    assert knocker.send(sent, address, {}).status_code in (403, 404, 405), f"{knocker} {sent} {address}"
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
        if method != "GET" or pattern.startswith(("/receipt", "/api/v1/receipt", "/report", "/assets")):
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
