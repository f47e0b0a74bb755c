"""A Zone with a school, a Link Worker, an organisation, and one child nothing stands in the way of."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.models import Offering, Organisation
from app.children.models import Child
from tests import factories as make


@dataclass
class World:
    zone: Zone
    school: School
    link_worker: Person
    organisation: Organisation
    child: Child

    def offer(self, places: int = 5, *, organisation: Organisation | None = None, **given: object) -> Offering:
        """A live offering with that many places free."""
        offering = make.make_offering(organisation or self.organisation, **given)
        make.make_cohort(offering, capacity=max(places, 1), outside_places=max(places, 1) - places)
        return offering


@pytest.fixture
def world(app: Flask) -> World:
    zone = make.make_zone()
    school = make.make_school(zone)
    worker = make.make_person(Role.LINK_WORKER, zone)
    return World(zone, school, worker, make.make_organisation(zone), make.make_child(school, worker, first_name="Amara"))
