"""The score of offerings that broke no hard rule: a sum of named parts, each 0 to 1, by one table of weights. Pure.

The parts are kept: the reasons a Link Worker reads are the largest of them, not a story told afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.catalogue.search.analysis import stem
from app.matching import text
from app.matching.profile import Candidate, Profile
from app.matching.rules import distance_between
from app.matching.text import Index, Phrase

WEIGHTS: Mapping[str, float] = {
    "needs": 1.00,      # the child's needs by priority, against the needs the offering answers
    "interest": 0.70,   # the best single thing the child said, against title and interests
    "words": 0.45,      # everything said, against everything written (BM25)
    "both": 0.30,       # a need met through something the child loves is worth more than the two apart
    "made_for": 0.30,   # made for children like this one, who says so
    "worked": 0.20,     # like what was well received before
    "near": 0.15,       # closer is easier
    "calm": 0.12,       # few children, or a quiet space, for a child who would like that
    "language": 0.08,   # a home language is spoken
    "free": 0.05,       # free before paid; what is open to all before a paid place
    "fresh": 0.03,      # somebody checked it lately
    "no": -0.45,        # like what the child said no to
    "not_worked": -0.25,
}
"""One table, one version of it: say in docs/matching.md when it changes, and measure."""

PRIORITY = {1: 1.0, 2: 0.7, 3: 0.5}
KIN_NEEDS = 0.35
ONE_NEED = 0.75  # what answering the first need alone is worth; each further one closes part of the gap
_KINDRED = (
    ("Social:friendships", "Social:belonging"), ("Social:friendships", "Social:social-confidence"),
    ("Social:belonging", "Emotional:wellbeing"), ("Social:communication", "Social:social-confidence"),
    ("Social:communication", "Academic:english-language"), ("Social:teamwork", "Social:friendships"),
    ("Social:positive-behaviour", "Emotional:self-regulation"), ("Social:social-confidence", "Emotional:self-esteem"),
    ("Emotional:wellbeing", "Emotional:anxiety"), ("Emotional:self-esteem", "Emotional:resilience"),
    ("Emotional:anxiety", "Emotional:trauma"), ("Emotional:attention", "Emotional:self-regulation"),
    ("Emotional:attention", "Academic:study-skills"), ("Emotional:bereavement", "Emotional:trauma"),
    ("Emotional:bereavement", "Emotional:wellbeing"), ("Emotional:transition", "Emotional:resilience"),
    ("Emotional:transition", "Social:belonging"), ("Emotional:resilience", "Emotional:wellbeing"),
    ("Academic:reading", "Academic:writing"), ("Academic:reading", "Academic:english-language"),
    ("Academic:writing", "Academic:english-language"), ("Academic:maths", "Academic:stem"),
    ("Academic:school-engagement", "Academic:aspirations"), ("Academic:school-engagement", "Academic:study-skills"),
    ("Academic:school-engagement", "Social:belonging"),
)
KINDRED: Mapping[str, frozenset[str]] = {
    need: frozenset(b if a == need else a for a, b in _KINDRED if need in (a, b)) for pair in _KINDRED for need in pair
}
"""Needs that often come together: an offering marked with one also does a little for the other."""

SAID = {"interest": 1.0, "words": 0.85, "aspiration": 0.8, "strength": 0.6, "goal": 0.7}
"""How much a phrase counts by where it was said, as the one thing that speaks for an offering."""
READ = {"interest": 1.0, "words": 0.6, "aspiration": 0.6, "strength": 0.4, "goal": 0.5, "need": 0.35, "note": 0.15}
"""How much its words count in the text as a whole."""
EVEN = 7.0  # the BM25 sum that counts as half
CALM_WORDS = frozenset(
    stem(word) for word in ("loud", "noisy", "noise", "crowd", "crowded", "crowds", "busy", "watching", "watches", "shouting", "quiet", "calm", "alone")
)
FRESH_DAYS = 90


@dataclass(frozen=True)
class Scored:
    """One offering with its score and what it is made of. `parts` are before weighting."""

    position: int
    score: float
    parts: Mapping[str, float]
    phrase: Phrase | None = None
    disliked: Phrase | None = None
    met: tuple[str, ...] = ()
    kin_met: tuple[str, ...] = ()
    distance: float | None = None


@dataclass
class Heard:
    """Everything a profile says, read once against one index."""

    yes: list[Phrase] = field(default_factory=list)
    no: list[Phrase] = field(default_factory=list)
    worked: list[Phrase] = field(default_factory=list)
    not_worked: list[Phrase] = field(default_factory=list)
    written: list[tuple[Phrase, float]] = field(default_factory=list)
    wants_calm: bool = False


def hear(profile: Profile, reader: text.Reader) -> Heard:
    """Cut what is known of the child into phrases that speak for, and phrases that speak against."""
    heard = Heard()

    def take(said: str, where: str, rank: int) -> None:
        yes, no = text.clauses(said)
        for part in yes:
            phrase = reader.phrase(part, where, rank)
            if phrase is not None:
                heard.yes.append(phrase)
                heard.written.append((phrase, READ[where]))
        heard.no += [p for p in (reader.phrase(part, where, rank) for part in no) if p is not None]

    for rank, interest in enumerate(profile.interests):
        take(interest, "interest", rank)
    for rank, words in enumerate(profile.own_words):
        take(words, "words", rank)
    for rank, goal in enumerate(profile.goals):
        take(goal, "goal", rank)
    take(profile.aspiration, "aspiration", 0)
    for rank, strength in enumerate(profile.strengths):
        take(strength, "strength", rank)
    for rank, (code, _) in enumerate(profile.needs):
        phrase = reader.phrase(code.partition(":")[2].replace("-", " "), "need", rank)
        if phrase is not None:
            heard.written.append((phrase, READ["need"]))
    for said in text.clauses(profile.background)[0]:
        phrase = reader.phrase(said, "note", 0)
        if phrase is not None:
            heard.written.append((phrase, READ["note"]))
    heard.worked = [p for p in (reader.phrase(t, "note", 0) for t in profile.well_received) if p is not None]
    heard.not_worked = [p for p in (reader.phrase(t, "note", 0) for t in profile.not_well_received) if p is not None]
    against = {term for phrase in heard.no for term in phrase.terms}
    heard.wants_calm = profile.needs_quiet or profile.max_group is not None or bool(against & CALM_WORDS)
    return heard


def score(
    profile: Profile, offerings: Sequence[Candidate], positions: Sequence[int], index: Index, reader: text.Reader, today: date
) -> list[Scored]:
    """Every offering at `positions` with its score, best first; the same input always gives the same order."""
    heard = hear(profile, reader)
    told = text.relevance(heard.written, index)
    scored = [_one(profile, offerings[i], i, heard, told.get(i, 0.0), index, today) for i in positions]
    return sorted(scored, key=lambda s: (-s.score, offerings[s.position].ref, str(offerings[s.position].id)))


def _one(
    profile: Profile, offering: Candidate, position: int, heard: Heard, told: float, index: Index, today: date
) -> Scored:
    needs, met, kin_met = _needs(profile, offering)
    phrase, interest = _best(heard.yes, index, position)
    disliked, no = _best(heard.no, index, position)
    if no < 0.5 or (phrase is not None and set(phrase.terms) & set(disliked.terms if disliked else ())):
        disliked, no = None, no * 0.3
    distance = distance_between(profile, offering)
    words = told / (told + EVEN)
    parts = {
        "needs": needs,
        "interest": interest,
        "words": words,
        "both": math.sqrt(needs * max(interest, words * 0.8)),
        "made_for": 1.0 if offering.audiences & profile.audiences else 0.0,
        "worked": _best(heard.worked, index, position)[1],
        "near": _near(profile, offering, distance),
        "calm": _calm(offering) if heard.wants_calm else 0.0,
        "language": 1.0 if (offering.languages & set(profile.languages)) - {"en"} else 0.0,
        "free": _free(offering),
        "fresh": _fresh(offering, today),
        "no": no,
        "not_worked": _best(heard.not_worked, index, position)[1],
    }
    total = sum(WEIGHTS[name] * value for name, value in parts.items())
    return Scored(position, round(total, 6), parts, phrase if interest >= 0.2 else None, disliked, met, kin_met, distance)


def _needs(profile: Profile, offering: Candidate) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """How far the child's needs are answered, the most pressing most of all, and which; an offering for everything answers each a
    little less."""
    offered = set(offering.needs)
    met = tuple(code for code, _ in profile.needs if code in offered)
    kin = tuple(code for code, _ in profile.needs if code not in offered and KINDRED.get(code, frozenset()) & offered)
    left = 1.0
    for code, priority in profile.needs:
        credit = 1.0 if code in met else KIN_NEEDS if code in kin else 0.0
        left *= 1 - ONE_NEED * PRIORITY[priority] * credit
    focus = len(met) / len(offered) if offered else 0.0
    return (1 - left) * (0.9 + 0.1 * focus), met, kin


def _best(phrases: Sequence[Phrase], index: Index, position: int) -> tuple[Phrase | None, float]:
    """The one phrase that speaks loudest for this offering, and how loud; a second one adds a little."""
    best: Phrase | None = None
    first = second = 0.0
    for phrase in phrases:
        value = text.likeness(phrase, index, position) * SAID.get(phrase.where, 1.0) * 0.97 ** min(phrase.rank, 6)
        if value > first:
            best, first, second = phrase, value, first
        else:
            second = max(second, value)
    return best, min(1.0, first + 0.2 * second)


def _near(profile: Profile, offering: Candidate, distance: float | None) -> float:
    if offering.delivery in ("online", "home"):
        return 0.6
    if distance is None:
        return 0.0
    return math.exp(-distance / max(1.0, profile.max_km * 0.8))


def _calm(offering: Candidate) -> float:
    small = 0.0 if offering.group_size is None else max(0.0, 1 - (offering.group_size - 1) / 14)
    return 0.7 * small + 0.3 * ("quiet-space" in offering.accessibility)


def _free(offering: Candidate) -> float:
    if offering.cost_pence:
        return 0.0
    return 0.8 if offering.kind == "commissioned" else 1.0


def _fresh(offering: Candidate, today: date) -> float:
    if offering.confirmed_on is None:
        return 0.0
    return max(0.0, 1 - max(0, (today - offering.confirmed_on).days) / (2 * FRESH_DAYS))


PROVIDER_CAP = 2


def spread(scored: Sequence[Scored], offerings: Sequence[Candidate], top: int) -> list[Scored]:
    """The first `top`, with at most two of one provider in each ten while others are left; a third waits for its turn.

    Nobody is left out by this: where there are not enough others, those who waited follow, with no higher score than the last.
    """
    waiting = list(scored)
    chosen: list[Scored] = []
    while waiting and len(chosen) < top:
        block = chosen[len(chosen) - len(chosen) % 10:]
        seen: dict[object, int] = {}
        for entry in block:
            provider = offerings[entry.position].organisation_id
            seen[provider] = seen.get(provider, 0) + 1
        pick = next((e for e in waiting if seen.get(offerings[e.position].organisation_id, 0) < PROVIDER_CAP), waiting[0])
        waiting.remove(pick)
        limit = chosen[-1].score if chosen else pick.score
        chosen.append(pick if pick.score <= limit else Scored(**{**pick.__dict__, "score": limit}))
    return chosen
