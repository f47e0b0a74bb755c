"""docs/openapi.json tells of every address that programs read, and of none that is not there; `make security` holds Kith to it."""

from __future__ import annotations

import json
import re

from flask import Flask

from config import ROOT
from scripts import sbom

READ_BY_PROGRAMS = re.compile(r"\.(csv|json|ics)$|/passkeys?/ask$|/register/send$|^/health$|^/stripe/(webhook|thin)$")


def test_the_description_names_what_programs_read(app: Flask) -> None:
    told = {
        (path, method.upper()) for path, methods in json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"].items() for method in methods
    }
    there = {
        (re.sub(r"<(?:uuid:)?([a-z_]+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules() if READ_BY_PROGRAMS.search(rule.rule) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there


def test_the_list_of_licences_names_what_the_locks_have() -> None:
    assert sbom.main(["--check"]) == 0


def test_the_tests_that_our_lists_name_are_there() -> None:
    """docs/asvs.md and docs/security.md promise by the names of tests; and the count at the head of the first is true."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    asvs = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    for page in (asvs, (ROOT / "docs" / "security.md").read_text(encoding="utf-8")):
        assert [path for path in re.findall(r"tests/[\w/]+\.(?:py|txt)", page) if not (ROOT / path).exists()] == []
        assert sorted({name for name in re.findall(r"\btest_\w+\b(?!\.py)", page) if f"def {name}(" not in source}) == []
    marks = re.findall(r"^\| V\d+\.\d+\.\d+ \| (met|open|not applicable) \| \S", asvs, re.MULTILINE)
    told = re.search(r"Of (\d+) requirements .*: (\d+) met, (\d+) not applicable, (\d+) open", asvs)
    assert told is not None
    assert [int(n) for n in told.groups()] == [len(marks), marks.count("met"), marks.count("not applicable"), marks.count("open")]
    assert marks.count("met") > 150


SECRETS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|\b[sr]k_live_[0-9A-Za-z]{12}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{30}|\bxox[abpr]-[0-9A-Za-z-]{12}|\bwhsec_[0-9A-Za-z]{24}")


def test_no_secret_lies_in_the_repository() -> None:
    folders = ("app", "docs", "migrations", "scripts", "static/src", "templates", "tests", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in {".pyc", ".npz", ".jpg", ".png"}]
    files += [path for path in ROOT.glob("*") if path.is_file()]
    assert len(files) > 500
    assert [str(path.relative_to(ROOT)) for path in files if SECRETS.search(path.read_bytes())] == []
    assert SECRETS.search(b"-----BEGIN EC PRIVATE" + b" KEY-----") and SECRETS.search(b"rk_live_" + b"a1" * 8)
