"""Two brothers, or two friends, go together: asked and answered at once, both or neither. After that each goes his own way."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.introductions import hooks, policies, queries
from app.introductions.models import Introduction, IntroductionState
from app.introductions.services.common import (
    note,
    permit,
    require_may_move,
    take,
    tell_link_workers,
)
from app.introductions.standing import BEFORE_ASKED
from app.notifications.models import Urgency
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import Invalid, NotFound


def go_together(*, introduction_id: uuid.UUID, with_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Introduction:
    """Both to the same offering, both before it is asked, both children in the actor's hands. Raises Invalid, NotFound, Forbidden."""
    with atomic():
        if with_id == introduction_id or not queries.is_visible(with_id, actor):
            raise NotFound
        lock_rows(Introduction, {introduction_id, with_id})
        introduction, other = take(introduction_id, seen_version=seen_version), take(with_id)
        for one in (introduction, other):
            permit(policies.can_listen(actor, one), one)
            if one.state not in BEFORE_ASKED:
                raise Invalid(_("%(child)s was asked for already, so it is too late to go together.", child=one.child.called), field="with_id")
        if other.offering_id != introduction.offering_id or other.child_id == introduction.child_id:
            raise Invalid(_("They go together to one and the same thing."), field="with_id")
        introduction.party_id = other.party_id = other.party_id or introduction.party_id or uuid.uuid4()
        for one in (introduction, other):
            note(one, actor=actor, done="joined_together")
        return introduction


def go_apart(*, introduction_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Introduction:
    """This one goes alone; those who were with it stay together. Being alone already changes nothing."""
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        permit(policies.can_listen(actor, introduction), introduction)
        if introduction.party_id is not None:
            introduction.party_id = None
            note(introduction, actor=actor, done="parted")
        return introduction


def take_party(
    introduction_id: uuid.UUID, *, to: IntroductionState, among: Collection[IntroductionState], seen_version: int | None = None,
    tells_above: bool = False,
) -> list[Introduction]:
    """`take` for an introduction and those that go with it and stand in one of the states `among`; the first is the one asked for.

    Who goes along is read again under the lock.
    """
    ids = [introduction_id, *_companion_ids(introduction_id)]
    if tells_above:
        hooks.lock_before(ids)
    rows = {row.id: row for row in lock_rows(Introduction, ids)}
    first = rows.pop(introduction_id)
    require_may_move(first, to=to, seen_version=seen_version)
    return [first, *(row for row in rows.values() if row.party_id == first.party_id and row.state in among)]


def _companion_ids(introduction_id: uuid.UUID) -> list[uuid.UUID]:
    mine = sa.select(Introduction.party_id).where(Introduction.id == introduction_id, Introduction.party_id.is_not(None)).scalar_subquery()
    return list(db.session.scalars(
        sa.select(Introduction.id).where(Introduction.party_id == mine, Introduction.id != introduction_id).order_by(Introduction.id)
    ))


def tell_companions(introduction: Introduction) -> None:
    """It ended: does the other still want to go, alone?"""
    if introduction.party_id is None:
        return
    for other in db.session.scalars(sa.select(Introduction).where(Introduction.id.in_(_companion_ids(introduction.id)))).unique():
        if other.is_open:
            tell_link_workers(
                other, "introduction_alone", "Still, and alone?", f"{other.offering.title}: the child who was to go along does not",
                action="Ask", icon="message-circle", urgency=Urgency.TODAY,
            )
