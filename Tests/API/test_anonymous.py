"""I-4: of somebody who reports, nothing is kept that tells who or from where, and no time finer than the hour."""

import csv
import html
import io
import re
import sqlite3
import time
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from client import Receipt, kept_alive
from installation import postgres_tool
from pages import SAME, Pages
from thief import cluster, everything, readings
from visitor import Visitor, solved
from world import QINGTANG, World, letter

HOUR = 3_600_000
ADDRESS = "203.0.113.77"
RULES = """
quotas:
  draft: &few {free: {atOnce: 2, perHour: 1}, proven: {atOnce: 2, perHour: 12}, waited: {atOnce: 1, perHour: 4},
    admitted: {atOnce: 3, perHour: 60}, why: few, for the test}
  filing: *few
  upload: {free: {atOnce: 3, perHour: 1}, proven: {atOnce: 2, perHour: 12}, waited: {atOnce: 1, perHour: 4},
    admitted: {atOnce: 3, perHour: 60}, why: few, for the test}
  receipt: {free: {atOnce: 4, perHour: 1}, proven: {atOnce: 2, perHour: 12}, waited: {atOnce: 1, perHour: 4},
    admitted: {atOnce: 3, perHour: 60}, why: few, for the test}
proof: {challengeSeconds: 600, passSeconds: 600, why: quick, for the test, steps: [{from: 0, pieces: 4, bits: 8}]}
wait: {seconds: 2, passSeconds: 600, why: quick, for the test}
leave: {to: "https://weather.example/", why: no such place}
""".replace("few, for the test", "'few'").replace("quick, for the test", "'quick'").replace("no such place", "'none'")


@pytest.fixture
def narrow(copy, tmp_path):
    """A server that holds visitors to a very few; every visitor seems to come from the same proxy."""
    installation, described = copy
    (tmp_path / "rules.yaml").write_text(RULES)
    installation.serve("--visitor-rules", str(tmp_path / "rules.yaml"), "--trusted-proxy", "127.0.0.1")
    return installation, described


def marked():
    """Headers that give somebody away, and the marks in them."""
    marks = {name: f"Seeigel{position}Merkmal{name.replace('-', '')}" for position, name in enumerate(
        ["User-Agent", "Referer", "Forwarded", "Via", "From", "X-Request-ID", "Accept-Language", "X-Device", "Cookie"])}
    headers = {
        "User-Agent": marks["User-Agent"] + "/1.0", "Referer": f"http://127.0.0.1/{marks['Referer']}",
        "Forwarded": f"for={ADDRESS};by={marks['Forwarded']}", "Via": f"1.1 {marks['Via']}", "From": marks["From"],
        "X-Request-ID": marks["X-Request-ID"], "X-Real-IP": ADDRESS, "X-Forwarded-For": ADDRESS,
        "CF-Connecting-IP": ADDRESS, "Accept-Language": f"en, {marks['Accept-Language']};q=0.1",
        "X-Device-Id": marks["X-Device"],
    }
    return headers, [*marks.values(), ADDRESS]


def test_nothing_that_a_browser_or_a_proxy_says_is_kept(narrow):
    installation, described = narrow
    since = time.time()
    headers, marks = marked()
    visitor = Visitor(installation.url, headers)
    visitor.session.cookies.set("odd", marks[-2])
    visitor.get("/").get("/report").begin()
    visitor.tell("收钱放行", "夜里有人采砂。", [("照片.txt", "河滩".encode())])
    digits = visitor.send().receipt
    assert digits
    visitor.get("/receipt").post("/receipt", {"receipt": digits})
    visitor.post("/receipt/message", {"message": "又开工了。"}).post("/leave", {}, expect=303, follow=False)
    # Over the limit, computing and waiting, refused and failing.
    api = kept_alive()
    api.headers.update(headers | {"Cookie": f"odd={marks[-2]}"})
    answers = [api.post(installation.url + "/api/v1/reports", json=letter(), timeout=60) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {201, 429}
    api.get(installation.url + "/api/v1/receipt", headers={"Authorization": f"Receipt {digits}"}, timeout=60)
    api.get(installation.url + "/no/such/page?" + marks[0], timeout=60)
    api.post(installation.url + "/report/rank", data=b"%zz", headers=SAME, timeout=60)
    crowded = Visitor(installation.url, headers).begin()
    crowded.get("/report")
    for _ in range(3):
        other = Visitor(installation.url, headers).get("/report/rank")
        other.post("/report/rank", {"rank": "county", "go": "next"}, expect=429)
    other.compute()
    other.again()
    metrics = requests.get(f"http://127.0.0.1:{metrics_port(installation)}/metrics", timeout=10).text
    found = everything(installation) | cluster(installation, since) | {"metrics": metrics.encode()}
    assert installation.stop() == 0
    found |= everything(installation)
    for place, content in found.items():
        for mark in marks:
            for reading in readings(mark):
                assert reading not in content, f"{mark} lies in {place}"
        assert digits.encode() not in content, f"the receipt lies in {place}"
    log = installation.log.read_text()
    assert "/report" not in log, "no line about a visitor, whose time would be that of the visit"
    assert '"message":"request"' not in log


def metrics_port(installation):
    return re.search(r'"message":"metrics".*?"port":"(\d+)"', installation.log.read_text())[1]


def test_the_log_says_when_staff_worked_and_of_visitors_nothing_within_the_hour(narrow):
    installation, described = narrow
    account = next(account for account in described["accounts"] if account["username"] == "qt.letters2")
    Pages(installation.url, account).get("/desk")
    Visitor(installation.url).get("/").get("/receipt").get("/no-such-page", expect=404)
    lines = [line for line in installation.log.read_text().splitlines() if '"route"' in line]
    assert ['"/desk"' in line for line in lines] == [True], lines
    text = requests.get(f"http://127.0.0.1:{metrics_port(installation)}/metrics", timeout=10).text
    assert 'route="/desk"' in text and 'route="/receipt"' not in text and 'route="/"' not in text


# What each column of whole numbers tells of when. A column that stands nowhere here fails: whoever adds one decides.
TO_THE_HOUR = """
draft.updated_at log_checkpoint.at event.at evidence_upload.touched_at sealed.at report.received_at report.identity_at custody.since waiting.received_at
""".split()
TO_THE_DAY = """
file.day report.due_day waiting.due_order tombstone.day absence.first_day absence.last_day delegation.first_day
delegation.last_day sign_in_salt.day destruction_entry.received_day destruction_entry.archived_day
""".split()
# Of staff, of the machine and of those who fail to sign in; no row of these comes of what a reporter does.
OF_OTHERS = """
destruction_list.drawn_at destruction_list.refused_at destruction_entry.struck_at destruction_entry.destroyed_at
destruction_entry.cleared_at destruction_approval.at
account_event.at account_use.before_at account_use.signed_in_at account_use.used_at key_before_reset.at recovery_code.used_at
backup.taken_at backup.destroyed_at second_factor.begun_at second_factor.confirmed_at second_factor.last_step
absence.declared_at absence.ended_at audit_look.at export.at export.until export.ended_at export_download.at
calendar_import.at scan_view.at evidence_copy.made_at evidence_view.at identity_search.at
search_event.at dataset.loaded_at delegation.made_at delegation.ended_at
identity_opening.opened_at identity_opening.until identity_opening.ended_at interference.recorded_at key_event.at
interference_examination.at late_name.since office_grant.granted_at office_key.created_at rule_change.uploaded_at
rule_change.withdrawn_at schema_migration.applied_at session.created_at session.seen_at sign_in_failure.filled_until
log_alarm.at log_alarm.ended_at log_audit.began_at log_audit.beat_at log_audit.ended_at log_witness.seen_at log_witness.tried_at
report_read.at same_decision.at related_hint.at list_look.at watched_log.at
staff.created_at staff.one_time_until stand_in.arranged_at stand_in.ended_at tombstone.arrived
""".split()
NO_TIME = """
export.row_count backup.bytes destruction_entry.sequence destruction_entry.texts destruction_entry.files destruction_entry.bytes
recovery_code.position session.code_due wrap_before_reset.generation
calendar_import.added calendar_import.removed calendar_import.changed calendar_import.moved custody.idx draft.version
draft.size draft_file.size escrow_holder.position evidence_copy.part evidence_upload.total evidence_upload.version
evidence_segment.size identity_search.hits key_wrap.searched event.seq event.custody identity_opening.seq
interference_wrap.generation key_event.generation key_wrap.generation office_escrow.generation office_escrow.first office_escrow.second
office_grant.generation office_key.generation organ_counter.year organ_counter.last report.sequence report.custody
same_decision.turn report.has_reporter report.intake_order report.rated schema_migration.position sealed.seq sealing_key.custody sealing_key.why
sealing_key.turn sealing_key.spoiled
log_audit.done log_audit.total log_audit.stop log_audit.size log_checkpoint.size log_leaf.idx log_state.id log_state.size log_witness.size watched_log.size
staff.active staff.must_change stand_in.position waiting.roles waiting.intake_order waiting.place world_version.id
world_version.version
""".split()


# Numbers drawn at random, and keyed hashes of what was told.
BY_CHANCE = ["report.mark_no", "report_mark.mark", "report_mark.no", "mark_waiting.no", "mark_gone.no",
             "letter_group.no", "letter_group.group_no"]
# The lease of the process that keeps the log: it says that a server ran, and is written down again every few seconds.
OF_THE_PROCESS = ["log_state.until"]


class Tables:
    """All tables of an installation, whatever holds them."""

    def __init__(self, installation):
        self.installation = installation

    def rows(self, query):
        if self.installation.database:
            text = postgres_tool("psql", self.installation.database, "--csv", "-t", "-c", query).decode()
            return list(csv.reader(io.StringIO(text)))
        with sqlite3.connect(f"file:{self.installation.data}/mingjian.sqlite?mode=ro", uri=True) as database:
            return [["" if value is None else value for value in row] for row in database.execute(query)]

    def columns(self):
        """Every column with its kind, by table."""
        if self.installation.database:
            found = self.rows("SELECT table_name, column_name, data_type FROM information_schema.columns "
                              "WHERE table_schema = 'public' ORDER BY table_name, ordinal_position")
        else:
            found = self.rows("SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c "
                              "WHERE m.type = 'table' ORDER BY m.name, c.cid")
        tables = {}
        for table, column, kind in found:
            tables.setdefault(table, []).append((column, kind.lower()))
        return tables

    def everything(self):
        """Every row of every table, as table and values by column."""
        found = set()
        for table, columns in self.columns().items():
            plain = [column for column, kind in columns if kind in ("int", "integer", "bigint", "text")]
            names = ", ".join(f'"{column}"' for column in plain)
            for row in self.rows(f"SELECT {names} FROM {table}") if plain else []:
                found.add((table, tuple(zip(plain, map(str, row)))))
        return found


def test_every_column_of_numbers_has_a_decision_about_time(copy):
    installation, _ = copy
    decided = set(TO_THE_HOUR + TO_THE_DAY + OF_OTHERS + NO_TIME + BY_CHANCE + OF_THE_PROCESS)
    there = {f"{table}.{column}" for table, columns in Tables(installation).columns().items()
             for column, kind in columns if kind not in ("text", "blob", "bytea")}
    assert there - decided == set(), "new columns: say in test_anonymous.py what they tell of when"
    assert decided - there == set(), "columns that are gone"


def test_no_time_finer_than_the_hour_is_stored_of_what_a_reporter_does(copy):
    installation, described = copy
    installation.serve("--limits", "off")
    tables = Tables(installation)
    before, start = tables.everything(), time.time() * 1000
    visitor = Visitor(installation.url).begin()
    Visitor(installation.url).begin().tell("没有交的", "草稿", [("草.txt", b"abc")])
    visitor.tell("收钱放行", "夜里有人采砂。", [("照片.txt", "河滩".encode())])
    receipt = Receipt(installation.url, visitor.send().receipt)
    receipt.message("又开工了。")
    assert receipt.put_file("证据.txt", b"x").status_code == 201
    visitor.get("/receipt").post("/receipt", {"receipt": receipt.digits})
    for _ in range(2):
        visitor.post("/receipt/files", {}, files={"files": ("照片.txt", b"y")})
    names = [file["name"] for file in receipt.read()["files"]]
    assert sorted(names) == sorted(["照片.txt", "照片 (2).txt", "照片 (3).txt", "证据.txt"]), "a name tells no time"
    kept_alive().post(installation.url + "/api/v1/reports", json=letter(), timeout=60)
    fresh = tables.everything() - before
    seen = {table for table, _ in fresh}
    assert {"report", "event", "sealed", "file", "draft", "draft_file", "custody", "waiting"} <= seen
    own = {column.split(".")[0] for column in OF_OTHERS} - {column.split(".")[0] for column in TO_THE_HOUR + TO_THE_DAY}
    assert not seen & own, "these tables are not a reporter's"
    for table, values in fresh:
        for column, value in values:
            if f"{table}.{column}" in OF_THE_PROCESS + BY_CHANCE:
                continue
            if re.fullmatch(r"-?\d+", value) and abs(int(value)) > 100_000_000:
                assert f"{table}.{column}" in TO_THE_HOUR, f"{table}.{column} holds {value}"
            for moment in moments(value):
                assert moment < start or moment % HOUR == 0, f"{table}.{column} tells {moment}: {value}"


def moments(text):
    """Milliseconds since 1970 that a text tells: as a number, in an ordered UUID, in RFC 3339."""
    found = [int(number) for number in re.findall(r"(?<![\w-])1[5-9]\d{11}(?!\w)", text)]
    found += [int(high + low, 16) for high, low in re.findall(
        r"\b([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab]", text)]
    for day, minute, second in re.findall(r"(20\d\d-\d\d-\d\d)[T ]\d\d:(\d\d)(?::(\d\d))?", text):
        midnight = datetime.fromisoformat(day + "T23:00:00+00:00").timestamp()
        found.append((int(midnight) + int(minute) * 60 + int(second or 0)) * 1000)
    return found


def test_the_disk_tells_the_day_of_a_file_and_the_sweep_takes_the_rest(copy):
    installation, _ = copy
    installation.serve("--limits", "off")
    visitor = Visitor(installation.url).begin().tell("收钱放行", "夜里有人采砂。", [("照片.txt", b"abc")])
    assert visitor.send().receipt
    stored = list((installation.data / "files").iterdir())
    assert len(stored) == 1
    for path in [*stored, installation.data / "files"]:
        assert path.stat().st_mtime % 86_400 == 0, f"{path} tells when it was changed"


def test_whoever_waits_or_computes_gets_through_where_others_used_up_the_address(narrow):
    installation, _ = narrow
    for _ in range(2):
        first = Visitor(installation.url).begin().tell("先来的", "写好了的内容。").send()
        assert first.receipt
    # The third computes. The pass that this earns is for the sending as well.
    third = Visitor(installation.url).begin(expect=429)
    assert int(third.answer.headers["Retry-After"]) >= 1 and third.held[1]["rank"] == "county"
    third.again(expect=429)
    proof = third.compute()
    third.again().tell("第三个", "写好了的内容。").send()
    assert third.receipt
    third.get("/report")
    answer = third.session.post(installation.url + "/pass", data={"proof": proof}, headers=SAME, timeout=30)
    assert answer.status_code == 422, "a proof is good for once"
    # The fourth waits: too early, then in time. A pass of the slower way allows one of each.
    fourth = Visitor(installation.url).begin(expect=429)
    fourth.again(expect=429)
    assert "It is not time yet" in fourth.text
    time.sleep(2.1)
    fourth.again().tell("第四个", "等了两秒的内容。").send()
    assert fourth.receipt
    fourth.begin(expect=429)
    # Without the pass the draft of the fifth stays, and so does what stands on the page of a refused form.
    fifth = Visitor(installation.url).begin(expect=429)
    fifth.compute()
    fifth.again().tell("第五个", "等一等再交的内容。")
    del fifth.session.cookies["pass"]
    fifth.send(expect=429)
    assert fifth.answer.headers["Cache-Control"] == "no-store"
    fifth.get("/report/check")
    assert "等一等再交的内容。" in fifth.text
    fifth.send(expect=429).compute()
    fifth.again()
    assert fifth.receipt


def test_a_long_message_over_the_limit_is_kept_word_for_word(narrow):
    installation, _ = narrow
    visitor = Visitor(installation.url).begin().tell("收钱放行", "夜里有人采砂。").send()
    digits = visitor.receipt
    visitor.get("/receipt").post("/receipt", {"receipt": digits})
    told = "写了很久的话，不能丢。\n　　“第二行” <b>&amp; </b>\n" * 200 + "完"
    for _ in range(3):
        visitor.post("/receipt/message", {"message": "短。"})
    visitor.post("/receipt/message", {"message": told}, expect=429)
    assert visitor.held[1]["message"] == told
    visitor.compute()
    visitor.again()
    assert html.escape(told).replace("&#x27;", "'") in visitor.text, "it arrived as it was written"


def test_a_program_over_the_limit_is_told_when_and_may_compute(narrow):
    installation, _ = narrow
    url = installation.url + "/api/v1/reports"
    for _ in range(2):
        assert requests.post(url, json=letter(), timeout=30).status_code == 201
    refused = requests.post(url, json=letter(), timeout=30)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
    text, *numbers = refused.headers["Proof-Challenge"].split(";")
    pieces, bits = (int(number.split("=")[1]) for number in numbers)
    proof = solved(text, pieces, bits)
    assert requests.post(url, json=letter(), headers={"Proof": proof}, timeout=30).status_code == 201
    again = requests.post(url, json=letter(), headers={"Proof": proof}, timeout=30)
    assert again.status_code == 422 and again.json()["type"] == "proof-used"
    forged = requests.post(url, json=letter(), headers={"Proof": "A" * 64 + ".1,2,3,4"}, timeout=30)
    assert forged.status_code == 422 and forged.json()["type"] == "proof-forged"


def test_leaving_takes_every_cookie_and_the_draft_and_leads_away(narrow):
    installation, _ = narrow
    visitor = Visitor(installation.url).begin().get("/report?lang=en")
    assert Tables(installation).rows("SELECT COUNT(*) FROM draft")[0][0] in (1, "1")
    held = dict(visitor.session.cookies)
    assert {"draft", "lang"} <= set(held)
    assert 'action="/report/leave"' in visitor.text
    visitor.post("/report/leave", {"csrf": "old"}, expect=303, follow=False)
    answer = visitor.answer
    assert answer.headers["Location"] == "https://weather.example/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"' and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not visitor.session.cookies, "the browser holds nothing of us"
    assert installation.wait_until(lambda: Tables(installation).rows("SELECT COUNT(*) FROM draft")[0][0] in (0, "0"))
    foreign = requests.post(
        installation.url + "/leave", headers={"Sec-Fetch-Site": "cross-site"}, timeout=30, allow_redirects=False)
    assert foreign.status_code == 403, "no other site makes a person lose a draft"


def test_public_pages_are_kept_by_no_browser_and_their_titles_tell_nothing(narrow):
    installation, _ = narrow
    visitor = Visitor(installation.url).begin()
    visitor.tell("收钱放行", "夜里有人采砂。")
    telling = re.compile(r"举报|检举|控告|被反映|report|wrong|evidence|accus", re.I)
    for path in ["/", "/report", "/report/rank", "/report/party", "/report/party/1", "/report/what", "/report/when",
                 "/report/where", "/report/demand", "/report/files", "/report/you", "/report/check", "/report/above",
                 "/receipt"]:
        for language in ("en", "zh"):
            visitor.get(f"{path}?lang={language}")
            answer = visitor.answer
            assert answer.headers["Cache-Control"] == "no-store", path
            assert answer.headers["Referrer-Policy"] == "same-origin", path
            title = re.search(r"<title>(.*?)</title>", answer.text)[1]
            assert not telling.search(title), f"{path}: {title}"
            assert re.search(r'<form method="post" action="(/report)?/leave"', answer.text), path
            policy = answer.headers["Content-Security-Policy"]
            assert "form-action 'self' https://weather.example;" in policy
            assert not parse_qs(urlsplit(unquote(answer.url)).query).get("receipt")
