#!/usr/bin/env python3
"""Other indexes over the texts of the likeness benchmark: likeness_peers.py fts5|trgm|lsh FOLDER URL SECONDS FROM

Prints seconds to build, bytes and how many texts are in; then for each question its place, milliseconds and the first ten.
What is not built within SECONDS is left, and the questions end after half of that.
"""

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

BATCH = 5000


def threes(text):
    return {text[start:start + 3] for start in range(max(len(text) - 2, 1))}


class FTS5:
    """Without the texts; the places within them are kept, for without both it cannot rank."""

    def __init__(self, folder, url):
        self.file = folder / "fts5.sqlite"
        self.tables = sqlite3.connect(self.file)
        self.tables.execute("PRAGMA journal_mode = WAL")
        self.tables.execute("CREATE VIRTUAL TABLE texts USING fts5(text, content='', tokenize='trigram')")

    def add(self, first, texts):
        with self.tables:
            self.tables.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts, first))

    def finish(self):
        self.tables.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.stat().st_size

    def ask(self, text):
        words = " OR ".join(f'"{three}"' for three in threes(text))
        return [row[0] for row in self.tables.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 10", (words,))]


class MinHashes:
    """MinHash of threes with banding for a Jaccard of a half; what it finds is ordered by the stored hashes."""

    def __init__(self, folder, url):
        from datasketch import MinHash, MinHashLSH
        self.make, self.index, self.hashes = MinHash, MinHashLSH(threshold=0.5, num_perm=128), []
        self.before = self.resident()

    @staticmethod
    def resident():
        return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024

    def hash(self, text):
        hashed = self.make(num_perm=128)
        hashed.update_batch([three.encode() for three in threes(text)])
        return hashed

    def add(self, first, texts):
        for number, text in enumerate(texts, first):
            self.hashes.append(self.hash(text))
            self.index.insert(number, self.hashes[-1], check_duplication=False)

    def finish(self):
        return self.resident() - self.before

    def ask(self, text):
        hashed = self.hash(text)
        found = [(-hashed.jaccard(self.hashes[number]), number) for number in self.index.query(hashed)]
        return [number for _, number in sorted(found)[:10]]


def measure(peer, texts, questions, seconds, first):
    began = time.monotonic()
    stored = 0
    while stored < len(texts) and time.monotonic() - began < seconds:
        batch = texts[stored:stored + BATCH]
        peer.add(stored, batch)
        stored += len(batch)
    size = peer.finish()
    print(time.monotonic() - began, size, stored, flush=True)
    if stored < len(texts):
        return
    for text in questions[:20]:
        peer.ask(text)
    started = time.monotonic()
    for place in range(first, len(questions)):
        began = time.monotonic()
        answer = peer.ask(questions[place])
        print(place, (time.monotonic() - began) * 1000, " ".join(map(str, answer)), sep="\t")
        if time.monotonic() - started > seconds / 2:
            break


def psql(url, text, **how):
    return subprocess.run(["psql", "-qtA", "-v", "ON_ERROR_STOP=1", url], input=text, text=True, capture_output=True, **how)


def measure_trgm(folder, url, questions, seconds, first):
    """A GIN index of threes; the questions of ten at a time, so that they can end."""
    psql(url, "CREATE EXTENSION pg_trgm; CREATE TABLE texts (id SERIAL PRIMARY KEY, text TEXT NOT NULL);\n"
         f"\\copy texts (text) FROM '{folder / 'stored.txt'}'\nVACUUM ANALYZE texts;", check=True)
    began = time.monotonic()
    built = psql(url, f"SET statement_timeout = '{seconds}s'; SET maintenance_work_mem = '512MB';"
                 "CREATE INDEX texts_threes ON texts USING gin (text gin_trgm_ops);")
    if built.returncode:
        print(seconds, 0, 0)
        return
    took = time.monotonic() - began
    said = psql(url, "SELECT pg_relation_size('texts_threes'), COUNT(*) FROM texts;", check=True).stdout
    print(took, *said.strip().split("|"), flush=True)
    started = time.monotonic()
    for start in range(first, len(questions), 10):
        script = "SET enable_seqscan = off; SET pg_trgm.similarity_threshold = 0.4;\n\\timing on\n"
        for text in questions[start:start + 10]:
            assert "'" not in text and "\\" not in text
            script += f"SELECT id - 1 FROM texts WHERE text % '{text}' ORDER BY similarity(text, '{text}') DESC LIMIT 10;\n"
        answer, place = [], start
        for line in psql(url, script, check=True).stdout.splitlines():
            took = re.match(r"Time: ([\d.]+) ms", line)
            if not took:
                answer.append(line)
                continue
            print(place, took[1], " ".join(answer), sep="\t")
            answer, place = [], place + 1
        if time.monotonic() - started > seconds / 2:
            break


def main():
    peer, folder, url, seconds, first = sys.argv[1:]
    folder, seconds, first = Path(folder), int(seconds), int(first)
    questions = (folder / "asked.txt").read_text().splitlines()
    if peer == "trgm":
        measure_trgm(folder, url, questions, seconds, first)
    else:
        texts = (folder / "stored.txt").read_text().splitlines()
        measure({"fts5": FTS5, "lsh": MinHashes}[peer](folder, url), texts, questions, seconds, first)


if __name__ == "__main__":
    main()
