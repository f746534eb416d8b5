#!/usr/bin/env python3
"""Imports real messages into a fresh demonstration world, counts working days beside another calendar, and holds what
is said of likeness and of suggestions against texts that nothing was tuned on.

    Scripts/trial.py MINGJIAN DIR

DIR holds messages-30.csv, messages-with-replies-120.csv, messages-labelled-495.csv and working-days-2004-2026.csv.
Every row must arrive, a second run must add nothing, and the receiving office's director must read every text as it
stands in the file. Prints a line for each trial; exits 1 if one fails.
"""

import csv
import datetime
import json
import random
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path

ORGAN, DIRECTOR, PASSWORD = "990101000000", "qt.letters1", "mingjian-demo-2026"
MESSAGES = ["messages-30.csv", "messages-with-replies-120.csv", "messages-labelled-495.csv"]
CALENDAR = "working-days-2004-2026.csv"
PAIRS = 400
LABELLED, LABEL = "messages-labelled-495.csv", "一级分类"


class Trial:
    def __init__(self, mingjian, data, world):
        self.mingjian, self.data, self.world = mingjian, Path(data), world
        self.failures = 0

    def check(self, what, found, wanted):
        self.failures += found != wanted
        print(f"{'ok    ' if found == wanted else 'FAILED'} {what}: {found}"
              + ("" if found == wanted else f", should be {wanted}"), flush=True)

    def run(self, *arguments):
        done = subprocess.run([self.mingjian, *arguments], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(arguments)} failed: {done.stderr.strip()}")
        return done.stdout

    def import_all(self):
        """What should be readable afterwards, by title and content."""
        self.run("demo", "--reports", "0", "--data", self.world)
        wanted, known = Counter(), set()
        for name in MESSAGES:
            with open(self.data / name, encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            fresh = 0
            for row in rows:
                if row["留言编号"] in known:
                    continue
                known.add(row["留言编号"])
                fresh += 1
                wanted[row["留言主题"], row["留言详情"]] += 1
            for again in (False, True):
                said = json.loads(self.run(
                    "import", "messages", str(self.data / name), "--organ", ORGAN, "--json", "--data", self.world))
                outcome = (said["filed"], said["skipped"], len(said["bad"]))
                self.check(
                    f"{name}{', again' if again else ''}: filed, skipped, bad", outcome,
                    (0, len(rows), 0) if again else (fresh, len(rows) - fresh, 0))
        return wanted

    def read_all(self, wanted):
        server = subprocess.Popen(
            [self.mingjian, "serve", "--port", "0", "--limits", "off", "--data", self.world],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            address = server.stdout.readline().split()[1]

            def ask(path, document=None, token=None):
                headers = {"Content-Type": "application/json"}
                if token:
                    headers["Authorization"] = f"Bearer {token}"
                body = json.dumps(document).encode() if document else None
                with urllib.request.urlopen(urllib.request.Request(address + path, body, headers)) as answer:
                    return json.load(answer)

            token = ask("/api/v1/session", {"username": DIRECTOR, "password": PASSWORD})["token"]
            found, page = Counter(), "/api/v1/inbox?limit=200"
            while page:
                listed = ask(page, token=token)
                for item in listed["items"]:
                    report = ask(f"/api/v1/reports/{item['id']}", token=token)
                    found[report["title"], report["content"]] += 1
                page = listed["next"]
        finally:
            server.terminate()
            server.wait()
        self.check("reports that the director reads", sum(found.values()), sum(wanted.values()))
        differing = (wanted - found).total()
        self.check("texts that differ from the file", differing, 0)
        for title, content in list(wanted - found)[:3]:
            print(f"       {title[:40]!r} {content[:60]!r}")
        for what, mark in [("newlines", "\n"), ("full-width spaces", "\u3000")]:
            count = sum(mark in content for _, content in found.elements())
            self.check(f"texts with {what}", count, sum(mark in content for _, content in wanted.elements()))
        self.check("verify", self.run("verify", "--data", self.world).split("\n")[0][:2], "ok")

    def count_days(self):
        with open(self.data / CALENDAR, encoding="utf-8-sig", newline="") as file:
            works = {datetime.date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}
        days = sorted(works)
        chance = random.Random(20261121)
        wrong = []
        for _ in range(PAIRS):
            start = chance.randrange(len(days) - 1)
            end = min(len(days) - 1, start + chance.choice([7, 30, 90, 400, 3000]))
            wanted = sum(works[day] for day in days[start + 1:end + 1])
            said = self.run("workdays", "count", str(days[start]), str(days[end])).split("\n")[0]
            if said != str(wanted):
                wrong.append(f"{days[start]} to {days[end]}: {said}, should be {wanted}")
        self.check(f"working-day counts that differ, of {PAIRS}", len(wrong), 0)
        for line in wrong[:3]:
            print("       " + line)

    def compare(self):
        """Of all pairs that share half of their three-character groups, those found among the first ten."""
        texts, known = [], set()
        for name in MESSAGES:
            with open(self.data / name, encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    text = row["留言主题"] + row["留言详情"]
                    if row["留言编号"] not in known:
                        known.add(row["留言编号"])
                        texts.append("".join(text.split()))
        path = Path(self.world).parent / "all.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["text"], *([text] for text in texts)])
        rows = json.loads(self.run("similar", str(path), "--text", "text", "--top", "10", "--json"))["rows"]
        groups = [{text[start:start + 3] for start in range(len(text) - 2)} for text in texts]
        pairs = found = 0
        for one, row in enumerate(rows):
            near = sum(len(groups[one] & other) * 2 >= len(groups[one] | other) for other in groups) - 1
            first = {int(candidate["id"]) - 1 for candidate in row["candidates"]}
            pairs += min(near, 10)
            found += sum(len(groups[one] & groups[other]) * 2 >= len(groups[one] | groups[other]) for other in first)
        print(f"       {found} of {pairs} near pairs of {len(texts)} texts are among the first ten")
        self.check("97 % of the near pairs are found", found >= 0.97 * pairs, True)

    def suggest(self):
        said = self.run("suggest", "evaluate", str(self.data / LABELLED), "--text", "留言主题", "--text", "留言详情",
                        "--label", LABEL, "--json")
        measured = json.loads(said)["macroF1"]
        print(f"       macro-F1 {measured:.3f} by 5-fold on {LABELLED}")
        self.check("macro-F1 of 0.75 is reached", measured >= 0.75, True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(sys.argv[1], sys.argv[2], folder + "/world")
        trial.read_all(trial.import_all())
        trial.count_days()
        trial.compare()
        trial.suggest()
    sys.exit(1 if trial.failures else 0)


if __name__ == "__main__":
    main()
