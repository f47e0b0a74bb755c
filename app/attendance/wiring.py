"""Tells introductions who came, hears when one is over, shows attendance on the child's page, and lets the clock come by."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.models import Person
from app.attendance import letters, queries
from app.attendance.models import PRESENT
from app.attendance.phones import owner_of
from app.attendance.policies import can_list_registers
from app.attendance.services import calling_off, close_tasks_of, standing, sweep
from app.catalogue.hooks import listen_to_sessions, listen_to_standing
from app.children.models import Child
from app.children.panels import register_panel, register_tab
from app.children.policies import can_see_child, can_see_helpers
from app.commissioning.hooks import register_came
from app.introductions import hooks
from app.introductions.confidential import tells_of_the_child
from app.introductions.models import Introduction
from app.notifications.emails import register_email
from app.notifications.handlers import register
from app.notifications.sweeps import register_sweep

SHOWN = 12


def connect(app: Flask) -> None:
    hooks.register(attended_count=attended_count, on_ended=close_tasks_of)
    register_came(queries.came_to)
    register_panel("attendance", 40, draw_attendance)
    register_sweep("attendance", sweep)
    register_tab("attendance.week", 35, _l("Week"), lambda person, child: can_see_child(person, child))
    app.context_processor(whose_phone)
    listen_to_sessions(called_off=calling_off.promise_called_off, moved=calling_off.promise_moved)
    listen_to_standing(standing.promise)
    register(standing.TOPIC, standing.follow)
    register(calling_off.CALLED_OFF, calling_off.after_called_off)
    register(calling_off.MOVED, calling_off.after_moved)
    register_email(calling_off.LETTER, letters.session_changed)
    app.jinja_env.globals["clashes_of_groups"] = queries.clashes_of_groups
    app.jinja_env.globals["who_is_told"] = calling_off.who_is_told


def whose_phone() -> dict[str, Any]:
    """`keeps` on every page of somebody who takes registers: the page's script keeps today's for when there is no signal."""
    try:
        person = current_user._get_current_object() if current_user else None  # noqa: SLF001
        return {"keeps": owner_of(person) if person is not None and person.is_authenticated else ""}
    except SQLAlchemyError:  # the page that says the database is away has to be drawn without it
        return {"keeps": ""}


def attended_count(introduction: Introduction) -> int:
    return queries.attended_count(introduction.id)


def draw_attendance(child: Child, person: Person) -> Markup | str:
    """One strip for each offering, the last twelve marks oldest first, and what partners noted last."""
    rows = queries.history_of_children([child.id])[child.id]
    if not can_see_helpers(person, child):
        rows = [row for row in rows if not tells_of_the_child(row.session.cohort.offering)]
    if not rows:
        return ""
    by_offering: dict[str, list[queries.Attended]] = {}
    for row in rows:
        by_offering.setdefault(row.session.cohort.offering.title, []).append(row)
    noted = [row for row in reversed(rows) if row.mark.note][:3]
    return Markup(render_template(  # noqa: S704  a fragment of our own templates
        "attendance/_panel.html", child=child, by_offering=by_offering, present=PRESENT, noted=noted, shown=SHOWN,
        may_open=can_list_registers(person),
    ))
