"""SDQ scores and their bands: numbers only, never the questionnaire, whose items belong to its publisher. Pure.

Four bands for ages 4 to 17, UK norms of 2014. Which rows were checked against a published table is in CHECKED; the others are marked
on the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

SCALES = ("total", "emotional", "conduct", "hyperactivity", "peer", "prosocial", "impact")
DIFFICULTIES = ("emotional", "conduct", "hyperactivity", "peer")
"""The four that the total is the sum of."""

SCALE_WORDS = {
    "total": _l("Total difficulties"), "emotional": _l("Emotional problems"), "conduct": _l("Conduct problems"), "hyperactivity": _l("Hyperactivity"),
    "peer": _l("Peer problems"), "prosocial": _l("Prosocial (higher is better)"), "impact": _l("Impact"),
}
WORDS = (_l("close to average"), _l("slightly raised"), _l("high"), _l("very high"))
LOWERED = (_l("close to average"), _l("slightly lowered"), _l("low"), _l("very low"))
"""Prosocial counts the other way."""

BANDS: dict[str, dict[str, tuple[tuple[int, int], ...]]] = {
    "parent": {
        "total": ((0, 13), (14, 16), (17, 19), (20, 40)), "emotional": ((0, 3), (4, 4), (5, 6), (7, 10)),
        "conduct": ((0, 2), (3, 3), (4, 5), (6, 10)), "hyperactivity": ((0, 5), (6, 7), (8, 8), (9, 10)),
        "peer": ((0, 2), (3, 3), (4, 4), (5, 10)), "prosocial": ((8, 10), (7, 7), (6, 6), (0, 5)),
        "impact": ((0, 0), (1, 1), (2, 2), (3, 10)),
    },
    "teacher": {
        "total": ((0, 11), (12, 15), (16, 18), (19, 40)), "emotional": ((0, 3), (4, 4), (5, 5), (6, 10)),
        "conduct": ((0, 2), (3, 3), (4, 4), (5, 10)), "hyperactivity": ((0, 5), (6, 7), (8, 8), (9, 10)),
        "peer": ((0, 2), (3, 4), (5, 5), (6, 10)), "prosocial": ((6, 10), (5, 5), (4, 4), (0, 3)),
        "impact": ((0, 0), (1, 1), (2, 2), (3, 6)),
    },
    "self": {
        "total": ((0, 14), (15, 17), (18, 19), (20, 40)), "emotional": ((0, 4), (5, 5), (6, 6), (7, 10)),
        "conduct": ((0, 3), (4, 4), (5, 5), (6, 10)), "hyperactivity": ((0, 5), (6, 6), (7, 7), (8, 10)),
        "peer": ((0, 2), (3, 3), (4, 4), (5, 10)), "prosocial": ((7, 10), (6, 6), (5, 5), (0, 4)),
        "impact": ((0, 0), (1, 1), (2, 2), (3, 10)),
    },
}
CHECKED = frozenset(("teacher", scale) for scale in SCALES if scale != "impact")
SOURCES = {
    "teacher": "Teacher: all rows but impact checked against Table 1 of PMC4830858, which quotes the UK scoring instructions.",
    "parent": "Parent: agrees with the older three-band table (BMC Psychiatry 2021, Table 2); the split into four was not checked.",
    "self": "The child: not checked against the publisher’s sheet yet.",
}


@dataclass(frozen=True)
class Band:
    """`level` 0 is close to average, 3 furthest from it."""

    level: int
    words: str
    is_checked: bool


def band_of(informant: str, scale: str, score: int) -> Band | None:
    """None outside the scale, and for informants without norms."""
    for level, (least, most) in enumerate(BANDS.get(informant, {}).get(scale, ())):
        if least <= score <= most:
            return Band(level, (LOWERED if scale == "prosocial" else WORDS)[level], (informant, scale) in CHECKED)
    return None


def most(informant: str, scale: str) -> int:
    """The highest score of a scale."""
    return max(upper for _, upper in BANDS[informant][scale])
