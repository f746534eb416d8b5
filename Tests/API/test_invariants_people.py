"""I-6, I-7 and the imports: the words of a report stay out of inquiries, and whoever stands aside stays outside, by
whatever role, list or name they come again."""

import re

import pytest
from attacks import ACTS, NOBODY, Secret, act_paths, administered, name, named, served, word
from doors import Knocker
from test_commands import change_password
from world import QINGTANG, letter, person

COPIED = "水渠验收那天乡里收了施工队五万元现金还吃了一顿饭"


@pytest.mark.parametrize("copied", [
    COPIED, COPIED[3:16], " ".join(COPIED), "，".join(COPIED), "\n".join(COPIED[:14]),
    "\n".join(COPIED[i:i + 6] for i in range(0, len(COPIED), 6)), "\r\n".join(COPIED), "请说明：" + COPIED[:13] + "？",
    "\u200b".join(COPIED), f"李树成{COPIED[:13]}",
], ids=["whole", "a run of 13", "spaced", "with commas", "a line each", "lines of six", "lines of a form",
        "inside a question", "invisible marks", "after the name"])
def test_questions_to_the_reported_never_hold_the_words_of_the_report(world, copied):
    """I-6, on the page and by the API; the form offers no word of the report to begin with."""
    if "I-6" not in world.known_reports:
        _, report, _ = world.filed({**letter(), "content": COPIED + "，群众都知道。"})
        world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
        world.known_reports["I-6"] = report
    report = world.known_reports["I-6"]
    handler = Knocker(world.anybody(report, QINGTANG, "dispose"))
    page = handler.get(f"/desk/reports/{report}").text
    area = page.split('name="questions"')[1].split("</textarea>")[0]
    assert area.partition(">")[2].strip() == ""
    for path in act_paths(report, "dispose"):
        answer = handler.send("POST", path, {"kind": "inquiry", "questions": copied, "opinion": "拟函询。"})
        assert answer.status_code == 422, f"{path}: {answer.status_code}"
        assert "questions" in answer.text
    assert handler.person.report(report)["stage"] == "signed"


def test_questions_in_new_words_go_out_and_the_report_does_not_go_with_them(world):
    """I-6: whoever is asked, a member of the house too, finds nothing of the report."""
    _, report, _ = world.filed({**letter(), "content": COPIED})
    world.play(report, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    world.do(report, QINGTANG, "dispose", kind="inquiry", questions="请李树成同志说明：" + COPIED[:12] + "的情况。")
    view = world.play(report, QINGTANG, "approve", ("reply", {"text": "本人说明如下。"}))
    assert view["stage"] == "handling"


def test_whoever_stands_aside_finds_nothing_by_whatever_role_they_come_again(copy):
    """I-7: at once, and as director, custodian or leader of the same report later."""
    world = served(copy)
    secret = Secret(world, QINGTANG, [person()])
    world.play(secret.id, QINGTANG, "register", "classify", ("propose", {"way": "refer"}), "approve", "refer", "sign")
    director = world.anybody(secret.id, QINGTANG, "allocate")
    options = director.offered(secret.id, "allocate")["fields"][0]["options"]
    director.act(secret.id, "allocate", handlers=[option["value"] for option in options])
    handler = Knocker(world["qt.inspect2"])
    assert secret.lies_in("".join(text for _, text in handler.everything(secret.id).values()))
    handler.person.act(secret.id, "recuse", reason="与举报人是亲属。")
    handler.refused_everywhere(secret.id, ACTS)
    admin = Knocker(world["qt.admin1"])
    page = administered(admin, world, handler)
    for role, colleague in [
        ("letters:director", "qt.letters1"), ("inspection-1:director", None), ("custody:custodian", "qt.cases1"),
        ("leaders:deputy", "qt.leader1"),
    ]:
        answer = admin.send("POST", page + "/join", {"roles": role})
        assert answer.status_code == 303, answer.text[:300]
        if colleague:
            office = Knocker(world[colleague])
            form = re.search(
                rf'action="/office/admit".*?name="office" value="([^"]+)".*?name="person" value="{page[-36:]}"',
                office.get("/office").text.replace("\n", ""))
            office_id = re.findall(r'name="office" value="([^"]+)"', form[0])[-1]
            assert office.send("POST", "/office/admit", {"office": office_id, "person": page[-36:]}).status_code == 303
        handler.refused_everywhere(secret.id, ACTS)
    seen = handler.everything(secret.id)
    assert secret.tells(seen) == []
    world.play(secret.id, QINGTANG, ("dispose", {"kind": "close"}), "approve")
    seen = handler.everything(secret.id)
    assert secret.tells(seen) == []


def test_whoever_declares_kin_among_the_reported_loses_the_report_at_every_door(copy):
    """I-7: also in the lists that they had open."""
    world = served(copy)
    relative = name()
    secret = Secret(world, QINGTANG, [person(name=relative)])
    clerk, admin = Knocker(world["qt.letters3"]), Knocker(world["qt.admin1"])
    assert any(secret.lies_in(text) for _, text in clerk.everything(secret.id).values())
    page = administered(admin, world, clerk)
    fields = {"name": named(clerk), "name_en": "", "aliases": "", "units": "", "kin": f"{relative}：姐姐"}
    assert admin.send("POST", page + "/change", fields).status_code == 303
    seen = clerk.everything(secret.id)
    assert secret.tells(seen) == []
    clerk.refused_everywhere(secret.id, ACTS)
    assert not clerk.person.has(secret.id)
    assert world.who_has(secret.id, QINGTANG), "the others carry on"


def test_somebody_whom_a_list_brings_in_finds_nothing_of_a_report_that_names_them(copy, tmp_path):
    """I-1 by import: the reported person joins the very office that holds the report, and is let in."""
    world = served(copy)
    newcomer = name()
    secret = Secret(world, QINGTANG, [person(name=newcomer)])
    table = tmp_path / "staff.csv"
    first = "first sentence to sign in"
    table.write_text(
        "username,name,name_en,organ,roles,password\n"
        f"qt.new1,{newcomer},New,{QINGTANG},letters:director,{first}\n", encoding="utf-8")
    world.installation.command("import", "staff", table)
    account = {"username": "qt.new1", "password": first, "organ": QINGTANG, "roles": ["letters:director"]}
    change_password(world.url, account, "second sentence to sign in")
    world.accounts["qt.new1"] = {**account, "password": "second sentence to sign in"}
    colleague = Knocker(world["qt.letters1"])
    form = re.search(r'name="office" value="([^"]+)"><input type="hidden" name="person" value="([^"]+)"',
                     colleague.get("/office").text)
    answer = colleague.send("POST", "/office/admit", {"office": form[1], "person": form[2]})
    assert answer.status_code == 303
    knocker = Knocker(world["qt.new1"])
    seen = knocker.everything(secret.id)
    assert secret.tells(seen) == []
    knocker.refused_everywhere(secret.id, ACTS)
    # What does not name them they read as the others do.
    _, other, _ = world.filed(letter())
    assert knocker.person.report(other)


def test_a_message_that_is_imported_and_names_the_director_is_not_hers_to_read(copy, tmp_path):
    """I-3 by import."""
    world = served(copy)
    told = word()
    table = tmp_path / "messages.csv"
    table.write_text(f"标题,内容\n反映信访室问题,{told}：清棠县纪委监委信访室主任温如砥压件不办。\n", encoding="utf-8")
    world.installation.command("import", "messages", table, "--organ", QINGTANG)
    director = Knocker(world["qt.letters1"])
    assert not [path for path, (_, text) in director.everything(NOBODY).items() if told in text]
