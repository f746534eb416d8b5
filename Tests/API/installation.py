"""An installation as an administrator has it: a data folder, a keys folder, commands, a server."""

import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MINGJIAN_BINARY", str(ROOT / ".build/debug/mingjian"))
POSTGRES = os.environ.get("MINGJIAN_TEST_POSTGRES")


def run(*arguments, check=True):
    """A command of the program; its outcome, as text."""
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=600)
    if check and done.returncode:
        raise AssertionError(f"mingjian {' '.join(map(str, arguments))}: {done.returncode}\n{done.stderr}{done.stdout}")
    return done


def postgres_tool(name, url, *arguments):
    """psql or pg_dump on a database."""
    done = subprocess.run([name, *arguments, url], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Installation:
    """One data folder with its keys, on an engine; a server of it may run."""

    def __init__(self, folder, engine, template=None):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.engine = engine
        self.process = self.url = self.database = None
        self.log = self.folder / "server.log"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        if engine == "postgres":
            name = "api_" + uuid.uuid4().hex
            postgres_tool("psql", POSTGRES, "-q", "-c", f"CREATE DATABASE {name}" + (
                f" TEMPLATE {urlsplit(template).path[1:]}" if template else ""))
            parts = urlsplit(POSTGRES)
            self.database = urlunsplit(parts._replace(path="/" + name))

    @property
    def place(self):
        return ["--data", self.data, *(["--database-url", self.database] if self.database else [])]

    def command(self, *words, check=True):
        """Runs a command here: beside the server, or through it."""
        return run(*words, *self.place, check=check)

    def demo(self, reports=0):
        return json.loads(self.command("demo", "--json", "--reports", reports).stdout)

    def copy(self, folder):
        """Another installation with the same world; nothing runs in either."""
        other = Installation(folder, self.engine, template=self.database)
        for name in ("data", "data-keys"):
            shutil.copytree(self.folder / name, other.folder / name, ignore=shutil.ignore_patterns("*.sock"))
        return other

    def serve(self, *options):
        """Starts the server on a free port and waits for its line."""
        self.process = subprocess.Popen(
            [BINARY, "serve", *map(str, self.place), "--port", "0", *options],
            stdout=subprocess.PIPE, stderr=open(self.log, "ab"), text=True,
            env={**os.environ, "TMPDIR": str(self.temporary)})
        line = self.process.stdout.readline()
        assert line.startswith("ready http://"), f"no ready line: {line!r}\n{self.log.read_text()[-2000:]}"
        self.url = line.split()[1]
        return self

    def stop(self):
        """Ends the server as a service manager does; answers its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30)
        self.process = None

    def remove(self):
        self.stop()
        if self.database:
            name = urlsplit(self.database).path[1:]
            postgres_tool("psql", POSTGRES, "-q", "-c", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    def verify(self):
        """What `verify` counts, such as {"reports": 3, "events": 9, "files": 1}; fails where it finds a fault. Without the
        entries of the log: it is filled up a while after the last act."""
        text = self.command("verify").stdout.strip()
        assert text.startswith("ok: "), text
        counted = {word: int(number) for number, word in (part.split() for part in text[4:].split(", "))}
        return {word: number for word, number in counted.items() if word != "entries"}

    def is_alive(self):
        answer = requests.get(self.url + "/healthz", timeout=10)
        return answer.status_code == 200 and answer.json() == {"status": "ok"}

    def wait_until(self, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.1)
        return False
