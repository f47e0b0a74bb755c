"""The words for states and for what happened, as people read them: pages, the trail and the diagrams share them."""

from __future__ import annotations

from app.commissioning.models import CommissionState, WaitingState

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
    "resplit": "Asked for from other funds", "commit": "Promised to a partner", "release": "Came back", "accrual": "Session held",
    "undo": "Session corrected", "setup": "Setting up", "notice": "Notice", "recommit": "Promised again",
}
