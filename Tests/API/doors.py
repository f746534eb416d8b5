"""Every door to the outside, found where the program itself states them, and one person who knocks at all of them.

The routes stand in the sources; addresses with an id are filled in, or found by following the links of the pages. A new
route that says nothing of how it is filled in fails the suite, so that no door is forgotten.
"""

import re
from functools import cache
from urllib.parse import quote, urlsplit

import contract
from client import kept_alive
from installation import ROOT
from pages import SAME, bare_keys

STATED = re.compile(r'\b(?:routes|staff|router)\s*\.(get|post|put|patch|delete)\(\s*(?:"([^"]*)"|([^)"]+)\))')
# Served on a socket of its own: to whoever runs the machine, not to a browser.
MACHINE = {"/backup", "/command/:name", "/metrics"}
SORTS = ("receivedAt", "-receivedAt", "due")


@cache
def routes():
    """All routes as (method, pattern)."""
    found = set()
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        for method, literal, computed in STATED.findall(path.read_text(encoding="utf-8")):
            if computed:
                assert computed == "RouterPath(step.path", f"a route that the sources compute: {computed} in {path}"
                found |= {(method.upper(), "/report/when"), (method.upper(), "/report/demand")}
            elif literal not in MACHINE:
                found.add((method.upper(), literal or "/"))
    described = {
        (method.upper(), re.sub(r"\{(\w+)\}", r":\1", template))
        for template, item in contract.DESCRIPTION["paths"].items() for method in item if method in (
            "get", "post", "put", "patch", "delete")}
    same = {(method, re.sub(r":\w+", ":", pattern)) for method, pattern in found}
    missing = {(m, p) for m, p in described if (m, re.sub(r":\w+", ":", p)) not in same}
    assert not missing, f"described and not found in the sources: {missing}"
    return sorted(found)


def of_a_report(pattern):
    """Whether an address names a report."""
    return "/reports/:id" in pattern or pattern in ("/interference/:id/examined", "/register/handed/:note")


def filled(pattern, report, file="证据.txt", acts=("register",)):
    """The addresses that a pattern stands for, asked about one report."""
    if pattern.endswith("/acts/:name"):
        return [filled(pattern.removesuffix(":name"), report)[0] + act for act in acts]
    values = {":id": report, ":note": report, ":ticket": report, ":name": quote(file), ":file": "site.css", ":n": "0",
              ":number": "1", ":list": report, "**": "0/x"}
    parts = [values.get(part, part) for part in pattern.split("/")]
    unknown = [part for part in parts if part.startswith(":")]
    assert not unknown, f"a new door: say in doors.py how {pattern} is filled in"
    return ["/".join(parts)]


class Knocker:
    """Somebody outside: with a session cookie on the pages, with a token on the API."""

    def __init__(self, person):
        self.person, self.url = person, person.url
        self.token = person.session.headers["Authorization"].split()[1]
        self.pages = kept_alive()
        # A header of its own: what a page sets beside it (language, draft) is not carried on.
        self.pages.headers["Cookie"] = f"session={self.token}"

    def __repr__(self):
        return self.person.username

    def get(self, path):
        caller = self.person.session if path.startswith("/api/") else self.pages
        return caller.get(self.url + path, timeout=60, allow_redirects=False)

    def send(self, method, path, fields):
        """A form of a page with its token, or JSON to the API."""
        if path.startswith("/api/"):
            return self.person.session.request(method, self.url + path, json=fields, timeout=60)
        return self.pages.request(
            method, self.url + path, data={**fields, "csrf": self.csrf}, headers=SAME, timeout=60,
            allow_redirects=False)

    @property
    def csrf(self):
        if not hasattr(self, "_csrf"):
            self._csrf = re.search(r'name="csrf"\s+value="([^"]+)"', self.get("/absence").text)[1]
        return self._csrf

    # The public log is the same for everybody, staff or not, and is filled up with entries of nothing: see test_log.py.
    SAME_FOR_ALL = ("/log", "/log/checkpoint")

    def lists(self):
        """The addresses of every list, count, search and filter, and all that they and the pages lead to."""
        start = [path for method, path in routes() if method == "GET" and ":" not in path and path not in ("/report", *self.SAME_FOR_ALL)]
        start += [f"/api/v1/inbox?sort={sort}&limit=200" for sort in SORTS]
        start += [f"/desk?tab={tab}&sort={sort}" for tab in self.options("tab") for sort in self.options("sort")]
        for name, every in (("stage", 5), ("channel", 2)):
            start += [f"/desk?tab=holding&{name}={value}" for value in self.options(name)[::every]]
        return list(dict.fromkeys(start))

    def options(self, name):
        """What the form of the queue lets one choose."""
        page = self.get("/desk").text
        if name == "tab":
            return list(dict.fromkeys(re.findall(r"[?&;]tab=([a-z]+)", page)))
        chosen = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.S)
        return [value for value in re.findall(r'<option value="([^"]*)"', chosen[0] if chosen else "") if value]

    def everything(self, report):
        """What stands behind each door that can be looked through: status and text, by address."""
        seen, waiting, kinds = {}, self.lists(), {}
        for method, pattern in routes():
            if method == "GET" and (of_a_report(pattern) or ":ticket" in pattern):
                waiting += filled(pattern, report)
                if pattern.endswith("files/:name"):
                    waiting.append(filled(pattern, report)[0] + "?show")
        while waiting:
            path = waiting.pop(0)
            if path in seen:
                continue
            answer = self.get(path)
            assert answer.status_code < 500, f"{self} {path}: {answer.status_code}"
            # The id that a form draws for what it will record is another one each time.
            text = re.sub(r'(name="record" value=")[^"]+', r"\1", answer.text)
            # What a browser prints of a report bears the time of the look.
            text = re.sub(r'(<p class="print-mark">)[^<]+', r"\1", text)
            if path.startswith("/account"):
                # One's own account tells when it was used last: by this very look.
                text = re.sub(r"<time>[^<]+", "<time>", text)
            if path == "/exports":
                # How long each is still there, in minutes.
                text = re.sub(r"<td>\d+ 小时 \d+ 分</td>", "", text)
            if path.startswith("/audit/reports/"):
                # An auditor's looks are on record, this very one too, and so are the openings by those who knock here.
                text = re.sub(r'<tr><th scope="row">[^<]*</th><td>(审计员查看|打开举报件[^<]*)</td>.*?</tr>', "", text)
            seen[path] = (answer.status_code, answer.headers.get("Location", "") + text)
            if path.startswith("/api/") or "text/html" not in answer.headers.get("Content-Type", ""):
                continue
            assert bare_keys(answer.text) == [], path
            for link in re.findall(r'href="(/[^"#]*)', answer.text):
                link = link.replace("&amp;", "&")
                kind = re.sub(r"[0-9a-f-]{36}", ":id", urlsplit(link).path)
                # Two of a kind: what differs between two reports that one may read is not asked here.
                # A look at evidence, of an auditor and the fetching of an export are on record: the pages that tell of
                # them would be others after it.
                skipped = link.startswith(("/assets/", "/audit/reports/", "/exports/")) or "lang=" in link
                skipped = skipped or "/files/" in link or link in self.SAME_FOR_ALL
                if link not in seen and link not in waiting and not skipped:
                    kinds[kind] = kinds.get(kind, 0) + 1
                    if kinds[kind] <= 2:
                        waiting.append(link)
        return seen

    def refused_everywhere(self, report, acts):
        """Tries every door that takes something about a report; each must say that there is no such report."""
        knocked = 0
        for method, pattern in routes():
            if not of_a_report(pattern):
                continue
            for path in filled(pattern, report, acts=acts):
                fields = {"opinion": "x", "reason": "x", "text": "x", "note": "x"}
                answer = self.get(path) if method == "GET" else self.send(method, path, fields)
                assert answer.status_code == 404, f"{self} {method} {path}: {answer.status_code} {answer.text[:200]}"
                knocked += 1
        return knocked
