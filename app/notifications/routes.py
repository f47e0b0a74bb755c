"""Messages that nobody sends unless asked: an administrator sees them, why, and has one tried again."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policies import is_administrator
from app.notifications import queries, services
from app.notifications.models import OutboxState
from app.shared.web import act, allow, current_person

blueprint = Blueprint("notifications", __name__)
SHOWN = 200


@blueprint.get("/stuck-messages")
@allow(is_administrator)
def stuck() -> ResponseReturnValue:
    """Topics, tries and errors; what is in a message are ids, and they are nobody's business here."""
    found = queries.list_stuck_messages()
    return render_template(
        "notifications/stuck_list.html", found=found[:SHOWN], total=len(found), counts=queries.count_messages(), states=OutboxState
    )


@blueprint.post("/stuck-messages/<uuid:stuck_id>/again")
@allow(is_administrator)
def stuck_again(stuck_id: uuid.UUID) -> ResponseReturnValue:
    me = current_person()
    return act(lambda: services.requeue(message_id=stuck_id, actor=me), url_for("notifications.stuck"), done=_("Queued again: the worker takes it up within a second."))
