"""Words that people entrust to the system lie nowhere in the open: not on a disk, in a dump, in a log or in passing."""

import base64
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from urllib.parse import quote

import pytest
from canaries import Planted, play
from conftest import ENGINES
from installation import Installation
from pages import Pages
from test_accounts import enrol
from test_anonymous import Tables
from test_backup import elsewhere
from thief import Watch, everything, packed, readings
from world import QINGTANG, World


def lies_open(planted, found, known=None):
    """Where planted words can be read, and which; what was looked through before (`known`) is not looked through again."""
    marks, open_words = readings(planted.mark), set()
    hidden = {reading: where for where, secret in planted.secrets.items() for reading in readings(secret)}
    for place, content in found.items():
        digest = hashlib.sha256(content).digest()
        if known is not None and digest in known:
            continue
        for part in (content, *packed(content)):
            if any(mark in part for mark in marks):
                words = {where for where, word in planted.words.items() if any(r in part for r in readings(word))}
                open_words |= {(place, where) for where in words or {"a part of a word"}}
            open_words |= {(place, where) for reading, where in hidden.items() if reading in part}
        if known is not None:
            known.add(digest)
    return open_words


# Columns of bytes in which this story leaves nothing, and why. They hold keys and hashes, and no words.
EMPTY = {
    "watched_log.root": "the head of another installation's log, which is public: see test_log.py",
    "key_before_reset.sealed_key": "of whoever was reset and alone opened something: see test_accounts.py",
    "mark_waiting.marks": "put into the index, and gone from here, a moment after the filing: see test_same.py",
    "wrap_before_reset.wrap": "what that person opened: see test_accounts.py",
    "sign_in_salt.salt": "this world is served without limits: see test_accounts.py",
    "sign_in_failure.place": "this world is served without limits: see test_accounts.py",
}


def empty_columns(installation):
    """Columns of bytes without any, by table: what a story that fills everything sealed has forgotten."""
    tables = Tables(installation)
    return {f"{table}.{column}" for table, columns in tables.columns().items() for column, kind in columns
            if kind in ("blob", "bytea")
            and int(tables.rows(f'SELECT COUNT(*) FROM {table} WHERE length("{column}") > 0')[0][0]) == 0}


def test_nothing_that_was_said_or_kept_secret_lies_in_the_open(copy, tmp_path):
    installation, described = copy
    watch, planted = Watch(installation), Planted()
    world = World(installation.serve("--limits", "off"), described)
    # A name that everybody may read, to see that the search finds what is there.
    public = Planted()
    admin = Pages(world.url, world.accounts["qt.admin1"])
    organ = next(link for link in re.findall(r'href="(/admin/organs/[0-9a-f-]{36})"', admin.get("/admin"))
                 if world.organs[QINGTANG]["name"] in admin.get(link))
    admin.send(admin.get(organ + "/new-office"), organ + "/new-office", {
        "code": "canary", "name": public("office"), "name_en": "Canary", "kind": "inspection"})
    passphrase = planted("passphrase of the backup")

    play(world, planted)
    assert any((installation.data / "files").iterdir())
    forgotten = sorted(empty_columns(installation) - set(EMPTY))
    assert not forgotten, f"nothing was planted in {', '.join(forgotten)}"
    said = installation.process.stdout
    while_running = watch.now(passphrase)
    installation.kill()
    after_a_kill = watch.now(passphrase) | {"standard output": said.read().encode()}
    installation.serve("--limits", "off")
    said = installation.process.stdout
    assert installation.stop() == 0
    in_the_end = watch.now(passphrase) | {"standard output": said.read().encode()}
    known = set()
    for moment, found in (("running", while_running), ("killed", after_a_kill), ("stopped", in_the_end)):
        assert lies_open(planted, found, known) == set(), moment
        seen = {place for place, _ in lies_open(public, found)}
        if installation.database:
            assert {"dump", "inserts"} <= seen and any("/base/" in place for place in seen), moment
            assert any("/pg_wal/" in place for place in seen), moment
        else:
            assert any(place.endswith((".sqlite", ".sqlite-wal")) for place in seen), moment
    restored = elsewhere(tmp_path, installation.engine)
    try:
        (tmp_path / "passphrase").write_text(passphrase, encoding="utf-8")
        restored.command("restore", installation.folder / "backup", "--passphrase-file", tmp_path / "passphrase")
        restored.log.touch()
        assert lies_open(planted, everything(restored), known) == set(), "restored"
        assert restored.verify()["files"] > 0
    finally:
        restored.remove()
    assert b"/api/v1/inbox" in while_running["log"] and b'route="/desk"' in while_running["metrics"]
    assert len(planted.words) > 90 and len(planted.secrets) > 40


@pytest.mark.parametrize("word", ["丹顶鹤飞过沼泽", "3141592653589793238462643398"])
def test_a_word_is_found_in_whatever_form_it_lies(word):
    planted = Planted()
    planted.mark, planted.words = word, {"there": word}
    forms = [word.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    forms += [base64.b64encode(b"x" * shift + word.encode() + b"yz") for shift in range(3)]
    forms += [word.encode().hex().encode(), quote(word).encode(), quote(word.encode("gb18030")).encode()]
    forms += [gzip.compress(word.encode()), b"ab" + zlib.compress(word.encode(), 9)]
    with zipfile.ZipFile(held := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", word * 9)
    for form in [*forms, held.getvalue()]:
        assert lies_open(planted, {"here": b"\0\1" + form + b"\xff"}) == {("here", "there")}, form
    assert lies_open(planted, {"here": bytes(1000)}) == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_new_installation_says_once_lies_nowhere(worlds, tmp_path, engine):
    """One-time passwords of the first administrator and of the escrow holders, and the second factor that is asked for."""
    worlds.template(engine)
    installation, planted = Installation(tmp_path, engine), Planted()
    watch = Watch(installation)
    told = installation.command(
        "init", "--organ-code", "330000000000", "--organ-name", "某省纪委监委", "--level", "province", "--region",
        "330000", "--administrator-name", "张管理", "--holder", "甲", "--holder", "乙", "--holder", "丙").stdout
    passwords = re.findall(r"^(?:administrator|escrow holder \d)\t\S+\t(\S+)$", told, re.M)
    assert len(passwords) == 4
    for number, password in enumerate(passwords):
        planted.secret(f"password {number}", password)
    try:
        installation.serve()
        pages = Pages(installation.url, {"username": "admin", "password": passwords[0]})
        new = planted("own password")
        pages.send(pages.get("/password"), "/password", {"old": passwords[0], "new": new, "again": new})
        secret, codes = enrol(pages, new)
        for value in (secret, *codes):
            planted.secret(value, value)
        assert lies_open(planted, watch.now(planted("passphrase"))) == set()
        installation.kill()
        assert lies_open(planted, watch.now(planted.words["passphrase"])) == set()
    finally:
        installation.remove()
