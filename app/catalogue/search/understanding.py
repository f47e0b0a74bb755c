"""What somebody typed, understood: groups of words to look for, ages, what was corrected. Pure, over a Zone's vocabulary.

A query becomes groups. Each group is one thing that was asked for, with all the ways it may be called; a good answer has
something of every group. Weak groups (club, lesson, help) count but are not required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from app.catalogue.search.ages import take_ages
from app.catalogue.search.analysis import fold
from app.catalogue.search.groups import as_they_stand, groups_of
from app.catalogue.search.lexicon import BROADER, NEAR
from app.catalogue.search.query import Group, Query, most_telling, stands_in
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.tokens import tokens_of

__all__ = ("Group", "Query", "grounded", "most_telling", "stands_in", "understand")

LONGEST_QUERY = 400
NEXT_DOOR = 0.6
"""The nearest neighbour of what this catalogue does not have, with all it may be called."""


_REWRITTEN = (
    (("7",), re.compile(
        r"\b(?:mov\w*|go\w*|start\w*|step\w*|transfer\w*|transition\w*)(?: up)?(?: in| on)?(?: ?to)?(?: the)? (?:year|yr|y) ?7\b"
    ), " transition "),
    (("school", "secondary", "seniors"), re.compile(
        r"\b(?:mov\w*|go\w*|start\w*|step\w*|transfer\w*|transition\w*)(?: up)?(?: ?in| on)?(?: ?to)?(?: the| a)? (?:(?:secondary|big|high|new|senior) school|secondary|seniors)\b"
    ), " transition "),
    (("primary", "secondary"), re.compile(
        r"\bprimary(?: school)? (?:in)?to (?:secondary|high|senior)(?: school)?\b|\bsecondary (?:school )?(?:transfer|transition)\b"
    ), " transition "),
    (("/",), re.compile(r"(?<=[a-z]) ?/ ?(?=[a-z])"), " or "),
    (("£",), re.compile(r"(?:\b(?:under|below|less than|up to|at most|max|maximum|for) )?£ ?\d+(?:\.\d\d?)?(?: (?:an?|per|each) \w+)?"), " "),
    (("within",), re.compile(r"\bwithin (?:\d+|a|half a|walking) ?(?:miles?|mi|km|kilomet\w+|minutes?|mins?|distance)?(?: walk| drive)?(?: of| from)?\b"), " "),
    (("am", "pm", "clock"), re.compile(r"\b(?:(?:at|after|before|from|until|till|by|around) )?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|o ?clock)\b"), " "),
    (("than", "instead", "but", "apart"), re.compile(r"\b(?:other than|instead of|anything but|apart from)\b"), " not "),
    (("every", "each"), re.compile(r"\b(?:every|each) (?:single )?(?:day|night|morning|evening|time|week|weekend|lesson)\b"), " "),
    (("only",), re.compile(r"\b(boy|girl|son|daughter|child|kid|he|she|who|they|it) only\b"), r"\1 "),
    (("quite",), re.compile(r"\bquite (?=space|place|room|club|group|area|session|time|corner)"), "quiet "),
    (("talk", "assembly", "workshop", "visit", "speaker"), re.compile(r"\ban? (?:talk|assembly|workshop|visit|speaker) (?:for|about|on|to)\b"), " "),
    (("6",), re.compile(r"\byear ?6 (?:to|into) (?:year ?)?7\b"), " transition "),
    (("girls", "boys", "lads", "daughters", "sons"), re.compile(r"\b(?:two|three|four|2|3|4|both|my|our|your) (?:little |young |small )?(?:girls|boys|lads|daughters|sons)\b"), " children "),
)
"""What must be in the text before the pattern is worth trying, the pattern, what it becomes."""


_RUN = re.compile(r"\w+")


def understand(typed: str, vocabulary: Vocabulary) -> Query:
    """Never fails: what cannot be understood is looked for as it stands."""
    text = shown = fold(typed[:LONGEST_QUERY])
    for needed, pattern, written in _REWRITTEN:
        for part in needed:
            if part in text:
                text = pattern.sub(written, text)
                break
    groups: list[Group] = []
    text = take_ages(text, groups)
    tokens = tokens_of(text, vocabulary)
    groups += groups_of(tokens, vocabulary) or as_they_stand(tokens if not groups else [])
    if groups and not any(group.is_required for group in groups):
        groups = [Group(g.typed, g.alternatives) for g in groups]
    corrected = {t.typed: t.meant or t.word for t in tokens if t.typed and t.word != t.typed and not t.prefixes}
    for word, meant in corrected.items():
        shown = _RUN.sub(lambda run, word=word, meant=meant: meant if run.group() == word else run.group(), shown)  # type: ignore[misc]
    return Query(typed, tuple(groups), corrected, " ".join(shown.split()), tuple(t.word for t in tokens if t.is_unknown))


def grounded(query: Query, vocabulary: Vocabulary) -> Query:
    """Without the alternatives that stand nowhere in this catalogue: the same answers, for less work. Where nothing of what was
    asked for stands in it (dyspraxia), all that its nearest neighbour may be called comes in its place (occupational therapy)."""
    groups = [Group(group.typed, _here(group, vocabulary), group.part, group.is_worry) for group in query.groups]
    return replace(query, groups=tuple(groups))


def _here(group: Group, vocabulary: Vocabulary) -> Mapping[str, float]:
    """Groups that are remembered share their alternatives, so these are looked up by what they are and not by what is in them."""
    asked = group.alternatives
    _, here = vocabulary.kept.of(("here", id(asked), group.typed), lambda: (asked, _that_stand_here(group, vocabulary)))
    return here


def _that_stand_here(group: Group, vocabulary: Vocabulary) -> Mapping[str, float]:
    stems = vocabulary.stems
    here = {
        wanted: weight for wanted, weight in group.alternatives.items()
        if (wanted in stems if " " not in wanted else stands_in(wanted, vocabulary))
    }
    if here and max(here.values()) < BROADER:
        for wanted, weight in vocabulary.lexicon.neighbours(group.typed, NEXT_DOOR, NEAR):
            if stands_in(wanted, vocabulary):
                here[wanted] = max(weight, here.get(wanted, 0.0))
        here = most_telling(here)
    return here
