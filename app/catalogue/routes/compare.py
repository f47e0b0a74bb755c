"""Up to four offerings side by side. The address says which, so it can be sent, kept and printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.accounts.models import School
from app.catalogue import addresses, policies, shown, words
from app.catalogue.availability import free_places_of_offerings
from app.catalogue.languages import language_name
from app.catalogue.models import OFFERING_KIND_WORDS, Offering
from app.catalogue.queries import finding
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.routes.finding import compared_ids, find_zone, located_schools
from app.catalogue.search.filters import distance_km
from app.catalogue.slots import say_slots_briefly
from app.shared.view import sentence_list
from app.shared.web import allow


@blueprint.get("/find/compare", endpoint="compare")
@allow(policies.can_browse)
def compare() -> ResponseReturnValue:
    me = sessions.current_person()
    offerings = finding.list_to_compare(compared_ids(), me)
    schools = located_schools(find_zone(me))
    near = addresses.school_of(schools, request.args.get("near"))
    if near is None and "near" not in request.args:
        near = next((school for school in schools if school.id in me.school_ids()), None)
    back: dict[str, Any] = {key: values for key, values in request.args.to_dict(flat=False).items() if key != "page"}
    asked_for = len(set(request.args.getlist("compare")))
    return render_template(
        "catalogue/compare_show.html", offerings=offerings, lines=_lines(offerings, near), near=near, back=url_for("catalogue.find", **back),
        too_many=asked_for > finding.MOST_COMPARED, gone=min(asked_for, finding.MOST_COMPARED) - len(offerings),
    )


def _lines(offerings: Sequence[Offering], near: School | None) -> list[tuple[str, list[str]]]:
    """One line for each thing worth comparing; a line in which nobody says anything is left out."""
    free = free_places_of_offerings(offering.id for offering in offerings)

    def away(offering: Offering) -> str:
        here = (near.latitude, near.longitude) if near and near.latitude is not None and near.longitude is not None else None
        there = (offering.latitude, offering.longitude)
        km = distance_km(here, (there[0], there[1])) if here and there[0] is not None and there[1] is not None else None
        return shown.where(offering, km)

    def said(fact: shown.Fact) -> str:
        return " ".join(fact[1:])

    lines: list[tuple[str, Callable[[Offering], str]]] = [
        (_("Kind"), lambda o: OFFERING_KIND_WORDS[o.kind]),
        (_("For"), lambda o: dict(shown.facts_of(o))["For"]),
        (_("What it is"), lambda o: shown.shorten(o.description, 240)),
        (_("Helps with"), lambda o: "; ".join(f"{area}: {needs}" for area, needs in shown.needs_by_area(o))),
        (_("Interests"), lambda o: sentence_list(list(o.interests))),
        (_("When"), lambda o: say_slots_briefly(o.slots, is_by_arrangement=o.is_by_arrangement)),
        (_("Time of year"), lambda o: words.SEASONS[o.season]),
        (_("From %(near)s", near=near.name) if near else _("Where"), away),
        (_("Place"), shown.place),
        (_("Places now"), lambda o: said(shown.places_fact(free[o.id], sum(c.capacity for c in shown.running(o.cohorts))))),
        (_("Cost"), lambda o: said(shown.price_fact(o, shown.current_tariff(o.tariffs)))),
        (_("In the room"), lambda o: dict(shown.facts_of(o))["In the room"]),
        (_("Languages"), lambda o: sentence_list([language_name(code) for code in o.languages])),
        (_("Access"), lambda o: sentence_list(shown.access(o))),
        (_("Brothers and sisters"), lambda o: dict(shown.facts_of(o))["Brothers and sisters"]),
        (_("Parent or carer"), lambda o: dict(shown.facts_of(o))["Parent or carer"]),
        (_("Checked"), lambda o: shown.freshness(o, None)[0]),
    ]
    told = [(name, [say(offering) for offering in offerings]) for name, say in lines]
    return [(name, values) for name, values in told if any(values)]
