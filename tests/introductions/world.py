"""A small world to take an introduction through, by its own verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.accounts.models import Person, Role, School, Zone
from app.catalogue.models import Offering, OfferingKind, Organisation, Practitioner
from app.children.models import Carer, Child
from app.introductions import services
from app.introductions.models import (
    DeclineReason,
    EndReason,
    Introduction,
    IntroductionState,
    Stance,
    Viewpoint,
)
from app.shared import clock
from app.shared.db import Row, atomic, db
from tests import factories

S = IntroductionState
PATH = (S.IDEA, S.LISTENING, S.READY, S.ASKED, S.AGREED, S.ARRANGED, S.MET, S.JOINED, S.SETTLED, S.CLOSED)
ASIDE = {S.NOT_YET: S.LISTENING, S.DECLINED: S.ASKED, S.LAPSED: S.ASKED, S.ENDED: S.LISTENING}


@dataclass
class World:
    """One Zone with one child; the offering is a local asset whose coordinator signs in to Kith."""

    zone: Zone
    school: School
    link_worker: Person
    zone_manager: Person
    organisation: Organisation
    partner: Person
    practitioner: Practitioner
    offering: Offering
    child: Child
    step: dict[str, Any] = field(default_factory=dict)

    @property
    def carer(self) -> Carer:
        return self.child.carers[0]

    def at(self, state: IntroductionState, **start: Any) -> Introduction:
        """A fresh introduction brought to that state, each step by the one who takes it."""
        introduction = self.start(**start)
        along = PATH[: PATH.index(ASIDE.get(state, state)) + 1]
        for here in along[1:]:
            self.go(introduction, here)
        if state in ASIDE:
            self.go(introduction, state)
        return introduction

    def start(self, offering: Offering | None = None, child: Child | None = None) -> Introduction:
        return services.start(
            child_id=(child or self.child).id, offering_id=(offering or self.offering).id, why="Drums on every table.",
            actor=self.link_worker,
        )

    def go(self, introduction: Introduction, to: IntroductionState, **given: Any) -> Introduction:
        """The verb that leads to `to`, with everything it wants."""
        return VERBS[to](self, introduction, **given)

    def hear(self, introduction: Introduction, stance: Stance = Stance.YES, **given: Any) -> None:
        """The child says it, today."""
        services.record_view(**{
            "introduction_id": introduction.id, "viewpoint": Viewpoint.CHILD, "stance": stance,
            "words_said": "I want to hit the big one.", "said_on": clock.today(), "actor": self.link_worker, **given,
        })

    def hear_home(self, introduction: Introduction, stance: Stance = Stance.YES, **given: Any) -> None:
        """Her mother says it, today."""
        self.hear(introduction, stance, **{
            "viewpoint": Viewpoint.CARER, "carer_id": self.carer.id, "words_said": "She drums on my saucepans.", **given,
        })

    def warm(self, introduction: Introduction) -> None:
        services.prepare(
            introduction_id=introduction.id, has_met_contact=True, who_goes_along="Safiya’s mum", actor=self.link_worker
        )

    def consent(self) -> None:
        factories.make_consent(self.child, self.organisation)


Verb = Callable[..., Introduction]


def _ready(w: World, i: Introduction, **given: Any) -> Introduction:
    w.hear(i)
    w.hear_home(i)
    w.warm(i)
    return services.make_ready(**{"introduction_id": i.id, "actor": w.link_worker, **given})


def _lapse(w: World, i: Introduction, **given: Any) -> Introduction:
    assert i.answer_by_on is not None
    with clock.freeze(clock.end_of_day(i.answer_by_on)):
        return services.lapse(introduction_id=i.id, **given)


def _arranged(w: World, i: Introduction, **given: Any) -> Introduction:
    return services.arrange(**{
        "introduction_id": i.id, "meeting_at": clock.now() + timedelta(days=2), "place": "Music room", "people": "Theo and Joanne",
        "trusted_adult": "Joanne", "actor": w.link_worker, **given,
    })


VERBS: dict[IntroductionState, Verb] = {
    S.IDEA: lambda w, i, **g: services.begin_again(**{"introduction_id": i.id, "actor": w.link_worker, **g}),
    S.LISTENING: lambda w, i, **g: services.begin_listening(**{"introduction_id": i.id, "actor": w.link_worker, **g}),
    S.NOT_YET: lambda w, i, **g: services.set_not_yet(**{
        "introduction_id": i.id, "why": "Not before the holidays.", "ask_again_on": clock.today() + timedelta(days=14),
        "actor": w.link_worker, **g}),
    S.READY: _ready,
    S.ASKED: lambda w, i, **g: services.ask(**{
        "introduction_id": i.id, "note_to_partner": "Likes it loud.", "actor": w.link_worker, **g}),
    S.AGREED: lambda w, i, **g: services.agree(**{
        "introduction_id": i.id, "practitioner_id": w.practitioner.id, "first_dates": "Thursdays at 4", "actor": w.partner, **g}),
    S.DECLINED: lambda w, i, **g: services.decline(**{
        "introduction_id": i.id, "reason": DeclineReason.FULL, "actor": w.partner, **g}),
    S.LAPSED: _lapse,
    S.ARRANGED: _arranged,
    S.MET: lambda w, i, **g: services.record_met(**{
        "introduction_id": i.id, "met_on": clock.today(), "people": "Theo, Joanne", "words_said": "He let me try.",
        "actor": w.link_worker, **g}),
    S.JOINED: lambda w, i, **g: services.join(**{"introduction_id": i.id, "on": clock.today(), "actor": w.link_worker, **g}),
    S.SETTLED: lambda w, i, **g: services.settle(**{
        "introduction_id": i.id, "wants_to_go_on": True, "words_said": "I want to go for ever.", "visits_told": 3,
        "actor": w.link_worker, **g}),
    S.CLOSED: lambda w, i, **g: services.close(**{
        "introduction_id": i.id, "outcome": "She drums every week.", "next_step": "The summer show.", "actor": w.link_worker, **g}),
    S.ENDED: lambda w, i, **g: services.end(**{
        "introduction_id": i.id, "reason": EndReason.MOVED, "note": "To Leicester.", "actor": w.link_worker, **g}),
}


def make_world(*, kind: OfferingKind = OfferingKind.COMMUNITY_ASSET, with_consent: bool = True) -> World:
    zone = factories.make_zone()
    school = factories.make_school(zone)
    link_worker = factories.make_person(Role.LINK_WORKER, zone, school=school, name="Joanne Price")
    organisation = factories.make_organisation(zone, name="Westway Beats", contact_name="Theo Brown")
    world = World(
        zone=zone, school=school, link_worker=link_worker,
        zone_manager=factories.make_person(Role.ZONE_MANAGER, zone, name="Zara Manager"), organisation=organisation,
        partner=factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation, name="Theo Brown"),
        practitioner=factories.make_practitioner(organisation, name="Theo Brown"),
        offering=factories.make_offering(organisation, title="First Beats", kind=kind),
        child=factories.make_child(school, link_worker, first_name="Amara"),
    )
    if with_consent:
        world.consent()
    return world


def reread(introduction: Introduction) -> Introduction:
    """As the database has it now."""
    db.session.rollback()
    found = db.session.get(Introduction, introduction.id)
    assert found is not None
    return found


def set_row(introduction: Introduction, **values: Any) -> None:
    """Change a row behind the verbs' back, as time or another room would."""
    change(introduction, **values)


def change(row: Row, **values: Any) -> None:
    """Something in another room is different."""
    with atomic():
        fresh = db.session.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(fresh, name, value)


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)
