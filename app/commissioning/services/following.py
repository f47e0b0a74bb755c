"""What commissioning does when an introduction, a consent or a child's programme moves: in the same transaction, and calmly.

Each of these may be told of something it caused itself; then there is nothing live left, and nothing happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue.models import Cohort, Offering
from app.children.models import Child
from app.commissioning.models import EARNED, Account, Commission, Place, PlaceState, Waiting, WaitingState
from app.commissioning.queries.briefs import list_open_briefs_of
from app.commissioning.queries.commissions import find_live_commission, live_commission_ids
from app.commissioning.queries.money import commission_balances
from app.commissioning.services import briefs, delivery, endings, places, seats, waiting
from app.commissioning.services.locks import lock_for, place_ids_of_introductions
from app.introductions.models import Introduction
from app.introductions.queries import list_open_of_children
from app.shared.db import db
from app.shared.money import pounds

REASONS = {
    "child_no": "The child said no", "parent_no": "The parent or carer said no", "consent_withdrawn": "Consent was withdrawn",
    "moved": "The child moved", "safety": "For the child’s safety", "programme_end": "The child’s programme ended",
    "commission_ended": "The commission ended", "declined": "The partner declined", "lapsed": "The partner did not answer",
}


def lock_before(introduction_ids: Sequence[uuid.UUID]) -> None:
    """Cohort, fund, envelope and commission rows come before the introductions'."""
    seats_there = place_ids_of_introductions(introduction_ids)
    lock_for(
        commissions=live_commission_ids(introduction_ids=introduction_ids), introductions=introduction_ids,
        cohorts=[*seats_there.values(), *_cohorts_named(introduction_ids)], places=seats_there,
    )


def _cohorts_named(introduction_ids: Iterable[uuid.UUID]) -> Iterable[uuid.UUID]:
    statement = sa.select(Introduction.cohort_id).where(
        Introduction.id.in_(list(introduction_ids)), Introduction.cohort_id.is_not(None)
    )
    return [cohort_id for cohort_id in db.session.scalars(statement) if cohort_id is not None]


def on_agreed(introduction: Introduction, actor: Person, practitioner_id: uuid.UUID) -> None:
    """The partner's one answer: also about the place it sells, or (a local asset) the place it keeps free."""
    commission = find_live_commission(introduction.id)
    if commission is not None:
        delivery.agreed(commission, practitioner_id, actor)
    elif not introduction.offering.needs_money and introduction.cohort_id is not None:
        places.seat(
            cohort_id=introduction.cohort_id, child_id=introduction.child_id, introduction_id=introduction.id, actor=actor
        )


def on_ended(introduction: Introduction, actor: Person | None, reason: str) -> None:
    """Its commission ends with it, and a local asset's place is free."""
    why = REASONS.get(reason, reason.replace("_", " "))
    lock_before([introduction.id])
    for commission_id in live_commission_ids(introduction_ids=[introduction.id]):
        _stop(db.session.get_one(Commission, commission_id), why, actor)
    for place_id in place_ids_of_introductions([introduction.id]):
        place = db.session.get_one(Place, place_id)
        seats.move(place, PlaceState.ENDED if place.state is PlaceState.TAKEN else PlaceState.RELEASED, actor, why)


def _stop(commission: Commission, why: str, actor: Person | None) -> None:
    if commission.has_lapsed:
        endings.expire_locked(commission)
    else:
        endings.stop_locked(commission, why, actor, ends_introduction=False)


def on_consent_withdrawn(child: Child, organisation_id: uuid.UUID, actor: Person) -> None:
    """Whatever is still live for this child with that organisation, also where the introduction is long closed."""
    _end_all(child, actor, REASONS["consent_withdrawn"], organisation_id)


def lock_before_child_leaves(child: Child) -> None:
    """All that a child's leaving may end, in one order, before the child's own row: what was promised, places and turns, introductions."""
    open_ones = [found.id for found in list_open_of_children([child.id])]
    held = _places(child.id, None)
    cohorts = {turn.cohort_id for turn in _turns(child.id, None)} | {place.cohort_id for place in held} | set(_cohorts_named(open_ones))
    lock_for(commissions=live_commission_ids(child_id=child.id), cohorts=cohorts, introductions=open_ones, places={place.id for place in held})


def on_child_left(child: Child, actor: Person, has_moved: bool = False) -> None:
    for brief_id in list_open_briefs_of(child.id):
        briefs.close_brief(brief_id=brief_id, reason="It is not needed any more", actor=None)
    _end_all(child, actor, REASONS["moved" if has_moved else "programme_end"], None)


def _end_all(child: Child, actor: Person, why: str, organisation_id: uuid.UUID | None) -> None:
    turns = _turns(child.id, organisation_id)
    held = _places(child.id, organisation_id)
    locked = lock_for(
        commissions=live_commission_ids(child_id=child.id, organisation_id=organisation_id),
        cohorts={turn.cohort_id for turn in turns} | {place.cohort_id for place in held}, places={place.id for place in held},
    )
    for commission in locked.values():
        _stop(commission, why, actor)
    for turn in _turns(child.id, organisation_id):
        waiting.leave(turn, why, actor)
        seats.offer_free_places(turn.cohort)
    for place in _places(child.id, organisation_id):
        seats.move(place, PlaceState.ENDED if place.state is PlaceState.TAKEN else PlaceState.RELEASED, actor, why)


def _turns(child_id: uuid.UUID, organisation_id: uuid.UUID | None) -> Sequence[Waiting]:
    statement = sa.select(Waiting).join(Cohort, Cohort.id == Waiting.cohort_id).join(Offering, Offering.id == Cohort.offering_id).where(
        Waiting.child_id == child_id, Waiting.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    )
    if organisation_id is not None:
        statement = statement.where(Offering.organisation_id == organisation_id)
    return db.session.scalars(statement.order_by(Waiting.id)).unique().all()


def _places(child_id: uuid.UUID, organisation_id: uuid.UUID | None) -> Sequence[Place]:
    statement = sa.select(Place).join(Cohort, Cohort.id == Place.cohort_id).join(Offering, Offering.id == Cohort.offering_id).where(
        Place.child_id == child_id, Place.state.in_((PlaceState.HELD, PlaceState.FIRM, PlaceState.TAKEN))
    )
    if organisation_id is not None:
        statement = statement.where(Offering.organisation_id == organisation_id)
    return db.session.scalars(statement.order_by(Place.id)).unique().all()


# --- previews ------------------------------------------------------------------------------------


def what_ends(introduction: Introduction) -> list[str]:
    """What stops with an introduction, for the page before it is ended."""
    commission = find_live_commission(introduction.id)
    if commission is not None:
        return [sentence(commission)]
    if place_ids_of_introductions([introduction.id]):
        return [_("The place at %(offering)s is free for another child.", offering=introduction.offering.title)]
    return []


def what_consent_carries(child: Child, organisation_id: uuid.UUID) -> list[str]:
    return _sentences(live_commission_ids(child_id=child.id, organisation_id=organisation_id))


def what_leaving_ends(child: Child) -> list[str]:
    return _sentences(live_commission_ids(child_id=child.id))


def _sentences(commission_ids: Iterable[uuid.UUID]) -> list[str]:
    return [sentence(db.session.get_one(Commission, id_)) for id_ in sorted(commission_ids)]


def sentence(commission: Commission) -> str:
    """"The commission for First Beats ends, its place is free and £96 comes back. What was delivered is still paid.\""""
    now = commission_balances(commission.id).values()
    back = sum(accounts[Account.REQUESTED] + accounts[Account.COMMITTED] for accounts in now)
    used = sum(accounts[account] for accounts in now for account in EARNED)
    title = commission.offering.title
    ends = _("The commission for %(offering)s ends and its place is free.", offering=title)
    if back:
        ends = _("The commission for %(offering)s ends and its place is free, and %(back)s comes back.", offering=title, back=pounds(back))
    return f"{ends} {_('The %(used)s for what was delivered is still paid.', used=pounds(used))}" if used else ends
