"""sqlmap (Debian) on everything that takes a value: queries and places in addresses, forms, JSON, cookies, tokens.

The requests come from the routes, the pages' forms and the description of the API; `*` marks the value to be tried where
it is no field.
"""

import csv
import json
import re

import contract
import doors
from findings import Finding, kind
from places import ENDING, TOKEN
from scanner import run

DBMS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
SEPARATOR = "=" * 54


def requests_of(seen, cookie):
    """One person's pages: addresses with a query, and forms."""
    headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    for address in seen.addresses:
        if "?" in address and "lang=" not in address:
            yield "GET", address, headers, None
    for address, body in seen.forms.values():
        yield "POST", address, headers | {"Content-Type": "application/x-www-form-urlencoded"}, body
    for method, pattern in doors.routes():
        if method == "GET" and ":" in pattern and not pattern.startswith(("/api/", "/assets/")):
            yield "GET", re.sub(r":\w+", "1*", pattern), headers, None


def requests_of_api(authorization, report):
    """The API: places in addresses, queries, and the bodies of its examples."""
    headers = {"Authorization": authorization, "Accept": "application/json"}
    for template, item in contract.DESCRIPTION["paths"].items():
        for method, operation in item.items():
            if method not in ("get", "post") or ENDING.search(template) or operation.get("operationId") == "signOut":
                continue
            if "{" in template:
                yield method.upper(), re.sub(r"\{\w+\}", "1*", template), headers, None
            address = template.replace("{id}", report).replace("{act}", "message").replace("{name}", "a.txt")
            names = [p["name"] for p in operation.get("parameters", []) if p.get("in") == "query"]
            if names:
                yield method.upper(), address + "?" + "&".join(f"{name}=1" for name in names), headers, None
            content = contract.resolved(operation.get("requestBody", {})).get("content", {}).get("application/json", {})
            every = [entry["value"] for entry in content.get("examples", {}).values()]
            for example in every + ([content["example"]] if "example" in content else []):
                yield method.upper(), address, headers | {"Content-Type": "application/json"}, json.dumps(example)


def requests_with_keys():
    """Tokens and receipts are looked for in the database: they are values too."""
    yield "GET", "/desk", {"Cookie": "session=1*"}, None
    yield "GET", "/report/check", {"Cookie": "draft=1*"}, None
    yield "GET", "/api/v1/inbox", {"Authorization": "Bearer 1*"}, None
    yield "GET", "/api/v1/receipt", {"Authorization": "Receipt 1*"}, None


def scan(url, engine, requests, seconds, folder):
    """Findings, how it ended, and how many requests it sent."""
    host, log = url.removeprefix("http://"), []
    for method, address, headers, body in requests:
        lines = [f"{method} {address} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
        log.append("\n".join([SEPARATOR, *lines, "", body or "", SEPARATOR]))
    (folder / "requests.log").write_text("\n\n".join(log), encoding="utf-8")
    results = folder / "results.csv"
    ended = run(
        ["sqlmap", "-l", folder / "requests.log", "--batch", "--ignore-stdin", "--dbms", DBMS[engine], "--level", "1", "--risk", "1",
         "--technique", "BEUST", "--time-sec", "2", "--threads", "2", "--param-exclude", f"^{TOKEN}$", "--skip-waf",
         "--ignore-code", "400,401,403,404,409,413,415,422,429", "--ignore-redirects", "--disable-coloring",
         "--output-dir", folder / "output", "--results-file", results, "-t", folder / "traffic"], seconds, folder / "log", folder)
    found = set()
    if results.exists():
        for row in csv.DictReader(results.open(encoding="utf-8")):
            if row.get("Parameter"):
                found.add(Finding("sqlmap", "SQL injection", kind(row["Target URL"]), f"{row['Place']} {row['Parameter']}"))
    # The traffic is long, and what it counts is all that is wanted of it.
    with open(folder / "traffic", errors="replace") as traffic:
        sent = sum(line.startswith("HTTP request [#") for line in traffic)
    (folder / "traffic").unlink()
    return found, ended, sent
