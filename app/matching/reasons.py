"""Why an offering is on a child's list, said from the parts of its score: two to five sentences, true of this child, and at most
one thing worth knowing. Pure. Notes of Link Workers are never quoted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from app.children.languages import language
from app.children.models import need_word
from app.children.naming import possessive
from app.children.services.profile import AUDIENCES
from app.matching.people import NOBODY, SCHOOL_LEAST, YOU, Around
from app.matching.profile import Candidate, Profile, Span
from app.matching.rules import reach_km
from app.matching.scoring import FRESH_DAYS, Scored
from app.matching.spoken import WALKABLE_KM, clock, km, walk
from app.shared.money import pounds
from app.shared.view import full_date, month, plural, sentence_list

DAYS = {"Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}
SMALL = 8
_FIRST = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Reason:
    """`lead` and `rest` are the same sentence in two pieces, the first of which stands out on the page."""

    code: str
    sentence: str
    lead: str
    rest: str


def _say(code: str, lead: str, rest: str) -> Reason:
    said = rest[:1].upper() + rest[1:]
    return Reason(code, said if said[-1] in ".!?”" else f"{said}.", lead, rest.rstrip("."))


def reasons(child: Profile, offering: Candidate, scored: Scored, free: int | None, beside: Around = NOBODY) -> list[Reason]:
    """Strongest first; the facts fill up where the rest says too little."""
    found = [
        reason for reason in (
            _interest(child, offering, scored) or _like(child, offering, scored), _need(child, scored), _made_for(child, offering),
            _worked(child, scored), _friends(beside), _known(beside), _calm(child, offering), _language(child, offering),
        ) if reason is not None
    ]
    if scored.parts["needs"] > scored.parts["interest"] and len(found) > 1 and found[0].code in ("interest", "words", "goal"):
        need = next((reason for reason in found if reason.code == "need"), None)
        if need is not None:
            found.remove(need)
            found.insert(0, need)
    wanted = max(2, min(5, len(found) + 2))
    return list(islice(chain(found, _facts(child, offering, scored)), wanted))


def _facts(child: Profile, offering: Candidate, scored: Scored) -> Iterator[Reason]:
    """One after the other, as many as are asked for."""
    facts: tuple[Callable[[], Reason | None], ...] = (
        lambda: _near(child, offering, scored), lambda: _time(child, offering), lambda: _siblings(child, offering),
        lambda: _peers(offering, scored), lambda: _cost(offering), lambda: _access(child, offering),
    )
    for fact in facts:
        reason = fact()
        if reason is not None:
            yield reason


def _interest(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    phrase = scored.phrase
    if phrase is None or scored.parts["interest"] < 0.25:
        return None
    said = _clean(phrase.text)
    if phrase.where == "interest":
        thing = said[0].upper() + said[1:]
        verb = "are" if _is_plural(said) else "is"
        if phrase.rank == 0:
            return _say("interest", "Starts from what matters", f"{thing} {verb} the first thing {child.called} told us about")
        return _say("interest", "Starts from what matters", f"{thing} {verb} something {child.called} told us about")
    if phrase.where == "words":
        return _say("words", f"In {possessive(child.called)} words", f"{child.called} said: “{said}”")
    if phrase.where == "aspiration":
        return _say("aspiration", "Leads somewhere", f"{child.called} hopes: “{_clean(child.aspiration)}”")
    if phrase.where == "strength":
        return _say("strength", "Builds on a strength", f"it builds on something {child.called} is good at: {said}")
    return _say("goal", "Towards a goal", f"it is close to {possessive(child.called)} goal: “{said}”")


def _like(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    """Near in meaning, by the offering's own word and the child's own."""
    phrase = scored.phrase_like
    if phrase is None or scored.parts["meaning"] < 0.25 or scored.like not in {interest.strip().lower() for interest in offering.interests}:
        return None
    said = _clean(phrase.text)
    if phrase.where == "interest":
        told = "the first thing" if phrase.rank == 0 else "something"
        return _say("like", "Close to what matters", f"{scored.like} is close to {told} {child.called} told us about: {said}")
    if phrase.where == "words":
        return _say("like", f"Close to {possessive(child.called)} words", f"{scored.like} is close to what {child.called} said: “{said}”")
    return None


def _is_plural(thing: str) -> bool:
    """"handstands", not "gymnastics", "climbing things" or "chess"."""
    first, last = thing.split()[0].lower(), thing.split()[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "ics", "us", "is", "maths")) and not first.endswith("ing")


def _clean(said: str) -> str:
    said = re.sub(r"\s+", " ", said).strip(" .,;:–-\"“”")
    return said if len(said) <= 110 else said[:110].rsplit(" ", 1)[0] + "…"


def _need(child: Profile, scored: Scored) -> Reason | None:
    ranked = [code for code, _ in sorted(child.needs, key=lambda need: need[1])]
    met = [(need_word(code), _FIRST[at]) for at, code in enumerate(ranked[:5]) if code in scored.met]
    if met:
        which = f"{sentence_list([place for _, place in met])} {'need' if len(met) == 1 else 'needs'}"
        lead = "Meets the first need" if met[0][1] == "first" else "Helps with a need"
        return _say("need", lead, f"it helps with {sentence_list([word for word, _ in met])}, {possessive(child.called)} {which}")
    if scored.kin_met:
        return _say("near_need", "Close to a need", f"it comes close to what {child.called} needs: {need_word(scored.kin_met[0])}")
    return None


def _made_for(child: Profile, offering: Candidate) -> Reason | None:
    shared = sorted(offering.audiences & child.audiences)
    return _say("made_for", "Made for children like this", f"it is made for {AUDIENCES[shared[0]]}") if shared else None


def _worked(child: Profile, scored: Scored) -> Reason | None:
    if scored.parts["worked"] < 0.35:
        return None
    return _say("worked", "Has worked before", f"it is like something that went well for {child.called} before")


FOR_THE_READER = frozenset({"friends"})
"""Reasons that name another child: for whoever reads the list, and never carried into an introduction."""


def _friends(beside: Around) -> Reason | None:
    if not beside.friends:
        return None
    go = "goes" if len(beside.friends) == 1 else "go"
    return _say("friends", "Somebody they know", f"{sentence_list(beside.friends)} {go} there already. Ask at that home before you say so")


def _known(beside: Around) -> Reason | None:
    if beside.walked:
        who = "you have" if beside.who == YOU else f"{beside.who} has"
        whom = "a child" if beside.walked == 1 else plural(beside.walked, "child", "children")
        return _say("known", "A warm way in", f"{who} introduced {whom} to them before, and they met")
    if beside.schoolmates >= SCHOOL_LEAST:
        return _say("known_at_school", "A warm way in", f"{beside.schoolmates} children of {beside.school} have met them already")
    return None


def _calm(child: Profile, offering: Candidate) -> Reason | None:
    quiet = "quiet-space" in offering.accessibility
    small = offering.group_size is not None and offering.group_size <= SMALL
    if offering.group_size == 1:
        return _say("one_to_one", "One to one", f"{child.called} would be the only child in the room")
    if not (child.needs_quiet or child.max_group is not None or (small and quiet)):
        return None
    if small and quiet:
        return _say("calm", "Small and quiet", f"{plural(offering.group_size or 0, 'child', 'children')} at most, and there is a quiet space")
    if quiet and child.needs_quiet:
        return _say("calm", "Quiet", f"there is a quiet space, which {child.called} needs")
    if offering.group_size is not None and child.max_group is not None:
        return _say("calm", "Not too many", f"{plural(offering.group_size, 'child', 'children')} at most in the room")
    return None


def _language(child: Profile, offering: Candidate) -> Reason | None:
    shared = [code for code in child.languages if code != "en" and code in offering.languages]
    if not shared:
        return None
    word = language(shared[0])
    return _say("language", "Speaks the language", f"{word} is {'used' if shared[0] == 'bsl' else 'spoken'} there")


def _near(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    if offering.delivery == "online":
        return _say("online", "From anywhere", "it is online, so there is no way to go")
    if offering.delivery == "home":
        return _say("home", "Comes to the family", "it comes to the family’s home")
    if scored.distance is None:
        return None
    if scored.distance <= WALKABLE_KM:
        return _say("near", "Close by", f"it is {walk(scored.distance)} from {child.place}")
    if "transport-provided" in offering.accessibility:
        return _say("transport", "Transport is provided", f"they fetch children; it is {km(scored.distance)} from {child.place}")
    return _say("near", "Within reach", f"it is {km(scored.distance)} from {child.place}, and {child.called} can travel {km(child.max_km)}")


SLOW_DAYS = 7


def _busy(free: int | None, beside: Around) -> Reason | None:
    if free and beside.waiting >= free:
        waits = "request waits" if beside.waiting == 1 else "requests wait"
        return _say("busy", "Worth knowing", f"{beside.waiting} {waits} there for an answer already, and {plural(free, 'place')} {'is' if free == 1 else 'are'} left")
    if beside.answer_days is not None and beside.answer_days >= SLOW_DAYS:
        return _say("slow", "Worth knowing", f"they usually take about {plural(round(beside.answer_days), 'day')} to answer")
    return None


def good_slots(child: Profile, offering: Candidate) -> list[Span]:
    """The sessions that keep the rule of times."""
    return [
        slot for slot in offering.slots
        if (child.are_holidays_ok if slot.is_holiday else any(slot.lies_in(window) for window in child.windows))
    ]


def _time(child: Profile, offering: Candidate) -> Reason | None:
    good = good_slots(child, offering)
    if good:
        slot = good[0]
        if slot.is_holiday:
            return _say("time", "In the holidays", f"there are holiday sessions on {DAYS[slot.day]}, {clock(slot.start)} to {clock(slot.end)}")
        return _say("time", "Fits the week", f"{DAYS[slot.day]} {clock(slot.start)} to {clock(slot.end)} is a time {child.called} is free")
    if offering.is_by_arrangement:
        return _say("time", "Times to suit", f"times are agreed for each child, so {possessive(child.called)} week decides")
    return None


def _peers(offering: Candidate, scored: Scored) -> Reason | None:
    if scored.parts["peers"] < 1 or offering.group_size == 1:
        return None
    return _say("peers", "Children of the same age", f"it is for ages {offering.age_min} to {offering.age_max}")


def _siblings(child: Profile, offering: Candidate) -> Reason | None:
    if not child.sibling_ages:
        return None
    who = "a younger child of the family" if len(child.sibling_ages) == 1 else "brothers and sisters"
    return _say("siblings", "Room for the family", f"{who} may come along ({sentence_list([f'aged {age}' for age in sorted(child.sibling_ages)])})")


def _cost(offering: Candidate) -> Reason | None:
    if offering.cost_pence == 0:
        return _say("free", "Nothing to pay", "it is free for the family")
    return _say("affordable", "Within what the family can pay", f"{pounds(offering.cost_pence)} a session is within what the family can pay")


def _access(child: Profile, offering: Candidate) -> Reason | None:
    if child.needs_step_free:
        return _say("step_free", "Step-free", "the way in and around is step-free")
    return None


def caution(
    child: Profile, offering: Candidate, scored: Scored, free: int | None, today: date, beside: Around = NOBODY
) -> Reason | None:
    """The one thing worth knowing, the weightiest first; None where nothing stands out."""
    name = child.called
    busy = _busy(free, beside)
    if scored.disliked is not None:
        return _say("said_no", "Worth knowing", f"{name} said: “{_clean(scored.disliked.text)}” Ask about this one gently")
    if beside.before is not None:
        return _say("been_before", "Worth knowing", f"{name} went there before, until {month(beside.before)}: see how that was")
    if scored.parts["not_worked"] >= 0.4:
        return _say("not_worked", "Worth knowing", f"something like it did not go well for {name} before")
    if offering.must_parent_stay:
        return _say("parent_stays", "Worth knowing", "a parent or carer has to stay for each session")
    if busy is not None:
        return busy
    if free is not None and free == 1:
        return _say("last_place", "Worth knowing", "there is one place left")
    if offering.age_max > offering.age_min + 1 and child.age == offering.age_max:
        return _say("oldest", "Worth knowing", f"it is for ages {offering.age_min} to {offering.age_max}: {name} would be among the oldest")
    if offering.age_max > offering.age_min + 1 and child.age == offering.age_min:
        return _say("youngest", "Worth knowing", f"it is for ages {offering.age_min} to {offering.age_max}: {name} would be among the youngest")
    if offering.cost_pence:
        return _say("cost", "Worth knowing", f"the family pays {pounds(offering.cost_pence)} a session")
    reach = reach_km(child, offering)
    if offering.delivery in ("venue", "school") and scored.distance is not None and scored.distance > max(WALKABLE_KM, 0.75 * reach):
        return _say("far", "Worth knowing", f"it is {km(scored.distance)} away, near the furthest {name} can travel")
    if offering.group_size is not None and offering.group_size >= 20 and any(code in ("Emotional:anxiety", "Social:social-confidence") for code, _ in child.needs):
        return _say("big_group", "Worth knowing", f"there can be {offering.group_size} children in the room")
    good = good_slots(child, offering)
    if not good and offering.is_by_arrangement:
        return _say("to_arrange", "Worth knowing", "no times are set: they are agreed with the partner for each child")
    if good and all(slot.is_holiday for slot in good):
        return _say("holidays_only", "Worth knowing", f"only the holiday sessions fit {possessive(name)} week")
    if offering.confirmed_on is None or (today - offering.confirmed_on).days > FRESH_DAYS:
        when = "nobody has checked yet that it still runs" if offering.confirmed_on is None else f"it was last checked on {full_date(offering.confirmed_on)}"
        return _say("not_checked", "Worth knowing", f"{when}: ask before you promise anything")
    if not scored.met and child.needs:
        return _say("other_need", "Worth knowing", f"it was not made with {possessive(name)} needs in mind")
    if free is not None and free <= 2:
        return _say("few_places", "Worth knowing", f"there are {free} places left")
    return None
