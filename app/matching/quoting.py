"""What a child said as the reason for a match: theirs where the partner names it too, else only close to it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _

from app.children.naming import possessive
from app.matching.profile import Candidate, Profile
from app.matching.scored import Scored
from app.matching.text import terms

LIKE = 0.4
"""How near in meaning two words must be for one to be called close to the other ("athletics" and "football", not "chess" and "skateboarding")."""
KIN = 0.37
"""How loud a sentence of the child's must speak to be quoted for what does not name its words."""


class Reason(NamedTuple):
    """`lead` and `rest` are the same sentence in two pieces, the first of which stands out on the page."""

    code: str
    sentence: str
    lead: str
    rest: str


def say(code: str, lead: str, rest: str) -> Reason:
    said = rest[:1].upper() + rest[1:]
    return Reason(code, said if said[-1] in ".!?”" else f"{said}.", lead, rest.rstrip("."))


def interest_of(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    """What is only kin to the child's phrase by the lexicon (cycling to skateboarding) is called close to it, not the thing itself."""
    phrase = scored.phrase
    if phrase is None or scored.parts["interest"] < 0.25:
        return None
    said, is_named = clean(phrase.text), _names(offering, phrase.text)
    if not is_named and phrase.where in ("words", "aspiration") and scored.parts["interest"] < KIN:
        return None
    if phrase.where == "interest":
        if not is_named:
            return say("like", _("Close to what matters"), _close("", said, child.called, is_first=phrase.rank == 0))
        thing = said[0].upper() + said[1:]
        return say("interest", _("Starts from what matters"), _told(thing, child.called, is_first=phrase.rank == 0))
    if phrase.where == "words":
        whose = possessive(child.called)
        lead = _("In %(whose)s words", whose=whose) if is_named else _("Close to %(whose)s words", whose=whose)
        return say("words", lead, _("%(called)s said: “%(said)s”", called=child.called, said=said))
    if phrase.where == "aspiration":
        lead = _("Leads somewhere") if is_named else _("Close to a hope")
        return say("aspiration", lead, _("%(called)s hopes: “%(said)s”", called=child.called, said=clean(child.aspiration)))
    if phrase.where == "strength":
        return say("strength", _("Builds on a strength"), _("it builds on what %(called)s is good at: “%(said)s”", called=child.called, said=said))
    return say("goal", _("Towards a goal"), _("it is close to %(whose)s goal: “%(said)s”", whose=possessive(child.called), said=said))


def _names(offering: Candidate, said: str) -> bool:
    """Whether a telling word of the child's stands in what the partner wrote."""
    found = _beginnings(said)
    return found is not None and found.search(f"{offering.title} {' '.join(offering.interests)} {offering.description}") is not None


@lru_cache(maxsize=4096)
def _beginnings(said: str) -> re.Pattern[str] | None:
    """The telling words of a phrase by their first five letters: "skateboarding" stands in "learn to skate"."""
    words = {stem[:5].rstrip("i") for stem in terms(said)}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})", re.IGNORECASE) if words else None


def _told(thing: str, called: str, is_first: bool) -> str:
    if _is_plural(thing):
        return (_("%(thing)s are the first thing %(called)s told us about", thing=thing, called=called) if is_first
                else _("%(thing)s are something %(called)s told us about", thing=thing, called=called))
    return (_("%(thing)s is the first thing %(called)s told us about", thing=thing, called=called) if is_first
            else _("%(thing)s is something %(called)s told us about", thing=thing, called=called))


def _close(like: str, said: str, called: str, is_first: bool) -> str:
    """`like` is the offering's own word for itself, where there is one."""
    what = _("the first thing %(called)s told us about", called=called) if is_first else _("something %(called)s told us about", called=called)
    if not like:
        return _("it is close to %(what)s: %(said)s", what=what, said=said)
    return (_("%(like)s are close to %(what)s: %(said)s", like=like, what=what, said=said) if _is_plural(like)
            else _("%(like)s is close to %(what)s: %(said)s", like=like, what=what, said=said))


def like_of(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    """Near in meaning, by the offering's own word and the child's own."""
    phrase = scored.phrase_like
    if phrase is None or scored.parts["meaning"] < LIKE or scored.like not in {interest.strip().lower() for interest in offering.interests}:
        return None
    said = clean(phrase.text)
    if phrase.where == "interest":
        return say("like", _("Close to what matters"), _close(scored.like, said, child.called, is_first=phrase.rank == 0))
    if phrase.where == "words":
        return say("like", _("Close to %(whose)s words", whose=possessive(child.called)), _("%(like)s is close to what %(called)s said: “%(said)s”", like=scored.like, called=child.called, said=said))
    return None


def _is_plural(thing: str) -> bool:
    """"handstands", not "gymnastics", "climbing things" or "chess"."""
    first, last = thing.split()[0].lower(), thing.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "ics", "us", "is", "maths")) and not first.endswith("ing")


def clean(said: str) -> str:
    said = re.sub(r"\s+", " ", said).strip(" .,;:–-\"“”")
    return said if len(said) <= 110 else said[:110].rsplit(" ", 1)[0] + "…"
