"""Photos of offerings and organisations: added with words for those who cannot see them, described anew, taken away."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes, pictures
from app.catalogue.models import Offering, Organisation, Photo
from app.catalogue.services import powers
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound

MOST = 6


def add_photo(*, content: bytes, alt: str, actor: Person, organisation_id: uuid.UUID | None = None, offering_id: uuid.UUID | None = None,
              is_waiting: bool = False) -> Photo:
    """Of an organisation or of an offering. The file is there before the row says so, and goes again if the row cannot be. `is_waiting`:
    it is not shown until the Zone manager has accepted it.

    Raises Invalid at `file` for what is no photo, at `alt` without words.
    """
    picture = pictures.read_picture(content)
    folder = current_app.config["SETTINGS"].data_dir
    with pictures.PHOTOS.kept(folder, picture.content, "jpg") as name, atomic():
        of: Organisation | Offering | None = (
            db.session.get(Organisation, organisation_id) if organisation_id else db.session.get(Offering, offering_id)
        )
        if of is None:
            raise NotFound
        powers.runs(actor, of)
        require_words(alt)
        own = Photo.organisation_id == organisation_id if organisation_id else Photo.offering_id == offering_id
        there = db.session.scalar(sa.select(sa.func.count()).select_from(Photo).where(own)) or 0
        if there >= MOST:
            raise Invalid(_("%(most)s photos are the most. Take one away first.", most=MOST), field="file")
        photo = Photo(
            organisation_id=organisation_id, offering_id=offering_id, name=name, alt=alt.strip(), width=picture.width,
            height=picture.height, position=there, added_by_id=actor.id, is_waiting=is_waiting,
        )
        db.session.add(photo)
        db.session.flush()
        audit.record("catalogue.photo.added", subject=of, actor=actor, photo=photo.id)
        return photo


def describe_photo(*, photo_id: uuid.UUID, alt: str, actor: Person) -> Photo:
    """Other words for those who cannot see it. Raises Invalid at `alt`."""
    with atomic():
        photo = _get(photo_id)
        powers.runs(actor, _of(photo))
        require_words(alt)
        changed = changes.apply(photo, {"alt": alt.strip()})
        if changed:
            audit.record("catalogue.photo.described", subject=_of(photo), actor=actor, photo=photo_id, fields=list(changed), changes=changed)
        return photo


def remove_photo(*, photo_id: uuid.UUID, actor: Person) -> None:
    """The picture itself goes, for good."""
    folder = current_app.config["SETTINGS"].data_dir
    with atomic():
        photo = _get(photo_id)
        powers.runs(actor, _of(photo))
        name = photo.name
        audit.record("catalogue.photo.removed", subject=_of(photo), actor=actor, photo=photo_id)
        db.session.delete(photo)
    pictures.PHOTOS.drop(folder, name)


def _get(photo_id: uuid.UUID) -> Photo:
    photo = db.session.get(Photo, photo_id)
    if photo is None:
        raise NotFound
    return photo


def _of(photo: Photo) -> Organisation | Offering:
    """Its history is that of what it shows."""
    if photo.organisation_id is not None:
        return db.session.get_one(Organisation, photo.organisation_id)
    return db.session.get_one(Offering, photo.offering_id)


def require_words(alt: str) -> None:
    if not alt.strip():
        raise Invalid(_("Say in a few words what the photo shows, for those who cannot see it."), field="alt")
