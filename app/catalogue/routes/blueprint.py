"""The one blueprint of the room."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.accounts import sessions
from app.catalogue.models import Organisation, PartnerState

blueprint = Blueprint("catalogue", __name__)
JOINING = (PartnerState.INVITED, PartnerState.APPLYING)


def is_joining(organisation: Organisation) -> bool:
    """This person answers for it, and it has not been sent for review."""
    return organisation.state in JOINING and organisation.id in sessions.current_person().organisation_ids()


def home_of(organisation: Organisation, anchor: str | None = None) -> str:
    """Where one goes on after a change: who is joining, to what is still to do; everybody else to the organisation's page."""
    if is_joining(organisation):
        return url_for("catalogue.join", organisation_id=organisation.id)
    return url_for("catalogue.organisation", organisation_id=organisation.id, _anchor=anchor)
