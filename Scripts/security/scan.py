"""All scanners against a demonstration world on each engine: scan.py FOLDER. Progress goes to the screen, reports to the
folder; ends with 1 where a finding stands that nobody has explained, or where a scan could not be carried out."""

import os
import shutil
import sys
import time
from pathlib import Path

from places import Nobody, look

import findings
import scan_api
import scan_pages
import scan_queries
from client import Person
from conftest import ENGINES
from doors import Knocker
from installation import Installation
from world import World, letter

# The director, the registrar, the leader, the administrator and a handler of one county, and a custodian.
STAFF = ["qt.letters1", "qt.letters2", "qt.leader1", "qt.admin1", "qt.inspect1"]
CALLERS = ["qt.letters1", "qt.leader1", "qt.cases1"]


class Scans:
    """One engine's world and the table that grows."""

    def __init__(self, engine, folder, seconds, rows):
        self.engine, self.folder, self.rows = engine, folder, rows
        self.seconds = seconds
        self.installation = Installation(folder / "world", engine)
        described = self.installation.demo(12)
        # A scanner that is slowed down finds nothing: the limits have tests of their own.
        self.world = World(self.installation.serve("--limits", "off"), described)

    def all(self):
        share = self.seconds / (len(STAFF) + 1 + 3 + 0.5 * (len(CALLERS) + 2))
        for name in [None, *STAFF]:
            knocker, seen, cookies = self.looked(name)
            self.scan("wapiti", name, share, lambda folder: scan_pages.scan(
                self.world.url, seen, cookies, share, folder))
            if name and knocker.get("/account").status_code != 200:
                raise SystemExit(f"wapiti lost the session of {name}: what it tried after that was refused")
        self.scan("sqlmap", "everybody", share * 3, lambda folder: scan_queries.scan(
            self.world.url, self.engine, self.requests(), share * 3, folder))
        receipt, _ = self.world.file(letter())
        for name in [None, *CALLERS]:
            token = self.fresh(name).session.headers["Authorization"] if name else None
            self.scan("schemathesis", name, share / 2, lambda folder: scan_api.scan(
                self.world.url, token, self.report_of(name), share / 2, folder))
        self.scan("schemathesis", "receipt", share / 2, lambda folder: scan_api.scan(
            self.world.url, f"Receipt {receipt.digits}", None, share / 2, folder,
            "--include-path-regex", "^/api/v1/receipt"))

    def looked(self, name):
        """Somebody who has just come, what lies open to them, and their cookies."""
        knocker = Knocker(self.fresh(name)) if name else Nobody(self.world)
        return knocker, look(knocker, self.report_of(name)), (
            [("/", "session", knocker.token)] if name else knocker.cookies)

    def requests(self):
        """What sqlmap tries: everybody's pages and the API, each kind once."""
        tried = set()
        every = list(scan_queries.requests_with_keys())
        for name in [None, *STAFF]:
            _, seen, cookies = self.looked(name)
            every += scan_queries.requests_of(seen, "; ".join(f"{key}={value}" for _, key, value in cookies))
        clerk = self.fresh("qt.letters1")
        every += scan_queries.requests_of_api(clerk.session.headers["Authorization"], self.report_of("qt.letters1"))
        for method, address, headers, body in every:
            names = tuple(part.split("=")[0] for part in (body or address.partition("?")[2]).split("&"))
            if (key := (method, findings.kind(address), names)) not in tried:
                tried.add(key)
                yield method, address, headers, body

    def scan(self, tool, who, seconds, work):
        folder = self.folder / f"{tool}-{who or 'nobody'}"
        folder.mkdir()
        print(f"{time.strftime('%H:%M')}  {self.engine}: {tool} as {who or 'nobody'}, {seconds / 60:.1f} min",
              end="", flush=True)
        began = time.monotonic()
        found, ended, sent = work(folder)
        if not self.installation.is_alive():
            found.add(findings.Finding(tool, "the server does not answer any more", self.engine))
        row = findings.Row(tool, self.engine, who or "nobody", sent, found, ended)
        self.rows.append(row)
        print(f" → {row.requests} requests, {len(found)} findings, {ended}, {time.monotonic() - began:.0f} s")

    def fresh(self, name):
        return Person(self.world.url, self.world.accounts[name])

    def report_of(self, name):
        """A report that this person may read, else one that nobody has."""
        waiting = self.world[name].inbox() if name else []
        return waiting[0]["id"] if waiting else "00000000-0000-4000-8000-000000000000"

    def close(self):
        self.installation.remove()


def main(folder):
    minutes = float(os.environ.get("MINGJIAN_SECURITY_MINUTES", "40"))
    shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for engine in ENGINES:
        (folder / engine).mkdir(parents=True)
        scans = Scans(engine, folder / engine, minutes * 60 / len(ENGINES), rows)
        try:
            scans.all()
        except KeyboardInterrupt:
            print("\nstopped: the table holds what came to its end")
            break
        finally:
            scans.close()
    unexplained = findings.write(rows, folder)
    failed = [row for row in rows if row.ended.startswith("failed")]
    return 1 if unexplained or failed or len({row.engine for row in rows}) < len(ENGINES) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
