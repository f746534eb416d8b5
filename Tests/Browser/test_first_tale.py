"""The same person writes again: he was punished whom the first letter named, and what it asked for was never settled."""

import pytest
from chromium import PHONE
from reporter import Reporter
from staff import Desk, Named
from words import words

FIRST, AGAIN = "测试：夜里采砂没人管", "测试：还是夜里采砂"
COUNTY = "/report?organ=990101000000"
PUNISHED = {"results-0-finding": "true", "results-0-handling": "second-form", "results-0-party-sanction": "warning",
            "results-1-finding": "untrue", "results-1-handling": "none", "end": "close", "text": "收钱属实，已给予警告"}


@pytest.mark.parametrize(("engine", "language", "scripts"), [("sqlite", "zh-Hans", False), ("postgres", "en", True)])
def test_the_second_letter_leads_to_the_first_and_to_the_demand_that_was_never_settled(
        window, tmp_path, engine, language, scripts):
    reporter = Reporter(window(engine, language=language, scripts=scripts), tmp_path, FIRST)
    reporter.window.size(PHONE)
    reporter.walk_through(poster=COUNTY)
    desk = Desk(window(engine, language=language, scripts=scripts))
    first = handled(desk)

    again = Reporter(window(engine, language=language, scripts=scripts), tmp_path, AGAIN)
    again.window.size(PHONE)
    again.walk_through(poster=COUNTY)
    desk.number = AGAIN
    desk.do("qt.letters2", "register", {"people": "1"})
    second = desk.drawn_number()
    desk.sign_in("qt.letters3").find(second)
    place = desk.window.path.split("?")[0]
    desk.window.press(f'aside a[href="{place}/same"]').look("what may be the same")
    card = found(desk, first)
    for told in [words("same.level.certain", language), words("same.decided", language), "收钱属实，已给予警告",
                 state("open", language)]:
        assert told in card.text, f"{told} is not beside the second letter:\n{card.text}"
    desk.window._click(card.find_element("css selector", 'form[action$="/acts/link"] button'))

    desk.sign_in("qt.letters3").find(second)
    desk.act("unlink", {"opinion": "先看看是不是另一处砂场"})
    desk.find(second)
    desk.act("link", {"original": first, "opinion": "同一人、同一砂场"})
    desk.find(second)
    desk.act("demand", {"state": "promised", "by": "2027-03-31", "note": "水利局答应三月底前修好河堤"})
    desk.window.open(place).press(f'aside a[href="{place}/matter"]').look("the matter")
    told = desk.window.all("main section.panel")
    assert [number in one.text for one, number in zip(told, [first, second], strict=True)] == [True, True]
    assert state("open", language) in told[0].text and state("promised", language) in told[1].text
    assert "2027-03-31" in told[1].text and "水利局答应三月底前修好河堤" in told[1].text

    desk.do("qt.letters3", "classify", {"category": "discipline-breach", "problem": "integrity", "opinion": "重复件"},
            mark=second)
    desk.do("qt.letters3", "propose", {"way": "keep", "opinion": "人已处理，诉求另行督促"}, mark=second)
    desk.do("qt.leader2", "approve", mark=second)
    desk.do("qt.letters3", "keep", mark=second)
    desk.do("qt.letters3", "tell-repeat", mark=second)
    desk.do("qt.letters3", "archive", mark=second)
    assert desk.find(second, "done"), "the file is closed"
    assert desk.sign_in("qt.letters1").find(second), "what was promised waits for the director"
    desk.act("demand", {"state": "settled", "note": "河堤已修好，本人签字认可"})
    desk.window.open(f"{place}/matter")
    assert state("settled", language) in found(desk, second).text, "settled, long after the punishment"


def handled(desk):
    """The first letter, from the registration to the archive: somebody is punished; answers its number."""
    desk.number = FIRST
    desk.do("qt.letters2", "register", {"people": "1"})
    number = desk.drawn_number()
    desk.do("qt.letters3", "classify", {"category": "discipline-breach", "problem": "integrity", "opinion": "具体可查"})
    desk.do("qt.letters3", "propose", {"way": "refer", "office": Named("第一监督", "First"), "opinion": "移送"})
    desk.do("qt.leader2", "approve")
    desk.do("qt.letters2", "refer")
    desk.do("qt.inspect1", "sign")
    desk.do("qt.inspect1", "allocate", {"handlers": [Named("甘沛霖", "Gan")]})
    desk.do("qt.inspect3", "dispose", {"kind": "verify", "opinion": "建议初步核实", "plan": "查台账"})
    desk.do("qt.leader2", "approve")
    desk.do("qt.inspect3", "conclude", PUNISHED)
    desk.do("qt.inspect1", "countersign")
    desk.do("qt.leader1", "approve")
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "收钱属实，已作处理。"})
    desk.do("qt.inspect1", "archive")
    return number


def found(desk, number):
    """The part of the page that is about one letter."""
    return next(part for part in desk.window.all("main section.panel") if number in part.text)


def state(value, language):
    """Where a demand stands, in the words of the rules."""
    said = {"open": ("尚未解决", "Open"), "promised": ("已承诺解决", "Promised"), "settled": ("已解决", "Settled")}
    return said[value][language == "en"]
