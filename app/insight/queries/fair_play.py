"""How an organisation and the charity keep their word to each other: answers, sessions, attendance, payment, and whether children go on.

An organisation is compared with the others of its Zone only where there are enough: at least FEWEST_OTHERS of them with at least
FEWEST_EVENTS events each, so that nobody can be told from the middle.
"""

from __future__ import annotations

import statistics
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.attendance.models import ABSENT, PRESENT, Mark
from app.attendance.queries import is_newest
from app.billing.models import Statement
from app.catalogue.models import CancelledBy, Cohort, Offering, Organisation, Session, SessionState
from app.introductions.models import EndReason, Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db

WINDOW = timedelta(days=365)
FEWEST_EVENTS = 5
FEWEST_OTHERS = 5


@dataclass(frozen=True)
class Figure:
    """One number about one organisation. `value` None: too few events yet; `middle`: that of the Zone's organisations."""

    value: float | None
    events: int
    middle: float | None = None


@dataclass(frozen=True)
class FairPlay:
    """Of the last twelve months. Days are calendar days, shares percent."""

    answer_days: Figure
    answered_in_time: Figure
    cancelled: Figure
    attended: Figure
    wants_to_go_on: Figure
    paid_days: Figure
    settled: int
    praised: tuple[str, ...]
    """What is well above the middle, in words."""


def fair_play(organisation: Organisation) -> FairPlay:
    since = clock.now() - WINDOW
    parts = {
        "answer_days": _answer_days(organisation.zone_id, since), "answered_in_time": _in_time(organisation.zone_id, since),
        "cancelled": _cancelled(organisation.zone_id, since), "attended": _attended(organisation.zone_id, since),
        "wants_to_go_on": _wants(organisation.zone_id, since), "paid_days": _paid_days(organisation.zone_id, since),
    }
    figures = {name: _figure(found, organisation.id) for name, found in parts.items()}
    settled = db.session.scalar(
        sa.select(sa.func.count()).select_from(Introduction)
        .where(Introduction.organisation_id == organisation.id, Introduction.settled_on >= since.date())
    )
    return FairPlay(**figures, settled=settled or 0, praised=_praise(figures))


Found = Mapping[uuid.UUID, tuple[float, int]]
"""By organisation: the figure, and of how many events."""


def _figure(found: Found, own_id: uuid.UUID) -> Figure:
    value, events = found.get(own_id, (0.0, 0))
    enough = [one for id_, (one, count) in found.items() if count >= FEWEST_EVENTS and id_ != own_id]
    middle = statistics.median(enough) if len(enough) >= FEWEST_OTHERS else None
    return Figure(value if events >= FEWEST_EVENTS else None, events, middle)


def _praise(figures: Mapping[str, Figure]) -> tuple[str, ...]:
    said = []
    for name, words, is_more_better in (
        ("answer_days", _("You answer faster than most."), False), ("cancelled", _("You call off less than most."), False),
        ("attended", _("Children come to you more reliably than to most."), True), ("wants_to_go_on", _("More children than elsewhere want to go on."), True),
    ):
        figure = figures[name]
        if figure.value is not None and figure.middle is not None and (figure.value > figure.middle) is is_more_better and figure.value != figure.middle:
            said.append(words)
    return tuple(said)


def _rows(statement: sa.Select[uuid.UUID, float, int]) -> Found:
    return {id_: (float(value or 0), int(count)) for id_, value, count in db.session.execute(statement)}


def _days_between(first: sa.SQLColumnExpression[Any], last: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[Any]:
    if db.engine.dialect.name == "sqlite":
        return sa.func.julianday(last) - sa.func.julianday(first)
    return sa.cast(sa.func.extract("epoch", last - first), sa.Float) / 86_400.0


def _answered(zone_id: uuid.UUID, since: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Introduction.zone_id == zone_id, Introduction.asked_at >= since, Introduction.answered_at.is_not(None))


def _answer_days(zone_id: uuid.UUID, since: datetime) -> Found:
    days = sa.func.avg(_days_between(Introduction.asked_at, Introduction.answered_at))
    return _rows(sa.select(Introduction.organisation_id, days, sa.func.count()).where(_answered(zone_id, since)).group_by(Introduction.organisation_id))


def _in_time(zone_id: uuid.UUID, since: datetime) -> Found:
    """Of what was asked: answered at all, and not lapsed."""
    over = sa.or_(Introduction.answered_at.is_not(None), Introduction.state == IntroductionState.LAPSED)
    share = 100.0 * sa.func.avg(sa.case((Introduction.answered_at.is_not(None), 1.0), else_=0.0))
    return _rows(
        sa.select(Introduction.organisation_id, share, sa.func.count())
        .where(Introduction.zone_id == zone_id, Introduction.asked_at >= since, over).group_by(Introduction.organisation_id)
    )


def _cancelled(zone_id: uuid.UUID, since: datetime) -> Found:
    """Of the sessions that were to be: called off by the organisation itself."""
    by_them = sa.case((Session.cancelled_by == CancelledBy.PARTNER, 1.0), else_=0.0)
    return _rows(
        sa.select(Offering.organisation_id, 100.0 * sa.func.avg(by_them), sa.func.count())
        .select_from(Session).join(Cohort, Cohort.id == Session.cohort_id).join(Offering, Offering.id == Cohort.offering_id)
        .where(Offering.zone_id == zone_id, Session.starts_at.between(since, clock.now()),
               Session.state.in_((SessionState.HELD, SessionState.CLOSED, SessionState.CANCELLED)))
        .group_by(Offering.organisation_id)
    )


def _attended(zone_id: uuid.UUID, since: datetime) -> Found:
    came = sa.case((Mark.kind.in_(PRESENT), 1.0), else_=0.0)
    return _rows(
        sa.select(Offering.organisation_id, 100.0 * sa.func.avg(came), sa.func.count())
        .select_from(Mark).join(Session, Session.id == Mark.session_id).join(Cohort, Cohort.id == Session.cohort_id)
        .join(Offering, Offering.id == Cohort.offering_id)
        .where(Offering.zone_id == zone_id, Session.starts_at >= since, Mark.kind.in_(PRESENT | ABSENT), is_newest)
        .group_by(Offering.organisation_id)
    )


def _wants(zone_id: uuid.UUID, since: datetime) -> Found:
    """The children's own word, after they had been: settled because they want to go on, or over because they said no."""
    over = sa.or_(Introduction.settled_on.is_not(None), Introduction.end_reason == EndReason.CHILD_NO)
    yes = sa.case((Introduction.settled_on.is_not(None), 1.0), else_=0.0)
    return _rows(
        sa.select(Introduction.organisation_id, 100.0 * sa.func.avg(yes), sa.func.count())
        .where(Introduction.zone_id == zone_id, Introduction.joined_on >= since.date(), over).group_by(Introduction.organisation_id)
    )


def _paid_days(zone_id: uuid.UUID, since: datetime) -> Found:
    """The charity's side: from the day the partner agreed a statement to the day it was paid."""
    days = sa.func.avg(_days_between(Statement.agreed_at, Statement.paid_at))
    return _rows(
        sa.select(Statement.organisation_id, days, sa.func.count())
        .where(Statement.zone_id == zone_id, Statement.paid_at >= since, Statement.agreed_at.is_not(None)).group_by(Statement.organisation_id)
    )
