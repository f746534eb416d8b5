"""Where the scanners look: every route of the program, and every form that its pages hold, found as each person."""

import html
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests/API"))

import doors  # noqa: E402
from visitor import Visitor  # noqa: E402
from world import letter  # noqa: E402

# These end the session, the draft or the receipt with which a scanner looks, or lock its person out. The tests try them.
ENDING = re.compile(r"/(sign-out|leave|discard|report/done|deactivate|reset|end-sessions|end-others|renew|sessions/end|password)$")
# A form's token is no value of the database, and a changed one is refused before anything else is looked at.
TOKEN = "csrf"


@dataclass
class Seen:
    """What somebody found: addresses, and forms as (address, fields)."""

    addresses: list = field(default_factory=list)
    forms: dict = field(default_factory=dict)


class Nobody:
    """A visitor without an account, in the middle of a report and with the receipt of another one."""

    def __init__(self, world):
        receipt, _ = world.file(letter())
        visitor = Visitor(world.url).begin().tell("河堤", "去年修的河堤，今年就裂了。")
        visitor.get("/receipt").post("/receipt", {"receipt": receipt.digits})
        self.url, self.pages = world.url, visitor.session

    def get(self, path):
        return self.pages.get(self.url + path, timeout=60, allow_redirects=False)

    @property
    def cookies(self):
        """(path, name, value) of each: a draft's and a receipt's go to their own addresses only."""
        return [(cookie.path, cookie.name, cookie.value) for cookie in self.pages.cookies]

    def lists(self):
        return [path for method, path in doors.routes() if method == "GET" and ":" not in path]


def look(knocker, report):
    """All that lies open to this person: the addresses that answer 200, and the forms of their pages."""
    seen, known, kinds = Seen(), set(), {}
    waiting = [path for path in knocker.lists() if not path.startswith("/api/")]
    waiting += [doors.filled(pattern, report)[0] for method, pattern in doors.routes()
                if method == "GET" and doors.of_a_report(pattern) and not pattern.startswith("/api/")]
    while waiting:
        path = waiting.pop(0)
        if path in known or path.startswith("/assets/"):
            continue
        known.add(path)
        answer = knocker.get(path)
        if answer.status_code != 200:
            continue
        seen.addresses.append(path)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        seen.forms |= forms(path, answer.text)
        for link in re.findall(r'href="(/[^"#]*)', answer.text):
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{12}", ":id", link.split("?")[0])
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= 2:
                waiting.append(html.unescape(link))
    return seen


def forms(path, page):
    """The forms of a page that send something: {(kind of address, names of the fields): (address, body)}."""
    found = {}
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.S):
        if 'method="post"' not in attributes:
            continue
        action = re.search(r'action="([^"]*)"', attributes)
        address = html.unescape(action[1]) if action else path
        fields = {}
        for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", inside):
            name = re.search(r'name="([^"]+)"', tag)
            if name and 'type="file"' not in tag:
                value = re.search(r'value="([^"]*)"', tag)
                fields.setdefault(html.unescape(name[1]), html.unescape(value[1]) if value else "1")
        for name, options in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', inside, re.S):
            values = [value for value in re.findall(r'<option value="([^"]+)"', options) if value]
            fields[name] = values[0] if values else ""
        if not ENDING.search(address.split("?")[0]):
            kind = re.sub(r"[0-9a-f-]{36}", ":id", address)
            found[kind, tuple(sorted(fields))] = (address, urlencode(fields))
    return found
