"""The whole story of reports, with a marked word in every place that takes one, and refusals, which might be logged."""

import re
import secrets
from datetime import date, timedelta
from urllib.parse import quote

import evidence_files as files
import requests
from client import Caller, kept_alive, problem
from doors import Knocker
from pages import Pages
from test_accounts import enrol, page_of
from test_commands import change_password
from test_evidence import Case
from test_exports import made, newest
from test_interference import TOLD, recorded
from test_search import search
from test_uploads import ranged
from visitor import PARTY, Visitor
from world import QINGTANG, letter, person

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Planted:
    """Marked words, one for each place and none like another, and secrets that the program itself makes."""

    def __init__(self):
        self.mark = f"丹顶鹤{secrets.token_hex(3)}"
        self.words, self.secrets = {}, {}

    def __call__(self, where):
        # Right after the mark, which all words share, stands a character of its own: a list of questions may not repeat
        # a long run of what was reported (I-6), and chance must not make it one.
        self.words[where] = f"{self.mark}{chr(0x4e00 + len(self.words))}飞过{secrets.token_hex(4)}"
        return self.words[where]

    def latin(self, where):
        """A word that an account's name or an address may hold."""
        self.secrets[where] = "crane" + secrets.token_hex(6)
        return self.secrets[where]

    def phone(self, where):
        self.secrets[where] = f"139{secrets.randbelow(10 ** 8):08}"
        return self.secrets[where]

    def resident(self, where):
        body = f"11010519491231{secrets.randbelow(1000):03}"
        check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS)) % 11]
        self.secrets[where] = body + check
        return self.secrets[where]

    def secret(self, where, value):
        """What the program said once, in every spelling that it is accepted in."""
        for number, spelling in enumerate({value, *(value.replace(" ", sign).replace("-", sign) for sign in ("", "-", " "))}):
            self.secrets[f"{where} {number}"] = spelling
        return value


def play(world, planted):
    """Everything that people do with reports, accounts and keys."""
    receipt, report, organ = handle(world, planted)
    look(world, planted, receipt, report, organ)
    take_away(world, planted, receipt, report, organ)
    wizard(world, planted)
    refuse(world, planted, receipt, report)
    registered = world["qt.letters2"].post("/api/v1/reports", letter(
        channel="letter", happened=planted("happened"), location=planted("location"), dated=planted("dated"),
        title=planted("registered title"), reporter={
            "kind": "joint", "name": planted("joint reporter"), "others": planted("others"),
            "residentID": planted.resident("resident id")}), 201).json()
    for where, digits in (("receipt", receipt.digits), ("receipt of a clerk", registered["receipt"])):
        planted.secret(where, digits)
    interfere(world, planted, report, organ)
    be_away(world)
    bring(world, planted)
    accounts(world, planted)
    for who in world.signed_in.values():
        planted.secret(f"token of {who}", who.session.headers["Authorization"].split()[1])


def handle(world, planted):
    """A report over the API, from the filing to the objection, with an identity that is opened."""
    said = letter(
        reported=[person(name=planted("name"), unit=planted("unit"), position=planted("position"))],
        reporter={
            "name": planted("reporter"), "phone": planted.phone("phone"),
            "email": planted.latin("email") + "@example.org", "address": planted("address"),
            "safeContact": planted("safe contact")})
    said |= {"title": planted("title"), "content": planted("content") + "很长。" * 2000, "demand": planted("demand")}
    receipt, report, organ = world.filed(said)
    receipt.message(planted("message"))
    assert receipt.put_file(planted("file name") + ".txt", planted("file").encode()).status_code == 201
    clerk, _ = world.do(report, organ, "register", note=planted("note"))
    assert clerk.put_file(report, planted("scan name") + ".pdf", b"%PDF-" + planted("scan").encode()).status_code == 201
    clerk.act(report, "message", text=planted("office message"))
    clerk.act(report, "amend", title=planted("new title"), demand=planted("new demand"), reason=planted("amend reason"))
    first, second = [who for who in world.people(organ) if who.offered(report, "open-identity")][:2]
    first.act(report, "open-identity", ground="contact", window="1", reason=planted("ground of opening"))
    second.act(report, "decide", agreed="yes")
    seen = first.call("POST", f"/api/v1/reports/{report}/identity", expect=200).json()["reporter"]
    assert seen["name"] == said["reporter"]["name"]
    for kind, value in (("phone", seen["phone"]), ("name", seen["name"]), ("email", seen["email"])):
        pages = Pages(world.url, first.account)
        found = pages.send(pages.get("/identities"), "/identities", {"kind": kind, "value": value, "ground": "repeat"}, 200)
        assert report in found, kind
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
    return receipt, report, organ


def look(world, planted, receipt, report, organ):
    """Evidence as people see it: clean, with a mark, and as the original; and searches for every kind of word."""
    case = Case(world, receipt, report, world.organs[organ]["code"])
    picture = case.send(planted("picture name") + ".png", files.png(200, 100, extra=planted("inside a picture").encode()))
    text = case.send(planted("text name") + ".txt", planted("text file").encode())
    document = case.send(planted("document name") + ".docx", files.docx())
    page = case.page(picture)
    assert case.pictures(page)
    assert planted.words["text file"] in case.page(text)
    case.page(document)
    assert case.pages.session.get(world.url + case.address(document) + "/copy", timeout=60).status_code == 200
    assert case.original(page, picture).status_code == 200
    for kind, where in (("name", "name"), ("unit", "unit"), ("text", "new title"), ("text", "content")):
        assert [item["id"] for item in search(case.clerk, kind, planted.words[where])["items"]] == [report], where


def take_away(world, planted, receipt, report, organ):
    """What is exported and lies sealed for a day, by its maker fetched; a list; a file whose upload was cut and stays so."""
    maker = Knocker(next(who for who in world.people(organ) if (view := who.report(report)) and view["title"]))
    receipt.message(planted("message that is exported"))
    for way in ("export", "print"):
        assert planted.words["message that is exported"] in maker.get(made(maker, report, way=way)).text
    hand_identity(world, planted, report, organ)
    clerk = Knocker(world["qt.letters2"])
    answer = clerk.send("POST", "/desk/export", {"tab": "waiting", "sort": "-receivedAt"})
    assert answer.status_code == 303, answer.text[:400]
    assert clerk.get(newest(clerk)).status_code == 200
    content = (planted("inside a cut file") + "。" * 1000).encode()
    path = "/api/v1/receipt/files/" + quote(planted("name of a cut file") + ".txt", safe="")
    assert ranged(receipt, path, content, 0, len(content) // 2).status_code == 202


def hand_identity(world, planted, report, organ):
    """The identity is opened to a named handler, who gets a copy of it for an hour."""
    first, second = [who for who in world.people(organ) if who.offered(report, "open-identity")][:2]
    readers = next(field for field in first.offered(report, "open-identity")["fields"] if field["name"] == "reader")
    first.act(report, "open-identity", ground="contact", window="1", reason=planted("why it is handed"),
              reader=readers["options"][0]["value"])
    second.act(report, "decide", agreed="yes")


def bring(world, planted):
    """Messages that the institution has from elsewhere."""
    file = world.installation.folder / "messages.csv"
    file.write_text(f"id,title,content,time\n{planted('message id')},{planted('message title')},{planted('message from elsewhere')},2026-01-05\n",
                    encoding="utf-8")
    told = world.installation.command("import", "messages", file, "--organ", QINGTANG, "--json")
    assert '"filed":1' in told.stdout.replace(" ", ""), told.stdout
    file.unlink()


def wizard(world, planted):
    """Two visitors on the pages: one sends, the other leaves a draft behind."""
    for sends in (True, False):
        which = "sent" if sends else "draft"

        def word(where):
            return planted(f"{which}: {where}")

        visitor = Visitor(world.url).begin()
        party = PARTY | {"name": word("name"), "unit": word("unit"), "position": word("position")}
        visitor.post("/report/party/1", {**party, "go": "next"}).post("/report/party", {"go": "next"})
        visitor.post("/report/what", {"title": word("title"), "content": word("content"), "go": "next"})
        visitor.post("/report/when", {"when": word("when"), "go": "next"})
        visitor.post("/report/where", {"location": word("location"), "go": "next"})
        visitor.post("/report/demand", {"demand": word("demand"), "go": "next"})
        visitor.post("/report/files", {"go": "upload"}, files={
            "files": (word("file name") + ".txt", word("file").encode())})
        visitor.post("/report/files", {"go": "next"}, files={"files": ("", b"")})
        visitor.post("/report/you", {"identity": "named", "go": "next"})
        visitor.post("/report/contact", {
            "name": word("reporter"), "phone": planted.phone(f"{which}: phone"), "address": word("address"),
            "email": planted.latin(f"{which}: email") + "@example.org", "safe": word("safe contact"), "go": "next"})
        for name, value in visitor.session.cookies.items():
            if len(value) > 20:
                planted.secret(f"{which}: cookie {name}", value)
        if sends:
            digits = visitor.send().receipt
            assert digits
            planted.secret("receipt of the pages", digits)
            visitor.get("/receipt").post("/receipt", {"receipt": digits})
            visitor.post("/receipt/message", {"message": word("message")})
            visitor.post("/receipt/recusal", {"whom": word("recusal whom"), "reason": word("recusal reason")})
            visitor.post("/receipt/files", {}, files={"files": (word("later file name") + ".txt", word("later").encode())})
            planted.secret("cookie of a receipt", max(visitor.session.cookies.values(), key=len))


def refuse(world, planted, receipt, report):
    """What is refused holds words too."""
    clerk = world["qt.letters1"]
    world.public.post("/api/v1/reports", letter(title=planted("refused title"), organ=planted("refused organ")), 422)
    world.public.post("/api/v1/reports", letter(reported=[person("central", planted("above"))]), 422)
    problem(clerk.post("/api/v1/reports", letter(
        title=planted("handed-up title"), reported=[person("municipal", planted("handed-up name"))], channel="letter",
        reporter={"name": planted("handed-up reporter")})), 409)
    problem(receipt.put_file(planted("refused file name"), b"MZ" + bytes(9) + planted("refused file").encode()), 415)
    problem(clerk.get(f"/api/v1/inbox?sort={planted('sort')}", None), 422)
    problem(clerk.get(f"/api/v1/reports/{planted('id')}", None), 404)
    problem(clerk.try_act(report, planted("act")), 404)
    problem(clerk.post("/api/v1/search", {"kind": planted("kind"), "words": planted("words")}), 422)
    agent = {"User-Agent": planted("agent").encode()}
    requests.get(f"{world.url}/{planted('path')}?{planted('query')}", headers=agent, timeout=10)
    wrong = {"username": planted.latin("username"), "password": planted("wrong password")}
    problem(world.public.post("/api/v1/session", wrong), 401)
    wrong = {"username": "qt.letters1", "password": planted("wrong password of an account")}
    problem(world.public.post("/api/v1/session", wrong), 401)
    guess = kept_alive().get(
        world.url + "/api/v1/receipt", headers={"Authorization": f"Receipt {planted.secret('guess', '3141592653589793238462643398')}"},
        timeout=10)
    assert guess.status_code == 401


def interfere(world, planted, report, organ):
    """A leader's word is recorded by whoever works on the report, and examined."""
    handler = next(who for who in world.people(organ) if (view := who.report(report)) and view["title"])
    recorded(Pages(world.url, handler.account), report, **TOLD | {
        "name": planted("who interfered"), "post": planted("post"), "unit": planted("unit of who interfered"),
        "text": planted("interference")})
    for username in ("qt.internal1", "wc.internal1"):
        examiner = Pages(world.url, world.accounts[username])
        page = examiner.get("/interference")
        if planted.words["interference"] in page:
            action = re.findall(r'action="(/interference/[^"]+/examined)"', page)[-1]
            examiner.send(page, action, {"note": planted("examination")})
            return
    raise AssertionError("nobody examines it")


def be_away(world):
    """A director is away and hands the post over; a colleague works in it, and gives it back."""
    days = {"first": str(date.today()), "last": str(date.today() + timedelta(days=1))}
    pages = Pages(world.url, world.accounts["qt.inspect1"])
    page = pages.get("/absence")
    pages.send(page, "/absence", days)
    seat, other, reason = (
        re.findall(r'<option value="([^"]+)"[^>]*>[^<]*' + said, page.split(f'name="{name}"')[1].split("</select>")[0])[0]
        for name, said in (("seat", ""), ("to", "qt.inspect4"), ("reason", "")))
    pages.send(page, "/absence/hand-over", days | {"seat": seat, "to": other, "reason": reason})
    assert Pages(world.url, world.accounts["qt.inspect4"]).get("/desk?tab=holding")
    page = pages.get("/absence")
    for action in ("/absence/end", "/absence/hand-over/end"):
        form = page.split(f'action="{action}"')[1]
        pages.send(page, action, {"id": re.search(r'name="id" value="([^"]+)"', form)[1]})


def accounts(world, planted):
    """New passwords, a second factor, a reset with its one-time password, a colleague who lets in, a new office key."""
    change_password(world.url, world.accounts["qt.inspect5"], planted("new password"))
    account = world.accounts["qt.letters3"]
    secret, codes = enrol(Pages(world.url, account), account["password"])
    planted.secret("second factor", secret)
    for number, code in enumerate(codes):
        planted.secret(f"recovery code {number}", code)
    login = {"username": "qt.letters3", "password": account["password"], "code": codes[0]}
    answer = Caller(world.url).post("/api/v1/session", login, 201).json()
    planted.secret("token after a second factor", answer["token"])
    other = world.accounts["yl.letters2"]
    secret, codes = enrol(Pages(world.url, other), other["password"])
    for number, value in enumerate((secret, *codes)):
        planted.secret(f"second factor that stays {number}", value)
    admin = Pages(world.url, world.accounts["qt.admin1"])
    place = page_of(admin, world, account)
    shown = admin.send(admin.get(place + "/reset"), place + "/reset", {}, 200)
    once = planted.secret("one-time password", re.search(r'class="one-time">([a-z2-9-]{34})<', shown)[1])
    pages = Pages(world.url, account | {"password": once})
    new = planted("password after the reset")
    pages.send(pages.get("/password"), "/password", {"old": once, "new": new, "again": new})
    planted.secret("cookie of a session", pages.session.cookies["session"])
    colleague = Pages(world.url, world.accounts["qt.letters1"])
    office = colleague.get("/office")
    row = office[office.index(">qt.letters3<"):]
    fields = {name: re.search(f'name="{name}" value="([^"]+)"', row)[1] for name in ("office", "person")}
    colleague.send(office, "/office/admit", fields)
    keys = next(link for link in re.findall(r'href="(/offices/[0-9a-f-]+/keys)"', colleague.get("/office")))
    colleague.send(colleague.get(keys), keys + "/renew", {})
    colleague.send(colleague.get(keys), keys + "/reseal", {})
    assert Pages(world.url, account | {"password": new}).get("/desk")
