"""The pictures that the README shows: MINGJIAN_PICTURES=1 writes them to docs/pictures."""

import os
from pathlib import Path

import pytest
from chromium import DESKTOP, PHONE
from reporter import PARTY, Reporter
from staff import Desk
from words import stage

PICTURES = Path(__file__).resolve().parents[2] / "docs/pictures"
pytestmark = pytest.mark.skipif(not os.environ.get("MINGJIAN_PICTURES"), reason="MINGJIAN_PICTURES is not set")


@pytest.mark.parametrize(("language", "mark"), [("zh-Hans", "zh"), ("en", "en")])
def test_the_pictures_are_taken(window, tmp_path, language, mark):
    PICTURES.mkdir(parents=True, exist_ok=True)
    reporter = Reporter(window(language=language), tmp_path)

    def shot(page, name, phone=True):
        page.driver.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
        page.picture(PICTURES / f"{name}-{mark}.png", DESKTOP)
        if phone:
            page.picture(PICTURES / f"{name}-{mark}-phone.png", PHONE)
        page.size(DESKTOP)

    shot(reporter.window.open("/"), "home")
    reporter.begin()
    reporter.window.fill(PARTY)
    shot(reporter.window, "report-who")
    reporter.window.open("/report/party/1")
    reporter.name_the_reported()
    reporter.tell()
    reporter.find_the_place()
    reporter.bring_files()
    reporter.give_the_name()
    reporter.check_and_send()
    shot(reporter.window, "receipt")
    desk = Desk(window(language=language)).sign_in("qt.inspect1")
    shot(desk.window.open("/desk"), "desk", phone=False)
    desk.window.follow(stage("allocated", language))
    shot(desk.window, "report", phone=False)
