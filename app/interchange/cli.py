"""`kith import` and `kith export`: files in, files out. Standard output is the report or the file, progress goes to a terminal only.

Exit status: 0 taken (wrong rows are in the report), 1 refused with a sentence on standard error, 2 wrong usage.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from app.accounts.models import Zone
from app.accounts.queries import list_zones, zone_by_slug
from app.catalogue.lexicon_files import Format
from app.catalogue.services.lexicon import WordsReport, import_words
from app.cli import app_of
from app.interchange import exports, services
from app.interchange.presets import PRESETS
from app.interchange.problems import Unusable
from app.interchange.progress import Terminal
from app.interchange.reports import Report
from app.interchange.services.catalogue import DEFAULT_SOURCE
from app.interchange.sheets import require_size
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
        require_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file.name} cannot be read: {(error.strerror or 'it is not a file').lower()}.") from error


def _print(report: Report, shape: str) -> None:
    Terminal().end()
    if shape == "json":
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in report.as_lines():
            click.echo(line)


@import_group.command("catalogue")
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@_options("zone", "source", "dry_run", "format")
@click.option("--mapping", metavar="NAME", help=f"A mapping that the Zone has kept, or one of {', '.join(PRESETS)}.")
@click.pass_context
def import_catalogue(
    ctx: click.Context, files: tuple[Path, ...], slug: str | None, source: str, is_dry_run: bool, shape: str, mapping: str | None
) -> None:
    """Offerings, one a row: a catalogue.csv, or any CSV and Excel files through a column mapping.

    Several files belong together (or a ZIP of them). Without --mapping a file of another look is known by its columns, if the Zone
    has brought such a file in before.
    """
    contents = [(file.name, _read(file)) for file in files]
    progress = Terminal()
    with app_of(ctx).app_context():
        zone_id = _zone(slug).id
        report = services.import_any(
            zone_id=zone_id, files=contents, name=mapping, source=source, is_dry_run=is_dry_run, actor=None, progress=progress
        )
        _print(report, shape)


@import_group.command("children")
@click.argument("file", type=FILE)
@_options("zone", "source", "dry_run", "format")
@click.pass_context
def import_children(ctx: click.Context, file: Path, slug: str | None, source: str, is_dry_run: bool, shape: str) -> None:
    """Children, a list, from a children.json."""
    content = _read(file)
    progress = Terminal()
    with app_of(ctx).app_context():
        report = services.import_children(
            zone_id=_zone(slug).id, content=content, source=source, is_dry_run=is_dry_run, actor=None,
            progress=lambda done: progress("Children", done, 0),
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
@click.option("--with-ended", is_flag=True, help="Postcodes too that are no longer in use (the ONS directory has them).")
@click.pass_context
def import_postcodes(ctx: click.Context, file: Path, is_dry_run: bool, shape: str, with_ended: bool) -> None:
    """Where postcodes, sectors or outcodes are: any table with latitude and longitude, ONSPD, or Code-Point Open (also its folder or ZIP)."""
    with app_of(ctx).app_context():
        _print(services.import_postcodes(file, is_dry_run=is_dry_run, with_ended=with_ended, progress=Terminal()), shape)


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


@import_group.command("words")
@click.argument("file", type=FILE)
@click.option("--format", "form", type=click.Choice(["openactive", "csv"]), help="What the file is; by its name where this is left out.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="The same report, but nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.pass_context
def import_words_file(ctx: click.Context, file: Path, form: Format | None, is_dry_run: bool, as_json: bool) -> None:
    """Words for search: OpenActive's activity list, or a table of concept,alias. They hold in every Zone."""
    content = _read(file)
    chosen: Format = form or ("csv" if file.suffix.lower() == ".csv" else "openactive")
    with app_of(ctx).app_context():
        report, _ = import_words(content=content, form=chosen, actor=None, is_dry_run=is_dry_run)
    for line in [_words_as_json(report)] if as_json else _word_lines(report, is_dry_run=is_dry_run):
        click.echo(line)


def _word_lines(report: WordsReport, *, is_dry_run: bool) -> list[str]:
    would = "would be " if is_dry_run else ""
    return [
        (f"{report.rows} rows: {report.created} {would}new, {report.extended} {would}extended, {report.unchanged} known already, "
        f"{report.wrong} with something wrong."),
        *(f"row {t.row}: {t.concept}: {', '.join(t.brings)}" for t in report.told),
        *(f"row {p.row}, {p.column}: {p.found or 'nothing'}: {p.allowed}" for p in report.problems),
    ]


def _words_as_json(report: WordsReport) -> str:
    return json.dumps({
        "rows": report.rows, "created": report.created, "extended": report.extended, "unchanged": report.unchanged, "wrong": report.wrong,
        "told": [{"row": t.row, "concept": t.concept, "outcome": t.outcome, "brings": t.brings} for t in report.told],
        "problems": [{"row": p.row, "column": p.column, "found": p.found, "allowed": p.allowed} for p in report.problems],
    }, ensure_ascii=False, indent=1)
