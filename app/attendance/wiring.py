"""Tells introductions who came, and shows attendance on the child's page."""

from __future__ import annotations

from flask import Flask, render_template
from markupsafe import Markup

from app.accounts.models import Person
from app.attendance import queries
from app.attendance.models import PRESENT
from app.children.models import Child
from app.children.panels import register_panel
from app.introductions import hooks
from app.introductions.models import Introduction


def connect(app: Flask) -> None:
    hooks.register(attended_count=attended_count)
    register_panel("attendance", 40, draw_attendance)


def attended_count(introduction: Introduction) -> int:
    return queries.attended_count(introduction.child_id, introduction.offering_id)


def draw_attendance(child: Child, person: Person) -> Markup | str:
    """One strip for each offering, the last twelve marks, oldest first."""
    rows = queries.attendance_of_children([child.id]).get(child.id, [])
    if not rows:
        return ""
    by_offering: dict[str, list[queries.Attendance]] = {}
    for row in rows:
        by_offering.setdefault(row.session.cohort.offering.title, []).append(row)
    return Markup(render_template("attendance/_panel.html", child=child, by_offering=by_offering, present=PRESENT))  # noqa: S704
