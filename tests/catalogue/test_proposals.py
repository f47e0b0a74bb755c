"""A partner changes what children see: it is proposed, the Zone manager answers, and nothing is shown before that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role
from app.audit import queries as trail
from app.catalogue import proposed, queries
from app.catalogue.models import (
    Delivery,
    MergeKind,
    Offering,
    OfferingState,
    Organisation,
    PartnerState,
    Photo,
    Proposal,
    ProposalKind,
    ProposalState,
    TariffBasis,
)
from app.catalogue.services import answers, merges, offerings, organisations, proposals
from app.catalogue.services.offerings import OfferingFacts
from app.catalogue.services.organisations import OrganisationFacts
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Forbidden, IllegalMove, Invalid, NotFound, Stale
from tests import factories
from tests.catalogue.test_photos import picture

WORDS = ProposalKind.WORDS


@dataclass
class Scene:
    manager: Person
    partner: Person
    organisation: Organisation
    offering: Offering

    def facts(self, **given: object) -> OfferingFacts:
        return replace(OfferingFacts(**offerings.facts_of(self.again())), **given)  # type: ignore[arg-type]

    def again(self) -> Offering:
        return db.session.get_one(Offering, self.offering.id, populate_existing=True)

    def save(self, by: Person, **given: object) -> Proposal | None:
        proposals.save_offering(offering_id=self.offering.id, facts=self.facts(**given), version=self.again().version, actor=by)
        return queries.find_open_proposal(WORDS, self.offering.id)

    def accept(self, proposal: Proposal, **given: str) -> Proposal:
        return answers.accept_proposal(proposal_id=proposal.id, actor=self.manager, **{"seen": queries.seen_mark(proposal), **given})

    def tasks(self, person: Person) -> list[str]:
        return list(db.session.scalars(sa.select(Task.kind).where(Task.person_id == person.id, Task.closed_at.is_(None)).order_by(Task.kind)))


@pytest.fixture
def scene(app: Flask) -> Scene:
    zone = factories.make_zone()
    organisation = factories.make_organisation(zone)
    offering = factories.make_offering(organisation, title="First Beats", description="Drums.")
    factories.make_tariff(offering)
    partner = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation)
    return Scene(factories.make_person(Role.ZONE_MANAGER, zone), partner, organisation, offering)


def test_what_children_see_waits_and_the_rest_is_so_at_once(scene: Scene) -> None:
    made = scene.save(scene.partner, title="Second Beats", how_to_get_there="The red door.", is_step_free=True, delivery=Delivery.SCHOOL)
    now = scene.again()
    assert (now.title, now.how_to_get_there, now.is_step_free, now.delivery) == ("First Beats", "The red door.", True, Delivery.SCHOOL)
    assert made is not None and (made.before, made.after) == ({"title": "First Beats"}, {"title": "Second Beats"})
    assert scene.tasks(scene.manager) == [proposals.TASK]
    with pytest.raises(Forbidden):
        answers.accept_proposal(proposal_id=made.id, actor=scene.partner, seen=queries.seen_mark(made))
    scene.accept(made, word="Lovely.")
    assert scene.again().title == "Second Beats" and scene.tasks(scene.manager) == []
    said = [entry.action for entry in trail.list_entries_for(scene.again())]
    assert said == ["catalogue.offering.edited", "catalogue.proposal.made", "catalogue.proposal.accepted"]
    with pytest.raises(IllegalMove):
        scene.accept(made)


def test_the_manager_and_whoever_writes_a_draft_write_at_once(scene: Scene) -> None:
    assert scene.save(scene.manager, title="By the manager") is None and scene.again().title == "By the manager"
    draft = factories.make_offering(scene.organisation, state=OfferingState.DRAFT, title="A draft")
    mine = replace(scene, offering=draft)
    assert mine.save(scene.partner, title="Still a draft") is None and mine.again().title == "Still a draft"


def test_the_next_proposal_takes_the_place_of_the_one_before_and_taking_it_back_leaves_nothing(scene: Scene) -> None:
    first = scene.save(scene.partner, title="One")
    assert first is not None and scene.save(scene.partner, title="One") is first, "the same again is the same"
    second = scene.save(scene.partner, title="Two", eligibility="Anybody.")
    assert second is not None and first.state is ProposalState.REPLACED and sorted(second.after) == ["eligibility", "title"]
    assert scene.tasks(scene.manager) == [proposals.TASK], "one question, about the newer one"
    assert scene.save(scene.partner) is None and second.state is ProposalState.WITHDRAWN, "saved as it stands: nothing is proposed any more"
    assert scene.tasks(scene.manager) == [] and scene.again().title == "First Beats"


def test_a_change_sent_back_needs_a_word_and_waits_for_its_author(scene: Scene) -> None:
    made = scene.save(scene.partner, title="LOUD")
    assert made is not None
    with pytest.raises(Invalid) as refused:
        answers.return_proposal(proposal_id=made.id, word=" ", actor=scene.manager)
    assert refused.value.field == "word"
    answers.return_proposal(proposal_id=made.id, word="Not in capitals.", actor=scene.manager)
    assert (scene.tasks(scene.manager), scene.tasks(scene.partner)) == ([], [proposals.RETURNED])
    again = scene.save(scene.partner, title="Loud")
    assert again is not None and made.state is ProposalState.REPLACED
    assert (scene.tasks(scene.manager), scene.tasks(scene.partner)) == ([proposals.TASK], [])
    answers.return_proposal(proposal_id=again.id, word="No.", actor=scene.manager)
    answers.withdraw_proposal(proposal_id=again.id, actor=scene.partner)
    assert scene.tasks(scene.partner) == [] and scene.again().title == "First Beats"


def test_a_record_that_changed_underneath_is_said_and_an_answer_to_the_old_page_refused(scene: Scene) -> None:
    made = scene.save(scene.partner, title="Second Beats", age_max=11)
    assert made is not None
    page = queries.seen_mark(made)
    scene.save(scene.manager, title="Changed by the manager")
    lines = {line.field: line.now for line in proposed.lines(made, queries.standing(made))}
    assert lines == {"Title": "Changed by the manager", "Oldest age": ""}
    with pytest.raises(Stale):
        scene.accept(made, seen=page)
    scene.save(scene.manager, age_min=12)
    with pytest.raises(Invalid) as refused:
        scene.accept(made)
    assert refused.value.field == "age_max" and scene.again().title == "Changed by the manager", "all of it or nothing"
    scene.save(scene.manager, age_min=5)
    scene.accept(made)
    assert (scene.again().title, scene.again().age_max) == ("Second Beats", 11)


def test_a_draft_is_shown_first_when_the_manager_has_read_it(scene: Scene) -> None:
    draft = factories.make_offering(scene.organisation, state=OfferingState.DRAFT, title="Third Beats")
    mine = replace(scene, offering=draft)
    with pytest.raises(DomainError):
        proposals.publish(offering_id=draft.id, actor=scene.partner)  # no price yet
    factories.make_tariff(draft)
    proposals.publish(offering_id=draft.id, actor=scene.partner)
    made = queries.find_open_proposal(ProposalKind.PUBLISH, draft.id)
    assert made is not None and mine.again().state is OfferingState.DRAFT
    page = queries.seen_mark(made)
    mine.save(scene.partner, description="Other drums.")
    with pytest.raises(Stale):
        mine.accept(made, seen=page)
    mine.accept(made)
    assert mine.again().state is OfferingState.LIVE
    offerings.pause_offering(offering_id=draft.id, actor=scene.partner)
    proposals.publish(offering_id=draft.id, actor=scene.partner)
    assert mine.again().state is OfferingState.LIVE, "going on after a pause needs nobody"


def test_a_price_is_proposed_and_written_down_when_it_is_accepted(scene: Scene) -> None:
    terms = {"setup_pence": 500, "notice_percent": 0, "payable": {"absent_told": 0, "absent_untold": 50}, "is_one_to_one": False, "starts_on": None}
    same = queries.find_current_tariff(scene.offering.id, clock.today())
    assert same is not None
    given = {**terms, "offering_id": scene.offering.id, "actor": scene.partner, "basis": TariffBasis.PLACE}
    made = proposals.propose_price(price_pence=20_000, **{**given, "starts_on": clock.today() + timedelta(days=30)})  # type: ignore[arg-type]
    assert made is not None and made.before["price_pence"] == same.price_pence
    with pytest.raises(Invalid):
        proposals.propose_price(price_pence=-1, **given)  # type: ignore[arg-type]
    scene.accept(made)
    newest = queries.find_latest_tariff(scene.offering.id)
    assert newest is not None and (newest.price_pence, newest.setup_pence, newest.basis) == (20_000, 500, TariffBasis.PLACE)
    assert newest.starts_on == clock.today() + timedelta(days=30) and newest.payable["attended"] == 100
    assert proposals.propose_price(price_pence=20_000, **given) is None, "nothing differs"  # type: ignore[arg-type]


def test_a_photo_is_seen_by_nobody_else_until_it_is_accepted(scene: Scene) -> None:
    worker = factories.make_person(Role.LINK_WORKER, scene.organisation.zone, school=factories.make_school(scene.organisation.zone))
    photo = proposals.add_photo(content=picture(size=(240, 200)), alt="A hall", actor=scene.partner, offering_id=scene.offering.id)
    assert queries.list_photos(offering_id=scene.offering.id) == []
    with pytest.raises(NotFound):
        queries.get_photo(photo.id, worker)
    made = queries.find_open_proposal(ProposalKind.PHOTO, photo.id)
    assert made is not None and queries.get_photo(photo.id, scene.manager).is_waiting
    scene.accept(made)
    assert queries.list_photos(offering_id=scene.offering.id) and queries.get_photo(photo.id, worker).alt == "A hall"
    proposals.describe_photo(photo_id=photo.id, alt="A bright hall", actor=scene.partner)
    words = queries.find_open_proposal(WORDS, photo.id)
    assert words is not None and db.session.get_one(Photo, photo.id).alt == "A hall"
    proposals.remove_photo(photo_id=photo.id, actor=scene.partner)
    assert words.state is ProposalState.WITHDRAWN and db.session.get(Photo, photo.id) is None and scene.tasks(scene.manager) == []


def test_an_organisation_proposes_its_words_and_changes_its_telephone_at_once(scene: Scene) -> None:
    organisation, facts = scene.organisation, OrganisationFacts(name="Other name", about="We drum.", phone="020 7946 0018", email=scene.organisation.email)
    proposals.save_organisation(organisation_id=organisation.id, facts=facts, actor=scene.partner)
    made = queries.find_open_proposal(WORDS, organisation.id)
    now = db.session.get_one(Organisation, organisation.id)
    assert made is not None and now.phone == "020 7946 0018" and "Other name" not in now.name and set(made.after) >= {"name", "about"}
    taken = factories.make_organisation(organisation.zone, with_documents=False)
    organisations.edit_organisation(organisation_id=taken.id, facts=OrganisationFacts(name="Other name"), actor=scene.manager)
    with pytest.raises(Invalid, match="already an organisation"):
        scene.accept(made)
    with pytest.raises(DomainError, match="A change is proposed"):
        merges.merge(kind=MergeKind.ORGANISATION, kept_id=taken.id, gone_id=organisation.id, take=(), actor=scene.manager)
    joining = factories.make_organisation(organisation.zone, with_documents=False, state=PartnerState.APPLYING)
    joins = factories.make_person(Role.PARTNER_ADMIN, organisation.zone, organisation=joining)
    proposals.save_organisation(organisation_id=joining.id, facts=OrganisationFacts(name="Joining"), actor=joins)
    assert db.session.get_one(Organisation, joining.id).name == "Joining", "nobody reads about it yet"
