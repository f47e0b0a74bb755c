"""A child's week."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.attendance import queries
from app.attendance.models import MARK_WORDS
from app.attendance.policies import can_list_registers
from app.attendance.routes.blueprint import blueprint
from app.audit import services as audit
from app.children.models import Child
from app.children.policies import can_see_child, can_see_helpers
from app.children.queries import get_child
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>/week")
@allow(can_see_child, child=get_child)
def week(child: Child) -> ResponseReturnValue:
    """Where the child goes on which day, what clashes, and what falls outside the school's terms."""
    person, first = current_person(), _monday(request.args.get("from", ""))
    found = queries.week_of(child, first, in_full=can_see_helpers(person, child))
    page = render_template(
        "attendance/week_show.html", child=child, week=found, first=first, before=first - timedelta(days=7), after=first + timedelta(days=7),
        words=MARK_WORDS, may_open=can_list_registers(person),
    )
    audit.note_sight(person=person, child_id=child.id, what="week")
    return page


def _monday(text: str) -> date:
    """The Monday of that day's week; of today's where it is no day, or one further off than two years."""
    today = clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    if abs((day - today).days) > 730:
        day = today
    return day - timedelta(days=day.weekday())
