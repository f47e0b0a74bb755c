"""One child's whole way in the browser, each step by the person who takes it: own words, a paid place, a marked register, money earned."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from app.commissioning.models import Account, Posting
from app.insight import checks
from app.introductions.models import Introduction
from app.shared.db import db
from tests.journeys import steps
from tests.journeys.stage import (
    BUDGET_HOLDER,
    FUND,
    LINK_WORKER,
    OFFERING,
    PARTNER,
    ZONE_MANAGER,
    commission_of,
    set_stage,
)
from tests.journeys.walking import NewPage, Walker, walker
from tests.support.live import Live

CHILD = "Zuleika"


class Brisk(Walker):
    """The other journeys look every one of these pages over; here only the way counts."""

    def looks_over(self, name: str) -> None:
        self.looked_over.add(name)


def test_child_goes_from_own_words_to_a_paid_place_and_a_marked_register(live: Live, new_page: NewPage) -> None:
    stage = set_stage(live)
    stage.child(CHILD)

    def enters(name: str) -> Walker:
        somebody = Brisk(walker(new_page, "desktop").page)
        somebody.sign_in(stage.emails[name])
        return somebody

    worker, holder, partner = (enters(name) for name in (LINK_WORKER, BUDGET_HOLDER, PARTNER))
    steps.writes_down_own_words(worker, CHILD)
    steps.introduces(worker, CHILD)
    steps.hears(worker, CHILD, CHILD, "I want to hit the big one.")
    steps.hears(worker, CHILD, "Ada", "She drums on my saucepans.")
    steps.keeps_consent(worker, CHILD)
    steps.makes_ready(worker, CHILD)
    steps.requests_place(worker, CHILD, sessions=8)
    steps.asks_partner(worker, CHILD)
    steps.approves(holder, "£160")
    steps.says_yes(partner, CHILD)
    partner.go("Places")
    expect(partner.page.get_by_role("region", name="Confirmed, to begin")).to_contain_text(CHILD)
    steps.arranges(worker, CHILD)
    steps.writes_down_that_they_met(worker, CHILD)

    stage.first_session_is_today()
    steps.opens_register(partner)
    steps.marks(partner, {CHILD: "Here"})
    partner.press("Save register")
    partner.sees("The register is saved.")
    steps.shows_marks(partner, {CHILD: "Here"})
    partner.go("Places")
    partner.follow(re.compile(f"{OFFERING} for {CHILD}"))
    expect(partner.page.get_by_role("complementary", name="Money")).to_contain_text("£20")

    steps.opens_child(worker, CHILD)
    expect(worker.page.get_by_role("main")).to_contain_text("£20")
    manager = enters(ZONE_MANAGER)
    manager.go("Money")
    manager.follow("Open", within=manager.page.get_by_role("region", name=FUND))
    expect(manager.page.get_by_role("main")).to_contain_text("£140")

    with live.app.app_context():
        commission = commission_of(CHILD)
        introduction = db.session.get_one(Introduction, commission.introduction_id)
        assert (commission.state, introduction.state) == ("in_delivery", "joined")
        earned = sum(p.pence for p in db.session.query(Posting).filter_by(commission_id=commission.id, account=Account.ACCRUED))
        assert earned == 2_000
        with checks.one_moment():
            assert checks.broken(checks.every_check()) is None
