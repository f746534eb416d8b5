"""A reporter keeps the proof of a filing, and anybody checks it with no server and no database at hand."""

import os
import re
import subprocess

import pytest
import requests
from chromium import DESKTOP, PHONE
from installation import BINARY
from reporter import CONTENT, Reporter
from staff import Desk

SENT = CONTENT + "\n砂场在桥东。"


class Checker:
    """Somebody with the program and the log's key, and nothing else: an empty folder and no environment of ours."""

    def __init__(self, folder, key):
        self.folder, self.key = folder, key
        folder.mkdir()
        (folder / "content.txt").write_bytes(SENT.encode())

    def check(self, text, *more):
        (self.folder / "proof.txt").write_text(text)
        done = subprocess.run(
            [BINARY, "log", "verify-proof", "proof.txt", "--key", self.key, *more], cwd=self.folder, timeout=60,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)}, capture_output=True, text=True)
        return done.returncode, done.stdout


@pytest.mark.parametrize(("engine", "language"), [("postgres", "zh-Hans"), ("sqlite", "en")])
def test_a_proof_that_a_reporter_fetched_holds_without_us_and_fails_where_it_was_changed(
    window, worlds, tmp_path, engine, language
):
    title = f"测试：砂场的账目（{language}）"
    reporter = Reporter(window(engine, language=language, scripts=False), tmp_path, title=title)
    reporter.window.size(PHONE)
    page = reporter.walk_through().come_back().window
    world = worlds(engine)
    assert world.wait_until(lambda: page.open("/receipt").all('a[href="/receipt/proof"]')), "the filing was published"
    page.look("/receipt with a proof")
    # What the link saves as a file, taken with the session that the page has.
    jar = {cookie["name"]: cookie["value"] for cookie in page.driver.get_cookies()}
    answer = requests.get(f"{world.url}/receipt/proof", cookies=jar, timeout=20)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    text = answer.text
    assert title not in text and reporter.receipt not in re.sub(r"\D", "", text)
    page.press('section[aria-labelledby="proof"] a[href="/log"]').look("/log")
    key = re.search(r"\S+\+[0-9a-f]{8}\+\S+", page.text).group()

    somebody = Checker(tmp_path / "elsewhere", key)
    code, said = somebody.check(text, "--title", title, "--content", "content.txt")
    assert code == 0 and "entry" in said and "proven: 1 of 1" in said, said
    # Another title, another byte of the entry, another key: each is refused, and it is said what does not hold.
    code, said = somebody.check(text, "--title", title + "（改）", "--content", "content.txt")
    assert code == 1 and "not those that were sent" in said, said
    at = text.index("\nindex ") + len("\nindex ")
    index = int(re.match(r"\d+", text[at:]).group())
    code, said = somebody.check(text.replace(f"\nindex {index}\n", f"\nindex {index + 1}\n", 1))
    assert code == 1 and said.startswith(f"not proven: entry {index + 1} (file)"), said
    assert "sent" not in said
    elsewhere = worlds("postgres" if engine == "sqlite" else "sqlite").url
    other = Checker(tmp_path / "another", requests.get(elsewhere + "/log/key", timeout=20).text.strip())
    code, said = other.check(text)
    assert code == 1 and f"entry {index} (file)" in said, said


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_an_auditor_audits_everything_while_others_work(window, language):
    desk = Desk(window("sqlite", language=language, scripts=False))
    desk.sign_in("qt.audit1")
    page = desk.window.open("/audit").press('a[href="/audit/log"]')
    for size in (DESKTOP, PHONE):
        page.size(size)
        page.look(f"/audit/log {size[0]}")
    before = len(page.all('section[aria-labelledby="whole"] tbody tr'))
    page.press('form[action="/audit/log/begin"] button')
    # The page keeps itself up to date; who comes back finds how far it is.
    for _ in range(120):
        page.open("/audit/log")
        if page.all('form[action="/audit/log/begin"]'):
            break
        page.look("/audit/log while it runs")
    rows = page.look("/audit/log afterwards").all('section[aria-labelledby="whole"] tbody tr')
    assert len(rows) == min(before + 1, 10)
    assert {"zh-Hans": "全部相符", "en": "Everything agrees"}[language] in rows[0].text
