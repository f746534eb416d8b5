"""What an administrator does at the command line, beside a server and through it."""

import json
import re
import sqlite3

import pytest
import requests
from client import Caller, problem
from installation import run
from pages import Pages
from world import QINGTANG, World, letter


def change_password(url, account, new):
    """Signs in on the pages and sets another password, as a browser would."""
    browser = requests.Session()
    same = {"Sec-Fetch-Site": "same-origin"}
    login = {"username": account["username"], "password": account["password"]}
    answer = browser.post(url + "/sign-in", data=login, headers=same, timeout=30, allow_redirects=False)
    assert answer.status_code == 303, answer.text[:300]
    page = browser.get(url + "/password", timeout=30).text
    token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
    form = {"old": account["password"], "new": new, "again": new, "csrf": token}
    answer = browser.post(url + "/password", data=form, headers=same, timeout=30, allow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/desk", answer.text[:2000]


@pytest.mark.parametrize(("words", "first", "more"), [
    (["count", "2025-09-30", "2025-10-09"], "1", "2025-10-01"),   # National Day and mid-autumn: 1 to 8 October off
    (["count", "2025-01-24", "2025-02-10"], "7", "2025-01-26"),   # spring festival; a Sunday and a Saturday worked
    (["count", "2025-03-03", "2025-03-07"], "4", None),
    (["count", "2025-03-07", "2025-03-07"], "0", None),
    (["add", "2025-09-30", "1"], "2025-10-09", "2025-10-08"),
    (["add", "2025-03-07", "5"], "2025-03-14", None),
    (["add", "2025-03-07", "0"], "2025-03-07", None),
])
def test_working_days_are_counted_with_the_holidays_and_the_worked_weekends(words, first, more):
    lines = run("workdays", *words).stdout.splitlines()
    assert lines[0] == first
    assert more is None or any(line.startswith(more) for line in lines[1:]), lines
    assert more is not None or len(lines) == 1


def test_working_days_refuse_what_is_no_date():
    assert run("workdays", "count", "2025-02-30", "2025-03-01", check=False).returncode != 0
    assert run("workdays", "add", "2025-03-01", "99999999999999999999", check=False).returncode != 0
    for far in ("9223372036854775807", "-9223372036854775808", "1000000000"):
        assert run("workdays", "add", "2025-03-01", far, check=False).returncode >= 0, "the command was killed"


@pytest.fixture(scope="module")
def place(worlds):
    installation, described = worlds.copy("sqlite")
    installation.described = described
    return installation


def test_the_demonstration_prints_the_same_again(place):
    assert place.demo() == place.described
    organs = {organ["code"]: organ for organ in place.described["organs"]}
    assert {organ["level"] for organ in organs.values()} == {"province", "city", "county", "township", "dispatched"}
    roots = [organ for organ in organs.values() if organ["parent"] is None]
    assert len(roots) == 1 and all(organ["parent"] in organs for organ in organs.values() if organ not in roots)
    for account in place.described["accounts"]:
        assert set(account) == {"username", "password", "organ", "office", "roles"} and account["organ"] in organs
    place.serve("--limits", "off")
    assert place.demo() == place.described, "and through the server"
    place.stop()


def test_a_demonstration_is_not_served_as_if_it_were_real(place):
    done = place.command("serve", "--port", "0", "--production", check=False)
    assert done.returncode != 0 and "demonstration" in done.stderr


def test_a_server_ends_cleanly_when_it_is_told(place):
    place.serve()
    assert place.is_alive()
    assert place.stop() == 0


def messages(folder):
    rows = [
        ["编号", "留言主题", "留言详情", "留言时间", "答复意见"],
        ["A1", "水渠没有验收", "去年秋天修的水渠，\n验收没有通过。\n\n　　请查一查。", "2017-06-08 17:31:20", "已经答复"],
        ["A2", '他说"不管"', '　　一、低保，评定不公；"二"、没有公示', "2019/4/25 9:32:09", ""],
        ["A1", "同一编号再来一次", "内容不同", "2017-06-08 17:31:20", ""],
        ["A3", "时间不对", "这一行的时间不是时间", "昨天下午", ""],
        ["A4", "没有内容", " 　", "2019/4/25 9:32:09", ""],
        ["A5", "", "没有标题的一封信，标题取自内容。", "", ""],
        ["", "没有编号", "没有编号的一封信", "2020-01-02", ""],
        ["", "没有编号", "没有编号的一封信", "2020-01-02", ""],
    ]
    path = folder / "messages.csv"
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_bytes("\r\n".join(["\ufeff" + quoted[0], *quoted[1:]]).encode() + b"\r\n")
    return path


@pytest.mark.parametrize("served", [False, True], ids=["alone", "through the server"])
def test_messages_are_imported_once_and_word_for_word(sqlite_copy, tmp_path, served):
    installation, described = sqlite_copy
    path = messages(tmp_path)
    if served:
        installation.serve("--limits", "off")
    words = ["import", "messages", path, "--organ", QINGTANG, "--json"]
    first = json.loads(installation.command(*words).stdout)
    assert (first["filed"], first["skipped"]) == (4, 2)
    # Lines as an editor numbers them: the first message takes four.
    assert [(bad["line"], bad["column"]) for bad in first["bad"]] == [(8, "time"), (9, "content")]
    assert all(bad["why"] for bad in first["bad"])
    again = json.loads(installation.command(*words).stdout)
    assert (again["filed"], again["skipped"], len(again["bad"])) == (0, 6, 2)
    if not served:
        installation.serve("--limits", "off")
    world = World(installation, described)
    director = world["qt.letters1"]
    views = [director.report(item["id"]) for item in director.inbox()]
    by_title = {view["title"]: view for view in views}
    assert by_title["水渠没有验收"]["content"] == "去年秋天修的水渠，\n验收没有通过。\n\n　　请查一查。"
    assert by_title['他说"不管"']["content"] == '　　一、低保，评定不公；"二"、没有公示'
    assert "没有标题的一封信，标题取自内容。" in by_title and len(views) == 4
    assert all(view["channel"] == "other" and view["due"] for view in views)
    for who in world.people(QINGTANG):
        assert who is director or who.inbox() == [], "rank unknown: the director alone"
    assert "已经答复" not in str(views)
    assert installation.verify()["reports"] == 4


def test_an_import_says_what_is_missing_and_files_nothing(place, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    done = place.command("import", "messages", path, "--organ", QINGTANG, check=False)
    assert done.returncode != 0 and "content" in done.stderr + done.stdout
    path.write_text("title,content\na,b\n")
    done = place.command("import", "messages", path, "--organ", "0", check=False)
    assert done.returncode != 0
    assert place.verify()["reports"] == 0


TAMPERED = {
    "an event is taken out": "DELETE FROM event WHERE seq = 2",
    "a stage is set by hand": "UPDATE report SET stage = 'archived'",
    "a due day is moved": "UPDATE report SET due_day = due_day + 30",
    "a report is taken out of the inbox": "DELETE FROM waiting",
    "a custody is taken out": "DELETE FROM custody",
    "the keys are taken away": "DELETE FROM key_wrap WHERE recipient <> 'receipt'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds_what_was_changed_by_hand(sqlite_copy, what):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    _, report, organ = world.filed(letter())
    world.do(report, organ, "register")
    assert installation.verify()["reports"] == 1
    installation.stop()
    with sqlite3.connect(installation.data / "mingjian.sqlite") as database:
        database.execute("PRAGMA foreign_keys = OFF")
        for trigger, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        assert database.execute(TAMPERED[what]).rowcount > 0
    database.close()
    done = installation.command("verify", check=False)
    assert done.returncode == 1 and report in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.fixture
def with_a_file(sqlite_copy):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    receipt, *_ = world.filed(letter())
    assert receipt.put_file("a.txt", b"text").status_code == 201
    installation.stop()
    assert installation.verify()["files"] == 1
    return installation, next((installation.data / "files").iterdir())


def test_verify_misses_a_file_that_is_gone(with_a_file):
    installation, stored = with_a_file
    stored.unlink()
    done = installation.command("verify", check=False)
    assert done.returncode == 1 and stored.name in done.stdout + done.stderr


def test_verify_finds_a_byte_that_was_changed_in_a_file(with_a_file):
    installation, stored = with_a_file
    content = stored.read_bytes()
    stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert installation.command("verify", check=False).returncode == 1


def test_a_real_installation_begins_with_one_time_passwords(installation):
    words = [
        "init", "--organ-code", "330000000000", "--organ-name", "某省纪委监委", "--level", "province", "--region",
        "330000", "--administrator-name", "张管理", "--holder", "甲", "--holder", "乙", "--holder", "丙"]
    lines = [line.split("\t") for line in installation.command(*words).stdout.splitlines() if "\t" in line]
    assert [line[0] for line in lines] == ["administrator", "escrow holder 1", "escrow holder 2", "escrow holder 3"]
    passwords = [line[2] for line in lines]
    assert len(set(passwords)) == 4 and all(len(password) >= 12 for password in passwords)
    assert installation.command(*words, check=False).returncode != 0, "and only once"
    keys = installation.data.with_name("data-keys")
    assert keys.stat().st_mode & 0o777 == 0o700 and installation.data.stat().st_mode & 0o777 == 0o700
    assert installation.command("demo", check=False).returncode != 0, "no demonstration on top of it"
    installation.serve("--production")
    account = {"username": "admin", "password": passwords[0]}
    caller = Caller(installation.url)
    token = caller.post("/api/v1/session", account, 201).json()["token"]
    problem(Caller(installation.url, f"Bearer {token}").get("/api/v1/inbox", None), 403, "password-change-due")
    installation.stop()
    # Cookies are for HTTPS in production; without it the page can be used from here.
    installation.serve()
    caller = Caller(installation.url)
    change_password(installation.url, account, "一个新的相当长的密码-2026")
    problem(caller.post("/api/v1/session", account), 401)
    account["password"] = "一个新的相当长的密码-2026"
    token = caller.post("/api/v1/session", account, 201).json()["token"]
    # A real installation asks its administrators for a second factor before anything else.
    problem(Caller(installation.url, f"Bearer {token}").get("/api/v1/inbox", None), 403, "second-factor-due")


def test_commands_that_lack_an_installation_say_so(tmp_path):
    for words in (["verify"], ["serve", "--port", "0"]):
        done = run(*words, "--data", tmp_path / "none", check=False)
        assert done.returncode != 0 and "no installation" in done.stderr
    assert run("--help").stdout


def test_a_server_on_any_free_port_prints_its_own_address(sqlite_copy):
    installation, described = sqlite_copy
    admin = next(account for account in described["accounts"] if account["username"] == "qt.admin1")
    installation.serve()
    port = installation.url.rsplit(":", 1)[1]
    pages = Pages(installation.url, admin)
    organ = re.search(r"/admin/organs/([0-9a-f-]+)", pages.get("/admin"))[1]
    assert f"http://localhost:{port}/report?organ=" in pages.get(f"/admin/organs/{organ}/poster")
    installation.stop()
    installation.serve("--public-url", "https://report.example")
    pages = Pages(installation.url, admin)
    assert "https://report.example/report?organ=" in pages.get(f"/admin/organs/{organ}/poster")
