"""The demonstration world as its people use it over the API."""

import itertools

from client import Caller, Person, Receipt

PROVINCE, WANGCHUAN, JIZHOU = "990000000000", "990100000000", "990200000000"
QINGTANG, LISHAN, TANGYI, DISPATCHED = "990101000000", "990102000000", "990101100000", "990101000901"

_numbers = itertools.count(1)


def person(management="county", name="李树成", unit="清棠县水务局", position="副局长", **more):
    return {
        "kind": "person", "name": name, "unit": unit, "unitCode": None, "position": position,
        "management": management, "principal": False, **more}


def unit(name, management="county", **more):
    return {**person(management, name, name, ""), "kind": "unit", **more}


def letter(organ=QINGTANG, *, reported=None, reporter=None, place=None, **more):
    """The body of a filing."""
    return {
        "organ": organ, "place": place, "title": f"反映水渠工程问题（{next(_numbers)}）",
        "content": "去年秋天修的水渠，验收没有通过就付了全款。\n\n　　请查一查。", "demand": "把水渠修好。",
        "reported": [person()] if reported is None else reported, "reporter": reporter, **more}


REPORTER = {
    "name": "王小麦", "phone": "13800138000", "email": "wang@example.org", "address": "清棠县棠漪镇三组",
    "safeContact": "晚上七点以后"}


class World:
    """An installation that serves the demonstration world, and the people in it."""

    def __init__(self, installation, described):
        self.installation = installation
        self.organs = {organ["code"]: organ for organ in described["organs"]}
        self.accounts = {account["username"]: account for account in described["accounts"]}
        self.signed_in = {}
        self.known = set()
        self.known_reports = {}
        self.public = Caller(installation.url)

    @property
    def url(self):
        return self.installation.url

    def __getitem__(self, username):
        if username not in self.signed_in:
            self.signed_in[username] = Person(self.url, self.accounts[username])
        return self.signed_in[username]

    def people(self, *organs):
        return [self[name] for name, account in self.accounts.items() if account["organ"] in organs]

    def everybody(self):
        return [self[name] for name in self.accounts]

    def below(self, code):
        """The organs below one, all the way down."""
        children = [organ["code"] for organ in self.organs.values() if organ.get("parent") == code]
        return children + [lower for child in children for lower in self.below(child)]

    def file(self, body):
        """Files for the public; the receipt's holder and the organ that received."""
        answer = self.public.post("/api/v1/reports", body, 201).json()
        return Receipt(self.url, answer["receipt"]), answer["organ"]

    def arrived(self, organ, title):
        """The report of this title, which no other has, in the inboxes of an organ's people."""
        for person in self.people(organ):
            for item in person.inbox("-receivedAt"):
                if item["id"] in self.known or not (view := person.report(item["id"])) or view["title"] is None:
                    continue
                self.known.add(item["id"])
                if view["title"] == title:
                    return item["id"]
        raise AssertionError(f"nobody in {organ} finds {title} in the inbox")

    def filed(self, body):
        """Files; the report's holder, its id and the organ that received it."""
        receipt, organ = self.file(body)
        return receipt, self.arrived(organ, body["title"]), organ

    def who_has(self, report, organ):
        """The people of an organ whose inbox holds the report."""
        return [person for person in self.people(organ) if person.has(report)]

    def do(self, report, organ, act, /, **wanted):
        """Whoever has the report in the inbox and is offered the act does it."""
        for person in self.who_has(report, organ):
            if person.offered(report, act):
                return person, person.act(report, act, **wanted)
        raise AssertionError(f"nobody in {organ} finds {act} for {report} in the inbox")

    def play(self, report, organ, *steps):
        """Several acts in a row; a step is a name or a name with its fields."""
        view = None
        for step in steps:
            name, fields = (step, {}) if isinstance(step, str) else step
            _, view = self.do(report, organ, name, **fields)
        return view

    def anybody(self, report, organ, act):
        """Whoever in an organ is offered an act that nothing waits for."""
        return next(person for person in self.people(organ) if person.offered(report, act))
