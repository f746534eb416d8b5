"""Bytes on the wire that no client sends: the server refuses or closes, and nobody else waits for it."""

import json
import os
import socket
import time
from urllib.parse import urlsplit

import pytest
from test_hostile import survives  # noqa: F401 (a fixture)
from world import letter

POST = b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def raw(world, data, wait=10, half_close=False):
    """Bytes as they are; what the server answered before it closed or fell silent."""
    address = urlsplit(world.url)
    answer = b""
    with socket.create_connection((address.hostname, address.port), timeout=wait) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
                head, end, body = answer.partition(b"\r\n\r\n")
                lengths = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if
                           line.startswith(b"content-length:")]
                if end and lengths and len(body) >= lengths[0]:
                    break
        except (TimeoutError, ConnectionError):
            pass
    return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


HEADS = {
    "a header of 64 KiB": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 65536 + b"\r\n\r\n",
    "a thousand headers": b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    "a line of 1 MiB": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200), "NULs": bytes(2000),
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a huge length": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "a broken chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk of all memory": POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "a space in the name": b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "HTTP/9.9": b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET /api/v1/inbox HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /api/v1/inbox HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "an absolute address": b"GET http://[::1/api/v1/inbox HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of escapes": b"GET /api/v1/reports/%ff%fe%00%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
    "a raw path": b"GET /api/v1/reports/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a query of escapes": b"GET /sign-in?to=%zz%&&&==&lang=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "two authorizations":
        b"GET /api/v1/inbox HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Receipt b\r\n\r\n",
    "cookies": b"GET /desk HTTP/1.1\r\nHost: x\r\nCookie: session=;;;=;session=\xff; lang=\"\r\n\r\n",
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_that_no_client_sends(sqlite_world, name):
    answer = raw(sqlite_world, HEADS[name], wait=3, half_close=True)
    assert status(answer) is None or status(answer) < 500, answer[:300]
    assert name in ("HTTP/9.9", "a folded header", "two hosts", "a query of escapes") or status(answer) in (
        None, 303, 400, 401, 404, 408, 411, 413, 414, 431), answer[:300]


def test_a_request_in_a_request_is_not_smuggled(sqlite_world):
    data = (
        b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b'{"status":"ok"}' not in raw(sqlite_world, data, wait=3)


def test_slow_and_cut_requests_hold_nobody_up(sqlite_world):
    address = urlsplit(sqlite_world.url)
    slow = [socket.create_connection((address.hostname, address.port)) for _ in range(200)]
    for number, connection in enumerate(slow):
        connection.sendall(
            (POST + b"Content-Length: 1000\r\n\r\n{")[: 20 + number])
    begun = time.monotonic()
    receipt, _ = sqlite_world.file(letter())
    assert receipt.read()["stage"] == "received" and time.monotonic() - begun < 5
    for connection in slow:
        connection.close()


def test_a_cut_body_is_no_filing(sqlite_world):
    before = sqlite_world.installation.verify()["reports"]
    body = json.dumps(letter(), ensure_ascii=False).encode()
    head = (
        f"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body) + 10}\r\n\r\n")
    answer = raw(sqlite_world, head.encode() + body, wait=3, half_close=True)
    assert status(answer) in (None, 400)
    assert sqlite_world.installation.verify()["reports"] == before
