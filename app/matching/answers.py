"""What is answered for one child: the chosen offerings as they are now, each asked all rules once more, with their reasons."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.catalogue.models import Offering
from app.matching import marks, reasons, rules
from app.matching.cautions import caution
from app.matching.people import NOBODY, Around
from app.matching.profile import Candidate, Profile
from app.matching.quoting import Reason
from app.matching.ranking import Found
from app.matching.shelf import Shelf, standing
from app.matching.turns import Turn
from app.shared import clock
from app.shared.db import db

Told = Callable[[int, int], Candidate | None]
"""The offering of a part of the shelf and a row of its columns, as it is now; None where it is not live any more."""


@dataclass(frozen=True)
class Match:
    """One offering for one child. `facts` are for drawing: places free (None: nobody counts), distance in km, times that fit."""

    candidate: Candidate
    rank: int
    score: float
    reasons: list[Reason]
    caution: Reason | None
    parts: Mapping[str, float]
    free: int | None
    distance: float | None
    breaks: str = ""
    around: Around = NOBODY

    @property
    def offering(self) -> Offering:
        """The row itself, for whoever needs more than matching does."""
        return db.session.get_one(Offering, self.candidate.id)

    @property
    def fit(self) -> str:
        return fit_word(self.score)


@dataclass(frozen=True)
class MatchResult:
    """`ruled_out` counts every live offering that is not eligible, under the first rule it breaks (those far beyond reach under
    distance); `would_open` those near enough that break one rule only, by that rule: what loosening it would bring.
    `further_km` says, for those that are only too far, by how much, least first. `under_way` are left out of the matches."""

    matches: list[Match]
    ruled_out: dict[str, int] = field(default_factory=dict)
    would_open: dict[str, int] = field(default_factory=dict)
    further_km: tuple[float, ...] = ()
    eligible: int = 0
    considered: int = 0
    under_way: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)


def fit_word(score: float) -> str:
    """A word for the score, so that nobody compares decimals."""
    for least, word in ((2.1, _("Excellent fit")), (1.6, _("Strong fit")), (1.1, _("Good fit"))):
        if score >= least:
            return word
    return _("Possible")


def told_now(shelf: Shelf, wanted: Iterable[tuple[int, int]]) -> Told:
    """For many children: one statement says whether anything has changed since the shelf was made, and where nothing has, what it has read is what the
    database has. Otherwise as `on_fresh_rows`."""
    if marks.mark(shelf.zone_id, shelf.since).same_offerings(shelf.mark):
        return lambda part, at: shelf.parts[part].facts.candidate(shelf.parts[part].columns, at)
    return on_fresh_rows(shelf, wanted)


def on_fresh_rows(shelf: Shelf, wanted: Iterable[tuple[int, int]]) -> Told:
    """Those `wanted` are asked for in the database, and what is of another version than is known is read."""
    fresh = standing(shelf, sorted({shelf.parts[part].columns.ids[at] for part, at in wanted}))
    return lambda part, at: fresh.get(shelf.parts[part].columns.ids[at])


def answer(
    profile: Profile, found: Found, chosen: Sequence[Turn], told: Told, loosened: str = "", around: Mapping[int, Around] | None = None,
) -> MatchResult:
    """The chosen ones as they are now; one that changed in between and now breaks a rule is left out."""
    today = clock.today()
    allowed = [loosened] if loosened else []
    matches: list[Match] = []
    for turn in chosen:
        part, row = found.row(turn)
        ranking = found.rankings[part]
        at = int(ranking.positions[row])
        candidate = told(part, at)
        if candidate is None:
            continue
        free = found.places(part, row)
        if not rules.is_eligible(profile, candidate, free) and rules.broken(profile, candidate, free) != allowed:
            continue
        entry, beside = ranking.at(row), (around or {}).get(turn.place, NOBODY)
        matches.append(Match(
            candidate=candidate, rank=len(matches) + 1, score=round(turn.score, 6), around=beside,
            reasons=reasons.reasons(profile, candidate, entry, free, beside), caution=caution(profile, candidate, entry, free, today, beside),
            parts=entry.parts if around is None else {**entry.parts, **beside.parts(free)}, free=free, distance=entry.distance, breaks=next(iter(rules.broken(profile, candidate, free)), "") if loosened else "",
        ))
    return MatchResult(
        matches=matches, ruled_out=found.ruled_out, would_open=found.would_open, further_km=found.further_km,
        eligible=found.eligible, considered=found.considered,
    )
