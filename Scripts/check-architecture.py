#!/usr/bin/env python3
"""Checks what the compiler does not: who may stand on whom, and what may not occur in the sources.

    Scripts/check-architecture.py [ROOT]

Reads `swift package dump-package`, the imports and the text of Sources. Prints one line a fault, exits 1 if there is
any. The rules are the tables below.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# From the bottom up: a target stands on its own layer (rooms excepted) and on those below it.
PLATFORM = {
    "Backups", "CChild", "CICU", "CLibPQ", "CProcess", "CQREncode", "Cleaning", "Database", "DatabasePostgres",
    "DatabaseSQLite", "Documents", "Drawing", "Kernel", "Observability", "Outbound", "Sealing", "Similarity", "Site",
    "TransparencyLog", "WorkingDays",
}
ROOMS = {
    "Administration", "Capitals", "Comparison", "Desk", "Disclosure", "Handling", "Hotline", "Insight", "MicroPower",
    "Oversight", "Reporting", "Training",
}
LAYERS = [PLATFORM, {"Casework"}, {"Casefile"}, {"Entrance"}, ROOMS, {"mingjian"}]
PLACE = {name: number for number, layer in enumerate(LAYERS) for name in layer}

# What only the named targets may use; tests and targets for tests may use anything.
WEB = {"Site", "Entrance", "mingjian"} | ROOMS
ONLY = {
    "CChild": {"Cleaning"},
    "CICU": {"Similarity"},
    "CLibPQ": {"DatabasePostgres"},
    "CProcess": {"mingjian"},
    "CQREncode": {"Drawing"},
    "Cleaning": {"mingjian"},
    "DatabasePostgres": {"mingjian"},
    "DatabaseSQLite": {"mingjian"},
    "GRDB": {"DatabaseSQLite"},
    "Hummingbird": WEB,
    "HummingbirdCore": WEB,
    "Observability": {"mingjian"},
    "Outbound": {"mingjian"},
}

LONGEST_FILE = 300
FORBIDDEN_SWIFT = [
    (re.compile(r"\btry!"), "try! stops the server"),
    (re.compile(r"\bas!"), "as! stops the server"),
    (re.compile(r"\b(fatalError|preconditionFailure)\("), "a trap stops the server"),
]
NEEDS_PROOF = re.compile(r"@unchecked\s+Sendable|\bnonisolated\(unsafe\)")
FORBIDDEN_TEMPLATE = [
    (re.compile(r"\{\{\{|\{\{\s*&"), "an unescaped variable"),
    (re.compile(r"<style\b", re.I), "an inline style"),
    (re.compile(r"<script\b(?![^>]*\ssrc=)", re.I), "an inline script"),
]
TAG = re.compile(r"(?<!\{\{)<[a-z][^<>]*", re.I)
FORBIDDEN_ATTRIBUTE = [
    (re.compile(r"\sstyle\s*=", re.I), "an inline style"),
    (re.compile(r"\son[a-z]+\s*=", re.I), "an inline event handler"),
    (re.compile(r"\s[\w-]+\s*=(?!\s*[\"'])"), "an unquoted attribute"),
]
# Comments, then string literals: raw, long, short.
SILENT = re.compile(
    r"//[^\n]*|/\*.*?\*/|(?P<raw>#+)\".*?\"(?P=raw)|\"\"\"(?:\\.|[^\\])*?\"\"\"|\"(?:\\.|[^\"\\\n])*\"", re.S)
IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:(?:package|public|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)", re.M)


def dump(root):
    command = ["swift", "package", "--package-path", str(root), "dump-package"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def is_for_tests(target):
    return target["type"] == "test" or target["name"].endswith("Testing")


def stands_on(target):
    """The names of the targets and products that a target declares."""
    return [
        dependency[kind][0] for dependency in target["dependencies"] for kind in ("byName", "product", "target")
        if kind in dependency
    ]


def check_use(name, other, how):
    """Whether the target `name` may use `other`, a target or a product."""
    if other in ONLY and name not in ONLY[other]:
        yield f"{name} {how} {other}, which is for {', '.join(sorted(ONLY[other] - ROOMS))} alone"
    if other not in PLACE:
        return
    if PLACE[other] > PLACE[name]:
        yield f"{name} {how} {other}, which stands above it"
    if name in ROOMS and other in ROOMS and name != other:
        yield f"{name} {how} {other}: rooms do not know each other"


def check_packages(package, root):
    targets = {target["name"]: target for target in package["targets"]}
    for name, target in sorted(targets.items()):
        if is_for_tests(target):
            continue
        if name not in PLACE:
            yield f"{name} has no layer in {Path(__file__).name}"
            continue
        declared = stands_on(target)
        for other in declared:
            yield from check_use(name, other, "depends on")
            if other in targets and is_for_tests(targets[other]):
                yield f"{name} depends on {other}, which is for tests"
        if target["type"] == "system":
            continue
        for path in sorted((root / "Sources" / name).rglob("*.swift")):
            for imported in sorted(set(IMPORT.findall(path.read_text(encoding="utf-8")))):
                yield from check_use(name, imported, f"({path.name}) imports")
                if imported in targets and imported not in declared:
                    yield f"{name} ({path.name}) imports {imported} and does not declare it"
    for folder in sorted((root / "Sources").iterdir()):
        if folder.is_dir() and folder.name not in targets:
            yield f"Sources/{folder.name} is no target of Package.swift"


def without_text(source):
    """The code alone: comments and string literals become blank, lines keep their numbers."""
    return SILENT.sub(lambda match: "\n" * match.group().count("\n"), source)


def check_swift(source):
    lines = source.splitlines()
    if len(lines) > LONGEST_FILE:
        yield len(lines), f"more than {LONGEST_FILE} lines"
    for number, code in enumerate(without_text(source).split("\n"), start=1):
        for pattern, fault in FORBIDDEN_SWIFT:
            if pattern.search(code):
                yield number, fault
        above = lines[number - 2].strip() if number > 1 else ""
        if NEEDS_PROOF.search(code) and not above.startswith("// proof:"):
            yield number, "needs a line `// proof:` above it"


def check_template(source):
    def line(place):
        return source.count("\n", 0, place) + 1

    for pattern, fault in FORBIDDEN_TEMPLATE:
        yield from ((line(match.start()), fault) for match in pattern.finditer(source))
    for tag in TAG.finditer(source):
        names = re.sub(r'"[^"]*"', '""', tag.group())
        yield from ((line(tag.start()), fault) for pattern, fault in FORBIDDEN_ATTRIBUTE if pattern.search(names))


def check_texts(root):
    for suffix, check in ((".swift", check_swift), (".mustache", check_template)):
        for path in sorted((root / "Sources").rglob("*" + suffix)):
            for line, fault in check(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(root)}:{line}: {fault}"


def main(root):
    faults = [*check_packages(dump(root), root), *check_texts(root)]
    print("\n".join(faults) or "The architecture holds.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)))
