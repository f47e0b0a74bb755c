"""The words for states and for what happened, as people read them: pages, the trail and the diagrams share them."""

from __future__ import annotations

from app.catalogue.models import Tariff
from app.commissioning.models import Commission, CommissionState, Variation, WaitingState
from app.shared.money import pounds
from app.shared.view import plural, sentence_list

STATE_WORDS: dict[CommissionState, str] = {
    CommissionState.DRAFT: "Draft",
    CommissionState.REQUESTED: "Waiting for a decision",
    CommissionState.RETURNED: "A question to answer",
    CommissionState.REJECTED: "Declined",
    CommissionState.EXPIRED: "Expired",
    CommissionState.APPROVED: "Approved",
    CommissionState.CANCELLED: "Cancelled",
    CommissionState.CONFIRMED: "Place confirmed",
    CommissionState.IN_DELIVERY: "Going",
    CommissionState.SUSPENDED: "Paused",
    CommissionState.DELIVERED: "Delivered",
    CommissionState.ENDED_EARLY: "Ended early",
    CommissionState.CLOSED: "Closed",
}
STATE_TONES: dict[CommissionState, str] = {
    CommissionState.DRAFT: "none", CommissionState.REQUESTED: "gently", CommissionState.RETURNED: "gently",
    CommissionState.REJECTED: "stop", CommissionState.EXPIRED: "stop", CommissionState.APPROVED: "info",
    CommissionState.CANCELLED: "none", CommissionState.CONFIRMED: "go", CommissionState.IN_DELIVERY: "go",
    CommissionState.SUSPENDED: "gently", CommissionState.DELIVERED: "done", CommissionState.ENDED_EARLY: "none",
    CommissionState.CLOSED: "done",
}
WAITING_WORDS: dict[WaitingState, str] = {
    WaitingState.WAITING: "On the waiting list", WaitingState.OFFERED: "Offered a place", WaitingState.PLACED: "Got a place",
    WaitingState.LEFT: "Left the list",
}
ACTION_WORDS: dict[str, str] = {
    "commissioning.commission.requested": "Place and money asked for",
    "commissioning.commission.returned": "Sent back with a question",
    "commissioning.commission.answered": "Question answered",
    "commissioning.commission.supported": "Approved by one, waiting for another",
    "commissioning.commission.overridden": "Said why a funder may give more than the ceiling",
    "commissioning.commission.approved": "Approved",
    "commissioning.commission.rejected": "Declined",
    "commissioning.commission.expired": "Expired: the hold ran out",
    "commissioning.commission.agreed": "The partner said yes",
    "commissioning.commission.confirmed": "Place confirmed",
    "commissioning.commission.started": "First session held",
    "commissioning.commission.accrued": "A session was owed for",
    "commissioning.commission.suspended": "Paused",
    "commissioning.commission.resumed": "Going again",
    "commissioning.commission.completed": "Delivered in full",
    "commissioning.commission.cancelled": "Cancelled",
    "commissioning.commission.ended_early": "Ended early",
    "commissioning.commission.noted": "Closing note written",
    "commissioning.commission.closed": "Closed",
    "commissioning.commission.changed": "Request changed",
    "commissioning.commission.taken_back": "Took the decision back",
    "commissioning.commission.split_changed": "Changed which funds pay",
    "commissioning.commission.payers_changed": "Other funds asked, since one stopped",
    "commissioning.commission.asked_again": "Asked for again, since a fund stopped",
    "commissioning.commission.payer_gone": "A fund stopped paying",
    "commissioning.change.requested": "A change asked for",
    "commissioning.change.approved": "Changed",
    "commissioning.change.supported": "A change: approved by one, waiting for another",
    "commissioning.change.rejected": "A change declined",
    "commissioning.change.withdrawn": "A change not asked for any more",
    "commissioning.authority.given": "Asked somebody to stand in",
    "commissioning.authority.ended": "Nobody stands in any more",
    "commissioning.fund.returned": "Money sent back to the funder", "commissioning.fund.return_undone": "Money did not go back to the funder",
    "commissioning.brief.published": "Brief sent to partners",
    "commissioning.brief.awarded": "An offer was chosen",
    "commissioning.brief.closed": "Brief closed",
    "commissioning.offer.made": "Offer made",
    "commissioning.offer.withdrawn": "Offer taken back",
    "commissioning.offer.talked_over": "The family’s view of an offer",
    "commissioning.offer.awarded": "Offer chosen",
    "commissioning.offer.declined": "Offer not chosen",
    "commissioning.place.held": "Place kept",
    "commissioning.place.firmed": "Place promised",
    "commissioning.place.taken": "Place taken",
    "commissioning.place.released": "Place given back",
    "commissioning.place.ended": "Place free again",
    "commissioning.turn.joined": "Joined the waiting list",
    "commissioning.turn.offered": "Offered a place from the waiting list",
    "commissioning.turn.placed": "Took the offered place",
    "commissioning.turn.waiting": "Did not answer in time: back to the end of the line",
    "commissioning.turn.left": "Left the waiting list",
    "commissioning.cohort.resized": "Number of places changed",
    "commissioning.fund.opened": "Fund opened",
    "commissioning.fund.pledged": "Money promised",
    "commissioning.fund.received": "Money received",
    "commissioning.fund.closed": "Fund closed",
    "commissioning.envelope.changed": "Envelope changed",
    "commissioning.scheme.changed": "Approval steps changed",
    "commissioning.interest.declared": "Interest declared",
    "commissioning.interest.ended": "Interest no longer stands",
}
"""Every audit action of this room, by its exact key."""
JOURNAL_WORDS: dict[str, str] = {
    "pledge": "Promised by the funder", "receipt": "Received", "reserve": "Asked for", "unreserve": "No longer asked for",
    "resplit": "Asked for from other funds", "uncommit": "Approval taken back", "vary": "Changed", "return": "Sent back to the funder", "return_undone": "Did not go back to the funder", "commit": "Promised to a partner", "release": "Came back", "accrual": "Session held",
    "undo": "Session corrected", "setup": "Setting up", "notice": "Notice", "recommit": "Promised again", "stop": "Came back: the fund stopped",
    "payment_sent": "On its way to the partner", "payment_refused": "Payment did not happen", "payment_made": "Paid to the partner",
    "payment_returned": "Payment came back", "payment_taken_back": "Taken back from the partner",
}


def at_price(sessions: int, price_pence: int, is_per_place: bool, kept_sessions: int = 0) -> str:
    """"10 sessions at £20"; "10 sessions for £180 in all"; after a change of price "10 sessions, 6 of them at £25"."""
    what = plural(sessions, "session")
    if is_per_place:
        return f"{what} for {pounds(price_pence)} in all"
    return f"{what}, {sessions - kept_sessions} of them at {pounds(price_pence)}" if kept_sessions else f"{what} at {pounds(price_pence)}"


def bought(commission: Commission) -> str:
    """What was bought, in one line; setting up apart."""
    return at_price(commission.sessions, commission.price_pence, commission.is_per_place, commission.kept_sessions)


def price_now(tariff: Tariff) -> str:
    """"£25 for each session still to come", "£180 for the place in all"."""
    return f"{pounds(tariff.price_pence)} {'for the place in all' if tariff.is_per_place else 'for each session still to come'}."


def what_changes(variation: Variation) -> str:
    """"10 to 12 sessions", "£20 to £25 for each session", "to Thursdays": what a change would change, in one line."""
    parts = []
    if variation.sessions != variation.was_sessions:
        parts.append(f"{variation.was_sessions} to {plural(variation.sessions, 'session')}")
    if variation.tariff is not None and variation.was_tariff is not None:
        parts.append(
            f"{pounds(variation.was_tariff.price_pence)} to {pounds(variation.tariff.price_pence)} "
            f"for {'the place' if variation.tariff.is_per_place else 'each session to come'}"
        )
    if variation.cohort is not None:
        parts.append(f"to {variation.cohort.name or 'another group'}")
    return sentence_list(parts) or f"{plural(variation.sessions, 'session')} as before, paid by somebody else"
