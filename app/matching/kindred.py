"""A child's needs and what answers them: the needs themselves, and a little by those that often come with them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from app.matching.columns import NEED_BIT, Array, Columns
from app.matching.profile import Profile

PRIORITY = {1: 1.0, 2: 0.7, 3: 0.5}
KIN_NEEDS = 0.15  # what a need that often comes with one of the child's counts, beside 1 for the need itself
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


@cache
def kin_bits(code: str) -> int:
    return sum(NEED_BIT[other] for other in KINDRED.get(code, frozenset()))


def needs_met(profile: Profile, columns: Columns, positions: Array) -> Array:
    """Which share of the child's needs is answered, the first counting most; an offering for everything answers each a little less."""
    offered = columns.needs[positions]
    answered, wanted, all_of_it = np.zeros(len(positions), np.float32), np.uint32(0), 0.0
    for code, priority in profile.needs:
        bit = np.uint32(NEED_BIT.get(code, 0))
        wanted |= bit
        met = (offered & bit) != 0
        kin = ~met & ((offered & np.uint32(kin_bits(code))) != 0)
        answered += np.float32(PRIORITY[priority]) * (met + np.float32(KIN_NEEDS) * kin)
        all_of_it += PRIORITY[priority]
    focus = np.bitwise_count(offered & wanted) / np.maximum(columns.need_count[positions], 1)
    share: Array = (answered / np.float32(all_of_it or 1) * (0.9 + 0.1 * focus)).astype(np.float32)
    return share
