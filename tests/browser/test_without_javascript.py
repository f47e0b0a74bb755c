"""The forms on which a day's work hangs, in a browser that runs no script: search, a register, a decision."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.introductions.models import IntroductionState
from tests import factories
from tests.commissioning.scene import Scene
from tests.journeys import steps
from tests.journeys.stage import (
    BUDGET_HOLDER,
    LINK_WORKER,
    OFFERING,
    PARTNER,
    Stage,
    child_called,
    commission_of,
    set_stage,
)
from tests.journeys.walking import Walker
from tests.support.live import Live

NewPage = Callable[..., Page]


@pytest.fixture
def stage(live: Live) -> Stage:
    return set_stage(live)


def enters(new_page: NewPage, stage: Stage, name: str) -> Walker:
    somebody = Walker(new_page("phone", javascript=False))
    somebody.sign_in(stage.emails[name])
    return somebody


def test_search_answers_to_its_button_and_its_filters(stage: Stage, new_page: NewPage) -> None:
    worker = enters(new_page, stage, LINK_WORKER)
    worker.page.goto("/find")
    worker.page.get_by_role("searchbox").fill("story drummers")
    worker.press("Search")
    expect(worker.page.get_by_role("link", name="Story drummers", exact=True)).to_be_visible()
    worker.page.get_by_label(re.compile("^Programme")).check()
    worker.press("Show results")
    expect(worker.page.get_by_role("link", name=OFFERING, exact=True)).to_be_visible()
    expect(worker.page.get_by_role("link", name="Story drummers", exact=True)).to_have_count(0)


def test_request_is_approved(stage: Stage, new_page: NewPage) -> None:
    stage.child("Ottilie")

    def ask(scene: Scene) -> None:
        child = child_called("Ottilie")
        factories.make_consent(child, scene.organisation)
        scene.request(scene.introduction(child, IntroductionState.READY), sessions=8)

    stage.meanwhile(ask)
    steps.approves(enters(new_page, stage, BUDGET_HOLDER), "£160")
    with stage.live.app.app_context():
        assert commission_of("Ottilie").state == "approved"


def test_register_is_taken(stage: Stage, new_page: NewPage) -> None:
    marked = {"Quentin": "Late", "Ramona": "Here"}
    for name in marked:
        stage.child(name)

    def join(scene: Scene) -> None:
        for name in marked:
            child = child_called(name)
            factories.make_consent(child, scene.organisation)
            scene.confirmed(scene.introduction(child, IntroductionState.MET))

    stage.meanwhile(join)
    stage.first_session_is_today()
    partner = enters(new_page, stage, PARTNER)
    partner.page.goto("/registers")
    partner.follow("Take the register")
    steps.marks(partner, {"Quentin": "Late"})
    partner.press("Save register")
    partner.sees("The register is saved.")
    steps.shows_marks(partner, {"Quentin": "Late"})
    partner.press("Mark everyone here")
    partner.sees("The register is saved.")
    steps.shows_marks(partner, marked)
