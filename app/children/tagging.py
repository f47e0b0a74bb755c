"""What a listening note seems to say, in the words of the catalogue's lexicon. Pure but for the lexicon in force."""

from __future__ import annotations

from app.catalogue.search.analysis import phrase, words
from app.catalogue.search.lexicon import FILLERS, Concept, Lexicon, lexicon
from app.children.models import NoteKind, TagPlace

MOST = 5
LONGEST = 4
SHORTEST_BY_STEM = 5
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
    "afternoon evening after before free end ends stay stayed room "
    "monday tuesday wednesday thursday friday saturday sunday holiday holidays term girl girls boy boys group groups".split()
)
"""Everyday words that a tag made of nothing else would not be worth a tap."""

_ABOUT_A_LIFE = frozenset(name.strip() for name in """
abuse, adhd, adopted, anxiety, art therapy, attention, autism, befriending, belonging, bereavement, blind, body image,
boy, brain injury, bullying, cbt, child protection, child to parent violence, childrens centre, childrens social care,
communication, conflict, counselling, crisis, dads, deaf, dentist, depression, diagnosis, divorce, domestic abuse,
down syndrome, drama therapy, drop in counselling, dyslexia, dyspraxia, eating disorder, educational psychologist,
empowerment, epilepsy, equine therapy, exploitation, family support, family therapy, fasd, fighting, friendships,
gangs, girl, grandparents, growing up, health, health visitor, healthy weight, helpline, kinship, knife crime, leaving
care, lgbt, loneliness, looked after, makaton, mental health, mentoring, msi, music therapy, occupational therapy,
online safety, optician, parent peer support, parental substance misuse, parenting, pastoral, peer support, perinatal,
period poverty, physiotherapy, picky eating, play therapy, portage, positive behaviour, prison, racism, refugee,
relationships, resilience, respite, school nurse, selective mutism, self esteem, self harm, self regulation, send,
sendiass, sensory, sibling, sleep, social confidence, social skill, specialist teacher, speech and language, stage
fright, stammer, statutory, substance misuse, teenage parent, tics, toilet training, trained staff, transport, trauma,
traveller, wellbeing, wheelchair, young carers, youth justice, youth work
""".split(","))
"""What happens to a child, or what somebody diagnoses: never guessed from a note."""


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
        if size == 1 and len(part[0]) < SHORTEST_BY_STEM and part[0] not in known.by_words:
            continue
        concepts = [c for c in known.find(" ".join(part)) if not c.is_soft and not c.needs and c.name not in _ABOUT_A_LIFE]
        named = _best(known, concepts, part)
        if named and named not in _NOTHING:
            return size, named
    return 1, ""


def _best(known: Lexicon, concepts: list[Concept], part: list[str]) -> str:
    """The one that is called so; else the only one, where the words mean one thing."""
    typed = " ".join(part)
    exact = next((concept.name for concept in concepts if concept.name == typed), "")
    return exact or (concepts[0].name if len(concepts) == 1 else "")
