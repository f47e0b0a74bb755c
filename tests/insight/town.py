"""A small Zone in which everything was done by its own verb, so that every invariant has something to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.attendance.models import MarkKind
from app.attendance.services import Marking
from app.children.models import Child
from app.children.services import give_consent
from app.commissioning.models import Commission
from app.commissioning.services import commissions, decisions
from app.introductions import services as introductions
from app.introductions.models import Introduction, Stance, Viewpoint
from app.shared import clock
from app.shared.db import db
from tests.attendance.club import Club, open_club


class Town(Club):
    """The club, whose children come all the way: idea, listening, ready, asked, paid for, agreed, arranged, met, registers."""

    def welcome(self, **given: Any) -> Child:
        """A child from the first idea to *arranged*, the place paid for and confirmed."""
        scene, child = self.scene, self.scene.child(**given)
        introduction = introductions.start(
            child_id=child.id, offering_id=scene.offering.id, why="Drums on every table.", actor=scene.link_worker
        )
        introductions.begin_listening(introduction_id=introduction.id, actor=scene.link_worker)
        self.hear(introduction, Viewpoint.CHILD)
        self.hear(introduction, Viewpoint.CARER, carer_id=child.carers[0].id)
        introductions.prepare(
            introduction_id=introduction.id, has_met_contact=True, who_goes_along="Safiya’s mum", actor=scene.link_worker
        )
        give_consent(
            child_id=child.id, carer_id=child.carers[0].id, organisation_id=scene.organisation.id, fields=["first_name", "what_helps"],
            given_on=clock.today(), ends_on=clock.today() + timedelta(days=365), actor=scene.link_worker,
        )
        introductions.make_ready(introduction_id=introduction.id, actor=scene.link_worker)
        self.commissions[child.id] = commissions.request(
            introduction_id=introduction.id, cohort_id=scene.cohort.id, sessions=10, need_code=child.needs[0].code,
            goal="To drum in a group.", why="The one thing she asks for.", free_alternatives="The library has no drums.",
            actor=scene.link_worker,
        )
        introductions.ask(introduction_id=introduction.id, note_to_partner="Likes it loud.", actor=scene.link_worker)
        decisions.approve(commission_id=self.commissions[child.id].id, actor=scene.holder)
        introductions.agree(
            introduction_id=introduction.id, practitioner_id=scene.practitioner.id, first_dates="Tuesdays at 4", actor=scene.partner
        )
        introductions.arrange(
            introduction_id=introduction.id, meeting_at=clock.now() + timedelta(hours=4), place="Music room", people="Theo and Joanne",
            trusted_adult="Joanne", actor=scene.link_worker,
        )
        self.children.append(child)
        return child

    def hear(self, introduction: Introduction, viewpoint: Viewpoint, stance: Stance = Stance.YES, **given: Any) -> None:
        introductions.record_view(
            introduction_id=introduction.id, viewpoint=viewpoint, stance=stance, words_said="I want to hit the big one.",
            said_on=clock.today(), actor=self.scene.link_worker, **given,
        )

    def meet(self, child: Child) -> None:
        introductions.record_met(
            introduction_id=self.introduction(child).id, met_on=clock.today(), people="Theo, Joanne", words_said="He let me try.",
            actor=self.scene.link_worker,
        )

    def introduction(self, child: Child) -> Introduction:
        return db.session.get_one(Introduction, db.session.get_one(Commission, self.commissions[child.id].id).introduction_id)


def open_town() -> Town:
    """Two children who have met the partner and one who is about to; two registers, one correction, one absence."""
    town = Town(open_club(capacity=12).scene)
    amara, bilal = town.welcome(first_name="Amara"), town.welcome(first_name="Bilal")
    for child in (amara, bilal):
        town.meet(child)
    town.welcome(first_name="Chloe")
    town.save({amara: MarkKind.ATTENDED, bilal: MarkKind.ABSENT_UNTOLD})
    town.save({amara: Marking(MarkKind.LATE, note="Led the warm-up."), bilal: MarkKind.ATTENDED}, week=1)
    town.correct(bilal, MarkKind.LATE)
    return town


__all__ = ["Town", "open_town"]
