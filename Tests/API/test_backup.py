"""Everything into one sealed file while people file, and out of it elsewhere; a key for each month."""

import fcntl
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import termios
import threading

import pytest
import requests
from client import Person, Receipt
from conftest import ENGINES
from installation import BINARY, POSTGRES, Installation, postgres_tool, run
from test_identity import custodians
from test_story import referred
from world import QINGTANG, REPORTER, World, letter

PASSPHRASE = "Regenschirm Teekessel sieben Gänse"
PICTURE = b"%PDF-1.7\n" + bytes(range(256)) * 900


@pytest.fixture
def phrase(tmp_path):
    """Writes a passphrase into a file of its own."""
    def write(text=PASSPHRASE, name="passphrase"):
        path = tmp_path / name
        path.write_text(text + "\n")
        return path
    return write


def back_up(installation, path, phrase, check=True):
    return installation.command("backup", path, "--passphrase-file", phrase, check=check)


def restore(place, path, phrase, check=True):
    return place.command("restore", path, "--passphrase-file", phrase, check=check)


def elsewhere(tmp_path, engine, name="elsewhere"):
    if engine == "postgres" and not POSTGRES:
        pytest.skip("MINGJIAN_TEST_POSTGRES is not set")
    folder = tmp_path / name
    folder.mkdir()
    return Installation(folder, engine)


def sql(installation, statement):
    """Changes a stopped or running installation's rows behind its back."""
    if installation.database:
        postgres_tool("psql", installation.database, "-q", "-c", statement)
        return
    with sqlite3.connect(installation.data / "mingjian.sqlite", timeout=20) as connection:
        connection.execute(statement)


def listed(installation):
    text = installation.command("backups").stdout.strip()
    return [] if text.startswith("There is no") else [line.split("\t") for line in text.splitlines()]


def others(engine):
    return ENGINES if engine == "sqlite" else list(reversed(ENGINES))


def test_what_was_filed_until_a_backup_is_there_after_a_restore_on_either_engine(copy, tmp_path, phrase):
    installation, described = copy
    installation.serve("--limits", "off")
    world = World(installation, described)
    digits = []
    for number in range(6):
        receipt, _ = world.file(letter())
        receipt.put_file(f"照片{number}.pdf", PICTURE + bytes([number]))
        digits.append(receipt.digits)
    world["qt.letters1"]
    stop = threading.Event()

    def file_on():
        session = requests.Session()
        while not stop.is_set():
            session.post(installation.url + "/api/v1/reports", json=letter(), timeout=60)

    people = [threading.Thread(target=file_on) for _ in range(3)]
    for person in people:
        person.start()
    try:
        path = tmp_path / "all.backup"
        done = back_up(installation, path, phrase())
    finally:
        stop.set()
        for person in people:
            person.join()
    assert f"backup\t{path}" in done.stdout and "gone" not in done.stdout
    assert not path.with_name("all.backup.partial").exists()
    assert path.stat().st_mode & 0o777 == 0o600
    [row] = listed(installation)
    assert row[3] == f"{path.stat().st_size} bytes" and row[5] == "exists"
    assert PASSPHRASE.encode() not in path.read_bytes()
    after = installation.verify()
    # The demonstration goes on; the copies know nothing of it.
    for engine in others(installation.engine):
        other = elsewhere(tmp_path, engine, "to-" + engine)
        try:
            done = restore(other, path, phrase())
            assert "restored: " in done.stdout and "signs in anew" in done.stdout
            counted = other.verify()
            assert 6 <= counted["reports"] <= after["reports"] and counted["files"] == 6
            assert [row[4:] for row in listed(other)] == [row[4:] for row in listed(installation)]
            other.serve("--limits", "off")
            for number, receipt in enumerate(digits):
                view = Receipt(other.url, receipt).read()
                assert view["stage"] == "received" and [file["name"] for file in view["files"]] == [f"照片{number}.pdf"]
            token = world["qt.letters1"].session.headers["Authorization"]
            answer = requests.get(other.url + "/api/v1/inbox", headers={"Authorization": token}, timeout=30)
            assert answer.status_code == 401, "a session was restored"
            account = next(account for account in described["accounts"] if account["username"] == "qt.letters1")
            director = Person(other.url, account)
            report = next(item["id"] for item in director.inbox() if (director.report(item["id"]) or {}).get("files"))
            assert director.file(report, director.report(report)["files"][0]["name"]).content.startswith(b"%PDF")
            receipt, _ = World(other, described).file(letter())
            assert receipt.read()["stage"] == "received"
            # A backup of the restored one goes into the same month under the same passphrase.
            back_up(other, tmp_path / f"second-{engine}", phrase())
            assert [row[5] for row in listed(other)] == ["exists", "exists"]
        finally:
            other.remove()


def test_a_backup_that_is_not_whole_or_not_ours_leaves_nothing(sqlite_copy, tmp_path, phrase):
    installation, _ = sqlite_copy
    path = tmp_path / "one.backup"
    back_up(installation, path, phrase())
    whole = path.read_bytes()
    other = elsewhere(tmp_path, "sqlite")
    middle = len(whole) // 2
    wrong = {
        "cut": whole[:middle], "cut at its end": whole[:-1], "longer": whole + b"\0", "empty": b"",
        "altered": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:],
        "something else": b"SQLite format 3\0" + whole,
    }
    for name, content in wrong.items():
        (tmp_path / "wrong").write_bytes(content)
        done = restore(other, tmp_path / "wrong", phrase(), check=False)
        assert done.returncode == 1, name
        assert "refused" in done.stderr or "no backup of Mingjian" in done.stderr, (name, done.stderr)
        assert not other.data.exists() and not (other.folder / "data-keys").exists(), name
    done = restore(other, path, phrase("a wholly other passphrase", "other"), check=False)
    assert done.returncode == 1 and "passphrase" in done.stderr and not other.data.exists()
    assert restore(other, tmp_path / "nowhere", phrase(), check=False).returncode == 1
    restore(other, path, phrase())
    other.verify()


def test_nothing_is_restored_over_what_is_there(copy, tmp_path, phrase):
    installation, _ = copy
    path = tmp_path / "one.backup"
    back_up(installation, path, phrase())
    before = installation.verify()
    done = restore(installation, path, phrase(), check=False)
    assert done.returncode == 1 and "not empty" in done.stderr
    assert installation.verify() == before
    other = elsewhere(tmp_path, installation.engine)
    try:
        (other.folder / "data-keys").mkdir()
        (other.folder / "data-keys" / "pepper.key").write_text("00")
        done = restore(other, path, phrase(), check=False)
        assert done.returncode == 1 and "data-keys is not empty" in done.stderr and not other.data.exists()
        if other.database:
            (other.folder / "data-keys" / "pepper.key").unlink()
            sql(other, "CREATE TABLE anything (id INTEGER)")
            done = restore(other, path, phrase(), check=False)
            assert done.returncode == 1 and "tables already" in done.stderr and not other.data.exists()
    finally:
        other.remove()


def test_half_a_restore_says_so_and_is_not_served(copy, tmp_path, phrase):
    installation, _ = copy
    path = tmp_path / "one.backup"
    back_up(installation, path, phrase())
    other = elsewhere(tmp_path, installation.engine)
    try:
        restore(other, path, phrase())
        sql(other, "CREATE TABLE half_restored (begun INTEGER NOT NULL)")
        for command in (["serve", "--port", "0"], ["verify"], ["backup", tmp_path / "x", "--passphrase-file", phrase()]):
            done = other.command(*command, check=False)
            assert done.returncode == 1 and "half a backup" in done.stderr, done.stderr
    finally:
        other.remove()


def test_a_restore_that_is_killed_is_either_nothing_half_or_whole(sqlite_copy, tmp_path, phrase):
    installation, described = sqlite_copy
    installation.command("demo", "--json", "--reports", 40)
    path = tmp_path / "one.backup"
    back_up(installation, path, phrase())
    seen = set()
    for turn in range(12):
        other = elsewhere(tmp_path, "sqlite", f"turn-{turn}")
        words = ["restore", path, "--passphrase-file", phrase(), *other.place]
        process = subprocess.Popen([BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            process.wait(timeout=0.15 * turn)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        done = other.command("verify", check=False)
        state = ("whole" if done.returncode == 0 else "half" if "half a backup" in done.stderr else
                 "nothing" if "no installation" in done.stderr else done.stderr)
        seen.add(state)
        if state == "whole":
            assert other.verify() == installation.verify()
            break
    assert seen <= {"nothing", "half", "whole"}, seen


def test_a_passphrase_serves_one_month_and_ends_with_it(copy, tmp_path, phrase):
    installation, _ = copy
    installation.serve("--limits", "off")
    first = phrase()
    done = back_up(installation, tmp_path / "a", phrase("too short", "short"), check=False)
    assert done.returncode == 1 and "refused (short)" in done.stderr and listed(installation) == []
    back_up(installation, tmp_path / "a", first)
    back_up(installation, tmp_path / "a", first)
    month = listed(installation)[0][0]
    sql(installation, "UPDATE backup SET month = '2020-02'")
    done = back_up(installation, tmp_path / "b", first, check=False)
    assert done.returncode == 1 and "the passphrase of 2020-02" in done.stderr
    assert not (tmp_path / "b").exists() and not (tmp_path / "b.partial").exists()
    back_up(installation, tmp_path / "b", phrase("Laternenpfahl und zwei Igel", "second"))
    third = phrase("Fensterbank mit Kaktus, blau", "third")
    assert "other backups of this month" in back_up(installation, tmp_path / "c", third).stderr.lower()

    refused = installation.command("backups", "--destroyed", "2019-01", "--yes", check=False)
    assert refused.returncode == 1 and "no backup of 2019-01" in refused.stdout
    asked = installation.command("backups", "--destroyed", "2020-02", check=False)
    assert asked.returncode == 1 and "cannot check it" in asked.stderr
    assert all(row[5] == "exists" for row in listed(installation))
    done = installation.command("backups", "--destroyed", "2020-02", "--yes")
    assert "2 backups of 2020-02" in done.stdout
    assert [row[5].split(" 2")[0] for row in listed(installation)] == ["passphrase destroyed"] * 2 + ["exists"] * 2
    # Its passphrase is remembered, and the month that is over in this way gets no more.
    assert "the passphrase of 2020-02" in back_up(installation, tmp_path / "d", first, check=False).stderr
    installation.command("backups", "--destroyed", month, "--yes")
    done = back_up(installation, tmp_path / "d", third, check=False)
    assert done.returncode == 1 and f"{month} was recorded as destroyed" in done.stderr
    assert not (tmp_path / "d").exists() and len(listed(installation)) == 4


@pytest.mark.parametrize("served", [False, True], ids=["alone", "through the server"])
def test_whoever_stops_a_backup_finds_nothing_left_of_it(sqlite_copy, tmp_path, phrase, served):
    installation, _ = sqlite_copy
    if served:
        installation.serve("--limits", "off")
    folder = tmp_path / "out"
    folder.mkdir()
    words = ["backup", folder / "x", "--passphrase-file", phrase(), *installation.place]
    for _ in range(3):
        process = subprocess.Popen([BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert installation.wait_until(lambda: (folder / "x.partial").exists() or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert not (folder / "x.partial").exists()
        assert (process.returncode == 0) == (folder / "x").exists()
    assert len(listed(installation)) == sum(row[5] == "exists" for row in listed(installation))


# MARK: what goes wrong


def ballast(installation):
    """More than a socket and the server hold back: what nobody reads stops the one who writes."""
    sql(installation, "CREATE TABLE ballast (bytes BLOB NOT NULL)")
    sql(installation, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
        "INSERT INTO ballast SELECT randomblob(10000) FROM n")


def is_being_read(installation):
    """Whether somebody holds a snapshot of the database, so that the log of what was written cannot be emptied."""
    with sqlite3.connect(installation.data / "mingjian.sqlite", timeout=0) as connection:
        return connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 1


@pytest.fixture
def asked(sqlite_copy):
    """A running server that was asked for a backup by somebody who reads the first bytes and no more."""
    installation, _ = sqlite_copy
    ballast(installation)
    installation.serve("--limits", "off")
    body = json.dumps({"passphrase": PASSPHRASE}).encode()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(installation.data / "control.sock"))
        client.sendall(b"POST /backup HTTP/1.1\r\nHost: local\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        assert client.recv(300).startswith(b"HTTP/1.1 200")
        waiting = []

        def stands_still():
            waiting.append(int.from_bytes(fcntl.ioctl(client, termios.FIONREAD, bytes(4)), sys.byteorder))
            return len(waiting) > 20 and len(set(waiting[-20:])) == 1 and waiting[-1] > 1 << 16

        assert installation.wait_until(stands_still, 120)
        yield installation, client


def test_whoever_goes_away_in_the_middle_of_a_backup_takes_nobody_along(asked, tmp_path, phrase):
    installation, client = asked
    client.close()
    assert installation.wait_until(lambda: installation.process.poll() is not None or not is_being_read(installation), 120)
    assert installation.is_alive()
    back_up(installation, tmp_path / "next", phrase())
    assert installation.process.poll() is None
    assert [row[5] for row in listed(installation)] == ["not known to be finished", "exists"]


def test_whoever_stops_taking_a_backup_does_not_hold_the_database(asked):
    installation, client = asked
    assert is_being_read(installation)
    assert installation.wait_until(lambda: not is_being_read(installation), 240)
    rest = b""
    client.settimeout(60)
    while piece := client.recv(1 << 20):
        rest += piece
    assert b"for 30 seconds" in rest and b'"made"' not in rest
    assert installation.is_alive()
    assert [row[5] for row in listed(installation)] == ["not known to be finished"]


@pytest.mark.parametrize("served", [False, True], ids=["alone", "through the server"])
def test_a_backup_in_its_place_is_never_forgotten(sqlite_copy, tmp_path, phrase, served):
    installation, _ = sqlite_copy
    if served:
        installation.serve("--limits", "off")
    sql(installation, "CREATE TRIGGER full BEFORE UPDATE ON backup BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    done = back_up(installation, tmp_path / "x", phrase(), check=False)
    assert done.returncode == 1 and "in its place" in done.stderr and (tmp_path / "x").exists()
    assert [row[5] for row in listed(installation)] == ["not known to be finished"]


def test_what_cannot_be_removed_of_a_backup_is_not_forgotten(sqlite_copy, tmp_path, phrase):
    installation, _ = sqlite_copy
    installation.serve("--limits", "off")
    partial = tmp_path / "x.partial"
    # The server keeps still until all is ready, so that nothing depends on who is faster.
    installation.process.send_signal(signal.SIGSTOP)
    try:
        words = ["backup", tmp_path / "x", "--passphrase-file", phrase(), *installation.place]
        process = subprocess.Popen([BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert installation.wait_until(lambda: partial.exists() or process.poll() is not None, 120)
        assert process.poll() is None, process.communicate()
        partial.rename(tmp_path / "kept")
        partial.mkdir()
    finally:
        installation.process.send_signal(signal.SIGCONT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 1 and str(partial) in told and "Nothing was left" not in told
    assert (tmp_path / "kept").stat().st_size > 100_000
    assert [row[5] for row in listed(installation)] == ["not known to be finished"]


def test_a_backup_is_not_begun_where_it_cannot_be_put(sqlite_copy, tmp_path, phrase):
    installation, _ = sqlite_copy
    (tmp_path / "medium").mkdir()
    done = back_up(installation, tmp_path / "medium", phrase(), check=False)
    assert done.returncode == 1 and "is a folder" in done.stderr and listed(installation) == []
    assert not (tmp_path / "medium.partial").exists()


def test_no_backup_is_made_without_a_file_that_the_database_names(copy, tmp_path, phrase):
    installation, described = copy
    installation.serve("--limits", "off")
    receipt, _ = World(installation, described).file(letter())
    receipt.put_file("照片.pdf", PICTURE)
    path = tmp_path / "x"

    def is_refused(word, data=None):
        place = ["--data", data or installation.data, "--keys", installation.folder / "data-keys",
                 *installation.place[2:]]
        done = run("backup", path, "--passphrase-file", phrase(), *place, check=False)
        assert done.returncode == 1 and word in done.stderr, (done.returncode, done.stderr)
        assert not path.exists() and not path.with_name("x.partial").exists() and listed(installation) == []

    [stored] = [file for file in (installation.data / "files").iterdir() if len(file.name) == 36]
    kept = stored.rename(tmp_path / "kept")
    is_refused(stored.name)
    # There, but not to be opened: that is not gone either.
    stored.symlink_to(stored)
    is_refused(stored.name)
    stored.unlink()
    kept.rename(stored)
    if installation.database:
        is_refused("Is this the data folder?", tmp_path / "wrong")
    back_up(installation, path, phrase())


def test_a_backup_is_restored_through_a_link(sqlite_copy, tmp_path, phrase):
    installation, _ = sqlite_copy
    path = tmp_path / "november.mingjian"
    back_up(installation, path, phrase())
    (tmp_path / "latest.mingjian").symlink_to(path.name)
    other = elsewhere(tmp_path, "sqlite")
    restore(other, tmp_path / "latest.mingjian", phrase())
    assert [row[3:] for row in listed(other)] == [row[3:] for row in listed(installation)]


def number_of(installation, statement):
    """The one number that a query answers."""
    if installation.database:
        return int(postgres_tool("psql", installation.database, "-Atqc", statement))
    with sqlite3.connect(installation.data / "mingjian.sqlite", timeout=20) as connection:
        return connection.execute(statement).fetchone()[0]


def test_an_identity_that_was_handed_over_is_in_no_backup_and_goes_with_the_next_sweep(copy, tmp_path, phrase):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    _, report = referred(world, reporter=REPORTER)
    first, second = custodians(world, report)[:2]
    reader = next(field for field in first.offered(report, "open-identity")["fields"] if field["name"] == "reader")
    first.act(report, "open-identity", ground="contact", window="24", reader=reader["options"][0]["value"],
              reason="承办人要核对日期。")
    second.act(report, "decide", agreed="yes")
    handed = "SELECT COUNT(*) FROM identity_opening WHERE wrap IS NOT NULL OR envelope IS NOT NULL"
    assert number_of(installation, handed) == 1
    path = tmp_path / "backup.sealed"
    back_up(installation, path, phrase())
    installation.stop()
    place = elsewhere(tmp_path, installation.engine)
    try:
        restore(place, path, phrase())
        assert number_of(place, handed) == 0
        assert number_of(place, "SELECT COUNT(*) FROM identity_opening WHERE ended_at IS NULL") == 1, "that it was opened"
    finally:
        place.remove()
    sql(installation, "UPDATE identity_opening SET until = 1")
    installation.serve("--limits", "off")
    assert installation.wait_until(lambda: number_of(installation, handed) == 0), "nobody needs to sign in for it"
