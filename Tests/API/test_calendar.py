"""A year's holiday notice moves open limits at once, whether the server runs or not."""

from datetime import date, timedelta

import pytest
from world import QINGTANG, World, letter


def next_workday(after):
    day = after + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def notice(folder, *lines):
    path = folder / "notice.csv"
    path.write_text("# source: a notice\n# years: 2027\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_notice_moves_limits_through_the_running_server(sqlite_copy, tmp_path):
    installation, described = sqlite_copy
    world = World(installation.serve("--limits", "off"), described)
    world.public.file(letter(organ=QINGTANG))
    clerk = world["qt.letters1"]
    report = clerk.report(clerk.inbox()[-1]["id"])
    before = next(limit for limit in report["limits"] if limit["name"] == "distribution")
    assert before["explanation"] and not before["paused"]
    assert any(before["due"] in line for line in before["explanation"])
    # The day it was due becomes a day off.
    path = notice(tmp_path, "2027-01-01,元旦,true", f"{before['due']},临时放假,true")
    dry = installation.command("import", "working-days", path, "--dry-run").stdout
    assert "dry run" in dry and f"+ {before['due']} 临时放假 off" in dry
    assert clerk.report(report["id"])["due"] == report["due"]
    done = installation.command("import", "working-days", path).stdout
    assert "moved 0" not in done
    after = next(limit for limit in clerk.report(report["id"])["limits"] if limit["name"] == "distribution")
    assert after["due"] > before["due"]
    assert any("临时放假" in line for line in after["explanation"])
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
