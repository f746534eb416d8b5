"""Servers under measurement: started, asked with wrk, watched and stopped. Standard library only."""

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent

FILING = {
    "organ": "990101000000",
    "place": None,
    "title": "反映某村低保名额分配不公开的问题",
    "content": "本人系本县居民。去年以来，村里评定低保对象没有开会，也没有张榜公布，几户家境较好的人家列入名单，"
    "而确有困难的老人没有评上。向村干部询问，答复说名额已满，材料不便查看。" * 3,
    "demand": "请核实评定经过，并把名单张榜公布。",
    "reported": [
        {"kind": "person", "name": "某某", "unit": "某村村民委员会", "unitCode": None, "position": "会计",
         "management": "county", "principal": False}
    ],
    "reporter": {"name": "来信人", "phone": "13800000000", "email": "", "address": "", "safeContact": ""},
}


class Server:
    """A process that prints "ready http://…" once it takes connections."""

    def __init__(self, command, log):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=open(log, "ab"), text=True)
        line = ""
        for line in self.process.stdout:
            if line.startswith("ready "):
                break
        else:
            sys.exit(f"{command[0]} ended before it was ready; see {log}")
        self.startup = time.monotonic() - began
        self.address = line.split()[1]

    def resident(self):
        """Resident memory in MB."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(row for row in text.splitlines() if row.startswith("VmRSS")).split()[1]) / 1024

    def processor(self):
        """Processor time used so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def pid(self):
        """The server's own process: strace stands before it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        name = Path(f"/proc/{self.process.pid}/comm").read_text().strip()
        return int(children.read_text().split()[0]) if name == "strace" else self.process.pid

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def post(self, path, document, headers=()):
        request = urllib.request.Request(
            self.address + path, json.dumps(document).encode(),
            {"Content-Type": "application/json", **dict(headers)})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def get(self, path, header):
        name, value = header.split(": ", 1)
        with urllib.request.urlopen(urllib.request.Request(self.address + path, headers={name: value})) as answer:
            return answer.read().decode()

    def load(self, path, connections, seconds, method="GET", body="-", headers=()):
        return finish(self.start_load(path, connections, seconds, method, body, headers))

    def start_load(self, path, connections, seconds, method="GET", body="-", headers=()):
        return subprocess.Popen(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", HERE / "wrk.lua",
             self.address + path, "--", method, str(body), *headers],
            stdout=subprocess.PIPE, text=True)


class Pace:
    """Posts a document so many times a second, evenly, for as long as the block runs."""

    CONNECTIONS = 4

    def __init__(self, server, path, document, rate):
        self.server, self.path, self.document, self.rate = server, path, document, rate
        self.over = threading.Event()
        self.done = 0

    def __enter__(self):
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(self.CONNECTIONS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self, number):
        gap = self.CONNECTIONS / self.rate
        due = time.monotonic() + gap * number / self.CONNECTIONS
        while not self.over.wait(max(0, due - time.monotonic())):
            self.server.post(self.path, self.document)
            self.done += 1
            due += gap


def finish(load):
    """What wrk found. A refused or broken request makes a measurement worthless, so it ends the run."""
    output, _ = load.communicate()
    found = json.loads(output.strip().splitlines()[-1])
    if found["refused"] or found["broken"]:
        sys.exit(f"requests were refused or broken: {found}\n{output}")
    found["rate"] = found["requests"] / (found["microseconds"] / 1e6)
    return found


def median(numbers):
    return statistics.median(list(numbers))
