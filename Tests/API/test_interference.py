"""I-12: interference is recorded where whoever interfered finds no trace of it, by page, list, count or API."""

import re

from pages import Pages
from world import QINGTANG, letter

TOLD = {
    "unit": "清棠县纪委监委", "way": "interceded", "day": "2026-03-02", "text": "请大家缓一缓，不要急着批。"}


def recorded(pages, report, **fields):
    """Fills in the form of a report's page and sends it, twice, as people do."""
    path = f"/desk/reports/{report}/interference"
    page = pages.get(path)
    record = re.search(r'name="record" value="([^"]+)"', page)[1]
    for _ in range(2):
        assert pages.send(page, path, {**TOLD, "record": record, **fields}) == "/interference?done=recorded"


def entries(page):
    return page.count('<article class="panel">')


def without_minute(page):
    return re.sub(r"\d\d:\d\d(?= · 用浏览器直接打印)", "", page)


def test_the_county_s_principal_finds_nothing_of_a_record_that_names_them(world):
    def pages(username):
        return Pages(world.url, world.accounts[username])

    leader, superior, below = pages("qt.leader1"), pages("wc.internal1"), pages("qt.internal1")
    _, report, organ = world.filed(letter(QINGTANG))
    world.play(report, organ, "register", "classify", ("propose", {"way": "refer"}))
    api = world["qt.leader1"]
    before = api.report(report)
    assert before, "the principal decides on this report and reads it"
    inbox = api.inbox()
    page, own, examined = (
        leader.get(f"/desk/reports/{report}"), leader.get("/interference"), below.get("/interference"))
    waits = entries(superior.get("/interference"))

    clerk = pages("qt.letters2")
    assert f'href="/desk/reports/{report}/interference"' in clerk.get(f"/desk/reports/{report}")
    recorded(clerk, report, name="翟正言", post="书记")
    assert api.report(report) == before and api.inbox() == inbox
    # The token of the page is the session's, and a print bears the minute; nothing else of it may differ.
    assert without_minute(leader.get(f"/desk/reports/{report}")) == without_minute(page)
    assert without_minute(leader.get("/interference")) == without_minute(own)
    assert without_minute(below.get("/interference")) == without_minute(examined)
    assert "缓一缓" not in own

    page = superior.get("/interference")
    assert entries(page) == waits + 1 and "缓一缓" in page and "翟正言" in page
    assert before["title"] not in page, "internal supervision learns the number, not the report"
    mine = clerk.get("/interference")
    assert "缓一缓" in mine and before["number"] in mine

    action = re.search(r'action="(/interference/[^"]+/examined)"', page)[1]
    for stranger in (leader, below, clerk):
        text = stranger.get("/desk") if stranger is not below else stranger.get("/interference")
        stranger.send(text, action, {"note": "没有这回事"}, expect=404)
    assert "error-summary" in superior.send(page, action, {"note": " "}, expect=422)
    assert superior.send(page, action, {"note": "已向省纪委报告"}) == "/interference?done=examined"
    superior.send(page, action, {"note": "改一改"}, expect=409)
    assert "已向省纪委报告" in superior.get("/interference")
    assert "已向省纪委报告" not in clerk.get("/interference")
    assert leader.get("/interference") == own


def test_only_readers_of_a_report_are_given_the_form(world):
    _, report, organ = world.filed(letter(QINGTANG))
    world.play(report, organ, "register")
    for username in ("qt.inspect5", "qt.admin1", "wc.letters1", "qt.internal1"):
        pages = Pages(world.url, world.accounts[username])
        pages.get(f"/desk/reports/{report}/interference", expect=404)
        pages.send(
            pages.get("/interference"), f"/desk/reports/{report}/interference", {**TOLD, "name": "某人"}, expect=404)
    clerk = Pages(world.url, world.accounts["qt.letters2"])
    path = f"/desk/reports/{report}/interference"
    wrong = clerk.send(clerk.get(path), path, {**TOLD, "name": "", "post": "", "text": "", "way": "x"}, expect=422)
    assert all(f'href="#f-{field}"' in wrong for field in ("name", "text", "way"))
    wrong = clerk.send(clerk.get(path), path, {**TOLD, "name": "", "day": "2999-01-01", "text": ""}, expect=422)
    assert all(f'href="#f-{field}"' in wrong for field in ("name", "text", "day")) and "清棠县纪委监委" in wrong
