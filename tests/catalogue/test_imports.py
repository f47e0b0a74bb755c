"""Offerings from files: created, updated or left alone by (Zone, source, reference); nothing is half-imported."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role, Zone
from app.audit.models import AuditEntry
from app.catalogue import availability
from app.catalogue.models import Cohort, Offering, OfferingState, Organisation, OrganisationKind, Tariff
from app.catalogue.search.engine import search
from app.catalogue.search.filters import Filters
from app.catalogue.services.imports import (
    Imported,
    ImportedOffering,
    Outcome,
    upsert_offering,
    upsert_offerings,
)
from app.catalogue.services.offerings import pause_offering
from app.shared.db import db
from app.shared.errors import Invalid, NotFound
from tests import factories
from tests.catalogue.shelf import ROWS
from tests.support.statements import count_statements

DRUM = ROWS[0]


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


def bring(zone: Zone, *rows: ImportedOffering, **given: object) -> list[Imported]:
    return upsert_offerings(zone_id=zone.id, source="file", offerings=rows, actor=None, **given)  # type: ignore[arg-type]


def outcomes(done: list[Imported]) -> list[Outcome]:
    return [one.outcome for one in done]


def counts() -> tuple[int, ...]:
    return tuple(db.session.scalar(sa.select(sa.func.count()).select_from(m)) or 0 for m in (Organisation, Offering, Cohort, Tariff))


def test_a_new_row_makes_offering_organisation_and_group_but_invents_no_price(zone: Zone) -> None:
    (done,) = bring(zone, DRUM)
    offering = db.session.get_one(Offering, done.offering_id)
    assert (done.outcome, offering.state, offering.source_ref) == (Outcome.CREATED, OfferingState.LIVE, "drum")
    assert (offering.organisation.name, offering.organisation.kind) == ("Westway Beats", OrganisationKind.PARTNER)
    (cohort,) = offering.cohorts
    assert (cohort.capacity, cohort.outside_places) == (10, 6)
    assert counts() == (1, 1, 1, 0)


def test_the_same_file_twice_changes_nothing_the_second_time(zone: Zone) -> None:
    bring(zone, *ROWS)
    before = counts()
    versions = db.session.scalars(sa.select(Offering.version).order_by(Offering.source_ref)).all()
    assert set(outcomes(bring(zone, *ROWS))) == {Outcome.UNCHANGED}
    assert counts() == before
    assert db.session.scalars(sa.select(Offering.version).order_by(Offering.source_ref)).all() == versions


def test_a_changed_row_changes_what_differs_and_nothing_else(zone: Zone) -> None:
    bring(zone, *ROWS)
    changed = replace(DRUM, facts=replace(DRUM.facts, title="Second Beats"), places_left=2)
    done = bring(zone, changed, *ROWS[1:])
    assert outcomes(done)[0] is Outcome.UPDATED
    assert set(outcomes(done)[1:]) == {Outcome.UNCHANGED}
    offering = db.session.get_one(Offering, done[0].offering_id)
    assert (offering.title, offering.cohorts[0].outside_places) == ("Second Beats", 8)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == offering.id).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.details["fields"] == ["title", "places"]
    assert search(zone.id, "second beats", Filters(), 1).hits[0].source_ref == "drum"


def test_a_wrong_row_is_refused_by_itself_and_leaves_nothing_behind(zone: Zone) -> None:
    wrong = replace(DRUM, ref="wrong", provider="Nobody knows them", facts=replace(DRUM.facts, age_min=12, age_max=8))
    done = bring(zone, wrong, ROWS[1], replace(ROWS[2], places_left=99))
    assert outcomes(done) == [Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED]
    assert [one.refusal.field for one in done if one.refusal] == ["age_max", "places_left"]
    assert counts() == (1, 1, 1, 0)


def test_a_dry_run_answers_the_same_and_writes_nothing(zone: Zone) -> None:
    bring(zone, *ROWS[:3])
    before = counts()
    rows = (replace(DRUM, facts=replace(DRUM.facts, title="Second Beats")), *ROWS[1:6])
    dry = bring(zone, *rows, dry_run=True)
    assert counts() == before
    assert not db.session.scalar(sa.select(Offering.id).where(Offering.title == "Second Beats"))
    assert outcomes(dry) == outcomes(bring(zone, *rows)) == [Outcome.UPDATED, *[Outcome.UNCHANGED] * 2, *[Outcome.CREATED] * 3]


def test_fields_that_the_source_does_not_have_are_kept(zone: Zone) -> None:
    bring(zone, DRUM)
    other = replace(DRUM, facts=replace(DRUM.facts, title="Second Beats", description=""), capacity=99)
    (done,) = bring(zone, other, only={"title"})
    offering = db.session.get_one(Offering, done.offering_id)
    assert (offering.title, offering.description, offering.cohorts[0].capacity) == ("Second Beats", DRUM.facts.description, 10)


def test_organisations_are_known_by_name_in_any_capitals_and_never_doubled(zone: Zone) -> None:
    known = factories.make_organisation(zone, name="Westway  BEATS")
    done = bring(zone, DRUM, ROWS[1], replace(ROWS[2], provider=" westway beats "))
    assert {db.session.get_one(Offering, one.offering_id).organisation_id for one in done} == {known.id}


def test_the_same_reference_in_another_zone_or_source_is_another_offering(zone: Zone) -> None:
    other = factories.make_zone()
    first, second = bring(zone, DRUM)[0], bring(other, DRUM)[0]
    third = upsert_offering(zone_id=zone.id, source="another", offering=DRUM, actor=None)
    assert len({first.offering_id, second.offering_id, third.offering_id}) == 3


def test_kiths_own_places_are_taken_from_what_the_source_calls_taken(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    (done,) = bring(zone, DRUM)
    monkeypatch.setattr(availability, "_counter", lambda ids: dict.fromkeys(ids, 3))
    bring(zone, replace(DRUM, places_left=2))
    (cohort,) = db.session.get_one(Offering, done.offering_id).cohorts
    assert (cohort.capacity, cohort.outside_places) == (10, 5)
    assert availability.free_places_of_offerings([cohort.offering_id]) == {cohort.offering_id: 2}
    assert outcomes(bring(zone, replace(DRUM, places_left=2))) == [Outcome.UNCHANGED]


def test_a_source_cannot_have_fewer_places_than_our_children_hold(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    (done,) = bring(zone, DRUM)
    monkeypatch.setattr(availability, "_counter", lambda ids: dict.fromkeys(ids, 3))
    with pytest.raises(Invalid) as refused:
        upsert_offering(zone_id=zone.id, source="file", offering=replace(DRUM, capacity=2, places_left=0), actor=None)
    assert refused.value.field == "capacity"
    assert db.session.get_one(Offering, done.offering_id).cohorts[0].capacity == 10


def test_an_offering_that_was_paused_here_stays_paused(zone: Zone) -> None:
    (done,) = bring(zone, DRUM)
    offering = db.session.get_one(Offering, done.offering_id)
    pause_offering(offering_id=offering.id, actor=factories.make_person(Role.ZONE_MANAGER, zone))
    bring(zone, replace(DRUM, facts=replace(DRUM.facts, title="Second Beats")))
    assert db.session.get_one(Offering, done.offering_id).state is OfferingState.PAUSED


def test_an_unknown_zone_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        upsert_offerings(zone_id=factories.some_id(), source="file", offerings=[DRUM], actor=None)


def test_reading_what_is_known_does_not_take_a_statement_a_row(zone: Zone) -> None:
    rows = [replace(DRUM, ref=f"drum-{n}") for n in range(120)]
    bring(zone, *rows)
    with count_statements() as few:
        bring(zone, *rows[:20])
    with count_statements() as many:
        bring(zone, *rows)
    assert many.count == few.count
