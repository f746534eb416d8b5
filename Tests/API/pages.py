"""Staff pages as a browser without scripts asks for them."""

import re
from functools import cache

import yaml
from client import kept_alive
from installation import ROOT

SAME = {"Sec-Fetch-Site": "same-origin"}


@cache
def catalogue():
    """The keys of all texts, and the words that they begin with."""
    def keys(tree, above=""):
        for name, below in tree.items():
            yield above + name
            if isinstance(below, dict):
                yield from keys(below, above + name + ".")

    known = set()
    for path in (ROOT / "Sources").glob("*/Resources/texts/en/*.yaml"):
        known |= set(keys(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)))
    return known, {key.split(".")[0] for key in known}


def bare_keys(page):
    """Keys of texts that stand in a page where their sentences should: the catalogue has no such sentence."""
    known, rooms = catalogue()
    said = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.S)
    found = re.findall(r"(?<![\w.@/-])[a-z][a-z-]*(?:\.[A-Za-z0-9-]+)+(?![\w@/])", said)
    return [key for key in found if key.split(".")[0] in rooms and (key.count(".") > 1 or key in known)]


class Pages:
    """Somebody who is signed in on the pages."""

    def __init__(self, url, account):
        self.url, self.session = url, kept_alive()
        answer = self.session.post(
            url + "/sign-in", data={"username": account["username"], "password": account["password"]}, headers=SAME,
            timeout=60, allow_redirects=False)
        assert answer.status_code == 303, answer.text[:300]

    def get(self, path, expect=200):
        answer = self.session.get(self.url + path, timeout=60)
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text[:300]}"
        assert bare_keys(answer.text) == [], path
        return answer.text

    def send(self, page, path, fields, expect=303):
        """Sends a form of a page with the token that the page holds; where it leads, or the page that refuses it."""
        token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
        answer = self.session.post(
            self.url + path, data={**fields, "csrf": token}, headers=SAME, timeout=60, allow_redirects=False)
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.headers.get("location", answer.text)
