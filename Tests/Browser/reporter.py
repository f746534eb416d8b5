"""Somebody who reports, and comes back with the receipt."""

import re

from words import stage, words

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
                    "0000000c4944415478da63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082")
TITLE = "测试：采砂管理员收钱放行"
PARTY = {"kind": "person", "name": "孟常流", "unit": "清棠县水利局", "position": "副局长", "management": "county"}
CONTENT = "清江河段夜里有人采砂，孟常流收了砂场老板的钱，检查前打电话报信。\n司机和附近的住户都看见过，前后有七八次。"
NAME, PHONE_NUMBER = "闻一诺", "13900000001"


class Reporter:
    """Keeps the receipt and nothing else. Every page on the way is looked at."""

    def __init__(self, window, folder, title=TITLE):
        self.window, self.folder, self.title, self.receipt = window, folder, title, None

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

    def begin(self, poster=None):
        """From the home page, or from the address on an organ's poster."""
        window = self.window
        if poster:
            window.open(poster)
        else:
            window.open("/").look().press('.doors a[href="/report"]')
        window.look().press("main a.button").look()
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
        window.fill({"title": self.title})
        self.next()
        window.look().fill({"when": "去年汛期，五月到八月"})
        self.back()
        assert (window.value("title"), window.value("content")) == (self.title, CONTENT)
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
        for answer in [self.title, "孟常流", "清江砂场管理站", "棠漪镇", "清江桥下游", "河滩.png", NAME, PHONE_NUMBER]:
            assert answer in window.text, f"{answer} is not among the answers"
        window.press('a[href^="/report/what?to=check"]')
        window.fill({"content": CONTENT + "\n砂场在桥东。"})
        self.next()
        assert window.path == "/report/check" and "砂场在桥东" in window.text
        window.press('main button[value="send"]').look("/report/done")
        self.receipt = "".join(group.text for group in window.all(".groups li"))
        assert re.fullmatch(r"\d{28}", self.receipt), self.receipt
        assert window.one("[data-print]").is_displayed() == window.scripts, "it can print where scripts run"
        assert not any(self.receipt[at:at + 8] in window.driver.current_url for at in range(20))

    def walk_through(self, poster=None):
        """From the home page, or a poster, to the receipt."""
        self.begin(poster)
        self.name_the_reported()
        self.tell()
        self.find_the_place()
        self.bring_files()
        self.give_the_name()
        self.check_and_send()
        return self

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

    def bring_evidence(self, name, text):
        """Adds a file to what was sent."""
        (self.folder / name).write_text(text)
        form = 'form[action="/receipt/files"]'
        self.window.fill({"files": [self.folder / name]}, form).press(f"{form} .button")
        assert name in self.window.text, f"{name} is not among the files:\n{self.window.text[:600]}"


def unknown_receipt():
    """Twenty-eight digits whose check digits are right (ISO 7064 MOD 97-10), and which nobody was given."""
    digits = "12345678901234567890123456"
    return digits + f"{98 - int(digits) * 100 % 97:02}"
