"""Why an offering is on a child's list, said from the parts of its score: two to five sentences, true of this child. Pure. Notes of Link
Workers are never quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.children.languages import language
from app.children.models import need_word
from app.children.naming import possessive
from app.children.services.profile import AUDIENCES
from app.matching.kindred import KINDRED
from app.matching.people import NOBODY, SCHOOL_LEAST, YOU, Around
from app.matching.profile import Candidate, Profile, Span
from app.matching.quoting import Reason, interest_of, like_of, say
from app.matching.scored import Scored
from app.matching.spoken import CLOSE_KM, WALKABLE_KM, clock, km, walk
from app.shared.money import pounds
from app.shared.view import sentence_list

DAYS = {
    "Mon": _l("Monday"), "Tue": _l("Tuesday"), "Wed": _l("Wednesday"), "Thu": _l("Thursday"), "Fri": _l("Friday"), "Sat": _l("Saturday"),
    "Sun": _l("Sunday"),
}
SMALL = 8
_FIRST = (_l("first"), _l("second"), _l("third"))


def reasons(child: Profile, offering: Candidate, scored: Scored, free: int | None, beside: Around = NOBODY) -> list[Reason]:
    """Strongest first; the facts fill up where the rest says too little."""
    found = [
        reason for reason in (
            interest_of(child, offering, scored) or like_of(child, offering, scored), _need(child, scored, offering), _made_for(child, offering),
            _worked(child, scored), _friends(beside), _known(beside), _calm(child, offering), _language(child, offering),
        ) if reason is not None
    ]
    if scored.parts["needs"] > scored.parts["interest"] and len(found) > 1 and found[0].code in ("interest", "like", "words", "goal"):
        need = next((reason for reason in found if reason.code == "need"), None)
        if need is not None:
            found.remove(need)
            found.insert(0, need)
    wanted = max(2, min(5, len(found) + 2))
    return list(islice(chain(found, _facts(child, offering, scored)), wanted))


def _facts(child: Profile, offering: Candidate, scored: Scored) -> Iterator[Reason]:
    """One after the other, as many as are asked for."""
    facts: tuple[Callable[[], Reason | None], ...] = (
        lambda: _near(child, offering, scored), lambda: _time(child, offering), lambda: _room(child, offering),
        lambda: _siblings(child, offering), lambda: _peers(offering, scored), lambda: _cost(offering), lambda: _access(child, offering),
    )
    for fact in facts:
        reason = fact()
        if reason is not None:
            yield reason


def _need(child: Profile, scored: Scored, offering: Candidate) -> Reason | None:
    met = [(need_word(code), priority) for code, priority in sorted(child.needs, key=lambda need: need[1]) if code in scored.met]
    if met:
        lead = _("Meets the first need") if met[0][1] == 1 else _("Helps with a need")
        places = dict.fromkeys(str(_FIRST[priority - 1]) for _word, priority in met)
        return say("need", lead, ngettext(
            "it helps with %(needs)s, %(whose)s %(place)s need", "it helps with %(needs)s, %(whose)s %(place)s needs", len(met),
            needs=sentence_list([word for word, _priority in met]), whose=possessive(child.called), place=sentence_list(list(places)),
        ))
    if scored.kin_met:
        wanted = scored.kin_met[0]
        given = next(need_word(code) for code in offering.needs if code in KINDRED[wanted])
        return say("near_need", _("Close to a need"), _(
            "it helps with %(given)s, which is close to what %(called)s needs: %(need)s", given=given, called=child.called, need=need_word(wanted)))
    return None


def _made_for(child: Profile, offering: Candidate) -> Reason | None:
    shared = sorted(offering.audiences & child.audiences)
    return say("made_for", _("Made for children like this"), _("it is made for %(whom)s", whom=AUDIENCES[shared[0]])) if shared else None


def _worked(child: Profile, scored: Scored) -> Reason | None:
    if scored.parts["worked"] < 0.35:
        return None
    return say("worked", _("Has worked before"), _("it has something of what went well for %(called)s before", called=child.called))


FOR_THE_READER = frozenset({"friends"})
"""Reasons that name another child: for whoever reads the list, and never carried into an introduction."""


def _friends(beside: Around) -> Reason | None:
    if not beside.friends:
        return None
    return say("friends", _("Somebody they know"), ngettext(
        "%(friends)s goes there already. Ask at that home before you say so", "%(friends)s go there already. Ask at that home before you say so",
        len(beside.friends), friends=sentence_list(beside.friends),
    ))


def _known(beside: Around) -> Reason | None:
    if beside.walked:
        told = ngettext(
            "you have introduced a child to them before, and they met", "you have introduced %(num)s children to them before, and they met",
            beside.walked,
        ) if beside.who == YOU else ngettext(
            "%(who)s has introduced a child to them before, and they met", "%(who)s has introduced %(num)s children to them before, and they met",
            beside.walked, who=beside.who,
        )
        return say("known", _("A warm way in"), told)
    if beside.schoolmates >= SCHOOL_LEAST:
        return say("known_at_school", _("A warm way in"), _("%(schoolmates)s children of %(school)s have met them already", schoolmates=beside.schoolmates, school=beside.school))
    return None


def _calm(child: Profile, offering: Candidate) -> Reason | None:
    quiet = "quiet-space" in offering.accessibility
    small = offering.group_size is not None and offering.group_size <= SMALL
    if offering.group_size == 1:  # at home the rest of the family is there too
        return say("one_to_one", _("One to one"), _("%(called)s would be the only child there", called=child.called)) if offering.delivery != "home" else None
    if small and quiet:
        return say("calm", _("Small and quiet"), ngettext(
            "%(num)s child at most, and there is a quiet space", "%(num)s children at most, and there is a quiet space", offering.group_size or 0))
    if quiet and child.needs_quiet:
        return say("calm", _("Quiet"), _("there is a quiet space, which %(called)s needs", called=child.called))
    if small and (child.needs_quiet or child.max_group is not None):
        return say("calm", _("A small group"), ngettext("%(num)s child at most", "%(num)s children at most", offering.group_size or 0))
    return None


def _language(child: Profile, offering: Candidate) -> Reason | None:
    shared = [code for code in child.languages if code != "en" and code in offering.languages]
    if not shared:
        return None
    word = language(shared[0])
    return say("language", _("Speaks the language"), _("%(language)s is used there", language=word) if shared[0] == "bsl"
                else _("%(language)s is spoken there", language=word))


def _near(child: Profile, offering: Candidate, scored: Scored) -> Reason | None:
    if offering.delivery == "online":
        return say("online", _("From anywhere"), _("it is online, so there is no journey"))
    if offering.delivery == "home":
        return say("home", _("Comes to the family"), _("it comes to the family’s home"))
    if scored.distance is None:
        return None
    if scored.distance <= WALKABLE_KM:
        lead = _("Close by") if scored.distance <= CLOSE_KM else _("Can be walked")
        return say("near", lead, _("it is %(walk)s from %(place)s", walk=walk(scored.distance), place=child.place))
    if "transport-provided" in offering.accessibility:
        return say("transport", _("Transport is provided"), _("they fetch children; it is %(distance)s from %(place)s", distance=km(scored.distance), place=child.place))
    return say("near", _("Within reach"), _("it is %(distance)s from %(place)s, and %(called)s can travel %(most)s", distance=km(scored.distance), place=child.place, called=child.called, most=km(child.max_km)))


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
            return say("time", _("In the holidays"), _("there are holiday sessions on %(day)s, %(since)s to %(until)s", day=DAYS[slot.day], since=clock(slot.start), until=clock(slot.end)))
        return say("time", _("Fits the week"), _("%(day)s %(since)s to %(until)s is a time %(called)s is free", day=DAYS[slot.day], since=clock(slot.start), until=clock(slot.end), called=child.called))
    if offering.is_by_arrangement:
        return say("time", _("Times to suit"), _("times are agreed for each child, so %(whose)s week decides", whose=possessive(child.called)))
    return None


def _peers(offering: Candidate, scored: Scored) -> Reason | None:
    if scored.parts["peers"] < 1 or offering.group_size == 1:
        return None
    return say("peers", _("Children of the same age"), _("it is for ages %(age_min)s to %(age_max)s", age_min=offering.age_min, age_max=offering.age_max))


def _room(child: Profile, offering: Candidate) -> Reason | None:
    if child.max_group is None or offering.group_size is None or offering.group_size <= SMALL:
        return None
    return say("group", _("Not too many"), ngettext(
        "%(num)s child at most, and %(called)s can be in a group of up to %(most)s", "%(num)s children at most, and %(called)s can be in a group of up to %(most)s",
        offering.group_size, called=child.called, most=child.max_group,
    ))


def _siblings(child: Profile, offering: Candidate) -> Reason | None:
    if not child.sibling_ages:
        return None
    ages = sentence_list([_("aged %(age)s", age=age) for age in sorted(child.sibling_ages)])
    return say("siblings", _("Room for the family"), ngettext(
        "a brother or sister may come along (%(ages)s)", "brothers and sisters may come along (%(ages)s)", len(child.sibling_ages), ages=ages,
    ))


def _cost(offering: Candidate) -> Reason | None:
    if offering.cost_pence == 0:
        return say("free", _("Nothing to pay"), _("it is free for the family"))
    return say("affordable", _("Within what the family can pay"), _("%(price)s a session is within what the family can pay", price=pounds(offering.cost_pence)))


def _access(child: Profile, offering: Candidate) -> Reason | None:
    if child.needs_step_free:
        return say("step_free", _("Step-free"), _("the way in and around is step-free"))
    return None
