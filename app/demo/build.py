"""Puts the demo Zones together, from empty tables to today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from types import ModuleType
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.accounts.models import CeilingBase, Person, Role, Zone
from app.accounts.passwords import hash_password
from app.accounts.queries import school_days
from app.accounts.services.people import Scope, add_person, create_first_person
from app.catalogue.models import DocumentKind, PartnerState
from app.catalogue.services.documents import submit_document
from app.catalogue.services.offerings import OfferingFacts, confirm_offering, facts_of
from app.catalogue.services.organisations import move_organisation
from app.catalogue.services.proposals import save_offering
from app.children.services.caseload import cover_caseload
from app.commissioning.services import clock as commissioning_clock
from app.commissioning.services.funds import open_fund, pledge, receive
from app.demo import calendar, west_london, wigan
from app.demo.briefs import write_briefs
from app.demo.childhoods import Life, welcome
from app.demo.faces import put_faces_on_cards
from app.demo.growing import tell_growing
from app.demo.lives import plan_lives
from app.demo.partners import bring_partners, fill_catalogue
from app.demo.paying import pay_partners
from app.demo.story import Story
from app.demo.together import tell_together
from app.demo.world import World, address, open_schools, open_zone
from app.introductions import services as introductions
from app.notifications.models import OutboxMessage, OutboxState
from app.shared import clock
from app.shared.db import atomic, db

PASSWORD = "walk beside the child"  # noqa: S105  printed on every page that needs it; demo Zones hold nobody real
Say = Callable[[str], None]
FIRST_TO_MEET = ("Joanne Price", "Theo Brown", "Peter Okoro")
"""Whose sign-ins are printed where several people have a role: those with the fullest days."""

ZONES: tuple[tuple[ModuleType, str, str, str, int, tuple[int, ...], int], ...] = (
    (west_london, "west-london", "West London", "West London", 7, (2, 2, 1, 2, 1, 2, 1, 1), 280),
    (wigan, "wigan", "Wigan", "Wigan", 11, (1, 1, 1), 36),
)
"""tables, slug, name, region, seed, Link Workers of each school, children."""


def has_demo() -> bool:
    return db.session.scalar(sa.select(sa.exists().where(Zone.is_demo))) or False


def has_real_zones() -> bool:
    return db.session.scalar(sa.select(sa.exists().where(~Zone.is_demo))) or False


def build(say: Say) -> None:
    """Load both Zones. `say` is told where it stands."""
    before = set(db.session.scalars(sa.select(OutboxMessage.id)))
    kept_hash = hash_password(PASSWORD)
    now = clock.now()
    year = clock.school_year(clock.today()) - 1
    with clock.freeze(clock.at_london(calendar.terms(year)[0][1] - timedelta(days=6), time(9))):
        administrator = create_first_person(name="Robin Alder", email=address("robin alder"), role=Role.ADMINISTRATOR, zone=None)
    with atomic():
        db.session.get_one(Person, administrator.id).password_hash = kept_hash
    for spec, slug, name, region, seed, workers, children in ZONES:
        _build_zone(spec, slug, name, region, seed, workers, children, year, now, kept_hash, say)
    with atomic():  # nobody is written to about an invented past
        db.session.execute(
            sa.update(OutboxMessage).where(OutboxMessage.id.not_in(before), OutboxMessage.state == OutboxState.QUEUED)
            .values(state=OutboxState.DONE, last_error="demo")
        )


def _build_zone(
    spec: ModuleType, slug: str, name: str, region: str, seed: int, workers: tuple[int, ...], children: int, year: int, now: datetime,
    kept_hash: str, say: Say,
) -> None:
    first_day = calendar.terms(year)[0][1]
    say(f"{name}: people, schools and partners")
    with clock.freeze(clock.at_london(first_day - timedelta(days=5), time(9))), atomic():
        world = open_zone(spec, slug, name, region, seed, first_day, now)
        open_schools(world, workers, year)
        bring_partners(world)
        fill_catalogue(world, year)
        _bring_money(world, year)
    say(f"{name}: {children} children")
    with atomic():
        lives = _welcome_children(world, children, year)
    say(f"{name}: a year of introductions, places, registers and money")
    story = Story(until=now - timedelta(minutes=1), between_fortnights=_run_clocks)
    plan_lives(world, story, lives)
    _plan_checks(world, story, first_day)
    month = ""

    def progress(instant: datetime) -> None:
        nonlocal month
        if month != f"{instant:%B %Y}":
            month = f"{instant:%B %Y}"
            say(f"{name}: {month}")

    story.tell(progress)
    say(f"{name}: what the children say of it")
    tell_growing(world, lives, story.until)
    tell_together(world, lives)
    put_faces_on_cards(lives, story.until)
    _bumps(world)
    pay_partners(world)
    write_briefs(world.zone.id)
    with atomic():
        for _, person in world.accounts:
            db.session.get_one(Person, person.id).password_hash = kept_hash


def _welcome_children(world: World, children: int, year: int) -> list[Life]:
    """Three in five began last September, the rest this one; each Link Worker has the same number."""
    lives = []
    days = {school.id: school_days(school.id) for _, school in world.schools}
    workers = [(spec, school, worker) for spec, school in world.schools for worker in world.link_workers[school.id]]
    for number in range(children):
        spec, school, worker = workers[number % len(workers)]
        began = year if number % 5 < 3 or not _has_begun(year + 1) else year + 1
        begins_on = calendar.terms(began)[0][1] + timedelta(days=7 + number % 9)
        day = days[school.id].after(begins_on, 0)
        with clock.freeze(clock.at_london(day, time(10, number % 60))):
            lives.append(welcome(world, spec, school, worker, day, number))
    return lives


def _has_begun(year: int) -> bool:
    return calendar.terms(year)[0][1] + timedelta(days=21) < clock.today()


def _bring_money(world: World, year: int) -> None:
    """Six funds for West London (two for Wigan), their budget holders and a funder who sees figures only."""
    first, last = date(year, 9, 1), date(year + 2, 8, 31)
    schools = [school for _, school in world.schools]
    specs: list[tuple[str, str, int, dict[str, object]]] = [
        ("Council early help", "The Borough Council (demo)", 3_600_000, {}),
        ("Children's foundation", "Bramley Foundation (demo)", 2_800_000, {}),
    ]
    if world.zone.slug == "west-london":
        specs += [
            (f"{schools[0].name} pupil premium", schools[0].name, 400_000, {"school_id": schools[0].id}),
            ("Emotional wellbeing grant", "Northwick Health Charity (demo)", 1_600_000, {"need_area": "Emotional"}),
            ("Girls move", "Tessellate Trust (demo)", 700_000, {"gender": "girl"}),
            ("Primary readers", "Paper Lantern Fund (demo)", 500_000, {"year_from": 1, "year_to": 6, "need_area": "Academic"}),
        ]
    else:
        with atomic():
            db.session.get_one(Zone, world.zone.id).ceiling_base = CeilingBase.COMMISSIONED_SPEND
    for number, (name, funder, pence, narrowed) in enumerate(specs):
        fund = open_fund(
            zone_id=world.zone.id, name=name, funder=funder, starts_on=first, ends_on=last, actor=world.manager,
            purpose="Early action for children, in their own community.", **narrowed,  # type: ignore[arg-type]
        )
        pledge(fund_id=fund.id, pence=pence, reference=f"Award letter {number + 1}/{year}", actor=world.manager)
        receive(fund_id=fund.id, pence=pence * 4 // 5, reference=f"BACS {year}-{number + 1:03d}", actor=world.manager)
        if number == 1:
            world.accounts.append(("funder", add_person(
                name="Hester Bramley" if world.zone.slug == "west-london" else "Hester Bramley (Wigan)", phone="",
                email=address(f"{world.zone.slug} hester bramley"), zone_id=world.zone.id, role=Role.FUNDER,
                scope=Scope(fund_id=fund.id), actor=world.manager,
            )))
    for name, limit in (("Nadia Rahman", 50_000), ("Peter Okoro", 200_000), ("Sian Lloyd", None), ("Anil Desai", None)):
        holder = add_person(
            name=name if world.zone.slug == "west-london" else f"{name} (Wigan)", email=address(f"{world.zone.slug} {name}"), phone="",
            zone_id=world.zone.id, role=Role.BUDGET_HOLDER, scope=Scope(limit_pence=limit), actor=world.manager,
        )
        world.holders.append(holder)
        world.accounts.append(("budget_holder", holder))


def _plan_checks(world: World, story: Story, first_day: date) -> None:
    """Partners who say every other month that all is still right."""
    for offer, offering in world.offerings:
        if offer.title.startswith(("Monday free", "Plot 42", "Junior rangers")):
            continue  # nobody has looked at these for a long time
        if offer.price is not None:
            story.at(clock.at_london(clock.today() - timedelta(days=world.random.randint(5, 80)), time(17)), partial(_still_right, world, offering.id))
            continue
        day = first_day + timedelta(days=world.random.randint(40, 75))
        while day <= clock.today():
            story.at(clock.at_london(day, time(17)), partial(_still_right, world, offering.id))
            day += timedelta(days=80)


def _still_right(world: World, offering_id: UUID) -> None:
    confirm_offering(offering_id=offering_id, actor=world.manager)


def _run_clocks() -> None:
    """What the worker does by itself every minute, here once a fortnight."""
    introductions.sweep()
    commissioning_clock.run()


def _bumps(world: World) -> None:
    """What a real Monday finds: a paper to verify, a partner held back, a colleague to cover."""
    admin = world.admins.get("swim") or world.admins.get("canalside")
    organisation = world.organisations.get("swim") or world.organisations["canalside"]
    if admin is not None:
        submit_document(
            organisation_id=organisation.id, kind=DocumentKind.RISK_ASSESSMENT, actor=admin, reference="Pool 2026",
            issued_on=clock.today() - timedelta(days=3), expires_on=clock.today() + timedelta(days=362),
        )
    _propose(world)
    if world.zone.slug == "west-london":
        move_organisation(
            organisation_id=world.organisations["ride"].id, to=PartnerState.RESTRICTED, actor=world.manager,
            reason="New stable yard: no new children until the risk assessment is seen.",
        )
        workers = [worker for school in world.link_workers.values() for worker in school]
        cover_caseload(
            person_id=workers[1].id, cover_id=workers[0].id, zone_id=world.zone.id, starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=12), actor=world.manager,
        )


def _propose(world: World) -> None:
    """A partner would like to say something else about what it offers: before and after wait for the Zone manager."""
    admin, offering = next(
        ((world.admins[offer.org], made) for offer, made in world.offerings if offer.org in world.admins), (None, None)
    )
    if admin is not None and offering is not None:
        facts = OfferingFacts(**facts_of(offering))
        save_offering(
            offering_id=offering.id, version=offering.version, actor=admin, why="Families ask this every week.",
            facts=replace(facts, eligibility=f"{facts.eligibility} No experience is needed, and the first time one may just watch.".strip()),
        )


def accounts() -> list[dict[str, str]]:
    """One account for each role and demo Zone, as `kith demo --accounts` prints them."""
    found: list[dict[str, str]] = []
    people = db.session.scalars(sa.select(Person).where(Person.email.endswith("@demo.kith.example")).order_by(Person.created_at, Person.email)
        .options(selectinload(Person.grants)))
    seen: set[tuple[str, str]] = set()
    for person in sorted(people, key=lambda person: person.name.split(" (")[0] not in FIRST_TO_MEET):
        for grant in person.live_grants:
            zone = grant.zone.slug if grant.zone else ""
            if (grant.role, zone) not in seen:
                seen.add((grant.role, zone))
                found.append({"role": str(grant.role), "zone": zone, "email": person.email, "password": PASSWORD, "name": person.name})
    return sorted(found, key=lambda row: (row["zone"] != "west-london", row["zone"], row["role"]))

