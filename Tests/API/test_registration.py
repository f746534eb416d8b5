"""What a clerk registers for somebody: who they are, the scans beside it, and the slip."""

import re
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import evidence_files as files
import pytest
from client import problem
from pages import SAME, Pages
from test_anonymous import Tables
from world import QINGTANG, REPORTER, letter

WRONG_ID = "110105194912310021"
FIELDS = {
    "rank": "county", "channel": "visit", "title": "水渠", "content": "验收没有通过。", "reported-0-kind": "person",
    "reported-0-name": "李树成", "reported-0-unit": "清棠县水务局", "reported-0-management": "county"}


# What a browser sends where no file was chosen.
NO_FILE = [("files", ("", b"", "application/octet-stream"))]


class Desk(Pages):
    """The clerk's pages of registration."""

    def __init__(self, world):
        super().__init__(world.url, world.accounts["qt.letters2"])
        self.page = self.get("/register/form?rank=county")

    def register(self, expect=201, **more):
        """Sends the form as the page holds it, with the scans that it names."""
        return self.send(self.page, "/register", self.fields(more), expect)

    def fields(self, more):
        once = re.search(r'name="once" value="([^"]+)"', self.page)[1]
        return {**FIELDS, **more, "once": once, "scan": tickets(self.page)}

    def scan(self, *files, expect=200, **more):
        """Sends the form with files, to have them kept and shown beside it."""
        self.page = self.bring(files, expect, {"keep": "scans", **more})

    def bring(self, files, expect, more):
        fields = {**self.fields(more), "csrf": re.search(r'name="csrf"\s+value="([^"]+)"', self.page)[1]}
        # The token stands first, and the rank before any file.
        pairs = [("csrf", fields.pop("csrf")), ("rank", fields.pop("rank"))]
        for name, value in fields.items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        answer = self.session.post(
            self.url + "/register", data=pairs, files=[("files", file) for file in files] or NO_FILE, headers=SAME,
            timeout=60)
        assert answer.status_code == expect, answer.text[:400]
        return answer.text


def tickets(form):
    return re.findall(r'name="scan" value="([^"]+)"', form)


@pytest.mark.parametrize(("told", "at"), [
    ({"phone": "13800138000"}, "name"), ({"address": "三组"}, "name"), ({"email": "a@example.org"}, "name"),
    ({"safeContact": "晚上"}, "name"), ({"residentID": "11010519491231002X"}, "name"), ({"others": "李某"}, "name"),
    ({"name": "  ", "phone": "13800138000"}, "name"), ({**REPORTER, "residentID": WRONG_ID}, "residentID"),
    ({**REPORTER, "phone": "12"}, "phone"),
], ids=str)
def test_what_is_told_of_a_reporter_is_never_dropped(sqlite_world, told, at):
    clerk = sqlite_world["qt.letters2"]
    fault = problem(clerk.post("/api/v1/reports", letter(reporter=told, channel="visit")), 422)
    assert [entry["field"] for entry in fault["errors"]] == [f"reporter.{at}"]
    page = Desk(sqlite_world).register(422, **{f"reporter-{field}": value for field, value in told.items()})
    assert f'href="#f-reporter-{at}"' in page
    if at == "name":
        assert "可填称呼" in page, "what to do for somebody who gives no name"
    for value in told.values():
        assert value.strip() in page, "what was typed stays"


def test_whoever_tells_nothing_of_themselves_stays_anonymous(sqlite_world):
    clerk = sqlite_world["qt.letters2"]
    for reporter in (None, {}, {"kind": "named", "name": "", "phone": " "}):
        clerk.post("/api/v1/reports", letter(reporter=reporter, channel="visit"), 201)
    Desk(sqlite_world).register(**{"reporter-kind": "named", "reporter-name": " ", "reporter-phone": ""})


def test_scans_that_came_one_after_the_other_all_stand_with_the_report(world):
    desk = Desk(world)
    desk.scan(("第一页.pdf", b"%PDF-1.7\none"))
    # One that is not taken stops neither the one after it nor the one before.
    desk.scan(("program.exe", b"MZ\x90\x00\x03" + bytes(200)), ("第二页.txt", "手写".encode()), expect=422)
    assert "program.exe" in desk.page and 'href="#f-files"' in desk.page
    desk.scan(("第三页.txt", "附件".encode()), content="先录的正文，后补的扫描件。")
    assert all(name in desk.page for name in ("第一页.pdf", "第二页.txt", "第三页.txt"))
    assert "先录的正文，后补的扫描件。" in desk.page, "what was typed before a scan came stays"
    # Nor does a form that is refused lose them, and what is chosen last comes with the registration itself.
    desk.page = desk.register(422, title="")
    slip = desk.bring([("第四页.txt", b"last")], 201, {})
    report = re.search(r'href="/desk/reports/([^?"]+)', slip)[1]
    files = {file["name"] for file in world["qt.letters2"].report(report)["files"]}
    assert files == {"第一页.pdf", "第二页.txt", "第三页.txt", "第四页.txt"}


def test_a_scan_that_is_refused_at_the_last_moment_holds_the_registration(sqlite_world):
    desk = Desk(sqlite_world)
    before = len(sqlite_world["qt.letters2"].inbox())
    desk.page = desk.bring([("program.exe", b"MZ\x90\x00\x03" + bytes(200))], 422, {})
    assert "program.exe" in desk.page and FIELDS["content"] in desk.page
    assert len(sqlite_world["qt.letters2"].inbox()) == before
    desk.register()


def test_a_second_tap_registers_once_and_shows_the_same_slip(world):
    desk = Desk(world)
    start = threading.Barrier(4)

    def tap(_):
        start.wait()
        return desk.session.post(
            world.url + "/register", headers=SAME, timeout=60,
            data={**desk.fields({}), "csrf": re.search(r'name="csrf"\s+value="([^"]+)"', desk.page)[1]})

    before = world.installation.verify()["reports"]
    with ThreadPoolExecutor(4) as taps:
        slips = list(taps.map(tap, range(4)))
    assert [slip.status_code for slip in slips] == [201] * 4
    assert len({re.search(r'class="digits">([^<]+)<', slip.text)[1] for slip in slips}) == 1
    assert world.installation.verify()["reports"] == before + 1
    # The same form in other hands is another form: whoever copied it learns nothing of the receipt.
    other = Pages(world.url, world.accounts["qt.letters1"])
    theirs = other.send(other.get("/register/form?rank=county"), "/register", desk.fields({}), 201)
    assert re.search(r'class="digits">([^<]+)<', theirs)[1] not in slips[0].text
    # Whoever goes back and types the next letter into the form registers the next.
    next_slip = desk.register(title="下一封信")
    assert re.search(r'class="digits">([^<]+)<', next_slip)[1] not in slips[0].text
    assert world.installation.verify()["reports"] == before + 3
    # What is handed up leaves one note, however often it is tapped.
    notes = desk.get("/register").count("<li><p>")
    for _ in range(2):
        desk.register(409, **{"reported-0-management": "municipal"})
    assert desk.get("/register").count("<li><p>") == notes + 1


def registered(world, slip):
    report = re.search(r'href="/desk/reports/([^?"]+)', slip)[1]
    return report, world["qt.letters2"].report(report)["files"]


def test_a_form_that_is_gone_back_to_takes_no_scan_from_the_letter_it_registered(world):
    desk = Desk(world)
    desk.scan(("证据.txt", "手写的信".encode()))
    old, ticket = desk.page, tickets(desk.page)[0]
    report, files = registered(world, desk.register())

    def still_there():
        answer = world["qt.letters2"].file(report, files[0]["name"])
        assert answer.status_code == 200 and answer.content == "手写的信".encode()

    # Removed from the old form; handed up from the old form; and a next letter typed over it.
    desk.page = old
    without = desk.bring([], 200, {"drop": ticket})
    assert tickets(without) == []
    still_there()
    desk.page = old
    desk.register(409, **{"reported-0-management": "municipal"})
    still_there()
    desk.page = old
    told = desk.register(422, title="下一封信")
    assert "已属于另一封登记过的来件" in told and "下一封信" in told
    still_there()
    desk.page = without
    _, others = registered(world, desk.register(title="下一封信"))
    assert others == []
    still_there()


def test_a_second_tap_that_brings_its_file_again_registers_once(world):
    desk = Desk(world)
    before = world.installation.verify()
    slips = [desk.bring([("附件.txt", "同一页".encode())], 201, {}) for _ in range(2)]
    assert len({re.search(r'class="digits">([^<]+)<', slip)[1] for slip in slips}) == 1
    after = world.installation.verify()
    assert (after["reports"], after["files"]) == (before["reports"] + 1, before["files"] + 1)


def test_a_scan_that_is_taken_out_leaves_no_trace(sqlite_world):
    desk = Desk(sqlite_world)
    desk.scan(("错的.txt", b"wrong"), ("对的.txt", b"right"))
    wrong, old = tickets(desk.page)[0], desk.page
    desk.page = desk.bring([], 200, {"drop": wrong})
    assert len(tickets(desk.page)) == 1 and "错的.txt" not in desk.page
    desk.get(f"/register/scans/{wrong}", expect=404)
    # The old form still names it: told, and gone from the form that comes back.
    kept, desk.page = desk.page, old
    told = desk.register(422)
    assert "先前已被移除" in told and "错的.txt" not in told and "对的.txt" in told
    desk.page = kept
    assert [file["name"] for file in registered(sqlite_world, desk.register())[1]] == ["对的.txt"]


def test_a_scan_that_is_looked_at_before_the_report_is_there_bears_the_mark_and_is_counted(world, tmp_path):
    desk = Desk(world)
    plain = files.png(400, 300)
    desk.scan(("来信.png", plain), ("别的.png", files.png(200, 100)))
    seen, thrown = [place for place in re.findall(r'"(/register/scans/[^"]+show=yes)"', unescape(desk.page))][:2]
    drawn = [desk.session.get(desk.url + seen, timeout=60) for _ in range(2)]
    assert {answer.headers["content-type"] for answer in drawn} == {"image/jpeg"}
    assert desk.session.get(desk.url + thrown, timeout=60).status_code == 200
    assert spread(drawn[0].content, tmp_path) > 5, "letters lie across what was one colour"
    assert desk.session.get(desk.url + seen.split("?")[0], timeout=60).content == plain
    before = looked_at(world)
    assert len(before) == 4, "nothing is shown uncounted"
    assert len({mark for kind, mark in before if kind == "shown"}) == 2, "one mark for each scan"
    desk.page = desk.bring([], 200, {"drop": tickets(desk.page)[1]})
    report, _ = registered(world, desk.register())
    looks = world["qt.letters2"].report(report)["looks"]
    assert sorted((look["kind"], look["count"]) for look in looks) == [("original", 1), ("shown", 2)]
    shown = next(look for look in looks if look["kind"] == "shown")
    assert shown["marks"] == [before[0][1]]
    assert looked_at(world) == [], "what was thrown away leaves nothing"


def looked_at(world):
    return Tables(world.installation).rows("SELECT kind, mark FROM scan_view ORDER BY at, id")


def spread(picture, folder):
    """How far apart the brightness of a picture's points lies: 0 where it is of one colour."""
    (folder / "picture.jpg").write_bytes(picture)
    told = subprocess.run(["vips", "deviate", folder / "picture.jpg"], capture_output=True, text=True, check=True)
    return float(told.stdout)


def test_one_more_person_is_added_and_a_fault_stands_at_whom_it_is_about(sqlite_world):
    desk = Desk(sqlite_world)
    assert 'name="reported-2-name"' not in desk.page
    desk.scan(more="party", **{"reported-1-unitCode": "123"})
    assert 'name="reported-2-name"' in desk.page and 'value="李树成"' in desk.page
    told = desk.register(422, **{"reported-2-name": "王五", "reported-2-management": "county",
                                 "reported-2-unitCode": "123"})
    assert 'href="#f-reported-2-unitCode"' in told and 'href="#f-reported-1-unitCode"' not in told
    assert "被反映人（单位）3" in told[:told.index("</ul>", told.index("error-summary"))]


def test_the_gate_asks_again_where_nothing_was_chosen(sqlite_world):
    desk = Desk(sqlite_world)
    told = desk.send(desk.get("/register"), "/register/rank", {}, 422)
    assert 'href="#f-rank"' in told


def test_a_slip_has_no_switch_of_language_which_would_lose_it(sqlite_world):
    desk = Desk(sqlite_world)
    assert 'class="languages"' in desk.page and 'class="languages"' not in desk.register()


def test_how_complete_a_letter_is_stands_at_the_form(sqlite_world):
    desk = Desk(sqlite_world)
    assert "完整度" not in desk.page
    desk.scan(demand="重新验收。")
    told = re.search(r"完整度 (\d+)%", desk.page)
    assert told and int(told[1]) < 100 and "职务" in desk.page[told.end():told.end() + 200]


def test_there_are_no_more_scans_than_a_report_may_have(sqlite_world):
    desk = Desk(sqlite_world)
    desk.scan(*[(f"{number}.txt", b"text") for number in range(19)])
    desk.scan(("twentieth.txt", b"text"), ("one-too-many.txt", b"text"), expect=422)
    assert len(set(tickets(desk.page))) == 20 and "one-too-many.txt" in desk.page


def test_the_slip_leads_to_the_report_only_for_whoever_may_read_it(sqlite_world):
    desk = Desk(sqlite_world)
    assert 'href="/desk/reports/' in desk.register()
    # Nobody knows whose matter it is: the director alone reads it.
    slip = desk.register(**{"reported-0-management": "unknown"})
    assert 'class="digits"' in slip and "/desk/reports/" not in slip
    director = next(who for who in sqlite_world.people(QINGTANG) if "letters:director" in who.roles)
    newest = director.inbox("-receivedAt")[0]["id"]
    assert director.report(newest)["title"] == FIELDS["title"]
