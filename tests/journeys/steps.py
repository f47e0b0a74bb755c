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


def introduces(worker: Walker, child: str) -> None:
    opens_child(worker, child)
    worker.follow("Matches")
    worker.sees(re.compile("drumming", re.IGNORECASE))
    worker.looks_over("matches")
    worker.press(f"Introduce {child} to {OFFERING}")
    worker.is_at(f"{child} and {OFFERING}")
    worker.looks_over("an idea")
    worker.press(f"Listen to {child}")
    worker.sees(f"{child} has not been asked yet.")
    worker.looks_over("listening")


def opens_introduction(worker: Walker, child: str) -> None:
    worker.go("Introductions")
    worker.looks_over("introductions")
    worker.follow(re.compile(f"^{child}.* and {OFFERING}"))


def hears(worker: Walker, child: str, who: str, words: str) -> None:
    """The view of the child, or of the carer whose line begins with `who`."""
    opens_introduction(worker, child)
    worker.follow("Write down a view")
    worker.looks_over("a view")
    if "a view, refused" not in worker.looked_over:
        worker.press("Save")
        worker.is_refused("a view, refused")
    worker.page.get_by_label(re.compile(f"^{who}")).check()
    worker.page.get_by_label("Yes", exact=True).check()
    worker.type("In their words", words)
    worker.press("Save")
    worker.is_at(f"{child} and {OFFERING}")
    worker.sees(words)


def keeps_consent(worker: Walker, child: str) -> None:
    opens_child(worker, child)
    worker.follow("Record a consent")
    worker.looks_over("a consent")
    worker.page.get_by_label("May be shared with").select_option(label=ORGANISATION)
    for what in ("First name", "What helps and what does not"):
        worker.page.get_by_label(what, exact=True).check()
    worker.type("Until", in_days(300))
    worker.press("Keep this consent")
    worker.sees(re.compile(f"agreed on .* that we may share {child}’s"))


def makes_ready(worker: Walker, child: str) -> None:
    opens_introduction(worker, child)
    worker.follow("Put in place")
    worker.looks_over("put in place")
    worker.type("Who goes along the first time?", "Safiya’s mum")
    worker.page.get_by_label("You have met the person there").check()
    worker.press("Save")
    worker.looks_over("warmth")
    worker.press("It is ready")
    worker.sees("Request the place")
    worker.looks_over("ready")


def requests_place(worker: Walker, child: str, sessions: int) -> None:
    opens_introduction(worker, child)
    worker.follow("Request the place")
    worker.looks_over("request")
    worker.press("Ask for this place")
    worker.is_refused("request, refused")
    worker.page.get_by_label(re.compile(f"^{GROUP}")).check()
    worker.type("How many sessions?", str(sessions))
    expect(worker.page.get_by_role("main")).to_contain_text(f"£{20 * sessions} {sessions} sessions at £20")
    worker.type("What does the child want to reach?", f"{child} wants to drum in a group.")
    worker.type("Why this, and why now?", f"{child} {WHY}")
    worker.type("Why nothing free meets this need", "The library has no drums.")
    worker.press("Ask for this place")
    worker.sees("Asked for. The place is kept until it is decided.")
    worker.looks_over("requested")


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
    partner.page.get_by_label(PARTNER).check()
    partner.page.get_by_label("Which group?").select_option(label=partner.page.get_by_role("option", name=GROUP).inner_text())
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


def opens_register(partner: Walker) -> None:
    partner.go("Registers")
    partner.looks_over("registers")
    partner.follow("Take the register")
    partner.looks_over("register")


def marks(partner: Walker, marked: dict[str, str]) -> None:
    for child, mark in marked.items():
        partner.page.get_by_role("group", name=child).get_by_role("radio", name=mark, exact=True).check()


def shows_marks(partner: Walker, marked: dict[str, str]) -> None:
    for child, mark in marked.items():
        expect(partner.page.get_by_role("group", name=child).get_by_role("radio", name=mark, exact=True)).to_be_checked()
