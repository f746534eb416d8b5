"""What browsers are told with every answer, and the cookies of a real installation."""

import doors
import requests
from attacks import administered
from client import kept_alive
from pages import SAME, Pages
from visitor import Visitor
from world import World, letter

TOLD = {
    "Content-Security-Policy": ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
    "X-Content-Type-Options": ["nosniff"], "Referrer-Policy": ["same-origin"],
    "Cross-Origin-Resource-Policy": ["same-origin"]}


def test_every_answer_bears_the_guards_of_the_browser(sqlite_world):
    _, report, _ = sqlite_world.filed(letter())
    knocker = doors.Knocker(sqlite_world["qt.letters1"])
    asked = 0
    for method, pattern in doors.routes():
        for path in doors.filled(pattern, report) if method == "GET" else []:
            for caller in (knocker.pages, kept_alive()):
                answer = caller.get(
                    sqlite_world.url + path, headers={"Origin": "https://elsewhere.example"}, timeout=60,
                    allow_redirects=False)
                for name, parts in TOLD.items():
                    missing = [part for part in parts if part not in answer.headers.get(name, "")]
                    assert not missing, f"{path} {answer.status_code}: {name} lacks {missing}"
                assert not [name for name in answer.headers if name.lower().startswith("access-control")], path
                media = answer.headers.get("Content-Type", "")
                assert media or not answer.content, path
                assert "charset=utf-8" in media.lower() or not media.startswith("text/"), f"{path}: {media}"
                asked += 1
    assert asked > 100


def cookies_set(answer):
    """{name: its attributes} of the cookies that an answer sets."""
    found = {}
    for field in answer.raw.headers.getlist("Set-Cookie"):
        pair, *attributes = field.split("; ")
        found[pair.split("=")[0]] = (pair.split("=", 1)[1], set(attributes))
    return found


def test_cookies_of_a_real_installation_belong_to_its_host_and_travel_over_tls_alone(installation):
    told = installation.command(
        "init", "--organ-code", "330000000000", "--organ-name", "某省纪委监委", "--level", "province", "--region", "330000",
        "--administrator-name", "张管理", "--holder", "甲", "--holder", "乙", "--holder", "丙").stdout
    password = next(line.split("\t")[2] for line in told.splitlines() if line.startswith("administrator\t"))
    url = installation.serve("--production").url

    def ask(method, path, cookie="", **fields):
        return requests.request(
            method, url + path, data=fields or None, headers=SAME | {"Cookie": cookie}, timeout=60, allow_redirects=False)

    signed_in = cookies_set(ask("POST", "/sign-in", username="admin", password=password))
    drafted = cookies_set(ask("POST", "/report/rank", rank="county", go="next"))
    asked = cookies_set(ask("GET", "/?lang=en"))
    token, attributes = signed_in["__Host-session"]
    assert attributes == {"Path=/", "SameSite=Lax", "HttpOnly", "Secure"}
    draft, attributes = drafted["__Secure-draft"]
    assert {"Path=/report", "HttpOnly", "Secure"} < attributes and any("SameSite" in one for one in attributes)
    assert {"Path=/", "HttpOnly", "Secure"} < asked["__Host-lang"][1]
    # What another host of the same domain can set, or somebody on a line without TLS, opens nothing.
    assert ask("GET", "/password", f"__Host-session={token}").status_code == 200
    for name in ("session", "__Secure-session", "__host-session"):
        assert ask("GET", "/password", f"{name}={token}").status_code in (303, 401), name
    assert ask("GET", "/report/party/1", f"__Secure-draft={draft}").status_code == 200
    assert ask("GET", "/report/party/1", f"draft={draft}").status_code == 303
    out = cookies_set(ask("POST", "/leave"))
    assert {"__Host-session", "__Secure-draft", "__Secure-receipt", "__Host-lang", "__Host-pass"} == set(out)
    assert all({"Max-Age=0", "Secure"} < attributes for _, attributes in out.values())


def test_signing_in_again_ends_the_session_that_the_browser_held(world):
    browser = Pages(world.url, world.accounts["qt.trial1"])
    before = browser.session.cookies["session"]
    account = world.accounts["qt.probe1"]
    browser.send(
        browser.get("/sign-in"), "/sign-in", {"username": account["username"], "password": account["password"]})
    browser.get("/desk")
    held = requests.get(world.url + "/desk", cookies={"session": before}, timeout=60, allow_redirects=False)
    assert held.status_code == 303 and "/sign-in" in held.headers["Location"]


def test_a_password_is_changed_with_the_present_one_alone_and_a_deactivated_person_is_out_at_once(sqlite_copy):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    admin = doors.Knocker(world["qt.admin1"])
    administration = administered(admin, world, doors.Knocker(world["qt.inspect3"]))
    person = Pages(world.url, world.accounts["qt.inspect3"])
    page, new = person.get("/password"), "a sentence of nine herons"
    person.send(page, "/password", {"old": "not the present one", "new": new, "again": new}, 422)
    person.send(page, "/password", {"old": world.accounts["qt.inspect3"]["password"], "new": new, "again": new})
    assert admin.send("POST", administration + "/deactivate", {}).status_code == 303
    answer = person.session.get(world.url + "/desk", timeout=60, allow_redirects=False)
    assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"]


# Nothing is there to protect before these: the browser proves that they come from our own page.
WITHOUT_TOKEN = {"/witness/add-checkpoint", "/sign-in", "/sign-in/code", "/receipt", "/report/rank", "/pass", "/leave", "/report/leave", "/receipt/leave"}


def test_no_form_of_any_page_is_taken_with_another_token(sqlite_world):
    receipt, report, _ = sqlite_world.filed(letter())
    visitor = Visitor(sqlite_world.url).begin().tell("河堤", "去年修的河堤，今年就裂了。")
    visitor.post("/report/you", {"identity": "named", "go": "next"})
    visitor.get("/receipt").post("/receipt", {"receipt": receipt.digits})
    clerk, administrator = (doors.Knocker(sqlite_world[name]) for name in ("qt.letters1", "qt.admin1"))
    tried = 0
    for method, pattern in doors.routes():
        if method != "POST" or pattern.startswith("/api/") or pattern in WITHOUT_TOKEN:
            continue
        public = pattern.startswith(("/report", "/receipt"))
        pages = visitor.session if public else (administrator if "/admin" in pattern else clerk).pages
        for path in doors.filled(pattern, report):
            files = {"files": ("a.txt", b"a")} if pattern.endswith(("/files", "/register")) else None
            answer = pages.post(
                sqlite_world.url + path, data={"csrf": "0" * 32, "go": "next"}, files=files, headers=SAME, timeout=60,
                allow_redirects=False)
            # What an id names, such as an office, is looked for first.
            assert answer.status_code in (403, 404), f"{path}: {answer.status_code}"
            tried += answer.status_code == 403
    assert tried > 50
