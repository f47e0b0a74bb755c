"""Sites: where an organisation meets children. Offerings that meet at one say where it is; a change of it changes them."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import changes
from app.catalogue.models import (
    Cohort,
    CohortState,
    Offering,
    OfferingState,
    Organisation,
    PlaceFoundBy,
    Site,
)
from app.catalogue.services import powers
from app.catalogue.whereabouts import is_about
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid, NotFound
from app.shared.view import sentence_list


@dataclass(frozen=True)
class SiteFacts:
    """What may be written about a site; names and units as in the model."""

    name: str
    address: str = ""
    town: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    place_found_by: PlaceFoundBy | None = None
    how_to_get_there: str = ""
    is_step_free: bool = False
    accessibility: list[str] = field(default_factory=list)
    access_note: str = ""


class SiteInUse(DomainError):
    """Something still meets there."""

    code = "site_in_use"


def add_site(*, organisation_id: uuid.UUID, facts: SiteFacts, actor: Person | None) -> Site:
    """Raises Invalid at `name` when the organisation has a site of that name."""
    with atomic():
        organisation = db.session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound
        powers.runs(actor, organisation)
        _require_sense(facts)
        _require_name(organisation_id, facts.name)
        site = Site(organisation_id=organisation_id, **asdict(facts))
        db.session.add(site)
        audit.record("catalogue.site.added", subject=site, actor=actor, zone_id=organisation.zone_id, name=facts.name)
        return site


def edit_site(*, site_id: uuid.UUID, facts: SiteFacts, actor: Person) -> Site:
    """Offerings that meet there say the new place. Raises Invalid at `name`."""
    with atomic():
        site = get(site_id)
        powers.runs(actor, site.organisation)
        _require_sense(facts)
        _require_name(site.organisation_id, facts.name, but=site_id)
        changed = changes.apply(site, asdict(facts))
        if changed:
            audit.record(
                "catalogue.site.edited", subject=site, actor=actor, zone_id=site.organisation.zone_id, fields=list(changed), changes=changed
            )
            for offering in db.session.scalars(sa.select(Offering).where(Offering.site_id == site_id)):
                changes.apply(offering, place_at(site))
        return site


def close_site(*, site_id: uuid.UUID, actor: Person) -> Site:
    """Nobody meets there any more; what was stays to be read. Raises SiteInUse while something live or open still does."""
    with atomic():
        site = get(site_id)
        powers.runs(actor, site.organisation)
        offerings = db.session.scalar(sa.select(sa.func.count()).select_from(Offering).where(
            Offering.site_id == site_id, Offering.state != OfferingState.CLOSED
        )) or 0
        cohorts = db.session.scalar(sa.select(sa.func.count()).select_from(Cohort).where(
            Cohort.site_id == site_id, Cohort.state == CohortState.OPEN, sa.or_(Cohort.ends_on.is_(None), Cohort.ends_on >= clock.today())
        )) or 0
        if offerings or cohorts:
            said = (
                ngettext("%(number)s offering", "%(number)s offerings", offerings, number=f"{offerings:,}") if offerings else "",
                ngettext("%(number)s group", "%(number)s groups", cohorts, number=f"{cohorts:,}") if cohorts else "",
            )
            raise SiteInUse(ngettext(
                "%(they)s still meets at %(site)s. Choose another place for them first.",
                "%(they)s still meet at %(site)s. Choose another place for them first.", offerings + cohorts,
                they=sentence_list([part for part in said if part]), site=site.name,
            ))
        if site.closed_on is None:
            site.closed_on = clock.today()
            audit.record("catalogue.site.closed", subject=site, actor=actor, zone_id=site.organisation.zone_id)
        return site


def reopen_site(*, site_id: uuid.UUID, actor: Person) -> Site:
    """It is used again."""
    with atomic():
        site = get(site_id)
        powers.runs(actor, site.organisation)
        if site.closed_on is not None:
            site.closed_on = None
            audit.record("catalogue.site.reopened", subject=site, actor=actor, zone_id=site.organisation.zone_id)
        return site


def place_at(site: Site) -> dict[str, Any]:
    """The columns of an offering that repeat its site's, so that search and matching read one table."""
    return {
        "town": site.town, "postcode": site.postcode, "postcode_area": site.postcode.partition(" ")[0], "latitude": site.latitude,
        "longitude": site.longitude, "place_found_by": site.place_found_by,
        "is_place_approximate": site.place_found_by is PlaceFoundBy.POSTCODE or is_about(site.place_found_by, is_approximate=False),
    }


def require_own_site(organisation_id: uuid.UUID, site_id: uuid.UUID | None) -> Site | None:
    """Raises Invalid at `site_id` for a site of somebody else."""
    if site_id is None:
        return None
    site = db.session.get(Site, site_id)
    if site is None or site.organisation_id != organisation_id:
        raise Invalid(_("Choose one of this organisation’s places."), field="site_id")
    return site


def get(site_id: uuid.UUID) -> Site:
    site = db.session.get(Site, site_id)
    if site is None:
        raise NotFound
    return site


def _require_sense(facts: SiteFacts) -> None:
    if not facts.name.strip():
        raise Invalid(_("Give the place a name, like Main hall or Acton Library."), field="name")
    if (facts.latitude is None) != (facts.longitude is None):
        raise Invalid(_("Give both latitude and longitude, or neither."), field="latitude")


def _require_name(organisation_id: uuid.UUID, name: str, but: uuid.UUID | None = None) -> None:
    statement = sa.select(Site.id).where(Site.organisation_id == organisation_id, sa.func.lower(Site.name) == name.lower())
    if but is not None:
        statement = statement.where(Site.id != but)
    if db.session.scalar(statement) is not None:
        raise Invalid(_("There is already a place called %(name)s at this organisation.", name=name), code="name_taken", field="name")
