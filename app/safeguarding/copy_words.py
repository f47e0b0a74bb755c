"""The copy for a family in words for reading: what a column is called and how its value is said. The file for programs keeps every column."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.children.languages import language
from app.children.models import SHAREABLE
from app.shared.money import pounds

TITLES = {
    "place": _l("Places in groups"), "one_page": _l("The one-page profile"), "linking": _l("Places the child has joined"), "envelope": _l("What may be spent in a year"),
    "relationship_moment": _l("How close people were, over time"), "still_going": _l("Does it go on? Asked months later"), "goal_review": _l("How far a goal has come"),
    "plan_saying": _l("What was said about the plan"), "help_answer": _l("“Can you ask for help?”"), "note_tag": _l("Words taken from notes"), "pupil": _l("On the school’s list"),
    "refusal": _l("What the child said no to"), "consent_objection": _l("A carer who said no to sharing"), "selection_decision": _l("How the child came onto the programme"),
    "signpost": _l("Addresses that were handed over"), "gillick_note": _l("The child’s own consent"), "introduction_message": _l("What was written about an introduction"),
    "follow_up": _l("After a missed session"), "suspension": _l("Pauses"), "waiting": _l("Waiting lists"), "child_photo": _l("The photo for the introduction card"),
}
MACHINES = {
    "version", "position", "revision", "percent", "source", "nudged after", "kept sessions", "kept pence", "uncovered pence", "is shared", "readers", "is told late",
    "expires at", "offered until", "is private", "met", "origin", "answers",
}
"""What says something to Kith alone."""
LABELS = {
    "max km": _l("How far from home, at most"), "windows": _l("Times that suit"), "are holidays ok": _l("Can take part in the holidays"),
    "is online ok": _l("Can take part online"), "max cost pence": _l("What the family can pay for a session"), "needs step free": _l("Needs a way in without steps"),
    "is girls only": _l("For girls only"), "max group": _l("Largest group"), "needs quiet": _l("Needs quiet"), "parent cannot stay": _l("No parent can stay"),
    "must know": _l("What people must know"), "what does not": _l("What does not help"), "aspiration": _l("Hopes for"), "link worker note": _l("The Link Worker’s note"),
    "goals text": _l("Goals, as they were written"), "barriers": _l("What stands in the way"), "audiences": _l("Groups the child belongs to"), "state": _l("How it stands"),
    "closeness": _l("How close"), "warmth": _l("How warm"), "since on": _l("Since"), "from on": _l("From"), "is trusted adult": _l("An adult the child trusts"),
    "is found by child": _l("Found by the child"), "code": _l("What"), "need code": _l("For which need"), "priority": _l("How much it matters (1 is most)"),
    "price pence": _l("Price of a session"), "setup pence": _l("Price of setting up"), "total pence": _l("Price of all"), "pence": _l("How much"),
    "year": _l("School year that begins in"), "fields": _l("What may be shared"), "childs word": _l("What the child said to it"), "does not": _l("What does not help"),
    "helps": _l("What helps"), "likes": _l("Likes"), "is childs no": _l("The child’s own no"), "tenths": _l("Figure"), "informant": _l("Who answered"), "months": _l("After how many months"),
    "starts on": _l("From"), "ends on": _l("Until"), "noted on": _l("Noticed on"), "answer by on": _l("Answer by"), "met words": _l("What the child said afterwards"), "words": _l("In words"),
    "has met contact": _l("Has met who will be there"), "warmth answer": _l("How sure"), "free alternatives": _l("What free places were looked at"),
    "is seen by child": _l("Looked at with the child"), "stars": _l("Stars, of five"), "face": _l("Face, of five (5 is the happiest)"), "created at": _l("Written down on"),
}


def rows_for_reading(rows: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """Each row as what and how it is said. When it was written down is told only where no other day stands."""
    said = []
    for row in rows:
        has_day = any(key.endswith((" on", " at")) and key != "created at" for key in row)
        said.append([
            (str(LABELS.get(key, key.capitalize())), _said(key, value)) for key, value in row.items()
            if key not in MACHINES and not (key == "created at" and has_day)
        ])
    return said


def _said(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "; ".join(_said(key, one) for one in value) if key == "windows" else ", ".join(_said(key, one) for one in value)
    if isinstance(value, dict):
        if {"days", "start", "end"} <= set(value):
            return _("%(days)s from %(start)s to %(end)s", days=", ".join(value["days"]), start=value["start"], end=value["end"])
        return ", ".join(f"{name}: {_said(name, one)}" for name, one in value.items())
    if key.endswith("pence"):
        return pounds(value)
    if key == "tenths":
        return f"{value / 10:g}"
    if key == "max km":
        return _("%(km)s km", km=f"{value:g}")
    if key in ("language", "languages"):
        return language(value)
    if key == "fields":
        return str(SHAREABLE.get(value, value))
    return str(value).replace(":", ": ") if key in ("code", "need code") else str(value)
