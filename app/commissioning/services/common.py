"""What every verb of a commission does: lock it, refuse what is stale, move it, write the trail beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import queries as trail
from app.audit import services as audit
from app.commissioning.models import COMMISSION_MOVES, Commission, CommissionState
from app.commissioning.services.locks import lock_for
from app.commissioning.words import ACTION_WORDS
from app.shared.db import db
from app.shared.errors import Invalid, Stale
from app.shared.view import ago, sentence_list


def take(
    commission_id: uuid.UUID, *, seen_version: int | None = None, funds: Iterable[uuid.UUID] = (), cohorts: Iterable[uuid.UUID] = ()
) -> Commission:
    """The commission with all that belongs to it locked and read fresh. Inside atomic() only.

    Raises NotFound, Stale when it moved since `seen_version` was on the screen.
    """
    commission = lock_for(commissions=[commission_id], funds=funds, cohorts=cohorts)[commission_id]
    require_unchanged(commission, seen_version)
    return commission


def require_unchanged(commission: Commission, seen_version: int | None) -> None:
    if seen_version is None or seen_version == commission.version:
        return
    newer = [e for e in trail.list_entries_for(commission) if int(e.details.get("version", 0)) > seen_version]
    told = [f"{e.actor_name}: {ACTION_WORDS.get(e.action, e.action).lower()} ({ago(e.at)})" for e in newer[-3:]]
    what = sentence_list(told, "then") if told else _("somebody changed it")
    raise Stale(_("This moved on while your page was open. %(what)s. Nothing was changed now: look again, then decide.", what=what))


def move(
    commission: Commission, to: CommissionState, *, actor: Person | None, done: str, reason: str = "", **details: Any
) -> None:
    """Move it to another state. Raises IllegalMove."""
    was = commission.state
    COMMISSION_MOVES.require(was, to)
    commission.state = to
    note(commission, actor=actor, done=done, moved=(was, to), reason=reason, **details)


def note(
    commission: Commission, *, actor: Person | None, done: str, moved: tuple[str, str] | None = None, reason: str = "",
    **details: Any,
) -> None:
    """One entry of the trail, with the version that it made. What changed nothing of the commission itself waits for the next flush,
    together with others of its kind."""
    if sa.inspect(commission).modified or commission in db.session.new:
        db.session.flush()
    audit.record(
        f"commissioning.commission.{done}", subject=commission, actor=actor, moved=moved, reason=reason,
        version=commission.version, **details,
    )


def words(typed: str, sentence: str, field: str) -> str:
    """What was typed, without blanks around it. Raises Invalid at the field when nothing is left."""
    tidy = typed.strip()
    if not tidy:
        raise Invalid(sentence, field=field)
    return tidy
