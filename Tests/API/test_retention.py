"""Archived reports whose period has ended: a list, two approvals, a week; then the receipt alone tells that it was."""

import re
import sqlite3

from client import problem
from installation import Installation, postgres_tool
from pages import Pages
from world import QINGTANG, World, letter

DAY = 86_400_000


def change(installation, *statements):
    """What only years do: moves days in the database of a server that stands still."""
    for statement in statements:
        if installation.database:
            postgres_tool("psql", installation.database, "-q", "-c", statement)
        else:
            with sqlite3.connect(installation.data / "mingjian.sqlite") as database:
                database.execute(statement)


def years_ago(installation, report, days):
    installation.stop()
    change(
        installation, f"UPDATE event SET at = at - {days * DAY} WHERE report_id = '{report}'",
        f"UPDATE report SET received_at = received_at - {days * DAY} WHERE id = '{report}'",
        f"UPDATE custody SET since = since - {days * DAY} WHERE report_id = '{report}'")
    installation.serve("--limits", "off")


def in_the_database(installation, table, report):
    query = f"SELECT COUNT(*) FROM {table} WHERE report_id = '{report}'"
    if installation.database:
        return int(postgres_tool("psql", installation.database, "-At", "-c", query).decode())
    with sqlite3.connect(f"file:{installation.data}/mingjian.sqlite?mode=ro", uri=True) as database:
        return database.execute(query).fetchone()[0]


def archived(world):
    receipt, report, organ = world.filed(letter(QINGTANG))
    assert receipt.put_file("账册.txt", "白鹭账册".encode()).status_code == 201
    world.play(
        report, organ, "register", ("classify", {"category": "no-substance"}), ("propose", {"way": "keep"}),
        "approve", "keep", "archive")
    return receipt, report


def test_a_report_is_destroyed_by_two_from_a_list_and_its_receipt_says_so(copy):
    installation, described = copy
    installation.serve("--limits", "off")
    world = World(installation, described)
    receipt, report = archived(world)
    number = world["qt.letters1"].report(report)["number"]
    files = len(list((installation.data / "files").iterdir()))

    def pages(username):
        return Pages(installation.url, world.accounts[username])

    director = pages("qt.letters1")
    assert number not in director.get("/retention")
    years_ago(installation, report, 3660)
    director = pages("qt.letters1")
    page = director.get("/retention")
    assert number in page and "10年" in page
    address = director.send(page, "/retention", {}).removesuffix("?done=drawn")
    assert f'action="{address}/approve"' not in director.get(address), "who drew it up does not approve"
    director.send(page, address + "/approve", {}, expect=403)
    for stranger in ("qt.letters2", "qt.inspect1", "wc.letters1", "wc.leader1"):
        pages(stranger).get(address, expect=404)
    for leader in ("qt.leader1", "qt.leader2"):
        page = pages(leader).get(address)
        assert number in page and "截留" not in page and f"/desk/reports/{report}" not in page
        approving = pages(leader)
        assert approving.send(page := approving.get(address), address + "/approve", {}).endswith("done=approved")
        approving.send(page, address + "/approve", {}, expect=409)
    assert "error-summary" in director.send(director.get(address), address + "/strike", {"report": report}, expect=422)
    assert world["qt.letters1"].__class__(installation.url, world.accounts["qt.letters1"]).report(report)["title"]

    installation.stop()
    change(installation, f"UPDATE destruction_approval SET at = at - {8 * DAY}")
    installation.serve("--limits", "off")
    gone = type(receipt)(installation.url, receipt.digits)
    assert installation.wait_until(lambda: gone.call("GET", "/api/v1/receipt").status_code == 409)
    told = problem(gone.call("GET", "/api/v1/receipt"), 409, "destroyed")
    assert "10年" in told["detail"] or "10 years" in told["detail"]
    problem(gone.call("POST", "/api/v1/receipt/messages", json={"text": "还在吗"}), 409, "destroyed")
    for table in ("sealed", "sealing_key", "file", "waiting"):
        assert in_the_database(installation, table, report) == 0
    assert installation.wait_until(lambda: len(list((installation.data / "files").iterdir())) == files - 1)
    director = pages("qt.letters1")
    director.get(f"/desk/reports/{report}", expect=404)
    assert installation.wait_until(lambda: "销毁已完成" in director.get(address)), "files first, then the log"
    page = director.get(address)
    assert number in page and re.search(r"\d{4}-\d\d-\d\d销毁", page)
    assert installation.stop() == 0
    installation.verify()
    change(installation, "DELETE FROM destruction_approval")
    assert installation.command("verify", check=False).returncode == 1


def test_what_was_approved_before_a_restore_is_approved_anew(copy, tmp_path):
    installation, described = copy
    installation.serve("--limits", "off")
    world = World(installation, described)
    _, report = archived(world)
    years_ago(installation, report, 3660)

    def pages(place, username):
        return Pages(place.url, world.accounts[username])

    director = pages(installation, "qt.letters1")
    address = director.send(director.get("/retention"), "/retention", {}).removesuffix("?done=drawn")
    for leader in ("qt.leader1", "qt.leader2"):
        approving = pages(installation, leader)
        approving.send(approving.get(address), address + "/approve", {})
    installation.stop()
    change(installation, f"UPDATE destruction_approval SET at = at - {8 * DAY}")
    phrase = tmp_path / "passphrase"
    phrase.write_text("Regenschirm Teekessel sieben Gänse\n")
    installation.command("backup", tmp_path / "all.backup", "--passphrase-file", phrase)

    # What a leader refused after the backup nobody knows any more; the week is over.
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Installation(folder, installation.engine)
    try:
        told = other.command("restore", tmp_path / "all.backup", "--passphrase-file", phrase).stdout
        assert "not carried out yet (2) were taken back" in told
        assert in_the_database(other, "destruction_approval", report) == 0
        other.serve("--limits", "off")
        leader = pages(other, "qt.leader2")
        leader.send(leader.get(address), address + "/approve", {})
        assert in_the_database(other, "sealed", report) > 0
        other.stop()
        # All holds but the years that this test took away: the log was there when it was filed.
        told = other.command("verify", check=False).stdout
        assert told.startswith("log: event ") and "was changed since it was entered" in told, told
    finally:
        other.remove()
