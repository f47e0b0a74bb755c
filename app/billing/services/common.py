"""What every verb of a statement does: lock it, refuse what is stale, move it, write the trail, give people their tasks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.billing.models import STATEMENT_MOVES, Statement, StatementState
from app.billing.words import STATE_WORDS
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared.db import lock_row
from app.shared.errors import Stale

_S = StatementState
TASKS = {
    _S.ACCRUING: ("statement_to_agree", "Agree your statement", "Agree it, or query a line", "receipt-text"),
    _S.QUERIED: ("statement_queried", "A partner queries a line", "Answer it", "message-circle"),
    _S.SUBMITTED: ("statement_to_verify", "Verify a statement", "Verify it", "clipboard-check"),
    _S.VERIFIED: ("statement_to_approve", "Approve a statement to be paid", "Look at it", "wallet"),
    _S.FAILED: ("statement_held_up", "A payment did not go through", "See why", "triangle-alert"),
}
"""Who is asked next when a statement comes into a state: kind, title, action, icon."""


def take(statement_id: uuid.UUID, *, seen_version: int | None = None) -> Statement:
    """Locked and read fresh. Raises NotFound, Stale when it moved since the page was drawn."""
    statement = lock_row(Statement, statement_id)
    if seen_version is not None and seen_version != statement.version:
        raise Stale(_("Somebody was quicker: this statement is “%(state)s” now. Nothing was changed; look again.", state=STATE_WORDS[statement.state].lower()))
    return statement


def move(statement: Statement, to: StatementState, *, actor: Person | None, done: str, reason: str = "", **details: Any) -> None:
    """The one way a statement's state changes. Raises IllegalMove."""
    was = statement.state
    STATEMENT_MOVES.require(was, to)
    statement.state = to
    audit.record(f"billing.statement.{done}", subject=statement, actor=actor, moved=(was, to), reason=reason, **details)
    tell(statement)


def note(statement: Statement, *, actor: Person | None, done: str, **details: Any) -> None:
    audit.record(f"billing.statement.{done}", subject=statement, actor=actor, **details)


def tell(statement: Statement) -> None:
    """Take the last step's task off everybody's list, and put the next one on the lists of those who may do it."""
    kinds = {kind for kind, *_ in TASKS.values()}
    wanted = TASKS.get(statement.state)
    notifications.close_tasks(kind=kinds - {wanted[0]} if wanted else kinds, subject=statement, why=STATE_WORDS[statement.state])
    if wanted is None:
        return
    kind, title, action, icon = wanted
    for person in _who(statement):
        notifications.open_task(
            person_id=person.id, zone_id=statement.zone_id, kind=kind, subject=statement, title=f"{title}: {statement.called}",
            text=f"{statement.organisation.name}, up to {statement.through_on:%-d %B %Y}", action=action, icon=icon,
            url=f"/statements/{statement.id}", urgency=Urgency.WEEK,
        )


def _who(statement: Statement) -> Iterable[Person]:
    if statement.state is _S.ACCRUING:
        return people_with(Role.PARTNER_ADMIN, statement.zone_id, organisation_id=statement.organisation_id)
    if statement.state is _S.VERIFIED:
        return [
            person for person in people_with(Role.BUDGET_HOLDER, statement.zone_id)
            if person.id != statement.verified_by_id and any(
                g.role is Role.BUDGET_HOLDER and g.zone_id == statement.zone_id and g.school_id is None and g.fund_id is None
                for g in person.live_grants
            )
        ]
    managers = people_with(Role.ZONE_MANAGER, statement.zone_id)
    return [*managers, *_link_workers_of_all(statement)] if statement.state is _S.SUBMITTED else managers


def _link_workers_of_all(statement: Statement) -> list[Person]:
    """Those who work with every child on it: they may verify it as well."""
    everybodys = set.intersection(*(line.child.link_worker_ids for line in statement.lines)) if statement.lines else set()
    return [person for person in people_with(Role.LINK_WORKER, statement.zone_id) if person.id in everybodys]
