"""What was shown of late: so that small and new partners get a turn where the scores say little. No popularity is in the score."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.children.models import Child
from app.matching.models import MatchShown
from app.shared import clock
from app.shared.db import atomic, db, in_parts

DAYS = 30


def shown_lately(zone_id: uuid.UUID, providers: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """To how many children something of each provider was shown in the last thirty days; those never shown are left out."""
    connection = db.session.connection()  # plain columns: the session's own way costs as much as the question
    asked: dict[str, object] = {"zone": zone_id, "since": clock.today() - timedelta(days=DAYS)}
    shown: dict[uuid.UUID, int] = {}
    for some in in_parts(sorted(providers), _MANY):
        few = len(some) <= _FEW
        values = {f"id{at}": some[min(at, len(some) - 1)] for at in range(_FEW if few else _MANY)}
        shown.update((provider, int(count)) for provider, count in connection.execute(_SHOWN_FEW if few else _SHOWN_MANY, asked | values))
    return shown


_FEW, _MANY = 30, 200


def _shown(many: int) -> sa.Select[uuid.UUID, int]:
    """A statement that is always the same costs half of one that is made for so many values."""
    providers = [sa.bindparam(f"id{at}", type_=sa.Uuid()) for at in range(many)]
    return sa.select(MatchShown.organisation_id, sa.func.count(sa.distinct(MatchShown.child_id))).where(
        MatchShown.zone_id == sa.bindparam("zone", type_=sa.Uuid()), MatchShown.organisation_id.in_(providers),
        MatchShown.shown_on > sa.bindparam("since", type_=sa.Date()),
    ).group_by(MatchShown.organisation_id)


_SHOWN_FEW, _SHOWN_MANY = _shown(_FEW), _shown(_MANY)


def note_shown(child: Child, shown: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Notes the offerings (each with its organisation) that stand on the child's page; once a day is enough."""
    today = clock.today()
    child_id, zone_id = child.id, child.zone_id
    ids = [offering_id for offering_id, _ in shown]
    known = set(db.session.scalars(sa.select(MatchShown.offering_id).where(
        MatchShown.child_id == child_id, MatchShown.offering_id.in_(ids), MatchShown.shown_on == today)))
    new = [(offering_id, provider) for offering_id, provider in shown if offering_id not in known]
    if not new:
        return
    with atomic():
        db.session.execute(sa.delete(MatchShown).where(
            MatchShown.child_id == child_id, MatchShown.offering_id.in_([offering_id for offering_id, _ in new])))
        db.session.execute(sa.insert(MatchShown), [
            {"child_id": child_id, "offering_id": offering_id, "zone_id": zone_id, "organisation_id": provider, "shown_on": today}
            for offering_id, provider in new
        ])


def forget() -> int:
    """The clock: what is older than thirty days plays no part any more and goes. How many rows went."""
    old = MatchShown.shown_on <= clock.today() - timedelta(days=DAYS)
    if db.session.scalar(sa.select(sa.func.count()).select_from(MatchShown).where(old)) == 0:
        return 0
    with atomic():
        result = db.session.execute(sa.delete(MatchShown).where(old))
        return int(getattr(result, "rowcount", 0))
