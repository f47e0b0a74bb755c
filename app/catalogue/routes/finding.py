"""Find support: one GET form with words, facets, sorting and a map; htmx gets the parts that change. What is not found is counted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from app.accounts import queries as accounts
from app.accounts import sessions
from app.accounts.models import Person, Role, School, Zone
from app.catalogue import addresses, policies, shown
from app.catalogue.addresses import ARGUMENTS, Asked, chips, widening_words
from app.catalogue.models import Delivery
from app.catalogue.models.finding import MissKind
from app.catalogue.queries import finding
from app.catalogue.queries.cards import list_for_cards
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.search.engine import Page, Sort, browse
from app.catalogue.search.suggestions import suggest
from app.catalogue.services import misses
from app.shared.errors import NotFound
from app.shared.web import allow, is_htmx, paced

PAGE_SIZE = 20
FEW_PARTS = 20
REMEMBERED = 12
SORT_WORDS: dict[Sort, str] = {"fit": _l("Best fit"), "distance": _l("Nearest first"), "soonest": _l("Soonest start"), "places": _l("Most places")}


@blueprint.get("/find", endpoint="find")
@allow(policies.can_browse)
@paced("search", 150, 1)
def find() -> ResponseReturnValue:
    me = sessions.current_person()
    own = accounts.list_own_zones(me)
    zone = find_zone(me, own)
    schools = located_schools(zone)
    near = _near(me, schools)
    asked = addresses.read(request.args, near)
    found = browse(zone.id, asked.words, asked.filters, sort=asked.sort, page=asked.page, size=PAGE_SIZE)
    if not is_htmx():
        note_miss(me, zone, asked, found)
    template = "catalogue/_find_results.html" if is_htmx() else "catalogue/find_show.html"
    return render_template(template, **_context(me, zone, own, schools, near, asked, found))


@blueprint.post("/find/settled", endpoint="find_settled")
@allow(policies.can_browse)
def find_settled() -> ResponseReturnValue:
    """A search that was typed and then left standing: with JavaScript no page is asked for again, so the browser says so."""
    me = sessions.current_person()
    zone = find_zone(me)
    asked = addresses.read(request.args, _near(me, located_schools(zone)))
    note_miss(me, zone, asked, browse(zone.id, asked.words, asked.filters, sort=asked.sort, size=PAGE_SIZE))
    return "", 204


def find_zone(me: Person, zones: Sequence[Zone] | None = None) -> Zone:
    """The Zone of the page: ?zone=slug among the person's own, else that of the main role. Raises NotFound."""
    own = {zone.slug: zone for zone in (accounts.list_own_zones(me) if zones is None else zones)}
    wanted = request.args.get("zone")
    if wanted:
        if wanted not in own:
            raise NotFound
        return own[wanted]
    main = next((grant.zone for grant in me.live_grants if grant.zone is not None), None)
    if main is None:
        raise NotFound
    return main


def located_schools(zone: Zone) -> list[School]:
    return [school for school in accounts.list_schools(zone.id) if school.latitude is not None]


def _near(me: Person, schools: list[School]) -> School | None:
    """The school that distances count from: the one chosen, else the person's own, else none."""
    if "near" in request.args:
        return addresses.school_of(schools, request.args["near"])
    by_id = {school.id: school for school in schools}
    return next((by_id[id_] for grant in me.live_grants if (id_ := grant.school_id) and id_ in by_id), None)


# --- what was not found -----------------------------------------------------------------------------


def kind_of_miss(asked: Asked, found: Page) -> MissKind | None:
    """What went wrong with a search, if anything did."""
    if not asked.words and not asked.filters.in_use:
        return None
    if not found.total:
        return MissKind.NOTHING
    if asked.words and not found.close:
        return MissKind.NEAR
    return MissKind.CORRECTED if found.query.corrected or found.query.unknown else None


def note_miss(me: Person, zone: Zone, asked: Asked, found: Page) -> None:
    """Count a miss once for this browser: reading the page again, sorting or going back is no second search."""
    kind = kind_of_miss(asked, found)
    if kind is None:
        return
    filters = addresses.kept_address(request.args, with_words=False, with_place=False)
    once = f"{hash_of(f'{zone.id} {asked.words.casefold()} {filters}')}"
    seen: list[str] = session.get("missed", [])
    if once in seen:
        return
    session["missed"] = [*seen, once][-REMEMBERED:]
    misses.record_miss(
        zone_id=zone.id, role=_role(me, zone), kind=kind, typed=asked.words,
        taken_as=found.query.shown if found.query.corrected else "", asked=filters,
    )


def hash_of(text: str) -> str:
    """Short, and the same in every process; the cookie holds no words."""
    return uuid.uuid5(uuid.NAMESPACE_OID, text).hex[:10]


def _role(me: Person, zone: Zone) -> Role:
    return next(grant.role for grant in me.live_grants if grant.zone_id == zone.id)


# --- the page ---------------------------------------------------------------------------------------


def _context(
    me: Person, zone: Zone, own: Sequence[Zone], schools: list[School], near: School | None, asked: Asked, found: Page
) -> dict[str, Any]:
    compared = compared_ids()
    wanted = [result.offering_id for result in found.results]
    offerings = list_for_cards(wanted)
    first = (found.page - 1) * PAGE_SIZE + 1
    cards = [
        (rank, result, shown.card(offerings[result.offering_id], km=result.km, free=result.free, capacity=result.capacity))
        for rank, result in enumerate(found.results, first) if result.offering_id in offerings
    ]
    best = [result.offering_id for result in sorted(found.results, key=lambda result: -result.score)]
    is_miss = kind_of_miss(asked, found)
    usual = addresses.usual_sort(asked.words, asked.filters)  # sent as nothing: whoever begins to type gets the best first, not the nearest
    context = {
        "zone": zone, "zones": own, "schools": schools, "near": near, "asked": asked, "found": found,
        "cards": cards, "offer_at": _address_without_id(), "pins": _pins(cards), "facets": {facet.name: facet for facet in found.facets},
        "chips": chips(asked.filters, request.args, near),
        "widenings": [(widening_words(w.filter, asked.filters), w.count, _without(w.filter)) for w in found.widenings],
        "sorts": [("" if value == usual else value, words) for value, words in SORT_WORDS.items() if value != "distance" or near],
        "sort_chosen": "" if asked.sort == usual else asked.sort,
        "clear": url_for("catalogue.find", q=asked.words or None, near=request.args.get("near"), zone=request.args.get("zone")),
        "suggestions": [(s, _leads_to(s.kind, s.value)) for s in suggest(zone.id, asked.words, best, offerings, found.vocabulary)],
        "compared": compared, "tray": finding.list_to_compare(compared, me) if compared else [],
        "kept": addresses.kept_address(request.args), "is_miss": is_miss, "may_see_gaps": me.manages(zone.id),
        "may_brief": me.manages(zone.id) or any(grant.role is Role.LINK_WORKER and grant.zone_id == zone.id for grant in me.live_grants),
    }
    if is_miss in (MissKind.NOTHING, MissKind.NEAR):
        context["next_door"] = finding.look_next_door(zone.id, me, asked.words, asked.filters)
        if asked.words and asked.filters.in_use and not found.of_all:
            context["without_words"] = browse(zone.id, "", asked.filters, size=1).total
    return context


def compared_ids() -> list[uuid.UUID]:
    """What is ticked to be compared, as far as it is an id; the first four."""
    out: list[uuid.UUID] = []
    for text in request.args.getlist("compare")[:FEW_PARTS]:
        try:
            out.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(out))[: finding.MOST_COMPARED]


def _pins(cards: list[tuple[int, Any, shown.Card]]) -> list[dict[str, Any]]:
    return [
        {"lat": card.offering.latitude, "lon": card.offering.longitude, "label": str(rank), "name": card.offering.title,
         "href": f"#offer-{rank}"}
        for rank, result, card in cards
        if card.offering.latitude is not None and card.offering.longitude is not None
        and card.offering.delivery is Delivery.VENUE and (result.km is None or result.km < 25)
    ]


def _address_without_id() -> str:
    """What the addresses of all offers begin with: made once, for making each anew takes as long as drawing it."""
    nobody = uuid.UUID(int=0)
    return url_for("catalogue.offering", offering_id=nobody).removesuffix(str(nobody))


def _leads_to(kind: str, value: str) -> str:
    """Where a suggestion goes: a page of its own, or this search narrowed to it in place of the words."""
    if kind == "title":
        return url_for("catalogue.offering", offering_id=value)
    if kind == "provider":
        return url_for("catalogue.organisation", organisation_id=value)
    kept = [(name, text) for name, text in parse_qsl(addresses.kept_address(request.args, with_words=False)) if name != kind]
    zone = [("zone", request.args["zone"])] if request.args.get("zone") else []
    return f"{url_for('catalogue.find')}?{urlencode([(kind, value), *kept, *zone])}"


def _without(name: str) -> str:
    """This address without one filter."""
    left: dict[str, Any] = {
        key: values for key, values in request.args.to_dict(flat=False).items() if key not in (ARGUMENTS[name], "page")
    }
    return url_for("catalogue.find", **left)
