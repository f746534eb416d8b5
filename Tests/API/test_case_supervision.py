"""Case supervision: asked for its view on what is hard, and told of what its organ hands on."""

import re

from client import problem
from doors import Knocker
from test_story import WHOLE_WAY
from world import QINGTANG, letter

SUPERVISOR = "qt.cases1"


def lines(person, show="running"):
    """The whole register, over all pages."""
    items, path = [], f"/api/v1/leads?show={show}&limit=200"
    while path:
        page = person.get(path).json()
        items += page["items"]
        path = page["next"]
    return items


def test_a_hard_report_is_read_by_case_supervision_until_it_has_given_its_view(world):
    _, report, organ = world.filed(letter())
    supervisor = world[SUPERVISOR]
    world.do(report, organ, "register")
    assert supervisor.report(report) is None and not supervisor.has(report)
    desk = world.anybody(report, organ, "consult")
    desk.act(report, "consult", question="是否属于本级受理？")
    view = supervisor.report(report)
    assert supervisor.has(report) and view["title"] and view["reporter"] is None
    assert {act["name"] for act in view["acts"]} == {"advise", "recuse"}
    page = Knocker(supervisor).get(f"/desk/reports/{report}").text
    assert "是否属于本级受理？" in page and view["title"] in page
    waits = Knocker(desk).get(f"/desk/reports/{report}").text
    assert "等待办理" in waits and "案件监督管理室（左明臻）" in waits, "the desk reads for whom it waits"
    supervisor.try_act(report, "advise", opinion="宜由本级受理。")
    assert supervisor.report(report) is None and not supervisor.has(report)
    problem(supervisor.try_act(report, "advise", opinion="再补充一点。"), 404)
    assert "宜由本级受理。" in Knocker(desk).get(f"/desk/reports/{report}").text
    assert desk.report(report)["stage"] == "registered" and desk.offered(report, "classify")


def test_the_register_tells_number_office_days_and_limits_and_nothing_else(world):
    body = letter()
    _, report, organ = world.filed(body)
    supervisor = world[SUPERVISOR]
    assert organ == QINGTANG
    steps = [("propose", {"way": "refer"}) if step == "propose" else step
             for step in WHOLE_WAY if step not in ("verify-identity", "sign")]
    world.play(report, organ, *steps)
    number = world.anybody(report, organ, "message").report(report)["number"]
    line = next(line for line in lines(supervisor) if line["number"] == number)
    assert line["act"] == "refer" and line["organ"] == organ and line["office"] and line["signedAt"] is None
    assert [limit["name"] for limit in line["limits"]] == ["refer-sign"]
    world.do(report, organ, "sign")
    line = next(line for line in lines(supervisor) if line["number"] == number)
    assert line["signedAt"] and "disposal-opinion" in [limit["name"] for limit in line["limits"]]
    assert line["concludedAt"] is None and not any(limit["overdue"] for limit in line["limits"])
    page = Knocker(supervisor).get("/leads?show=all")
    assert page.status_code == 200 and number in page.text and "线索台账" in page.text
    assert report not in page.text and body["title"] not in page.text and "李树成" not in page.text
    assert supervisor.report(report) is None
    english = Knocker(supervisor)
    english.pages.headers["Accept-Language"] = "en"
    assert "Lead register" in english.get("/leads").text
    problem(supervisor.get("/api/v1/leads?show=everything", expect=None), 422)


def test_nobody_but_case_supervision_has_a_register(world):
    for person in world.people(QINGTANG):
        if any(role.startswith("case-supervision:") for role in person.roles):
            continue
        problem(person.get("/api/v1/leads", expect=None), 404)
        page = Knocker(person).get("/desk").text
        assert not re.search(r'href="/leads"', page), person


def test_the_basis_of_an_act_is_read_in_the_readers_language(world):
    _, report, organ = world.filed(letter())
    clerk = Knocker(next(person for person in world.who_has(report, organ) if person.offered(report, "register")))
    assert "规则第10条" in clerk.get(f"/desk/reports/{report}").text
    clerk.pages.headers["Accept-Language"] = "en"
    page = clerk.get(f"/desk/reports/{report}").text
    assert "Rules, article 10 (each one registered)" in page and "规则第10条" not in page
