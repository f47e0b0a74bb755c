"""E-mails about sessions. They name the session, never a child."""

from __future__ import annotations

import uuid
from typing import Any

from app.accounts.models import Person
from app.catalogue.models import Session
from app.notifications.emails import Letter
from app.shared.db import db
from app.shared.view import clock_time, long_day


def session_changed(payload: dict[str, Any]) -> Letter | None:
    """A session was cancelled, or is at another time now."""
    session, person = db.session.get(Session, uuid.UUID(payload["session"])), db.session.get(Person, uuid.UUID(payload["person"]))
    if session is None or person is None or not person.is_active:
        return None
    title = session.cohort.offering.title
    return Letter(person.name, person.email, f"{payload['what']}: {title}", "session_changed", {
        "what": payload["what"], "offering": title, "day": long_day(session.held_on), "why": session.cancel_reason,
        "hours": f"{clock_time(session.starts_at)} to {clock_time(session.ends_at)}", "path": f"/sessions/{session.id}/register",
    })
