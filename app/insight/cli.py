"""`kith check`: does everything that must always hold, hold?"""

from __future__ import annotations

import click

from app.cli import app_of
from app.insight import checks


def register(group: click.Group) -> None:
    group.add_command(check)


@click.command("check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Run every invariant against the database. Exit status 1 and the first broken line when one does not hold."""
    with app_of(ctx).app_context(), checks.one_moment():
        known = checks.every_check()
        found = checks.broken(known)
        if found is not None:
            name, line = found
            click.echo(f"Broken: {name}: {line}.", err=True)
            ctx.exit(1)
        for name, line in checks.worth_knowing():
            click.echo(f"Worth knowing: {name}: {line}", err=True)
        click.echo(f"Every invariant holds: {len(known)} checked")
