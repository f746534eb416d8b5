"""What attacks on the invariants have in common: a report whose every word is its own, and what its doors say."""

import functools
import re
import secrets
from datetime import datetime, timedelta, timezone

from doors import filled
from world import QINGTANG, REPORTER, World, letter

ACTS = ("register", "amend", "message", "approve", "open-identity", "recuse", "reopen")
NOBODY = "00000000-0000-4000-8000-000000000000"
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def word():
    """Words that stand nowhere else."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def name():
    return "邬" + "".join(secrets.choice(LETTERS) for _ in range(3))


class Secret:
    """A report whose every part is a word of its own."""

    def __init__(self, world, organ, reported, **more):
        self.world = world
        self.title, self.content, self.reporter, self.file, self.message = (word() for _ in range(5))
        self.demand, self.finding, self.reply = word(), word(), word()
        self.receipt, self.id, self.organ = world.filed({
            **letter(organ, reported=reported, reporter={**REPORTER, "name": self.reporter}), "title": self.title,
            "content": self.content + "。" + word(), "demand": self.demand, **more})
        assert self.receipt.put_file("证据.txt", self.file.encode()).status_code == 201

    def live(self):
        """From registration to the archive, with a talk, an objection and a rating; its number at the organ."""
        self.receipt.message(self.message)
        view = self.world.play(self.id, self.organ, "register", ("verify-identity", {"status": "real-name"}))
        self.world.play(
            self.id, self.organ, "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign",
            ("dispose", {"kind": "close"}), "approve", ("conclude", {"text": self.finding}),
            ("feedback", {"text": self.reply}))
        self.receipt.object(word())
        self.world.play(self.id, self.organ, "feedback")
        self.receipt.rate(2, False, word())
        self.number = next(
            view["number"] for who in self.world.people(self.organ) if (view := who.report(self.id)))
        return self

    def words(self):
        found = [self.id, self.title, self.content, self.reporter, self.file, self.message, self.demand, self.finding]
        return found + [self.reply, self.receipt.digits.replace(" ", ""), getattr(self, "number", self.id)]

    def lies_in(self, text):
        return [said for said in self.words() if said in text]

    def tells(self, seen):
        """The doors that say something of it; that an address repeats itself tells nobody anything."""
        return [path for path, (_, text) in seen.items() if self.lies_in(text.replace(path, ""))]


def opened(world, people, report):
    """What stands behind every door, for each of these people. Letters of earlier tests are put into groups first: a minute
    later that would happen by itself."""
    world.installation.command("marks")
    return {knocker: knocker.everything(report) for knocker in people}


def differing(before, after):
    """The doors that answer otherwise than before. Apart from those that tell an auditor of the knocking itself, or of the
    public log, which is the same for everybody and is filled up with entries of nothing; what stands on them is looked
    through for words, numbers and ids all the same."""
    return [
        f"{knocker} {path}" for knocker in after for path in sorted(set(before[knocker]) | set(after[knocker]))
        if before[knocker].get(path) != after[knocker].get(path)
        and path != "/audit/log" and not path.startswith("/audit/events?list=reads")]


def on_one_day(test):
    """What stands behind a door may be another on another day. Where a test failed around midnight of the office's clock
    it is played once more, on the new day."""
    @functools.wraps(test)
    def played(*given, **named):
        began = now_there()
        try:
            return test(*given, **named)
        except AssertionError:
            failed = now_there()
            if failed.date() == began.date() and failed.hour > 0:
                raise
        return test(*given, **named)
    return played


def now_there():
    return datetime.now(timezone(timedelta(hours=8)))


def act_paths(report, act):
    """The doors of an act: the form of the page and the API."""
    return filled("/desk/reports/:id/acts/:name", report, acts=[act]) + filled(
        "/api/v1/reports/:id/acts/:name", report, acts=[act])


def named(knocker):
    """The name of whoever is signed in, as the pages say it."""
    return knocker.get("/absence").text.split('<span class="user">')[1].split("<")[0].strip()


def administered(admin, world, who):
    """The address of somebody's page for the administrator of the county."""
    organ = next(link for link in re.findall(r'href="(/admin/organs/[0-9a-f-]{36})"', admin.get("/admin").text)
                 if world.organs[QINGTANG]["name"] in admin.get(link).text)
    found = re.search(rf'href="(/admin/people/[^"]+)"[^>]*>\s*{named(who)}', admin.get(organ).text)
    return found[1]


def served(copy):
    installation, described = copy
    return World(installation.serve("--limits", "off"), described)
