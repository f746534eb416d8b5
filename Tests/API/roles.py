"""People of every role at every level of organ: those of the demonstration world, and those whom it lacks."""

import csv
import re

from doors import Knocker
from installation import ROOT
from test_commands import change_password
from world import DISPATCHED, PROVINCE, QINGTANG, TANGYI, WANGCHUAN

LEVELS = {
    "province": PROVINCE, "city": WANGCHUAN, "county": QINGTANG, "township": TANGYI, "dispatched": DISPATCHED}
# Where somebody works whose role the demonstration world leaves empty.
OFFICES = {"member": "inspection-1", "administrator": "administration", "auditor": "administration"}
FIRST, OWN = "the first sentence of many", "a sentence of one's own"


def declared():
    """Every role, as the sources declare it."""
    source = (ROOT / "Sources/Casework/Organs.swift").read_text(encoding="utf-8")
    body = re.search(r"enum Role: .*?\n}", source, re.S)[0]
    return {name for line in re.findall(r"case (.+)", body) for name in line.split(", ")}


def roles(account):
    return {role.split(":")[1] for role in account["roles"]}


def missing(world):
    """(level, role) of which the world has nobody."""
    held = {(account["organ"], role) for account in world.accounts.values() for role in roles(account)}
    return [(level, role) for level, organ in LEVELS.items() for role in sorted(declared())
            if (organ, role) not in held]


def complete(world, folder):
    """Brings in somebody for every role that is missing at a level, as a list does, and lets them in."""
    wanted = missing(world)
    without = folder / "offices.csv"
    if any(level == "township" and OFFICES[role] == "administration" for level, role in wanted):
        without.write_text(
            f"organ,code,name,name_en,kind\n{TANGYI},administration,系统管理专岗,Administration,administration\n",
            encoding="utf-8")
        world.installation.command("import", "offices", without)
    table = folder / "staff.csv"
    accounts = [
        {"username": f"{level}.{role}", "organ": LEVELS[level], "roles": [f"{OFFICES[role]}:{role}"],
         "password": FIRST} for level, role in wanted]
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["username", "name", "name_en", "organ", "roles", "password"])
        for number, account in enumerate(accounts):
            rows.writerow([account["username"], f"新来者{chr(0x7532 + number)}", "Newcomer", account["organ"],
                           account["roles"][0], FIRST])
    world.installation.command("import", "staff", table)
    for account in accounts:
        change_password(world.url, account, OWN)
        world.accounts[account["username"]] = {**account, "password": OWN}
    for name, account in list(world.accounts.items()):
        if account["organ"] in LEVELS.values() and "inspection-1:director" in account["roles"]:
            let_in(Knocker(world[name]))
    assert missing(world) == []


def let_in(colleague):
    """Lets in everybody who waits at this colleague's offices."""
    form = r'name="office" value="([^"]+)"><input type="hidden" name="person" value="([^"]+)"'
    for office, person in re.findall(form, colleague.get("/office").text):
        answer = colleague.send("POST", "/office/admit", {"office": office, "person": person})
        assert answer.status_code == 303, answer.text[:300]
