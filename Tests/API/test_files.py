"""Evidence and scans: what goes in comes out, and what is not taken leaves nothing."""

import io
import os
import socket
import zipfile
from urllib.parse import urlsplit

import pytest
from client import problem
from world import letter

PNG = b"\x89PNG\r\n\x1a\n" + os.urandom(70_000)
PDF = b"%PDF-1.7\n" + os.urandom(200_000)


def archive(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name in names:
            packed.writestr(name, "x" * 100)
    return buffer.getvalue()


def stored(world):
    folder = world.installation.data / "files"
    return set(os.listdir(folder)) if folder.exists() else set()


def test_files_of_both_sides_come_out_as_they_went_in(world):
    receipt, report, organ = world.filed(letter())
    assert receipt.put_file("照片 1（水渠）.png", PNG).status_code == 201
    clerk = world.who_has(report, organ)[0]
    assert clerk.put_file(report, "来信扫描.pdf", PDF).status_code == 201
    assert receipt.read()["files"] == [{"name": "照片 1（水渠）.png", "size": len(PNG)}], "the reporter's own alone"
    shown = {file["name"]: (file["type"], file["size"], file["from"]) for file in clerk.report(report)["files"]}
    assert shown == {
        "照片 1（水渠）.png": ("image/png", len(PNG), "reporter"),
        "来信扫描.pdf": ("application/pdf", len(PDF), "office")}
    answer = clerk.file(report, "照片 1（水渠）.png")
    assert answer.content == PNG and answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert clerk.file(report, "来信扫描.pdf").content == PDF
    clerk.file(report, "没有.pdf", expect=404)


def test_a_name_that_the_same_side_has_used_is_a_conflict(world):
    receipt, report, organ = world.filed(letter())
    clerk = world.who_has(report, organ)[0]
    assert receipt.put_file("a.txt", "一".encode()).status_code == 201
    problem(receipt.put_file("a.txt", "二".encode()), 409, "file-exists")
    problem(clerk.put_file(report, "a.txt", "三".encode()), 409, "file-exists")
    # A reporter learns nothing of the office's papers, not even that a name is taken; then the id tells which.
    assert clerk.put_file(report, "b.txt", "三".encode()).status_code == 201
    assert receipt.put_file("b.txt", "四".encode()).status_code == 201
    files = [file for file in clerk.report(report)["files"] if file["name"] == "b.txt"]
    contents = {file["from"]: clerk.file(report, file["id"]).content for file in files}
    assert contents == {"reporter": "四".encode(), "office": "三".encode()}


@pytest.mark.parametrize(("name", "content"), [
    ("program.exe", b"MZ\x90\x00\x03" + bytes(200)),
    ("photo.jpg", b"MZ\x90\x00\x03" + bytes(200)),
    ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("page.txt", b"\xef\xbb\xbf \n<html><body>"),
    ("script.txt", b"#!/bin/sh\nrm -rf /\n"),
    ("archive.zip", archive("a.txt", "b.exe")),
    ("letter.docx", archive("evil.exe")),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("program", b"\x7fELF" + bytes(64)),
    ("empty.txt", b""),
])
def test_what_a_file_is_its_bytes_say(sqlite_world, name, content):
    receipt, report, organ = sqlite_world.filed(letter())
    before = stored(sqlite_world)
    problem(receipt.put_file(name, content), 415)
    problem(sqlite_world.who_has(report, organ)[0].put_file(report, name, content), 415)
    assert stored(sqlite_world) == before
    assert receipt.read()["files"] == []


def test_a_document_of_an_office_program_is_taken(sqlite_world):
    receipt, *_ = sqlite_world.filed(letter())
    document = archive("[Content_Types].xml", "word/document.xml")
    assert receipt.put_file("材料.docx", document).status_code == 201


def test_fifty_megabytes_are_taken_and_no_byte_more(sqlite_world):
    receipt, report, organ = sqlite_world.filed(letter())
    whole = b"%PDF-1.7\n".ljust(50 * 1024 * 1024, b"x")
    assert receipt.put_file("whole.pdf", whole).status_code == 201
    before = stored(sqlite_world)
    problem(receipt.put_file("more.pdf", whole + b"x"), 413)
    # Without a length, the limit is found only as the bytes arrive.
    pieces = (whole[i:i + 1_000_000] for i in range(0, 51_000_000, 1_000_000))

    def endless():
        yield from pieces
        yield b"x" * 3_000_000

    try:
        problem(receipt.put_file("chunks.pdf", endless()), 413)
    except OSError as error:  # The server may close before all of it was sent.
        assert "reset" in str(error).lower() or "pipe" in str(error).lower() or "aborted" in str(error).lower()
    sqlite_world.installation.wait_until(lambda: stored(sqlite_world) == before)
    assert stored(sqlite_world) == before
    assert sqlite_world.who_has(report, organ)[0].file(report, "whole.pdf").content == whole


def test_no_more_than_twenty_files(sqlite_world):
    receipt, *_ = sqlite_world.filed(letter())
    for number in range(20):
        assert receipt.put_file(f"{number}.txt", b"text").status_code == 201
    problem(receipt.put_file("20.txt", b"text"), 409, "too-many-files")


def test_a_cut_upload_leaves_nothing(sqlite_world):
    receipt, report, organ = sqlite_world.filed(letter())
    clerk = sqlite_world.who_has(report, organ)[0]
    before = stored(sqlite_world)
    address = urlsplit(sqlite_world.url)
    for path, authorization in [
        ("/api/v1/receipt/files/cut.pdf", f"Receipt {receipt.digits}"),
        (f"/api/v1/reports/{report}/files/cut.pdf", clerk.session.headers["Authorization"]),
    ]:
        with socket.create_connection((address.hostname, address.port)) as connection:
            head = (
                f"PUT {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n"
                "Content-Length: 900000\r\n\r\n")
            connection.sendall(head.encode() + b"%PDF-1.7\n" + bytes(400_000))
            sqlite_world.installation.wait_until(lambda: stored(sqlite_world) != before, 3)
    assert sqlite_world.installation.wait_until(lambda: stored(sqlite_world) == before)
    assert receipt.read()["files"] == []


@pytest.mark.parametrize(("sent", "kept"), [
    ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/etc/shadow", "shadow"), ("....", "file"),
    ("a" * 300 + ".txt", None), ("名\u202egpj.exe", None), ("-rf *;`ls`$(id)'\"<b>.txt", "-rf *;`ls`$(id)'\"<b>.txt"),
])
def test_a_file_name_is_a_label_and_no_path(sqlite_world, sent, kept):
    receipt, report, organ = sqlite_world.filed(letter())
    assert receipt.put_file(sent, b"text").status_code == 201
    name = receipt.read()["files"][0]["name"]
    assert "/" not in name and "\\" not in name and "\u202e" not in name and len(name.encode()) <= 360
    assert kept is None or name == kept
    clerk = sqlite_world.who_has(report, organ)[0]
    assert clerk.file(report, name).content == b"text"
    assert all(len(entry) == 36 for entry in stored(sqlite_world))
