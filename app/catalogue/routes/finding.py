"""Find support: one GET form with words, facets, sorting and a map; htmx gets the parts that change."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import sessions
from app.accounts.models import Person, School, Zone
from app.catalogue import policies, queries, shown
from app.catalogue.languages import LANGUAGES, language_name
from app.catalogue.models import AREAS, NEEDS, OFFERING_KIND_WORDS, Delivery, OfferingKind
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.search.engine import SORTS, Page, Sort, browse
from app.catalogue.search.facts import DAYS
from app.catalogue.search.filters import Filters
from app.catalogue.words import DAYS as DAY_WORDS
from app.catalogue.words import DELIVERIES, need_word
from app.shared.errors import NotFound
from app.shared.web import allow, is_htmx

PAGE_SIZE = 20
LONGEST_QUERY = 200
SORT_WORDS: dict[Sort, str] = {"fit": "Best fit", "distance": "Nearest first", "soonest": "Soonest start", "places": "Most places"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for, with whatever makes no sense left out."""

    words: str
    filters: Filters
    sort: Sort
    page: int


@blueprint.get("/find", endpoint="find")
@allow(policies.can_browse)
def find() -> ResponseReturnValue:
    me = sessions.current_person()
    zone = find_zone(me)
    schools = [school for school in accounts.list_schools(zone.id) if school.latitude is not None]
    near = _near(me, schools)
    asked = read_address(near)
    found = browse(zone.id, asked.words, asked.filters, sort=asked.sort, page=asked.page, size=PAGE_SIZE)
    template = "catalogue/_find_results.html" if is_htmx() else "catalogue/find_show.html"
    return render_template(template, **_context(me, zone, schools, near, asked, found))


def find_zone(me: Person) -> Zone:
    """The Zone of the page: ?zone=slug among the person's own, else that of the main role. Raises NotFound."""
    own = {zone.slug: zone for zone in accounts.list_own_zones(me)}
    wanted = request.args.get("zone")
    if wanted:
        if wanted not in own:
            raise NotFound
        return own[wanted]
    main = next((grant.zone for grant in me.live_grants if grant.zone is not None), None)
    if main is None:
        raise NotFound
    return main


def _near(me: Person, schools: list[School]) -> School | None:
    """The school that distances count from: the one chosen, else the person's own, else none."""
    by_id = {str(school.id): school for school in schools}
    if "near" in request.args:
        return by_id.get(request.args["near"])
    return next((by_id[str(id_)] for grant in me.live_grants if (id_ := grant.school_id) and str(id_) in by_id), None)


def read_address(near: School | None) -> Asked:
    args = request.args
    origin = (near.latitude, near.longitude) if near and near.latitude is not None and near.longitude is not None else None
    filters = Filters(
        kinds=_known("kind", [kind.value for kind in OfferingKind]), needs=_known("need", [*AREAS, *NEEDS]),
        days=_known("day", DAYS), languages=_known("language", list(LANGUAGES)),
        deliveries=_known("delivery", [delivery.value for delivery in Delivery]),
        age=args.get("age", type=int) if 0 <= (args.get("age", type=int) or 0) <= 25 else None,
        is_free=bool(args.get("free")), is_step_free=bool(args.get("step_free")), places_now=bool(args.get("places")),
        within_km=_kilometres(args.get("within", "")), origin=origin,
    )
    sort: Any = args.get("sort", "")
    if sort not in SORTS or (sort == "distance" and origin is None):
        sort = "fit" if args.get("q", "").strip() or origin is None else "distance"
    return Asked(" ".join(args.get("q", "").split())[:LONGEST_QUERY], filters, sort, max(1, args.get("page", 1, type=int)))


def _known(name: str, allowed: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in request.args.getlist(name) if value in allowed))


def _kilometres(text: str) -> float | None:
    try:
        km = float(text)
    except ValueError:
        return None
    return km if 0 < km <= 500 else None


def _context(me: Person, zone: Zone, schools: list[School], near: School | None, asked: Asked, found: Page) -> dict[str, Any]:
    offerings = list_for_cards([result.offering_id for result in found.results])
    first = (found.page - 1) * PAGE_SIZE + 1
    cards = [
        (rank, result, shown.card(offerings[result.offering_id], km=result.km, free=result.free))
        for rank, result in enumerate(found.results, first) if result.offering_id in offerings
    ]
    pins = [
        {"lat": card.offering.latitude, "lon": card.offering.longitude, "label": str(rank), "name": card.offering.title,
         "href": f"#offer-{rank}"}
        for rank, result, card in cards
        if card.offering.latitude is not None and card.offering.longitude is not None
        and card.offering.delivery is Delivery.VENUE and (result.km is None or result.km < 25)
    ]
    return {
        "zone": zone, "zones": accounts.list_own_zones(me), "schools": schools, "near": near, "asked": asked, "found": found,
        "cards": cards, "pins": pins, "facets": {facet.name: facet for facet in found.facets}, "chips": _chips(asked.filters, near),
        "widenings": [(_widening_words(w.filter, asked.filters), w.count, _without(w.filter)) for w in found.widenings],
        "sorts": [(value, words) for value, words in SORT_WORDS.items() if value != "distance" or near],
        "clear": url_for("catalogue.find", q=asked.words or None, near=request.args.get("near"), zone=request.args.get("zone")),
    }


def list_for_cards(ids: list[uuid.UUID]) -> dict[uuid.UUID, Any]:
    return {offering.id: offering for offering in queries.list_offerings_in_full(ids)}


ARGUMENTS = {
    "kinds": "kind", "needs": "need", "days": "day", "languages": "language", "deliveries": "delivery", "age": "age",
    "is_free": "free", "is_step_free": "step_free", "places_now": "places", "within_km": "within",
}


def _chips(filters: Filters, near: School | None) -> list[tuple[str, str, str]]:
    """(argument, value, words) of every filter in use."""
    out = [("kind", k, OFFERING_KIND_WORDS[OfferingKind(k)]) for k in filters.kinds]
    out += [("need", n, n if n in AREAS else need_word(n).capitalize()) for n in filters.needs]
    out += [("day", d, DAY_WORDS[d]) for d in filters.days]
    out += [("language", code, language_name(code)) for code in filters.languages]
    out += [("delivery", d, DELIVERIES[Delivery(d)]) for d in filters.deliveries]
    if filters.age is not None:
        out.append(("age", request.args.get("age", ""), f"Age {filters.age}"))
    if filters.within_km is not None and near is not None:
        out.append(("within", request.args.get("within", ""), f"Within {filters.within_km:g} km"))
    switches = (("free", filters.is_free, "Free for families"), ("step_free", filters.is_step_free, "Step-free"),
                ("places", filters.places_now, "Places now"))
    out += [(name, request.args[name], words) for name, on, words in switches if on]
    return out


def _widening_words(name: str, filters: Filters) -> str:
    """What letting one filter go means: "any day"."""
    return {
        "kinds": "any kind", "needs": "any need", "days": "any day", "languages": "any language", "deliveries": "anywhere it happens",
        "age": "any age", "is_free": "also what families pay for", "is_step_free": "also with steps",
        "places_now": "also what is full now", "within_km": f"further than {filters.within_km or 0:g} km",
    }[name]


def _without(name: str) -> str:
    """This address without one filter."""
    left: dict[str, Any] = {
        key: values for key, values in request.args.to_dict(flat=False).items() if key not in (ARGUMENTS[name], "page")
    }
    return url_for("catalogue.find", **left)
