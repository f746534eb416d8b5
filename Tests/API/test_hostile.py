"""Requests that nobody sends by accident: every answer is a clear refusal, and the server goes on."""

import gzip
import json
import os

import contract
import pytest
import requests
from client import problem
from doors import Knocker
from visitor import Visitor
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
    "texts as numbers": b'{"title":1,"content":2,"reported":3}',
    "reported is an object": b'{"title":"t","content":"c","reported":{}}',
    "flags as texts": json.dumps(letter(reported=[{"management": "county", "name": "x", "principal": "yes"}])).encode(),
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
    long = json.dumps({"username": "qt.letters1", "password": "y" * 500_000})
    is_clear(send(world, long, path="/api/v1/session"), 401)
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
        ("TRACE", "/api/v1/inbox", "GET"),
    ]:
        answer = clerk.session.request(method, sqlite_world.url + path, timeout=10)
        is_clear(answer, 405)
        assert allowed in answer.headers["Allow"]
    nowhere = "/api/v1", "/api/v2/reports", "/api/", "/api/v1/reports/x/y/z", "/api/v1/receipt/files/a/b", "/api/%00"
    for path in nowhere:
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
    "<script>alert(1)</script>", "\u202e\u2066反\u0007", "𠮷👨‍👩‍👧‍👦é\u0301", "a\r\nSet-Cookie: x=1", "?1 $1 :x",
    "\ufeff\ufffe"])
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


def test_no_joined_character_brings_a_tag_into_a_page(world):
    """To some, a sign and what clings to it are one character, and no `<` any more; to a browser they are two."""
    tag = "\u0600<mjx a=\u0600\"b\u0301\u0600'c\u0301>\u0301"
    receipt, report, organ = world.filed({
        **letter(), "title": tag, "content": tag, "demand": tag,
        "reported": [{"kind": "person", "name": tag, "unit": tag, "position": tag, "management": "county"}]})
    receipt.message(tag)
    clerk = Knocker(world.who_has(report, organ)[0])
    looked = 0
    for path, (status, text) in clerk.everything(report).items():
        if not path.startswith("/api/"):
            assert "<mjx" not in text, path
            looked += "mjx" in text
    assert looked >= 3, "the queue, the report and what is printed show it"
    told = Visitor(world.url).get("/receipt").post("/receipt", {"receipt": receipt.digits}).text
    assert "mjx" in told and "<mjx" not in told


def test_sign_in_takes_words_as_words(world):
    for name in ("' OR 1=1 --", "qt.letters1'--", "QT.LETTERS1\u0000", "%", "qt_letters1", ""):
        is_clear(send(world, json.dumps({"username": name, "password": "x"}), path="/api/v1/session"), 401, 422)
    for token in ("", "x", "A" * 43, "A" * 20_000, "../../..", "'"):
        answer = requests.get(world.url + "/api/v1/inbox", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        assert answer.status_code in (400, 401, 431)


@pytest.mark.parametrize("path", ["/sign-in", "/report", "/receipt", "/desk/register", "/password", "/sign-out"])
def test_page_forms_take_no_rubbish(sqlite_world, path):
    form, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary="
    field, file = (b'--x\r\nContent-Disposition: form-data; name="a"' + rest for rest in (b"", b'; filename="../x"'))
    pieces = [
        (b"", form), (b"%zz=%&&&=%ff%fe" * 100, form), (b"a=b&" * 5000, form), (b"x=" + b"y" * 3_000_000, form),
        (field + b"\r\n\r\nb\r\n--x--", parts + "x"), (file + b"\r\n\r\n", parts + "x"),
        (b"--x\r\n" * 20_000, parts + "x"), (os.urandom(50_000), parts + "z" * 300), (b"{}", "application/json"),
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


def test_guessing_stays_slow_after_a_restart_and_for_another_process(copy):
    installation, described = copy
    password = described["accounts"][0]["password"]

    def guess(username, password):
        return requests.post(
            installation.url + "/api/v1/session", json={"username": username, "password": password}, timeout=30)

    installation.serve()
    assert [guess("qt.letters1", "x").status_code for _ in range(15)] == [401] * 15
    installation.kill()
    installation.serve()
    refused = guess("qt.letters1", password)
    is_clear(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert guess("qt.letters2", password).status_code == 201, "whoever else comes from there is let in"
    installation.stop()
    installation.serve("--limits", "off")
    assert guess("qt.letters1", password).status_code == 201
