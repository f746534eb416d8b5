"""Runs one scanner for at most its time."""

import os
import signal
import subprocess


def run(command, seconds, log, folder):
    """A scanner's outcome: `whole`, `cut short` when its time was over, or `failed` with its code.

    What it says goes to a file. Its settings and caches stay in the folder, and nothing of ours.
    """
    with open(log, "wb") as out:
        process = subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
            env={**os.environ, "HOME": str(folder), "PYTHONUTF8": "1"}, start_new_session=True)
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            end(process)
            return "cut short"
        except BaseException:
            end(process)
            raise
    return "whole" if code in (0, 1) else f"failed ({code})"


def end(process):
    """Ends a scanner and all that it started: politely, so that it writes its report, and then for good."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(timeout=20)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return
