"""A Link Worker takes a child from their own words to a place that is asked for, and on to the day they met."""

from __future__ import annotations

from app.commissioning.services import decisions
from app.introductions import services as introductions
from app.introductions.models import Introduction
from app.shared.db import db
from tests.commissioning.scene import Scene
from tests.journeys import steps
from tests.journeys.stage import LINK_WORKER, commission_of, set_stage
from tests.journeys.walking import NewPage, walker
from tests.support.live import Live


def test_child_is_listened_to_introduced_and_met(live: Live, new_page: NewPage) -> None:
    stage, child = set_stage(live), "Zuleika"
    stage.child(child)
    worker = walker(new_page, "phone")
    worker.sign_in(stage.emails[LINK_WORKER])
    steps.writes_down_own_words(worker, child)
    steps.introduces(worker, child)
    steps.hears(worker, child, child, "I want to hit the big one.")
    steps.hears(worker, child, "Ada", "She drums on my saucepans.")
    steps.keeps_consent(worker, child)
    steps.makes_ready(worker, child)
    steps.requests_place(worker, child, sessions=8)
    steps.asks_partner(worker, child)

    def partner_and_budget_holder_say_yes(scene: Scene) -> None:
        commission = commission_of(child)
        decisions.approve(commission_id=commission.id, actor=scene.holder)
        introductions.agree(
            introduction_id=commission.introduction_id, practitioner_id=scene.practitioner.id, first_dates="Tuesdays at 4",
            actor=scene.partner,
        )

    stage.meanwhile(partner_and_budget_holder_say_yes)
    steps.arranges(worker, child)
    steps.writes_down_that_they_met(worker, child)
    with live.app.app_context():
        introduction = db.session.get_one(Introduction, commission_of(child).introduction_id)
        assert (introduction.state, introduction.met_words) == ("met", "He let me hit the big one.")
