"""Prints and exports over the pages: made once, fetched by their maker alone, told to those who may know."""

import csv
import io
import re

from attacks import Secret
from doors import Knocker
from world import QINGTANG, REPORTER, letter, person

PARTS = ["letter", "papers", "conversation"]


def made(maker, report, way="export", parts=PARTS):
    """Exports a report on its page; the address of the file."""
    answer = maker.send("POST", f"/desk/reports/{report}/export", {"way": way, "parts": parts, "ground": "meeting"})
    assert answer.status_code == 303, answer.text[:600]
    return newest(maker)


def newest(maker):
    return re.search(r'href="(/exports/[0-9a-f-]+/file)"', maker.get("/exports").text)[1]


def test_a_report_leaves_marked_counted_and_for_its_maker_alone(world):
    secret = Secret(world, QINGTANG, [person()])
    secret.receipt.message(secret.message)
    world.play(secret.id, QINGTANG, "register", "classify")
    clerk, director, auditor = (Knocker(world[name]) for name in ("qt.letters2", "qt.letters1", "qt.audit1"))
    assert f'href="/desk/reports/{secret.id}/export"' in clerk.get(f"/desk/reports/{secret.id}").text
    for fields, field in [({"parts": ["letter"]}, "ground"), ({"ground": "meeting"}, "parts"),
                          ({"parts": ["letter"], "ground": "because"}, "ground")]:
        refused = clerk.send("POST", f"/desk/reports/{secret.id}/export", fields)
        assert refused.status_code == 422 and f'href="#f-{field}"' in refused.text
    address = made(clerk, secret.id)
    file = clerk.get(address)
    number = world["qt.letters2"].report(secret.id)["number"] + "-E1"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{number}.html"'
    for told in (secret.title, secret.content, secret.message, number, "qt.letters2", "裴晓棠"):
        assert told in file.text, told
    assert file.text.count(number) >= 9, "the mark lies over the page"
    for hidden in (secret.reporter, REPORTER["phone"], REPORTER["address"], "<script", "http:", "https:", "src=", "href="):
        assert hidden not in file.text, hidden
    for other in (director, auditor, Knocker(world["qt.leader1"])):
        assert other.get(address).status_code == 404
        assert address not in other.get("/exports").text
    assert "2 次" in [clerk.get(address), clerk.get("/exports").text][1], "each time is counted"
    page = director.get(f"/desk/reports/{secret.id}").text
    assert number in page and "导出" in page, "those who read the report see it in its story"
    assert number in auditor.get("/audit/events?list=exports").text
    assert number in auditor.get(f"/audit/reports/{secret.id}").text
    assert "裴晓棠" in director.get("/exports").text.split('id="counts"')[1]
    assert 'id="counts"' not in clerk.get("/exports").text
    assert number not in str(secret.receipt.read()), "the reporter is not told"
    letter_alone = clerk.get(made(clerk, secret.id, parts=["papers"])).text
    assert secret.content not in letter_alone and secret.message not in letter_alone
    shown = clerk.get(made(clerk, secret.id, way="print"))
    assert shown.headers["Content-Disposition"] == "inline"
    assert "script" not in shown.headers["Content-Security-Policy"]
    assert "style-src 'sha256-" in shown.headers["Content-Security-Policy"]
    world.installation.verify()


def test_who_may_not_read_may_not_export(world):
    _, report, _ = world.filed(letter(reported=[person()], reporter=REPORTER))
    for username in world.accounts:
        knocker, view = Knocker(world[username]), world[username].report(report)
        reads = view is not None and view["title"] is not None
        expected = 422 if reads else 404 if view is None else 403
        answer = knocker.send("POST", f"/desk/reports/{report}/export", {})
        assert answer.status_code == expected, f"{username}: {answer.status_code}"
        assert knocker.get(f"/desk/reports/{report}/export").status_code == (200 if reads else expected)


def test_whoever_steps_back_has_the_export_no_more(world):
    _, report, _ = world.filed(letter(reported=[person()]))
    world.play(report, QINGTANG, "register", "classify")
    triage = Knocker(world["qt.letters3"])
    address = made(triage, report)
    assert triage.get(address).status_code == 200
    world["qt.letters3"].act(report, "recuse", reason="与被反映人是同学。")
    assert world["qt.letters3"].report(report) is None
    assert triage.get(address).status_code == 404
    assert address not in triage.get("/exports").text


def test_a_list_leaves_as_a_table_that_no_spreadsheet_takes_for_formulas(world):
    titles = ['=HYPERLINK("http://example.org")', "+1", " -2+3", "@SUM(1)", "＝1+1", '平常的"标题",一件',
              # To whoever reads by what looks like one character, these quotation marks and signs are others.
              'x\u0600",=1+1,"', "\u200b=1+1", "\u0301=1+1", "=\u03011"]
    for title in titles:
        world.filed({**letter(reported=[person()]), "title": title})
    clerk = Knocker(world["qt.letters2"])
    answer = clerk.send("POST", "/desk/export", {"tab": "waiting", "sort": "-receivedAt", "stage": "received"})
    assert answer.status_code == 303
    file = clerk.get(newest(clerk))
    assert file.content.startswith(b"\xef\xbb\xbf") and file.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert "qt.letters2" in rows[0][1] and rows[0][5].startswith("qt.letters2-L")
    assert int(rows[0][7]) == len(rows) - 2
    found = [row[1] for row in rows[2:]]
    for title in titles[:5] + titles[7:]:
        assert "'" + title in found, title
    assert titles[5] in found and titles[6] in found
    assert not any(re.match(r"[\s\u200b\u0300-\u036f]*[=+\-@]", cell) for row in rows for cell in row)
    listed = clerk.get("/desk?tab=waiting&sort=-receivedAt&stage=received").text
    assert all(f">{row[2]}<" in listed for row in rows[2:3])
    auditor = Knocker(world["qt.audit1"])
    assert rows[0][5] in auditor.get("/audit/events?list=exports").text
    assert clerk.send("POST", "/desk/search/export", {}).status_code == 404, "nothing was searched"
