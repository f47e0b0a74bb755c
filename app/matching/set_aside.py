"""How like an offering is to what was set aside for a child, in the respect that was given as the reason. Pure."""

from __future__ import annotations

import numpy as np

from app.catalogue.search.meaning import Meanings
from app.matching import text
from app.matching.columns import DAY, Array, Columns
from app.matching.profile import About, Profile
from app.matching.text import Reader

ALIKE_FROM, ALIKE_TO = 0.5, 0.9
"""Likeness in meaning of two kinds of thing that counts as nothing, and as all."""


def set_aside(profile: Profile, columns: Columns, positions: Array, distances: Array, table: Meanings, reader: Reader) -> Array:
    """How like each is to something set aside for this child, in the respect that was given as the reason."""
    out = np.zeros(len(positions), np.float32)
    for lesson in profile.lessons:
        if lesson.about is About.FAR and lesson.distance_km is not None:
            alike = np.clip(np.nan_to_num(distances) / max(0.1, lesson.distance_km) * 2 - 1, 0, 1)
            alike = np.where((columns.of_who["is_online"] | columns.of_who["is_home"])[columns.who[positions]], 0.0, alike)
        elif lesson.about is About.TIME:
            clash = np.zeros(len(columns.week_of), bool)
            for slot in lesson.slots:
                clash |= ((columns.days == DAY.get(slot.day, 8)) & (columns.starts < slot.end) & (columns.ends > slot.start)
                          & (columns.are_holidays == slot.is_holiday))
            weeks = np.bincount(columns.week_of, clash, minlength=len(columns.weeks)) / np.maximum(
                1, np.bincount(columns.week_of, minlength=len(columns.weeks)))
            alike = weeks[columns.week[positions]]
        elif lesson.about is About.KIND:
            wanted = table.of((stem, reader.lexis.rarity(stem)) for interest in lesson.interests for stem in text.terms(interest))
            tags = np.clip((columns.tag_vectors @ wanted - ALIKE_FROM) / (ALIKE_TO - ALIKE_FROM), 0, 1)
            same = {interest.strip().lower() for interest in lesson.interests}
            tags = np.maximum(tags, columns.is_tag(same))
            alike = tags[columns.tags[positions]].max(axis=1)
        elif lesson.about is About.PEOPLE:
            alike = (columns.organisation[positions] == columns.number_of(lesson.organisation_id)).astype(np.float64)
        else:
            continue
        out = np.maximum(out, alike.astype(np.float32))
    return out
