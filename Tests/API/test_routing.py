"""Who receives a report: the sentences of the contract, one case each."""

import pytest
from client import problem
from world import (
    DISPATCHED, JIZHOU, LISHAN, PROVINCE, QINGTANG, REPORTER, TANGYI, WANGCHUAN, letter, person, unit)


def leader(name="", where="清棠县纪委监委", **more):
    return person("county", name, where, "书记", principal=True, **more)


CASES = [
    ("the organ that was chosen, where it is competent", QINGTANG, None, [person()], QINGTANG),
    ("a higher organ that was chosen is competent too", WANGCHUAN, None, [person("township")], WANGCHUAN),
    ("the superior of a person managed by the city", QINGTANG, None, [person("municipal")], WANGCHUAN),
    ("the superior of a person managed by the province", QINGTANG, None, [person("provincial")], PROVINCE),
    ("the highest of several people decides", TANGYI, None, [person("township"), person("municipal")], WANGCHUAN),
    ("the superior of the organ's own first leader", QINGTANG, None, [leader()], WANGCHUAN),
    ("the superior of its leader by name", QINGTANG, None, [person(name="翟正言", unit="清棠县纪委")], WANGCHUAN),
    ("the superior of its leader by a name that people use", QINGTANG, None,
     [person(name="翟书记", unit="县纪委", position="")], WANGCHUAN),
    ("the superior of its letters office's people", QINGTANG, None,
     [person(name="裴晓棠", unit="清棠县纪委监委信访室", position="干部")], WANGCHUAN),
    ("the superior, where a namesake has no unit", QINGTANG, None, [person(name="温如砥", unit="")], WANGCHUAN),
    ("not the superior, where a namesake works elsewhere", QINGTANG, None, [person(name="温如砥")], QINGTANG),
    ("the superior of the unit itself", QINGTANG, None, [unit("清棠县纪委监委")], WANGCHUAN),
    ("the superior, where somebody of the organ is not named", QINGTANG, None,
     [person(name="不知道姓名", unit="县纪委", position="干部")], WANGCHUAN),
    ("its own plain cadre stays, with internal supervision", QINGTANG, None,
     [person(name="耿直方", unit="清棠县纪委监委", position="监督检查室主任")], QINGTANG),
    ("the county above a township that is reported", TANGYI, None, [unit("棠漪镇纪委", "township")], QINGTANG),
    ("the county above a dispatched team's leader", DISPATCHED, None,
     [leader("单克勤", "县纪委监委驻民政局纪检监察组")], QINGTANG),
    ("the city above a city's leader, past the county", QINGTANG, None,
     [person("municipal", "江维桢", "望川市纪委监委", "书记", principal=True)], PROVINCE),
    ("without an organ: the township over the place", None, "990101100", [person("township")], TANGYI),
    ("without an organ: the county over the place", None, "990102", [person("county")], LISHAN),
    ("without an organ: the city over the place", None, "990200", [person("municipal")], JIZHOU),
    ("without an organ: the nearest above, where the place has none", None, "990101200", [person("township")],
     QINGTANG),
    ("without an organ: an ordinary person belongs to the township", None, "990101100", [person("other")], TANGYI),
    ("without an organ: nobody knows whose", None, "990101100", [person("unknown")], QINGTANG),
]


@pytest.mark.parametrize(("organ", "place", "reported", "receiver"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])
def test_receives(sqlite_world, organ, place, reported, receiver):
    _, received = sqlite_world.file(letter(organ, place=place, reported=reported))
    assert received == receiver


def test_an_unknown_level_is_the_letters_directors_alone(world):
    _, report, organ = world.filed(letter(reported=[person("unknown")]))
    readers = [who for who in world.people(organ) if who.report(report)]
    assert [who.username for who in readers] == ["qt.letters1"]
    assert world.who_has(report, organ) == readers
    world.play(report, organ, "register")
    director = readers[0]
    known = [{"kind": "person", "name": "李树成", "unit": "清棠县水务局", "management": "county"}]
    director.act(report, "amend", reported=known, reason="核实管理权限。")
    readers = {who.username for who in world.people(organ) if who.report(report)}
    assert {"qt.letters1", "qt.letters3"} <= readers


def test_an_own_cadre_is_seen_by_internal_supervision_and_not_by_the_letters_office(world):
    cadre = person(name="耿直方", unit="清棠县纪委监委", position="监督检查室主任")
    _, report, organ = world.filed(letter(reported=[cadre]))
    readers = {who.username for who in world.people(organ) if who.report(report)}
    assert readers and all(name.startswith("qt.internal") for name in readers)


def test_a_colleague_whose_kin_is_reported_does_not_read(world):
    _, report, organ = world.filed(letter(reported=[person(name="罗承柏", unit="清棠县水务局")]))
    readers = {who.username for who in world.people(organ) if who.report(report)}
    assert "qt.letters2" not in readers and "qt.letters1" in readers
    assert not world["qt.letters2"].has(report)
    problem(world["qt.letters2"].try_act(report, "register"), 404)


@pytest.mark.parametrize("reported", [
    [person("central")],
    [person("provincial", "邵云帆", "云澜省纪委监委", "书记", principal=True)],
    [unit("云澜省监委", "provincial")],
], ids=["managed by the centre", "the highest organ's leader", "the highest organ"])
def test_what_stands_above_this_platform_is_said_before_anything_is_stored(world, reported):
    before = world.installation.verify()
    for organ in (QINGTANG, PROVINCE):
        answer = world.public.post("/api/v1/reports", letter(organ, reported=reported, reporter=REPORTER))
        problem(answer, 422, "above-this-platform")
    assert world.installation.verify() == before


def test_a_clerk_who_registers_a_higher_matter_hands_it_up_and_keeps_nothing(world):
    clerk = world["qt.letters2"]
    before, inboxes = world.installation.verify(), {who: who.inbox() for who in world.people(QINGTANG)}
    first = clerk.post("/api/v1/reports", letter(channel="letter"), 201).json()["number"]
    for reported in ([person("municipal")], [leader()], [person("central")]):
        answer = clerk.post("/api/v1/reports", letter(channel="letter", reported=reported, reporter=REPORTER))
        said = problem(answer, 409, "hand-up")
        assert "李树成" not in str(said)
    after = world.installation.verify()
    assert after["reports"] == before["reports"] + 1 and after["files"] == before["files"]
    second = clerk.post("/api/v1/reports", letter(channel="letter"), 201).json()["number"]
    assert int(second[-4:]) == int(first[-4:]) + 1, "no number was drawn for what was handed up"
    for who, items in inboxes.items():
        assert len(who.inbox()) - len(items) in (0, 2)


def test_what_cannot_be_routed_is_refused_with_the_field(world):
    for body, field in [
        (letter("123456789012"), "organ"), (letter(None, place="abc"), "place"), (letter(place="110000"), "place"),
        (letter(reported=[person("mayor")]), "reported.0.management"),
        (letter(reported=[person(name="", unit=" ")]), "reported.0.name"),
        (letter(reported=[person(unitCode="123")]), "reported.0.unitCode"),
        ({**letter(), "title": "　"}, "title"), ({**letter(), "title": "长" * 201}, "title"),
        ({key: value for key, value in letter().items() if key != "content"}, "content"),
        (letter(reporter={"name": ""}), "reporter.name"),
        (letter(reporter={"name": "王", "phone": "12"}), "reporter.phone"),
        (letter(reported=[person()] * 51), "reported"),
    ]:
        said = problem(world.public.post("/api/v1/reports", body), 422)
        assert field in [fault["field"] for fault in said["errors"]], said


def test_a_mistyped_receipt_is_told_from_an_unknown_one(world):
    receipt, _ = world.file(letter())
    digits = receipt.digits.replace(" ", "")
    wide = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for spelling in (digits, receipt.digits, receipt.digits.replace(" ", "-"), wide, wide.replace("０", "　０")):
        answer = world.public.call("GET", "/api/v1/receipt", headers={"Authorization": f"Receipt {spelling}".encode()})
        assert answer.status_code == 200, spelling
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    swapped = next(
        digits[:i] + digits[i + 1] + digits[i] + digits[i + 2:] for i in range(26) if digits[i] != digits[i + 1])
    for spelling in (wrong, swapped, digits[:-1], digits + "0", "hello", ""):
        answer = world.public.call("GET", "/api/v1/receipt", headers={"Authorization": f"Receipt {spelling}"})
        assert answer.status_code in (401, 422) and (answer.status_code == 422 or not spelling), spelling
    body = "1" * 26
    check = 98 - int(body) * 100 % 97
    answer = world.public.call("GET", "/api/v1/receipt", headers={"Authorization": f"Receipt {body}{check:02}"})
    problem(answer, 401, "unknown-receipt")
    problem(world.public.call("GET", "/api/v1/receipt"), 401, "receipt-missing")
