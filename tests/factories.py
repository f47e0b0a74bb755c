"""Rows to start a test from, each in its own transaction. Everything has a plain default; name only what the rule is about."""

from __future__ import annotations

import functools
import itertools
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from app.accounts.models import Closure, Person, Role, RoleGrant, School, Term, Zone
from app.catalogue.models import (
    REQUIRED_DOCUMENTS,
    Cohort,
    Document,
    DocumentKind,
    DocumentState,
    Offering,
    OfferingKind,
    Organisation,
    Practitioner,
    Session,
    Tariff,
)
from app.children.models import SHAREABLE, Carer, Caseload, Child, Consent, Need, OnePage, Voice
from app.introductions.models import EndReason, Introduction, IntroductionState, Stance, View, Viewpoint
from app.shared import clock
from app.shared.db import Row, atomic, db

R = TypeVar("R", bound=Row)
_count = itertools.count(1)
PASSWORD = "four quiet otters sleep"


def save(row: R) -> R:
    with atomic():
        db.session.add(row)
    return row


def make_zone(**given: Any) -> Zone:
    n = next(_count)
    return save(Zone(**{"slug": f"zone-{n}", "name": f"Zone {n}", "region": "West London", **given}))


def make_school(zone: Zone, *, with_terms: bool = True, **given: Any) -> School:
    """A school that is open on every weekday from last September to the July after next, but for a half-term in October 2026."""
    school = School(**{
        "zone_id": zone.id, "name": f"School {next(_count)}", "town": "Acton", "postcode": "W3 7DD",
        "latitude": 51.51, "longitude": -0.26, **given,
    })
    if with_terms:
        year = clock.school_year(clock.today())
        school.terms = [
            Term(name="The year", starts_on=date(year - 1, 9, 1), ends_on=date(year + 2, 7, 20)),
        ]
        school.closures = [Closure(name="Half-term", starts_on=date(year, 10, 26), ends_on=date(year, 10, 30))]
    return save(school)


@functools.cache
def _password_hash() -> str:
    """Hashing is slow on purpose; everybody here has the same password, so once is enough."""
    from app.accounts.passwords import hash_password

    return hash_password(PASSWORD)


def make_person(role: Role | None = None, zone: Zone | None = None, **given: Any) -> Person:
    """Somebody with PASSWORD, and one grant if a role is named (school=, organisation=, fund_id=, limit_pence= narrow it)."""
    n = next(_count)
    school, organisation = given.pop("school", None), given.pop("organisation", None)
    fund_id, limit_pence = given.pop("fund_id", None), given.pop("limit_pence", None)
    person = Person(**{
        "email": f"person{n}@example.org", "name": f"Robin Person{n}", "password_hash": _password_hash(), **given,
    })
    if role is not None:
        person.grants = [RoleGrant(
            role=role, zone_id=zone.id if zone else None, school_id=school.id if school else None,
            organisation_id=organisation.id if organisation else None, fund_id=fund_id, limit_pence=limit_pence,
            starts_on=clock.today() - timedelta(days=400),
        )]
    return save(person)


def make_organisation(zone: Zone, *, with_documents: bool = True, **given: Any) -> Organisation:
    """A live partner whose required documents are verified for another year."""
    organisation = save(Organisation(**{"zone_id": zone.id, "name": f"Organisation {next(_count)}", **given}))
    if with_documents:
        today = clock.today()
        with atomic():
            for kind in REQUIRED_DOCUMENTS:
                db.session.add(Document(
                    organisation_id=organisation.id, kind=kind, state=DocumentState.VERIFIED,
                    issued_on=today - timedelta(days=400), expires_on=today + timedelta(days=365),
                ))
    return organisation


def make_practitioner(organisation: Organisation, *, with_dbs: bool = True, **given: Any) -> Practitioner:
    practitioner = save(Practitioner(**{"organisation_id": organisation.id, "name": f"Practitioner {next(_count)}", **given}))
    if with_dbs:
        today = clock.today()
        save(Document(
            organisation_id=organisation.id, practitioner_id=practitioner.id, kind=DocumentKind.DBS, level="enhanced",
            state=DocumentState.VERIFIED, issued_on=today - timedelta(days=400), expires_on=today + timedelta(days=700),
        ))
    return practitioner


def make_offering(organisation: Organisation, **given: Any) -> Offering:
    """A live commissioned programme near the school of `make_school`, every Tuesday after school, confirmed today."""
    n = next(_count)
    return save(Offering(**{
        "zone_id": organisation.zone_id, "organisation_id": organisation.id, "kind": OfferingKind.COMMISSIONED,
        "title": f"Offering {n}", "description": "Something good after school.", "interests": ["drumming"],
        "needs": ["Social:friendships"], "age_min": 5, "age_max": 16, "town": "Acton", "postcode_area": "W3",
        "region": "West London", "latitude": 51.51, "longitude": -0.26,
        "slots": [{"day": "Tue", "start": "16:00", "end": "17:00", "season": "term"}],
        "confirmed_on": clock.today(), **given,
    }))


def make_tariff(offering: Offering, **given: Any) -> Tariff:
    return save(Tariff(**{
        "offering_id": offering.id, "version": 1, "price_pence": 2_000, "starts_on": clock.today() - timedelta(days=400), **given,
    }))


def make_cohort(offering: Offering, *, sessions: int = 0, **given: Any) -> Cohort:
    """An open cohort; `sessions` weekly ones from tomorrow at four o'clock."""
    today = clock.today()
    cohort = save(Cohort(**{
        "offering_id": offering.id, "capacity": 10, "starts_on": today, "ends_on": today + timedelta(days=180), **given,
    }))
    with atomic():
        for week in range(sessions):
            day = today + timedelta(days=1 + 7 * week)
            db.session.add(Session(
                cohort_id=cohort.id, starts_at=clock.at_london(day, time(16)), ends_at=clock.at_london(day, time(17)),
            ))
    return cohort


def earlier_today() -> datetime:
    """An hour ago, or the first moment of a day that is younger: tests run at any hour, and a page's today is the day in London."""
    return max(clock.now() - timedelta(hours=1), clock.at_london(clock.today(), clock.MIDNIGHT))


def make_session(cohort: Cohort, starts_at: datetime, hours: float = 1.0) -> Session:
    return save(Session(cohort_id=cohort.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours)))


def make_child(school: School, link_worker: Person | None = None, **given: Any) -> Child:
    """A nine-year-old who wants to drum, with a mother who may consent, on the caseload of `link_worker`."""
    n = next(_count)
    needs = given.pop("needs", ["Social:friendships"])
    child = Child(**{
        "zone_id": school.zone_id, "school_id": school.id, "reference": f"K-{n:04d}", "first_name": f"Amara{n}",
        "last_name": "Okafor", "age": 9, "school_year": "Year 5", "gender": "girl", "region": "West London", "town": "Acton",
        "latitude": 51.512, "longitude": -0.262, "interests": ["drumming"], "max_km": 4.0,
        "windows": [{"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "start": "15:30", "end": "18:00"}],
        "programme_starts_on": clock.today() - timedelta(days=100), **given,
    })
    child.needs = [Need(code=code, priority=min(i, 3)) for i, code in enumerate(needs, 1)]
    child.carers = [Carer(name=f"Ada Okafor{n}", relation="mother", phone="07700 900123")]
    child.voices = [Voice(words="I like drumming on anything.", said_on=clock.today() - timedelta(days=20))]
    if link_worker is not None:
        child.caseload = [Caseload(person_id=link_worker.id, starts_on=clock.today() - timedelta(days=100))]
    return save(child)


def make_consent(child: Child, organisation: Organisation, **given: Any) -> Consent:
    """Everything shareable, for another year."""
    today = clock.today()
    return save(Consent(**{
        "child_id": child.id, "organisation_id": organisation.id, "carer_id": child.carers[0].id, "fields": list(SHAREABLE),
        "given_on": today - timedelta(days=1), "ends_on": today + timedelta(days=365), **given,
    }))


def make_one_page(child: Child, **given: Any) -> OnePage:
    """The child said yes to it today: interests and needs as they are on record."""
    return save(OnePage(**{
        "child_id": child.id, "version": 1, "about_me": "I like drumming on anything.", "likes": list(child.interests),
        "helps": child.what_helps, "does_not": child.what_does_not, "working_on": [need.word for need in child.needs],
        "approved_on": clock.today(), "read_by_id": given.pop("read_by").id, **given,
    }))


def make_introduction(
    child: Child, offering: Offering, started_by: Person, state: IntroductionState = IntroductionState.IDEA, **given: Any
) -> Introduction:
    """A row in that state with what the database asks for there. It has no trail: make it through the services if one matters."""
    today = clock.today()
    needed: dict[str, Any] = {}
    if state is IntroductionState.NOT_YET:
        needed = {"ask_again_on": today + timedelta(days=14), "not_yet_why": "Not before the holidays."}
    elif state is IntroductionState.ASKED:
        needed = {"asked_at": clock.now(), "answer_by_on": today + timedelta(days=14)}
    elif state is IntroductionState.ENDED:
        needed = {"end_reason": EndReason.MOVED, "ended_on": today}
    return save(Introduction(**{
        "zone_id": child.zone_id, "child_id": child.id, "offering_id": offering.id, "organisation_id": offering.organisation_id,
        "started_by_id": started_by.id, "state": state, "why": "Drums on every table.", **needed, **given,
    }))


def make_view(
    introduction: Introduction, asked_by: Person, stance: Stance = Stance.YES, viewpoint: Viewpoint = Viewpoint.CHILD, **given: Any
) -> View:
    """What the child (or, with `carer_id=`, a carer) said yesterday."""
    return save(View(**{
        "introduction_id": introduction.id, "viewpoint": viewpoint, "stance": stance, "words": "I would like that.",
        "said_on": clock.today() - timedelta(days=1), "asked_by_id": asked_by.id, **given,
    }))


def some_id() -> uuid.UUID:
    return uuid.uuid4()
