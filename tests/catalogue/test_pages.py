"""Who reaches the pages, and who does not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.accounts.models import Role
from app.catalogue.models import (
    Cohort,
    Offering,
    OfferingState,
    Session,
)
from app.shared.db import db
from tests import factories
from tests.catalogue.place import Place
from tests.support.people import sign_in


def test_pages_of_another_zone_are_not_found(place: Place) -> None:
    cohort = db.session.scalars(sa.select(Cohort)).one()
    session = db.session.scalars(sa.select(Session)).first()
    somebody = factories.make_practitioner(place.organisation)
    assert session is not None
    for path in (
        f"/offerings/{place.offering.id}", f"/organisations/{place.organisation.id}", f"/cohorts/{cohort.id}",
        f"/offerings/{place.offering.id}/edit", f"/organisations/{place.organisation.id}/edit", f"/cohorts/{cohort.id}/edit",
        f"/sessions/{session.id}/cancel", f"/practitioners/{somebody.id}/edit", f"/organisations/{place.organisation.id}/documents/new",
        f"/organisations/{place.organisation.id}/move/left", f"/find?zone={place.zone.slug}",
    ):
        assert place.status(path, place.stranger) == 404, path
    for person in (place.link_worker, place.manager, place.partner):
        assert place.status(f"/offerings/{factories.some_id()}", person) == 404


@pytest.mark.parametrize(("path", "allowed"), [
    ("/offerings/{o}", "lw zm pa"), ("/organisations/{g}", "lw zm pa"), ("/organisations", "lw zm pa"), ("/find", "lw zm pa"),
    ("/offerings/{o}/edit", "zm pa"), ("/offerings/{o}/tariffs/new", "zm pa"), ("/offerings/{o}/cohorts/new", "zm pa"),
    ("/organisations/{g}/edit", "zm pa"), ("/organisations/{g}/move/suspended", "zm"), ("/organisations/{g}/documents/new", "zm pa"),
    ("/organisations/{g}/documents/waive", ""), ("/organisations/{g}/practitioners/new", "zm pa"), ("/organisations/{g}/offerings/new", "zm pa"),
    ("/organisations/new", "zm"),
])
def test_within_sight_but_without_the_power_is_forbidden(place: Place, path: str, allowed: str) -> None:
    url = path.format(o=place.offering.id, g=place.organisation.id)
    for key, person in (("lw", place.link_worker), ("zm", place.manager), ("pa", place.partner)):
        assert place.status(url, person) == (200 if key in allowed.split() else 403), (url, key)


def test_a_partner_cannot_touch_another_partners_things(place: Place) -> None:
    other = factories.make_person(Role.PARTNER_ADMIN, place.zone, organisation=factories.make_organisation(place.zone))
    for path in (f"/offerings/{place.offering.id}/edit", f"/organisations/{place.organisation.id}/edit"):
        assert place.status(path, other) == 403
    sign_in(place.client, other)
    assert place.client.post(f"/offerings/{place.offering.id}/pause").status_code == 403
    assert db.session.get_one(Offering, place.offering.id).state is OfferingState.LIVE


def test_drafts_are_not_found_by_link_workers(place: Place) -> None:
    draft = factories.make_offering(place.organisation, state=OfferingState.DRAFT)
    assert place.status(f"/offerings/{draft.id}", place.link_worker) == 404
    assert place.status(f"/offerings/{draft.id}", place.partner) == 200
