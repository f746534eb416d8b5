"""Pages of the auditor, and of prints and exports, for everybody; and a mark on every sheet of paper."""

import base64
import itertools
import subprocess

import pytest
from staff import Desk

ways = pytest.mark.parametrize(
    ("language", "scripts"), list(itertools.product(["zh-Hans", "en"], ["scripts", ""])))


@ways
def test_an_auditor_reads_every_page(window, language, scripts):
    page = Desk(window(language=language, scripts=bool(scripts))).sign_in("qt.audit1").window
    page.open("/audit")
    for _ in range(24):
        if page.all('main a[href^="/audit/reports/"]'):
            break
        page.open(page.one('main a[href^="/audit?month="]').get_dom_attribute("href"))
    page.look("audit")
    report = page.one('main a[href^="/audit/reports/"]').get_dom_attribute("href")
    person = page.all('main a[href^="/audit/people/"]')[8].get_dom_attribute("href")
    lists = [link.get_dom_attribute("href") for link in page.all('main a[href^="/audit/events"]')]
    page.open(report).look("who can read")
    page.open(person).look("what a colleague may open")
    for address in lists:
        page.open(address).look(address)
    page.open("/audit?number=1").look("no such number")


@ways
def test_a_report_is_exported_on_every_page(window, language, scripts):
    desk = Desk(window(language=language, scripts=bool(scripts))).sign_in("qt.letters2")
    page = desk.window.open("/desk?tab=holding")
    page.open(page.one(".queue a").get_dom_attribute("href"))
    page.press('aside a[href$="/export"]').look("the form of an export")
    page.press("main form .button").look("an export refused")
    page.fill({"parts": ["letter", "papers"], "ground": "meeting"}, "main form").press("main form .button")
    page.look("my exports")
    number = page.one("main tbody th").text
    page.open(page.one("main tbody a").get_dom_attribute("href"))
    pdf = base64.b64decode(page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    sheets = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split("\f")[:-1]
    assert sheets and all(number in "".join(sheet.split()) for sheet in sheets), "the mark is on every sheet"
