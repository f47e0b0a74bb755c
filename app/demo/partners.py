"""The demo's organisations with their people and papers, what they offer, at what price, on which dates."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import UUID

from app.accounts.models import Person, Role
from app.accounts.services.people import Scope, add_person
from app.catalogue.models import (
    AGREED_KINDS,
    REQUIRED_DOCUMENTS,
    Delivery,
    DocumentKind,
    Gender,
    OfferingKind,
    OfferingState,
    Organisation,
    OrganisationKind,
    PartnerState,
    Season,
    TariffBasis,
)
from app.catalogue.queries import current_agreements
from app.catalogue.services.agreements import publish_agreement, sign_agreement
from app.catalogue.services.cohorts import add_cohort
from app.catalogue.services.documents import submit_document, verify_document
from app.catalogue.services.offerings import OfferingFacts, add_offering, publish_offering
from app.catalogue.services.organisations import (
    OrganisationFacts,
    add_organisation,
    counter_sign,
    move_organisation,
)
from app.catalogue.services.practitioners import add_practitioner
from app.catalogue.services.sessions import add_sessions
from app.catalogue.services.tariffs import set_tariff
from app.demo import calendar, words
from app.demo.places import bring_site, give_dates
from app.demo.shapes import Offer, Org
from app.demo.world import World, address
from app.shared import clock
from app.shared.db import atomic

PARTNER_PEOPLE = ("Sky Marlowe", "Jo Fennimore", "Ash Dellow")


def bring_partners(world: World) -> None:
    """Every organisation; those that are paid have somebody with an account."""
    for kind, text in words.AGREEMENTS.items():
        publish_agreement(zone_id=world.zone.id, kind=DocumentKind(kind), text=text, actor=world.manager)
    for spec in world.spec.ORGANISATIONS:
        with atomic():
            _bring(world, spec, is_paid=any(offer.org == spec.key and offer.price is not None for offer in world.spec.OFFERINGS))


def _bring(world: World, spec: Org, *, is_paid: bool) -> None:
    kind = OrganisationKind(spec.kind)
    town, area, _, _ = world.spec.PLACES[spec.place]
    organisation = add_organisation(
        zone_id=world.zone.id, actor=world.manager, source="demo", source_ref=spec.key,
        state=PartnerState.APPLYING if kind is OrganisationKind.PARTNER else PartnerState.LIVE,
        facts=OrganisationFacts(
            name=spec.name, kind=kind, about=spec.about, contact_name=spec.contact, address=f"{town} {area}",
            email=address(f"{world.zone.slug} {spec.key} office"), phone="020 7946 0123",
        ),
    )
    world.organisations[spec.key] = organisation
    world.sites[spec.key] = bring_site(world, spec)
    submitter = world.second_manager
    if is_paid:
        submitter = add_person(
            name=spec.contact, email=address(f"{world.zone.slug} {spec.contact}"), phone="", zone_id=world.zone.id,
            role=Role.PARTNER_ADMIN, scope=Scope(organisation_id=organisation.id), actor=world.manager,
        )
        world.admins[spec.key] = submitter
        world.accounts.append(("partner_admin", submitter))
    alone = any(offer.org == spec.key and offer.options.get("alone") for offer in world.spec.OFFERINGS)
    names = [spec.contact, world.random.choice(PARTNER_PEOPLE)]
    people = [submitter, _practitioner(world, organisation, names[1], spec.key)] if is_paid else [None, None]
    world.practitioners[spec.key] = [
        add_practitioner(
            organisation_id=organisation.id, name=name, title="Lead practitioner" if i == 0 else "Assistant", works_alone=alone and i == 0,
            actor=world.manager, person_id=person.id if person else None,
        )
        for i, (name, person) in enumerate(zip(names, people, strict=True))
    ]
    if is_paid or kind is OrganisationKind.PARTNER:
        _bring_papers(world, spec, organisation.id, submitter)
    if kind is OrganisationKind.PARTNER:
        if alone or any(offer.org == spec.key and _is_for_one(offer) for offer in world.spec.OFFERINGS):
            counter_sign(organisation_id=organisation.id, words="Met both practitioners; saw the room and the door with a window.", actor=world.safeguarding)
        for state in (PartnerState.IN_REVIEW, PartnerState.APPROVED, PartnerState.LIVE):
            move_organisation(organisation_id=organisation.id, to=state, actor=world.manager)


def _practitioner(world: World, organisation: Organisation, name: str, key: str) -> Person | None:
    """The first partner's second practitioner signs in as well, to take registers on a phone; one in each Zone is enough."""
    if any(role == Role.PRACTITIONER for role, _ in world.accounts):
        return None
    person = add_person(
        name=name, email=address(f"{world.zone.slug} {key} {name}"), phone="", zone_id=world.zone.id, role=Role.PRACTITIONER,
        scope=Scope(organisation_id=organisation.id), actor=world.manager,
    )
    world.accounts.append(("practitioner", person))
    return person


def _bring_papers(world: World, spec: Org, organisation_id: UUID, submitter: Person) -> None:
    """Every required document and each practitioner's DBS check, seen by somebody other than who sent them."""
    today = clock.today()
    for agreement in current_agreements(world.zone.id) if submitter is not world.second_manager else ():
        for signer in (submitter, world.manager):
            sign_agreement(agreement_id=agreement.id, organisation_id=organisation_id, name=signer.name, actor=signer)
    for document_kind in (kind for kind in REQUIRED_DOCUMENTS if kind not in AGREED_KINDS or submitter is world.second_manager):
        document = submit_document(
            organisation_id=organisation_id, kind=document_kind, actor=submitter, reference="demo",
            issued_on=today - timedelta(days=world.random.randint(5, 60)), expires_on=today + timedelta(days=world.random.randint(700, 760)),
        )
        verify_document(document_id=document.id, actor=world.manager)
    for practitioner in world.practitioners[spec.key]:
        document = submit_document(
            organisation_id=organisation_id, kind=DocumentKind.DBS, practitioner_id=practitioner.id, level="enhanced",
            reference=f"{world.random.randint(0, 9999):04d}", actor=submitter, issued_on=today - timedelta(days=200),
            expires_on=today + timedelta(days=880),
        )
        verify_document(document_id=document.id, actor=world.manager)


def fill_catalogue(world: World, year: int) -> None:
    """Every offering, live, with this year's and next year's group, and its price where the charity pays one."""
    for offer in world.spec.OFFERINGS:
        with atomic():
            _offer(world, offer, year)


def _is_for_one(offer: Offer) -> bool:
    """One child at a time."""
    return bool(offer.options.get("alone") or (offer.options.get("arranged") and offer.price))


def _offer(world: World, offer: Offer, year: int) -> None:
    options = offer.options
    organisation = world.organisations[offer.org]
    org_spec = next(spec for spec in world.spec.ORGANISATIONS if spec.key == offer.org)
    town, area, _, _ = world.spec.PLACES[org_spec.place]
    latitude, longitude = world.jitter(org_spec.place)
    delivery = Delivery(options.get("delivery", "venue"))
    alone = bool(options.get("alone"))
    site = world.sites[offer.org]
    years = options.get("years", (None, None))
    made = add_offering(
        organisation_id=organisation.id, actor=world.manager, state=OfferingState.DRAFT,
        facts=OfferingFacts(
            title=offer.title, kind=OfferingKind(offer.kind), description=offer.about, interests=offer.interests.split("|"),
            needs=offer.needs.split("|"), age_min=offer.age_min, age_max=offer.age_max, town=town, postcode_area=area,
            region=world.zone.region, latitude=latitude, longitude=longitude, delivery=delivery,
            home_visit_radius_km=options.get("radius"), slots=read_slots(offer.slots), is_by_arrangement=bool(options.get("arranged")),
            season=Season(options.get("season", "term")), cost_pence=options.get("cost", 0),
            languages=options.get("languages", "en").split("|"), gender=Gender(options.get("gender", "any")),
            is_step_free=bool(options.get("step_free")), must_parent_stay=bool(options.get("stay")),
            accessibility=_accessibility(options), sibling_min_age=options.get("sibling"),
            group_size=1 if _is_for_one(offer) else offer.capacity,
            how_to_get_there="" if site else f"A short walk from the middle of {town}.", site_id=site.id if site and delivery is Delivery.VENUE else None,
            year_min=years[0], year_max=years[1], eligibility=options.get("eligibility", ""),
        ),
    )
    if offer.price is not None:
        set_tariff(
            offering_id=made.id, price_pence=offer.price, actor=world.manager, notice_percent=50 if alone else 0,
            is_one_to_one=made.group_size == 1, basis=TariffBasis.PLACE if options.get("per_place") else TariffBasis.SESSION,
            payable={"attended": 100, "late": 100, "left_early": 100, "absent_told": 0, "absent_untold": 50, "session_cancelled": 0, "excused": 0},
        )
    world.offerings.append((offer, publish_offering(offering_id=made.id, actor=world.manager)))
    lead = world.practitioners[offer.org][0]
    if offer.price is None:
        world.cohorts[made.id] = [add_cohort(
            offering_id=made.id, capacity=offer.capacity, actor=world.manager, name="Open group",
            outside_places=min(offer.capacity, world.random.choice((0, 0, offer.capacity // 3, offer.capacity // 2, offer.capacity))),
            schedule=False,
        )]
        return
    for at in (year, year + 1):
        terms = calendar.terms(at)
        first, last = terms[0][1] + timedelta(days=14), terms[-1][2]
        cohort = add_cohort(
            offering_id=made.id, capacity=offer.capacity, actor=world.manager, name=f"{at} to {at + 1}", starts_on=first, ends_on=last,
            practitioner_id=lead.id, venue=f"{town}, {organisation.name}", schedule=not options.get("arranged"),
            outside_places=world.random.choice((0, 0, offer.capacity // 4)),
        )
        give_dates(world, offer.title, cohort, at)
        if options.get("arranged"):
            _plan_arranged(cohort.id, at, world.random.randint(0, 4), world)
        world.cohorts.setdefault(made.id, []).append(cohort)


def _plan_arranged(cohort_id: Any, year: int, weekday: int, world: World) -> None:
    """1:1 work has its hour too: weekly in term, half-terms left out."""
    off = calendar.closures(year)
    times = []
    for _, first, last in calendar.terms(year):
        day = max(first, clock.today()) + timedelta(days=14)
        day += timedelta(days=(weekday - day.weekday()) % 7)
        while day <= last:
            if not any(start <= day <= end for _, start, end in off):
                times.append((clock.at_london(day, time(11)), clock.at_london(day, time(12))))
            day += timedelta(days=7)
    add_sessions(cohort_id=cohort_id, times=times, actor=world.manager)


def read_slots(text: str) -> list[dict[str, str]]:
    """`Tue 16:00-17:30 term|...`, as in the exchange format."""
    found = []
    for part in text.split("|"):
        if part:
            day, hours, season = part.split()
            start, _, end = hours.partition("-")
            found.append({"day": day, "start": start, "end": end, "season": season})
    return found


def _accessibility(options: dict[str, Any]) -> list[str]:
    named = {"step_free": "step-free", "quiet": "quiet-space", "transport": "transport-provided", "bsl": "bsl-interpreter"}
    return [word for key, word in named.items() if options.get(key)]


