"""What Chromium tells a screen reader of a page: its accessibility tree, read as it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

CONTROLS = {
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "spinbutton", "slider", "listbox", "option", "menuitem",
    "menuitemcheckbox", "DisclosureTriangle", "Date", "InputTime", "DateTime", "ComboBoxSelect", "MenuListPopup", "MenuListOption",
}
"""Roles that say what one may do. What can have the focus and is announced as anything else is a control that nobody recognises."""
PAGE = {"RootWebArea", "main"}
"""What the focus may rest on when a page begins. There is one of each, so no name is needed."""
PLACES = {"dialog", "region", "group", "table", "list", "img", "figure", "document", "article", "status", "alert"}
"""Roles that may have the focus without being pressed: where one is led to, and what scrolls. They too need a name."""
# A form is a landmark only when it has a name.
LANDMARKS = ("banner", "navigation", "main", "complementary", "contentinfo", "search", "form", "region")


@dataclass(frozen=True)
class Told:
    """One thing as it is announced."""

    role: str
    name: str
    level: int
    is_focusable: bool


def check_tree(page: Page, where: str) -> None:
    """Every control has a name and a role one knows; one main, one h1, headings in order; landmarks that can be told apart."""
    told = list(_read(page))
    faults = [
        f"{one.role} has no name" if not one.name else f"“{one.name}” is announced as {one.role}"
        for one in told if one.is_focusable and one.role not in PAGE and (not one.name or one.role not in CONTROLS | PLACES)
    ]
    roles = Counter(one.role for one in told)
    faults += [f"{roles[role]} of {role}" for role in ("main", "banner", "contentinfo") if roles[role] != 1]
    levels = [one.level for one in told if one.role == "heading"]
    if levels.count(1) != 1 or not all(one.name for one in told if one.role == "heading"):
        faults.append(f"{levels.count(1)} headings of the first level, or one that says nothing")
    faults += [f"a heading of level {after} follows one of level {before}" for before, after in zip(levels, levels[1:], strict=False) if after > before + 1]
    landmarks = Counter((one.role, one.name) for one in told if one.role in LANDMARKS and (one.name or one.role != "form"))
    faults += [f"{count} landmarks are announced as “{name}” {role}" for (role, name), count in landmarks.items() if count > 1]
    assert not faults, f"{where} to a screen reader ({page.url}): " + "; ".join(faults)


def _read(page: Page) -> Iterator[Told]:
    session = page.context.new_cdp_session(page)
    try:
        nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    for node in nodes:
        if node.get("ignored"):
            continue
        given = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
        yield Told(
            node["role"]["value"], str(node.get("name", {}).get("value") or "").strip(), int(given.get("level") or 0), bool(given.get("focusable")),
        )
