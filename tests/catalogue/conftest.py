"""A stocked Zone with a school and its Link Worker; a module whose rule is about others makes its own."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Person, Role, School, Zone
from tests import factories
from tests.catalogue.place import Place
from tests.catalogue.shelf import stock
from tests.support.client import StrictClient


@pytest.fixture
def zone(app: Flask) -> Zone:
    zone = factories.make_zone(name="West London")
    stock(zone)
    return zone


@pytest.fixture
def school(zone: Zone) -> School:
    return factories.make_school(zone, name="St Aldhelm's", latitude=51.5055, longitude=-0.2237)


@pytest.fixture
def worker(zone: Zone, school: School) -> Person:
    return factories.make_person(Role.LINK_WORKER, zone, school=school)


@pytest.fixture
def place(client: StrictClient) -> Place:
    zone = factories.make_zone(name="West London")
    school = factories.make_school(zone, name="St Aldhelm's", latitude=51.51, longitude=-0.26)
    organisation = factories.make_organisation(zone, name="Westway Beats", contact_name="Theo Brown")
    offering = factories.make_offering(organisation, title="First Beats", interests=["drumming"])
    factories.make_tariff(offering, price_pence=1_250)
    factories.make_cohort(offering, name="Spring run", capacity=8, outside_places=3, sessions=2)
    elsewhere = factories.make_zone(name="Wigan")
    return Place(
        client, zone, school, organisation, offering, factories.make_person(Role.LINK_WORKER, zone, school=school),
        factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation),
        factories.make_person(Role.ZONE_MANAGER, elsewhere),
    )
