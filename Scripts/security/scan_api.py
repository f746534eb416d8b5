"""schemathesis (PyPI) on the API as its description has it: answers as described, wrong data refused, methods, headers."""

import json

from findings import Finding
from installation import ROOT
from scanner import run

PROGRAM = ROOT / ".venv-security/bin/schemathesis"


def scan(url, authorization, report, seconds, folder, *options):
    """Findings, how it ended, and how many requests it sent: it goes on until its time is over."""
    (folder / "schemathesis.toml").write_text(f'[parameters]\n"path.id" = "{report}"\n' if report else "")
    ended = run(
        [PROGRAM, "--config-file", folder / "schemathesis.toml", "run", url + "/api/openapi.yaml",
         *(["-H", f"Authorization: {authorization}"] if authorization else []),
         # Who signs out has nothing left to try.
         "--exclude-operation-id", "signOut", "--checks", "all", "--continue-on-failure", "--max-examples", "40",
         "--max-time", int(seconds), "--request-timeout", "60", "--no-shrink", "--report", "json", "--report-json-path",
         folder / "report.json", *options], seconds * 2 + 60, folder / "log", folder)
    if not (folder / "report.json").exists():
        return set(), "failed (no report)", 0
    report = json.loads((folder / "report.json").read_text())
    found = {
        Finding("schemathesis", failure["type"], operation) for failure in report["failures"]
        for operation in failure["operations"]}
    return found | {Finding("schemathesis", "error", str(error)[:300]) for error in report["errors"]}, ended, (
        report["test_cases"]["generated"])
