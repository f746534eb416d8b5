"""Words that people entrust to the system lie nowhere in the open: not on disk, in a dump or in the log."""

import base64
import secrets
from pathlib import Path

import requests
from client import problem
from installation import postgres_tool
from test_commands import change_password
from world import QINGTANG, World, letter, person


def readings(word):
    """A word as it might lie somewhere: its bytes, UTF-16, hexadecimal, Base64 at every offset, escaped in JSON."""
    raw = word.encode()
    found = {raw, word.encode("utf-16-le"), word.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode()}
    found.add(word.encode("ascii", "backslashreplace"))
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + raw)
        found.add(whole[4 if offset else 0:len(whole) - 4])
        found.add(whole[4 if offset else 0:len(whole) - 4].replace(b"+", b"-").replace(b"/", b"_"))
    return {reading for reading in found if len(reading) >= 8}


class Planted:
    def __init__(self):
        self.words = {}

    def __call__(self, where):
        """A word for a place, unlike any other."""
        self.words[where] = f"丹顶鹤{secrets.token_hex(6)}飞过沼泽"
        return self.words[where]


def everything(installation):
    """All bytes that a thief of the disk, of a backup of the database or of the logs would hold, by where they lie."""
    lie = {str(path): path.read_bytes() for path in Path(installation.data).rglob("*") if path.is_file()}
    lie |= {f"name of {path}": path.name.encode() for path in Path(installation.data).rglob("*")}
    keys = Path(str(installation.data) + "-keys")
    lie |= {str(path): path.read_bytes() for path in keys.rglob("*") if path.is_file()}
    lie["log"] = installation.log.read_bytes()
    if installation.database:
        lie["dump"] = postgres_tool("pg_dump", installation.database)
        lie["inserts"] = postgres_tool("pg_dump", installation.database, "--inserts")
    return lie


def test_nothing_that_was_said_lies_in_the_open(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    planted = Planted()
    receipts, tokens = play(world, planted)
    assert any((installation.data / "files").iterdir())
    while_running = everything(installation)
    assert installation.stop() == 0
    for place, content in (while_running | everything(installation)).items():
        for where, word in planted.words.items():
            for reading in readings(word):
                assert reading not in content, f"{where} lies open in {place}"
        for secret in receipts + tokens:
            for reading in (secret, secret.replace(" ", ""), secret.replace(" ", "-")):
                assert reading.encode() not in content, f"a receipt or token lies open in {place}"
    # The search does find what is there.
    found = b"".join(while_running.values())
    assert QINGTANG.encode() in found and "清棠县".encode() in found and b"/api/v1/receipt" in found


def play(world, planted):
    """A whole story with a word in every field that takes one, and refusals, which might be logged."""
    said = letter(
        reported=[person(name=planted("name"), unit=planted("unit"), position=planted("position"))],
        reporter={
            "name": planted("reporter"), "phone": "13912345678", "email": planted("email"),
            "address": planted("address"), "safeContact": planted("safe contact")})
    said |= {"title": planted("title"), "content": planted("content"), "demand": planted("demand")}
    planted.words["phone"] = "13912345678"
    receipt, report, organ = world.filed(said)
    receipt.message(planted("message"))
    assert receipt.put_file(planted("file name") + ".txt", planted("file").encode()).status_code == 201
    clerk, _ = world.do(report, organ, "register", note=planted("note"))
    assert clerk.put_file(report, planted("scan name") + ".pdf", b"%PDF-" + planted("scan").encode()).status_code == 201
    clerk.act(report, "message", text=planted("office message"))
    clerk.act(report, "amend", title=planted("new title"), demand=planted("new demand"), reason=planted("amend reason"))
    custodian = world.anybody(report, organ, "open-identity")
    custodian.act(report, "open-identity", reason=planted("ground of opening"))
    world.do(report, organ, "verify-identity", note=planted("verification"))
    world.do(report, organ, "classify", opinion=planted("judgement"))
    world.do(report, organ, "propose", way="refer", opinion=planted("proposal"))
    world.do(report, organ, "approve", opinion=planted("instruction"))
    world.play(report, organ, "refer", "sign", ("notify", {"text": planted("notice")}))
    world.do(report, organ, "dispose", kind="inquiry", opinion=planted("disposal"), questions=planted("questions"))
    world.play(report, organ, "approve", ("reply", {"text": planted("answer")}), ("conclude", {"text": planted("findings")}))
    world.do(report, organ, "feedback", text=planted("reply"))
    receipt.object(planted("objection"))
    world.do(report, organ, "feedback", text=planted("second reply"))
    receipt.rate(2, False, planted("comment"))
    # Refusals hold words too.
    world.public.post("/api/v1/reports", letter(title=planted("refused title"), organ=planted("refused organ")), 422)
    world.public.post("/api/v1/reports", letter(reported=[person("central", planted("above"))]), 422)
    problem(clerk.post("/api/v1/reports", letter(
        title=planted("handed-up title"), reported=[person("municipal", planted("handed-up name"))], channel="letter",
        reporter={"name": planted("handed-up reporter")})), 409)
    problem(receipt.put_file(planted("refused file name"), b"MZ" + bytes(9) + planted("refused file").encode()), 415)
    problem(clerk.get(f"/api/v1/inbox?sort={planted('sort')}", None), 422)
    problem(clerk.get(f"/api/v1/reports/{planted('id')}", None), 404)
    problem(clerk.try_act(report, planted("act")), 404)
    requests.get(world.url + "/" + planted("path"), headers={"User-Agent": planted("agent").encode()}, timeout=10)
    wrong = {"username": planted("username")[:30], "password": planted("wrong password")}
    planted.words["username"] = wrong["username"]
    problem(world.public.post("/api/v1/session", wrong), 401)
    change_password(world.url, world.accounts["qt.audit1"], planted("new password"))
    registered = clerk.post("/api/v1/reports", letter(
        channel="letter", happened=planted("happened"), location=planted("location"), dated=planted("dated"),
        title=planted("registered title"), reporter={
            "kind": "joint", "name": planted("joint reporter"), "others": planted("others"),
            "residentID": "11010519491231002X"}), 201).json()
    planted.words["resident id"] = "11010519491231002X"
    tokens = [who.session.headers["Authorization"].split()[1] for who in world.signed_in.values()]
    return [receipt.digits, registered["receipt"]], tokens
