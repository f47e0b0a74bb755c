"""Sites and contacts that imported rows bring along. Known ones are used as they are, new ones made; only an imported place moves again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.models import Contact, Delivery, Offering, Organisation, PlaceFoundBy, Site
from app.catalogue.services.imported import ImportedOffering
from app.catalogue.services.known import name_key
from app.catalogue.services.sites import SiteFacts, place_at
from app.shared.db import db, in_parts

AT_A_PLACE = (Delivery.VENUE, Delivery.SCHOOL)
_WHERE = ("town", "postcode", "latitude", "longitude", "place_found_by")


class Surroundings:
    """What stands around the offerings of a batch: by organisation and name. `new` is to be written, `moved` has been."""

    def __init__(self, zone_id: uuid.UUID, rows: Sequence[ImportedOffering], *, dry_run: bool) -> None:
        self.dry_run = dry_run
        here = Organisation.zone_id == zone_id
        sites: Iterable[Site] = (
            db.session.scalars(sa.select(Site).join(Organisation).where(here)) if any(row.site for row in rows) else ()
        )
        contacts: Iterable[Any] = (
            db.session.execute(sa.select(Contact.organisation_id, Contact.name).join(Organisation).where(here))
            if any(row.contact for row in rows) else ()
        )
        self.sites = {(site.organisation_id, name_key(site.name)): site for site in sites}
        self.contacts = {(organisation_id, name_key(name)) for organisation_id, name in contacts}
        self.new: list[Site | Contact] = []
        self.moved: list[tuple[Site, dict[str, list[Any]]]] = []

    def at_site(self, row: ImportedOffering, organisation_id: uuid.UUID, *, moves: bool) -> dict[str, Any]:
        """The columns of an offering that meets there. Nothing where the row names no site, or it is not a place one goes to.

        `moves`: it met there already, by this source's word; so where that is, the source may say anew, unless a person has set the pin.
        """
        if row.site is None or row.facts.delivery not in AT_A_PLACE:
            return {}
        key = (organisation_id, name_key(row.site.name))
        site = self.sites.get(key)
        if site is None:
            site = self.sites[key] = Site(id=uuid.uuid4(), organisation_id=organisation_id, **asdict(row.site))
            self.new.append(site)
        elif moves and site.place_found_by is not PlaceFoundBy.PIN and not self.dry_run:
            self._move(site, row.site)
        return {"site_id": site.id, **place_at(site)}

    def _move(self, site: Site, facts: SiteFacts) -> None:
        edits = changes.apply(site, {name: getattr(facts, name) for name in _WHERE})
        if edits:
            self.moved.append((site, edits))
            for offering in db.session.scalars(sa.select(Offering).where(Offering.site_id == site.id)).unique():
                changes.apply(offering, place_at(site))

    def ask_for(self, row: ImportedOffering, organisation: Organisation) -> None:
        """Somebody to ask besides the organisation's first contact, once by name."""
        if row.contact is None or name_key(row.contact.name) == name_key(organisation.contact_name):
            return
        key = (organisation.id, name_key(row.contact.name))
        if key not in self.contacts:
            self.contacts.add(key)
            self.new.append(Contact(id=uuid.uuid4(), organisation_id=organisation.id, **asdict(row.contact)))

    def write_sites(self) -> None:
        self._write([one for one in self.new if isinstance(one, Site)])

    def write_contacts(self) -> None:
        self._write([one for one in self.new if isinstance(one, Contact)])

    def _write(self, rows: Sequence[Site | Contact]) -> None:
        for part in in_parts(rows):
            db.session.add_all(part)
            db.session.flush()

    def tell(self, source: str, zone_id: uuid.UUID, actor: Person | None) -> None:
        """Into the trail of the organisations."""
        for one in self.new:
            if isinstance(one, Site):
                audit.record("catalogue.site.added", subject=one, actor=actor, zone_id=zone_id, name=one.name, source=source)
            else:
                organisation = db.session.get_one(Organisation, one.organisation_id)
                audit.record("catalogue.contact.added", subject=organisation, actor=actor, contact=one.id, name=one.name, source=source)
        for site, edits in self.moved:
            audit.record(
                "catalogue.site.edited", subject=site, actor=actor, zone_id=zone_id, fields=list(edits), changes=edits, source=source
            )
