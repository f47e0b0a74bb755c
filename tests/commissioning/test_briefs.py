"""Briefs: nothing in them says who the child is, offers are sealed, the family decides, and the award makes the commission."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.catalogue.models import CohortState
from app.commissioning import invariants
from app.commissioning.anonymity import Known, lit, risks
from app.commissioning.models import Brief, BriefOffer, BriefState, CommissionState, OfferState
from app.commissioning.queries.briefs import get_brief, list_briefs
from app.commissioning.refusals import CouldIdentify, NotReady
from app.commissioning.services import briefs
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, IllegalMove, Invalid, NotFound
from tests import factories as make
from tests.commissioning.scene import Scene, person

KNOWN = Known(("Amara", "Okafor", "Will"), ("St Aldhelm’s",), ("Harrow Road ward",), ("Tigrinya",))


def test_what_could_identify_a_child_is_found_and_plain_words_are_not() -> None:
    for text, word in (
        ("She is 9 years old.", "9 years old"), ("A nine-year-old boy", "nine-year-old"), ("just turned 8", "turned 8"), ("aged 10", "aged 10"),
        ("at St Aldhelm’s", "St Aldhelm’s"), ("at Oak Tree Primary School", "Oak Tree Primary School"), ("speaks tigrinya at home", "tigrinya"),
        ("near W10 5BN", "W10 5BN"), ("in W10", "W10"), ("on Ladbroke Grove Estate", "Ladbroke Grove Estate"), ("in Harrow Road ward", "Harrow Road ward"),
        ("amara loves it", "amara"), ("Will drums", "Will"), ("born in 2017", "born in"), ("since 12/03/2017", "12/03/2017"),
        ("call 020 7946 0018", "020 7946 0018"), ("write to a.b@example.org", "a.b@example.org"), ("K-7F2Q", "K-7F2Q"),
    ):
        assert [risk.word for risk in risks(text, KNOWN)] == [word], text
    for text in (
        "One-to-one drumming for a child in Year 5 who is new to groups; ten sessions of 45 minutes, Tuesday or Wednesday, 15:30 to 17:00.",
        "U11 football, KS2, BMX; it will help to begin slowly. Budget up to £400.", "",
    ):
        assert risks(text, KNOWN) == [], text
    text = "Amara, 9 years old, drums"
    pieces = lit(text, risks(text, KNOWN))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, why in pieces if why] == ["Amara", "9 years old"]


def _facts(scene: Scene, child: object, **given: object) -> briefs.BriefFacts:
    return replace(briefs.BriefFacts(
        title="Drumming for one", text="Somebody patient who teaches drums, one to one.", days="Tuesday after school", area="West London",
        need_code=child.live_needs[0].code, sessions=4, budget_pence=20_000, offers_until=clock.today() + timedelta(days=14),  # type: ignore[attr-defined]
        goal="To drum.", why="Nothing here is one to one.", free_alternatives="The library has no drums.",
    ), **given)  # type: ignore[arg-type]


def _offer(scene: Scene, brief: Brief, **given: object) -> BriefOffer:
    facts = replace(briefs.OfferFacts(
        practitioner_id=scene.practitioner.id, price_pence=3_000, setup_pence=500, sessions=4, starts_on=clock.today() + timedelta(days=8),
        starts="15:30", ends="16:15", words="We begin with one drum each.",
    ), **given)  # type: ignore[arg-type]
    return briefs.make_offer(brief_id=brief.id, organisation_id=scene.organisation.id, facts=facts, actor=scene.partner)


def test_a_brief_with_risky_words_is_refused_and_one_for_somebody_elses_child_too(scene: Scene) -> None:
    child = scene.child(first_name="Zuleika")
    publish = lambda facts, actor=scene.link_worker: briefs.publish_brief(child=child, facts=facts, invited=[], actor=actor)  # noqa: E731
    for field in ("title", "text", "days", "area"):
        with pytest.raises(CouldIdentify):
            publish(_facts(scene, child, **{field: "For Zuleika"}))
    with pytest.raises(Forbidden):
        publish(_facts(scene, child), scene.holder)
    with pytest.raises(Invalid):
        publish(_facts(scene, child, offers_until=clock.today()))
    publish(_facts(scene, child))
    with pytest.raises(Invalid, match="already"):
        publish(_facts(scene, child))


def test_offers_are_sealed_and_the_familys_yes_makes_one_a_commission(scene: Scene) -> None:
    other = make.make_organisation(scene.zone)
    rival = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=other.id)
    colleague = make.make_practitioner(other)
    child = scene.child()
    brief = briefs.publish_brief(child=child, facts=_facts(scene, child), invited=[], actor=scene.link_worker)
    mine = _offer(scene, brief, price_pence=9_000)
    mine = _offer(scene, brief)  # thought again: one offer stands
    theirs = briefs.make_offer(
        brief_id=brief.id, organisation_id=other.id, actor=rival,
        facts=briefs.OfferFacts(colleague.id, 2_500, 0, 4, clock.today() + timedelta(days=9), "16:00", "17:00", "With pleasure."),
    )
    with pytest.raises(Forbidden):
        briefs.say_of_offer(offer_id=mine.id, child_says="yes", parent_says="yes", their_words="", actor=rival)
    for child_says, parent_says in (("", ""), ("yes", ""), ("yes", "no"), ("no", "yes")):
        briefs.say_of_offer(offer_id=mine.id, child_says=child_says, parent_says=parent_says, their_words="", actor=scene.link_worker)
        with pytest.raises(NotReady):
            briefs.award(offer_id=mine.id, actor=scene.link_worker)
    briefs.say_of_offer(offer_id=mine.id, child_says="yes", parent_says="willing", their_words="She laughed.", actor=scene.link_worker)
    commission = briefs.award(offer_id=mine.id, actor=scene.link_worker)
    assert (commission.state, commission.total_pence) == (CommissionState.REQUESTED, 4 * 3_000 + 500)
    assert (commission.cohort.capacity, commission.cohort.state, commission.cohort.practitioner_id) == (1, CohortState.OPEN, scene.practitioner.id)
    assert len(commission.cohort.sessions) >= 4
    assert (brief.state, brief.commission_id, mine.state, theirs.state) == (BriefState.AWARDED, commission.id, OfferState.AWARDED, OfferState.DECLINED)
    told = db.session.query(Task).filter(Task.person_id == rival.id, Task.closed_at.is_(None)).one()
    assert "Thank you" in told.title
    assert "30" not in told.text
    with pytest.raises(IllegalMove):
        briefs.award(offer_id=theirs.id, actor=scene.link_worker)
    assert invariants.broken() == []


def test_only_those_who_are_asked_see_a_brief_and_a_closed_one_takes_nothing(scene: Scene) -> None:
    other = make.make_organisation(scene.zone)
    stranger = person(Role.PARTNER_ADMIN, scene.zone, organisation_id=other.id)
    child = scene.child()
    brief = briefs.publish_brief(child=child, facts=_facts(scene, child), invited=[scene.organisation.id], actor=scene.link_worker)
    assert list(list_briefs(scene.partner)) == [brief]
    for nobody in (stranger, scene.holder, person(Role.LINK_WORKER, scene.zone)):
        assert list(list_briefs(nobody)) == []
        with pytest.raises(NotFound):
            get_brief(brief.id, nobody)
    offer = _offer(scene, brief)
    briefs.close_brief(brief_id=brief.id, reason="The library has drums now", actor=scene.link_worker)
    assert offer.state is OfferState.DECLINED
    with pytest.raises(IllegalMove):
        _offer(scene, brief)
