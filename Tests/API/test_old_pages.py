"""Pages that were left open, sessions that ended, and errors that lead on."""

import re

import pytest
from pages import SAME, Pages
from visitor import Visitor
from world import letter


def form(page, act):
    """The form of an act as the page holds it: its address and the fields that stand in it."""
    text = re.search(rf'<form method="post" action="([^"]*/acts/{act}\?[^"]*)">(.*?)</form>', page, re.S)
    return text[1].replace("&amp;", "&"), dict(re.findall(r'name="(seen)" value="([^"]*)"', text[2]))


def test_what_was_typed_on_an_old_page_is_shown_again_before_it_is_taken(world):
    _, report, organ = world.filed(letter())
    world.do(report, organ, "register")
    director = world["qt.letters1"]
    pages = Pages(world.url, world.accounts["qt.letters1"])
    old = pages.get(f"/desk/reports/{report}")
    address, seen = form(old, "message")
    director.act(report, "message", text="同事先写的话。")
    told = pages.send(old, address, {"text": "我在旧页面上写的话。", **seen}, 422)
    assert "我在旧页面上写的话。" in told and "又有新的情况" in told and 'href="#act-message"' in told
    said = [turn["text"] for turn in director.report(report)["messages"]]
    assert said == ["同事先写的话。"], "nothing went over what nobody had seen"
    address, now = form(told, "message")
    assert now != seen
    pages.send(told, address, {"text": "我在旧页面上写的话。", **now})
    # A second tap says nothing twice.
    pages.send(told, address, {"text": "我在旧页面上写的话。", **now}, 422)
    said = [turn["text"] for turn in director.report(report)["messages"]]
    assert said == ["同事先写的话。", "我在旧页面上写的话。"]


def test_a_file_that_is_refused_is_named_on_the_report_and_the_others_are_kept(world):
    _, report, organ = world.filed(letter())
    world.do(report, organ, "register")
    pages = Pages(world.url, world.accounts["qt.letters1"])
    page = pages.get(f"/desk/reports/{report}")
    token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
    answer = pages.session.post(
        f"{world.url}/desk/reports/{report}/files", data={"csrf": token}, headers=SAME, timeout=60,
        files=[("file", ("程序.exe", b"MZ\x90\x00" + bytes(99))), ("file", ("附页.txt", "附页".encode()))])
    assert answer.status_code == 422 and "程序.exe" in answer.text and 'href="#scan"' in answer.text
    assert [file["name"] for file in world["qt.letters1"].report(report)["files"]] == ["附页.txt"]


@pytest.mark.parametrize("path", ["/desk/reports/00000000-0000-4000-8000-000000000000", "/admin"])
def test_an_error_keeps_the_room_and_leads_back(sqlite_world, path):
    pages = Pages(sqlite_world.url, sqlite_world.accounts["qt.letters2"])
    answer = pages.session.get(sqlite_world.url + path, timeout=60)
    main = answer.text[answer.text.index("<main"):]
    assert answer.status_code in (403, 404)
    assert 'href="/register"' in answer.text[:answer.text.index("<main")] and 'href="/desk"' in main


def test_whoever_sends_a_form_after_the_session_ended_is_told_that_it_was_not_kept(sqlite_world):
    pages = Pages(sqlite_world.url, sqlite_world.accounts["qt.letters2"])
    page = pages.get("/register/form?rank=county")
    pages.session.cookies.clear()
    told = pages.send(page, "/register", {"rank": "county", "title": "长信"}, 401)
    assert 'href="/sign-in"' in told and "刚才提交的内容没有保存" in told and "长信" not in told


def test_a_reporter_whose_draft_is_gone_is_told_so(sqlite_world):
    visitor = Visitor(sqlite_world.url).begin()
    visitor.session.cookies.clear()
    answer = visitor.session.post(
        sqlite_world.url + "/report/what", data={"title": "河堤"}, headers=SAME, timeout=60, allow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/report?gone=yes"


def test_what_arrived_with_a_refused_file_is_named_too(sqlite_world):
    receipt, _, _ = sqlite_world.filed(letter())
    visitor = Visitor(sqlite_world.url).get("/receipt").post("/receipt", {"receipt": receipt.digits})
    visitor.post(
        "/receipt/files", {}, expect=422,
        files=[("files", ("a.exe", b"MZ\x90\x00" + bytes(99))), ("files", ("b.exe", b"MZ\x90\x00" + bytes(99))),
               ("files", ("照片说明.txt", "说明".encode()))])
    page = visitor.text
    assert "Arrived and kept: 照片说明.txt" in page
    field = page[page.index('id="f-files-error"'):][:400]
    assert "a.exe" in field and "b.exe" in field
