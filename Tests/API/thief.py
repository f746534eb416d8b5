"""What a thief finds: every byte that an installation leaves anywhere, and every form in which a word might lie there."""

import base64
import os
import re
import time
import zlib
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests
from installation import postgres_tool, run

SHORTEST = 8
LARGEST = 64 << 20


def readings(word):
    """A word as it might lie somewhere: UTF-8, UTF-16, GB 18030, each in hexadecimal, in Base64 at every offset and with
    percent signs, or escaped in JSON. What is ASCII alone is taken for such in UTF-8 only."""
    found = {word.encode("ascii", "backslashreplace")}
    for coding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
        raw = word.encode(coding)
        found.add(raw)
        if word.isascii() and coding != "utf-8":
            continue
        found |= {raw.hex().encode(), raw.hex().upper().encode()}
        percent = quote(raw, safe="")
        found |= {percent.encode(), re.sub("%..", lambda part: part[0].lower(), percent).encode()}
        for offset in range(3):
            whole = base64.b64encode(bytes(offset) + raw)
            inner = whole[4 if offset else 0:len(whole) - 4]
            found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {reading for reading in found if len(reading) >= SHORTEST}


def packed(content):
    """What lies compressed in some bytes: gzip, zlib, and the entries of a zip."""
    heads = {zlib.MAX_WBITS | 16: re.compile(rb"\x1f\x8b\x08"), zlib.MAX_WBITS: re.compile(rb"\x78[\x01\x5e\x9c\xda]")}
    for window, head in heads.items():
        for match in head.finditer(content):
            yield inflated(content, match.start(), window)
    for match in re.finditer(rb"PK\x03\x04.{22}(..)(..)", content, re.S):
        skipped = sum(int.from_bytes(length, "little") for length in match.groups())
        yield inflated(content, match.end() + skipped, -zlib.MAX_WBITS)


def inflated(content, start, window):
    stream = zlib.decompressobj(window)
    try:
        return stream.decompress(content[start:start + LARGEST], 8 << 20)
    except zlib.error:
        return b""


def everything(installation):
    """All bytes that a thief of the disk, of a dump of the database or of the log would hold, by where they lie."""
    folders = [installation.data, Path(str(installation.data) + "-keys"), installation.temporary]
    found = {}
    for path in (path for folder in folders for path in Path(folder).rglob("*")):
        found[f"name of {path}"] = os.fsencode(path.name)
        found |= whole(path)
    found["log"] = installation.log.read_bytes()
    if installation.database:
        found["dump"] = postgres_tool("pg_dump", installation.database)
        found["inserts"] = postgres_tool("pg_dump", installation.database, "--inserts")
    return found


def whole(path):
    """A plain file; one that is gone meanwhile has nothing in it."""
    try:
        return {str(path): path.read_bytes()} if path.is_file() else {}
    except FileNotFoundError:
        return {}


class Watch:
    """What an installation leaves outside of its own folders, from now on."""

    def __init__(self, installation):
        self.installation = installation
        self.since = time.time()
        self.before = set(self._passing())

    def _passing(self):
        """Files in the places that everybody may write to; of folders those that bear the program's name."""
        for place in ("/tmp", "/var/tmp", "/dev/shm"):
            for path in Path(place).glob("*"):
                yield from path.rglob("*") if path.name.startswith("mingjian") else [path]

    def now(self, passphrase):
        """Everything, with what is open or passing, the metrics, a backup, and PostgreSQL's own files."""
        installation = self.installation
        found = everything(installation)
        for path in set(self._passing()) - self.before:
            found |= {place: content for place, content in whole(path).items() if len(content) < LARGEST}
        if installation.process:
            process = Path(f"/proc/{installation.process.pid}")
            for entry in [*process.glob("fd/*"), process / "cmdline", process / "environ"]:
                found |= whole(entry)
            port = re.search(r'"message":"metrics".*?"port":"(\d+)"', installation.log.read_text())[1]
            found["metrics"] = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).content
            found |= backup(installation, passphrase)
        return found | cluster(installation, self.since)


def backup(installation, passphrase):
    """The backup file, where this build makes one."""
    if "backup" not in run("--help").stdout:
        return {}
    file, words = installation.folder / "backup", installation.folder / "passphrase"
    file.unlink(missing_ok=True)
    words.write_text(passphrase, encoding="utf-8")
    installation.command("backup", file, "--passphrase-file", words)
    return {"backup": file.read_bytes()}


def cluster(installation, since):
    """PostgreSQL's files as they lie on its disk: this database, what was written to the journal, the server's log."""
    if not installation.database:
        return {}
    postgres_tool("psql", installation.database, "-q", "-c", "CHECKPOINT")
    tell = "SELECT oid, current_setting('data_directory') FROM pg_database WHERE datname = current_database()"
    number, folder = postgres_tool("psql", installation.database, "-At", "-F", " ", "-c", tell).decode().split(maxsplit=1)
    folder = Path(folder.strip())
    lie = [*folder.glob(f"base/{number}/*"), *folder.glob("base/pgsql_tmp/*"), *folder.glob("global/*"),
           *folder.parent.glob("*.log"), *folder.glob("log/*")]
    lie += [path for path in folder.glob("pg_wal/*") if path.stat().st_mtime >= since]
    assert lie, f"the files of {urlsplit(installation.database).path} are not to be read in {folder}"
    return {place: content for path in lie for place, content in whole(path).items()}
