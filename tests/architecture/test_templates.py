"""What templates are made of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import ROOMS
from config import ROOT
from tests.browser import look_over

TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))


def text(path: Path) -> str:
    """The template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def short(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


FRAMES = {"commissioning/form.html", "introductions/form.html"}
"""What other pages fill in; by themselves they are no page."""

NOT_YET_IN_A_BROWSER = 0
"""Page templates that no walk and no browser test has come to: a number that may only go down."""

ALONE = {"safeguarding/copy_file.html"}
"""Files that leave Kith and are read without it."""


def is_part(path: Path) -> bool:
    return path.name.startswith("_") or path.relative_to(TEMPLATES).parts[0] in {"components", "email"} or short(path) in {"base.html", *ALONE}


def test_there_are_templates() -> None:
    assert len(PAGES) > 40


def test_every_page_extends_the_base() -> None:
    parents = {short(path): re.match(r"\s*\{%-? extends \"([^\"]+)\"", text(path)) for path in PAGES}

    def stands_on_base(name: str) -> bool:
        parent = parents.get(name)
        return name == "base.html" or (parent is not None and stands_on_base(parent[1]))

    assert [short(path) for path in PAGES if not is_part(path) and not stands_on_base(short(path))] == []


@pytest.mark.parametrize(("what", "pattern"), [
    ("inline style", r"<[a-zA-Z][^>]*\sstyle\s*="),
    ("a style element", r"<style\b"),
    ("an inline script", r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)"),
    ("an inline handler", r"<[a-zA-Z][^>]*\son[a-z]+\s*=\s*[\"']"),
    ("a javascript: address", r"javascript:"),
    ("an address of another host", r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//"),
    ("markup taken on trust", r"\|\s*safe\b"),
])
def test_no_template_has(what: str, pattern: str) -> None:
    assert [short(path) for path in PAGES if re.search(pattern, text(path))] == [], what


def test_every_form_that_posts_carries_its_token() -> None:
    posting = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
    assert [f"{short(path)}: {form[:80]}" for path in PAGES for form in posting.findall(text(path)) if not re.search(r"csrf_token|hidden_tag\(\)", form)] == []


def test_every_page_has_a_title() -> None:
    assert [short(path) for path in PAGES if not is_part(path) and "{% block title %}" not in text(path) and "extends \"base.html\"" in text(path)] == []


def test_templates_of_a_room_lie_in_its_folder() -> None:
    known = {*ROOMS, "components", "errors", "email"}
    assert {path.relative_to(TEMPLATES).parts[0] for path in PAGES if path.parent != TEMPLATES} <= known


def test_the_base_sets_no_name_that_a_page_could_use() -> None:
    """What base.html sets outside a loop stands in the place of a page's own name inside its blocks."""
    named = {name for names in re.findall(r"\{%-? set ([\w, ]+?) =", text(TEMPLATES / "base.html")) for name in names.split(", ")}
    assert {name for name in named if not name.startswith("nav_")} == {"tone"}  # that one inside a loop
    taken = [short(path) for path in PAGES if short(path) != "base.html" and re.search(r"\{%-? set [^=]*\bnav_", text(path))]
    assert taken == []


def test_every_macro_a_template_fetches_is_used() -> None:
    unused = []
    for path in TEMPLATES.rglob("*.html"):
        source = text(path)
        for fetched in re.finditer(r"\{%-? from \"[^\"]+\" import ([^%]+?) -?%\}", source):
            names = [name.split(" as ")[-1].strip() for name in fetched[1].removesuffix(" with context").split(",")]
            rest = source[: fetched.start()] + source[fetched.end() :]
            unused += [f"{short(path)}: {name}" for name in names if not re.search(rf"\b{re.escape(name)}\b", rest)]
    assert unused == []


def test_every_page_was_looked_over() -> None:
    """By a walk through the demo (python -m tests.browser.look_over) or by a browser test that the list names."""
    how = look_over.read()
    pages = {short(path) for path in PAGES if not is_part(path)} - FRAMES
    assert sorted(pages - how.keys()) == [], "look these over, then add their lines to tests/architecture/looked_over.txt"
    assert sorted(how.keys() - pages) == [], "these pages are gone"
    not_yet = sorted(name for name, words in how.items() if words == look_over.NOT_YET)
    assert len(not_yet) <= NOT_YET_IN_A_BROWSER, f"look these over in a browser: {not_yet}"
    named = {words for words in how.values() if words.startswith("tests/")}
    assert [name for name in named if not (ROOT / name).is_file()] == []
