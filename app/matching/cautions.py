"""The one thing worth knowing about a match, the weightiest first. Pure. Notes of Link Workers are never quoted."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from app.children.models import need_word
from app.children.naming import possessive
from app.matching.people import NOBODY, Around
from app.matching.profile import Candidate, Profile
from app.matching.quoting import Reason, clean, say
from app.matching.reasons import good_slots
from app.matching.scored import Scored
from app.matching.scoring import FRESH_DAYS
from app.matching.spoken import WALKABLE_KM, km
from app.shared.money import pounds
from app.shared.view import full_date, month, sentence_list

SLOW_DAYS = 7


def caution(
    child: Profile, offering: Candidate, scored: Scored, free: int | None, today: date, beside: Around = NOBODY
) -> Reason | None:
    """The one thing worth knowing, the weightiest first; None where nothing stands out."""
    name = child.called
    busy = _busy(free, beside)
    if scored.disliked is not None:
        return _worth("said_no", _("%(name)s said: “%(said)s” Ask about this one gently", name=name, said=clean(scored.disliked.text)))
    if beside.before is not None:
        return _worth("been_before", _("%(name)s went there before, until %(month)s: see how that was", name=name, month=month(beside.before)))
    if scored.parts["not_worked"] >= 0.4:
        return _worth("not_worked", _("something in it may be like what did not go well for %(name)s: read those notes first", name=name))
    if scored.parts["apart"] > 0:
        return _worth("for_others", _("it is for a situation that nothing written down about %(name)s speaks of", name=name))
    if offering.must_parent_stay:
        return _worth("parent_stays", _("a parent or carer has to stay for each session"))
    if busy is not None:
        return busy
    if free is not None and free == 1:
        return _worth("last_place", _("there is one place left"))
    if offering.age_max > offering.age_min + 1 and child.age == offering.age_max:
        return _worth("oldest", _("it is for ages %(age_min)s to %(age_max)s: %(name)s would be among the oldest", age_min=offering.age_min, age_max=offering.age_max, name=name))
    if offering.age_max > offering.age_min + 1 and child.age == offering.age_min:
        return _worth("youngest", _("it is for ages %(age_min)s to %(age_max)s: %(name)s would be among the youngest", age_min=offering.age_min, age_max=offering.age_max, name=name))
    if offering.cost_pence:
        return _worth("cost", _("the family pays %(price)s a session", price=pounds(offering.cost_pence)))
    is_fetched = "transport-provided" in offering.accessibility
    if offering.delivery in ("venue", "school") and not is_fetched and scored.distance is not None and scored.distance > max(WALKABLE_KM, 0.75 * child.max_km):
        return _worth("far", _("%(distance)s is near the furthest %(name)s can travel", distance=km(scored.distance), name=name))
    if offering.group_size is not None and offering.group_size >= 20 and any(code in ("Emotional:anxiety", "Social:social-confidence") for code, _ in child.needs):
        return _worth("big_group", _("there can be %(group_size)s children in the room", group_size=offering.group_size))
    good = good_slots(child, offering)
    if not good and offering.is_by_arrangement:
        return _worth("to_arrange", _("no day is set yet: ask which days they have"))
    if good and all(slot.is_holiday for slot in good):
        return _worth("holidays_only", _("only the holiday sessions fit %(whose)s week", whose=possessive(name)))
    if offering.confirmed_on is None or (today - offering.confirmed_on).days > FRESH_DAYS:
        return _worth("not_checked", _("nobody has checked yet that it still runs: ask before you promise anything") if offering.confirmed_on is None
                      else _("it was last checked on %(day)s: ask before you promise anything", day=full_date(offering.confirmed_on)))
    if child.needs and not scored.met and not scored.kin_met:
        needs = [need_word(code) for code, _priority in sorted(child.needs, key=lambda need: need[1])[:3]]
        return _worth("other_need", _("it does not set out to help with %(needs)s", needs=sentence_list(needs, "or")))
    if free is not None and free <= 2:
        return _worth("few_places", _("there are %(free)s places left", free=free))
    return None


def _busy(free: int | None, beside: Around) -> Reason | None:
    if free and beside.waiting >= free:
        waiting = ngettext("%(num)s request waits there for an answer already", "%(num)s requests wait there for an answer already", beside.waiting)
        left = ngettext("%(num)s place is left", "%(num)s places are left", free)
        return _worth("busy", _("%(waiting)s, and %(left)s", waiting=waiting, left=left))
    if beside.answer_days is not None and beside.answer_days >= SLOW_DAYS:
        return _worth("slow", ngettext(
            "they usually take about %(num)s day to answer", "they usually take about %(num)s days to answer", round(beside.answer_days)))
    return None


def _worth(code: str, rest: str) -> Reason:
    return say(code, _("Worth knowing"), rest)
