"""Somebody without an account, whose browser keeps cookies and runs no scripts, or runs the computation alone."""

import hashlib
import html
import re

from client import kept_alive
from pages import SAME

PARTY = {"kind": "person", "name": "孟常流", "unit": "清棠县水利局", "position": "副局长", "management": "county"}


def solved(challenge, pieces, bits):
    """The proof of work, as the API describes it."""
    numbers = []
    for index in range(pieces):
        number = 0
        while int.from_bytes(hashlib.sha256(f"{challenge}:{index}:{number}".encode()).digest()[:4], "big") >> (32 - bits):
            number += 1
        numbers.append(str(number))
    return f"{challenge}.{','.join(numbers)}"


class Visitor:
    def __init__(self, url, headers=None):
        self.url, self.session = url, kept_alive()
        self.session.headers.update({"Accept-Language": "en", **(headers or {})})
        self.text, self.answer = "", None

    def get(self, path, expect=200):
        return self._took(self.session.get(self.url + path, timeout=60), expect)

    def post(self, path, fields, files=None, expect=200, follow=True):
        """Sends a form with the token of the page that is open."""
        token = re.search(r'name="csrf"\s+value="([^"]*)"', self.text)
        answer = self.session.post(
            self.url + path, data={**fields, "csrf": token[1] if token else ""}, files=files,
            headers=SAME, timeout=60, allow_redirects=follow)
        return self._took(answer, expect)

    def _took(self, answer, expect):
        assert answer.status_code == expect, f"{answer.url}: {answer.status_code} {answer.text[:400]}"
        self.text, self.answer = answer.text, answer
        return self

    def begin(self, expect=200):
        self.get("/report/rank")
        return self.post("/report/rank", {"rank": "county", "go": "next"}, expect=expect)

    def tell(self, title, content, files=()):
        """From the first person named to the summary."""
        self.post("/report/party/1", {**PARTY, "go": "next"}).post("/report/party", {"go": "next"})
        self.post("/report/what", {"title": title, "content": content, "go": "next"})
        self.post("/report/when", {"when": "去年", "go": "next"}).post("/report/where", {"location": "河滩", "go": "next"})
        self.post("/report/demand", {"demand": "查", "go": "next"})
        for name, content in files:
            self.post("/report/files", {"go": "upload"}, files={"files": (name, content)})
        self.post("/report/files", {"go": "next"}, files={"files": ("", b"")})
        return self.post("/report/you", {"identity": "anonymous", "go": "next"})

    def send(self, expect=200):
        return self.post("/report/done", {"go": "send"}, expect=expect)

    @property
    def receipt(self):
        groups = re.search(r'<ol class="groups">(.*?)</ol>', self.text, re.S)
        return "".join(re.findall(r"\d", groups[1])) if groups else None

    def compute(self):
        """Does what the page's script would do: solves the challenge and hands in the proof for a pass."""
        found = re.search(r'data-challenge="([^"]+)" data-pieces="(\d+)" data-bits="(\d+)"', self.text)
        proof = solved(found[1], int(found[2]), int(found[3]))
        answer = self.session.post(self.url + "/pass", data={"proof": proof}, headers=SAME, timeout=60)
        assert answer.status_code == 204, answer.text
        return proof

    @property
    def held(self):
        """The form that the page on which one waits will send once more: its address and fields."""
        form = re.search(r'<form method="post" action="([^"]+)" data-resend>(.*?)</form>', self.text, re.S)
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2])
        return form[1], {name: html.unescape(value) for name, value in fields}

    def again(self, expect=200):
        """Presses the button of that page."""
        return self.post(*self.held, expect=expect)
