"""The steps of one child's way, each by the person who takes it, from any page: what is pressed and typed, and what it says then."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from app.shared import clock
from tests.journeys.stage import GROUP, OFFERING, ORGANISATION, PARTNER
from tests.journeys.walking import Walker

WORDS = "I drum on my knees, on the bus, on everything."
WHY = "drums on every table and asks for nothing else."


def in_days(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def opens_child(worker: Walker, child: str) -> None:
    worker.go("Children")
    worker.looks_over("children")
    worker.follow(child)
    worker.is_at(re.compile(f"^{child}"))


def writes_down_own_words(worker: Walker, child: str) -> None:
    opens_child(worker, child)
    worker.sees("Not heard yet")
    worker.looks_over("a child")
    worker.follow(f"Something {child} said")
    worker.looks_over("own words")
    worker.press("Save")
    worker.is_refused("own words, none typed")
    worker.type("What was said, in the child’s own words", WORDS)
    worker.press("Save")
    worker.sees(WORDS)
    worker.looks_over("a child with own words")


def opens_introduction(worker: Walker, child: str) -> None:
    worker.go("Introductions")
    worker.looks_over("introductions")
    worker.follow(re.compile(f"^{child}.* and {OFFERING}"))


def asks_partner(worker: Walker, child: str) -> None:
    opens_introduction(worker, child)
    worker.follow(f"Ask {ORGANISATION}")
    worker.looks_over("ask")
    worker.type("A word to them", "Likes it loud, and to sit near the door.")
    worker.press("Ask them")
    worker.sees("Asked. You hear from Kith when they answer.")
    worker.looks_over("asked")


def approves(holder: Walker, sum_words: str) -> None:
    holder.go("Approvals")
    holder.looks_over("approvals")
    holder.press(re.compile(f"^Approve {sum_words}"))
    holder.sees(f"{OFFERING} is approved. The partner is told.")


def says_yes(partner: Walker, child: str) -> None:
    """From what is asked of them today."""
    partner.go("Today")
    partner.looks_over("partner’s today")
    partner.follow("Read and answer", within=partner.page.get_by_role("listitem").filter(has_text=child))
    partner.looks_over("asked of them")
    partner.follow("Say yes")
    partner.looks_over("say yes")
    partner.press("Say yes")
    partner.is_refused("say yes, refused")
    partner.choose(partner.page.get_by_label(PARTNER))
    partner.pick("Which group?", partner.page.get_by_role("option", name=GROUP).inner_text())
    partner.type("When could it begin?", "Tuesdays at 4")
    partner.press("Say yes")
    partner.sees(re.compile("^Thank you"))
    partner.looks_over("they said yes")


def arranges(worker: Walker, child: str) -> None:
    opens_introduction(worker, child)
    worker.looks_over("agreed")
    worker.follow("Arrange the meeting")
    worker.looks_over("arrange")
    worker.type("On which day?", in_days(1))
    worker.type("At what time?", "15:40")
    worker.type("Where?", "The music room")
    worker.type("Who will be in the room?", "Theo, Safiya’s mum and Joanne")
    worker.type("Which adult the child trusts will be there?", "Joanne")
    worker.press("Arrange it")
    worker.sees("The music room")
    worker.looks_over("arranged")


def writes_down_that_they_met(worker: Walker, child: str) -> None:
    opens_introduction(worker, child)
    worker.follow("They met")
    worker.looks_over("they met")
    worker.type("When did they meet?", date.fromisoformat(in_days(0)).isoformat())
    worker.type("Who was there?", "Theo, Safiya’s mum and Joanne")
    worker.type("What did the child say afterwards?", "He let me hit the big one.")
    worker.press("They met")
    worker.sees("He let me hit the big one.")
    worker.looks_over("met")


def marks(partner: Walker, marked: dict[str, str]) -> None:
    for child, mark in marked.items():
        partner.choose(partner.page.get_by_role("group", name=child).get_by_role("radio", name=mark, exact=True))


def shows_marks(partner: Walker, marked: dict[str, str]) -> None:
    for child, mark in marked.items():
        expect(partner.page.get_by_role("group", name=child).get_by_role("radio", name=mark, exact=True)).to_be_checked()
