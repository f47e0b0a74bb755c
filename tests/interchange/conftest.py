"""A Zone and its manager."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Person, Role, Zone
from tests import factories


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone(name="West London", slug="west-london", region="West London")


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)
