"""A coordinator's day on a phone: answers, confirms a place, changes how many there are, takes a register of twelve; and who hears of a missed child."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from app.commissioning.models import Account, Commission, Posting
from app.commissioning.services import decisions
from app.introductions import services as introductions
from app.introductions.models import IntroductionState, Stance, Viewpoint
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.browser.days.day import begins
from tests.commissioning.scene import Scene
from tests.journeys import steps
from tests.journeys.stage import (
    GROUP,
    LINK_WORKER,
    OFFERING,
    PARTNER,
    Stage,
    child_called,
    commission_of,
    set_stage,
)
from tests.journeys.walking import NewPage
from tests.support.live import Live

CAME, MISSED = "Zuleika", "Yevgeny"
OTHERS = ("Asha", "Bruno", "Cleo", "Dara", "Esme", "Femi", "Gita", "Hugo", "Ines", "Jun")


def ask_about(stage: Stage, child: str, *, is_approved: bool) -> None:
    """The Link Worker has listened, requested the place and asked; the money is approved, or not yet."""
    stage.child(child)

    def happens(scene: Scene) -> None:
        row = child_called(child)
        carer_id = row.carers[0].id
        factories.make_consent(row, scene.organisation)
        introduction = scene.introduction(row, IntroductionState.LISTENING)
        for viewpoint, who in ((Viewpoint.CHILD, None), (Viewpoint.CARER, carer_id)):
            introductions.record_view(
                introduction_id=introduction.id, viewpoint=viewpoint, stance=Stance.YES, words_said="I want to hit the big one.",
                said_on=clock.today(), carer_id=who, actor=scene.link_worker,
            )
        introductions.prepare(
            introduction_id=introduction.id, has_met_contact=True, who_goes_along="Safiya’s mum", actor=scene.link_worker
        )
        introductions.make_ready(introduction_id=introduction.id, actor=scene.link_worker)
        commission = scene.request(introduction)
        introductions.ask(introduction_id=introduction.id, note_to_partner="Likes it loud.", actor=scene.link_worker)
        if is_approved:
            decisions.approve(commission_id=commission.id, actor=scene.holder)

    stage.meanwhile(happens)


def state_of(stage: Stage, child: str) -> str:
    with stage.live.app.app_context():
        return str(commission_of(child).state)


def ten_others_come(scene: Scene) -> None:
    for name in OTHERS:
        child = scene.child(first_name=name, last_name="Okonjo")
        factories.make_consent(child, scene.organisation)
        scene.confirmed(scene.introduction(child, IntroductionState.MET))


def test_a_coordinators_day_on_a_phone(live: Live, new_page: NewPage) -> None:
    stage, came, missed = set_stage(live, capacity=13), CAME, MISSED
    ask_about(stage, came, is_approved=False)
    ask_about(stage, missed, is_approved=True)
    stage.meanwhile(ten_others_come)
    partner = begins(new_page, "phone", stage.emails[PARTNER])

    # 9.10, on the bus: what was asked.
    steps.says_yes(partner, came)
    assert state_of(stage, came) == "requested"
    stage.meanwhile(lambda scene: decisions.approve(commission_id=commission_of(came).id, actor=scene.holder))
    assert state_of(stage, came) == "confirmed"

    partner.go("Places")
    partner.looks_over("places")
    partner.follow(re.compile(f"{OFFERING} for {missed}"))
    partner.looks_over("a place")
    partner.follow("Confirm the place")
    partner.looks_over("confirm")
    partner.pick("Who will meet the child?", "Choose")
    partner.press("Confirm the place")
    partner.is_refused("confirm, refused")
    partner.pick("Who will meet the child?", PARTNER)
    partner.press("Confirm the place")
    partner.sees("Confirmed. The place is the child’s.")
    partner.looks_over("confirmed")
    assert state_of(stage, missed) == "confirmed"

    # 11.00: one chair more.
    partner.go("Today")
    places = partner.page.get_by_role("region", name=f"Places, {OFFERING}, {GROUP}")
    expect(places).to_contain_text("13 places")
    with partner.counted("a capacity change", clicks=1):
        partner.tap(places.get_by_role("button", name="One more: places"))
        partner.sees("This group has 14 places now.")
    partner.looks_over("capacity changed")
    partner.go("Registers")
    partner.follow("Who comes")
    partner.sees(re.compile("^This register opens on"))
    partner.looks_over("who comes")

    # 16.50, the hall empties: everybody was here, but one.
    stage.meanwhile(lambda scene: introduced_and_met(scene, came))
    stage.meanwhile(lambda scene: introduced_and_met(scene, missed))
    stage.first_session_is_today()
    partner.go("Registers")
    with partner.counted("a register of twelve", clicks=3):
        partner.follow("Take the register")
        partner.tap(partner.page.get_by_role("button", name="Mark everyone here"))
        expect(partner.page.get_by_text("12 of 12 marked")).to_be_visible()
        partner.press("Save register")
    partner.sees("The register is saved.")
    away = partner.page.get_by_role("group", name=missed).get_by_role("radio", name="Away, no word", exact=True)
    partner.reach(partner.page.get_by_role("group", name=missed).get_by_role("radio", name="Here", exact=True))
    for _ in range(4):  # from Here past Late, Left early and Away, told, without a mouse
        partner.page.keyboard.press("ArrowRight")
    expect(away).to_be_checked()
    partner.reach(partner.page.get_by_role("button", name="Save register"))
    partner.press_key("Enter")
    partner.sees("The register is saved.")
    steps.shows_marks(partner, {came: "Here", missed: "Away, no word"})
    partner.holds()
    partner.is_read_aloud()

    # The same minute, in school: the Link Worker hears of it.
    worker = begins(new_page, "desktop", stage.emails[LINK_WORKER])
    task = worker.page.get_by_role("listitem").filter(has_text=missed)
    expect(task).to_contain_text("Ring home")
    worker.looks_over("the Link Worker’s today")
    worker.follow("See who to ring", within=task)
    worker.is_at(f"{missed} missed {OFFERING}")
    worker.looks_over("follow-up")
    worker.press("Write it down")
    worker.is_refused("follow-up, nothing written")
    worker.type("What did you find out?", "A dentist’s appointment. Mum walks with them next week.")
    worker.press("Write it down")
    worker.sees("Written down. It is off your list.")
    worker.go("Today")
    expect(worker.page.get_by_text("Ring home")).to_have_count(0)
    partner.go("Places")
    partner.follow(re.compile(f"{OFFERING} for {came}"))
    expect(partner.page.get_by_role("complementary", name="Money")).to_contain_text("£20")
    with live.app.app_context():
        commission = commission_of(came)
        earned = sum(p.pence for p in db.session.query(Posting).filter_by(commission_id=commission.id, account=Account.ACCRUED))
        assert (commission.state, earned) == ("in_delivery", 2_000)


def introduced_and_met(scene: Scene, child: str) -> None:
    introduction_id = db.session.get_one(Commission, commission_of(child).id).introduction_id
    if child.startswith(MISSED):
        introductions.agree(
            introduction_id=introduction_id, practitioner_id=scene.practitioner.id, first_dates="Tuesdays at 4", actor=scene.partner
        )
    introductions.arrange(
        introduction_id=introduction_id, meeting_at=clock.now() + timedelta(hours=1), place="Music room", people="Theo and Joanne", trusted_adult="Joanne",
        actor=scene.link_worker,
    )
    introductions.record_met(
        introduction_id=introduction_id, met_on=clock.today(), people="Theo and Joanne", words_said="He let me try.",
        actor=scene.link_worker,
    )
