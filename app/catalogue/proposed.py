"""Which changes a partner only proposes, and what a proposal says as a before and an after. Pure but for reading the row it is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.catalogue import history
from app.catalogue.models import Offering, OfferingState, Organisation, PartnerState, Proposal, ProposalKind

SEEN_OF_OFFERING = (
    "title", "kind", "description", "interests", "needs", "age_min", "age_max", "year_min", "year_max", "eligibility", "is_private",
    "gender", "must_parent_stay", "sibling_min_age", "cost_pence",
)
"""What a child and a family read about an offering: who it is for, what happens there, what it costs them. When, where, access and
languages are for whoever runs it to keep right, at once."""
SEEN_OF_ORGANISATION = ("name", "kind", "about")
NOT_SHOWN_YET = (PartnerState.INVITED, PartnerState.APPLYING, PartnerState.IN_REVIEW)


@dataclass(frozen=True)
class Line:
    """One field. `now` is what it says today where that is not what it said when the change was proposed, else ""."""

    field: str
    before: str
    after: str
    now: str = ""


def is_shown(subject: Offering | Organisation) -> bool:
    """Has anybody but its own people and the Zone manager seen it? What nobody has seen is written freely."""
    if isinstance(subject, Offering):
        return subject.state is not OfferingState.DRAFT
    return subject.state not in NOT_SHOWN_YET


def lines(proposal: Proposal, now: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[Line]:
    """Field by field, in words; what Kith works out by itself is left out."""
    found = []
    for name, after in proposal.after.items():
        if name in history.HIDDEN:
            continue
        before, today = proposal.before.get(name), now.get(name)
        moved = proposal.is_waiting and today != before
        found.append(Line(
            history.FIELDS.get(name, name), _say(name, before, names), _say(name, after, names), _say(name, today, names) if moved else "",
        ))
    return found


def summary(proposal: Proposal) -> str:
    """What it is about, for a list: the fields by their words."""
    if proposal.kind is ProposalKind.PHOTO:
        return _("A new photo")
    if proposal.kind is ProposalKind.PUBLISH:
        return _("To be shown for the first time")
    if proposal.kind is ProposalKind.PRICE and "price_pence" in proposal.after:
        return _("A new price, %(price)s", price=_say("price_pence", proposal.after["price_pence"], None))
    fields = [str(history.FIELDS.get(name, name)) for name in proposal.after if name not in history.HIDDEN]
    said = ", ".join(fields[:4]) + (_(" and more") if len(fields) > 4 else "")
    return _("Other terms: %(terms)s", terms=said.lower()) if proposal.kind is ProposalKind.PRICE else said


def digest(now: Mapping[str, Any]) -> str:
    """A short mark of what stands today, so that an answer given to another page is noticed."""
    return hashlib.sha256(json.dumps(now, sort_keys=True).encode()).hexdigest()[:16]


def _say(name: str, value: Any, names: Mapping[str, str] | None) -> str:
    return history.say(name, value, names or {})
