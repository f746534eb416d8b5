"""A crash leaves nothing behind: no command writes what it remembers to a disk or a log, or hands it to a program."""

import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest
from client import Caller
from installation import BINARY

CORE = "Max core file size"


def limits(process):
    """Soft and hard limit of a core file, as the kernel keeps them for a process."""
    line = next(line for line in Path(f"/proc/{process}/limits").read_text().splitlines() if line.startswith(CORE))
    return line.removeprefix(CORE).split()[:2]


def any_size():
    """What somebody who wants core dumps would have set before."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def cores():
    return {path for place in (Path.cwd(), Path("/tmp"), Path("/var/lib/systemd/coredump")) if place.is_dir()
            for path in place.glob("core*")}


def crashed(process, folder, number=signal.SIGABRT):
    """Makes a process fail as a trap of the program would; its cores."""
    before = cores()
    os.kill(process.pid, number)
    assert process.wait(timeout=60) == -number
    return {*folder.rglob("core*"), *(cores() - before)}


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGILL, signal.SIGTRAP])
def test_a_server_that_crashes_leaves_no_core_and_no_word_in_the_log(sqlite_copy, monkeypatch, number):
    installation, described = sqlite_copy
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("this machine allows nobody a core dump")
    monkeypatch.chdir(installation.folder)
    # Somebody else in the same place does leave one, where the machine writes them into the folder.
    other = subprocess.Popen(["sleep", "600"], preexec_fn=any_size, cwd=installation.folder)
    control = crashed(other, installation.folder)
    if Path("/proc/sys/kernel/core_pattern").read_text().strip() == "core":
        assert control, "the trial itself works"
    for core in control:
        core.unlink()
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (limit[1], limit[1]))
        installation.serve("--limits", "off")
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, limit)
    process = installation.process
    account = described["accounts"][0]
    login = {"username": account["username"], "password": account["password"]}
    Caller(installation.url).post("/api/v1/session", login, 201)
    assert limits(process.pid) == ["0", "0"]
    said = installation.log.read_bytes()
    assert crashed(process, installation.folder, number) == set()
    assert installation.log.read_bytes() == said, "the runtime prints registers and memory where it is let"
    installation.process = None


@pytest.mark.parametrize("words", [["init"], ["serve"], ["verify"], ["import", "staff", "/dev/stdin"], ["rules", "check"]])
def test_every_command_sees_to_it_before_it_opens_anything(tmp_path, words):
    """As the kernel is asked, in that order."""
    traced = tmp_path / "trace"
    subprocess.run(
        ["strace", "-f", "-e", "trace=prlimit64,prctl,mkdir,openat", "-o", traced, BINARY, *words, "--data",
         tmp_path / "none"], capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    lines = traced.read_text().splitlines()
    asked = [next(number for number, line in enumerate(lines) if said in line) for said in (
        "PR_SET_DUMPABLE, SUID_DUMP_DISABLE", "RLIMIT_CORE, {rlim_cur=0, rlim_max=0}")]
    assert all(lines[number].endswith("= 0") for number in asked)
    assert all(number > max(asked) for number, line in enumerate(lines) if str(tmp_path) in line)
