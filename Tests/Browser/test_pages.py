"""Every page for everybody: on a phone and at a desk, in both languages, with scripts and without."""

import itertools
import uuid

import pytest
import requests
from reporter import Reporter
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from staff import Desk
from words import stage, stages, words

COUNTY = "990101000000"
ways = pytest.mark.parametrize(
    ("language", "scripts"), list(itertools.product(["zh-Hans", "en"], ["scripts", ""])))


@ways
def test_a_reporter_reads_every_page(window, tmp_path, language, scripts):
    reporter = Reporter(window(language=language, scripts=bool(scripts)), tmp_path).walk_through()
    reporter.come_back().reads("received")
    window = reporter.window
    window.press('form[action="/receipt/message"] .button').look("an empty message")
    window.press('form[action="/receipt/leave"] .button').look("after leaving")
    window.open(f"/report?organ={COUNTY}&place=990101").look("from a poster")
    window.open("/report?gone=yes").look("a draft that is gone")
    window.open("/report/rank").fill({"rank": "central"}).press('main button[value="next"]').look("above")
    assert not window.driver.get_cookie("draft"), "no draft is kept of what stands above this platform"


@ways
def test_staff_read_every_page_of_the_desk(window, language, scripts):
    desk = Desk(window(language=language, scripts=bool(scripts)))
    page = desk.window
    page.open("/desk").look("signing in")
    page.fill({"username": "qt.letters2", "password": "not-the-password"}).press("main .button").look("not signed in")
    desk.sign_in("qt.letters2")
    page.open("/password").look()
    page.fill({"old": "wrong", "new": "short", "again": "other"}).press("main .button").look("a password refused")
    page.open("/account").look("my account")
    page.open("/account/second-factor").look("no second factor yet")
    page.press("main form .button").look("the secret for an app")
    page.fill({"code": "1", "password": "x"}).press("main form .button").look("a code refused")
    page.open("/office").look()
    for tab in ["waiting", "holding", "followed", "done"]:
        page.open(f"/desk?tab={tab}").look()
    page.open("/desk?tab=waiting&stage=archived").look("an empty queue")
    seen = {}
    for person in ["qt.letters2", "qt.letters1", "qt.letters3", "qt.inspect1", "qt.inspect4", "qt.probe1", "qt.leader2",
                   "qt.cases1", "ty.letters1", "ty.inspect1"]:
        desk.sign_in(person)
        for label, address in reports(page).items():
            if label not in seen:
                seen[label] = page.open(address).look(f"a report: {label}, {person}")
    desk.sign_in("qt.letters2")
    page.open(next(iter(reports(page).values()))).press('a[href$="/interference"]').look("the form of an interference")
    page.press("main form .button").look("an interference refused")
    page.fill({"name": "翟正言", "unit": "清棠县纪委监委", "way": "asked", "text": "问了两次进展。"})
    page.press("main form .button").look("what I recorded")
    assert page.one(".notice.done") and page.all("main article")
    page.open("/desk/search").look("searching").press("main form .button").look("a search refused")
    page.fill({"words": "水渠"}, "main form").press("main form .button").look("what was found")
    desk.sign_in("wc.internal1")
    page.open("/interference").look("interference to examine")
    page.press("main article form .button").look("an examination refused")
    page.fill({"note": "已核查"}, "main article form").press("main article form .button").look("an interference examined")
    missing = [name for name in stages() if stage(name, language) not in seen]
    assert not missing, f"nobody of these has a report in the stages {missing}"


def reports(page):
    """Addresses of reports by their stage, as this person's tabs list them."""
    found = {}
    for tab in ["waiting", "holding", "followed", "done"]:
        page.open(f"/desk?tab={tab}&sort=-receivedAt")
        for line in page.driver.execute_script(
                "return [...document.querySelectorAll('.queue a')].map((link) => "
                "[link.querySelector('.meta span').textContent, link.getAttribute('href')])"):
            found.setdefault(*line)
    return found


@ways
def test_a_clerk_registers_on_every_page(window, language, scripts):
    desk = Desk(window(language=language, scripts=bool(scripts))).sign_in("qt.letters2")
    page = desk.window.open("/register").look()
    page.fill({"rank": "county"}).press("main form .button").look("/register/form")
    page.fill({"title": "先找地名", "place-name": "霜桥镇"}).press('main button[name="find"]').look("a place found")
    assert page.value("title") == "先找地名" and page.value("place") == "990101102"
    page.fill({"title": "只有标题", "content": "来访人说，某所收费不开票据，有三次。", "reported-0-name": "蒙立章",
               "reported-0-unit": "清棠县某所", "reported-0-position": "所长", "reporter-phone": "13800138000"})
    page.press('form[action="/register"] > .buttons .button')
    assert [link.get_attribute("hash") for link in page.all(".error-summary a")] == ["#f-reporter-name"]
    page.look("a reporter without a name")
    page.fill({"reporter-name": "来访人甲", "reporter-residentID": "110105194912310021"})
    page.press('form[action="/register"] > .buttons .button')
    assert [link.get_attribute("hash") for link in page.all(".error-summary a")] == ["#f-reporter-residentID"]
    page.look("a registration refused")
    assert page.value("title") == "只有标题", "what was typed stays"
    page.fill({"reporter-name": "", "reporter-phone": "", "reporter-residentID": ""})
    page.press("main form > .buttons .button").look("a slip")
    assert len(page.one(".receipt .digits").text.replace(" ", "")) == 28
    page.open("/register").fill({"rank": "provincial"}).press("main form .button").look("to be handed up")
    page.open("/register").look("a note of what was handed up")


@ways
def test_an_administrator_reads_every_page(window, language, scripts):
    desk = Desk(window(language=language, scripts=bool(scripts))).sign_in("qt.admin1")
    page = desk.window.look()
    assert page.path == "/admin", "who has no desk starts in the room that is theirs"
    organ = page.one('main tbody a[href^="/admin/organs/"]').get_attribute("href").removeprefix(page.base)
    page.open(organ).look("an organ")
    office = page.one('main a[href^="/admin/offices/"]').get_attribute("href").removeprefix(page.base)
    person = page.one('main a[href^="/admin/people/"]').get_attribute("href").removeprefix(page.base)
    for path in ["/admin/new-organ", f"{organ}/change", f"{organ}/new-office", f"{organ}/new-person",
                 f"{organ}/poster", office, person, f"{person}/change", "/office", "/password", "/admin/rules",
                 "/admin/rules/change", "/admin/calendar", "/admin/accounts", "/account"]:
        page.open(path).look(path.replace(organ, "an organ").replace(person, "a person"))
    for path in ["/admin/new-organ", f"{organ}/new-office", f"{organ}/new-person"]:
        page.open(path).press("main form .button").look(f"{path} refused")
    other = page.open(organ).all('main a[href^="/admin/people/"]')[1].get_attribute("href").removeprefix(page.base)
    page.open(other).look("a colleague").open(f"{other}/reset").look("before a reset")
    away = organ.removeprefix("/admin") + "/away"
    stand_ins = page.open(organ).one('main a[href^="/offices/"]').get_attribute("href").removeprefix(page.base)
    for path in [away, stand_ins, "/absence"]:
        page.open(path).look(path)
    page.open(away).press("main form .button").look("nobody away refused")
    page.open(f"{organ}/new-person")
    page.fill({"username": "new." + uuid.uuid4().hex[:8], "name": "新来人", "name_en": "New Colleague"})
    page.press("main form .button").look("a first password")


@ways
def test_errors_are_pages_too(window, language, scripts):
    page = window(language=language, scripts=bool(scripts))
    page.open("/no-such-page").look("404")
    assert words("errors.not-found.title", language) in page.text
    page.open("/sign-out").look("405")
    desk = Desk(page).sign_in("qt.letters2")
    page.open("/admin").look("403")
    assert words("errors.forbidden.title", language) in page.text
    page.open(f"/desk/reports/{uuid.uuid4()}").look("no such report")
    page.open("/password")
    page.driver.execute_script("document.querySelector('main [name=csrf]').value = 'stale'")
    page.press("main .button").look("a stale form")
    assert desk.who


def test_a_person_at_the_desk_works_by_keyboard(window):
    page = Desk(window()).sign_in("qt.letters2").window.open("/desk")
    titles = [link.text for link in page.all(".queue a")]
    for at, key in enumerate("jjk"):
        ActionChains(page.driver).send_keys(key).perform()
        assert page.driver.switch_to.active_element.text == titles[[0, 1, 0][at]]
    page._leave(lambda: page.driver.switch_to.active_element.send_keys("\n"))
    assert page.path.startswith("/desk/reports/")


def test_the_error_summary_takes_the_focus(window):
    page = window().open("/receipt").fill({"receipt": "1"}).press("main .button")
    assert "error-summary" in page.driver.switch_to.active_element.get_attribute("class")
    page.one(".error-summary a").click()
    assert page.driver.switch_to.active_element.get_attribute("name") == "receipt"


def test_pages_ask_for_nothing_from_elsewhere(window):
    """No third party, and a policy that lets none in."""
    page = window()
    answer = requests.get(page.base + "/", timeout=10)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page.open("/")
    asked = page.driver.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert asked and all(one.startswith(page.base) for one in asked), asked
    assert not page.driver.find_elements(By.CSS_SELECTOR, "[style], style, script:not([src]), [onclick]")
