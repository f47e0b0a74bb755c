"""A budget holder before a meeting decides from one page that shows why, how much, from what and what it leaves; and never reads a child's name."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from app.introductions.models import IntroductionState
from tests import factories
from tests.browser.days.day import begins
from tests.commissioning.scene import Scene
from tests.journeys import steps
from tests.journeys.stage import (
    BUDGET_HOLDER,
    FUND,
    LINK_WORKER,
    OFFERING,
    Stage,
    child_called,
    commission_of,
    set_stage,
)
from tests.journeys.walking import NewPage
from tests.support.live import Live

LAST_NAME = "Okonjo"


def ask_for(stage: Stage, child: str, sessions: int) -> str:
    """A request whose writer did not leave the name out, as they were asked to. The reference that stands for the child."""
    stage.child(child)
    found: list[str] = []

    def ask(scene: Scene) -> None:
        row = child_called(child)
        factories.make_consent(row, scene.organisation)
        scene.request(
            scene.introduction(row, IntroductionState.READY), sessions=sessions, why=f"{child} {steps.WHY} {child} {LAST_NAME} would go.",
            goal=f"{child} wants to play in a group.", free_alternatives=f"The library has no drums, said {child}’s mother.",
        )
        found.append(row.reference)

    stage.meanwhile(ask)
    return found[0]


def test_a_budget_holder_before_a_meeting_decides_without_a_name(live: Live, new_page: NewPage) -> None:
    stage = set_stage(live)
    first, second, third = ("Zuleika", "Yevgeny", "Xanthippe")
    reference, other, last = ask_for(stage, first, 10), ask_for(stage, second, 4), ask_for(stage, third, 2)
    # 9.48: the meeting begins at ten, and three requests wait.
    holder = begins(new_page, "desktop", stage.emails[BUDGET_HOLDER], secrets=(first, second, third, LAST_NAME))
    holder.follow("Open the queue")
    holder.looks_over("approvals")
    holder.holds()
    holder.is_read_aloud()

    request = holder.page.get_by_role("listitem").filter(has_text=reference).first
    expect(request).to_contain_text("£200")
    expect(request).to_contain_text("10 sessions at £20")
    expect(request).to_contain_text("drums on every table")
    expect(request).to_contain_text("The library has no drums")
    expect(request).to_contain_text(re.compile(f"Leaves £[\\d,]+ of £[\\d,]+ in {FUND}"))
    holder.follow(OFFERING, within=request)
    holder.looks_over("one request")
    expect(holder.page.get_by_role("main")).to_contain_text(FUND)
    holder.go("Approvals")
    with holder.counted("a decision", clicks=1):  # with the keyboard alone
        holder.reach(holder.page.get_by_role("button", name=re.compile(f"^Approve £200.* for .*{reference}")))
        holder.press_key("Enter")
    holder.sees(f"{OFFERING} is approved. The partner is told.")
    holder.looks_over("approved")

    holder.follow(re.compile(f"^Ask {LINK_WORKER.split()[0]} about .*{other}"))
    holder.looks_over("a question")
    holder.press("Send the question")
    holder.is_refused("a question, refused")
    holder.type("Your question", "What has been tried at lunch time?")
    holder.press("Send the question")
    holder.sees("Asked. The place is kept five school days longer.")

    holder.follow(re.compile(f"^Decline {OFFERING} for .*{last}"))
    holder.looks_over("declining")
    holder.press("Decline")
    holder.is_refused("declining, refused")
    holder.type("Why not?", "The library’s story drummers first.")
    holder.press("Decline")
    holder.sees("Declined. The Link Worker is shown what else fits.")
    holder.looks_over("nothing is left to decide")

    # 9.58: what is left, to take along on paper.
    holder.go("Money")
    holder.looks_over("money")
    holder.follow("Open", within=holder.page.get_by_role("region", name=FUND))
    holder.sees(reference)
    holder.looks_over("one fund")
    holder.holds()
    holder.is_read_aloud()
    with live.app.app_context():
        assert [commission_of(child).state for child in (first, second, third)] == ["approved", "returned", "rejected"]
    for path in ("/children", "/introductions", "/registers"):
        assert holder.page.request.get(path).status == 403, path
