"""`kith import` and `kith export`: files in, files out. Standard output is the report or the file, progress goes to a terminal only.

Exit status: 0 taken (wrong rows are in the report), 1 refused with a sentence on standard error, 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.accounts.models import Zone
from app.accounts.queries import list_zones, zone_by_slug
from app.cli import app_of
from app.interchange import exports, services
from app.interchange.problems import Unusable
from app.interchange.reports import Report
from app.interchange.services.catalogue import DEFAULT_SOURCE
from app.shared.errors import Invalid

C = TypeVar("C", bound=Callable[..., Any])
GEO_NAME = "england_libraries_2016_geo.csv"
FILE = click.Path(path_type=Path)


@click.group("import")
def import_group() -> None:
    """Take a file into Kith. Wrong rows are reported and left out; the same file twice changes nothing."""


@click.group("export")
def export_group() -> None:
    """Write what Kith knows in its exchange formats, to standard output."""


def register(group: click.Group) -> None:
    group.add_command(import_group)
    group.add_command(export_group)


def _options(*wanted: str) -> Callable[[C], C]:
    known = {
        "zone": click.option("--zone", "slug", metavar="SLUG", help="The Zone; may be left out where there is only one."),
        "source": click.option(
            "--source", default=DEFAULT_SOURCE, show_default=True, callback=_source,
            help="Whose file this is. Records are matched by Zone, source and id: give the same name every time.",
        ),
        "dry_run": click.option("--dry-run", "is_dry_run", is_flag=True, help="The same report, but nothing is written."),
        "format": click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True),
    }

    def decorate(command: C) -> C:
        for name in reversed(wanted):
            command = known[name](command)
        return command

    return decorate


def _source(ctx: click.Context, param: click.Parameter, value: str) -> str:
    tidy = " ".join(value.split())
    if not tidy or len(tidy) > 60 or not tidy.isprintable():
        raise click.BadParameter("a name of 1 to 60 characters")
    return tidy


def _zone(slug: str | None) -> Zone:
    if slug is not None:
        return zone_by_slug(slug)
    zones = list_zones()
    if len(zones) == 1:
        return zones[0]
    if not zones:
        raise Invalid("There is no Zone yet: make one with `kith zone create SLUG --name NAME`.")
    raise Invalid(f"Say which Zone with --zone. There are: {', '.join(zone.slug for zone in zones)}.")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file.name} cannot be read: {(error.strerror or 'it is not a file').lower()}.") from error


def _progress(what: str) -> Callable[[int], None]:
    """Tells on a terminal how far it is; silent elsewhere."""
    is_terminal = sys.stderr.isatty()

    def tell(count: int) -> None:
        if is_terminal:
            click.echo(f"\r{what}: {count:,} ...", err=True, nl=False)

    return tell


def _end_progress() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


def _print(report: Report, shape: str) -> None:
    _end_progress()
    if shape == "json":
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in report.as_lines():
            click.echo(line)


@import_group.command("catalogue")
@click.argument("file", type=FILE)
@_options("zone", "source", "dry_run", "format")
@click.pass_context
def import_catalogue(ctx: click.Context, file: Path, slug: str | None, source: str, is_dry_run: bool, shape: str) -> None:
    """Offerings, one a row, from a catalogue.csv."""
    content = _read(file)
    with app_of(ctx).app_context():
        zone_id = _zone(slug).id
        _progress("reading")(content.count(b"\n"))
        _print(services.import_catalogue(zone_id=zone_id, content=content, source=source, is_dry_run=is_dry_run, actor=None), shape)


@import_group.command("children")
@click.argument("file", type=FILE)
@_options("zone", "source", "dry_run", "format")
@click.pass_context
def import_children(ctx: click.Context, file: Path, slug: str | None, source: str, is_dry_run: bool, shape: str) -> None:
    """Children, a list, from a children.json."""
    content = _read(file)
    with app_of(ctx).app_context():
        report = services.import_children(
            zone_id=_zone(slug).id, content=content, source=source, is_dry_run=is_dry_run, actor=None, progress=_progress("children")
        )
        _print(report, shape)


@import_group.command("libraries")
@click.argument("file", type=FILE)
@_options("zone", "dry_run", "format")
@click.option("--authority", "authorities", multiple=True, required=True, help="The council whose libraries to take; repeat for several.")
@click.option("--coordinates", type=FILE, help=f"Where the libraries are; {GEO_NAME} beside FILE is found by itself.")
@click.pass_context
def import_libraries(
    ctx: click.Context, file: Path, slug: str | None, is_dry_run: bool, shape: str, authorities: tuple[str, ...], coordinates: Path | None
) -> None:
    """Public libraries in England as local assets, from the yearly list of all libraries."""
    content = _read(file)
    beside = file.parent / GEO_NAME
    geo = coordinates if coordinates is not None else beside if beside.is_file() else None
    with app_of(ctx).app_context():
        zone = _zone(slug)
        report = services.import_libraries(
            zone_id=zone.id, content=content, authorities=authorities, coordinates=_read(geo) if geo is not None else None,
            region=zone.region, is_dry_run=is_dry_run, actor=None,
        )
        _print(report, shape)


@import_group.command("postcodes")
@click.argument("file", type=FILE)
@_options("dry_run", "format")
@click.pass_context
def import_postcodes(ctx: click.Context, file: Path, is_dry_run: bool, shape: str) -> None:
    """Where postcodes, sectors or outcodes are: any table with latitude and longitude, ONSPD or Code-Point Open."""
    try:
        lines = file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise Unusable(f"{file.name} cannot be read: {(error.strerror or 'it is not a file').lower()}.") from error
    with lines, app_of(ctx).app_context():
        _print(services.import_postcodes(lines, is_dry_run=is_dry_run, progress=_progress("postcodes")), shape)


@export_group.command("catalogue")
@_options("zone")
@click.pass_context
def export_catalogue(ctx: click.Context, slug: str | None) -> None:
    """The Zone's live offerings as catalogue.csv."""
    with app_of(ctx).app_context():
        click.echo(exports.export_catalogue(_zone(slug).id), nl=False)


@export_group.command("children")
@_options("zone")
@click.pass_context
def export_children(ctx: click.Context, slug: str | None) -> None:
    """The Zone's active children as children.json. That this was done stands in the audit trail."""
    with app_of(ctx).app_context():
        click.echo(exports.export_children(zone_id=_zone(slug).id, actor=None), nl=False)
