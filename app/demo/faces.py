"""A picture for two introduction cards: what two children drew of themselves. No photograph of anybody, from nowhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from app.children.queries import find_consent
from app.children.services.consents import give_consent
from app.children.services.photos import FIELD, keep_photo
from app.children.sharing import shared_view
from app.demo import drawing
from app.demo.childhoods import Life
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db

_S = IntroductionState
CARDS = 2


def put_faces_on_cards(lives: Sequence[Life], now: datetime) -> None:
    """For children with a page they said yes to and a partner to meet, the first Link Worker's first; their carer agrees to the picture."""
    with clock.freeze(now):
        for number, (life, introduction) in enumerate(_to_meet(lives)):
            consent = find_consent(life.child.id, introduction.organisation_id, clock.today())
            assert consent is not None
            give_consent(
                child_id=life.child.id, carer_id=life.carer.id, organisation_id=introduction.organisation_id, fields=[*consent.fields, FIELD],
                given_on=clock.today(), ends_on=consent.ends_on, actor=life.worker,
            )
            keep_photo(child_id=life.child.id, content=drawing.draw_face(number), is_childs_yes=True, actor=life.worker)


def _to_meet(lives: Sequence[Life]) -> Iterator[tuple[Life, Introduction]]:
    own = {life.child.id: life for life in lives}
    statement = sa.select(Introduction).where(
        Introduction.zone_id == lives[0].child.zone_id, Introduction.state.in_((_S.ARRANGED, _S.MET)), Introduction.meeting_at.is_not(None)
    )
    first, done = lives[0].worker, set[uuid.UUID]()
    found = db.session.scalars(statement.order_by(Introduction.created_at, Introduction.id)).unique().all()
    for introduction in sorted((one for one in found if one.child_id in own), key=lambda one: own[one.child_id].worker != first):
        if len(done) == CARDS:
            return
        life = own[introduction.child_id]
        shared = shared_view(life.child, introduction.organisation_id, clock.today())
        if shared is not None and shared.is_approved_by_child and life.child.id not in done:
            done.add(life.child.id)
            yield life, introduction
