"""A budget holder decides from one page that shows why, how much, from what and what it leaves; and never reads a child's name."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from app.introductions.models import IntroductionState
from tests import factories
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
from tests.journeys.walking import NewPage, Walker, walker
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


class Nameless(Walker):
    """Reads every page it comes to, also what is hidden in it, for the names that must not be there."""

    names: tuple[str, ...] = ()

    def looks_over(self, name: str) -> None:
        for secret in (*self.names, LAST_NAME):
            assert secret not in self.text, f"“{secret}” stands on {name} ({self.page.url})"
        super().looks_over(name)


def test_request_is_decided_from_one_page_without_a_name(live: Live, new_page: NewPage) -> None:
    stage = set_stage(live)
    first, second, third = ("Zuleika", "Yevgeny", "Xanthippe")
    reference, other, last = ask_for(stage, first, 10), ask_for(stage, second, 4), ask_for(stage, third, 2)
    holder = Nameless(walker(new_page, "phone").page)
    holder.names = (first, second, third)
    holder.sign_in(stage.emails[BUDGET_HOLDER])
    holder.looks_over("today")
    holder.go("Approvals")
    holder.looks_over("approvals")

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
    holder.press(re.compile(f"^Approve £200.* for .*{reference}"))
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

    holder.go("Money")
    holder.looks_over("money")
    holder.follow("Open", within=holder.page.get_by_role("region", name=FUND))
    holder.sees(reference)
    holder.looks_over("one fund")
    with live.app.app_context():
        assert [commission_of(child).state for child in (first, second, third)] == ["approved", "returned", "rejected"]
    for path in ("/children", "/introductions", "/registers"):
        assert holder.page.request.get(path).status == 403, path
