"""Leaving at once, and getting through where many come from one address: with scripts and without."""

import itertools
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from chromium import Chromium
from installation import Installation
from reporter import PARTY
from selenium.webdriver import ActionChains
from selenium.webdriver.support.ui import WebDriverWait
from words import words

sys.path.append(str(Path(__file__).parents[1] / "API"))
from test_anonymous import RULES  # noqa: E402

TOLD = "清江河段夜里有人采砂。"
ways = pytest.mark.parametrize(
    ("language", "scripts"), list(itertools.product(["zh-Hans", "en"], ["scripts", ""])))


class Weather(BaseHTTPRequestHandler):
    """Where leaving leads; remembers what browsers said of where they came from."""

    said = []

    def do_GET(self):
        if self.path == "/":
            self.said.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><html lang=en><title>Weather</title><h1>Sunny</h1>")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def weather():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("template"), "sqlite")
    installation.demo()
    yield installation
    installation.remove()


@pytest.fixture
def narrow(tmp_path, weather, template):
    """A world of its own with narrow limits, where leaving leads to a server of this test."""
    installation = template.copy(tmp_path / "narrow")
    text = RULES.replace("bits: 8", "bits: 12").replace("https://weather.example", weather)
    rules = tmp_path / "rules.yaml"
    rules.write_text(text.replace("{atOnce: 2, perHour: 1}", "{atOnce: 1, perHour: 1}"))
    yield installation.serve("--visitor-rules", rules)
    installation.remove()


@pytest.fixture
def open_window(narrow):
    opened = []

    def open_window(**look):
        opened.append(Chromium(narrow.url, **look))
        return opened[-1]

    yield open_window
    faults = [fault for each in opened for fault in each.faults]
    for each in opened:
        each.close()
    assert not faults, "\n".join(faults)


def begin(window):
    """From the first question to the page for the story."""
    window.open("/report/rank").fill({"rank": "county"}).press('main button[value="next"]')
    window.fill(PARTY).press('main button[value="next"]').press('main button[value="next"]')
    return window


def on(window, place, seconds=15):
    WebDriverWait(window.driver, seconds, 0.05).until(lambda driver: driver.current_url.startswith(place))


@ways
def test_leaving_at_once_forgets_the_draft_and_back_does_not_bring_it_again(open_window, weather, language, scripts):
    window = begin(open_window(language=language, scripts=bool(scripts)))
    window.fill({"title": "采砂", "content": TOLD}).press('main button[value="next"]').back()
    assert window.value("content") == TOLD
    Weather.said.clear()
    start = time.monotonic()
    window.press("button.leave")
    on(window, weather)
    assert time.monotonic() - start < 5
    assert [asked for asked in Weather.said if {"referer", "origin", "cookie"} & set(asked)] == []
    for _ in range(3):
        window.driver.back()
        time.sleep(0.3)
        if window.driver.current_url.startswith(window.base):
            assert TOLD not in window.driver.page_source
    window.open("/report/what")
    assert window.path.startswith("/report?gone") or window.path == "/report"
    assert window.driver.get_cookies() == [] and TOLD not in window.text
    window.look("after leaving at once")


def test_escape_pressed_twice_leaves_and_once_does_not(open_window, weather):
    window = begin(open_window())
    window.fill({"content": TOLD})
    ActionChains(window.driver).send_keys("\ue00c").perform()
    time.sleep(1.2)
    ActionChains(window.driver).send_keys("\ue00c").perform()
    time.sleep(0.3)
    assert window.path == "/report/what" and window.value("content") == TOLD
    ActionChains(window.driver).send_keys("\ue00c").perform()
    on(window, weather)


def test_leaving_from_the_receipt_closes_it(open_window, weather):
    window = begin(open_window(scripts=False))
    window.fill({"title": "采砂", "content": TOLD}).press('main button[value="next"]')
    for _ in range(4):
        window.press('main button[value="next"]')
    window.fill({"identity": "anonymous"}).press('main button[value="next"]').press('main button[value="send"]')
    digits = "".join(group.text for group in window.all(".groups li"))
    window.open("/receipt").fill({"receipt": digits}).press("main .button")
    assert words("reporting.receipt.page-title", "zh-Hans") == window.heading
    window.press("button.leave")
    on(window, weather)
    window.open("/receipt")
    assert window.all('main input[name="receipt"]') and window.driver.get_cookies() == []


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_computation_in_the_browser_gets_one_through_by_itself(open_window, language):
    begin(open_window())
    window = open_window(language=language)
    window.open("/report/rank").fill({"rank": "county"}).press('main button[value="next"]')
    on(window, window.base + "/report/party/1", 60)
    assert window.driver.get_cookie("pass")["httpOnly"]
    window._console()  # The page before was a 429, which is expected.
    window.look("after the computation")


def test_a_computation_can_be_stopped_and_begun_again(open_window, narrow):
    begin(open_window())
    window = open_window()
    # A long one: it must not end before it is stopped.
    window.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
        document.addEventListener("readystatechange", () => {
          const box = document.querySelector("[data-challenge]");
          if (box) box.dataset.bits = "26";
        });"""})
    window.open("/report/rank").fill({"rank": "county"}).press('main button[value="next"]')
    assert window.one("[data-said]").text == words("crowded.running", "zh-Hans")
    window.one("[data-stop]").click()
    assert window.one("[data-said]").text == words("crowded.stopped", "zh-Hans")
    window.look("a computation that was stopped")
    window.one("[data-again]").click()
    assert window.one("[data-stop]").is_displayed() and not window.one("[data-again]").is_displayed()
    window.look("a computation")
    time.sleep(2)
    window.press("main form[data-resend] .button")
    assert window.path == "/report/party/1", "waiting is there as well"


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_without_scripts_one_waits_and_nothing_is_lost(open_window, language):
    begin(open_window(scripts=False))
    window = open_window(language=language, scripts=False)
    window.open("/report/rank").fill({"rank": "county"}).press('main button[value="next"]')
    assert words("crowded.first", language) in window.text and not window.all("[data-challenge]:not([hidden])")
    window.look("waiting")
    window.press("main form[data-resend] .button")
    if window.path == "/report/rank":
        assert words("crowded.still", language) in window.text
        window.look("not yet")
        time.sleep(2.1)
        window.press("main form[data-resend] .button")
    assert window.path == "/report/party/1"
