"""A gap in the demo's catalogue: one open brief with two offers, so that a newcomer sees how partners answer."""

from __future__ import annotations

import uuid
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.catalogue.models import Organisation, PartnerState, Practitioner
from app.children.models import Child, ChildState
from app.commissioning.services import briefs
from app.shared import clock
from app.shared.db import atomic, db

OFFERS = (
    (3_400, 0, "15:45", "16:30", "One drum each, a short game first, and we stop when the child has had enough."),
    (4_200, 2_500, "16:00", "17:00", "We come to the child, bring everything, and end with something to show at home."),
)


def write_briefs(zone_id: uuid.UUID) -> None:
    """Six days ago by the Link Worker of the first child that has one; answered by the first two partners that can."""
    child = next((c for c in _children(zone_id) if c.live_needs and c.link_worker_ids), None)
    if child is None:
        return
    worker = next(p for p in people_with(Role.LINK_WORKER, zone_id) if p.id in child.link_worker_ids)
    with clock.freeze(clock.now() - timedelta(days=6)), atomic():
        brief = briefs.publish_brief(child=child, invited=[], actor=worker, facts=briefs.BriefFacts(
            title="Drumming, one to one", text="Somebody patient who teaches drums to one child at a time, loud to begin with and calm at the end.",
            days="Tuesday or Thursday after school", area=child.region, need_code=child.live_needs[0].code, sessions=8, budget_pence=32_000,
            offers_until=clock.today() + timedelta(days=20), goal="To play a whole song.", why="Groups were too much so far; drumming is what is asked for.",
            free_alternatives="The library’s music hour is a group of twenty.",
        ))
    with clock.freeze(clock.now() - timedelta(days=3)), atomic():
        for (organisation_id, practitioner_id), (price, setup, starts, ends, words) in zip(_partners(zone_id), OFFERS, strict=False):
            [who, *_] = people_with(Role.PARTNER_ADMIN, zone_id, organisation_id=organisation_id)
            briefs.make_offer(brief_id=brief.id, organisation_id=organisation_id, actor=who, facts=briefs.OfferFacts(
                practitioner_id, price, setup, 8, clock.today() + timedelta(days=14), starts, ends, words,
            ))


def _children(zone_id: uuid.UUID) -> list[Child]:
    statement = sa.select(Child).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE)
    return list(db.session.scalars(statement.order_by(Child.reference).limit(5)).unique())


def _partners(zone_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Live organisations with somebody to answer and somebody to send."""
    statement = (
        sa.select(Organisation.id, Practitioner.id)
        .join(Practitioner, Practitioner.organisation_id == Organisation.id)
        .where(Organisation.zone_id == zone_id, Organisation.state == PartnerState.LIVE)
        .order_by(Organisation.name, Practitioner.name, Practitioner.id)
    )
    found: dict[uuid.UUID, uuid.UUID] = {}
    for organisation_id, practitioner_id in db.session.execute(statement):
        if organisation_id not in found and people_with(Role.PARTNER_ADMIN, zone_id, organisation_id=organisation_id):
            found[organisation_id] = practitioner_id
        if len(found) == len(OFFERS):
            break
    return list(found.items())
