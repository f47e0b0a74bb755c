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
