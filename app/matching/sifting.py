"""The eligible offerings of a part of the shelf for one child, and how many of the others break which rule: combination by combination where there are few,
row by row in a compiled loop where there are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from app.catalogue import availability
from app.catalogue.exchange import OPEN_TO_ALL
from app.matching import kernels, rules
from app.matching.columns import Array
from app.matching.filtering import (
    BEFORE_DISTANCE,
    BIT,
    FURTHER_KM,
    Sieve,
    by_rule,
    first_broken,
    km,
    sieve,
)
from app.matching.part import DROP_IN, Part
from app.matching.profile import Profile

HIDDEN = np.uint32(1 << 31)
DISTANCE = rules.ORDER["distance"]


@dataclass(frozen=True)
class Sifted:
    """The eligible rows with their free places; how many of the others broke which rule first, and which only."""

    eligible: Array
    free: Array
    counts: Array
    opens: Array
    further: Array
    considered: int


def sift(part: Part, profile: Profile, loosened: str, today: date, *, is_counted: bool, is_compiled: bool) -> Sifted:
    """Without `is_counted` only what fits is looked for, and nothing that does not is counted."""
    if is_compiled:
        return _row_by_row(part, profile, loosened, today, is_counted)
    return _sift(part, profile, loosened, today) if is_counted else _sift_only(part, profile, today)


# --- few: all at once ----------------------------------------------------------------------------


def _sift(part: Part, profile: Profile, loosened: str, today: date) -> Sifted:
    """Only what may be near and is not out of the question is looked at; of the rest it is known how many there are of each
    combination."""
    columns = part.columns
    asked = sieve(profile, columns)
    rows, who = asked.near(FURTHER_KM if loosened == "distance" else 0.0)
    broken, free = _broken(asked, part, rows, today, who)
    counts = _first(asked, part, who, broken)
    refused = _refused(part, profile)
    _mark_refused(asked, part, rows, broken, refused, counts)
    ignored = np.uint32(~BIT.get(loosened, 0) & 0xFFFFFFFF)
    eligible = np.flatnonzero((broken & ignored) == 0)
    if loosened == "distance":
        at = rows[eligible]
        eligible = eligible[(broken[eligible] == 0) | (km(columns, profile, at) - asked.reach_km(at) <= FURTHER_KM)]
    opens = by_rule(broken[(broken & (broken - np.uint32(1))) == 0] & ~HIDDEN)
    further = _a_little_too_far(asked, part, refused, today)
    opens[DISTANCE] = len(further)
    return Sifted(rows[eligible], free[eligible], counts, opens, further, columns.size - part.hidden_count)


def _sift_only(part: Part, profile: Profile, today: date) -> Sifted:
    """The same eligible rows, and none of the counts."""
    asked = sieve(profile, part.columns)
    rows = np.setdiff1d(asked.fitting(), _refused(part, profile), assume_unique=True) if profile.refused else asked.fitting()
    broken, free = _broken(asked, part, rows, today)
    kept, none = np.flatnonzero(broken == 0), np.zeros(len(rules.RULES), np.int64)
    return Sifted(rows[kept], free[kept], none, none, np.zeros(0), part.columns.size - part.hidden_count)


def _refused(part: Part, profile: Profile) -> Array:
    return np.array(sorted(part.at[id_] for id_ in profile.refused if id_ in part.at), np.int64)


def _broken(asked: Sieve, part: Part, rows: Array, today: date, who: Array | None = None) -> tuple[Array, Array]:
    """What some rows break, the rule of places and being hidden included; and their free places."""
    broken = asked.broken(rows, who)
    free = _places(part, rows, broken, today)
    broken |= (free == 0).astype(np.uint32) << np.uint32(rules.ORDER[rules.PLACE])
    if part.hidden_count:
        broken[part.hidden[rows]] = HIDDEN
    return broken, free


def _first(asked: Sieve, part: Part, who: Array, broken: Array) -> Array:
    """How many break which rule first. What was not looked at is too far, unless its combination breaks a rule that comes before distance."""
    counts = by_rule(first_broken(broken & ~HIDDEN))
    combinations = first_broken(asked.who & BEFORE_DISTANCE)
    elsewhere = part.of_who - np.bincount(who[broken != HIDDEN] if part.hidden_count else who, minlength=len(part.of_who))
    counts += by_rule(combinations, elsewhere)
    counts[DISTANCE] += int(elsewhere[combinations == 0].sum())
    return counts


def _mark_refused(asked: Sieve, part: Part, rows: Array, broken: Array, refused: Array, counts: Array) -> None:
    """What the child said no to is counted as that, wherever it is, and no more as anything else."""
    refused = refused[~part.hidden[refused]] if len(refused) else refused
    if not len(refused):
        return
    at = np.minimum(np.searchsorted(rows, refused), max(0, len(rows) - 1))
    here = rows[at] == refused if len(rows) else np.zeros(len(refused), bool)
    before = first_broken(broken[at[here]]).tolist()
    before += [bit or BIT["distance"] for bit in first_broken(asked.who[part.columns.who[refused[~here]]] & BEFORE_DISTANCE).tolist()]
    for bit in before:
        if bit:
            counts[int(bit).bit_length() - 1] -= 1
    counts[rules.ORDER["refused"]] += len(refused)
    broken[at[here]] |= np.uint32(BIT["refused"])


def _a_little_too_far(asked: Sieve, part: Part, refused: Array, today: date) -> Array:
    """By how much each is too far that breaks no other rule."""
    rows = asked.may_be_only_far(FURTHER_KM)
    if len(refused):
        rows = np.setdiff1d(rows, refused)
    rows, by = asked.beyond(rows[~part.hidden[rows]] if part.hidden_count else rows, FURTHER_KM)
    further: Array = by[_places(part, rows, np.full(len(rows), BIT["distance"], np.uint32), today) != 0]
    return further


def _places(part: Part, rows: Array, broken: Array, today: date) -> Array:
    """Free places of some rows; anew for those nobody can be sure of, where the answer could still matter."""
    free: Array = part.free[rows]
    doubtful = part.unsure[rows] | (part.until[rows] < today.toordinal())
    asked = np.flatnonzero(doubtful & ((broken & (broken - np.uint32(1))) == 0))
    if not len(asked):
        return free
    free[asked] = _counted_anew(part, rows[asked])
    return free


def _counted_anew(part: Part, rows: Array) -> Array:
    ids = [part.columns.ids[at] for at in rows]
    now = availability.free_places_of_offerings(ids)
    return np.array([now[id_] if now[id_] <= OPEN_TO_ALL // 2 else DROP_IN for id_ in ids], np.int32)


# --- many: row by row ----------------------------------------------------------------------------


_PLACES = (rules.ORDER["distance"], rules.ORDER["home_visits"], rules.ORDER[rules.PLACE], BEFORE_DISTANCE)


def _row_by_row(part: Part, profile: Profile, loosened: str, today: date, is_counted: bool) -> Sifted:
    """The same by kernels.sift."""
    columns, asked = part.columns, sieve(profile, part.columns)
    refused = _refused(part, profile)
    refused = refused[~part.hidden[refused]] if len(refused) else refused
    state = part.state
    if len(refused):
        state = state.copy()
        state[refused] = kernels.REFUSED
    counts = _by_combination(part, asked, refused) if is_counted else np.zeros(len(rules.RULES), np.int64)
    loop = _loop(part, asked, state, counts, BIT.get(loosened, 0), today.toordinal(), is_counted)
    rows, bits, free = loop.rows, loop.bits, part.free[loop.rows]
    if len(loop.doubtful):
        rows, bits, free = _with_doubtful(part, asked, loop, state, BIT.get(loosened, 0), is_counted)
    if loosened == "distance" and len(rows):
        kept = np.flatnonzero((bits == 0) | (km(columns, profile, rows) - asked.reach_km(rows) <= FURTHER_KM))
        kept = kept[np.argsort(rows[kept])]  # what is beyond reach comes after what is within
        rows, free = rows[kept], free[kept]
    if is_counted:
        loop.opens[DISTANCE] = len(loop.further)
    return Sifted(rows, free, loop.counts, loop.opens, loop.further, columns.size - part.hidden_count)


def _by_combination(part: Part, asked: Sieve, refused: Array) -> Array:
    """How many break which rule first, by their combination alone: distance, where nothing comes before it. What was refused is counted as that."""
    first = _first_of(asked)
    counts = by_rule(first, part.of_who)
    if len(refused):
        counts -= by_rule(first[part.columns.who[refused]])
        counts[rules.ORDER["refused"]] += len(refused)
    return counts


def _first_of(asked: Sieve) -> Array:
    """Of each combination the bit of the first rule that it breaks; of distance, where it breaks none before."""
    first = first_broken(asked.who & BEFORE_DISTANCE)
    return np.where(first == 0, np.uint32(BIT["distance"]), first)


@dataclass
class _Loop:
    """What kernels.sift found."""

    rows: Array
    bits: Array
    further: Array
    doubtful: Array
    counts: Array
    opens: Array


def _loop(part: Part, asked: Sieve, state: Array, counts: Array, past: int, today: int, is_counted: bool) -> _Loop:
    columns, limits, of_who = part.columns, asked.limits, part.columns.of_who
    starts, ends, kinds = asked.spans(FURTHER_KM if is_counted else 0.0)
    most = int((ends - starts).sum())
    rows, bits, further, doubtful = np.empty(most, np.int64), np.empty(most, np.uint32), np.empty(most, np.float64), np.empty((most, 2), np.int64)
    opens, who, place, near = np.zeros(len(rules.RULES), np.int64), asked.who, np.zeros(3, np.float32), np.array([0.0, 0.0, FURTHER_KM, rules.EARTH_KM])
    reaches, chords = _NO_REACH
    if limits is None:
        who = who | np.where(of_who["is_home"], BIT["home_visits"], np.where(of_who["is_online"], 0, BIT["distance"])).astype(np.uint32)
    else:
        place[:] = limits.place
        near[:2] = asked.child.latitude, asked.child.longitude
        reaches, chords = limits.reaches.by_kind
    classes = _who_class(who), (asked.terms != 0).astype(np.uint8), (asked.weeks != 0).astype(np.uint8)
    found, beyond, open_ = kernels.sift(
        starts, ends, kinds, state, columns.who.view(np.uint32), columns.term.view(np.uint32), columns.week.view(np.uint32), columns.x, columns.y,
        columns.z, columns.latitude, columns.longitude, columns.home_km, columns.home_chords, part.free, part.sure_until, who, asked.terms, asked.weeks,
        *classes, of_who["is_home"], reaches, chords, kernels.FIRST_OF, place, near,
        np.array([past, today, is_counted, limits is not None, *_PLACES], np.int64), counts, opens, np.empty(AT_ONCE, np.int64), rows, bits, further, doubtful,
    )
    return _Loop(rows[:found].copy(), bits[:found].copy(), further[:beyond].copy(), doubtful[:open_].copy(), counts, opens)


def _who_class(who: Array) -> Array:
    """Of each combination: 1 where one rule is broken that comes before distance, 3 where another one as well; and 4 where any is broken."""
    before, several = (who & BEFORE_DISTANCE) != 0, (who & (who - np.uint32(1))) != 0
    found: Array = before.view(np.uint8) | (before & several).view(np.uint8) << 1 | (who != 0).view(np.uint8) << 2
    return found


AT_ONCE = 1024
"""Rows that the loop picks out before it looks closer."""
_NO_REACH = np.full(5, np.inf), np.full((5, 3), np.inf, np.float32)


def _with_doubtful(part: Part, asked: Sieve, loop: _Loop, state: Array, past: int, is_counted: bool) -> tuple[Array, Array, Array]:
    """Counts the free places anew of those nobody can be sure of, and them with the others. The eligible rows, what they break, their places."""
    rows, bits = loop.doubtful[:, 0], loop.doubtful[:, 1].astype(np.uint32)
    free = _counted_anew(part, rows)
    is_refused = state[rows] == kernels.REFUSED
    bits[free == 0] |= np.uint32(BIT[rules.PLACE])
    bits[is_refused] |= np.uint32(BIT["refused"])
    if is_counted:
        loop.counts += by_rule(first_broken(bits[~is_refused])) - by_rule(_first_of(asked)[part.columns.who[rows[~is_refused]]])
        loop.opens += by_rule(bits[(bits & (bits - np.uint32(1))) == 0])
        loop.further = np.append(loop.further, asked.beyond(rows[bits == BIT["distance"]], FURTHER_KM)[1])
    fits = np.flatnonzero((bits & np.uint32(~past & 0xFFFFFFFF)) == 0)
    every = np.concatenate((loop.rows, rows[fits]))
    order = np.argsort(every, kind="stable")
    return every[order], np.concatenate((loop.bits, bits[fits]))[order], np.concatenate((part.free[loop.rows], free[fits]))[order]
