"""`kith audit seal`, `kith audit head`, `kith audit export`."""

from __future__ import annotations

import json
from datetime import datetime

import click

from app.audit import queries, seals
from app.cli import app_of


def register(group: click.Group) -> None:
    group.add_command(audit)


@click.group()
def audit() -> None:
    """The trail: who did what, and who looked at which child."""


@audit.command("seal")
@click.pass_context
def audit_seal(ctx: click.Context) -> None:
    """Seal what has come since the worker last did."""
    app = app_of(ctx)
    with app.app_context():
        number = seals.seal_all(secret=str(app.secret_key), head_file=seals.head_file(app.config["SETTINGS"]))
        click.echo(f"{number} lines sealed.")


@audit.command("head")
@click.pass_context
def audit_head(ctx: click.Context) -> None:
    """Print the end of the chain, to be kept where nobody who can reach the database can change it."""
    with app_of(ctx).app_context():
        head = seals.last_head()
        click.echo(seals.head_line(head) if head else "Nothing is sealed yet.")


@audit.command("export")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="from this day on")
@click.option("--zone", "slug", help="of this Zone alone")
@click.pass_context
def audit_export(ctx: click.Context, since: datetime | None, slug: str | None) -> None:
    """Every line of the trail with its seal, one JSON object a line, oldest first."""
    with app_of(ctx).app_context():
        for line in queries.export(since=since.date() if since else None, slug=slug):
            click.echo(json.dumps(line, ensure_ascii=False, sort_keys=True))
