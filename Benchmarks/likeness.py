"""The index of letters that say the same, at several sizes, beside what else finds texts that are alike.

All search the same texts and are asked the same questions (`Sources/Similarity/SampleTexts.swift`). Found is counted over the
stored texts that share half of their stretches of three characters with the one asked about (Jaccard), at most ten of
them, among the first ten answers.
"""

import contextlib
import fcntl
import os
import sqlite3
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ASKED, WARM, COLD = 1200, 200, 40
PEERS = {"fts5": "SQLite FTS5 trigram", "trgm": "PostgreSQL pg_trgm", "lsh": "datasketch MinHashLSH"}
AIM = {"sqlite": "≤ 3 ms, ≥ 97 %, ≤ 500 bytes, ≤ 120 s", "postgres": "≤ 15 ms, ≥ 97 %, ≤ 1,700 bytes, ≤ 300 s"}


def part(values, share):
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def share_found(answers, alike):
    """Of the alike, at most ten a question, the share among the first ten answers; `answers` by place of the question."""
    found = sum(len(set(first[:10]) & alike[place]) for place, first in answers.items())
    wanted = sum(min(len(alike[place]), 10) for place in answers)
    return found / wanted if wanted else 0


class Likeness:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options

    @contextlib.contextmanager
    def turn(self):
        """Others who measure or build on this machine wait meanwhile, if they take turns by that file."""
        if not self.options.turns:
            yield
            return
        with open(self.options.turns, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def time(self, *words):
        return subprocess.run([self.options.mingjian, "similar-time", *map(str, words)], check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def measure(self, engines):
        with self.turn():
            rate, length = self.time("rate").split()
        self.bench.row("fingerprints a second on one core", f"{int(rate):,}", "≥ 15,000",
                       f"texts of {length} characters in the mean, with their normalisation")
        for count in [size for size in (10_000, 100_000, 1_000_000) if size <= self.options.reports]:
            folder = self.bench.folder / f"likeness-{count}"
            folder.mkdir()
            self.time("texts", "--folder", folder, "--stored", count, "--asked", ASKED)
            alike, kinds = [], []
            for line in (folder / "alike.tsv").read_text().splitlines():
                kind, _, places = line.partition("\t")
                kinds.append(kind)
                alike.append(set(map(int, places.split())))
            for engine in engines:
                self.measure_ours(engine, count, folder, alike, kinds)
            for peer in PEERS:
                if peer != "trgm" or self.bench.postgres:
                    self.measure_peer(peer, count, folder, alike)
            for file in folder.iterdir():
                file.unlink()

    def measure_ours(self, engine, count, folder, alike, kinds):
        name = f"{count:,} reports, marks on {'SQLite' if engine == 'sqlite' else 'PostgreSQL'}"
        url = self.bench.database() if engine == "postgres" else None
        world = f"likeness-{engine}-{count}"
        place = self.bench.world(world, url)
        organs = self.time("fill", *place, "--folder", folder).strip()
        with self.turn():
            built = float(self.time("put", *place))
        size = self.bytes_of_index(url, self.bench.folder / world) / count
        with self.turn():
            lines = self.time("ask", *place, "--folder", folder, "--from", WARM, "--warm", WARM, "--count", ASKED)
        rows = [line.split("\t") for line in lines.splitlines()]
        answers = {WARM + number: list(map(int, row[4].split())) for number, row in enumerate(rows)}
        alone, whole = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
        many = [time for number, time in enumerate(alone) if kinds[WARM + number] == "campaign"]
        found = share_found(answers, alike)
        self.bench.row(
            name, f"p95 {part(alone, 0.95):.1f} ms, {found:.1%}, {size:,.0f} bytes, built in {built:.0f} s",
            AIM[engine] if count == 1_000_000 else "",
            f"median {part(alone, 0.5):.1f} ms; texts that many send p95 {part(many, 0.95):.1f} ms, "
            f"{max(int(row[3]) for row in rows)} of 26 marks read in part; with the rule of who may read what, a "
            f"director of one of {organs} organs: median {part(whole, 0.5):.1f} ms, p95 {part(whole, 0.95):.1f} ms")
        if engine == "sqlite":
            self.measure_cold(name, place, folder, self.bench.folder / world, count)

    def measure_cold(self, name, place, folder, world, count):
        """A new process each time, after the kernel let go of the file."""
        times = []
        with self.turn():
            for number in range(COLD):
                for file in world.glob("mingjian.sqlite*"):
                    with open(file, "rb") as opened:
                        os.fsync(opened.fileno())
                        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                line = self.time("ask", *place, "--folder", folder, "--from", WARM + number, "--count", 1)
                times.append(float(line.split("\t")[0]))
        self.bench.row(f"{name}, cold", f"p95 {part(times, 0.95):.1f} ms", "≤ 10 ms" if count == 1_000_000 else "",
                       f"median {part(times, 0.5):.1f} ms of {COLD}: a new process, the file out of the kernel's cache")

    def bytes_of_index(self, url, world):
        """Of the index, of the numbers that lead from it to reports, and of their column."""
        if url:
            self.bench.sql(url, "VACUUM ANALYZE")
            sizes = "pg_total_relation_size('report_mark') + pg_relation_size('report_mark_no')"
            return int(self.bench.sql(url, f"SELECT {sizes} + 4 * COUNT(*) FROM report WHERE mark_no IS NOT NULL"))
        with contextlib.closing(sqlite3.connect(world / "mingjian.sqlite")) as tables:
            size, = tables.execute(
                "SELECT SUM(pgsize) FROM dbstat WHERE name IN ('report_mark', 'report_mark_no')").fetchone()
            numbers, = tables.execute("SELECT COUNT(*) FROM report WHERE mark_no IS NOT NULL").fetchone()
        return size + 5 * numbers

    def measure_peer(self, peer, count, folder, alike):
        python = HERE.parent / ".venv-bench/bin/python"
        url = self.bench.database() if peer == "trgm" else "-"
        limit = self.options.limit
        with self.turn():
            said = subprocess.run(
                [python, HERE / "likeness_peers.py", peer, folder, url, str(limit), str(WARM)], check=True,
                stdout=subprocess.PIPE, text=True).stdout.splitlines()
        built, size, stored = said[0].split()
        name = f"{count:,} reports, {PEERS[peer]}"
        if int(stored) < count:
            self.bench.row(name, f"not built in {limit} s", "", f"{int(stored):,} of the texts were in by then"
                           if int(stored) else "its index was not there by then")
            return
        times, answers = [], {}
        for line in said[1:]:
            place, took, first = line.split("\t")
            times.append(float(took))
            answers[int(place)] = list(map(int, first.split()))
        cut = "" if len(times) == ASKED - WARM else f"; cut after {len(times)} questions"
        self.bench.row(
            name, f"p95 {part(times, 0.95):.1f} ms, {share_found(answers, alike):.1%}, {int(size) / count:,.0f} bytes, "
            f"built in {float(built):.0f} s", "", f"median {part(times, 0.5):.1f} ms{cut}")
