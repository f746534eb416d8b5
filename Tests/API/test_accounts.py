"""Accounts of staff on the pages and over the API: second factor, recovery codes, sessions, resets, rules."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
import requests
from client import Caller, Person, kept_alive, problem
from pages import SAME, Pages
from world import QINGTANG, World, letter, person

STEP = 30


def code_of(secret, steps=0):
    """What an authenticator app shows now, or so many steps from now (RFC 6238)."""
    key = base64.b32decode(secret.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // STEP + steps), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def world(copy):
    installation, described = copy
    return World(installation.serve("--limits", "off"), described)


def enrol(pages, password):
    """Sets up a second factor on the pages; the secret and the recovery codes."""
    page = pages.get("/account/second-factor")
    page = pages.get(pages.send(page, "/account/second-factor", {}))
    secret = re.search(r'<span class="code">([A-Z2-7 ]{39})</span>', page)[1]
    assert "<path d=" in page and f"secret={secret.replace(' ', '')}" in page
    said = pages.send(page, "/account/second-factor/confirm", {"code": "000000", "password": password}, 422)
    assert 'id="f-code-error"' in said
    shown = pages.send(
        page, "/account/second-factor/confirm", {"code": code_of(secret, -1), "password": password}, 200)
    codes = re.findall(r'<span class="code">([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</span>', shown)
    assert len(set(codes)) == 10
    return secret, codes


def sign_in(world, username, code=None, password=None):
    """The answer of the API."""
    login = {"username": username, "password": password or world.accounts[username]["password"]}
    return Caller(world.url).post("/api/v1/session", login | ({} if code is None else {"code": code}))


def test_a_second_factor_is_asked_for_on_the_pages_and_over_the_api(world):
    account = world.accounts["qt.letters2"]
    pages = Pages(world.url, account)
    secret, codes = enrol(pages, account["password"])
    assert "/account" in pages.get("/account")
    problem(sign_in(world, "qt.letters2"), 401, "second-factor")
    for wrong in ("", "123", "000000", "a" * 100_000, "'; DROP TABLE second_factor; --", "\u0000", codes[0] + "x"):
        problem(sign_in(world, "qt.letters2", wrong), 401, "second-factor")
    answer = sign_in(world, "qt.letters2", code_of(secret))
    assert answer.status_code == 201
    assert Caller(world.url, f"Bearer {answer.json()['token']}").get("/api/v1/inbox").json()["items"] == []
    assert sign_in(world, "qt.letters2", codes[0]).status_code == 201
    problem(sign_in(world, "qt.letters2", codes[0]), 401, "second-factor")
    problem(sign_in(world, "qt.letters2", code_of(secret, 1), "not the password"), 401, "unauthenticated")

    # The page after the password: nothing is open until the code is right.
    browser = kept_alive()
    login = {"username": account["username"], "password": account["password"], "to": "/office"}
    answer = browser.post(world.url + "/sign-in", data=login, headers=SAME, allow_redirects=False, timeout=60)
    assert answer.status_code == 303 and answer.headers["location"] == "/sign-in/code?to=/office"
    assert "session" not in browser.cookies
    waiting = browser.cookies["sign-in"]
    for cookie in ({"session": waiting}, {}):
        answer = requests.get(world.url + "/desk", cookies=cookie, allow_redirects=False, timeout=60)
        assert answer.headers["location"].startswith("/sign-in")
    problem(Caller(world.url, f"Bearer {waiting}").get("/api/v1/inbox", None), 401)
    page = browser.get(world.url + "/sign-in/code?to=/office", timeout=60).text
    assert 'autocomplete="one-time-code"' in page and 'value="/office"' in page

    def send(code, to):
        return browser.post(
            world.url + "/sign-in/code", data={"code": code, "to": to}, headers=SAME, allow_redirects=False, timeout=60)

    assert send("111111", "/office").status_code == 422
    assert send(codes[1], "//elsewhere.example").headers["location"] == "/desk"
    assert browser.get(world.url + "/account", timeout=60).status_code == 200
    assert browser.get(world.url + "/sign-in/code", allow_redirects=False, timeout=60).headers["location"] == "/sign-in"
    # Since the sign-in before: the code that was used up, and the ones.
    assert "a wrong code, 2 times" in browser.get(world.url + "/account?lang=en", timeout=60).text


def test_turning_it_off_and_new_recovery_codes_ask_for_the_password(world):
    account = world.accounts["qt.letters2"]
    pages = Pages(world.url, account)
    secret, codes = enrol(pages, account["password"])
    page = pages.get("/account/second-factor")
    for path in ("/account/second-factor/off", "/account/recovery-codes"):
        refused = pages.send(page, path, {"password": "not the password"}, 422)
        assert "error-summary" in refused
    fresh = re.findall(
        r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}",
        pages.send(page, "/account/recovery-codes", {"password": account["password"]}, 200))
    assert len(set(fresh)) == 10 and not set(fresh) & set(codes)
    problem(sign_in(world, "qt.letters2", codes[2]), 401, "second-factor")
    assert sign_in(world, "qt.letters2", fresh[2]).status_code == 201
    leads = pages.send(page, "/account/second-factor/off", {"password": account["password"]})
    assert leads == "/account?done=second-off" and pages.get(leads)
    assert sign_in(world, "qt.letters2").status_code == 201


def test_sessions_are_listed_and_an_ended_one_opens_nothing_at_once(world):
    account = world.accounts["qt.letters2"]
    one, two = Person(world.url, account), Person(world.url, account)
    pages = Pages(world.url, account)
    page = pages.get("/account")
    names = re.findall(r'name="session" value="([^"]+)"', page)
    assert len(names) == 3 and page.count('class="tag accent"') == 1
    token = one.session.headers["Authorization"].split()[1]
    assert token not in page and hashlib.sha256(token.encode()).hexdigest() not in page
    for rubbish in ("", "x", "0" * 36, "../../etc", "'", "9" * 100_000):
        pages.send(page, "/account/sessions/end", {"session": rubbish}, 404)
    stranger = Pages(world.url, world.accounts["qt.letters3"])
    password = {"password": account["password"]}
    stranger.send(stranger.get("/account"), "/account/sessions/end", {"session": names[0], **password}, 404)
    # Whoever finds the browser open ends nothing.
    for path, sent in (("/account/sessions/end", {"session": names[1]}), ("/account/sessions/end-others", {})):
        for wrong in ({}, {"password": ""}, {"password": "not the password"}):
            assert "error-summary" in pages.send(page, path, {**sent, **wrong}, 422)
    assert "error-summary" in pages.send(page, "/account/sessions/end", password, 422), "none was chosen"
    assert one.inbox() is not None and two.inbox() is not None
    pages.send(page, "/account/sessions/end-others", password)
    for person in (one, two):
        problem(person.get("/api/v1/inbox", None), 401)
    third = Person(world.url, account)
    admin = Pages(world.url, world.accounts["qt.admin1"])
    person = page_of(admin, world, account)
    admin.send(admin.get(person), person + "/end-sessions", {})
    problem(third.get("/api/v1/inbox", None), 401)
    # Ending the one that is used leads to the sign-in.
    pages = Pages(world.url, account)
    page = pages.get("/account")
    this = re.search(r'name="session" value="([^"]+)"(?:(?!</tr>).)*class="tag accent"', page, re.S)[1]
    assert pages.send(page, "/account/sessions/end", {"session": this, **password}) == "/sign-in"


def page_of(admin, world, account):
    """The address of a person's page, as the administrator finds it."""
    for organ in dict.fromkeys(re.findall(r'href="(/admin/organs/[0-9a-f-]{36})"', admin.get("/admin"))):
        page = admin.get(organ)
        for person in dict.fromkeys(re.findall(r'href="(/admin/people/[0-9a-f-]{36})"', page)):
            if f">{account['username']}<" in admin.get(person):
                return person
    raise AssertionError(account["username"])


def test_a_reset_leaves_nothing_open_until_a_colleague_lets_the_person_in(world):
    account = world.accounts["qt.letters2"]
    clerk = world["qt.letters2"]
    _, report, _ = world.filed(letter(QINGTANG))
    title = clerk.report(report)["title"]
    assert title
    _, codes = enrol(Pages(world.url, account), account["password"])
    token = "Bearer " + sign_in(world, "qt.letters2", codes[0]).json()["token"]
    assert Caller(world.url, token).get(f"/api/v1/reports/{report}").json()["title"] == title

    admin = Pages(world.url, world.accounts["qt.admin1"])
    person = page_of(admin, world, account)
    asked = admin.get(person + "/reset")
    for stranger in ("jz.admin1", "qt.letters1"):
        other = Pages(world.url, world.accounts[stranger])
        answer = other.session.post(
            world.url + person + "/reset", data={"csrf": re.search(
                r'name="csrf"\s+value="([^"]+)"', other.get("/account"))[1]}, headers=SAME, timeout=60)
        assert answer.status_code in (403, 404)
    me = page_of(admin, world, world.accounts["qt.admin1"])
    admin.get(me + "/reset", 403)
    admin.send(asked, me + "/reset", {"aware": "yes"}, 403)
    shown = admin.send(asked, person + "/reset", {}, 200)
    one_time = re.search(r'class="one-time">([a-z2-9-]{34})<', shown)[1]
    assert title not in shown

    # The session, the password and the second factor of before are gone.
    problem(Caller(world.url, token).get("/api/v1/inbox", None), 401)
    problem(sign_in(world, "qt.letters2"), 401, "unauthenticated")
    pages = Pages(world.url, {"username": "qt.letters2", "password": one_time})
    assert pages.session.get(world.url + "/desk", allow_redirects=False, timeout=60).headers["location"] == "/password"
    new = "a sentence after the reset"
    page = pages.get("/password")
    refused = pages.send(page, "/password", {"old": one_time, "new": "qt.letters2-2026!", "again": "qt.letters2-2026!"}, 422)
    assert 'id="f-new-error"' in refused
    pages.send(page, "/password", {"old": one_time, "new": new, "again": new})
    account = account | {"password": new}
    again = Person(world.url, account)
    assert again.inbox() == [] or all(item.get("title") is None for item in again.inbox())
    view = again.report(report)
    assert view is None or view["title"] is None and view["content"] is None

    # The colleague is told, lets the person in, and then all opens.
    colleague = Pages(world.url, world.accounts["qt.letters1"])
    office = colleague.get("/office?lang=en")
    assert "was reset by an administrator" in office
    row = office[office.index(">qt.letters2<"):]
    fields = {
        name: re.search(f'name="{name}" value="([^"]+)"', row)[1] for name in ("office", "person")}
    colleague.send(office, "/office/admit", fields)
    assert Person(world.url, account).report(report)["title"] == title
    assert "was reset by an administrator" not in colleague.get("/office?lang=en")


def test_whoever_would_close_an_office_is_asked_once_more(world):
    admin = Pages(world.url, world.accounts["qt.admin1"])
    alone = world.accounts["qt.trial1"]
    person = page_of(admin, world, alone)
    asked = admin.get(person + "/reset")
    assert 'name="aware"' in asked
    refused = admin.send(asked, person + "/reset", {}, 422)
    assert 'id="f-aware-error"' in refused
    assert sign_in(world, alone["username"]).status_code == 201, "nothing was changed"
    shown = admin.send(asked, person + "/reset", {"aware": "yes"}, 200)
    one_time = re.search(r'class="one-time">([a-z2-9-]{34})<', shown)[1]
    pages = Pages(world.url, {"username": alone["username"], "password": one_time})
    new = "a sentence after the reset"
    pages.send(pages.get("/password"), "/password", {"old": one_time, "new": new, "again": new})
    page = pages.get("/account")
    assert 'id="f-before-error"' in pages.send(page, "/account/before", {"before": new}, 422)
    assert pages.send(page, "/account/before", {"before": alone["password"]}) == "/account?done=taken-back"
    assert 'name="before"' not in pages.get("/account")


def test_the_rules_for_accounts_are_the_roots_to_choose(world):
    county = Pages(world.url, world.accounts["qt.admin1"])
    page = county.get("/admin/accounts")
    assert "SP 800-63B" in page and 'name="least"' not in page
    values = {"least": "15", "least-with-second-factor": "12", "idle-minutes": "30", "absolute-hours": "8",
              "one-time-hours": "72", "sign-in-days": "190"}
    county.send(page, "/admin/accounts", values, 403)
    root = Pages(world.url, world.accounts["yl.admin1"])
    page = root.get("/admin/accounts?lang=en")
    for name, wrong in (("least", "14"), ("idle-minutes", "61"), ("absolute-hours", "x"), ("least", "9" * 40),
                        ("roles", "emperor"), ("least-with-second-factor", "８")):
        assert f'id="f-{name}-error"' in root.send(page, "/admin/accounts", values | {name: wrong}, 422)
    assert root.send(page, "/admin/accounts", values | {"roles": "registrar"}) == "/admin/accounts?done=accounts-changed"
    # In force at once: a registrar who has none is led to set one up, and is told so over the API.
    name = next(name for name, account in world.accounts.items() if any(
        role.endswith(":registrar") for role in account["roles"]))
    account = world.accounts[name]
    problem(Person(world.url, account).get("/api/v1/inbox", None), 403, "second-factor-due")
    pages = Pages(world.url, account)
    for path in ("/desk", "/account", "/office"):
        answer = pages.session.get(world.url + path, allow_redirects=False, timeout=60)
        assert answer.headers["location"] == "/account/second-factor"
    secret, _ = enrol(pages, account["password"])
    assert pages.get("/account")
    pages.send(pages.get("/account"), "/account/second-factor/off", {"password": account["password"]}, 403)


def test_an_installation_asks_its_first_administrator_for_a_second_factor(installation):
    done = installation.command(
        "init", "--organ-code", "330000000000", "--organ-name", "某省纪委监委", "--level", "province", "--region",
        "330000", "--administrator-name", "张管理", "--holder", "甲", "--holder", "乙", "--holder", "丙").stdout
    password = re.search(r"^administrator\tadmin\t(\S+)$", done, re.M)[1]
    installation.serve()
    pages = Pages(installation.url, {"username": "admin", "password": password})
    new = "一句只有管理员自己知道的长话"
    page = pages.get("/password")
    short = pages.send(page, "/password", {"old": password, "new": new, "again": new}, 422)
    assert "15" in short
    new += "吧"
    pages.send(page, "/password", {"old": password, "new": new, "again": new})
    answer = pages.session.get(installation.url + "/admin", allow_redirects=False, timeout=60)
    assert answer.headers["location"] == "/account/second-factor"
    secret, _ = enrol(pages, new)
    assert pages.get("/admin")
    login = {"username": "admin", "password": new}
    problem(Caller(installation.url).post("/api/v1/session", login), 401, "second-factor")
    assert Caller(installation.url).post("/api/v1/session", login | {"code": code_of(secret)}).status_code == 201


@pytest.mark.parametrize("kind", ["plain", "hashes"])
def test_a_breached_password_is_refused_with_the_reason(sqlite_copy, tmp_path, kind):
    installation, described = sqlite_copy
    leaked = ["a sentence that leaked", "另一句泄露了的很长很长的密码话"]
    lines = leaked if kind == "plain" else sorted(
        hashlib.sha1(word.encode()).hexdigest().upper() + ":7"
        for word in leaked + [f"filler {number}" for number in range(5000)])
    table = tmp_path / "breached.txt"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    world = World(installation.serve("--limits", "off", "--breached-passwords", table), described)
    account = world.accounts["qt.letters2"]
    pages = Pages(world.url, account)
    page = pages.get("/password?lang=en")
    for word in leaked:
        refused = pages.send(page, "/password", {"old": account["password"], "new": word, "again": word}, 422)
        assert "became known in breaches" in refused
    fine = "a sentence that did not leak"
    pages.send(page, "/password", {"old": account["password"], "new": fine, "again": fine})


def test_a_list_in_which_nothing_would_be_found_is_not_served(sqlite_copy, tmp_path):
    installation, _ = sqlite_copy
    table = tmp_path / "by-count.txt"
    hashes = [hashlib.sha1(str(number).encode()).hexdigest().upper() + f":{9999 - number}" for number in range(500)]
    table.write_text("\n".join(hashes), encoding="utf-8")
    done = installation.command("serve", "--port", "0", "--breached-passwords", str(table), check=False)
    assert done.returncode != 0 and "not in their own order" in done.stderr


def test_guessing_codes_is_slow_even_with_the_password_and_after_a_restart(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    account = world.accounts["qt.letters2"]
    _, codes = enrol(Pages(world.url, account), account["password"])
    installation.stop()
    world = World(installation.serve(), described)
    answers = [sign_in(world, "qt.letters2", "123456") for _ in range(16)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    installation.stop()
    world = World(installation.serve(), described)
    problem(sign_in(world, "qt.letters2", codes[0]), 429)


FORMS = [
    "/account/sessions/end", "/account/sessions/end-others", "/account/second-factor", "/account/second-factor/confirm",
    "/account/second-factor/off", "/account/recovery-codes", "/account/before", "/admin/accounts"]


def test_no_form_is_taken_from_strangers_without_its_token_or_from_elsewhere(world):
    pages = Pages(world.url, world.accounts["qt.admin1"])
    for path in FORMS:
        for headers in (SAME, {"Sec-Fetch-Site": "cross-site"}):
            answer = pages.session.post(
                world.url + path, data={"csrf": "0" * 32, "password": "x"}, headers=headers, timeout=60,
                allow_redirects=False)
            assert answer.status_code == 403, f"{path}: {answer.status_code}"
        answer = requests.post(world.url + path, data={}, headers=SAME, timeout=60, allow_redirects=False)
        assert answer.status_code == 401, f"{path}: {answer.status_code}"
    page = pages.get("/account")
    rubbish = {"password": "x" * 5000, "code": "１" * 5000, "before": "y" * 5000, "session": "\u202e", "roles": "'"}
    pages.send(page, FORMS[0], rubbish, 404)
    pages.send(page, FORMS[1], rubbish, 422)
    pages.send(page, FORMS[2], rubbish)
    token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
    for path in FORMS[3:]:
        answer = pages.session.post(
            world.url + path, data=rubbish | {"csrf": token}, headers=SAME, timeout=60, allow_redirects=False)
        assert answer.status_code in (403, 409, 422), f"{path}: {answer.status_code}"
    assert requests.post(
        world.url + "/sign-in/code", data={"code": "1" * 100_000}, headers=SAME | {"Cookie": "sign-in=" + "A" * 43},
        timeout=60, allow_redirects=False).headers["location"] == "/sign-in"


def test_what_one_person_alone_opens_is_told_before_a_reset_and_passes_on_before_they_leave(world):
    _, report, _ = world.filed(letter(reported=[person("unknown")]))
    admin = Pages(world.url, world.accounts["qt.admin1"])
    place = page_of(admin, world, world.accounts["qt.letters1"])
    asked = admin.get(place + "/reset")
    assert "有 1 件只有此人能打开" in asked and 'name="aware"' in asked
    assert 'id="f-aware-error"' in admin.send(asked, place + "/reset", {}, 422)
    # A clerk of the same office succeeds: they hold the office's key, and not what is the director's alone.
    successor = world.accounts["qt.letters2"]
    other = page_of(admin, world, successor)
    role = re.search(r'<input type="hidden" name="roles" value="([\w-]+):director">', admin.get(place))[1] + ":director"
    admin.send(admin.get(other), other + "/join", {"roles": role})
    assert world["qt.letters2"].report(report)["title"] is None
    refused = admin.send(admin.get(place), place + "/leave", {"roles": role}, 422)
    assert "本部门有的举报件只有此人能打开" in refused
    assert sign_in(world, "qt.letters1").status_code == 201
    assert world["qt.letters2"].report(report)["title"] is not None
    assert 'name="aware"' not in admin.get(place + "/reset")
    admin.send(admin.get(place), place + "/leave", {"roles": role})
    assert world["qt.letters2"].report(report)["title"] is not None
    assert world["qt.letters1"].report(report) is None


def test_who_was_deactivated_is_let_in_anew(world):
    _, report, _ = world.filed(letter())
    admin = Pages(world.url, world.accounts["qt.admin1"])
    place = page_of(admin, world, world.accounts["qt.letters3"])
    admin.send(admin.get(place), place + "/deactivate", {})
    assert sign_in(world, "qt.letters3").status_code == 401
    admin.send(admin.get(place), place + "/reactivate", {})
    back = Person(world.url, world.accounts["qt.letters3"])
    assert back.report(report) is None or back.report(report)["title"] is None
    colleague = Pages(world.url, world.accounts["qt.letters1"])
    office = colleague.get("/office")
    row = office[office.index(">qt.letters3<"):]
    fields = {name: re.search(f'name="{name}" value="([^"]+)"', row)[1] for name in ("office", "person")}
    colleague.send(office, "/office/admit", fields)
    assert back.report(report)["title"] is not None
