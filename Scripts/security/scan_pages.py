"""wapiti (Debian) on the pages, as a visitor and as members of staff: their addresses and forms, all of its modules that
need nothing from elsewhere."""

import json
import re
from pathlib import Path

from findings import Finding, kind
from scanner import run

# Not used: ssrf and xxe call a server of wapiti's makers, nikto and wapp load lists from elsewhere, brute_login_form and
# buster knock at names that this program does not have (its doors are all known, and tried).
MODULES = ["backup", "blindsql", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "methods",
           "permanentxss", "redirect", "shellshock", "sql", "xss"]
# Those that try every field of every form, and share the time.
LONG = 8
OUTSIDE = ["*lang=*", "*/sign-out*", "*/leave*", "*/discard*", "*sessions*", "*/deactivate*", "*/reset*", "*/renew*", "*/report/done*"]


def scan(url, seen, cookies, seconds, folder):
    """Findings, how it ended, and how many requests it sent."""
    report = folder / "report.json"
    # Every module is loaded before some are chosen, and two of the others would fetch these lists from elsewhere.
    (folder / "config").mkdir()
    for name in ("apps.json", "nikto_db"):
        (folder / "config" / name).write_text("{}\n")
    jar = {}
    for path, name, value in cookies:
        jar.setdefault(path, {})[name] = {
            "value": value, "expires": None, "secure": False, "port": None, "version": 0}
    (folder / "cookies.json").write_text(json.dumps({"127.0.0.1": jar}))
    command = [
        "/usr/bin/python3", Path(__file__).with_name("wapiti.py"), "-u", url + "/", "--scope", "domain", "-d", "1",
        "-m", ",".join(MODULES), "-f", "json", "-o", report, "-c", folder / "cookies.json", "--no-bugreport", "-v", "2",
        "--store-session", folder / "session", "--store-config", folder / "config", "--flush-session",
        "-H", "Sec-Fetch-Site: same-origin",
        "--max-scan-time", int(seconds / 3), "--max-attack-time", int(seconds * 0.6 / LONG)]
    for address in seen.addresses:
        if "lang=" not in address:
            command += ["-s", url + address]
    for pattern in OUTSIDE:
        command += ["-x", url + pattern]
    ended = run(command, seconds * 3 + 120, folder / "log", folder)
    told = (folder / "log").read_text(errors="replace")
    sent = len(re.findall(r"^\[[+¨]\] ", told, re.M))
    if not report.exists():
        return set(), "failed (no report)", sent
    found = json.loads(report.read_text())
    if "time was reached" in told:
        ended = "cut short"
    return {
        Finding("wapiti", rule, kind(one["path"]), one["info"])
        for group in ("vulnerabilities", "anomalies") for rule, every in found[group].items() for one in every}, ended, sent
