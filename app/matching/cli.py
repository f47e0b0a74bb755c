"""`kith match`: the best offerings for children of a file or of a Zone, for people and for programs."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from app.accounts.queries import zone_by_slug
from app.children import queries as children
from app.children.records import read_records
from app.cli import app_of
from app.matching import queries
from app.matching.profile import Profile, profile_of_record
from app.matching.queries import MatchResult
from app.shared.errors import Invalid
from app.shared.json_files import read_json


@click.command("match")
@click.option("--zone", "slug", required=True, metavar="SLUG", help="The Zone whose offerings are matched.")
@click.option("--children", "file", type=click.Path(path_type=Path), metavar="FILE.json",
              help="Children in the exchange format; they need not be imported.")
@click.option("--all", "everyone", is_flag=True, help="Every active child of the Zone.")
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many offerings a child.")
@click.option("--format", "shape", type=click.Choice(["tsv", "json"]), default="tsv", show_default=True)
@click.pass_context
def match(ctx: click.Context, slug: str, file: Path | None, everyone: bool, top: int, shape: str) -> None:
    """Rank offerings for children, best first: child id, offering id, rank, score."""
    if (file is None) == (not everyone):
        raise click.UsageError("Give either --children FILE.json or --all.")
    app = app_of(ctx)
    with app.app_context():
        zone = zone_by_slug(slug)
        profiles, many = _from_file(zone.id, file) if file is not None else _from_zone(zone.id)
        found = _with_progress(queries.match_many(zone.id, profiles, top), many)
        for said in (_as_json if shape == "json" else _as_table)([*_rows(profile, result)] for profile, result in found):
            click.echo(said)


def _as_table(lists: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """Child by child."""
    for rows in lists:
        if rows:
            yield "\n".join(
                "\t".join((_one_line(row["child_id"]), _one_line(row["offering_id"]), str(row["rank"]), f"{row['score']:.6f}")) for row in rows)


def _as_json(lists: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """One list of all rows, child by child: ten thousand children are never all in memory."""
    held = ""
    for rows in lists:
        if rows:
            yield f"{held}," if held else "["
            held = ",\n".join(" " + json.dumps(row, ensure_ascii=False, indent=1).replace("\n", "\n ") for row in rows)
    yield f"{held}\n]" if held else "[]"


def _with_progress(found: Iterator[tuple[Profile, MatchResult]], many: int) -> Iterator[tuple[Profile, MatchResult]]:
    """Says on a terminal, and only there, how far it has come."""
    is_terminal = sys.stderr.isatty()
    for at, one in enumerate(found, 1):
        if is_terminal and (at % 25 == 0 or at == many):
            click.echo(f"\r{at:,} of {many:,} children", err=True, nl=at == many)
        yield one


def _from_zone(zone_id: uuid.UUID) -> tuple[Iterator[Profile], int]:
    ids = children.active_ids(zone_id)
    return (profile for _, profile in queries.profiles_of(ids)), len(ids)


def _from_file(zone_id: uuid.UUID, file: Path) -> tuple[Iterator[Profile], int]:
    """Straight from the file. What is wrong goes to standard error; a child whom Kith knows keeps the refusals it has there."""
    good, faults = read_records(read_json(file))
    for fault in faults:
        click.echo(str(fault), err=True)
    if faults and not good:
        raise Invalid(f"No child in {file.name} could be read.")
    refused = children.refused_by_ref(zone_id, [record.id for _, record in good])
    profiles = (queries.with_audiences(profile_of_record(record, refused=frozenset(refused.get(record.id, ())))) for _, record in good)
    return profiles, len(good)


def _rows(profile: Profile, result: MatchResult) -> Iterator[dict[str, Any]]:
    for found in result.matches:
        yield {
            "child_id": profile.id, "offering_id": found.candidate.ref, "rank": found.rank, "score": found.score,
            "reasons": [{"code": reason.code, "sentence": reason.sentence} for reason in found.reasons],
            "cautions": [{"code": found.caution.code, "sentence": found.caution.sentence}] if found.caution else [],
        }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def register(group: click.Group) -> None:
    group.add_command(match)
