"""`kith keys`, `kith backup`, `kith restore`, `kith hand-over`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.accounts.queries import zone_by_slug
from app.cli import app_of
from app.keeping import backups, handing_over
from app.shared import clock, keyring, resealing


def register(group: click.Group) -> None:
    for command in (keys, backup, restore, hand_over):
        group.add_command(command)


@click.group("keys", invoke_without_command=True)
@click.pass_context
def keys(ctx: click.Context) -> None:
    """The keys that seal notes, contacts, papers and bank details: which seals how much."""
    if ctx.invoked_subcommand is None:
        with app_of(ctx).app_context():
            _show()


def _show() -> None:
    for use in resealing.uses():
        state = "in use" if use.is_current else "opens only" if use.is_here and use.values else "may go" if use.is_here else "MISSING"
        click.echo(f"{use.name}\t{state}\t{use.values} values\t{use.source}")
        for place, number in sorted(use.counts.items()):
            click.echo(f"\t{place}\t{number}")


@keys.command("add")
@click.pass_context
def keys_add(ctx: click.Context) -> None:
    """Make a new key and use it from now on (where the keys are in a file); move the rest with `kith keys rotate`."""
    app = app_of(ctx)
    with app.app_context():
        if app.config["SETTINGS"].data_keys:
            click.echo(keyring.new_key())
            click.echo("Put this key first in KITH_DATA_KEYS, with a comma after it, and start Kith again.", err=True)
            return
        keyring.add_to_file(app.config["SETTINGS"], clock.now())
        click.echo(f"{keyring.ring(app.config['SETTINGS'])[0].name} is the key in use now.")


@keys.command("rotate")
@click.pass_context
def keys_rotate(ctx: click.Context) -> None:
    """Seal everything with the key in use. Kith may run meanwhile; may be stopped and begun again."""
    with app_of(ctx).app_context():
        with _telling() as tell:
            moved = resealing.move_all(tell)
        for stuck in moved.stuck[:20]:
            click.echo(f"No key here opens {stuck}.", err=True)
        click.echo(f"{moved.values} values moved to the key in use.")
        if moved.stuck:
            ctx.exit(1)


@contextmanager
def _telling() -> Iterator[Callable[[str, int], None]]:
    """How far it is, on a line of its own, where somebody watches."""
    if not sys.stderr.isatty():
        yield lambda place, number: None
        return
    yield lambda place, number: click.echo(f"\r{number} so far, now {place:<40}", err=True, nl=False)
    click.echo("", err=True)


@keys.command("drop")
@click.argument("name")
@click.pass_context
def keys_drop(ctx: click.Context, name: str) -> None:
    """Take an old key away. Refused while anything is sealed with it."""
    with app_of(ctx).app_context():
        resealing.drop(name)
        click.echo(f"{name} is gone.")


@click.command("backup")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, path: Path) -> None:
    """Write the database and the files into one sealed file, while Kith runs. The key is KITH_BACKUP_KEY."""
    app = app_of(ctx)
    with app.app_context():
        written = backups.write(path, app.config["SETTINGS"])
        click.echo(f"{written.path.name}: {written.size} bytes, the database and {written.files} files.")


@click.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put it in the place of a database that is not empty.")
@click.pass_context
def restore(ctx: click.Context, path: Path, *, replace: bool) -> None:
    """Put a backup back, after proving that it is whole. Stop Kith first."""
    app = app_of(ctx)
    with app.app_context():
        app.config["SETTINGS"].data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = backups.read(path, app.config["SETTINGS"], replace=replace)
        for key in done.missing:
            click.echo(f"The data key {key} is not here: what it seals stays closed until it is.", err=True)
        click.echo(f"Restored as of {done.made_at}, schema {done.revision}, with {done.files} files. Now: kith db upgrade, kith check.")


@click.command("hand-over")
@click.option("--zone", "slug", required=True, help="the Zone that is handed over")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def hand_over(ctx: click.Context, slug: str, path: Path) -> None:
    """Everything of a Zone as one ZIP that another organisation can read. Seal it before it travels: what was sealed lies open in it."""
    app = app_of(ctx)
    with app.app_context():
        with _telling() as tell:
            done = handing_over.write(zone=zone_by_slug(slug), path=path, settings=app.config["SETTINGS"], actor=None, tell=tell)
        click.echo(f"{done.path.name}: {done.rows} rows and {done.files} files.")
