"""What a listening note seems to say, in the words of the catalogue's lexicon. Pure but for the lexicon in force."""

from __future__ import annotations

from app.catalogue.search.analysis import phrase, words
from app.catalogue.search.lexicon import FILLERS, Concept, Lexicon, lexicon
from app.children.models import NoteKind, TagPlace

MOST = 5
LONGEST = 4
PLACE_OF = {
    NoteKind.WELL_RECEIVED: TagPlace.HELPS, NoteKind.NOT_WELL_RECEIVED: TagPlace.DOES_NOT, NoteKind.MOTIVATES: TagPlace.LOVES,
    NoteKind.BARRIER: TagPlace.IN_THE_WAY,
}
_NOTHING = frozenset(
    "i he she they we it you am is are was were be been do does did done have has had can could will would today yesterday now then "
    "said says say told asked ask when what who where why how not no never and or but so because if of in on at to for from with about "
    "up out over back again more most very much really all some any one two new old good great bad well better best like likes liked "
    "love loves loved want wants wanted go goes went going come came get gets got make makes made take takes took see saw time day "
    "week school class year child children people thing things help helps session sessions adult home out place weekend morning "
    "afternoon evening after before free".split()
)
"""Everyday words that a tag made of nothing else would not be worth a tap."""


def suggest(text: str, known: Lexicon | None = None) -> list[str]:
    """Up to five things the lexicon knows by name, in the order they were written: "Lit up when the drums came out" -> drumming.

    The longest words win; the same concept is named once; a soft one (after school) never. Nor one that is about a need, and no words
    that mean too many things: a note must not turn into a diagnosis.
    """
    said = words(text)
    lexicon_ = known or lexicon()
    found: list[str] = []
    at = 0
    while at < len(said) and len(found) < MOST:
        size, name = _longest(lexicon_, said[at:at + LONGEST])
        if name and name not in found:
            found.append(name)
        at += size
    return found


def _longest(known: Lexicon, ahead: list[str]) -> tuple[int, str]:
    """How many words were taken, and the concept they name, if they name one."""
    for size in range(len(ahead), 0, -1):
        part = ahead[:size]
        if part[0] in FILLERS or part[-1] in FILLERS or all(word in _NOTHING for word in part):
            continue
        if phrase(" ".join(part)) in known.typed_only:
            continue
        concepts = [concept for concept in known.find(" ".join(part)) if not concept.is_soft and not concept.needs]
        named = _best(known, concepts, part)
        if named:
            return size, named
    return 1, ""


def _best(known: Lexicon, concepts: list[Concept], part: list[str]) -> str:
    """The one that is called so; else the only one, where the words mean one thing."""
    typed = " ".join(part)
    exact = next((concept.name for concept in concepts if concept.name == typed), "")
    return exact or (concepts[0].name if len(concepts) == 1 else "")
