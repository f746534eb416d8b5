"""What a clerk registers for somebody: who they are, the scans beside it, and the slip."""

import re

import pytest
from client import problem
from pages import SAME, Pages
from world import QINGTANG, REPORTER, letter

WRONG_ID = "110105194912310021"
FIELDS = {
    "rank": "county", "channel": "visit", "title": "水渠", "content": "验收没有通过。", "reported-0-kind": "person",
    "reported-0-name": "李树成", "reported-0-unit": "清棠县水务局", "reported-0-management": "county"}


class Desk(Pages):
    """The clerk's pages of registration."""

    def __init__(self, world):
        super().__init__(world.url, world.accounts["qt.letters2"])
        self.page = self.get("/register/form?rank=county")

    def register(self, expect=201, **more):
        """Sends the form as the page holds it, with the scans that it names."""
        form = self.page[self.page.index('action="/register">'):]
        return self.send(form, "/register", {**FIELDS, **more, "scan": tickets(form)}, expect)

    def scan(self, *files, expect=200):
        """Sends the form for scans as the page holds it."""
        form = self.page[self.page.index('action="/register/scans'):].split("</form>")[0]
        fields = [("csrf", re.search(r'name="csrf"\s+value="([^"]+)"', form)[1])]
        fields += [("scan", ticket) for ticket in tickets(form)]
        answer = self.session.post(
            self.url + "/register/scans?rank=county", data=fields,
            files=[("files", file) for file in files], headers=SAME, timeout=60)
        assert answer.status_code == expect, answer.text[:400]
        self.page = answer.text


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
    desk.scan(("第三页.txt", "附件".encode()))
    assert all(name in desk.page for name in ("第一页.pdf", "第二页.txt", "第三页.txt"))
    # Nor does a form that is refused lose them.
    desk.page = desk.register(422, title="")
    slip = desk.register()
    report = re.search(r'href="/desk/reports/([^?"]+)', slip)[1]
    files = {file["name"] for file in world["qt.letters2"].report(report)["files"]}
    assert files == {"第一页.pdf", "第二页.txt", "第三页.txt"}


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
