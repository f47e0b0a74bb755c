"""What a partner's phone keeps for a day without a signal: who they are to the phone, and today's registers with little else."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import current_app

from app.accounts.models import Person
from app.attendance import hooks, queries
from app.attendance.models import Mark
from app.attendance.policies import can_keep_registers
from app.catalogue.models import SessionState
from app.shared import clock
from app.shared.view import initials


def owner_of(person: Person) -> str:
    """A name for the person that says nothing outside this Kith: a phone tells by it whose marks it keeps. "" for who keeps none."""
    if not can_keep_registers(person):
        return ""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, b"register-phone:" + person.id.bytes, hashlib.sha256).hexdigest()[:24]


def today_for(person: Person) -> dict[str, Any]:
    """Sessions of today that this person's organisations run: when, where, what each child is called, what is marked. Nothing of what
    helps a child or must be known goes along: that is read before, with a signal."""
    today, runs = clock.today(), person.organisation_ids()
    sessions = [
        line.session for line in queries.list_sessions(person, today, today)
        if line.session.cohort.offering.organisation_id in runs and line.session.state is not SessionState.CANCELLED
    ]
    coming, marks = queries.who_comes(sessions, person), queries.current_marks([session.id for session in sessions])
    billed = hooks.billed([session.id for session in sessions])
    return {
        "owner": owner_of(person), "day": today.isoformat(),
        "sessions": [{
            "id": str(session.id), "title": session.cohort.offering.title, "starts": session.starts_at.isoformat(),
            "ends": session.ends_at.isoformat(), "where": session.cohort.venue,
            "children": [_child(comer, marks.get((session.id, comer.child_id)), is_locked=(session.id, comer.child_id) in billed)
                         for comer in coming.get(session.id, [])],
        } for session in sessions],
    }


def _child(comer: queries.Comer, mark: Mark | None, *, is_locked: bool) -> dict[str, Any]:
    return {
        "id": str(comer.child_id), "name": comer.name, "initials": initials(comer.name), "first": comer.is_first,
        "mark": mark.kind.value if mark else "", "late": bool(mark and mark.is_told_late), "note": mark.note if mark else "",
        "seen": mark.revision if mark else 0, "locked": is_locked or bool(mark and mark.is_corrected),
    }
