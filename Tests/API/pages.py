"""Staff pages as a browser without scripts asks for them."""

import re

from client import kept_alive

SAME = {"Sec-Fetch-Site": "same-origin"}


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
        return answer.text

    def send(self, page, path, fields, expect=303):
        """Sends a form of a page with the token that the page holds; where it leads, or the page that refuses it."""
        token = re.search(r'name="csrf"\s+value="([^"]+)"', page)[1]
        answer = self.session.post(
            self.url + path, data={**fields, "csrf": token}, headers=SAME, timeout=60, allow_redirects=False)
        assert answer.status_code == expect, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.headers.get("location", answer.text)
