"""Another catalogue than the judged one, and queries of it (elsewhere.txt, elsewhere_again.txt): the demo's West London, by titles.

What search knows must not be how one author writes offerings: this catalogue was written by others, for the pages of the demo.
"""

from __future__ import annotations

import csv
import io
from functools import cache

from app.demo.west_london import OFFERINGS, ORGANISATIONS, PLACES
from benchmarks.judged import COLUMNS, HERE, Judged, Unreadable


@cache
def catalogue_csv() -> bytes:
    """The demo's offerings as `kith import catalogue` reads them; the title is the reference."""
    organisations = {org.key: org for org in ORGANISATIONS}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for offer in OFFERINGS:
        organisation, options = organisations[offer.org], offer.options
        town, area, latitude, longitude = PLACES[organisation.place]
        delivery = options.get("delivery", "venue")
        writer.writerow({
            "id": offer.title, "title": offer.title, "provider": organisation.name, "description": offer.about, "kind": offer.kind,
            "interests": offer.interests, "needs": offer.needs, "age_min": offer.age_min, "age_max": offer.age_max, "town": town,
            "postcode_area": area, "region": "West London", "lat": latitude, "lon": longitude, "delivery": delivery,
            "home_visit_radius_km": options.get("radius", "8") if delivery == "home" else "", "sessions": offer.slots,
            "by_arrangement": str(not offer.slots), "term": options.get("season", "term"), "cost_gbp": f"{options.get('cost', 0) / 100:.2f}",
            "capacity": offer.capacity, "places_left": offer.capacity, "languages": options.get("languages", "en"),
            "gender": options.get("gender", "any"), "step_free": str(bool(options.get("step_free"))), "parent_must_stay": "False",
            "accessibility": "quiet-space" if options.get("quiet") else "", "sibling_min_age": options.get("sibling", ""),
            "group_size": offer.capacity,
        })
    return out.getvalue().encode()


@cache
def queries() -> tuple[Judged, ...]:
    """Every second one of each kind is unseen. Raises Unreadable where a title is not in the catalogue."""
    return _queries("elsewhere.txt")


@cache
def again() -> tuple[Judged, ...]:
    """Those that were asked a second time: the other half of the seventh set."""
    return _queries("elsewhere_again.txt")


def _queries(name: str) -> tuple[Judged, ...]:
    titles, kind, found, count = {offer.title for offer in OFFERINGS}, "", list[Judged](), 0
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind, count = line.removeprefix("## "), 0
        elif line and not line.startswith("#"):
            typed, *graded = (part.strip() for part in line.split("|"))
            grades: dict[str, int] = {}
            for grade, _, named in (part.partition(":") for part in graded):
                grades |= dict.fromkeys((title.strip() for title in named.split(";")), int(grade))
            if not titles.issuperset(grades):
                raise Unreadable(f"{name}: {typed}: {', '.join(grades.keys() - titles)} is not in the demo's catalogue.")
            found.append(Judged(kind, typed, grades, "unseen" if count % 2 else "seen"))
            count += 1
    return tuple(found)
