"""Sites, contacts and photos within a person's sight; where a postcode is, and how closely that is known."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.catalogue import policies
from app.catalogue.models import Contact, Offering, Organisation, Photo, PlaceFoundBy, Postcode, Site
from app.catalogue.queries.offerings import offerings_visible_to
from app.catalogue.queries.organisations import organisations_visible_to
from app.catalogue.whereabouts import Spot
from app.shared import clock
from app.shared.db import db
from app.shared.errors import NotFound


def get_site(site_id: uuid.UUID, person: Person) -> Site:
    """A site of an organisation within the person's sight. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Site).join(Site.organisation).where(Site.id == site_id, organisations_visible_to(person)).options(joinedload(Site.organisation))
    )
    if found is None:
        raise NotFound
    return found


def list_sites(organisation_id: uuid.UUID, *, also_closed: bool = False) -> Sequence[Site]:
    """By name; those that are closed are left out."""
    statement = sa.select(Site).where(Site.organisation_id == organisation_id)
    if not also_closed:
        statement = statement.where(sa.or_(Site.closed_on.is_(None), Site.closed_on > clock.today()))
    return db.session.scalars(statement.order_by(Site.name, Site.id)).all()


def get_contact(contact_id: uuid.UUID, person: Person) -> Contact:
    """A contact at an organisation within the person's sight. Raises NotFound."""
    found = db.session.scalar(
        sa.select(Contact).join(Contact.organisation).where(Contact.id == contact_id, organisations_visible_to(person))
        .options(joinedload(Contact.organisation))
    )
    if found is None:
        raise NotFound
    return found


def list_contacts(organisation_id: uuid.UUID) -> Sequence[Contact]:
    """By name."""
    return db.session.scalars(sa.select(Contact).where(Contact.organisation_id == organisation_id).order_by(Contact.name, Contact.id)).all()


def get_photo(photo_id: uuid.UUID, person: Person) -> Photo:
    """A photo of an offering or an organisation within the person's sight. Raises NotFound."""
    offerings = sa.select(Offering.id).where(offerings_visible_to(person))
    organisations = sa.select(Organisation.id).where(organisations_visible_to(person))
    found = db.session.scalar(
        sa.select(Photo).where(Photo.id == photo_id, sa.or_(Photo.offering_id.in_(offerings), Photo.organisation_id.in_(organisations)))
    )
    if found is None or (found.is_waiting and not _runs(person, shown_by(found))):
        raise NotFound
    return found


def shown_by(photo: Photo) -> Offering | Organisation:
    """What it is a picture of."""
    if photo.offering_id is not None:
        return db.session.get_one(Offering, photo.offering_id)
    return db.session.get_one(Organisation, photo.organisation_id)


def _runs(person: Person, of: Offering | Organisation) -> bool:
    return policies.can_edit_offering(person, of) if isinstance(of, Offering) else policies.can_edit_organisation(person, of)


def list_photos(
    *, organisation_id: uuid.UUID | None = None, offering_id: uuid.UUID | None = None, also_waiting: bool = False
) -> Sequence[Photo]:
    """Of the one or the other, in their order; `also_waiting`: those that are not shown yet too."""
    of = Photo.organisation_id == organisation_id if organisation_id else Photo.offering_id == offering_id
    if not also_waiting:
        of = of & ~Photo.is_waiting
    return db.session.scalars(sa.select(Photo).where(of).order_by(Photo.position, Photo.created_at, Photo.id)).all()


def find_spot(postcode: str) -> Spot | None:
    """Where a postcode is and how closely that is known: itself, else its sector, else its outcode. None when the table knows none."""
    tidy = " ".join(postcode.upper().split())
    if not tidy:
        return None
    outward, _, inward = tidy.partition(" ")
    wanted = {outward: PlaceFoundBy.OUTCODE}
    if inward:
        wanted = {tidy: PlaceFoundBy.POSTCODE, f"{outward} {inward[:1]}": PlaceFoundBy.SECTOR, **wanted}
    rows = db.session.execute(sa.select(Postcode.code, Postcode.latitude, Postcode.longitude).where(Postcode.code.in_(list(wanted)))).all()
    known = {code: (latitude, longitude) for code, latitude, longitude in rows}
    return next((Spot(*known[code], found_by) for code, found_by in wanted.items() if code in known), None)
