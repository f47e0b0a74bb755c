"""Hangs the page of who looked, and the way to raise a concern, on a child's pages."""

from __future__ import annotations

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.children import panels
from app.children.models import Child
from app.safeguarding import policies


def draw(child: Child, person: Person) -> str:
    """The way to tell somebody, on every child's page."""
    return render_template("safeguarding/_panel.html", child=child) if person.zone_ids() else ""


def connect(app: Flask) -> None:
    panels.register_panel("safeguarding", 900, draw, column="side")
    panels.register_tab("safeguarding.looks", 90, _l("Who looked"), policies.can_see_who_looked)
    panels.register_tab("safeguarding.copy", 95, _l("Copy"), policies.can_give_copy)
