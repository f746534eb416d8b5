"""Auditors hold everything that is stored against the public log, on a page, while people work."""

import re

import requests
import tlog
from doors import Knocker
from test_log import Log, file, proof, sql
from world import World, letter

PAGE = "/audit/log"


def audit(auditor, installation):
    """Begins an audit and waits for it; the line that says how it ended."""
    assert auditor.send("POST", PAGE + "/begin", {}).status_code == 303
    assert installation.wait_until(lambda: PAGE + "/begin" in auditor.get(PAGE).text, 120), "it did not end"
    return re.search(r"<tbody><tr>.*?</tr>", auditor.get(PAGE).text, re.S).group()


def test_an_auditor_finds_that_everything_agrees_and_reads_no_word_of_a_report(world):
    sent, holder = file(world.url)
    proof(world.installation, holder)
    auditor = Knocker(world["qt.audit1"])
    found = audit(auditor, world.installation)
    assert "全部相符" in found and "qt.audit1" in found, found
    page = auditor.get(PAGE).text
    assert f"{Log(world.url).note.size}" in page and sent["title"] not in page
    # Another organ's auditor sees the same log and the same audits; nobody else sees the page.
    assert "全部相符" in Knocker(world["wc.audit1"]).get(PAGE).text
    for stranger in ("qt.letters1", "qt.leader2", "qt.admin1"):
        assert Knocker(world[stranger]).get(PAGE).status_code == 404


def test_a_clock_that_went_back_is_told_and_people_go_on(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    _, holder = file(world.url)
    proof(installation, holder)
    installation.stop()
    # As it is for a server whose machine has lost two hours since the last head.
    sql(installation, "UPDATE log_checkpoint SET at = at + 7200000")
    world = World(installation.serve("--limits", "off"), described)
    auditor = Knocker(world["qt.audit1"])
    assert installation.wait_until(lambda: "时钟" in auditor.get(PAGE).text), "it is an alarm"
    assert '"about":"clock"' in installation.log.read_text() and "the-clock-of-this-machine-went-back" in installation.log.read_text()
    size = Log(world.url).note.size
    _, holder = file(world.url)
    assert installation.wait_until(lambda: Log(world.url).note.size > size), "the log goes on"
    proof(installation, holder)


def test_an_alarm_is_told_in_the_words_of_whoever_reads_it_until_it_is_over(sqlite_copy):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    _, holder = file(world.url)
    proof(installation, holder)
    size = Log(world.url).note.size
    installation.stop()
    newest = installation.data / "log" / tlog.tile_name(0, size // 256, size % 256)
    whole = newest.read_bytes()
    newest.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    world = World(installation.serve("--limits", "off"), described)
    file(world.url)
    auditor = Knocker(world["qt.audit1"])
    alarms = lambda: re.search(r'id="alarms".*?</section>', auditor.get(PAGE).text, re.S).group()
    assert installation.wait_until(lambda: "仍在持续" in alarms()), alarms()
    assert re.search(r"公布的 \d+ 条的树根与数据库中的条目不符.*日志本身", alarms(), re.S), alarms()
    auditor.pages.headers["Cookie"] += "; lang=en"
    assert re.search(r"published for \d+ entries is not that of the entries in the database.*The log itself", alarms(), re.S), alarms()
    assert not re.search("[\u4e00-\u9fff]", re.sub("<a .*?</a>", "", alarms()))
    installation.stop()
    newest.write_bytes(whole)
    world = World(installation.serve("--limits", "off"), described)
    auditor = Knocker(world["qt.audit1"])
    assert installation.wait_until(lambda: "树根" in alarms() and "仍在持续" not in alarms()), alarms()


def test_what_was_changed_in_the_database_is_found_by_its_entry(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    sent, holder = file(world.url)
    proof(installation, holder)
    sql(installation, "UPDATE event SET codes = '{}' WHERE act = 'file'")
    found = audit(Knocker(world["qt.audit1"]), installation)
    assert "发现问题：日志" in found and re.search(r"第 \d+ 条", found), found
    # Whoever runs the server is told too, and nobody is told which report it is.
    assert "audit found a fault" in installation.log.read_text()
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", found)
    # The server goes on.
    assert requests.post(f"{world.url}/api/v1/reports", json=letter(), timeout=20).status_code == 201
