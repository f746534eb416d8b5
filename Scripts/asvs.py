#!/usr/bin/env python3
"""Holds docs/asvs.csv against the standard and the sources, and draws docs/asvs.md from it: Scripts/asvs.py [--write]

Every requirement of levels 1 and 2 stands there once; a test that is named exists; a line of configuration is found by its
pattern. The numbers are those of OWASP ASVS 5.0.0 (May 2025, CC BY-SA 4.0); what a row says of a requirement are our words.
"""

import csv
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA, TABLE = ROOT / "docs/asvs.csv", ROOT / "docs/asvs.md"
# The level of each requirement of a section, in their order.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123", "2.1": "122", "2.2": "112",
    "2.3": "12223", "2.4": "23", "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333",
    "3.6": "3", "3.7": "22333", "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222", "5.1": "2",
    "5.2": "112333", "5.3": "113", "5.4": "222", "6.1": "122", "6.2": "111111112222", "6.3": "11223333",
    "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222", "7.1": "222", "7.2": "1111",
    "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22", "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222", "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333",
    "10.5": "22222", "10.6": "22", "10.7": "222", "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222",
    "11.5": "23", "11.6": "23", "11.7": "33", "12.1": "12233", "12.2": "11", "12.3": "22223", "13.1": "2333",
    "13.2": "222223", "13.3": "2233", "13.4": "1222233", "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333", "16.1": "2", "16.2": "22222", "16.3": "2222",
    "16.4": "222", "16.5": "2223", "17.1": "23", "17.2": "22223333", "17.3": "22",
}
STATUS = {"test", "configuration", "does not apply", "not met"}


def required():
    """The numbers of levels 1 and 2 with their level, in the order of the standard."""
    return {f"V{section}.{n}": int(level) for section, levels in LEVELS.items()
            for n, level in enumerate(levels, 1) if level != "3"}


def fault(row):
    """What is wrong with a row; None where nothing is."""
    status, path, evidence = row["status"], row["where"], row["evidence"]
    if status not in STATUS:
        return f"no such status: {status}"
    if not row["what"] or not evidence:
        return "it says nothing"
    if status in ("does not apply", "not met"):
        return "a reason names no file" if path else None
    if not (ROOT / path).is_file():
        return f"there is no {path}"
    text = (ROOT / path).read_text(encoding="utf-8")
    if status == "configuration":
        return None if re.search(evidence, text) else f"{path} has no {evidence}"
    sought = f"def {evidence}(" if path.endswith(".py") else f"func `{evidence}`"
    return None if sought in text else f"{path} has no test {evidence}"


def drawn(rows):
    """The table as a page."""
    levels = required()
    counts = {status: sum(row["status"] == status for row in rows) for status in sorted(STATUS)}
    lines = [
        "# OWASP ASVS 5.0, levels 1 and 2", "",
        "Drawn by `Scripts/asvs.py --write` from [asvs.csv](asvs.csv) and checked by `make check`. The numbers are those of the",
        "[Application Security Verification Standard 5.0.0](https://owasp.org/www-project-application-security-verification-standard/)",
        "of OWASP (CC BY-SA 4.0); the words are ours and short: read the requirement there.", "",
        ", ".join(f"{count} {status}" for status, count in counts.items()) + f"; {len(rows)} in all.", "",
        "| requirement | level | what | status | test, line or reason |", "|---|---|---|---|---|"]
    for row in rows:
        evidence = row["evidence"].replace("|", "\\|")
        if row["where"]:
            evidence = f"[{Path(row['where']).name}](../{row['where']}): " + (
                evidence if row["status"] == "test" else f"`{evidence}`")
        lines.append(f"| {row['id']} | {levels[row['id']]} | {row['what']} | {row['status']} | {evidence} |")
    return "\n".join(lines) + "\n"


def main(write):
    with open(DATA, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    faults = [f"{row['id']}: {said}" for row in rows if (said := fault(row))]
    if [row["id"] for row in rows] != list(required()):
        missing = set(required()) ^ {row["id"] for row in rows}
        faults.append(f"not the requirements of levels 1 and 2, once each and in order: {sorted(missing) or 'order'}")
    if faults:
        print(f"{DATA.relative_to(ROOT)}:", *faults, sep="\n  ")
        return 1
    if write:
        TABLE.write_text(drawn(rows), encoding="utf-8")
    elif TABLE.read_text(encoding="utf-8") != drawn(rows):
        print(f"{TABLE.relative_to(ROOT)} is not what Scripts/asvs.py --write draws")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--write"]))
