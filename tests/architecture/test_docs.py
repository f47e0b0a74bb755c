"""What README and docs name is there: links, `make` targets, `kith` commands and settings."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app.cli import all_commands
from config import ROOT
from scripts.drawings import drawings

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`|^ {4}(.+)$", re.MULTILINE)
"""What is typed: between backticks, or a line set in by four."""
MAKE = re.compile(r"\bmake ([a-z]+)")
KITH = re.compile(r"(?:^|[\s/])kith ((?:[a-z][a-z|\\-]* ?)+)")


def typed(text: str) -> list[str]:
    return [inline or line for inline, line in CODE.findall(text)]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def why_not_a_command(words: list[str]) -> str:
    """What is wrong with "import catalogue"; "" for a command or a group of them. What follows a command is its argument."""
    at: click.Command = all_commands()
    for word in words:
        if not isinstance(at, click.Group):
            return ""
        found = at.get_command(click.Context(at), word)
        if found is None:
            return f"kith has no {' '.join(words)}"
        at = found
    return ""


def wrong_with(page: Path, text: str) -> list[str]:
    wrong = [
        f"leads nowhere: {target}" for target in LINK.findall(text)
        if not re.match(r"[a-z]+:|#", target) and not (page.parent / target.partition("#")[0]).exists()
    ]
    for code in typed(text):
        wrong += [f"no make {name}" for name in MAKE.findall(code) if name not in targets()]
        for said in KITH.findall(code):
            first, *rest = said.split()
            wrong += [why for one in (rest[0] if rest else "").replace("\\", "").split("|") if (why := why_not_a_command([w for w in (first, one) if w]))]
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert wrong_with(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("text", "wrong"), [
    ("[a](nowhere.md)", "leads nowhere: nowhere.md"), ("`make tea`", "no make tea"), ("    make tea", "no make tea"),
    ("`kith brew`", "kith has no brew"), ("`kith import tea FILE`", "kith has no import tea"), ("`kith export catalogue|tea`", "kith has no export tea"),
])
def test_what_is_not_there_is_found(text: str, wrong: str) -> None:
    assert wrong_with(ROOT / "README.md", text) == [wrong]


def test_a_page_is_checked_at_all() -> None:
    readme = PAGES[0].read_text(encoding="utf-8")
    assert len(LINK.findall(readme)) > 10
    assert sum(bool(KITH.search(code)) for code in typed(readme)) > 8


def test_the_drawings_say_what_the_code_says() -> None:
    """Rooms, states and tables: `make pictures` draws them again."""
    drawn = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in drawings()}
    assert drawn == drawings()


def test_every_target_of_make_is_said_by_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets() == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))


def test_every_setting_of_readme_is_read_by_config() -> None:
    """...and every setting that config reads stands in README."""
    read = set(re.findall(r"\b(KITH_[A-Z_]+|PORT)\b", (ROOT / "config.py").read_text(encoding="utf-8")))
    table = PAGES[0].read_text(encoding="utf-8").partition("## Settings")[2]
    assert set(re.findall(r"`(KITH_[A-Z_]+|PORT)`", table)) == read
