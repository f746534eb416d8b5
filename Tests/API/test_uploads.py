"""Uploads that are cut go on where they stopped; nothing of them is seen before the file is whole."""

import os
import socket
import time
from urllib.parse import quote, urlsplit

import pytest
from client import problem
from evidence_files import png
from world import letter


def ranged(caller, path, content, first, last=None, total=None):
    last = len(content) - 1 if last is None else last
    return caller.call(
        "PUT", path, data=content[first:last + 1],
        headers={"Content-Range": f"bytes {first}-{last}/{total or len(content)}"})


def cut(caller, path, content, sent):
    """Announces the whole file, sends a part of it and hangs up."""
    place = urlsplit(caller.url)
    with socket.create_connection((place.hostname, place.port)) as wire:
        wire.sendall((
            f"PUT {path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(content)}\r\n"
            f"Content-Range: bytes 0-{len(content) - 1}/{len(content)}\r\n"
            f"Authorization: {caller.session.headers['Authorization']}\r\n\r\n").encode() + content[:sent])
        time.sleep(0.5)


@pytest.fixture(params=["reporter", "office"])
def sender(request, world):
    """Somebody who may send, where the file goes and where it says how much is kept, and a clerk who looks."""
    receipt, report, organ = world.filed(letter())
    clerk = world.who_has(report, organ)[0]
    name = quote("录像（一）.png", safe="")
    if request.param == "reporter":
        return receipt, f"/api/v1/receipt/files/{name}", f"/api/v1/receipt/uploads/{name}", clerk, report, world
    place = f"/api/v1/reports/{report}"
    return clerk, f"{place}/files/{name}", f"{place}/uploads/{name}", clerk, report, world


def test_a_cut_upload_goes_on_where_it_stopped(sender):
    caller, path, state, clerk, report, world = sender
    content = png() + os.urandom(900_000)
    caller.get(state, expect=404)
    cut(caller, path, content, 500_000)
    kept = []
    assert world.installation.wait_until(
        lambda: kept.append(caller.get(state, expect=None)) or kept[-1].status_code == 200)
    got = kept[-1].json()
    assert 0 < got["kept"] <= 500_000 and got["total"] == len(content)
    assert clerk.report(report)["files"] == [], "nothing is seen before it is whole"
    middle = got["kept"] + 100_000
    answer = ranged(caller, path, content, got["kept"], middle - 1)
    assert (answer.status_code, answer.json()) == (202, {"kept": middle, "total": len(content)})
    # Neither a gap nor a repetition is taken, and neither harms what is kept.
    for wrong in (middle + 1, middle - 1, 0):
        problem(ranged(caller, path, content, wrong), 409, "upload-offset")
    assert ranged(caller, path, content, middle).status_code == 201
    file, = clerk.report(report)["files"]
    assert clerk.file(report, file["id"]).content == content
    caller.get(state, expect=404)


def test_what_is_kept_is_nobody_elses_and_lies_sealed(world):
    receipt, report, organ = world.filed(letter())
    other, *_ = world.filed(letter())
    content = b"marked-part " * 20_000
    answer = ranged(receipt, "/api/v1/receipt/files/a.txt", content, 0, 99_999)
    assert answer.status_code == 202
    other.get("/api/v1/receipt/uploads/a.txt", expect=404)
    problem(ranged(other, "/api/v1/receipt/files/a.txt", content, 100_000), 409, "upload-offset")
    clerk = world.who_has(report, organ)[0]
    clerk.get(f"/api/v1/reports/{report}/uploads/a.txt", expect=404)
    stranger = next(person for person in world.everybody() if person.report(report) is None)
    stranger.get(f"/api/v1/reports/{report}/uploads/a.txt", expect=404)
    for path in (world.installation.data / "files").iterdir():
        assert b"marked-part" not in path.read_bytes()


def test_what_is_no_evidence_leaves_nothing(sqlite_world):
    receipt, report, organ = sqlite_world.filed(letter())
    content = b"MZ\x90\x00\x03" + bytes(2000)
    assert ranged(receipt, "/api/v1/receipt/files/a.exe", content, 0, 999).status_code == 202
    problem(ranged(receipt, "/api/v1/receipt/files/a.exe", content, 1000), 415)
    receipt.get("/api/v1/receipt/uploads/a.exe", expect=404)
    problem(ranged(receipt, "/api/v1/receipt/files/b.txt", b"x" * 10, 0, 9, total=60_000_000), 413)
    for header in ("bytes 5-2/10", "bytes 0-10/10", "bytes */10", "bytes 0-9", "items 0-9/10", "bytes 0-9/" + "9" * 30):
        answer = receipt.call(
            "PUT", "/api/v1/receipt/files/c.txt", data=b"0123456789", headers={"Content-Range": header})
        assert answer.status_code == 400, header
    assert receipt.read()["files"] == []


def test_another_file_of_the_same_name_begins_anew(sqlite_world):
    receipt, report, organ = sqlite_world.filed(letter())
    first, other = png() + os.urandom(5000), png() + os.urandom(7000)
    assert ranged(receipt, "/api/v1/receipt/files/a.png", first, 0, 3999).status_code == 202
    assert ranged(receipt, "/api/v1/receipt/files/a.png", other, 0, 999).json() == {"kept": 1000, "total": len(other)}
    assert ranged(receipt, "/api/v1/receipt/files/a.png", other, 1000).status_code == 201
    file, = sqlite_world.who_has(report, organ)[0].report(report)["files"]
    assert file["size"] == len(other)
