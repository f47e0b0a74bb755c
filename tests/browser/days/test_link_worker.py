"""A Link Worker's Monday, 8.40 to 15.30: two children, one to the library and one to a place that is paid for."""

from __future__ import annotations

import re

from app.commissioning.services import decisions
from app.insight import checks
from app.introductions import services as introductions
from app.introductions.models import Introduction
from app.shared.db import db
from tests.browser.days.day import Day, begins
from tests.commissioning.scene import Scene
from tests.journeys import steps
from tests.journeys.stage import (
    GROUP,
    LINK_WORKER,
    OFFERING,
    ORGANISATION,
    child_called,
    commission_of,
    set_stage,
)
from tests.journeys.walking import NewPage
from tests.support.live import Live

ZULEIKA, YUSUF = "Zuleika", "Yusuf"
LIBRARY = "Bridge Library"


def writes_it_all_down(worker: Day, child: str) -> None:
    """What the child and home said, what may be shared, and who goes along: one page."""
    worker.follow("Write it all down")
    worker.looks_over("all that was heard")
    main = worker.page.get_by_role("main")
    for who, words in ((f"What does {child} think of it?", "I want to hit the big one."), ("What do they think?", "She drums on my saucepans.")):
        worker.choose(main.get_by_role("group", name=who).get_by_label("Yes", exact=True))
        worker.type(f"In {child}’s words" if child in who else "Their words", words)
    worker.choose(main.get_by_label("First name", exact=True))
    worker.type("Who goes along the first time?", "Safiya’s mum")
    worker.choose(main.get_by_label("You have met the person there"))
    worker.press("Save it all")


def asks_for_the_place(worker: Day, child: str) -> None:
    worker.follow("Request the place")
    worker.looks_over("request")
    worker.choose(worker.page.get_by_label(re.compile(f"^{GROUP}")))
    worker.type("How many sessions?", "8")
    worker.type("What does the child want to reach?", f"{child} wants to drum in a group.")
    worker.type("Why this, and why now?", f"{child} {steps.WHY}")
    worker.type("Why nothing free meets this need", "The library has no drums.")
    worker.press("Ask for this place")
    worker.sees("Asked for. The place is kept until it is decided.")


def test_monday_of_a_link_worker(live: Live, new_page: NewPage) -> None:
    stage = set_stage(live)
    stage.child(ZULEIKA)
    stage.child(YUSUF)
    # 8.40, at the gate: what cannot wait, then what a child said.
    worker = begins(new_page, "desktop", stage.emails[LINK_WORKER])
    steps.writes_down_own_words(worker, ZULEIKA)

    # 9.05, after a talk with her and a call to her mother: from the child's page to the library having been asked.
    with worker.counted("child to introduced", clicks=6, typing=1):
        worker.follow("Matches")
        worker.press(f"Introduce {ZULEIKA} to Story drummers")
        writes_it_all_down(worker, ZULEIKA)
        worker.follow(f"Ask {LIBRARY}")
        worker.press("Ask them")
    worker.sees("Asked. You hear from Kith when they answer.")
    worker.looks_over("asked")

    # 10.30, between two lessons: a place that is paid for, from a match.
    steps.writes_down_own_words(worker, YUSUF)
    worker.follow("Matches")
    worker.looks_over("matches")
    worker.holds()
    worker.is_read_aloud()
    with worker.counted("a request from a match", clicks=4, typing=1):
        worker.press(f"Introduce {YUSUF} to {OFFERING}")
        worker.press(f"Listen to {YUSUF}")
        asks_for_the_place(worker, YUSUF)
    worker.looks_over("requested, still listening")
    steps.opens_introduction(worker, YUSUF)
    writes_it_all_down(worker, YUSUF)
    worker.looks_over("ready")
    steps.asks_partner(worker, YUSUF)

    def they_say_yes(scene: Scene) -> None:
        commission = commission_of(YUSUF)
        decisions.approve(commission_id=commission.id, actor=scene.holder)
        introductions.agree(
            introduction_id=commission.introduction_id, practitioner_id=scene.practitioner.id, first_dates="Tuesdays at 4", actor=scene.partner,
        )

    # 13.00: money and partner have answered. 15.30, in the music room: they met.
    stage.meanwhile(they_say_yes)
    worker.go("Today")
    worker.looks_over("today, answered")
    steps.arranges(worker, YUSUF)
    steps.writes_down_that_they_met(worker, YUSUF)
    # 15.50: what goes home on paper, and what stands on the wall in large letters.
    with live.app.app_context():
        child, met_at = f"/children/{child_called(YUSUF).id}", f"/introductions/{commission_of(YUSUF).introduction_id}"
    worker.holds(child, f"{child}/circle", f"{child}/plan", f"{child}/plan/for-the-family", f"{child}/statement", met_at, f"{met_at}/card")
    with live.app.app_context():
        met = db.session.get_one(Introduction, commission_of(YUSUF).introduction_id)
        asked = db.session.query(Introduction).filter_by(child_id=child_called(ZULEIKA).id).one()
        assert (met.state, met.met_words, asked.state) == ("met", "He let me hit the big one.", "asked")
        assert met.organisation.name == ORGANISATION
        with checks.one_moment():
            assert checks.broken(checks.every_check()) is None
