"""A stocked Zone with a school and its Link Worker; a module whose rule is about others makes its own."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Person, Role, School, Zone
from tests import factories
from tests.catalogue.shelf import stock


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
