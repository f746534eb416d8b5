"""A director draws up a list of what was kept long enough, a leader strikes one off and approves."""

import os
import sqlite3
from pathlib import Path

import pytest
from chromium import DESKTOP, PHONE, Chromium
from installation import Installation
from staff import Desk

YEARS = 31 * 366 * 86_400_000
SHOTS = os.environ.get("MINGJIAN_SHOTS")


@pytest.fixture
def later(tmp_path):
    """The demonstration's archived reports, thirty-one years on."""
    installation = Installation(tmp_path, "sqlite")
    installation.demo(reports=100)
    with sqlite3.connect(installation.data / "mingjian.sqlite") as database:
        archived = "(SELECT id FROM report WHERE stage = 'archived')"
        for table, column in (("event", "at"), ("custody", "since")):
            database.execute(f"UPDATE {table} SET {column} = {column} - {YEARS} WHERE report_id IN {archived}")
        database.execute(f"UPDATE report SET received_at = received_at - {YEARS} WHERE stage = 'archived'")
    yield installation.serve("--limits", "off")
    installation.remove()


def test_a_list_is_drawn_up_struck_and_approved(later):
    """By a director who reads Chinese, without scripts, and a leader who reads English."""
    def at(username, **window):
        return Desk(Chromium(later.url, **window)).sign_in(username).window

    def look(window, name):
        window.look(name)
        if SHOTS:
            for size in (PHONE, DESKTOP):
                window.picture(Path(SHOTS) / f"{name}-{window.language}-{size[0]}.png", size)

    windows = [director := at("qt.letters1", scripts=False), leader := at("qt.leader2", language="en")]
    look(director.open("/retention"), "due")
    due = len(director.all("section[aria-labelledby=due] tbody tr"))
    assert due > 1
    director.press("form[action='/retention'] button")
    assert director.path.startswith("/retention/")
    address = director.path.split("?")[0]
    look(leader.open("/retention"), "lists")
    leader.open(address).start("details summary")
    leader.press("form[action$='/strike'] button")
    look(leader, "strike refused")
    one = leader.one("[name=report] option:not([value=''])").get_dom_attribute("value")
    leader.fill({"report": one, "ground": "value"}, form=f"form[action='{address}/strike']")
    leader.press("form[action$='/strike'] button")
    leader.press("form[action$='/approve'] button")
    look(leader, "approved")
    assert leader.text.count("Struck off: Worth keeping") == 1
    assert leader.text.count("Approved: Pu Jianzhang") == due - 1
    assert not leader.all("form[action$='/approve']"), "one approval is this leader's, and no more"
    look(director.open(address), "the list")
    assert director.text.count("剔除：有继续保存价值") == 1 and director.text.count("批准：蒲建章") == due - 1
    faults = [fault for window in windows for fault in window.faults]
    for window in windows:
        window.close()
    assert not faults, "\n".join(faults)
