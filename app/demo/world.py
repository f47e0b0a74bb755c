"""What stands before any child is introduced to anybody: the Zone, its people, schools, partners, offerings and funds."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import ModuleType

from app.accounts.models import Person, Role, School, Zone
from app.accounts.services.people import Scope, add_person, create_first_person
from app.accounts.services.schools import add_closure, add_term, save_school
from app.accounts.services.zones import create_zone
from app.catalogue.models import Cohort, Offering, Organisation, Practitioner, Site
from app.demo import calendar
from app.demo.shapes import Offer, SchoolSpec
from app.demo.words import ADULTS, SCHOOL_LEADS
from app.shared.db import atomic, db

DOMAIN = "demo.kith.example"


@dataclass
class World:
    """The pieces of one demo Zone, by the keys its tables use."""

    zone: Zone
    spec: ModuleType
    random: random.Random
    began_on: date
    ends_at: datetime
    manager: Person
    second_manager: Person
    safeguarding: Person
    holders: list[Person] = field(default_factory=list)
    schools: list[tuple[SchoolSpec, School]] = field(default_factory=list)
    link_workers: dict[uuid.UUID, list[Person]] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site | None] = field(default_factory=dict)
    admins: dict[str, Person] = field(default_factory=dict)
    practitioners: dict[str, list[Practitioner]] = field(default_factory=dict)
    offerings: list[tuple[Offer, Offering]] = field(default_factory=list)
    cohorts: dict[uuid.UUID, list[Cohort]] = field(default_factory=dict)
    accounts: list[tuple[str, Person]] = field(default_factory=list)
    registered: set[uuid.UUID] = field(default_factory=set)

    def jitter(self, place: str) -> tuple[float, float]:
        """A point within some 400 m of a place's middle."""
        _, _, latitude, longitude = self.spec.PLACES[place]
        return (
            round(latitude + self.random.uniform(-0.0035, 0.0035), 5), round(longitude + self.random.uniform(-0.0055, 0.0055), 5)
        )


def address(name: str) -> str:
    """joanne.price@demo.kith.example: a domain that no mail ever reaches (RFC 2606)."""
    return re.sub(r"[^a-z]+", ".", name.lower()).strip(".") + "@" + DOMAIN


def open_zone(spec: ModuleType, slug: str, name: str, region: str, seed: int, began_on: date, ends_at: datetime) -> World:
    """The Zone, its managers and its safeguarding lead."""
    zone = create_zone(slug=slug, name=name, region=region)
    with atomic():
        db.session.merge(zone).is_demo = True
    prefix = "" if slug == "west-london" else f"{slug.title()} "
    manager = create_first_person(
        name=f"{prefix}Maya Lindqvist".strip(), email=address(f"{slug} maya lindqvist"), role=Role.ZONE_MANAGER, zone=zone
    )
    second = add_person(
        name=f"{prefix}Tom Achebe".strip(), email=address(f"{slug} tom achebe"), phone="", zone_id=zone.id, role=Role.ZONE_MANAGER,
        scope=Scope(), actor=manager,
    )
    guard = add_person(
        name=f"{prefix}Ines Calder".strip(), email=address(f"{slug} ines calder"), phone="020 7946 0300", zone_id=zone.id,
        role=Role.SAFEGUARDING_LEAD, scope=Scope(), actor=manager,
    )
    world = World(
        zone=zone, spec=spec, random=random.Random(seed), began_on=began_on, ends_at=ends_at, manager=manager, second_manager=second,
        safeguarding=guard,
    )
    world.accounts += [("zone_manager", manager), ("zone_manager", second), ("safeguarding_lead", guard)]
    return world


def open_schools(world: World, link_workers_each: Sequence[int], year: int) -> None:
    """Schools with two years of terms, their leads and their Link Workers."""
    names = iter(ADULTS if world.zone.slug == "west-london" else [f"{name} (Wigan)" for name in ADULTS])
    for spec, workers, lead_name in zip(world.spec.SCHOOLS, link_workers_each, SCHOOL_LEADS[: len(link_workers_each)], strict=True):
        town, _, _, _ = world.spec.PLACES[spec.place]
        school = save_school(
            zone_id=world.zone.id, name=spec.name, town=town, ward=spec.ward, postcode=spec.postcode,
            position=world.jitter(spec.place), actor=world.manager,
        )
        for at in (year, year + 1):
            for name, first, last in calendar.terms(at):
                add_term(school_id=school.id, name=name, starts_on=first, ends_on=last, actor=world.manager)
            for name, first, last in calendar.closures(at):
                add_closure(school_id=school.id, name=name, starts_on=first, ends_on=last, actor=world.manager)
        world.schools.append((spec, school))
        lead = add_person(
            name=lead_name if world.zone.slug == "west-london" else f"{lead_name} (Wigan)", email=address(f"lead {world.zone.slug} {spec.name}"), phone="",
            zone_id=world.zone.id, role=Role.SCHOOL_LEAD, scope=Scope(school_id=school.id), actor=world.manager,
        )
        world.accounts.append(("school_lead", lead))
        for _ in range(workers):
            name = next(names)
            worker = add_person(
                name=name, email=address(name), phone="020 7946 0100", zone_id=world.zone.id, role=Role.LINK_WORKER,
                scope=Scope(school_id=school.id), actor=world.manager,
            )
            world.link_workers.setdefault(school.id, []).append(worker)
            world.accounts.append(("link_worker", worker))

