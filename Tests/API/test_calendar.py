"""A year's holiday notice moves open limits at once, whether the server runs or not."""

from datetime import date, timedelta

import pytest
import requests
from world import QINGTANG, World, letter


def desk_page(world, person, report):
    token = person.session.headers["Authorization"].split()[-1]
    answer = requests.get(f"{world.url}/desk/reports/{report}", headers={"Cookie": f"session={token}"}, timeout=30)
    assert answer.status_code == 200
    return answer.text


def notice(folder, *lines):
    path = folder / "notice.csv"
    path.write_text("# source: a notice\n# years: 2027\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_notice_moves_limits_through_the_running_server(sqlite_copy, tmp_path):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    _, number, _ = world.filed(letter(organ=QINGTANG))
    clerk = world["qt.letters1"]
    report = clerk.report(number)
    before = next(limit for limit in report["limits"] if limit["name"] == "distribution")
    assert before["explanation"] and not before["paused"]
    assert any(before["due"] in line for line in before["explanation"])
    # The day it was due becomes a day off.
    path = notice(tmp_path, "2027-01-01,元旦,true", f"{before['due']},防汛,true")
    dry = installation.command("import", "working-days", path, "--dry-run").stdout
    assert "dry run" in dry and f"+ {before['due']} 防汛 off" in dry
    assert clerk.report(report["id"])["due"] == report["due"]
    done = installation.command("import", "working-days", path).stdout
    assert "open limits 1, moved 1" in done
    after = next(limit for limit in clerk.report(report["id"])["limits"] if limit["name"] == "distribution")
    assert after["due"] > before["due"]
    assert any("防汛" in line for line in after["explanation"])
    page = desk_page(world, clerk, report["id"])
    assert "逐日说明" in page and after["due"] in page and "防汛放假，不计" in page and "{{" not in page
    counted = installation.command("workdays", "count", before["due"], before["due"]).stdout.split()[0]
    assert counted == "0"
    yesterday = str(date.fromisoformat(before["due"]) - timedelta(days=1))
    assert installation.command("workdays", "count", yesterday, before["due"]).stdout.split()[0] == "0"
    installation.stop()
    assert installation.command("verify").returncode == 0
    assert installation.command("workdays", "count", yesterday, before["due"]).stdout.split()[0] == "0"


@pytest.mark.parametrize("lines", [["2027-02-30,元旦,true"], ["2027-01-01,元旦"], ["2026-12-31,元旦,true"]])
def test_a_faulty_notice_is_refused_with_its_line(sqlite_copy, tmp_path, lines):
    installation, _ = sqlite_copy
    done = installation.command("import", "working-days", notice(tmp_path, *lines), check=False)
    assert done.returncode == 1 and "nothing was changed" in done.stdout + done.stderr
