"""Who the reporter is, opened by two people, and the reporter reads of it."""

import pytest
from chromium import PHONE
from reporter import NAME, PHONE_NUMBER, TITLE, Reporter
from staff import Desk, Named
from words import words


@pytest.mark.parametrize(("engine", "language"), [("sqlite", "en"), ("postgres", "zh-Hans")])
def test_two_people_open_an_identity_and_the_reporter_reads_why(window, tmp_path, engine, language):
    reporter = Reporter(window(engine, language=language, scripts=False), tmp_path)
    reporter.window.size(PHONE)
    reporter.walk_through().come_back().reads("received")
    told = words("opened.notice", language)
    assert told not in reporter.window.text

    desk = Desk(window(engine, language=language))
    desk.do("qt.letters2", "register", mark=TITLE)
    desk.number = desk.drawn_number()
    desk.do("qt.cases1", "open-identity", {"ground": "contact", "window": "4", "reason": "承办人要核对日期"})
    assert not desk.window.all('form[action$="/identity"]'), "one person alone opens nothing"
    desk.do("qt.trial1", "decide", {"request": Named("左明臻", "Zuo"), "agreed": "yes"})
    assert not desk.window.all('form[action$="/identity"]'), "it opens to the one who asked"

    assert desk.sign_in("qt.cases1").find(desk.number)
    assert PHONE_NUMBER not in desk.window.text and NAME not in desk.window.text, "the report's page stays masked"
    desk.window.look("a report whose identity stands open").press('form[action$="/identity"] button')
    desk.window.look("a look at the identity")
    assert NAME in desk.window.text and PHONE_NUMBER in desk.window.text
    assert NAME not in desk.window.driver.title and desk.number in desk.window.driver.title, "titles stay neutral"

    reporter.reads("judging")
    assert told in reporter.window.text
    assert {"en": "To contact the reporter", "zh-Hans": "联系反映人"}[language] in reporter.window.text
