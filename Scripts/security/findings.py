"""What the scanners found, what of it is explained, and the table of both."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

EXPLAINED = Path(__file__).with_name("explained.yaml")


@dataclass(frozen=True)
class Finding:
    """One thing that a tool says, at one kind of address."""

    tool: str
    rule: str
    where: str
    said: str = ""

    def __str__(self):
        return f"{self.tool}: {self.rule} at {self.where} {self.said}".rstrip()


@dataclass
class Row:
    """One scan: who looked at which engine, and whether it came to its end."""

    tool: str
    engine: str
    who: str
    requests: int
    findings: set
    ended: str


def explanations():
    """The explained findings; each names tool, rule, where, why and since when."""
    found = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8"))
    for entry in found:
        assert set(entry) == {"tool", "rule", "where", "why", "since"}, f"{EXPLAINED}: {entry}"
    return found


def explanation(finding):
    """Why a finding is none; None where nobody has said."""
    return next((entry["why"] for entry in explanations() if entry["tool"] == finding.tool
                 and re.fullmatch(entry["rule"], finding.rule) and re.fullmatch(entry["where"], finding.where)), None)


def kind(path):
    """An address without the ids and the query of one world."""
    path = re.sub(r"^https?://[^/]+", "", path).split("?")[0]
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", ":id", path) or "/"


def write(rows, folder):
    """Prints the table and the findings, keeps the table as CSV; answers how many findings nobody has explained."""
    heads = ["tool", "engine", "who", "requests", "findings", "explained", "unexplained", "ended"]
    lines = []
    for row in rows:
        explained = sum(1 for finding in row.findings if explanation(finding))
        lines.append([row.tool, row.engine, row.who, row.requests, len(row.findings), explained,
                      len(row.findings) - explained, row.ended])
    with open(folder / "table.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heads, *lines])
    widths = [max(len(str(line[column])) for line in [heads, *lines]) for column in range(len(heads))]
    print()
    for line in [heads, *lines]:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths)).rstrip())
    found = {finding for row in rows for finding in row.findings}
    unexplained = sorted({finding for finding in found if not explanation(finding)}, key=str)
    for finding in unexplained:
        print(f"NOT EXPLAINED  {finding}")
    for finding in sorted(found - set(unexplained), key=str):
        print(f"explained      {finding.tool}: {finding.rule} at {finding.where}: {explanation(finding)}")
    return len(unexplained)
