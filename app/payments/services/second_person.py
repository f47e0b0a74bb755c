"""What one person asks for and a budget holder agrees to: who is asked."""

from __future__ import annotations

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.payments import policies
from app.payments.models import Refund, TakeBack


def ask_for_a_yes(asked: TakeBack | Refund, *, kind: str, title: str, text: str, url: str) -> None:
    """A task for today, for every budget holder of the Zone who may agree to it."""
    for person in people_with(Role.BUDGET_HOLDER, asked.zone_id):
        if not policies.why_not_approve_back(person, asked):
            notifications.open_task(
                person_id=person.id, zone_id=asked.zone_id, kind=kind, subject=asked, title=title, text=text, action="Look at it",
                icon="undo-2", url=url, urgency=Urgency.TODAY,
            )
