"""What docs/operations.md says of an onion service is what Debian's tor takes, and a visitor stays inside it."""

import re
import shutil
import subprocess
import time

import pytest
import requests
from installation import ROOT
from visitor import Visitor


def fragment():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    return re.search(r"```torrc\n(.*?)```", text, re.S)[1]


@pytest.mark.skipif(not shutil.which("tor"), reason="tor is not installed")
def test_tor_takes_the_documented_lines_and_makes_an_address(tmp_path):
    """It is told not to touch the network."""
    torrc = tmp_path / "torrc"
    torrc.write_text(fragment().replace("/var/lib/tor/mingjian/", f"{tmp_path}/service/"))
    command = ["tor", "-f", str(torrc), "--defaults-torrc", "/dev/null", "--DataDirectory", str(tmp_path / "tor"),
               "--DisableNetwork", "1", "--SocksPort", "0"]
    checked = subprocess.run([*command, "--verify-config"], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0 and "Configuration was valid" in checked.stdout, checked.stdout
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    name = tmp_path / "service/hostname"
    end = time.monotonic() + 30
    while not name.exists() and time.monotonic() < end:
        time.sleep(0.1)
    process.terminate()
    process.wait(timeout=30)
    assert re.fullmatch(r"[a-z2-7]{56}\.onion", name.read_text().strip())


def test_who_comes_by_the_onion_address_is_led_nowhere_else(sqlite_copy):
    installation, _ = sqlite_copy
    onion = "a2b3" * 14 + ".onion"
    installation.serve("--public-url", "https://report.example")
    visitor = Visitor(installation.url, {"Host": onion}).begin().tell("采砂", "夜里有人采砂。").send()
    assert visitor.receipt and f"http://{onion}/receipt" in visitor.text and "report.example" not in visitor.text
    elsewhere = Visitor(installation.url, {"Host": "report.example"}).begin().tell("采砂", "夜里有人采砂。").send()
    assert "https://report.example/receipt" in elsewhere.text
    forged = Visitor(installation.url, {"Host": '"><b>.onion'}).begin().tell("采砂", "夜里有人采砂。").send()
    assert "<b>" not in forged.text and "https://report.example/receipt" in forged.text


def test_a_real_installation_is_used_by_its_onion_address(installation):
    """Cookies that are `Secure` do not come back over http: those of the onion address are not, all others are."""
    onion = "a2b3" * 14 + ".onion"
    told = installation.command(
        "init", "--organ-code", "330000000000", "--organ-name", "某省纪委监委", "--level", "province", "--region", "330000",
        "--administrator-name", "张管理", "--holder", "甲", "--holder", "乙", "--holder", "丙").stdout
    password = next(line.split("\t")[2] for line in told.splitlines() if line.startswith("administrator\t"))
    installation.serve("--production", "--public-url", f"http://{onion}")
    # What was typed on the pages of before is there on the last one: the draft's cookie came back.
    assert "夜里有人采砂。" in Visitor(installation.url, {"Host": onion}).begin().tell("采砂", "夜里有人采砂。").text
    staff = requests.Session()
    staff.headers.update({"Host": onion, "Sec-Fetch-Site": "same-origin"})
    signed_in = staff.post(installation.url + "/sign-in", data={"username": "admin", "password": password}, timeout=60,
                           allow_redirects=False)
    assert signed_in.status_code == 303 and set(staff.cookies.keys()) >= {"session"}
    assert staff.get(installation.url + "/password", timeout=60).status_code == 200
    for host, is_secure in ((onion, False), ("report.example", True), (onion + ".example", True)):
        answer = requests.get(installation.url + "/?lang=en", headers={"Host": host}, timeout=60)
        assert ("Secure" in answer.headers["Set-Cookie"]) == is_secure, host
        assert ("__Host-" in answer.headers["Set-Cookie"]) == is_secure, host


def test_a_visitor_cannot_make_up_an_address_unless_a_proxy_is_trusted(sqlite_copy, tmp_path):
    """What the documentation warns of: behind tor, and without a proxy, the header must not count."""
    from test_anonymous import RULES
    installation, _ = sqlite_copy
    (tmp_path / "rules.yaml").write_text(RULES)
    installation.serve("--visitor-rules", tmp_path / "rules.yaml")
    for last in range(2):
        Visitor(installation.url, {"X-Forwarded-For": f"203.0.113.{last}"}).begin()
    Visitor(installation.url, {"X-Forwarded-For": "203.0.113.9"}).begin(expect=429)
