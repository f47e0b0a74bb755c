"""Where the rooms above show themselves on a child's pages. They register in `wiring.connect`; registering again replaces.

A panel is a fragment of the child's page, a tab a page beside it, a next step one line in the caseload. Nothing here decides
who may see a child: the page did that before it asks. A panel decides what of its own this person may see, and answers "" for
nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flask import current_app, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.accounts.models import Person
from app.children.models import Child
from app.shared.errors import NotFound

Draw = Callable[[Child, Person], Markup | str]
Column = Literal["main", "side"]


@dataclass(frozen=True)
class Later:
    """For a panel that takes a while: the page shows a link at once (`text` leads to `endpoint`, whose URL takes `child_id`), and the
    browser fetches the panel after it. `allowed` says who gets it."""

    title: str
    text: str
    endpoint: str
    allowed: Callable[[Person, Child], bool]


@dataclass(frozen=True)
class Panel:
    name: str
    order: int
    draw: Draw
    column: Column
    later: Later | None = None


@dataclass(frozen=True)
class Tab:
    endpoint: str
    order: int
    text: str
    allowed: Callable[[Person, Child], bool]


@dataclass(frozen=True)
class NextStep:
    """What is next for one child, in a few words. `tone` as in badge(): go, gently, stop, info, none."""

    text: str
    icon: str = "arrow-right"
    tone: str = "none"
    url: str = ""


AskNext = Callable[[Person, Sequence[Child]], Mapping[uuid.UUID, NextStep]]

_panels: dict[str, Panel] = {}
_tabs: dict[str, Tab] = {}
_next: dict[str, tuple[int, AskNext]] = {}


def register_panel(name: str, order: int, draw: Draw, *, column: Column = "main", later: Later | None = None) -> None:
    """`draw(child, person)` answers the fragment with its own heading (h2), or "" for nothing. Lower orders come first."""
    _panels[name] = Panel(name, order, draw, column, later)


def register_tab(endpoint: str, order: int, text: str, allowed: Callable[[Person, Child], bool]) -> None:
    """A page of one child at `endpoint` (its URL takes `child_id`), shown to whom `allowed(person, child)` says yes to."""
    _tabs[endpoint] = Tab(endpoint, order, text, allowed)


def register_next(name: str, order: int, ask: AskNext) -> None:
    """`ask(person, children)` answers the next step of those children it has one for, all at once. Lower orders win."""
    _next[name] = (order, ask)


def panels_of(child: Child, person: Person, column: Column) -> list[tuple[str, Markup]]:
    """The fragments of one column, in order, those with nothing to show left out."""
    drawn = []
    for panel in sorted(_panels.values(), key=lambda p: (p.order, p.name)):
        if panel.column == column:
            html = panel.draw(child, person) if panel.later is None else _placeholder(panel.name, panel.later, child, person)
            if html:
                drawn.append((panel.name, Markup(html)))  # noqa: S704  a fragment of our own templates
    return drawn


def _placeholder(name: str, later: Later, child: Child, person: Person) -> str:
    if not later.allowed(person, child):
        return ""
    return render_template("children/_later.html", child=child, name=name, later=later)


def draw_later(name: str, child: Child, person: Person) -> str:
    """A panel that the page left for later. Raises NotFound for any other, and for whom it is not."""
    panel = _panels.get(name)
    if panel is None or panel.later is None or not panel.later.allowed(person, child):
        raise NotFound
    return str(panel.draw(child, person))


def tabs_of(child: Child, person: Person, current: str) -> list[dict[str, object]]:
    """For the tabs component: the child's page first, then what is registered and exists."""
    first = Tab("children.child", 0, _("Overview"), lambda person, child: True)
    known = [tab for tab in (first, *_tabs.values()) if tab.endpoint in current_app.view_functions]
    return [
        {"text": tab.text, "href": url_for(tab.endpoint, child_id=child.id), "current": tab.endpoint == current}
        for tab in sorted(known, key=lambda t: (t.order, t.text)) if tab.allowed(person, child)
    ]


def next_steps(person: Person, children: Sequence[Child]) -> dict[uuid.UUID, NextStep]:
    """The most pressing next step of each child that has one."""
    found: dict[uuid.UUID, NextStep] = {}
    for _name, (_order, ask) in sorted(_next.items(), key=lambda item: (item[1][0], item[0])):
        waiting = [child for child in children if child.id not in found]
        if not waiting:
            break
        found |= {key: step for key, step in ask(person, waiting).items() if key not in found}
    return found
