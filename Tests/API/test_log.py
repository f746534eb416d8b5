"""The transparency log, checked by other code than the program's: the tree, the heads, what a receipt proves, witnesses, and
what somebody with the disk and the database cannot do unseen."""

import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest
import requests
import tlog
from client import Receipt
from installation import BINARY, postgres_tool
from world import World, letter


class Log:
    """The log as anybody on the web sees it."""

    def __init__(self, url):
        self.url = url

    def fetch(self, name):
        answer = requests.get(f"{self.url}/log/{name}", timeout=20)
        assert answer.status_code == 200, f"{name}: {answer.status_code}"
        return answer.content

    @property
    def key(self):
        return tlog.Key(self.fetch("key").decode())

    @property
    def note(self):
        return tlog.Note(self.fetch("checkpoint").decode())

    def check(self):
        """Holds every entry, tile and head against each other; answers the head."""
        note = self.note
        assert note.holds(self.key) and note.origin == self.key.name
        leaves = [tlog.leaf(entry) for entry in tlog.entries(self.fetch, note.size)]
        assert tlog.head(leaves) == note.root
        tlog.check_tiles(self.fetch, note.size, leaves)
        return note, leaves


def file(url, **more):
    """Files a report; the letter and the receipt's holder."""
    sent = letter(**more)
    answer = requests.post(url + "/api/v1/reports", json=sent, timeout=30)
    assert answer.status_code == 201, answer.text
    return sent, Receipt(url, answer.json()["receipt"])


def proof(installation, holder):
    """The proof, as soon as the filing stands in a published head."""
    assert installation.wait_until(lambda: holder.read()["proof"]), "no head was published"
    answer = holder.call("GET", "/api/v1/receipt/proof", expect=200)
    assert holder.read()["proof"].endswith("/api/v1/receipt/proof")
    return answer.text


def verify_proof(tmp_path, text, key, *more):
    """The program's own check, in a place where there is no installation."""
    path = tmp_path / "proof.txt"
    path.write_bytes(text.encode())
    return subprocess.run(
        [BINARY, "log", "verify-proof", str(path), "--key", key, *map(str, more)], capture_output=True, text=True,
        cwd=tmp_path, timeout=60)


def test_everybody_can_build_the_tree_again_and_find_the_signed_head(world):
    sent, _ = file(world.url)
    time.sleep(2.5)
    log = Log(world.url)
    note, leaves = log.check()
    assert note.size % 16 == 0, "filled up, so that the size tells little"
    assert all(len(entry) == 32 for entry in tlog.entries(log.fetch, note.size))
    file(world.url)
    assert world.installation.wait_until(lambda: log.note.size > note.size)
    later, more = log.check()
    assert more[:note.size] == leaves, "the log goes on from what it was"
    tile = requests.get(f"{world.url}/log/{tlog.tile_name('entries', 0, min(256, later.size))}", timeout=20)
    assert "immutable" in tile.headers["Cache-Control"]
    for bad in ("tile/0/999", "tile/0/0", "tile/0/..%2F..%2Fcheckpoint", "tile/64/000", "tile/entries/000.p/256"):
        assert requests.get(f"{world.url}/log/{bad}", timeout=20).status_code == 404, bad


def test_a_receipt_proves_the_filing_and_what_was_announced_and_opens_nothing_else(world, tmp_path):
    sent, holder = file(world.url)
    holder.post("/api/v1/receipt/messages", {"text": "请问收到了吗？"}, expect=201)
    clerk, triage = world["qt.letters2"], world["qt.letters3"]
    report = next(item["id"] for item in clerk.get("/api/v1/inbox?limit=200").json()["items"]
                  if clerk.report(item["id"])["title"] == sent["title"])
    clerk.act(report, "register")
    clerk.act(report, "message", text="收到了，正在看。")
    key = Log(world.url).fetch("key").decode().strip()
    assert world.installation.wait_until(lambda: len(tlog.opened(proof(world.installation, holder))) == 3)
    text = proof(world.installation, holder)
    blocks = tlog.opened(text)
    assert [block.event["act"] for block in blocks] == ["file", "reporter-message", "message"]
    assert all(block.holds(tlog.Key(key)) for block in blocks)
    # Codes and digests alone: no word, no name, no id that is one anywhere else.
    for secret in (report, sent["title"], sent["content"], "收到了", "请问", holder.digits.replace(" ", "")):
        assert secret not in text and all(secret.encode() not in block.bytes for block in blocks)
    filing = blocks[0]
    assert filing.event["codes"]["sent"] == tlog.sent(filing.extra, sent["title"], sent["content"])
    assert filing.event["codes"]["sent"] != tlog.sent(filing.extra, sent["title"], sent["content"] + "。")
    words = tmp_path / "content.txt"
    words.write_bytes(sent["content"].encode())
    done = verify_proof(tmp_path, text, key, "--title", sent["title"], "--content", words)
    assert done.returncode == 0 and "proven: 3 of 3" in done.stdout, done.stdout + done.stderr
    done = verify_proof(tmp_path, text, key, "--title", sent["title"] + "？", "--content", words)
    assert done.returncode == 1 and "not those that were sent" in done.stdout


def test_a_proof_in_which_a_byte_is_changed_does_not_hold(sqlite_world, tmp_path):
    _, holder = file(sqlite_world.url)
    key = Log(sqlite_world.url).fetch("key").decode().strip()
    text = proof(sqlite_world.installation, holder)
    assert verify_proof(tmp_path, text, key).returncode == 0
    other = key[:-2] + ("A" if key[-2] != "A" else "B") + key[-1]
    assert verify_proof(tmp_path, text, other).returncode != 0
    random.seed(20261122)
    # The extra bytes are signed by nobody: they are held against the words that were sent.
    extra = range(text.index("extra "), text.index("\nindex "))
    meaningful = [at for at in range(len(text)) if text[at].isalnum() and at not in extra]
    for at in random.sample(meaningful, 40):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]
        done = verify_proof(tmp_path, changed, key)
        assert done.returncode == 1 and "not proven" in done.stdout, (at, text[at], done.stdout)
    for cut in (0, 1, len(text) // 2, len(text) - 1):
        assert verify_proof(tmp_path, text[:cut], key).returncode == 1
    assert verify_proof(tmp_path, "", key).returncode == 1


def sql(installation, statement):
    """Somebody with the whole database in hand."""
    if installation.database:
        postgres_tool("psql", installation.database, "-q", "-v", "ON_ERROR_STOP=1", "-c", statement)
    else:
        with sqlite3.connect(installation.data / "mingjian.sqlite") as database:
            database.execute("PRAGMA foreign_keys = OFF")
            database.execute(statement)


def verdict(installation):
    done = installation.command("verify", check=False)
    return done.returncode, done.stdout


TRICKS = [
    ("UPDATE event SET codes = '{}' WHERE act = 'file'", "was changed"),
    # By an hour towards noon in Beijing: over midnight the due day would tell before the log does.
    ("UPDATE event SET at = at + CASE WHEN (at + 28800000) % 86400000 < 43200000 THEN 3600000 ELSE -3600000 END"
     " WHERE act = 'file'", "was changed"),
    ("UPDATE log_leaf SET idx = CASE idx WHEN 0 THEN -1 ELSE -2 END WHERE idx IN (0, 1)", "is not in the database"),
    ("DELETE FROM log_leaf WHERE idx = 1", "has no leaf"),
    ("UPDATE log_leaf SET salt = NULL WHERE subject = 'event'", "has lost its salt"),
    ("DELETE FROM log_checkpoint WHERE size = (SELECT MAX(size) FROM log_checkpoint)", "rolled back"),
]


@pytest.mark.parametrize("trick, told", TRICKS)
def test_whoever_changes_the_database_is_found_out_by_verify(copy, trick, told):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    _, holder = file(world.url)
    proof(installation, holder)
    installation.stop()
    assert verdict(installation)[0] == 0
    sql(installation, trick)
    code, text = verdict(installation)
    assert code == 1 and told in text and text.startswith("log: "), text


def test_whoever_changes_the_files_is_found_out_and_nothing_is_signed_over_it(sqlite_copy):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    for _ in range(200):
        file(world.url)
    assert installation.wait_until(lambda: Log(world.url).note.size > 300)
    installation.stop()
    folder = installation.data / "log"
    before = (folder / "checkpoint").read_bytes()
    tile, bundle = folder / "tile/0/000", folder / "tile/entries/000"
    assert tile.exists() and bundle.exists()

    def torn(path):
        path.write_bytes(path.read_bytes()[:-7])

    def flipped(path):
        data = bytearray(path.read_bytes())
        data[40] ^= 1
        path.write_bytes(data)

    for break_it, path, told in [
        (torn, tile, "tile/0/000 is torn"), (torn, bundle, "tile/entries/000 is torn"), (flipped, tile, "the tiles have another head"),
        (flipped, bundle, "hash"), (lambda path: path.unlink(), bundle, "tile/entries/000 is missing"),
        (torn, folder / "checkpoint", "checkpoint"),
    ]:
        whole = path.read_bytes()
        break_it(path)
        code, text = verdict(installation)
        assert code == 1 and told in text, text
        path.write_bytes(whole)
    # The newest tiles and the head are looked at before anything is signed over them.
    size = tlog.Note(before.decode()).size
    assert size % 256, "there is an edge"
    newest = folder / tlog.tile_name(0, size // 256, size % 256)
    whole = newest.read_bytes()
    flipped_at = bytearray(whole)
    flipped_at[-1] ^= 1
    newest.write_bytes(flipped_at)
    installation.serve("--limits", "off")
    file(installation.url)
    time.sleep(3)
    assert (folder / "checkpoint").read_bytes() == before
    assert "log alarm" in installation.log.read_text()
    installation.stop()
    newest.write_bytes(whole)
    installation.serve("--limits", "off")
    assert installation.wait_until(lambda: (folder / "checkpoint").read_bytes() != before)
    Log(installation.url).check()
    installation.stop()
    assert verdict(installation)[0] == 0


KILLS = int(os.environ.get("MINGJIAN_LOG_KILLS", "10"))


def test_a_log_whose_process_is_killed_goes_on_without_a_fork(copy):
    installation, _ = copy
    heads, leaves = {}, []

    def file_until_the_server_is_gone(session):
        while True:
            try:
                session.post(installation.url + "/api/v1/reports", json=letter(), timeout=10)
            except requests.RequestException:
                return

    for _ in range(KILLS):
        installation.serve("--limits", "off")
        people = [threading.Thread(target=file_until_the_server_is_gone, args=[requests.Session()]) for _ in range(4)]
        for thread in people:
            thread.start()
        # On PostgreSQL, which takes several processes, the lease of the dead one runs out first: it dies while it signs.
        signs_from = time.monotonic() + (20 if installation.database else 0)
        end, before = None, len(heads)
        while end is None or time.monotonic() < end:
            answer = requests.get(installation.url + "/log/checkpoint", timeout=10)
            if answer.status_code == 200:
                note = tlog.Note(answer.text)
                assert heads.setdefault(note.size, note.root) == note.root, "two heads of one size"
            if end is None and (time.monotonic() >= signs_from or len(heads) > before + 1):
                end = time.monotonic() + random.uniform(0.8, 2.2)
        installation.kill()
        for thread in people:
            thread.join()
    installation.serve("--limits", "off")
    time.sleep(2.5)
    note, leaves = Log(installation.url).check()
    assert len(heads) >= KILLS // 2, "too few heads to mean anything"
    for size, root in heads.items():
        assert tlog.head(leaves[:size]) == root, f"the head of {size} is not of this log"
    installation.stop()
    assert verdict(installation)[0] == 0


def test_a_superior_cosigns_what_goes_on_and_refuses_a_log_with_two_stories(worlds, tmp_path):
    below, described = worlds.copy("sqlite")
    above, _ = worlds.copy("sqlite")
    above.serve("--limits", "off")
    below.serve("--limits", "off")
    log_key = below.command("log", "key").stdout.strip()
    witness_key = above.command("witness", "key").stdout.strip()
    address = above.url + "/witness"

    def ask(check=True):
        return below.command("witness", "ask", address, witness_key, check=check)

    _, holder = file(below.url)
    proof(below, holder)
    refused = ask(check=False)
    assert refused.returncode == 1 and "404" in refused.stdout, "a log that nobody asked it to look at"
    above.command("witness", "add", log_key)
    assert "signed by" in ask().stdout
    note = Log(below.url).note
    assert note.holds(tlog.Key(witness_key)) and note.holds(tlog.Key(log_key))
    done = verify_proof(tmp_path, proof(below, holder), log_key, "--witness", witness_key)
    assert done.returncode == 0, done.stdout
    below.stop()
    kept = tmp_path / "kept"
    shutil.copytree(below.data, kept, ignore=shutil.ignore_patterns("*.sock"))
    # Both stories go on from here: in one somebody files, in the other it never happened.
    below.serve("--limits", "off")
    _, later = file(below.url)
    text = proof(below, later)
    assert "signed by" in ask().stdout
    below.stop()
    shutil.rmtree(below.data)
    shutil.copytree(kept, below.data)
    below.serve("--limits", "off")
    for _ in range(3):
        file(below.url)
        time.sleep(1.2)
    refused = ask(check=False)
    assert refused.returncode == 1 and "refused" in refused.stdout, refused.stdout
    assert not Log(below.url).note.holds(tlog.Key(witness_key))
    # The receipt that was held speaks for itself: its proof is signed, and this log has not got it.
    assert Receipt(below.url, later.digits).call("GET", "/api/v1/receipt").status_code == 401
    assert tlog.opened(text)[0].holds(tlog.Key(log_key))
    for installation in (below, above):
        installation.stop()
        installation.remove()
