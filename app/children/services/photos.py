"""The photo for the introduction card: kept with a parent's or carer's consent and the child's yes, gone when the last such consent is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.catalogue.pictures import read_picture
from app.children import queries
from app.children.models import Child, ChildPhoto, Consent
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid

FIELD = "photo"
"""What a consent calls it."""
SIDE = 480
"""As large as a card needs it."""


def keep_photo(*, child_id: uuid.UUID, content: bytes, is_childs_yes: bool, actor: Person) -> ChildPhoto:
    """In the place of the one before. Raises Invalid at `file` for what is no photo or where no consent covers one, at `is_childs_yes`
    without the child's yes."""
    small = read_picture(content, side=SIDE).content
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        if not is_covered(child.consents):
            raise Invalid(_("No parent or carer has agreed to a photo of %(child)s. Record a consent with the photo in it first.", child=child.called), field="file")
        if not is_childs_yes:
            raise Invalid(_("Only %(child)s can say yes to it. Show it to %(child)s first.", child=child.called), field="is_childs_yes")
        for earlier in db.session.scalars(sa.select(ChildPhoto).where(ChildPhoto.child_id == child_id)):
            db.session.delete(earlier)
        db.session.flush()
        photo = ChildPhoto(child_id=child_id, picture=small, kept_by_id=actor.id)
        db.session.add(photo)
        record("children.photo.kept", subject=child, actor=actor)
        return photo


def remove_photo(*, child_id: uuid.UUID, actor: Person) -> None:
    """For good. Twice is once."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.speaks_for(actor, child)
        _drop(child, actor)


def drop_uncovered(child: Child, actor: Person | None) -> None:
    """After a consent was taken back or replaced, inside that transaction."""
    if not is_covered(child.consents):
        _drop(child, actor)


def _drop(child: Child, actor: Person | None) -> None:
    there = db.session.scalars(sa.select(ChildPhoto).where(ChildPhoto.child_id == child.id)).one_or_none()
    if there is not None:
        db.session.delete(there)
        record("children.photo.removed", subject=child, actor=actor)


def is_covered(consents: Iterable[Consent]) -> bool:
    """Somebody may see it, today or from a day on: a consent that waits until two carers agree keeps it, one that ended does not."""
    return any(one.withdrawn_at is None and one.ends_on >= clock.today() and FIELD in one.fields for one in consents)


def find_photo(child_id: uuid.UUID) -> bytes | None:
    return db.session.scalar(sa.select(ChildPhoto.picture).where(ChildPhoto.child_id == child_id))


def has_photo(child_id: uuid.UUID) -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(ChildPhoto.child_id == child_id))))


def sweep() -> None:
    """Consents run out without anybody doing anything: what they covered goes with them."""
    kept = sa.select(ChildPhoto.child_id)
    covered = {
        consent.child_id for consent in db.session.scalars(sa.select(Consent).where(Consent.child_id.in_(kept))).unique() if is_covered([consent])
    }
    over = [child_id for child_id in db.session.scalars(kept.order_by(ChildPhoto.child_id)) if child_id not in covered]
    db.session.rollback()
    for child_id in over:
        with atomic():
            drop_uncovered(queries.get_child_by_id(child_id), None)
