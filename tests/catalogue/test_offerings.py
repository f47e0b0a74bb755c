"""Offerings and tariffs: drafts, publishing, stale pages, prices that are never edited, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit.queries import list_entries_for
from app.catalogue import queries
from app.catalogue.evidence import DocumentsLapsed
from app.catalogue.exchange import list_live
from app.catalogue.models import (
    Delivery,
    Offering,
    OfferingKind,
    OfferingState,
    OfferingText,
    Organisation,
    PartnerState,
    Tariff,
)
from app.catalogue.services import offerings
from app.catalogue.services.offerings import NotReadyToPublish, OfferingFacts
from app.catalogue.services.organisations import move_organisation
from app.catalogue.services.tariffs import set_tariff
from app.catalogue.words import school_years
from app.matching.queries import match_child
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, NotFound, Stale
from tests import factories

S = OfferingState
FACTS = OfferingFacts(
    title="First Beats", kind=OfferingKind.COMMISSIONED, description="Drums.", needs=["Social:belonging"], age_min=7, age_max=12,
    slots=[{"day": "Thu", "start": "16:00", "end": "17:30", "season": "term"}],
)


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


@pytest.fixture
def organisation(zone: Zone) -> Organisation:
    return factories.make_organisation(zone)


def add(organisation: Organisation, actor: Person, facts: OfferingFacts = FACTS) -> Offering:
    return offerings.add_offering(organisation_id=organisation.id, facts=facts, actor=actor)


def test_a_new_offering_is_a_draft_of_the_organisations_zone(organisation: Organisation, manager: Person) -> None:
    draft = add(organisation, manager)
    assert (draft.state, draft.zone_id, draft.confirmed_on) == (S.DRAFT, organisation.zone_id, None)


def test_publishing_lists_everything_that_is_missing(organisation: Organisation, manager: Person) -> None:
    bare = add(organisation, manager, OfferingFacts(title="Bare", kind=OfferingKind.COMMISSIONED, delivery=Delivery.HOME))
    with pytest.raises(NotReadyToPublish) as refused:
        offerings.publish_offering(offering_id=bare.id, actor=manager)
    for part in ("description", "needs", "when it meets", "how far you travel", "a price"):
        assert part in refused.value.sentence


def test_publishing_needs_a_live_organisation_with_current_documents(zone: Zone, manager: Person) -> None:
    approved = add(factories.make_organisation(zone, state=PartnerState.APPROVED), manager)
    set_tariff(offering_id=approved.id, price_pence=1200, actor=manager)
    with pytest.raises(NotReadyToPublish, match="approved"):
        offerings.publish_offering(offering_id=approved.id, actor=manager)
    undocumented = add(factories.make_organisation(zone, with_documents=False), manager)
    set_tariff(offering_id=undocumented.id, price_pence=1200, actor=manager)
    with pytest.raises(DocumentsLapsed):
        offerings.publish_offering(offering_id=undocumented.id, actor=manager)


def test_publishing_says_that_it_is_right_today(organisation: Organisation, manager: Person) -> None:
    draft = add(organisation, manager)
    set_tariff(offering_id=draft.id, price_pence=1200, actor=manager)
    offerings.publish_offering(offering_id=draft.id, actor=manager)
    assert (draft.state, draft.confirmed_on, draft.confirmed_by_id) == (S.LIVE, clock.today(), manager.id)
    assert list_entries_for(draft)[-1].action == "catalogue.offering.published"


def test_a_local_asset_needs_no_price_and_gets_none(zone: Zone, manager: Person) -> None:
    asset = add(factories.make_organisation(zone), manager, replace(FACTS, kind=OfferingKind.COMMUNITY_ASSET))
    with pytest.raises(Invalid):
        set_tariff(offering_id=asset.id, price_pence=1200, actor=manager)
    assert offerings.publish_offering(offering_id=asset.id, actor=manager).state is S.LIVE


def test_an_offering_moves_only_along_its_table(organisation: Organisation, manager: Person) -> None:
    draft = add(organisation, manager)
    with pytest.raises(IllegalMove):
        offerings.pause_offering(offering_id=draft.id, actor=manager)
    offerings.close_offering(offering_id=draft.id, actor=manager)
    with pytest.raises(IllegalMove):
        offerings.close_offering(offering_id=draft.id, actor=manager)


def test_an_edit_from_an_old_page_is_refused_and_says_who_was_faster(organisation: Organisation, manager: Person) -> None:
    draft = add(organisation, manager)
    seen = draft.version
    colleague = factories.make_person(Role.PARTNER_ADMIN, db.session.get_one(Zone, organisation.zone_id), organisation=organisation, name="Robin Faster")
    offerings.edit_offering(offering_id=draft.id, facts=replace(FACTS, title="Second Beats"), version=seen, actor=colleague)
    with pytest.raises(Stale, match="Robin Faster"):
        offerings.edit_offering(offering_id=draft.id, facts=replace(FACTS, title="Third Beats"), version=seen, actor=manager)
    assert db.session.get_one(Offering, draft.id).title == "Second Beats"


@pytest.mark.parametrize("verb", [offerings.publish_offering, offerings.pause_offering, offerings.close_offering, offerings.confirm_offering])
def test_a_stale_click_is_refused(organisation: Organisation, manager: Person, verb: object) -> None:
    live = factories.make_offering(organisation)
    seen = live.version
    offerings.confirm_offering(offering_id=live.id, actor=manager)
    with atomic():
        db.session.get_one(Offering, live.id).title = "Changed meanwhile"
    with pytest.raises(Stale):
        verb(offering_id=live.id, actor=manager, version=seen)  # type: ignore[operator]


@pytest.mark.parametrize(("given", "field"), [
    ({"age_min": 12, "age_max": 8}, "age_max"), ({"title": " "}, "title"), ({"latitude": 51.5}, "latitude"),
    ({"home_visit_radius_km": 5.0}, "home_visit_radius_km"),
    ({"slots": [{"day": "Thu", "start": "17:00", "end": "16:00", "season": "term"}]}, "slots"),
])
def test_what_cannot_be_is_refused_at_its_field(organisation: Organisation, manager: Person, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(organisation, manager, replace(FACTS, **given))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_copy_is_a_draft_with_the_same_facts_and_price(organisation: Organisation, manager: Person) -> None:
    original = factories.make_offering(organisation, interests=["drumming"], needs=["Social:belonging"])
    factories.make_tariff(original, price_pence=2_500)
    copied = offerings.copy_offering(offering_id=original.id, actor=manager)
    assert (copied.state, copied.interests, copied.needs, copied.age_max) == (S.DRAFT, ["drumming"], ["Social:belonging"], original.age_max)
    tariff = queries.find_current_tariff(copied.id, clock.today())
    assert tariff is not None and (tariff.price_pence, tariff.version) == (2_500, 1)
    assert copied.source_ref != original.source_ref and copied.title == f"Copy of {original.title}"
    assert queries.list_cohorts(copied.id) == []


def test_a_new_price_is_a_new_version_and_the_old_one_stays(organisation: Organisation, manager: Person) -> None:
    offering = factories.make_offering(organisation)
    first = set_tariff(offering_id=offering.id, price_pence=1_000, actor=manager)
    tomorrow = clock.today() + timedelta(days=1)
    second = set_tariff(offering_id=offering.id, price_pence=1_500, actor=manager, starts_on=tomorrow)
    assert (first.version, first.price_pence, second.version) == (1, 1_000, 2)
    assert queries.find_current_tariff(offering.id, clock.today()) == first
    assert queries.find_current_tariff(offering.id, tomorrow) == second
    with pytest.raises(Invalid) as refused:
        set_tariff(offering_id=offering.id, price_pence=900, actor=manager, starts_on=clock.today())
    assert refused.value.field == "starts_on"


@pytest.mark.parametrize(("given", "field"), [
    ({"price_pence": -1}, "price_pence"), ({"price_pence": 1, "notice_percent": 101}, "notice_percent"),
    ({"price_pence": 1, "payable": {"absent_untold": 120}}, "payable_absent_untold"),
])
def test_a_price_that_cannot_be_is_refused_at_its_field(
    organisation: Organisation, manager: Person, given: dict[str, object], field: str
) -> None:
    offering = factories.make_offering(organisation)
    with pytest.raises(Invalid) as refused:
        set_tariff(offering_id=offering.id, actor=manager, **given)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert db.session.query(Tariff).count() == 0


def test_confirming_says_who_looked_and_when(organisation: Organisation, manager: Person) -> None:
    offering = factories.make_offering(organisation, confirmed_on=None)
    offerings.confirm_offering(offering_id=offering.id, actor=manager)
    assert (offering.confirmed_on, offering.confirmed_by_id) == (clock.today(), manager.id)
    with pytest.raises(Invalid):
        offerings.confirm_offering(offering_id=add(organisation, manager).id, actor=manager)


def test_offerings_that_nobody_checked_for_long_are_listed_longest_first(organisation: Organisation) -> None:
    today = clock.today()
    never = factories.make_offering(organisation, confirmed_on=None)
    long_ago = factories.make_offering(organisation, confirmed_on=today - timedelta(days=200))
    factories.make_offering(organisation, confirmed_on=today)
    found = queries.list_offerings_to_check(organisation.zone_id, before=today - timedelta(days=90))
    assert list(found) == [never, long_ago]


def test_drafts_and_closed_ones_are_seen_by_their_own_people_only(zone: Zone, organisation: Organisation, manager: Person) -> None:
    by_state = {state: factories.make_offering(organisation, state=state) for state in S}
    own = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation)
    others = [
        factories.make_person(Role.LINK_WORKER, zone),
        factories.make_person(Role.PARTNER_ADMIN, zone, organisation=factories.make_organisation(zone)),
    ]
    for person in (own, manager):
        assert set(queries.list_offerings(person)) == set(by_state.values())
    for person in others:
        assert set(queries.list_offerings(person)) == {by_state[S.LIVE], by_state[S.PAUSED]}
        for state in (S.DRAFT, S.CLOSED):
            with pytest.raises(NotFound):
                queries.get_offering(by_state[state].id, person)


def test_another_zones_offering_cohort_and_session_are_not_found(zone: Zone, organisation: Organisation) -> None:
    offering = factories.make_offering(organisation)
    cohort = factories.make_cohort(offering, sessions=1)
    session = queries.list_sessions(cohort.id)[0]
    stranger = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    for get, id_ in ((queries.get_offering, offering.id), (queries.get_cohort, cohort.id), (queries.get_session, session.id)):
        with pytest.raises(NotFound):
            get(id_, stranger)  # type: ignore[operator]
    assert list(queries.list_offerings(stranger)) == []


# --- made for particular children, and what a child is placed in ---------------------------------


def test_what_is_made_for_particular_children_is_found_by_nobody_but_those_who_know_one(zone: Zone, organisation: Organisation, manager: Person) -> None:
    school = factories.make_school(zone)
    knows, other = (factories.make_person(Role.LINK_WORKER, zone, school=school) for _ in range(2))
    own = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation)
    private = factories.make_offering(organisation, is_private=True, title="For two brothers")
    child = factories.make_child(school, knows)
    match_before = match_child(child)
    factories.make_introduction(child, private, knows)
    for person, sees in ((knows, True), (manager, True), (own, True), (other, False)):
        assert (private in queries.list_offerings(person)) is sees, person.role_word
    with pytest.raises(NotFound):
        queries.get_offering(private.id, other)
    assert db.session.query(OfferingText).filter_by(offering_id=private.id).count() == 0
    assert private.id not in {match.offering.id for match in match_before.matches}
    assert organisation.id not in queries.count_live_offerings([organisation.id])
    assert private not in list_live(zone.id)


def test_an_offering_becomes_private_and_search_forgets_it(organisation: Organisation, manager: Person) -> None:
    offering = factories.make_offering(organisation)
    facts = OfferingFacts(**{name: getattr(offering, name) for name in OfferingFacts.__dataclass_fields__})
    assert db.session.query(OfferingText).filter_by(offering_id=offering.id).count() == 1
    offerings.edit_offering(offering_id=offering.id, facts=replace(facts, is_private=True), version=offering.version, actor=manager)
    assert db.session.query(OfferingText).filter_by(offering_id=offering.id).count() == 0


def test_what_a_child_went_to_stays_to_be_read_when_it_is_closed_and_its_organisation_has_left(
    zone: Zone, organisation: Organisation, manager: Person
) -> None:
    school = factories.make_school(zone)
    knows, other = (factories.make_person(Role.LINK_WORKER, zone, school=school) for _ in range(2))
    offering = factories.make_offering(organisation)
    factories.make_introduction(factories.make_child(school, knows), offering, knows)
    offerings.close_offering(offering_id=offering.id, actor=manager)
    move_organisation(organisation_id=organisation.id, to=PartnerState.LEFT, actor=manager, reason="Closed for good.")
    assert queries.get_offering(offering.id, knows) == offering
    assert queries.get_organisation(organisation.id, knows) == organisation
    for get, thing in ((queries.get_offering, offering), (queries.get_organisation, organisation)):
        with pytest.raises(NotFound):
            get(thing.id, other)


def test_school_years_come_in_pairs_and_in_order(organisation: Organisation, manager: Person) -> None:
    for years, field in (((3, None), "year_max"), ((None, 3), "year_min"), ((6, 3), "year_max")):
        with pytest.raises(Invalid) as refused:
            add(organisation, manager, replace(FACTS, year_min=years[0], year_max=years[1]))
        assert refused.value.field == field
    for years, said in (((-1, 0), "Nursery to Reception"), ((3, 6), "Years 3 to 6"), ((9, 9), "Year 9"), ((0, 2), "Reception to Year 2"), ((None, None), "")):
        assert school_years(*years) == said
