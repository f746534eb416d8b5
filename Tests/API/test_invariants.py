"""I-1 to I-3, attacked from every door that exists: pages, API, lists, counts, searches, files, notices, number
sequences, logs and commands. `doors` finds the doors.

What one must not know has not happened: before and after a report's whole life every door answers the same.
"""

from attacks import ACTS, NOBODY, Secret, differing, on_one_day, opened, word
from client import problem
from doors import Knocker, filled
from world import DISPATCHED, QINGTANG, TANGYI, WANGCHUAN, letter, person, unit

PASSED_BY = {
    "I-1, the organ itself": unit("清棠县纪委监委"),
    "I-2, a person managed by the city": person("municipal", "高大成", "清棠县", "县委书记"),
    "I-3, the organ's first leader": person(name="翟正言", unit="清棠县纪委监委", position="书记", principal=True),
    "I-3, somebody of the letters office": person(name="温如砥", unit="清棠县纪委监委信访室", position="主任"),
}


def registered(world):
    """The number of an ordinary letter that a clerk registers now."""
    return world["qt.letters2"].post("/api/v1/reports", letter(channel="letter"), 201).json()["number"]


@on_one_day
def test_whoever_is_passed_by_finds_that_nothing_has_happened_at_any_door(world):
    """I-1, I-2, I-3: the county and all below it, while the city handles reports that go past them."""
    first = registered(world)
    people = [Knocker(who) for who in world.people(QINGTANG, TANGYI, DISPATCHED)]
    before = opened(world, people, NOBODY)
    passed = [Secret(world, QINGTANG, [reported]).live() for reported in PASSED_BY.values()]
    assert {secret.organ for secret in passed} == {WANGCHUAN}
    assert differing(before, opened(world, people, NOBODY)) == []
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


@on_one_day
def test_an_own_cadre_and_those_around_them_find_nothing_while_internal_supervision_works(world):
    """I-1 for an own ordinary cadre: internal supervision and the deciding leader alone."""
    around = [
        Knocker(who) for who in world.people(QINGTANG, TANGYI)
        if not who.username.startswith(("qt.internal", "qt.leader")) and "custody:custodian" not in who.roles]
    before = opened(world, around, NOBODY)
    secret = Secret(world, QINGTANG, [person(name="耿直方", unit="清棠县纪委监委", position="监督检查室主任")])
    assert secret.organ == QINGTANG
    world.play(secret.id, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    world.play(secret.id, QINGTANG, ("dispose", {"kind": "close"}), "approve", "conclude")
    assert differing(before, opened(world, around, NOBODY)) == []
    for knocker in around:
        knocker.refused_everywhere(secret.id, ACTS)


@on_one_day
def test_a_town_that_is_reported_is_never_offered_nor_given_its_own_report(world):
    """I-1: by no transfer, also one whose form was forged, on the page as by the API."""
    people = [Knocker(who) for who in world.people(TANGYI)]
    before = opened(world, people, NOBODY)
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
    assert differing(before, opened(world, people, NOBODY)) == []
    for knocker in people:
        knocker.refused_everywhere(secret.id, ACTS)


@on_one_day
def test_what_turns_out_to_be_higher_leaves_the_organ_as_if_it_had_never_come(world):
    """I-2 after entry: before it came and after it went up every door answers the same, but for the maker's note."""
    people = [Knocker(who) for who in world.people(QINGTANG, TANGYI)]
    before = opened(world, people, NOBODY)
    secret = Secret(world, QINGTANG, [person()])
    maker = world["qt.letters1"]
    higher = [{"kind": "person", "name": "闻人远", "unit": "望川市水务局", "management": "municipal"}]
    maker.act(secret.id, "amend", reported=higher, reason="核实管理权限。")
    maker.act(secret.id, "send-up")
    passed_on = [who for who in people if "custody:custodian" in who.person.roles and who.person.report(secret.id)]
    assert passed_on, "the identity waits for its custodian"
    passed_on[0].person.act(secret.id, "pass-identity")
    after = opened(world, people, NOBODY)
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
