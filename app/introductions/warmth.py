"""The warmth check: is this child ready to be introduced? Pure: what is known goes in, an explained answer comes out.

Three questions come first, because the charity once rushed past them: does the child think it a good idea, is there enough trust,
are the parents behind it. A child's no is *not yet*, whatever else is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.introductions.models import EndReason, Stance
from app.introductions.words import STANCE_WORDS

SUPPORTIVE = (Stance.YES, Stance.WILLING)
OLDEST_WORD = 30
"""Days for which the child's view counts (FLOWS 1)."""
KNOWN_A_LITTLE, KNOWN_WELL = 14, 84
"""Days that child and Link Worker have known each other."""


class Warmth(StrEnum):
    GO = "go"
    GENTLY = "gently"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Said:
    """What one person said of it, newest only: `who` as they are called on the page, `by` to whom and when."""

    who: str
    stance: Stance | None = None
    words: str = ""
    said_on: date | None = None
    by: str = ""
    has_say: bool = True  # a carer with parental responsibility


@dataclass(frozen=True)
class Earlier:
    """An earlier introduction of this child, to anything."""

    title: str
    end_reason: EndReason | None = None
    had_met: bool = False
    has_settled: bool = False


@dataclass(frozen=True)
class Inputs:
    today: date
    child: Said
    carers: tuple[Said, ...] = ()
    teacher: Said | None = None
    link_worker: str = _l("the Link Worker")
    known_days: int = 0
    heard_lately: int = 0
    is_close: bool | None = None
    contact: str = ""
    has_met_contact: bool = False
    who_goes_along: str = ""
    earlier: tuple[Earlier, ...] = ()
    is_refused: bool = False


@dataclass(frozen=True)
class Reason:
    code: str
    lead: str
    text: str


@dataclass(frozen=True)
class Answer:
    """`reasons` say why not yet; `put_in_place` what *go gently* asks for first; `people` stand for the picture."""

    answer: Warmth
    lead: str
    reasons: tuple[Reason, ...]
    put_in_place: tuple[Reason, ...]
    conversation: str
    people: tuple[dict[str, Any], ...]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """For the picture's list: what is in the way, then what to put in place."""
        return [(reason.lead, reason.text) for reason in (*self.reasons, *self.put_in_place)]


def check(inputs: Inputs) -> Answer:
    """Answer from what is known. The same inputs always give the same answer, in the same words."""
    reasons = (*_child(inputs), *_carers(inputs), *_trust(inputs), *_cold(inputs))
    gently = _gently(inputs) if not any(reason.code == "cold" for reason in reasons) else tuple(
        reason for reason in _gently(inputs) if reason.code not in ("nobody_goes_along", "contact_not_met")  # *cold* says both
    )
    answer = Warmth.NOT_YET if reasons else Warmth.GENTLY if gently else Warmth.GO
    return Answer(answer, _lead(answer, inputs, reasons, gently), reasons, gently, _conversation(inputs, reasons, gently), _people(inputs))


# --- what is in the way --------------------------------------------------------------------------


def _child(inputs: Inputs) -> tuple[Reason, ...]:
    child = inputs.child
    if inputs.is_refused or child.stance is Stance.NO:
        return (Reason("child_no", _("%(child)s’s own no", child=child.who), _("Only %(child)s can change that. Ask again another day, without persuading.", child=child.who)),)
    if child.stance is None or not child.words.strip():
        return (Reason("child_not_asked", _("%(child)s has not said", child=child.who), _("Ask, and write down the words as they were said.")),)
    if child.stance is Stance.UNSURE:
        return (Reason("child_unsure", _("%(child)s is not sure", child=child.who), _("Unsure is not a yes. Find out what would make it easier.")),)
    if child.said_on is not None and (inputs.today - child.said_on).days > OLDEST_WORD:
        return (Reason("child_said_long_ago", _("%(child)s said so a while ago", child=child.who), _("A month on, it may have changed. Ask %(child)s again.", child=child.who)),)
    return ()


def _carers(inputs: Inputs) -> tuple[Reason, ...]:
    with_say = _with_say(inputs)
    against = [c for c in with_say if c.stance in (Stance.NO, Stance.UNSURE)]
    behind = [c for c in with_say if c.stance in SUPPORTIVE]
    if against and behind:
        return (Reason(
            "carers_disagree", _("%(behind)s and %(against)s do not agree", behind=behind[0].who, against=against[0].who),
            _("Both have a say. It waits until nobody with a say is against it."),
        ),)
    if against:
        who = against[0]
        told = _("%(who)s says no", who=who.who) if who.stance is Stance.NO else _("%(who)s is not sure", who=who.who)
        return (Reason("carer_no", told, _("Hear what worries them before anything goes further.")),)
    if not behind:
        names = " or ".join(c.who for c in with_say) or _("a parent or carer")
        return (Reason("carer_not_asked", _("Nobody at home has been asked"), _("Ask %(names)s: without their support it does not last.", names=names)),)
    return ()


def _with_say(inputs: Inputs) -> list[Said]:
    """Carers with parental responsibility; where none is on record, every carer."""
    return [c for c in inputs.carers if c.has_say] or list(inputs.carers)


def trust(inputs: Inputs) -> str:
    """`strong`, `growing` or `new`: from how close the child's circle says they are, how long they have known each other and
    how often the child's words were written down in the last two months."""
    if inputs.is_close or inputs.known_days >= KNOWN_WELL or (inputs.known_days >= KNOWN_A_LITTLE and inputs.heard_lately >= 3):
        return "strong" if inputs.is_close is not False else "growing"
    if inputs.known_days >= KNOWN_A_LITTLE or inputs.heard_lately:
        return "growing"
    return "new"


def _trust(inputs: Inputs) -> tuple[Reason, ...]:
    if trust(inputs) != "new":
        return ()
    return (Reason(
        "trust_new", _("%(child)s hardly knows %(link_worker)s yet", child=inputs.child.who, link_worker=inputs.link_worker),
        _("Spend time together first. Trust is what carries a child through a new door."),
    ),)


def _cold(inputs: Inputs) -> tuple[Reason, ...]:
    if inputs.has_met_contact or inputs.who_goes_along.strip():
        return ()
    there = inputs.contact or _("anybody there")
    return (Reason(
        "cold", _("%(link_worker)s has not met %(there)s, and nobody goes along", link_worker=inputs.link_worker, there=there),
        _("An introduction by somebody who has not met them is a referral. Visit, or find somebody to go along."),
    ),)


def _gently(inputs: Inputs) -> tuple[Reason, ...]:
    found = []
    child = inputs.child.who
    if not inputs.who_goes_along.strip():
        found.append(Reason("nobody_goes_along", _("Someone goes along"), _("Who does %(child)s want beside them the first time? Write down a name.", child=child)))
    if not inputs.has_met_contact:
        there = inputs.contact or _("the person there")
        found.append(Reason("contact_not_met", _("Meet %(there)s first", there=there), _("A visit or a call, so that it is an introduction and not a referral.")))
    if inputs.child.stance is Stance.WILLING:
        found.append(Reason("child_willing", _("Keep a way out"), _("%(child)s is willing to try. Agree beforehand how %(child)s can stop.", child=child)))
    if inputs.teacher is not None and inputs.teacher.stance in (Stance.NO, Stance.UNSURE):
        found.append(Reason("teacher_doubts", _("Hear %(teacher)s out", teacher=inputs.teacher.who), _("They see the child every day. Ask what they would change.")))
    if trust(inputs) == "growing":
        found.append(Reason("trust_growing", _("Be there yourself"), _("%(child)s and %(link_worker)s are still getting to know each other.", child=child, link_worker=inputs.link_worker)))
    found += [
        Reason("ended_before", _("%(earlier)s did not last", earlier=earlier.title), _("Ask %(child)s what was missing then, and have it there this time.", child=child))
        for earlier in inputs.earlier[:1]
        if earlier.end_reason is EndReason.CHILD_NO and not earlier.has_settled
    ]
    return tuple(found)


# --- in words ------------------------------------------------------------------------------------


def _lead(answer: Warmth, inputs: Inputs, reasons: Sequence[Reason], gently: Sequence[Reason]) -> str:
    child = inputs.child.who
    if reasons and reasons[0].code == "child_no":
        return _("%(child)s said no. That is %(child)s’s to say, and nobody can overrule it.", child=child)
    if answer is Warmth.NOT_YET:
        return _("%(count)s to sort out before anybody is asked. Waiting is good practice, never a failure.", count=_count(len(reasons)))
    behind = [c.who for c in _with_say(inputs) if c.stance in SUPPORTIVE]
    names = " and ".join(behind)
    if inputs.child.stance is Stance.WILLING:
        lead = ngettext("%(child)s wants to try, and %(names)s is behind it.", "%(child)s wants to try, and %(names)s are behind it.", len(behind), child=child, names=names)
    else:
        lead = ngettext("%(child)s says yes, and %(names)s is behind it.", "%(child)s says yes, and %(names)s are behind it.", len(behind), child=child, names=names)
    return _("%(lead)s %(count)s first.", lead=lead, count=_count(len(gently))) if gently else _("%(lead)s Somebody goes along, and the door is known.", lead=lead)


def _count(number: int) -> str:
    words = {1: _("One thing"), 2: _("Two things"), 3: _("Three things"), 4: _("Four things"), 5: _("Five things")}
    return words.get(number, _("%(number)s things", number=number))


def _conversation(inputs: Inputs, reasons: Sequence[Reason], gently: Sequence[Reason]) -> str:
    """One sentence to start from, for what matters most."""
    child = inputs.child.who
    there = inputs.contact or _("They")
    said = {
        "child_no": _("“You don’t have to go. If you could choose anything for one afternoon, what would it be?”"),
        "child_not_asked": _("“I heard of something and thought of you. Shall I tell you about it, and you tell me what you think?”"),
        "child_unsure": _("“What would you want to know before you decide? We could go and look, just to watch.”"),
        "child_said_long_ago": _("“A while ago you told me you would like this. Is that still so?”"),
        "carers_disagree": _("“You both know %(child)s best. What would each of you need to see to feel easy about it?”", child=child),
        "carer_no": _("“What worries you about it? And what would you wish for %(child)s instead?”", child=child),
        "carer_not_asked": _("“%(child)s has been telling me about this. What do you think, and what should we know?”", child=child),
        "trust_new": _("“What do you like doing when nobody tells you what to do?”"),
        "cold": _("“Would you like somebody you know to come with you, the first time? Who?”"),
        "nobody_goes_along": _("“Who would you like beside you, the first time?”"),
        "contact_not_met": _("“%(there)s would like to say hello before you come. Shall we go and look together, just to watch?”", there=there),
        "child_willing": _("“You can stop whenever you like. How will you tell us: a word, or a sign?”"),
        "teacher_doubts": _("“What would %(child)s need there that works in your classroom?”", child=child),
        "trust_growing": _("“I’ll come along the first time. What shall I do when we are there?”"),
        "ended_before": _("“What was it like the last time? What should be different?”"),
    }
    first = next(iter((*reasons, *gently)), None)
    return said[first.code] if first else _("“What are you looking forward to most? And what should they know about you?”")


def _people(inputs: Inputs) -> tuple[dict[str, Any], ...]:
    child = inputs.child
    stood = Stance.NO if inputs.is_refused and child.stance is None else child.stance
    people = [_stander(child, "smile", stood)]
    people += [_stander(carer, "heart", carer.stance) for carer in inputs.carers]
    if inputs.teacher is not None and inputs.teacher.stance is not None:
        people.append(_stander(inputs.teacher, "graduation-cap", inputs.teacher.stance))
    strength = trust(inputs)
    people.append({
        "who": _("Trust"), "icon": "hand-heart", "stance": {"strong": "yes", "growing": "try", "new": "not_yet"}[strength],
        "says": {"strong": _("Strong"), "growing": _("Growing"), "new": _("Very new")}[strength], "words": _known(inputs), "by": "",
    })
    met = inputs.has_met_contact
    people.append({
        "who": inputs.contact.split()[0] if inputs.contact else _("Contact"), "icon": "handshake", "stance": "yes" if met else "not_yet",
        "says": _("Has met %(link_worker)s", link_worker=inputs.link_worker) if met else _("Not met"),
        "words": _("They know each other.") if met else _("%(link_worker)s has not met them yet.", link_worker=inputs.link_worker), "by": "",
    })
    goes = inputs.who_goes_along.strip()
    people.append({
        "who": _("Who goes"), "icon": "footprints", "stance": "yes" if goes else "not_yet", "says": goes or _("Nobody yet"),
        "words": _("Goes along the first time.") if goes else _("Nobody is down to go along the first time."), "by": "",
    })
    return tuple(people)


def _stander(said: Said, icon: str, stance: Stance | None) -> dict[str, Any]:
    where = {Stance.YES: "yes", Stance.WILLING: "try"}.get(stance, "not_yet") if stance else "not_yet"
    return {
        "who": said.who, "icon": icon, "stance": where, "says": STANCE_WORDS[stance] if stance else _("Not asked yet"),
        "words": f"“{said.words}”" if said.words else _("Nothing written down yet."), "by": said.by,
    }


def _known(inputs: Inputs) -> str:
    weeks = inputs.known_days // 7
    known = ngettext("%(num)s week", "%(num)s weeks", weeks) if weeks >= 2 else ngettext("one day", "%(num)s days", inputs.known_days)
    who = inputs.link_worker
    if not inputs.heard_lately:
        return _("Knows %(who)s for %(time)s.", who=who, time=known)
    return ngettext(
        "Knows %(who)s for %(time)s, words written down once lately.", "Knows %(who)s for %(time)s, words written down %(num)s times lately.",
        inputs.heard_lately, who=who, time=known,
    )
