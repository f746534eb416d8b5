"""The whole way of a report, as people walk it in their browsers."""

import re

import pytest
from chromium import PHONE
from staff import Desk
from words import stage, words

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
                    "0000000c4944415478da63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082")
TITLE = "测试：采砂管理员收钱放行"
PARTY = {"kind": "person", "name": "孟常流", "unit": "清棠县水利局", "position": "副局长", "management": "county"}
CONTENT = "清江河段夜里有人采砂，孟常流收了砂场老板的钱，检查前打电话报信。\n司机和附近的住户都看见过，前后有七八次。"
NAME, PHONE_NUMBER = "闻一诺", "13900000001"


class Reporter:
    """Somebody on an old phone, with scripts off, who reports and comes back with the receipt."""

    def __init__(self, window, folder):
        self.window, self.folder, self.receipt = window, folder, None

    def say(self, key):
        assert words(key, self.window.language) in self.window.text, f"{key} is not on {self.window.path}"
        return self

    def next(self):
        return self.window.press('main button[value="next"]')

    def back(self):
        return self.window.press('main button[value="back"]')

    def refused(self, *fields):
        """The page came back with a summary that leads to the fields at fault."""
        links = [link.get_attribute("href").split("#")[1] for link in self.window.all(".error-summary a")]
        assert links == [f"f-{field}" for field in fields], links
        for link in links:
            self.window.one(f"#{link}")
        self.window.look(f"{self.window.path} with errors")

    def begin(self):
        window = self.window
        window.open("/").look().press('.doors a[href="/report"]').look().press("main a.button").look()
        self.next()
        self.refused("rank")
        window.fill({"rank": "county"})
        self.next()

    def name_the_reported(self):
        window = self.window.look()
        assert window.value("management") == ["county"], "the rank that was given is offered first"
        self.next()
        self.refused("name")
        window.fill(PARTY)
        self.next()
        window.look().press('a[href="/report/party/2"]')
        window.fill({"kind": "unit", "name": "清江砂场管理站", "management": "other"})
        self.next()
        assert len(window.all(".kept li")) == 2
        self.next()

    def tell(self):
        window = self.window.look()
        window.fill({"content": CONTENT})
        self.next()
        self.refused("title")
        assert window.value("content") == CONTENT, "what was written stays where a page is refused"
        window.fill({"title": TITLE})
        self.next()
        window.look().fill({"when": "去年汛期，五月到八月"})
        self.back()
        assert (window.value("title"), window.value("content")) == (TITLE, CONTENT)
        self.next()
        assert window.value("when") == "去年汛期，五月到八月", "going back loses no answer"
        self.next()

    def find_the_place(self):
        window = self.window.look()
        window.fill({"location": "清江桥下游的河滩"})
        for place in ["990000", "990100", "990101", "990101100"]:
            window.press(f'.places button[value="{place}"]').look(f"/report/where in {place}")
        assert window.value("location") == "清江桥下游的河滩", "picking a place keeps what was typed beside it"
        self.next()
        window.look().fill({"demand": "停止夜里采砂，修好河堤。"})
        self.next()

    def bring_files(self):
        window, folder = self.window.look(), self.folder
        (folder / "河滩.png").write_bytes(PNG)
        (folder / "日期.txt").write_text("五月三日夜，六月十八日夜，七月二日夜。")
        (folder / "相册.jpg").write_bytes(b"MZ\x90\x00" + bytes(4000))
        window.fill({"files": [folder / "河滩.png", folder / "相册.jpg", folder / "日期.txt"]})
        window.press('main button[value="upload"]')
        self.refused("files")
        assert "相册.jpg" in window.one(".error-summary").text
        kept = [line.text for line in window.all(".kept li")]
        assert len(kept) == 2 and "河滩.png" in kept[0] and "日期.txt" in kept[1], kept
        self.next()

    def give_the_name(self):
        window = self.window.look()
        self.next()
        self.refused("identity")
        window.fill({"identity": "named"})
        self.next()
        window.look().fill({"name": NAME, "phone": "1390000"})
        self.next()
        self.refused("phone")
        window.fill({"phone": PHONE_NUMBER, "safe": "晚上八点以后打"})
        self.next()

    def check_and_send(self):
        window = self.window.look()
        for answer in [TITLE, "孟常流", "清江砂场管理站", "棠漪镇", "清江桥下游", "河滩.png", NAME, PHONE_NUMBER]:
            assert answer in window.text, f"{answer} is not among the answers"
        window.press('a[href^="/report/what?to=check"]')
        window.fill({"content": CONTENT + "\n砂场在桥东。"})
        self.next()
        assert window.path == "/report/check" and "砂场在桥东" in window.text
        window.press('main button[value="send"]').look("/report/done")
        self.receipt = "".join(group.text for group in window.all(".groups li"))
        assert re.fullmatch(r"\d{28}", self.receipt), self.receipt
        assert not window.one("[data-print]").is_displayed(), "scripts are off: a print button would do nothing"
        assert not any(self.receipt[at:at + 8] in window.driver.current_url for at in range(20))

    def cannot_send_twice(self):
        self.window.back()
        if self.window.all('main button[value="send"]'):
            self.window.press('main button[value="send"]')
        self.window.open("/report/check")
        assert not self.window.all('main button[value="send"]'), "the draft is gone"

    def come_back(self):
        window = self.window.open("/receipt").look()
        digits = self.receipt
        twisted = digits[:9] + str((int(digits[9]) + 1) % 10) + digits[10:]
        window.fill({"receipt": twisted}).press("main .button")
        self.say("reporting.receipt.mistyped").refused("receipt")
        window.fill({"receipt": unknown_receipt()}).press("main .button")
        self.say("reporting.receipt.unknown").refused("receipt")
        wide = digits.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
        window.fill({"receipt": f" {wide[:14]}　{wide[14:]}"}).press("main .button")
        assert window.heading == words("reporting.receipt.page-title", window.language)
        return self

    def reads(self, name):
        self.window.open("/receipt")
        assert stage(name, self.window.language, public=True) in self.window.one("main .lead").text
        self.window.look(f"/receipt when {name}")
        return self

    def write(self, what, answers):
        self.window.fill(answers, f'form[action="/receipt/{what}"]')
        self.window.press(f'form[action="/receipt/{what}"] .button')
        self.say(f"reporting.receipt.done.{what}")


def unknown_receipt():
    """Twenty-eight digits whose check digits are right (ISO 7064 MOD 97-10), and which nobody was given."""
    digits = "12345678901234567890123456"
    return digits + f"{98 - int(digits) * 100 % 97:02}"


@pytest.mark.parametrize(("engine", "language"), [("sqlite", "zh-Hans"), ("postgres", "en")])
def test_a_report_travels_the_whole_way(window, tmp_path, engine, language):
    reporter = Reporter(window(engine, language=language, scripts=False), tmp_path)
    reporter.window.size(PHONE)
    reporter.begin()
    reporter.name_the_reported()
    reporter.tell()
    reporter.find_the_place()
    reporter.bring_files()
    reporter.give_the_name()
    reporter.check_and_send()
    reporter.cannot_send_twice()
    reporter.come_back().reads("received")

    desk = Desk(window(engine, language=language))
    desk.sign_in("qt.letters2")
    assert desk.find(TITLE), "the registrar of the county finds the report in the inbox"
    assert NAME not in desk.window.text and PHONE_NUMBER not in desk.window.text, "identity is for custodians alone"
    assert "approve" not in desk.acts() and "register" in desk.acts()
    desk.act("register", {"people": "1", "sensitivity": ["important"]})
    desk.number = number_of(desk)
    desk.sign_in("qt.letters3")
    desk.find(desk.number)
    desk.act("classify", {"category": "discipline-breach"})
    assert desk.window.all('aside .error-summary a[href="#f-classify-problem"]'), "the problem is missing"
    desk.window.look("classify with errors")
    desk.do("qt.letters3", "classify", {"category": "discipline-breach", "problem": "integrity", "opinion": "具体可查"})
    desk.do("qt.cases1", "verify-identity", {"status": "real-name", "note": "电话核实，本人承认"})
    desk.sign_in("qt.letters3").find(desk.number)
    office = office_named(desk, "First" if language == "en" else "第一监督")
    desk.do("qt.letters3", "propose", {"way": "refer", "office": office, "opinion": "建议移送第一监督检查室"})
    desk.do("qt.leader2", "approve", {"opinion": "同意"})
    desk.do("qt.letters2", "refer")
    reporter.reads("accepted")

    desk.do("qt.inspect1", "sign")
    desk.do("qt.letters3", "notify", {"way": "platform", "text": "您反映的问题已经受理。"})
    desk.sign_in("qt.inspect1").find(desk.number)
    handler = person_named(desk, "Gan" if language == "en" else "甘沛霖")
    desk.do("qt.inspect1", "allocate", {"handlers": [handler]})
    desk.do("qt.inspect3", "dispose", {"kind": "verify", "opinion": "线索具体，建议初步核实"})
    desk.do("qt.leader2", "approve")
    reporter.reads("handling")
    assert "您反映的问题已经受理。" in reporter.window.text
    reporter.write("message", {"message": "砂场这几天夜里又开工了。"})
    desk.do("qt.inspect3", "message", {"text": "谢谢，请告诉我们具体的日子。"})
    desk.do("qt.inspect3", "conclude", {
        "results-0-finding": "partly", "results-0-handling": "first-form", "results-1-finding": "untrue",
        "results-1-handling": "none", "demand-settled": True, "text": "收受礼品属实，通风报信无法查实"})
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "收受礼品属实，已作处理；夜间采砂已停。"})

    reporter.reads("answered")
    for sentence in ["已作处理；夜间采砂已停。", "请告诉我们具体的日子。"]:
        assert sentence in reporter.window.text
    assert "同意" not in reporter.window.text and "第一监督" not in reporter.window.text, "papers stay inside"
    reporter.write("objection", {"objection": "砂场老板给的是钱，不是礼品。"})
    reporter.reads("objected")
    desk.do("qt.inspect3", "feedback", {"way": "platform", "text": "补查了账目，没有发现现金往来。"})
    reporter.reads("answered").window.press('form[action="/receipt/rating"] .button')
    reporter.refused("score", "settled")
    reporter.write("rating", {"score": "4", "settled": "yes", "comment": "谢谢"})
    desk.do("qt.inspect1", "archive")
    reporter.reads("closed").window.press('form[action="/receipt/leave"] .button')
    reporter.say("reporting.receipt.left")
    assert TITLE not in reporter.window.open("/receipt").text


def number_of(desk):
    label = words("desk.fact.number", desk.window.language)
    facts = [fact.text for fact in desk.window.all("dl.facts dt, dl.facts dd")]
    return facts[facts.index(label) + 1]


def option(desk, selector, words_in_it):
    return next(each for each in desk.window.all(selector) if words_in_it in each.get_attribute("textContent"))


def office_named(desk, name):
    field = 'form[action*="/acts/propose"] [name="office"]'
    options = desk.window.all(f"{field} option")
    if options:
        return option(desk, f"{field} option", name).get_attribute("value")
    return chosen_by_label(desk, field, name)


def person_named(desk, name):
    return chosen_by_label(desk, 'form[action*="/acts/allocate"] [name="handlers"]', name)


def chosen_by_label(desk, selector, name):
    for field in desk.window.all(selector):
        label = desk.window.one(f'label[for="{field.get_attribute("id")}"]')
        if name in label.get_attribute("textContent"):
            return field.get_attribute("value")
    raise AssertionError(f"nobody of the name {name} to choose for {selector}")
