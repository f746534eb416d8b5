"""The checks must be able to fail: each rule of the scripts is broken once."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


architecture, tally = load("check-architecture"), load("tally")


def target(name, *dependencies, kind="regular"):
    return {"name": name, "type": kind, "dependencies": [{"byName": [other, None]} for other in dependencies]}


def faults(root, *targets, sources=()):
    """What is found in a package of these targets, each with a folder, and these files."""
    for each in targets:
        (root / "Sources" / each["name"]).mkdir(parents=True, exist_ok=True)
    for name, text in sources:
        path = root / "Sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return "\n".join(
        [*architecture.check_packages({"targets": list(targets)}, root), *architecture.check_texts(root)])


def test_a_package_that_keeps_the_rules_is_passed(tmp_path):
    sources = [
        ("Desk/Desk.swift", '// try! fatalError(\nlet text = "try! as! {{{"\n/// nonisolated(unsafe)\n'),
        ("Desk/Proof.swift", "// proof: guarded by the lock\nfinal class Box: @unchecked Sendable {}\n"),
        ("Desk/a.mustache", '{{<layout}}\n<a\n  href="?a=b">{{x}}</a><script src="/a.js"></script>\n'),
    ]
    targets = [target("Kernel"), target("Casework", "Kernel"), target("Desk", "Casework", "Hummingbird")]
    assert faults(tmp_path, *targets, sources=sources) == ""


@pytest.mark.parametrize("targets, fault", [
    ([target("Kernel", "Casework")], "Kernel depends on Casework, which stands above it"),
    ([target("Casefile", "Desk")], "which stands above it"),
    ([target("Desk", "Handling")], "rooms do not know each other"),
    ([target("Desk", "DatabaseSQLite")], "which is for mingjian alone"),
    ([target("Casefile", "GRDB")], "which is for DatabaseSQLite alone"),
    ([target("Casefile", "Hummingbird")], "Casefile depends on Hummingbird"),
    ([target("Desk", "DatabaseTesting"), target("DatabaseTesting")], "which is for tests"),
    ([target("Cellar")], "Cellar has no layer"),
])
def test_a_wrong_dependency_is_found(tmp_path, targets, fault):
    assert fault in faults(tmp_path, *targets)


@pytest.mark.parametrize("name, text, fault", [
    ("Desk/A.swift", "import Site\n", "imports Site and does not declare it"),
    ("Desk/A.swift", "package import struct Handling.Sheet\n", "rooms do not know each other"),
    ("Desk/A.swift", "let a = 1\nlet b = try! c()\n", "A.swift:2: try!"),
    ("Desk/A.swift", "let b = c as! D\n", "as!"),
    ("Desk/A.swift", 'fatalError("no")\n', "a trap"),
    ("Desk/A.swift", "final class Box: @unchecked Sendable {}\n", "// proof:"),
    ("Desk/A.swift", "nonisolated(unsafe) var a = 1\n", "// proof:"),
    ("Desk/A.swift", "\n" * 301, "more than 300 lines"),
    ("Desk/a.mustache", "<p>\n{{{text}}}</p>", "a.mustache:2: an unescaped variable"),
    ("Desk/a.mustache", "{{& text}}", "an unescaped variable"),
    ("Desk/a.mustache", "<script>go()</script>", "an inline script"),
    ("Desk/a.mustache", '<p style="color: red">', "an inline style"),
    ("Desk/a.mustache", '<p onclick="go()">', "an inline event handler"),
    ("Desk/a.mustache", "<p class={{name}}>", "an unquoted attribute"),
    ("Attic/A.swift", "", "Sources/Attic is no target"),
])
def test_a_wrong_source_is_found(tmp_path, name, text, fault):
    assert fault in faults(tmp_path, target("Desk"), target("Site"), sources=[(name, text)])


def test_a_run_is_added_up_and_what_broke_down_is_a_failure(tmp_path, capsys):
    (tmp_path / "steps").write_text("format 0 1\nswift 0 9\napi 2 3\nbrowser 139 4\n")
    (tmp_path / "swift.xml").write_text(
        "<s><testcase/><testcase/><testcase><skipped/></testcase>"
        "<testcase classname='Tests' name='a letter arrives'><failure message='1 &lt; 2'/></testcase></s>")
    (tmp_path / "api.xml").write_text("<s></s>")
    assert tally.main(tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "failed: Tests › a letter arrives: 1 < 2", "3 passed, 3 failed, 1 skipped"]


def test_a_run_that_did_nothing_is_no_success(tmp_path):
    assert tally.main(tmp_path) == 1


def test_packages_that_are_there_are_not_installed_again():
    done = subprocess.run([HERE / "install-packages.sh", "bash", "make"], capture_output=True, text=True, check=True)
    assert done.stdout == ""
