"""Requests that nobody sends by accident: every answer is a clear refusal, and the server goes on."""

import gzip
import json
import os
import socket
import time
from urllib.parse import urlsplit

import contract
import pytest
import requests
from client import problem
from world import QINGTANG, letter

REPORTS = "/api/v1/reports"


@pytest.fixture(autouse=True)
def survives(request):
    """After every test the same process answers, and what is stored is whole."""
    name = "world" if "world" in request.fixturenames else "sqlite_world"
    installation = request.getfixturevalue(name).installation
    process = installation.process
    yield
    assert process.poll() is None, "the server ended: " + installation.log.read_text()[-2000:]
    assert installation.is_alive()
    installation.verify()


def is_clear(answer, *statuses):
    """A refusal that a program can read; never a 5xx."""
    assert answer.status_code in statuses if statuses else 400 <= answer.status_code < 500, (
        f"{answer.status_code} {answer.text[:300]}")
    assert answer.headers["content-type"].startswith("application/problem+json")
    contract.validator("/components/schemas/Problem").validate(answer.json())
    assert answer.json()["status"] == answer.status_code
    return answer.json()


def send(world, body, media="application/json", path=REPORTS, **headers):
    if isinstance(body, str):
        body = body.encode()
    return requests.post(world.url + path, data=body, headers={"Content-Type": media, **headers}, timeout=60)


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


JSON_BODIES = {
    "nothing": b"", "no JSON": b"hello", "half": json.dumps(letter()).encode()[:-20], "a number": b"42",
    "an array": b"[]", "null": b"null", "an empty object": b"{}", "a lone quote": b'"', "trailing rubbish": b"{}{}",
    "wrong UTF-8": b'{"title":"\xff\xfe","content":"\xc3\x28","reported":[]}',
    "overlong UTF-8": b'{"title":"\xc0\xaf","content":"x","reported":[]}',
    "a surrogate as UTF-8": b'{"title":"\xed\xa0\x80","content":"x","reported":[]}',
    "a lone surrogate": b'{"title":"\\ud800","content":"x","reported":[{"management":5}]}',
    "NUL": b'{"title":"a\\u0000b","content":"x","reported":[{"kind":"person","name":"x","management":"county"}]}',
    "UTF-16": json.dumps(letter()).encode("utf-16"),
    "a hundred thousand arrays": b"[" * 100_000 + b"]" * 100_000, "unclosed arrays": b"[" * 500_000,
    "nested objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a number beyond all numbers": b'{"title":"t","content":"c","reported":[{"management":1e999999}]}',
    "a long number": b'{"title":' + b"9" * 100_000 + b"}",
    "texts as numbers": b'{"title":1,"content":2,"reported":3}', "reported is an object": b'{"title":"t","content":"c","reported":{}}',
    "flags as texts": json.dumps({**letter(), "reported": [{"management": "county", "name": "x", "principal": "yes"}]}).encode(),
}


@pytest.mark.parametrize("name", JSON_BODIES)
def test_json_that_is_none_or_has_another_shape(sqlite_world, name):
    is_clear(send(sqlite_world, JSON_BODIES[name]), 400, 413, 422)
    clerk = sqlite_world["qt.letters2"]
    authorization = clerk.session.headers["Authorization"]
    is_clear(send(sqlite_world, JSON_BODIES[name], Authorization=authorization), 400, 413, 422)
    if name not in ("nothing", "an empty object", "null"):
        is_clear(send(sqlite_world, JSON_BODIES[name], path="/api/v1/session"), 400, 401, 413, 422)


def test_every_prefix_of_a_filing_is_refused(sqlite_world):
    body = json.dumps(letter(), ensure_ascii=False).encode()
    for cut in range(0, len(body) - 1, 7):
        is_clear(send(sqlite_world, body[:cut]), 400, 422)


def test_fields_beyond_all_measure(world):
    clerk = world["qt.letters2"]
    for field in ("title", "content", "demand"):
        is_clear(send(world, json.dumps({**letter(), field: "长" * 3_500_000})), 413)
        is_clear(send(world, json.dumps({**letter(), field: "x" * 600_000})), 422)
    for field in ("organ", "place"):
        is_clear(send(world, json.dumps({**letter(), field: "9" * 900_000})), 422)
    for field in ("name", "unit", "position", "unitCode"):
        reported = [{"kind": "person", "name": "x", "management": "county", field: "长" * 300_000}]
        is_clear(send(world, json.dumps(letter(reported=reported))), 413, 422)
    is_clear(send(world, json.dumps(letter(reported=[{"management": "county", "name": "x"}] * 15_000))), 422)
    is_clear(send(world, json.dumps({"username": "x" * 500_000, "password": "y"}), path="/api/v1/session"), 401)
    is_clear(send(world, json.dumps({"username": "qt.letters1", "password": "y" * 500_000}), path="/api/v1/session"), 401)
    problem(clerk.post(REPORTS, letter(channel="x" * 500_000)), 422)
    receipt, report, organ = world.filed(letter())
    problem(receipt.post("/api/v1/receipt/messages", {"text": "x" * 300_000}), 422)
    problem(clerk.try_act(report, "register", note="x" * 300_000), 422)
    problem(clerk.try_act(report, "register", people=10 ** 30), 422)
    problem(clerk.try_act(report, "register", people=-5), 422)
    problem(clerk.try_act(report, "register", sensitivity=["urgent", "x" * 100_000]), 422)


def test_codes_that_stand_open_are_those_of_the_rules(world):
    clerk = world["qt.letters2"]
    said = problem(clerk.post(REPORTS, letter(channel="letter", marks=["urgent", "王小麦说的"])), 422)
    assert said["errors"][0]["field"] == "marks"
    problem(clerk.post(REPORTS, letter(channel="王小麦")), 422)
    problem(clerk.post(REPORTS, letter(channel="letter", marks=["urgent", "urgent"])), 422)
    answer = clerk.post(REPORTS, letter(channel="letter", marks=["urgent"]), 201)
    assert "urgent" in clerk.report(answer.json()["id"])["marks"]


def test_the_largest_report_that_is_taken(world):
    body = {**letter(), "title": "题" * 200, "content": "长" * 100_000, "demand": "求" * 100_000}
    answer = send(world, json.dumps(body, ensure_ascii=False))
    assert answer.status_code == 201, answer.text
    report = world.arrived(QINGTANG, body["title"])
    assert world.who_has(report, QINGTANG)[0].report(report)["content"] == body["content"]


def test_other_media_and_codings_are_refused(sqlite_world):
    body = json.dumps(letter()).encode()
    for media in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "", "application/json2", "\x80"):
        is_clear(send(sqlite_world, body, media.encode("latin-1")), 400, 415)
    bomb = gzip.compress(bytes(10_000_000))
    for coding in ("gzip", "br", "deflate", "zstd", "gzip, gzip"):
        is_clear(send(sqlite_world, bomb, **{"Content-Encoding": coding}), 415)
    receipt, *_ = sqlite_world.filed(letter())
    answer = receipt.call("PUT", "/api/v1/receipt/files/a.txt", data=bomb, headers={"Content-Encoding": "gzip"})
    problem(answer, 415)


def test_wrong_methods_are_told_the_right_ones(sqlite_world):
    clerk = sqlite_world["qt.letters1"]
    for method, path, allowed in [
        ("DELETE", REPORTS, "POST"), ("GET", REPORTS, "POST"), ("POST", "/api/v1/inbox", "GET"),
        ("PATCH", "/api/v1/receipt", "GET"), ("GET", "/api/v1/session", "DELETE"), ("PUT", "/api/v1/session", "POST"),
        ("OPTIONS", "/api/v1/receipt/rating", "POST"), ("MKCOL", "/api/v1/inbox", "GET"),
    ]:
        answer = clerk.session.request(method, sqlite_world.url + path, timeout=10)
        is_clear(answer, 405)
        assert allowed in answer.headers["Allow"]
    for path in ("/api/v1", "/api/v2/reports", "/api/", "/api/v1/reports/x/y/z", "/api/v1/receipt/files/a/b", "/api/%00"):
        is_clear(clerk.session.get(sqlite_world.url + path, timeout=10), 404, 400)


@pytest.mark.parametrize("query", [
    "limit=0", "limit=-1", "limit=201", "limit=99999999999999999999999", "limit=x", "limit=", "limit=1e3", "offset=-1",
    "offset=9223372036854775808", "sort=title", "sort=receivedAt;DROP TABLE report", "sort=%27", "limit=１０"])
def test_lists_take_sensible_pages_only(sqlite_world, query):
    problem(sqlite_world["qt.letters1"].get(f"/api/v1/inbox?{query}", None), 422)


def test_a_page_far_beyond_the_end_is_empty(world):
    for offset in (10_000_000, 9223372036854775807 - 200, 9223372036854775807):
        page = world["qt.letters1"].get(f"/api/v1/inbox?limit=200&offset={offset}").json()
        assert page == {"items": [], "next": None}


@pytest.mark.parametrize("text", [
    "'; DROP TABLE report; --", "\" OR 1=1 --", "%' OR '1'='1", "{{content}} {{{x}}} {{> layout}}", "${7*7} #{7*7}",
    "<script>alert(1)</script>", "\u202e\u2066反\u0007", "𠮷👨‍👩‍👧‍👦é\u0301", "a\r\nSet-Cookie: x=1", "?1 $1 :x", "\ufeff\ufffe"])
def test_words_are_words(world, text):
    """What reads like a command to a database, a template or a browser comes out as it went in."""
    body = letter(reported=[{"kind": "person", "name": text, "unit": text, "position": text, "management": "county"}])
    body |= {"title": text, "content": text, "demand": text}
    receipt, report, organ = world.filed(body)
    clerk = world.who_has(report, organ)[0]
    clerk.act(report, "register", note=text)
    receipt.message(text)
    view = clerk.report(report)
    assert view["content"] == text and view["title"] == text.strip() or view["title"] == text
    assert view["reported"][0]["name"].strip() == text.strip() and view["messages"][-1]["text"] == text
    assert text in view["history"][1]["texts"].values()


def test_sign_in_takes_words_as_words(world):
    for name in ("' OR 1=1 --", "qt.letters1'--", "QT.LETTERS1\u0000", "%", "qt_letters1", ""):
        is_clear(send(world, json.dumps({"username": name, "password": "x"}), path="/api/v1/session"), 401, 422)
    for token in ("", "x", "A" * 43, "A" * 20_000, "../../..", "'"):
        answer = requests.get(world.url + "/api/v1/inbox", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code in (400, 401, 431)


HEADS = {
    "a header of 64 KiB": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 65536 + b"\r\n\r\n",
    "a thousand headers": b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
    "a line of 1 MiB": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200), "NULs": bytes(2000),
    "two lengths": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a huge length": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "a broken chunk": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk of all memory": b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    "a space in the name": b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "HTTP/9.9": b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET /api/v1/inbox HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /api/v1/inbox HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "an absolute address": b"GET http://[::1/api/v1/inbox HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of escapes": b"GET /api/v1/reports/%ff%fe%00%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
    "a raw path": b"GET /api/v1/reports/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "a query of escapes": b"GET /sign-in?to=%zz%&&&==&lang=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "two authorizations": b"GET /api/v1/inbox HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Receipt b\r\n\r\n",
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
            b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{"[: 20 + number])
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


@pytest.mark.parametrize("path", ["/sign-in", "/report", "/receipt", "/desk/register", "/password", "/sign-out"])
def test_page_forms_take_no_rubbish(sqlite_world, path):
    pieces = [
        (b"", "application/x-www-form-urlencoded"), (b"%zz=%&&&=%ff%fe" * 100, "application/x-www-form-urlencoded"),
        (b"a=b&" * 5000, "application/x-www-form-urlencoded"), (b"x=" + b"y" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\n" * 20_000, "multipart/form-data; boundary=x"), (os.urandom(50_000), "multipart/form-data; boundary=" + "z" * 300),
        (b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../../x\"\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ]
    for body, media in pieces:
        answer = requests.post(
            sqlite_world.url + path, data=body, headers={"Content-Type": media, "Sec-Fetch-Site": "same-origin"},
            timeout=30, allow_redirects=False)
        assert answer.status_code < 500, f"{path} {media}: {answer.status_code}"
        assert "session=" not in answer.headers.get("set-cookie", "").replace("session=;", "")


def test_the_limits_on_knocking_tell_when_to_come_again(sqlite_copy, sqlite_world):
    installation, _ = sqlite_copy
    installation.serve()
    answers = [
        requests.post(installation.url + REPORTS, json=letter(), timeout=30) for _ in range(200)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert answers[0].status_code == 201 and refused
    for answer in refused:
        is_clear(answer, 429)
        assert int(answer.headers["Retry-After"]) >= 1
    wrong = [
        requests.post(
            installation.url + "/api/v1/session", json={"username": "qt.letters1", "password": "x"}, timeout=30)
        for _ in range(30)]
    assert wrong[0].status_code == 401 and wrong[-1].status_code == 429
