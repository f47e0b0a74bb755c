"""What a phone needs to take registers where there is no signal. See docs/registers.md.

The page and the worker hold nothing of anybody; today's registers come as data, which the phone keeps encrypted.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from app.attendance import phones, policies, queries, services
from app.attendance.forms import read_sent
from app.attendance.routes.blueprint import blueprint
from app.audit import services as audit
from app.catalogue.models import Session
from app.shared.errors import DomainError, NotFound
from app.shared.web import allow, current_person, public


@blueprint.get("/sw.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker; it has to come from the root to reach every page."""
    assets = current_app.extensions["kith_assets"]
    name = assets.read().get("worker.js")
    if name is None:
        raise NotFound
    response = current_app.response_class((assets.folder / name).read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/registers/offline")
@public
def offline() -> ResponseReturnValue:
    """What is shown without a signal. It names nobody: the phone fills it from what it keeps."""
    return render_template("attendance/register_offline.html")


@blueprint.get("/registers/today.json")
@allow(policies.can_keep_registers)
def today() -> ResponseReturnValue:
    """Today's registers of the person's own organisations, with as little as taking them needs."""
    person = current_person()
    kept = phones.today_for(person)
    children = [uuid.UUID(child["id"]) for one in kept["sessions"] for child in one["children"]]
    answer: dict[str, Any] = {**kept, "csrf": generate_csrf()}
    audit.note_sights(person=person, child_ids=children, what="register on a phone")
    return answer


@blueprint.post("/sessions/<uuid:session_id>/register/send")
@allow(policies.can_take_register, session=queries.get_session)
def register_send(session: Session) -> ResponseReturnValue:
    """Marks that were tapped without a signal: what became of each. A refusal of all of them is one sentence."""
    person, session_id = current_person(), session.id
    marks, keys = read_sent(request.form)
    try:
        sent = services.send_register(
            session_id=session_id, marks=marks, keys=keys, tapped_at=_tapped_at(request.form.get("tapped_at", "")), actor=person
        )
    except DomainError as refusal:
        return {"refused": refusal.sentence}, refusal.status
    return {"children": {
        str(child_id): {
            "outcome": outcome, "revision": sent.revisions.get(child_id, 0), "why": sent.why_not.get(child_id, "")
        } for child_id, outcome in sent.outcomes.items()
    }}


def _tapped_at(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
