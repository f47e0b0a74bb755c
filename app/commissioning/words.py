"""The words for states and for what happened, as people read them: pages, the trail and the diagrams share them."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.catalogue.models import Tariff
from app.commissioning.models import Commission, CommissionState, Variation, WaitingState
from app.shared.money import pounds
from app.shared.view import sentence_list

STATE_WORDS: dict[CommissionState, str] = {
    CommissionState.DRAFT: _l("Draft"),
    CommissionState.REQUESTED: _l("Waiting for a decision"),
    CommissionState.RETURNED: _l("A question to answer"),
    CommissionState.REJECTED: _l("Declined"),
    CommissionState.EXPIRED: _l("Expired"),
    CommissionState.APPROVED: _l("Approved"),
    CommissionState.CANCELLED: _l("Cancelled"),
    CommissionState.CONFIRMED: _l("Place confirmed"),
    CommissionState.IN_DELIVERY: _l("Going"),
    CommissionState.SUSPENDED: _l("Paused"),
    CommissionState.DELIVERED: _l("Delivered"),
    CommissionState.ENDED_EARLY: _l("Ended early"),
    CommissionState.CLOSED: _l("Closed"),
}
STATE_TONES: dict[CommissionState, str] = {
    CommissionState.DRAFT: "none", CommissionState.REQUESTED: "gently", CommissionState.RETURNED: "gently",
    CommissionState.REJECTED: "stop", CommissionState.EXPIRED: "stop", CommissionState.APPROVED: "info",
    CommissionState.CANCELLED: "none", CommissionState.CONFIRMED: "go", CommissionState.IN_DELIVERY: "go",
    CommissionState.SUSPENDED: "gently", CommissionState.DELIVERED: "done", CommissionState.ENDED_EARLY: "none",
    CommissionState.CLOSED: "done",
}
WAITING_WORDS: dict[WaitingState, str] = {
    WaitingState.WAITING: _l("On the waiting list"), WaitingState.OFFERED: _l("Offered a place"), WaitingState.PLACED: _l("Got a place"),
    WaitingState.LEFT: _l("Left the list"),
}
ACTION_WORDS: dict[str, str] = {
    "commissioning.commission.requested": _l("Place and money asked for"),
    "commissioning.commission.returned": _l("Sent back with a question"),
    "commissioning.commission.answered": _l("Question answered"),
    "commissioning.commission.supported": _l("Approved by one, waiting for another"),
    "commissioning.commission.overridden": _l("Said why a funder may give more than the ceiling"),
    "commissioning.commission.approved": _l("Approved"),
    "commissioning.commission.rejected": _l("Declined"),
    "commissioning.commission.expired": _l("Expired: the hold ran out"),
    "commissioning.commission.agreed": _l("The partner said yes"),
    "commissioning.commission.confirmed": _l("Place confirmed"),
    "commissioning.commission.started": _l("First session held"),
    "commissioning.commission.accrued": _l("A session was owed for"),
    "commissioning.commission.suspended": _l("Paused"),
    "commissioning.commission.resumed": _l("Going again"),
    "commissioning.commission.completed": _l("Delivered in full"),
    "commissioning.commission.cancelled": _l("Cancelled"),
    "commissioning.commission.ended_early": _l("Ended early"),
    "commissioning.commission.noted": _l("Closing note written"),
    "commissioning.commission.closed": _l("Closed"),
    "commissioning.commission.changed": _l("Request changed"),
    "commissioning.commission.taken_back": _l("Took the decision back"),
    "commissioning.commission.split_changed": _l("Changed which funds pay"),
    "commissioning.commission.payers_changed": _l("Other funds asked, since one stopped"),
    "commissioning.commission.asked_again": _l("Asked for again, since a fund stopped"),
    "commissioning.commission.payer_gone": _l("A fund stopped paying"),
    "commissioning.change.requested": _l("A change asked for"),
    "commissioning.change.approved": _l("Changed"),
    "commissioning.change.supported": _l("A change: approved by one, waiting for another"),
    "commissioning.change.rejected": _l("A change declined"),
    "commissioning.change.withdrawn": _l("A change not asked for any more"),
    "commissioning.authority.given": _l("Asked somebody to stand in"),
    "commissioning.authority.ended": _l("Nobody stands in any more"),
    "commissioning.fund.returned": _l("Money sent back to the funder"), "commissioning.fund.return_undone": _l("Money did not go back to the funder"),
    "commissioning.brief.published": _l("Brief sent to partners"),
    "commissioning.brief.awarded": _l("An offer was chosen"),
    "commissioning.brief.closed": _l("Brief closed"),
    "commissioning.offer.made": _l("Offer made"),
    "commissioning.offer.withdrawn": _l("Offer taken back"),
    "commissioning.offer.talked_over": _l("The family’s view of an offer"),
    "commissioning.offer.awarded": _l("Offer chosen"),
    "commissioning.offer.declined": _l("Offer not chosen"),
    "commissioning.place.held": _l("Place kept"),
    "commissioning.place.firmed": _l("Place promised"),
    "commissioning.place.taken": _l("Place taken"),
    "commissioning.place.released": _l("Place given back"),
    "commissioning.place.ended": _l("Place free again"),
    "commissioning.turn.joined": _l("Joined the waiting list"),
    "commissioning.turn.offered": _l("Offered a place from the waiting list"),
    "commissioning.turn.placed": _l("Took the offered place"),
    "commissioning.turn.waiting": _l("Did not answer in time: back to the end of the line"),
    "commissioning.turn.left": _l("Left the waiting list"),
    "commissioning.cohort.resized": _l("Number of places changed"),
    "commissioning.fund.opened": _l("Fund opened"),
    "commissioning.fund.pledged": _l("Money promised"),
    "commissioning.fund.received": _l("Money received"),
    "commissioning.fund.closed": _l("Fund closed"),
    "commissioning.envelope.changed": _l("Envelope changed"),
    "commissioning.scheme.changed": _l("Approval steps changed"),
    "commissioning.interest.declared": _l("Interest declared"),
    "commissioning.interest.ended": _l("Interest no longer stands"),
}
"""Every audit action of this room, by its exact key."""
JOURNAL_WORDS: dict[str, str] = {
    "pledge": _l("Promised by the funder"), "receipt": _l("Received"), "reserve": _l("Asked for"), "unreserve": _l("No longer asked for"),
    "resplit": _l("Asked for from other funds"), "uncommit": _l("Approval taken back"), "vary": _l("Changed"), "return": _l("Sent back to the funder"), "return_undone": _l("Did not go back to the funder"), "commit": _l("Promised to a partner"), "release": _l("Came back"), "accrual": _l("Session held"),
    "undo": _l("Session corrected"), "setup": _l("Setting up"), "notice": _l("Notice"), "recommit": _l("Promised again"), "stop": _l("Came back: the fund stopped"),
    "payment_sent": _l("On its way to the partner"), "payment_refused": _l("Payment did not happen"), "payment_made": _l("Paid to the partner"),
    "payment_returned": _l("Payment came back"), "payment_taken_back": _l("Taken back from the partner"),
}


def at_price(sessions: int, price_pence: int, is_per_place: bool, kept_sessions: int = 0) -> str:
    """"10 sessions at £20"; "10 sessions for £180 in all"; after a change of price "10 sessions, 6 of them at £25"."""
    price = pounds(price_pence)
    if is_per_place:
        return ngettext("%(num)s session for %(price)s in all", "%(num)s sessions for %(price)s in all", sessions, price=price)
    if kept_sessions:
        fresh = sessions - kept_sessions
        return ngettext("%(num)s session, %(fresh)s of them at %(price)s", "%(num)s sessions, %(fresh)s of them at %(price)s", sessions, fresh=fresh, price=price)
    return ngettext("%(num)s session at %(price)s", "%(num)s sessions at %(price)s", sessions, price=price)


def bought(commission: Commission) -> str:
    """What was bought, in one line; setting up apart."""
    return at_price(commission.sessions, commission.price_pence, commission.is_per_place, commission.kept_sessions)


def price_now(tariff: Tariff) -> str:
    """"£25 for each session still to come", "£180 for the place in all"."""
    price = pounds(tariff.price_pence)
    return _("%(price)s for the place in all.", price=price) if tariff.is_per_place else _("%(price)s for each session still to come.", price=price)


def what_changes(variation: Variation) -> str:
    """"10 to 12 sessions", "£20 to £25 for each session", "to Thursdays": what a change would change, in one line."""
    parts = []
    if variation.sessions != variation.was_sessions:
        parts.append(ngettext("%(was)s to %(num)s session", "%(was)s to %(num)s sessions", variation.sessions, was=variation.was_sessions))
    if variation.tariff is not None and variation.was_tariff is not None:
        was, now = pounds(variation.was_tariff.price_pence), pounds(variation.tariff.price_pence)
        parts.append(
            _("%(was)s to %(now)s for the place", was=was, now=now) if variation.tariff.is_per_place
            else _("%(was)s to %(now)s for each session to come", was=was, now=now)
        )
    if variation.cohort is not None:
        parts.append(_("to %(group)s", group=variation.cohort.name or _("another group")))
    return sentence_list(parts) or ngettext(
        "%(num)s session as before, paid by somebody else", "%(num)s sessions as before, paid by somebody else", variation.sessions,
    )
