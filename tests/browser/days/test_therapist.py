"""A sole-trader therapist on a phone: one child an hour, no office, and money that comes without writing an invoice."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from app.billing import services as billing
from app.billing.models import Statement, StatementState
from app.introductions.models import Introduction, IntroductionState
from app.shared.db import atomic, db
from tests import factories
from tests.browser.days.day import begins
from tests.browser.days.term import earned_and_open
from tests.journeys.walking import NewPage
from tests.support.live import Live


def test_a_day_of_a_therapist_who_works_alone(live: Live, new_page: NewPage) -> None:
    with live.app.app_context():
        club = earned_and_open()
        scene = club.scene
        statement = billing.draw_up(organisation_id=scene.organisation.id, actor=scene.partner).id
        child = scene.child(first_name="Yevgeny", last_name="Okonjo")
        factories.make_consent(child, scene.organisation)
        asked = scene.introduction(child, IntroductionState.ASKED).id
        with atomic():
            db.session.get_one(Introduction, asked).has_met_contact = True
        email, title = scene.partner.email, scene.offering.title

    # 8.15, in the kitchen: somebody asks about a child.
    me = begins(new_page, "phone", email)
    with me.counted("saying no with a reason", clicks=3, typing=1):
        me.follow("Read and answer")
        me.follow("Say no")
        me.choose(me.page.get_by_label(re.compile("full", re.IGNORECASE)).first)
        me.press("Say no")
    me.sees(re.compile("^Thank you for answering"))

    # 11.50, ten minutes before the next child: the register, and a word for the Link Worker.
    me.go("Today")
    with me.counted("a register of one, with a note", clicks=4, typing=1):
        me.follow(re.compile("^Take the register"))
        me.tap(me.page.get_by_role("button", name="Mark everyone here"))
        me.tap(me.page.get_by_text("Note for the Link Worker").first)
        me.type("Note for the Link Worker of Zuleika", "Drew her whole street today.")
        me.press("Save register")
    me.sees("The register is saved.")
    me.looks_over("register of one")

    # 17.30: what was earned in October, agreed to with one press; nobody writes an invoice.
    me.go("Statements")
    me.looks_over("statements")
    me.follow(re.compile("^S-0001"))
    expect(me.page.get_by_role("main")).to_contain_text("£20")
    me.looks_over("a statement")
    me.holds()
    me.is_read_aloud()
    with me.counted("agreeing to a statement", clicks=1):
        me.press("Agree all 1 line")
    with live.app.app_context():
        assert db.session.get_one(Statement, statement).state is StatementState.SUBMITTED
        assert db.session.get_one(Introduction, asked).state is IntroductionState.DECLINED
        assert title
