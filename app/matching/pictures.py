"""A match as the page draws it: facts in a line, five short bars, a pin. Pure."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.catalogue.models import OFFERING_KIND_WORDS, OfferingKind
from app.matching.profile import Profile
from app.matching.queries import Match
from app.matching.reasons import FOR_THE_READER, good_slots
from app.matching.rules import BY_NAME, reach_km
from app.matching.spoken import WALKABLE_KM, clock, km, walk
from app.shared.money import pounds

SHOWN_SLOTS = 2


def facts(profile: Profile, match: Match) -> list[tuple[str, ...]]:
    """How far, when, how many places, what the family pays."""
    offering = match.candidate
    found: list[tuple[str, ...]] = []
    if offering.delivery == "online":
        found.append(("globe", _("Online")))
    elif offering.delivery == "home":
        found.append(("house", _("Comes to the family")))
    elif match.distance is not None:
        near = match.distance <= WALKABLE_KM
        words = walk(match.distance) if near else _("%(distance)s away", distance=km(match.distance))
        found.append(("footprints" if near else "bus", words[0].upper() + words[1:]))
    slots = good_slots(profile, offering)
    if slots:
        words = ", ".join(
            _("%(day)s %(since)s to %(until)s", day=slot.day, since=clock(slot.start), until=clock(slot.end)) for slot in slots[:SHOWN_SLOTS])
        more = len(slots) - SHOWN_SLOTS
        found.append(("calendar-days", words if more < 1 else ngettext("%(times)s and %(num)s more time", "%(times)s and %(num)s more times", more, times=words)))
    elif offering.is_by_arrangement:
        found.append(("calendar-days", _("Times by arrangement")))
    found.append(("users", _("Drop in")) if match.free is None else ("users", str(match.free), ngettext("place left", "places left", match.free)))
    found.append(("wallet", _("%(price)s a session", price=pounds(offering.cost_pence))) if offering.cost_pence else ("wallet", _("Free for the family")))
    return found


def factors(profile: Profile, match: Match) -> list[tuple[str, int]]:
    """Five bars out of five: the parts of the score that a person would ask about."""
    parts = match.parts
    distance = 5
    if match.distance is not None and match.candidate.delivery in ("venue", "school"):
        distance = _five(1 - 0.8 * match.distance / max(0.1, reach_km(profile, match.candidate)))
    times = len(good_slots(profile, match.candidate))
    return [
        (_("Needs"), _five(parts["needs"])),
        (_("Interests"), _five(max(parts["interest"], parts["words"]))),
        (_("Distance"), distance),
        (_("Times"), 3 if not times else min(5, 3 + times)),
        (_("Places"), 5 if match.free is None else min(5, match.free)),
    ]


def _five(share: float) -> int:
    return max(1 if share > 0 else 0, min(5, round(share * 5)))


def drawn(profile: Profile, match: Match, *, href: str = "") -> dict[str, Any]:
    """What the match component takes."""
    offering = match.candidate
    where = " ".join(part for part in (offering.town, offering.postcode_area) if part)
    return {
        "name": offering.title, "href": href, "by": ", ".join(part for part in (offering.organisation, where) if part),
        "fit": match.fit, "because": [(reason.lead, _sentence(reason.rest)) for reason in match.reasons],
        "know": _sentence(match.caution.rest, capital=True) if match.caution else None,
        "factors": factors(profile, match), "facts": facts(profile, match), "offering": offering, "rank": match.rank,
        "kind": OfferingKind(offering.kind).value, "kind_word": OFFERING_KIND_WORDS[OfferingKind(offering.kind)], "needs_money": offering.kind == OfferingKind.COMMISSIONED,
        "id": offering.id, "organisation_id": offering.organisation_id, "breaks": BY_NAME[match.breaks].ruled_out if match.breaks else "",
        "why": next((reason.sentence for reason in match.reasons if reason.code not in FOR_THE_READER), ""),
    }


def _sentence(rest: str, *, capital: bool = False) -> str:
    said = rest if rest[-1] in ".!?”…" else f"{rest}."
    return said[0].upper() + said[1:] if capital else said


def pins(matches: list[Match]) -> list[dict[str, Any]]:
    return [
        {"lat": m.candidate.latitude, "lon": m.candidate.longitude, "label": str(m.rank), "name": m.candidate.title,
         "href": f"#match-{m.rank}"}
        for m in matches
        if m.candidate.delivery in ("venue", "school") and m.candidate.latitude is not None and m.candidate.longitude is not None
    ]
