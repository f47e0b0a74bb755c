"""A Zone with two schools, and one person in each role."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.models import Organisation
from app.children.models import Child
from tests import factories as make


@dataclass
class World:
    zone: Zone
    school: School
    other_school: School
    link_worker: Person
    manager: Person
    lead: Person
    organisation: Organisation
    child: Child


@pytest.fixture
def world(app: Flask) -> World:
    zone = make.make_zone()
    school, other = make.make_school(zone), make.make_school(zone)
    worker = make.make_person(Role.LINK_WORKER, zone, name="Joanne Price")
    return World(
        zone=zone, school=school, other_school=other, link_worker=worker, manager=make.make_person(Role.ZONE_MANAGER, zone),
        lead=make.make_person(Role.SCHOOL_LEAD, zone, school=school), organisation=make.make_organisation(zone),
        child=make.make_child(school, worker, first_name="Amara"),
    )
