"""A child's relationships as the ties of the drawn circle, today and on any day before. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.children.models import Closeness, Relationship, RelationshipKind, Warmth
from app.children.terms import PlanTerm
from app.shared.circle_parts import Tie

_WHERE = {
    RelationshipKind.FAMILY: ("home", "heart"), RelationshipKind.FRIEND: ("school", "smile"),
    RelationshipKind.SCHOOL: ("school", "graduation-cap"), RelationshipKind.LINK_WORKER: ("helpers", "hand-heart"),
    RelationshipKind.PARTNER: ("helpers", "user-round"), RelationshipKind.PLACE: ("places", "map-pin"),
}
_ICONS = {
    "drum": "drum", "drums": "drum", "drumming": "drum", "music": "music", "choir": "music", "sing": "music", "sings": "music", "singing": "music", "band": "music",
    "library": "library", "books": "book-open", "book": "book-open", "reading": "book-open", "story": "book-open", "stories": "book-open",
    "art": "palette", "arts": "palette", "paint": "palette", "painting": "palette", "drawing": "palette", "clay": "palette",
    "theatre": "drama", "drama": "drama", "acting": "drama", "circus": "party-popper", "football": "volleyball", "fc": "volleyball", "rugby": "volleyball",
    "bmx": "bike", "bike": "bike", "bikes": "bike", "cycling": "bike", "track": "bike", "swim": "waves", "swimming": "waves", "pool": "waves", "baths": "waves",
    "park": "trees", "forest": "trees", "woods": "trees", "garden": "sprout", "allotment": "sprout", "cook": "utensils", "cooking": "utensils",
    "kitchen": "utensils", "shop": "gift", "church": "church", "mosque": "landmark", "temple": "landmark", "museum": "landmark", "chess": "puzzle",
    "lego": "puzzle", "brick": "puzzle", "therapist": "heart-handshake", "therapy": "heart-handshake", "counsellor": "ear", "counselling": "ear",
    "nurse": "stethoscope", "doctor": "stethoscope", "gym": "trophy", "boxing": "trophy", "judo": "trophy", "athletics": "trophy",
}
"""A picture of its own for what a word says, of helpers and places: a child finds the drum before the name."""
_RING = {Closeness.CLOSE: 1, Closeness.NEAR: 2, Closeness.FAR: 3}
RING_WORDS = {1: _l("very close"), 2: _l("close"), 3: _l("knows a bit")}
FADES_FROM_SIGHT = timedelta(days=183)
"""How long an ended relationship is still drawn in an earlier picture."""
NEAR_IN_TIME = timedelta(days=24)
"""Two pictures nearer than this would look the same."""

Where = dict[str, tuple[int, str]]


def ties_of(relationships: Iterable[Relationship]) -> list[Tie]:
    """Everybody as they are today, closest first; those who are gone last."""
    ties = [_tie(entry) for entry in relationships]
    return sorted(ties, key=lambda tie: (tie.line == "ended", tie.ring, tie.name, tie.id))


def _tie(entry: Relationship) -> Tie:
    quarter, icon = _WHERE[entry.kind]
    note = ". ".join(part for part in (_("Trusted") if entry.is_trusted_adult else "", entry.note) if part)
    return Tie(
        id=str(entry.id), name=entry.name, kind=entry.who, icon=_own_icon(entry) or icon, quarter=quarter, ring=_RING[entry.closeness], line=entry.warmth.value,
        note=note, found=entry.is_found_by_child,
    )


def _own_icon(entry: Relationship) -> str:
    if entry.kind not in (RelationshipKind.PARTNER, RelationshipKind.PLACE):
        return ""
    words = re.findall(r"[a-z]+", f"{entry.name} {entry.who}".lower())
    return next((_ICONS[word] for word in words if word in _ICONS), "")


def standing_on(relationships: Iterable[Relationship], day: date) -> Where:
    """Ring and line of everybody who was there on `day`, as it was known to be then. Whoever had just gone is drawn as ended."""
    there: Where = {}
    for entry in relationships:
        moment = next((m for m in reversed(entry.moments) if m.from_on <= day), None)
        if moment is None or (moment.warmth is Warmth.ENDED and day - moment.from_on > FADES_FROM_SIGHT):
            continue
        there[str(entry.id)] = (_RING[moment.closeness], moment.warmth.value)
    return there


def here(where: Mapping[str, tuple[int, str]]) -> int:
    """How many count: whoever has gone does not."""
    return sum(line != "ended" for _, line in where.values())


@dataclass(frozen=True)
class Frame:
    """One picture of the sequence, and what is new in it."""

    day: date
    where: Where
    here: int
    news: str


def frames_of(relationships: Sequence[Relationship], begins: date, terms: Sequence[PlanTerm], today: date) -> list[Frame]:
    """The beginning, each term's first day, and today."""
    days = [begins, *(term.starts_on for term in terms if begins < term.starts_on < today), today]
    kept = [day for i, day in enumerate(days[:-1]) if (i == 0 or day - days[i - 1] > NEAR_IN_TIME) and today - day > NEAR_IN_TIME]
    names = {str(entry.id): entry.name for entry in relationships}
    frames: list[Frame] = []
    before: Where = {}
    for day in [*kept, today]:
        where = standing_on(relationships, day)
        frames.append(Frame(day, where, here(where), _news(names, before, where) if frames else ""))
        before = where
    return frames


def _news(names: Mapping[str, str], before: Where, now: Where) -> str:
    """"Theo and Safiya came. Mum is closer. Mr Hale has gone." """
    def gone(where: Where, key: str) -> bool:
        return key not in where or where[key][1] == "ended"

    came = [names[key] for key in now if gone(before, key) and not gone(now, key)]
    left = [names[key] for key in before if gone(now, key) and not gone(before, key)]
    both = [key for key in now if not gone(before, key) and not gone(now, key)]
    nearer = [names[key] for key in both if now[key][0] < before[key][0]]
    further = [names[key] for key in both if now[key][0] > before[key][0]]
    parts = [
        ngettext("%(names)s came.", "%(names)s came.", len(came), names=_and(came)) if came else "", ngettext("%(names)s is closer.", "%(names)s are closer.", len(nearer), names=_and(nearer)) if nearer else "",
        ngettext("%(names)s is less close.", "%(names)s are less close.", len(further), names=_and(further)) if further else "",
        ngettext("%(names)s has gone.", "%(names)s have gone.", len(left), names=_and(left)) if left else "",
    ]
    return " ".join(part for part in parts if part) or _("Nobody new, nobody gone.")


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])


def story(called: str, then: int, now: int, found: int) -> str:
    """"Four people and places then, eleven now; three of them Amara found." """
    if not now:
        return ""
    words = (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve"),
    )

    def count(n: int) -> str:
        return words[n] if n < len(words) else str(n)

    start = count(then).capitalize()
    if found:
        return ngettext(
            "%(then)s person or place then, %(now)s now; %(found)s of them %(child)s found.",
            "%(then)s people and places then, %(now)s now; %(found)s of them %(child)s found.",
            then, then=start, now=count(now), found=count(found), child=called,
        )
    if then != now:
        return ngettext("%(then)s person or place then, %(now)s now.", "%(then)s people and places then, %(now)s now.", then, then=start, now=count(now))
    return _("%(count)s people and places who matter.", count=count(now).capitalize())
