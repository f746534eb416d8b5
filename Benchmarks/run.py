#!/usr/bin/env python3
"""Measures Mingjian beside a bare server on the same libraries, and prints one table.

    Scripts/with-postgres.sh Benchmarks/run.py --mingjian PATH --peer PATH [--seconds 6] [--rounds 3]
        [--reports 100000] [--only PART]

Machines drift, so only what was measured in the same run is compared: the two servers take turns, and a ratio is the
median of the rounds' ratios. Without MINGJIAN_TEST_POSTGRES there is no PostgreSQL part.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from likeness import Likeness
from servers import FILING, HERE, Pace, Server, finish, median

JSON = ("Content-Type: application/json",)
# Written beside the filings, by the log's own turns and by those that put marks away.
BESIDE = {"log_checkpoint", "log_state", "mark_waiting", "report_mark"}


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.body = folder / "filing.json"
        self.body.write_text(json.dumps(FILING, ensure_ascii=False))
        self.postgres = os.environ.get("MINGJIAN_TEST_POSTGRES")
        self.rows = []
        self.made = 0
        self.shape = None

    def row(self, what, found, aim="", note=""):
        self.rows.append((what, found, aim, note))
        print(f"  {what}: {found} {note}", file=sys.stderr, flush=True)

    # Places and servers

    def database(self):
        """A new PostgreSQL database's URL."""
        self.made += 1
        name = f"bench_{self.made}"
        self.sql(self.postgres, f"CREATE DATABASE {name}")
        return self.postgres.replace("/postgres?", f"/{name}?")

    def sql(self, url, text):
        return subprocess.run(["psql", "-qtA", url, "-c", text], check=True, capture_output=True, text=True).stdout

    def world(self, name, url=None):
        """A demonstration world without reports."""
        place = ["--data", self.folder / name] + (["--database-url", url] if url else [])
        subprocess.run([self.options.mingjian, "demo", "--reports", "0", *map(str, place)], check=True,
                       stdout=subprocess.DEVNULL)
        return place

    def mingjian(self, place, *before):
        return Server([*before, self.options.mingjian, "serve", "--port", "0", "--limits", "off", *place],
                      self.folder / "mingjian.log")

    def peer(self, engine, at):
        return Server([self.options.peer, 0, self.shape[0], self.shape[1], engine, at], self.folder / "peer.log")

    def file(self, server, connections, seconds):
        return server.load("/api/v1/reports", connections, seconds, "POST", self.body, JSON)

    # What is measured

    def measure_startup(self):
        place = self.world("startup")
        times, sizes = [], []
        for _ in range(5):
            with self.mingjian(place) as server:
                times.append(server.startup)
                time.sleep(1)
                sizes.append(server.resident())
        self.row("start-up to the ready line", f"{median(times):.2f} s", "≤ 0.5 s", "median of 5")
        self.row("resident memory, idle", f"{median(sizes):.0f} MB", "≤ 80 MB")

    def measure_rules(self):
        """Acts and limits of a page of 50 reports, evaluated in memory."""
        said = subprocess.run([self.options.mingjian, "rules", "time"], check=True, capture_output=True, text=True).stdout
        first, rest = said.splitlines()[:2]
        self.row("acts and limits of 50 reports", first, "≤ 5 ms", rest)

    def measure_log(self):
        """The tree of the log by itself: ten million leaves in synced batches, then proofs out of it."""
        folder = self.folder / "log-time"
        folder.mkdir()
        said = subprocess.run(
            [self.options.mingjian, "log", "time", "--folder", folder, "--leaves", str(self.options.leaves)], check=True,
            capture_output=True, text=True).stdout.splitlines()
        self.row("leaves of the log a second", said[0].split()[0], "≥ 40,000", said[0].split(", ", 1)[1])
        self.row("disk syncs a batch of 1,000", said[1].split()[0], "≤ 25", said[1].split(", ", 1)[1])
        self.row("a proof out of it", f"{said[2].split()[0]} ms", "≤ 5 ms", said[2].split(", ", 1)[1])
        self.row("memory for all of it", " ".join(said[3].split()[:2]), "", "whatever the tree's size")
        shutil.rmtree(folder)

    def rows_and_bytes(self, name):
        """For each table its rows and their bytes; of the log without what fills it up."""
        with contextlib.closing(sqlite3.connect(self.folder / name / "mingjian.sqlite")) as tables:
            found = {}
            for (table,) in tables.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
                if table in BESIDE or table.startswith("sqlite_"):
                    continue
                columns = [column[1] for column in tables.execute(f"PRAGMA table_info({table})")]
                lengths = " + ".join(f"COALESCE(LENGTH(CAST({column} AS BLOB)), 0)" for column in columns)
                only = "WHERE subject <> 'cover'" if table == "log_leaf" else ""
                found[table] = tables.execute(
                    f"SELECT COUNT(*), COALESCE(SUM({lengths}), 0) FROM {table} {only}").fetchone()
        return found

    def find_shape(self):
        """How many rows and bytes one filing writes, so that the peer writes as much."""
        place = self.world("shape")
        before = self.rows_and_bytes("shape")
        with self.mingjian(place) as server:
            self.file(server, 4, 1)
        after = self.rows_and_bytes("shape")
        filed = after["report"][0] - before["report"][0]
        count, size = (sum(after[table][part] - before[table][part] for table in after) for part in (0, 1))
        self.shape = (round(count / filed), round(size / filed))
        self.row("one filing writes", f"{self.shape[0]} rows, {self.shape[1]} bytes", "", "the peer writes as much")

    def measure_filings(self, engine):
        """Filings per second beside the peer, by turns."""
        if not self.shape:
            self.find_shape()
        name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[engine]
        url = self.database() if engine == "postgres" else None
        with self.mingjian(self.world(f"filings-{engine}", url)) as ours, \
                self.peer(engine, self.database() if url else self.folder / "peer.sqlite") as bare:
            self.file(ours, 16, 2)
            bare.load("/filings", 16, 2, "POST", self.body, JSON)
            for connections, aim in [(16, "≥ 0.6"), (64, "")]:
                rounds, work = [], [(ours.processor(), bare.processor())]
                for _ in range(self.options.rounds):
                    found = self.file(ours, connections, self.options.seconds)
                    other = bare.load("/filings", connections, self.options.seconds, "POST", self.body, JSON)
                    rounds.append((found["rate"], other["rate"], found["p95"], found["requests"], other["requests"]))
                work.append((ours.processor(), bare.processor()))
                mine, its = median(one[0] for one in rounds), median(one[1] for one in rounds)
                ratio = median(one[0] / one[1] for one in rounds)
                self.row(f"filings a second, {name}, {connections} connections", f"{mine:.0f}", "",
                         f"peer {its:.0f}, p95 {median(one[2] for one in rounds) / 1000:.1f} ms")
                self.row(f"ratio to the peer, {name}, {connections} connections", f"{ratio:.2f}", aim)
                # Says what the ratio would be on a machine where nothing but the processor holds them up.
                each = [(work[1][side] - work[0][side]) / sum(one[3 + side] for one in rounds) for side in (0, 1)]
                self.row(f"processor time a filing, {name}, {connections} connections", f"{each[0] * 1000:.2f} ms", "",
                         f"peer {each[1] * 1000:.2f} ms, ratio {each[1] / each[0]:.2f}")

    def measure_syncs(self):
        """Disk syncs a filing: counted by the kernel for SQLite, by the server for PostgreSQL."""
        for connections, aim in [(16, "≤ 0.3"), (64, "≤ 0.1")]:
            counted = self.folder / f"strace-{connections}"
            place = self.world(f"syncs-{connections}")
            with self.mingjian(place, "strace", "-f", "--seccomp-bpf", "-c", "-e", "trace=fsync,fdatasync", "-o",
                               counted) as server:
                filed = self.file(server, connections, 4)["requests"]
            rows = [line.split() for line in counted.read_text().splitlines()]
            syncs = sum(int(row[3]) for row in rows if row and row[-1] in ("fsync", "fdatasync"))
            self.row(f"disk syncs a filing, SQLite, {connections} connections", f"{syncs / filed:.3f}", aim,
                     f"{syncs} for {filed}")
            if not self.postgres:
                continue
            url = self.database()
            with self.mingjian(self.world(f"pg-syncs-{connections}", url)) as server:
                self.file(server, connections, 1)
                before = self.wal_syncs()
                filed = self.file(server, connections, 4)["requests"]
                time.sleep(1.5)
                syncs = self.wal_syncs() - before
            self.row(f"disk syncs a filing, PostgreSQL, {connections} connections", f"{syncs / filed:.3f}", aim,
                     f"{syncs} for {filed}")

    def wal_syncs(self):
        return int(self.sql(self.postgres, "SELECT wal_sync FROM pg_stat_wal"))

    def measure_inbox(self):
        """Memory while reports pile up in one office, then the inbox of that office."""
        place = self.world("inbox")
        marks = [10_000, 20_000, self.options.reports]
        with self.mingjian(place) as server:
            filed, began = 0, time.monotonic()
            for mark in marks:
                while filed < mark:
                    # wrk counts seconds, not requests: the last steps are short.
                    rate = filed / (time.monotonic() - began) if filed else 500
                    filed += self.file(server, 16, max(1, min(20, int((mark - filed) / rate))))["requests"]
                self.row(f"resident memory after {filed:,} filings", f"{server.resident():.0f} MB",
                         "no lasting growth")
            took = time.monotonic() - began
            self.row(f"{filed:,} filings in a row", f"{filed / took:.0f} a second")
            for role, account in [("registrar", "qt.letters2"), ("director", "qt.letters1")]:
                self.measure_pages(server, role, account)
            self.row("resident memory at the end", f"{server.resident():.0f} MB", "no lasting growth")
        with self.mingjian(place) as server:
            self.row(f"start-up with {filed:,} reports", f"{server.startup:.2f} s", "≤ 0.5 s")

    def measure_pages(self, server, role, account):
        token = server.post("/api/v1/session", {"username": account, "password": "mingjian-demo-2026"})["token"]
        cookie, bearer = f"Cookie: session={token}", f"Authorization: Bearer {token}"
        pages = [("/desk", cookie, 25), ("/desk?rows=50", cookie, 60)]
        pages += [(f"/api/v1/inbox?limit=25&sort={sort}", bearer, 25) for sort in ("receivedAt", "-receivedAt", "due")]
        for path, header, aim in pages:
            server.load(path, 4, 1, headers=(header,))
            before = server.processor()
            found = server.load(path, 4, self.options.seconds, headers=(header,))
            each = (server.processor() - before) / found["requests"]
            self.row(f"{path}, {role}, p95 at 4 connections", f"{found['p95'] / 1000:.1f} ms", f"≤ {aim} ms",
                     f"median {found['p50'] / 1000:.1f} ms, {found['rate']:.0f} a second, "
                     f"processor {each * 1000:.1f} ms each")
        for path, header, _ in (pages[0], pages[2]):
            began = time.monotonic()
            with Pace(server, "/api/v1/reports", FILING, 50) as filing:
                found = server.load(path, 4, self.options.seconds, headers=(header,))
            self.row(f"{path}, {role}, p95 during filings", f"{found['p95'] / 1000:.1f} ms", "≤ 25 ms",
                     f"beside {filing.done / (time.monotonic() - began):.0f} filings a second")
            filing = server.start_load("/api/v1/reports", 4, self.options.seconds + 2, "POST", self.body, JSON)
            time.sleep(1)
            found = server.load(path, 4, self.options.seconds, headers=(header,))
            self.row(f"{path}, {role}, p95 beside filings without pause", f"{found['p95'] / 1000:.1f} ms", "",
                     f"{finish(filing)['rate']:.0f} filings a second from 4 connections; no core is ever idle")

    def measure_search(self, engine):
        """The director looks through all reports for words that none holds: the first time, and again."""
        name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[engine]
        url = self.database() if engine == "postgres" else None
        with self.mingjian(self.world(f"search-{engine}", url)) as server:
            filed = 0
            while filed < min(20_000, self.options.reports):
                filed += self.file(server, 16, 5)["requests"]
            token = server.post(
                "/api/v1/session", {"username": "qt.letters1", "password": "mingjian-demo-2026"})["token"]
            for what, asked, aim in [
                ("text, first opening", {"kind": "text", "words": "渔船执照"}, "≥ 5,000"),
                ("text, keys re-wrapped", {"kind": "text", "words": "渔船执照"}, "≥ 30,000"),
                ("text, three words, keys re-wrapped", {"kind": "text", "words": "低保 名额 渔船"}, "≥ 30,000"),
            ]:
                found, used = self.search(server, token, asked)
                self.row(f"reports a second per core, {what}, {name}", f"{found['searched'] / used:,.0f}", aim,
                         f"{found['searched']:,} reports in {found['seconds']:.1f} s, processor {used:.1f} s")
            for what, asked in [("a name that none holds", {"kind": "name", "words": "渔船执照"}),
                                ("a name that all hold", {"kind": "name", "words": "某某"}),
                                ("words that all hold", {"kind": "text", "words": "低保"})]:
                found, used = self.search(server, token, asked)
                self.row(f"search for {what}, {name}", f"{found['seconds']:.2f} s", "",
                         f"{len(found['items'])} shown of {filed:,}, {found['of']:,} letters to open")

    def search(self, server, token, asked):
        """A search over the API until it is over, and the processor time that the server took for it."""
        before = server.processor()
        found = server.post("/api/v1/search", asked, {"Authorization": f"Bearer {token}"})
        while found["state"] in ("waiting", "running"):
            time.sleep(0.2)
            found = json.loads(server.get("/api/v1/search", f"Authorization: Bearer {token}"))
        if found["state"] != "done":
            sys.exit(f"the search ended as {found['state']}")
        return found, server.processor() - before

    def count_statements(self):
        """SQL statements of a page, read from PostgreSQL's own log of one request."""
        log = Path(re.search(r"host=([^&]+)", self.postgres)[1]) / "server.log"
        url = self.database()
        place = self.world("statements", url)
        place[-1] = url + "&options=-clog_statement%3Dall"
        with self.mingjian(place) as server:
            for _ in range(3):
                server.post("/api/v1/reports", FILING)
            token = server.post(
                "/api/v1/session", {"username": "qt.letters2", "password": "mingjian-demo-2026"})["token"]
            for path, header in [("/desk", f"Cookie: session={token}"),
                                 ("/api/v1/inbox", f"Authorization: Bearer {token}")]:
                # The fewest of some: the first may refresh what is kept between requests, and the public log has its turns
                # beside them.
                counts, entered = [], []
                for _ in range(12):
                    before = log.stat().st_size
                    server.get(path, header)
                    time.sleep(0.13)
                    said = log.read_bytes()[before:].decode(errors="replace")
                    found = re.findall(r"LOG:\s+execute \w+: (.*(?:\n\t.*)*)", said)
                    # That a list was looked at is written down a moment later, for all who looked in that moment.
                    entries = sum("list_look" in one or "log_leaf (ref" in one for one in found)
                    counts.append(len(found) - entries)
                    entered.append(entries)
                self.row(f"SQL statements of {path}", min(counts), "≤ 6",
                         f"with the look at the session; seen {sorted(set(counts))}; beside it to enter the look {min(entered)}")

    def run(self):
        engines = ["sqlite"] + (["postgres"] if self.postgres else [])
        parts = {
            "startup": self.measure_startup,
            "rules": self.measure_rules,
            "log": self.measure_log,
            "filings": lambda: [self.measure_filings(engine) for engine in engines],
            "syncs": self.measure_syncs,
            "statements": self.count_statements if self.postgres else lambda: None,
            "inbox": self.measure_inbox,
            "search": lambda: [self.measure_search(engine) for engine in engines],
            "likeness": lambda: Likeness(self).measure(engines),
        }
        for name, measure in parts.items():
            if self.options.only in (None, name):
                print(name, file=sys.stderr, flush=True)
                measure()


def table(rows):
    cells = [("what", "found", "aim", "note"), *[tuple(map(str, row)) for row in rows]]
    print("| " + " | ".join(cells[0]) + " |\n|---|---:|---|---|")
    for row in cells[1:]:
        print("| " + " | ".join(row) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mingjian", required=True, type=Path)
    parser.add_argument("--peer", required=True, type=Path)
    parser.add_argument("--seconds", type=int, default=6, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--leaves", type=int, default=10_000_000, help="of the log")
    parser.add_argument("--limit", type=int, default=120, help="seconds for another index to be built")
    parser.add_argument("--turns", type=Path, help="lock this file while likeness is timed")
    parser.add_argument("--folder", type=Path, default=HERE / ".build", help="on the disk to be measured")
    parser.add_argument("--only", choices=["startup", "rules", "log", "filings", "syncs", "statements", "inbox", "search",
                                           "likeness"])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=options.folder.resolve()))
    bench = Bench(options, folder)
    loads = [os.getloadavg()[0]]
    try:
        bench.run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    loads.append(os.getloadavg()[0])
    cores = len(os.sched_getaffinity(0))
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {cores} cores, {platform.system()} {platform.release()}, "
          f"load before {loads[0]:.1f}, after {loads[1]:.1f}\n")
    table(bench.rows)


if __name__ == "__main__":
    main()
