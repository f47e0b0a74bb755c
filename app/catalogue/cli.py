"""`kith search`: queries from a file, answers on standard output for other programs to read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app.accounts.queries import zone_by_slug
from app.catalogue.models import AREAS, NEEDS, Delivery, OfferingKind
from app.catalogue.search.engine import Found, search
from app.catalogue.search.facts import DAY_NAMES, DAYS
from app.catalogue.search.filters import Filters
from app.catalogue.search.views import wait_for_loops
from app.cli import app_of
from app.shared.errors import Invalid
from app.shared.json_files import read_json

_NOT_ON_ONE_LINE = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Asked:
    """One query of the file."""

    id: str
    words: str
    filters: Filters


def register(group: click.Group) -> None:
    group.add_command(search_command)


@click.command("search")
@click.option("--zone", "slug", required=True, help="The Zone's slug.")
@click.option("--queries", "path", required=True, type=click.Path(path_type=Path), help="A JSON file: a list of queries.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000), help="Answers for each query at most.")
@click.option("--format", "form", default="tsv", show_default=True, type=click.Choice(["tsv", "json"]))
@click.pass_context
def search_command(ctx: click.Context, slug: str, path: Path, top: int, form: str) -> None:
    """Search the live offerings of a Zone with the queries of a file."""
    asked = read_queries(path)
    with app_of(ctx).app_context():
        zone_id = zone_by_slug(slug).id
        wait_for_loops(zone_id)
        answers = [(one, search(zone_id, one.words, one.filters, top)) for one in asked]
    text = _as_json(answers) if form == "json" else _as_tsv(answers)
    click.echo(text, nl=False)


def read_queries(path: Path) -> list[Asked]:
    """Raises Invalid with a sentence that says where in the file it goes wrong."""
    raw = read_json(path)
    if not isinstance(raw, list):
        raise Invalid(f"{path} must hold a list of queries, like [{{\"id\": \"q1\", \"query\": \"footy\"}}].")
    return [_read_query(one, f"{path}, query {number}") for number, one in enumerate(raw, 1)]


def _read_query(raw: Any, where: str) -> Asked:
    if not isinstance(raw, dict):
        raise Invalid(f"{where}: a query is an object with id, query and perhaps filters.")
    id_, words = raw.get("id"), raw.get("query", "")
    if isinstance(id_, bool) or not isinstance(id_, (str, int)) or _NOT_ON_ONE_LINE.search(str(id_)):
        raise Invalid(f"{where}: id must be a text of one line or a whole number.")
    if not isinstance(words, str):
        raise Invalid(f"{where}: query must be a text.")
    filters = raw.get("filters") or {}
    if not isinstance(filters, dict):
        raise Invalid(f"{where}: filters must be an object, like {{\"region\": \"Wigan\"}}.")
    return Asked(str(id_), _sayable(words), read_filters(filters, where))


def _sayable(text: str) -> str:
    """Without halves of surrogate pairs: JSON can write them, but no database and no terminal takes them."""
    return text.encode("utf-8", "replace").decode()


def read_filters(raw: Mapping[str, Any], where: str) -> Filters:
    """Raises Invalid naming the filter. A filter that is null, or a switch that is false, narrows nothing."""
    given = {name: value for name, value in raw.items() if value is not None}
    known = {
        "region", "kind", "max_cost", "age", "day", "need", "free", "step_free", "language", "delivery", "within_km", "lat", "lon",
    }
    for name in given:
        if name not in known:
            raise Invalid(f"{where}: there is no filter {name!r}; there are {', '.join(sorted(known))}.")
    place = [_number(given, name, where, low, high) for name, low, high in (("lat", -90, 90), ("lon", -180, 180))]
    within = _number(given, "within_km", where, 0, 21_000)
    if within is not None and None in place:
        raise Invalid(f"{where}: within_km needs lat and lon.")
    cost, age = _number(given, "max_cost", where, 0, 1_000_000), _number(given, "age", where, 0, 130)
    return Filters(
        kinds=_texts(given, "kind", where, [kind.value for kind in OfferingKind]),
        regions=_texts(given, "region", where, None),
        needs=_texts(given, "need", where, [*AREAS, *NEEDS, *(code.partition(":")[2] for code in NEEDS)]),
        days=tuple(DAYS[[name[:3] for name in DAY_NAMES].index(day[:3].lower())]
                   for day in _texts(given, "day", where, [*DAYS, *DAY_NAMES])),
        languages=tuple(code.lower() for code in _texts(given, "language", where, None)),
        deliveries=_texts(given, "delivery", where, [delivery.value for delivery in Delivery]),
        age=None if age is None else int(age),
        max_cost_pence=None if cost is None else math.floor(round(cost * 100, 6)),
        is_free=_switch(given, "free", where),
        is_step_free=_switch(given, "step_free", where),
        within_km=within,
        origin=(place[0], place[1]) if place[0] is not None and place[1] is not None else None,
    )


def _texts(given: Mapping[str, Any], name: str, where: str, allowed: list[str] | None) -> tuple[str, ...]:
    """One text, or a list of them (any of which will do), in the spelling of `allowed`."""
    if name not in given:
        return ()
    values = given[name] if isinstance(given[name], list) else [given[name]]
    out = []
    for value in values:
        if not isinstance(value, str):
            raise Invalid(f"{where}: {name} must be a text, or a list of texts.")
        spelled = _sayable(value) if allowed is None else next((a for a in allowed if a.casefold() == value.strip().casefold()), None)
        if spelled is None:
            raise Invalid(f"{where}: {name} cannot be {value!r}; it may be {', '.join(allowed or [])}.")
        out.append(spelled)
    return tuple(out)


def _number(given: Mapping[str, Any], name: str, where: str, low: float, high: float) -> float | None:
    if name not in given:
        return None
    value = given[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise Invalid(f"{where}: {name} must be a number from {low} to {high}.")
    return float(value)


def _switch(given: Mapping[str, Any], name: str, where: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"{where}: {name} must be true or false.")
    return value


def _as_tsv(answers: list[tuple[Asked, Found]]) -> str:
    return "".join(
        f"{asked.id}\t{hit.source_ref}\t{rank}\t{hit.score:.6f}\n"
        for asked, found in answers for rank, hit in enumerate(found.hits, 1)
    )


def _as_json(answers: list[tuple[Asked, Found]]) -> str:
    out = [
        {
            "id": asked.id,
            "query": asked.words,
            "corrected": dict(found.query.corrected),
            "results": [
                {"id": hit.source_ref, "rank": rank, "score": hit.score} for rank, hit in enumerate(found.hits, 1)
            ],
        }
        for asked, found in answers
    ]
    return json.dumps(out, ensure_ascii=False, indent=1) + "\n"
