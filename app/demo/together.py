"""Two brothers who go to a free place together, asked for at once; and what was written about it, with a question that still waits."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from functools import partial

from app.accounts.queries import school_days
from app.catalogue.models import Offering
from app.catalogue.services.offerings import confirm_offering
from app.children.book import approved_pages
from app.children.models import Closeness, RelationshipKind, Warmth
from app.children.services.consents import give_consent
from app.children.services.people import set_carer, set_relationship
from app.children.services.profile import Details, change_child
from app.demo.childhoods import Life, write_page
from app.demo.shapes import Offer
from app.demo.story import school_morning
from app.demo.world import World
from app.introductions import queries
from app.introductions import services as introductions
from app.introductions.models import Introduction, Readers, Stance, Viewpoint
from app.shared import clock
from app.shared.db import atomic

SHARED = ["first_name", "age", "interests", "own_words", "what_helps", "must_know", "trusted_adult"]
SAID = {
    Stance.YES: "If he goes I go. I want the big brushes.",
    Stance.WILLING: "I’ll look. He can do the talking.",
}


def tell_together(world: World, lives: list[Life]) -> None:
    """A week ago by the first Link Worker who has two boys of different ages; three days ago the partner asked something."""
    found = _brothers(world, lives)
    if found is None:
        return
    one, other, offer, offering = found
    days = school_days(one.school.id)
    with clock.freeze(school_morning(days, clock.today() - timedelta(days=9), 10, 20)), atomic():
        _make_brothers(one, other, world)
        confirm_offering(offering_id=offering.id, actor=world.manager)
        begun = [_listen(life, offering, stance) for life, stance in zip((one, other), SAID, strict=True)]
        introductions.go_together(introduction_id=begun[0].id, with_id=begun[1].id, actor=one.worker)
        for introduction in begun:
            introductions.make_ready(introduction_id=introduction.id, actor=one.worker)
        introductions.ask(introduction_id=begun[0].id, note_to_partner="Two brothers. Could they come and look on a quiet day first?", actor=one.worker)
        introductions.write_message(
            introduction_id=begun[0].id, words_written="Their mum works on Saturdays until noon, so their uncle brings them.", readers=Readers.TEAM, actor=one.worker,
        )
    partner = world.admins[offer.org]
    with clock.freeze(clock.now() - timedelta(days=3)), atomic():
        question = introductions.write_message(
            introduction_id=begun[0].id, words_written="Would they rather sit together, or each at a table of their own?", readers=Readers.PARTNER,
            is_question=True, actor=partner,
        )
    with clock.freeze(clock.now() - timedelta(days=2)), atomic():
        introductions.answer_message(
            introduction_id=begun[0].id, message_id=question.id, words_written="Together to begin with, near the door. I come along the first time.",
            actor=one.worker,
        )
    with clock.freeze(clock.now() - timedelta(hours=20)), atomic():
        introductions.write_message(
            introduction_id=begun[0].id, words_written="Which day could you come and look?", readers=Readers.PARTNER, is_question=True, actor=partner,
        )


def _brothers(world: World, lives: list[Life]) -> tuple[Life, Life, Offer, Offering] | None:
    """Two boys of one Link Worker, and a free place for both where somebody signs in."""
    boys = [life for life in lives if life.worker.id == lives[0].worker.id and life.child.gender == "boy"]
    free = [(offer, offering) for offer, offering in world.offerings if offer.kind == "community_asset" and offer.org in world.admins]
    for offer, offering in free:
        fit = [
            life for life in boys
            if offer.age_min <= life.child.age <= offer.age_max and queries.open_introduction(life.child.id, offering.id) is None
        ]
        older = next((life for life in fit[1:] if life.child.age != fit[0].child.age), None)
        if older is not None:
            return fit[0], older, offer, offering
    return None


def _make_brothers(one: Life, other: Life, world: World) -> None:
    """One surname, one mother at home, each in the other's circle."""
    facts = Details(**{field.name: getattr(other.child, field.name) for field in fields(Details)})
    change_child(child_id=other.child.id, details=replace(facts, last_name=one.child.last_name), actor=world.manager)
    set_carer(
        child_id=other.child.id, carer_id=other.carer.id, name=one.carer.name, relation=one.carer.relation, phone=one.carer.phone,
        language=one.carer.language, actor=other.worker,
    )
    for life, brother in ((one, other), (other, one)):
        set_relationship(
            child_id=life.child.id, name=brother.child.called, who="brother", kind=RelationshipKind.FAMILY, closeness=Closeness.CLOSE,
            warmth=Warmth.WARM, since_on=life.begins_on, other_child_id=brother.child.id, actor=life.worker,
        )


def _listen(life: Life, offering: Offering, stance: Stance) -> Introduction:
    made = introductions.start(child_id=life.child.id, offering_id=offering.id, why="Both draw on everything; one would not go without the other.", actor=life.worker)
    introductions.begin_listening(introduction_id=made.id, actor=life.worker)
    heard = partial(introductions.record_view, introduction_id=made.id, said_on=clock.today(), actor=life.worker)
    heard(viewpoint=Viewpoint.CHILD, stance=stance, words_said=SAID[stance])
    heard(viewpoint=Viewpoint.CARER, carer_id=life.carer.id, stance=Stance.YES, words_said="Both or neither, please.")
    give_consent(
        child_id=life.child.id, carer_id=life.carer.id, organisation_id=offering.organisation_id, fields=SHARED, given_on=clock.today(),
        ends_on=clock.today() + timedelta(days=365), actor=life.worker,
    )
    introductions.prepare(introduction_id=made.id, has_met_contact=True, who_goes_along=life.worker.name, actor=life.worker)
    if not approved_pages([life.child.id]):
        write_page(life, is_approved=True)
    return made
