"""The keys of an office, by its pages: two escrow holders open it for a member, a member renews it."""

import re

from client import Person
from pages import Pages
from test_accounts import page_of
from test_anonymous import Tables
from test_commands import change_password
from test_story import referred
from world import QINGTANG, World

PASSWORD, NEW = "mingjian-demo-2026", "a sentence after the reset"


def people(world, *usernames):
    return [Pages(world.url, world.accounts[name]) for name in usernames]


def page_of_keys(pages, text):
    """The address of the page of keys that stands in a page beside a text."""
    page = pages.get("/office")
    return re.search(r'href="(/offices/[0-9a-f-]+/keys)"', page[page.index(text):])[1]


def lose(world, admin, username):
    """Somebody forgot the password: the administrator resets it, and they sign in with another."""
    account = world.accounts[username]
    place = page_of(admin, world, account)
    page = admin.get(place + "/reset")
    shown = admin.send(page, place + "/reset", {"aware": "yes"} if 'name="aware"' in page else {}, 200)
    once = re.search(r'class="one-time">([a-z2-9-]{34})<', shown)[1]
    change_password(world.url, account | {"password": once}, NEW)
    world.accounts[username] = account | {"password": NEW}
    return Person(world.url, world.accounts[username])


def waiting(pages):
    """Whom somebody could let in: (office, person)."""
    form = r'name="office" value="([^"]+)"><input type="hidden" name="person" value="([^"]+)"'
    return re.findall(form, pages.get("/office"))


def test_an_office_whose_members_all_lost_their_keys_is_opened_by_two_of_three_escrow_holders(copy):
    installation, described = copy
    world = World(installation.serve("--limits", "off"), described)
    _, report = referred(world)
    names = ["qt.inspect1", "qt.inspect2", "qt.inspect3"]
    handlers = [option["value"] for option in world["qt.inspect1"].offered(report, "allocate")["fields"][0]["options"]]
    before = world["qt.inspect1"].act(report, "allocate", handlers=handlers)
    assert before["title"] and before["content"]
    assert [content(world, name, report) for name in names] == [(before["title"], before["content"])] * 3
    admin, = people(world, "qt.admin1")
    keys = page_of_keys(people(world, "qt.inspect1")[0], "第一监督检查室")
    members = {name: lose(world, admin, name) for name in names}
    for name, member in members.items():
        view = member.report(report)
        assert view is None or view["title"] is None and view["content"] is None, f"{name} reads without a key"
        assert waiting(Pages(world.url, world.accounts[name])) == [], f"{name} has no key to pass on"

    director = Pages(world.url, world.accounts["qt.inspect1"])
    person = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>[^<]*qt\.inspect1', admin.get(keys))[1]
    form = {"first": "2", "first-password": PASSWORD, "second": "3", "second-password": PASSWORD, "person": person}
    director.send(director.get("/absence"), keys + "/restore", form, 404)
    # One holder is not two, by whatever means.
    for alone in ({"second": "2"}, {"second-password": "not the one"}, {"second-password": ""}, {"first-password": NEW}):
        page = admin.send(admin.get(keys), keys + "/restore", form | alone, 422)
        assert PASSWORD not in page and "not the one" not in page, "no password comes back"
    assert (view := members["qt.inspect1"].report(report)) is None or view["title"] is None

    assert admin.send(admin.get(keys), keys + "/restore", form) == keys + "?done=restored"
    assert content(world, "qt.inspect1", report) == (before["title"], before["content"])
    # The one who has the key again lets the others in.
    for office, other in waiting(director):
        director.send(director.get("/office"), "/office/admit", {"office": office, "person": other})
    for name in names:
        assert content(world, name, report) == (before["title"], before["content"]), name
    _, view = world.do(report, QINGTANG, "dispose", kind="close")
    assert view["stage"] == "disposal-proposed", "and the work goes on"
    page = director.get(keys)
    assert "托管人 2 3" in page
    told = [len(re.findall(said, page)) for said in ("托管人密码不正确", "托管人 2 3")]
    assert told == [2, 1], "each step stands in the record"
    acts = [act for act, in Tables(installation).rows("SELECT act FROM key_event ORDER BY at, id")]
    assert acts.count("taken") == 3 and acts.index("refused") < acts.index("restored") < acts.index("let-in")


def content(world, username, report):
    """What somebody reads who signs in anew."""
    world.signed_in.pop(username, None)
    view = world[username].report(report)
    return view["title"], view["content"]


def test_a_member_renews_the_key_and_nobody_else(world):
    director, stranger, admin = people(world, "qt.letters1", "qt.inspect1", "yl.admin1")
    keys = page_of_keys(director, "信访")
    stranger.get(keys, 404)
    admin.send(admin.get(keys), keys + "/renew", {}, 403)
    page = director.get(keys)
    generation = int(re.findall(r"<tbody><tr><td>(\d+)</td>", page)[0])
    assert director.send(page, keys + "/renew", {}) == keys + "?done=key-renewed"
    assert director.send(director.get(keys), keys + "/reseal", {}) == keys + "?done=resealed"
    page = director.get(keys)
    assert re.findall(r"<tbody><tr><td>(\d+)</td>", page)[0] == str(generation + 1)
    assert "旧密钥销毁" in page or "仍有件封存在旧密钥" not in page
