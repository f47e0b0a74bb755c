"""Judged children on another catalogue: the demo's West London, and a few offerings more (away_offerings.txt, away.txt)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from app.demo.shapes import Offer
from app.demo.west_london import OFFERINGS, ORGANISATIONS, PLACES
from app.matching.profile import Candidate
from benchmarks.judged import ACCESS, HERE, KINDS, NEED_CODES, TOWNS, Unreadable
from benchmarks.judged.children import JudgedChild, candidate_of, read

OF_ORGANISATION = {spec.key: spec for spec in ORGANISATIONS}


@cache
def candidates() -> tuple[Candidate, ...]:
    return tuple(candidate_of(row) for row in (*(_demo(number, offer) for number, offer in enumerate(OFFERINGS, 1)), *_more()))


def _demo(number: int, offer: Offer) -> dict[str, str]:
    spec, options = OF_ORGANISATION[offer.org], offer.options
    town, area, latitude, longitude = PLACES[spec.place]
    is_for_one = options.get("alone") or (options.get("arranged") and offer.price)
    access = {"quiet": "quiet-space", "step_free": "step-free", "transport": "transport-provided", "bsl": "bsl-interpreter"}
    return {
        "id": f"d{number:03}", "title": offer.title, "provider": spec.name, "description": offer.about, "kind": offer.kind, "interests": offer.interests,
        "needs": offer.needs, "age_min": str(offer.age_min), "age_max": str(offer.age_max), "town": town, "postcode_area": area, "lat": str(latitude),
        "lon": str(longitude), "delivery": options.get("delivery", "venue"), "home_visit_radius_km": str(options.get("radius", "")),
        "sessions": offer.slots, "by_arrangement": str(bool(options.get("arranged"))), "cost_gbp": str(options.get("cost", 0) / 100),
        "languages": options.get("languages", "en"), "gender": options.get("gender", "any"), "step_free": str(bool(options.get("step_free"))),
        "accessibility": "|".join(code for word, code in access.items() if options.get(word)), "sibling_min_age": str(options.get("sibling", "")),
        "group_size": "1" if is_for_one else str(offer.capacity), "parent_must_stay": str(bool(options.get("stay"))),
    }


def _more() -> Iterator[dict[str, str]]:
    for number, line in enumerate((HERE / "away_offerings.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                yield _row([part.strip() for part in line.split("|")])
            except (KeyError, ValueError) as error:
                raise Unreadable(f"away_offerings.txt line {number}: {error!r}") from error


def _row(parts: list[str]) -> dict[str, str]:
    ref, title, provider, kind, interests, needs, ages, town, sessions, cost, options, description = parts
    area, latitude, longitude = TOWNS[town]
    given: dict[str, str] = {}
    last = ""
    for word in filter(None, (one.strip() for one in options.split(","))):
        name, equals, value = word.partition("=")
        if not equals and last == "languages" and len(word) == 2:
            given["languages"] += f"|{word}"
            continue
        given[name], last = value, name
    youngest, _, oldest = ages.partition("-")
    return {
        "id": ref, "title": title, "provider": provider, "description": description, "kind": KINDS[kind], "interests": _bars(interests),
        "needs": "|".join(NEED_CODES[need.strip()] for need in needs.split(",")), "age_min": youngest, "age_max": oldest, "town": town,
        "postcode_area": area, "lat": str(latitude), "lon": str(longitude), "delivery": "school" if "school" in given else "venue",
        "home_visit_radius_km": "", "sessions": _bars(sessions), "by_arrangement": str(not sessions), "cost_gbp": cost,
        "languages": "|".join(filter(None, ("en", given.get("languages", "")))), "gender": "girls" if "girls" in given else "any",
        "step_free": str("step-free" in given), "accessibility": "|".join(code for word, code in ACCESS.items() if word in given),
        "sibling_min_age": given.get("siblings", ""), "group_size": given.get("group", "12"), "parent_must_stay": "False",
    }


def _bars(text: str) -> str:
    return "|".join(filter(None, (part.strip() for part in text.split(","))))


@cache
def children() -> tuple[JudgedChild, ...]:
    """Sixteen, whose lists nobody had looked at when the first figure was taken."""
    return read("away.txt", frozenset(one.ref for one in candidates()))


@cache
def by_ref() -> Mapping[str, Candidate]:
    return {one.ref: one for one in candidates()}
