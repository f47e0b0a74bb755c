"""Duplicates: which are found, what merging moves and undoing brings back, what stands in the way, and that a no is remembered."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.accounts.models import Person, Role, School, Zone
from app.audit.models import AuditEntry
from app.catalogue import queries
from app.catalogue.duplicates import Record, compare, find_pairs
from app.catalogue.models import (
    Cohort,
    Merge,
    MergeKind,
    NotDuplicate,
    Offering,
    OfferingState,
    OfferingText,
    Organisation,
    OrganisationKind,
    PartnerState,
)
from app.catalogue.services import contacts, merges, offerings, organisations
from app.catalogue.services.contacts import ContactFacts
from app.catalogue.services.merges import CannotMerge, CannotUndo
from app.catalogue.services.organisations import OrganisationFacts
from app.children.models import Consent, Refusal
from app.insight.checks import broken, every_check
from app.introductions.models import Introduction, IntroductionState, Linking
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import NotFound
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in

ORG, OFF = MergeKind.ORGANISATION, MergeKind.OFFERING


@dataclass
class World:
    client: StrictClient
    zone: Zone
    school: School
    manager: Person
    link_worker: Person
    kept: Organisation
    gone: Organisation


@pytest.fixture
def world(client: StrictClient) -> World:
    zone = factories.make_zone(name="West London")
    school = factories.make_school(zone)
    kept = factories.make_organisation(zone, name="Westway Beats", phone="020 7946 0018", postcode="W10 5TY")
    gone = factories.make_organisation(zone, name="West Way Beats CIC", phone="(020) 79460018", postcode="W10 5TY", about="Drums.")
    return World(
        client, zone, school, factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.LINK_WORKER, zone, school=school), kept, gone,
    )


# --- finding -------------------------------------------------------------------------------------


def record(name: str, **given: object) -> Record:
    return Record(uuid.uuid4(), name, **given)  # type: ignore[arg-type]


def test_what_is_the_same_under_another_spelling_is_found_and_what_is_not_is_left_alone() -> None:
    near, far = {"latitude": 51.51, "longitude": -0.26}, {"latitude": 51.56, "longitude": -0.10}
    same = (
        (record("Westway Beats", phone="020 7946 0018"), record("West Way Beats CIC", phone="02079460018")),
        (record("St. Mary's Youth Club", postcode="W10 5TY"), record("St Marys Youth Club", postcode="W10 5TY")),
        (record("Tumbledown Circus"), record("Tumbeldown Circus Ltd")),
        (record("First Beats", provider="Westway Beats", **near), record("First Beats drumming", provider="Westway Beats", **near)),
        (record("Valence", postcode="W3 6NA"), record("Valence Library", postcode="W3 6NA")),
        (record("Café Read & Write", postcode="W3 6NA"), record("Cafe Read and Write", postcode="W3 6NA")),
    )
    for a, b in same:
        (found,) = find_pairs([a, b])
        assert {found.first, found.second} == {a.id, b.id} and found.score >= 80, (a.name, found)
    different = (
        (record("Homework Club", provider="Acton Library", **near), record("Homework Club", provider="Wood Green Library", **far)),
        (record("Saturday football", provider="QPR", **near), record("Saturday drumming", provider="QPR", **near)),
        (record("Acton Library", postcode="W3 6NA"), record("Ealing Library", postcode="W5 2AA")),
    )
    for a, b in different:
        assert find_pairs([a, b]) == [], (a.name, b.name, compare(a, b))


def test_the_score_is_the_weighted_mean_of_its_parts_and_says_them() -> None:
    a, b = record("Westway Beats", phone="020 7946 0018", postcode="W10 5TY"), record("Westway Beats", phone="020 7946 0099", postcode="W10 5TY")
    likeness = compare(a, b)
    assert likeness.parts == {"name": 100.0, "place": 100.0, "phone": 0.0}
    assert likeness.score == pytest.approx(100 * (0.5 + 0.2) / 0.8, abs=0.1)


def test_ten_thousand_are_compared_only_where_they_share_something() -> None:
    """Some fifty million pairs are not looked at; those that were planted are found all the same."""
    pick = random.Random(7)
    syllables = ["ba", "ko", "mi", "ra", "tu", "le", "no", "vi", "sha", "pen"]
    names = ["".join(pick.choices(syllables, k=3)).title() + " " + "".join(pick.choices(syllables, k=3)) for _ in range(10_000)]
    records = [record(name, postcode=f"W{pick.randint(1, 14)} {pick.randint(1, 9)}AB") for name in names]
    planted = [record(f"{one.name[:3]}{one.name[4:]} club", postcode=one.postcode) for one in records[:50]]
    from app.catalogue import duplicates

    looked = duplicates._candidates([duplicates._read(one) for one in records + planted])
    assert len(looked) < 1_000_000
    found = {frozenset((pair.first, pair.second)) for pair in find_pairs(records + planted)}
    missed = [i for i, copy in enumerate(planted) if frozenset((records[i].id, copy.id)) not in found]
    assert len(missed) <= 2, missed


def test_only_the_zones_own_records_in_use_are_listed(world: World) -> None:
    (pair,) = queries.list_duplicates(world.zone.id, ORG)
    assert {pair.likeness.first, pair.likeness.second} == {world.kept.id, world.gone.id}
    assert queries.list_duplicates(factories.make_zone().id, ORG) == []
    organisations.move_organisation(organisation_id=world.gone.id, to=PartnerState.LEFT, actor=world.manager, reason="Gone.")
    assert queries.list_duplicates(world.zone.id, ORG) == []


def test_not_the_same_is_remembered_and_can_be_looked_at_again(world: World) -> None:
    for _ in range(2):
        mark = merges.tell_apart(kind=ORG, first_id=world.gone.id, second_id=world.kept.id, actor=world.manager)
    assert db.session.query(NotDuplicate).count() == 1 and queries.list_duplicates(world.zone.id, ORG) == []
    merges.forget_told_apart(mark_id=mark.id, actor=world.manager)
    assert len(queries.list_duplicates(world.zone.id, ORG)) == 1


# --- organisations -------------------------------------------------------------------------------


def test_everything_of_an_organisation_goes_over_and_comes_back(world: World) -> None:
    child = factories.make_child(world.school, world.link_worker)
    consent = factories.make_consent(child, world.gone)
    offering = factories.make_offering(world.gone)
    introduction = factories.make_introduction(child, offering, world.link_worker)
    twins = [factories.make_practitioner(organisation, name="Theo Brown") for organisation in (world.kept, world.gone)]
    contact = contacts.add_contact(organisation_id=world.gone.id, facts=ContactFacts(name="Sam", phone="1"), actor=world.manager)
    partner = factories.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.gone)
    papers = len(world.gone.documents)
    done = merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=world.gone.id, take=["about"], actor=world.manager)

    assert (world.kept.name, world.kept.about, world.gone.state, world.gone.merged_into_id) == ("Westway Beats", "Drums.", PartnerState.LEFT, world.kept.id)
    assert {row.organisation_id for row in (offering, contact, *twins)} == {world.kept.id}
    assert sorted(twin.name for twin in twins) == ["Theo Brown", "Theo Brown (2)"]
    assert db.session.get_one(Consent, consent.id).organisation_id == world.kept.id
    assert db.session.get_one(Introduction, introduction.id).organisation_id == world.kept.id
    assert db.session.get_one(Person, partner.id).organisation_ids() == {world.kept.id}
    assert len(done.moved["document"]) >= papers
    assert db.session.query(OfferingText).filter_by(offering_id=offering.id).one().provider == "westway beat", "search hears of it"

    assert merges.undo_merge(merge_id=done.id, actor=world.manager).kept_edits == ()
    assert (world.kept.about, world.gone.state, world.gone.merged_into_id) == ("", PartnerState.LIVE, None)
    assert {row.organisation_id for row in (offering, contact, twins[1])} == {world.gone.id} and twins[0].organisation_id == world.kept.id
    assert twins[1].name == "Theo Brown"
    assert db.session.get_one(Consent, consent.id).organisation_id == world.gone.id
    assert db.session.get_one(Introduction, introduction.id).organisation_id == world.gone.id
    assert db.session.get_one(Person, partner.id).organisation_ids() == {world.gone.id}
    merges.undo_merge(merge_id=done.id, actor=world.manager)
    said = [e.action for e in db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == world.kept.id).order_by(AuditEntry.id))]
    assert [action for action in said if ".merge." in action] == ["catalogue.merge.kept", "catalogue.merge.reversed"]


def test_the_name_of_the_other_can_be_taken_and_what_was_edited_since_stays_when_undone(world: World) -> None:
    done = merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=world.gone.id, take=["name", "about"], actor=world.manager)
    assert world.kept.name == "West Way Beats CIC"
    facts = OrganisationFacts(name="West Way Beats CIC", phone=world.kept.phone, postcode="W10 5TY", about="Drums and brass.")
    organisations.edit_organisation(organisation_id=world.kept.id, facts=facts, actor=world.manager)
    undone = merges.undo_merge(merge_id=done.id, actor=world.manager)
    assert undone.kept_edits == ("about",)
    assert (world.kept.name, world.kept.about, world.gone.name) == ("Westway Beats", "Drums and brass.", "West Way Beats CIC")


def test_merges_are_undone_from_the_last_one_back(world: World) -> None:
    third = factories.make_organisation(world.zone, name="Westway Beat")
    first = merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=world.gone.id, take=[], actor=world.manager)
    second = merges.merge(kind=ORG, kept_id=third.id, gone_id=world.kept.id, take=[], actor=world.manager)
    assert queries.heir_of(ORG, world.gone.id) == third.id
    with pytest.raises(CannotUndo, match="merged with another since"):
        merges.undo_merge(merge_id=first.id, actor=world.manager)
    merges.undo_merge(merge_id=second.id, actor=world.manager)
    merges.undo_merge(merge_id=first.id, actor=world.manager)
    assert queries.heir_of(ORG, world.gone.id) is None


# --- offerings -----------------------------------------------------------------------------------


def twins_of(world: World) -> tuple[Offering, Offering]:
    return factories.make_offering(world.kept, title="First Beats"), factories.make_offering(world.kept, title="First Beats drumming", age_min=6, age_max=9)


def test_groups_introductions_and_a_childs_no_go_over_with_an_offering_and_come_back(world: World) -> None:
    kept, gone = twins_of(world)
    factories.make_tariff(gone, price_pence=1_500)
    cohort = factories.make_cohort(gone)
    child, other = (factories.make_child(world.school, world.link_worker) for _ in range(2))
    introduction = factories.make_introduction(child, gone, world.link_worker)
    refusal = factories.save(Refusal(child_id=other.id, offering_id=gone.id))
    done = merges.merge(kind=OFF, kept_id=kept.id, gone_id=gone.id, take=["age_min"], actor=world.manager)
    for row in (db.session.get_one(Cohort, cohort.id), db.session.get_one(Introduction, introduction.id), db.session.get_one(Refusal, refusal.id)):
        assert row.offering_id == kept.id, row
    assert (kept.age_min, kept.age_max, gone.state) == (6, 9, OfferingState.CLOSED)
    assert queries.list_tariffs(kept.id)[0].price_pence == 1_500
    assert db.session.query(OfferingText).filter_by(offering_id=gone.id).count() == 0
    merges.undo_merge(merge_id=done.id, actor=world.manager)
    for row in (db.session.get_one(Cohort, cohort.id), db.session.get_one(Introduction, introduction.id), db.session.get_one(Refusal, refusal.id)):
        assert row.offering_id == gone.id, row
    assert (kept.age_min, kept.age_max, gone.state) == (5, 16, OfferingState.LIVE)
    assert queries.list_tariffs(kept.id) == [] and db.session.query(OfferingText).filter_by(offering_id=gone.id).count() == 1


def test_every_invariant_holds_after_a_merge_and_after_undoing_it(world: World) -> None:
    """States are where their trails lead, and every meeting is counted once, also for a child who met both."""
    kept, gone = twins_of(world)
    for offering in (kept, gone):
        factories.make_tariff(offering)
        offerings.pause_offering(offering_id=offering.id, actor=world.manager)
        offerings.publish_offering(offering_id=offering.id, actor=world.manager)
    child = factories.make_child(world.school, world.link_worker)
    for offering in (kept, gone):
        introduction = factories.make_introduction(child, offering, world.link_worker, state=IntroductionState.ENDED, end_reason="moved")
        factories.save(Linking(
            zone_id=world.zone.id, child_id=child.id, offering_id=offering.id, introduction_id=introduction.id, met_on=clock.today(),
        ))
    told = {"every state is where its trail leads", "every meeting is counted as a linking", "nothing crosses a Zone"}
    checks = [check for check in every_check() if check[0] in told]
    assert len(checks) == len(told) and broken(checks) is None
    done = merges.merge(kind=OFF, kept_id=kept.id, gone_id=gone.id, take=[], actor=world.manager)
    assert broken(checks) is None
    assert db.session.query(Linking).filter_by(offering_id=kept.id).count() == 1
    merges.undo_merge(merge_id=done.id, actor=world.manager)
    assert broken(checks) is None
    organisation = factories.make_organisation(world.zone, state=PartnerState.IN_REVIEW)
    organisations.move_organisation(organisation_id=organisation.id, to=PartnerState.APPROVED, actor=world.manager)
    done = merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=organisation.id, take=[], actor=world.manager)
    assert broken(checks) is None
    merges.undo_merge(merge_id=done.id, actor=world.manager)
    assert broken(checks) is None


def test_what_stands_in_the_way_is_said_without_a_name(world: World) -> None:
    kept, gone = twins_of(world)
    child = factories.make_child(world.school, world.link_worker)
    for offering in (kept, gone):
        factories.make_introduction(child, offering, world.link_worker)
    with pytest.raises(CannotMerge, match="1 child has an open introduction to both") as refused:
        merges.merge(kind=OFF, kept_id=kept.id, gone_id=gone.id, take=[], actor=world.manager)
    assert child.first_name not in refused.value.sentence
    assert gone.merged_into_id is None and gone.state is OfferingState.LIVE
    free = factories.make_offering(world.kept, kind="community_asset")
    theirs = factories.make_offering(world.gone)
    elsewhere = factories.make_offering(factories.make_organisation(factories.make_zone()))
    for other, said in ((free, "a programme that is bought"), (theirs, "two organisations"), (elsewhere, "two Zones"), (kept, "one and the same record")):
        with pytest.raises(CannotMerge, match=said):
            merges.merge(kind=OFF, kept_id=kept.id, gone_id=other.id, take=[], actor=world.manager)


def test_what_was_begun_since_in_a_group_that_would_go_back_stops_the_undoing(world: World) -> None:
    kept, gone = twins_of(world)
    cohort = factories.make_cohort(gone)
    done = merges.merge(kind=OFF, kept_id=kept.id, gone_id=gone.id, take=[], actor=world.manager)
    child = factories.make_child(world.school, world.link_worker)
    factories.make_introduction(child, kept, world.link_worker, cohort_id=cohort.id, state=IntroductionState.LISTENING)
    with pytest.raises(CannotUndo, match="1 introduction was begun since"):
        merges.undo_merge(merge_id=done.id, actor=world.manager)
    assert db.session.get_one(Merge, done.id).undone_at is None and db.session.get_one(Cohort, cohort.id).offering_id == kept.id


def test_a_merged_offering_cannot_be_published_again_and_its_source_no_longer_moves_it(world: World) -> None:
    kept, gone = twins_of(world)
    factories.make_tariff(gone)
    merges.merge(kind=OFF, kept_id=kept.id, gone_id=gone.id, take=[], actor=world.manager)
    with pytest.raises(Exception, match="merged into another"):
        offerings.publish_offering(offering_id=gone.id, actor=world.manager)


# --- pages ---------------------------------------------------------------------------------------


def test_a_zone_manager_merges_field_by_field_and_the_old_address_leads_on(world: World) -> None:
    client, kept, gone = world.client, world.kept, world.gone
    sign_in(client, world.manager)
    listed = client.get("/duplicates").get_data(as_text=True)
    assert "Westway Beats" in listed and "of 100 alike" in listed and "Telephone 100" in listed
    page = BeautifulSoup(client.get(f"/organisations/{kept.id}/merge/{gone.id}").get_data(as_text=True), "html.parser")
    assert [legend.get_text() for legend in page.select(".side legend")] == ["Name", "About", "Telephone"]
    assert page.select_one("input[name=f-about][value=other]").has_attr("checked"), "what only the other says is offered first"
    answer = client.post(f"/organisations/{kept.id}/merge/{gone.id}", data={"f-name": "kept", "f-about": "other", "f-phone": "kept"})
    assert answer.status_code == 303 and answer.location.endswith(f"/organisations/{kept.id}")
    assert db.session.get_one(Organisation, kept.id).about == "Drums."
    for person in (world.manager, world.link_worker):
        sign_in(client, person)
        old = client.get(f"/organisations/{gone.id}")
        assert old.status_code == 302 and old.location.endswith(f"/organisations/{kept.id}")
    sign_in(client, world.manager)
    (done,) = db.session.scalars(sa.select(Merge))
    assert client.post(f"/merges/{done.id}/undo").status_code == 303
    assert client.get(f"/organisations/{gone.id}").status_code == 200
    assert client.post(f"/organisations/{kept.id}/not-the-same/{gone.id}").status_code == 303
    assert "of 100 alike" not in client.get("/duplicates").get_data(as_text=True)
    (mark,) = db.session.scalars(sa.select(NotDuplicate))
    assert client.post(f"/duplicates/{mark.id}/look-again").status_code == 303
    assert "of 100 alike" in client.get("/duplicates").get_data(as_text=True)


def test_a_merge_that_cannot_be_says_why_beside_the_button(world: World) -> None:
    kept, gone = twins_of(world)
    child = factories.make_child(world.school, world.link_worker)
    for offering in (kept, gone):
        factories.make_introduction(child, offering, world.link_worker)
    sign_in(world.client, world.manager)
    path = f"/offerings/{kept.id}/merge/{gone.id}"
    text = world.client.get(path).get_data(as_text=True)
    assert "1 child has an open introduction to both" in text and 'aria-disabled="true"' in text
    answer = world.client.post(path, data={"f-age_min": "other"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert page.select_one("input[name=f-age_min][value=other]").has_attr("checked")


def test_two_of_one_name_are_told_apart_by_where_they_came_from(world: World) -> None:
    one, other, third = (factories.make_offering(world.kept, title="Kite club") for _ in range(3))
    with atomic():
        db.session.get_one(Offering, other.id).source = "council"
    sign_in(world.client, world.manager)
    for gone, marks in ((other, ("written in Kith", "from council")), (third, ("1", "2"))):
        page = BeautifulSoup(world.client.get(f"/offerings/{one.id}/merge/{gone.id}").get_data(as_text=True), "html.parser").get_text(" ")
        assert f"Kite club ({marks[1]}) becomes part of Kite club ({marks[0]})" in page


def test_only_the_zones_manager_finds_and_merges(world: World) -> None:
    partner = factories.make_person(Role.PARTNER_ADMIN, world.zone, organisation=world.kept)
    stranger = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    path = f"/organisations/{world.kept.id}/merge/{world.gone.id}"
    for person, status in ((partner, 403), (world.link_worker, 403), (stranger, 404)):
        sign_in(world.client, person)
        assert world.client.get(path).status_code == status
        assert world.client.post(path).status_code == status
    done = merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=world.gone.id, take=[], actor=world.manager)
    sign_in(world.client, stranger)
    assert world.client.post(f"/merges/{done.id}/undo").status_code == 404
    with pytest.raises(NotFound):
        queries.get_merge(done.id, partner)


def test_a_merge_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last mover refuses, nothing of what the others moved stays."""
    from app.catalogue import merging

    def refuse(kind: MergeKind, kept_id: uuid.UUID, gone_id: uuid.UUID) -> list[uuid.UUID]:
        raise CannotMerge("Not this one.")

    offering = factories.make_offering(world.gone)
    monkeypatch.setitem(merging._movers, "zz", merging.Mover("zz", ("row", "rows"), refuse, lambda kind, gone_id, ids: None))
    with pytest.raises(CannotMerge), atomic():
        merges.merge(kind=ORG, kept_id=world.kept.id, gone_id=world.gone.id, take=[], actor=world.manager)
    assert db.session.get_one(Offering, offering.id).organisation_id == world.gone.id
    assert db.session.get_one(Organisation, world.gone.id).kind is OrganisationKind.PARTNER
    assert db.session.query(Merge).count() == 0
