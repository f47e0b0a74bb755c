"""E-mails about sessions. They name the session, never a child."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.catalogue.models import Session
from app.notifications.emails import Letter
from app.shared.db import db
from app.shared.view import clock_time, long_day

WHAT = {"Cancelled": _l("Cancelled"), "Moved": _l("Moved")}


def session_changed(payload: dict[str, Any]) -> Letter | None:
    """A session was cancelled, or is at another time now."""
    session, person = db.session.get(Session, uuid.UUID(payload["session"])), db.session.get(Person, uuid.UUID(payload["person"]))
    if session is None or person is None or not person.is_active:
        return None
    title = session.cohort.offering.title
    what = WHAT[payload["what"]]
    return Letter(person.name, person.email, _("%(what)s: %(offering)s", what=what, offering=title), "session_changed", {
        "what": what, "offering": title, "day": long_day(session.held_on), "why": session.cancel_reason,
        "hours": _("%(starts)s to %(ends)s", starts=clock_time(session.starts_at), ends=clock_time(session.ends_at)), "path": f"/sessions/{session.id}/register",
    })
