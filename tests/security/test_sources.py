"""Nothing that a form did not name reaches a row: what was sent is read field by field, never poured over a thing."""

from __future__ import annotations

import ast
import re

from config import ROOT

SETS_BY_NAME = {
    "app/accounts/services/zones.py": "a dataclass of settings", "app/catalogue/changes.py": "the fields of a record, compared one by one",
    "app/catalogue/services/import_batch.py": "the columns of the format", "app/catalogue/services/lexicon.py": "the columns of a word",
    "app/children/forms/school.py": "fields put on a form class as it is made", "app/children/services/exchange.py": "the columns of the format",
    "app/children/services/profile.py": "the fields of a dataclass", "app/children/services/tags.py": "one of four boxes of the profile",
    "app/interchange/school_routes.py": "fields put on a form class as it is made", "app/keeping/erasing.py": "the blanks of plan.py",
}
"""Where an attribute is set by a name that stands in a variable, and where the name comes from."""
SUSPECT = re.compile(r"\bsetattr\(|populate_obj|\*\*[^\n]*(?:request\.|form\.data)")


def test_nothing_that_was_sent_is_poured_over_a_row() -> None:
    files = sorted((ROOT / "app").rglob("*.py"))
    assert len(files) > 400
    poured, by_name = [], set()
    for path in files:
        short, text = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        if not SUSPECT.search(text):  # reading them all as code takes seconds
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.endswith("populate_obj"):
                poured.append(f"{short}:{node.lineno}")
            if called == "setattr":
                by_name.add(short)
            sent = [ast.unparse(key.value) for key in node.keywords if key.arg is None and _is_sent(ast.unparse(key.value))]
            if sent and called != "url_for":
                poured.append(f"{short}:{node.lineno} {called}(**{sent[0]})")
    assert poured == []
    assert by_name == set(SETS_BY_NAME), "say in SETS_BY_NAME where these take their names from"


def _is_sent(source: str) -> bool:
    return re.search(r"request\.(form|args|values|json|get_json|files)|form\.data\b", source) is not None


def test_a_pouring_would_be_seen() -> None:
    assert SUSPECT.search("Child(**request.form.to_dict())") and SUSPECT.search("Child(**form.data)")
    assert _is_sent("request.form.to_dict()") and _is_sent("form.data") and not _is_sent("form.details()")


BY_KEY = re.compile(r"[\w)\]]\[(?!['\"\d])[^\]]+\]\s*=(?!=)|__proto__|\.prototype\b|Object\.(?:assign\((?!document\.createElement)|setPrototypeOf)")
SET_BY_KEY = {"passkeys.js": "the parts of a key's answer, from a list in the script"}


def test_no_script_writes_to_a_key_that_came_from_outside() -> None:
    """So that no answer can change what all objects are made from. What is kept by a key is a Map."""
    found = {path.name for path in (ROOT / "static" / "src" / "js").glob("*.js") if BY_KEY.search(re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8")))}
    assert found == set(SET_BY_KEY)
    assert BY_KEY.search("made[name] = value") and BY_KEY.search("Object.assign(kept, JSON.parse(text))") and not BY_KEY.search("const [first] = list; rows[0] = 1")
