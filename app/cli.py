"""The `kith` command. Each room brings `cli.register(group)`; exit status 0 success, 1 refused with a sentence, 2 wrong usage."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade as upgrade_database
from sqlalchemy.exc import DBAPIError

from app import ROOMS, create_app
from app.catalogue.search import index as search_index
from app.serve import serve
from app.shared.db import atomic
from app.shared.db import db as database
from app.shared.errors import DomainError, Invalid
from config import ROOT, SettingsRefused

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class KithGroup(click.Group):
    """Runs every command inside an app context, and turns a refusal into one sentence on standard error."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            click.echo(refusal.sentence, err=True)
            ctx.exit(1)
        except DBAPIError as failure:
            sentence = why_unusable(ctx, failure)
            if sentence is None:
                raise
            click.echo(sentence, err=True)
            ctx.exit(1)


def app_of(ctx: click.Context) -> Flask:
    """The app, made once per command (so that `kith --help` needs no database)."""
    root = ctx.find_root()
    if root.obj is None:
        root.obj = create_app()
    app: Flask = root.obj
    return app


def why_unusable(ctx: click.Context, failure: DBAPIError) -> str | None:
    """What is the matter with the database itself, in a sentence; None where the statement was at fault, which is ours to mend."""
    said = " ".join(str(failure.orig).split())
    try:
        with app_of(ctx).app_context():
            database.session.remove()
            have, newest = _revision(), _newest()
    except DBAPIError:
        return f"The database cannot be used ({said}). KITH_DATABASE_URL or KITH_DATA_DIR says where it is; `kith db upgrade` sets it up."
    if have is None:
        return "The database is empty: set it up with `kith db upgrade`."
    if have != newest:
        return f"The database is of another version of Kith ({have}, not {newest}): bring it up to date with `kith db upgrade`."
    return None


@click.group(cls=KithGroup, context_settings={"help_option_names": ["-h", "--help"]})
def kith() -> None:
    """Kith: partner-brokering and micro-commissioning for children's early action."""


@kith.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database named by KITH_DATABASE_URL to the newest schema, and what search reads to the newest reading."""
    app = create_app()
    folder = app.config["SETTINGS"].data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Invalid(f"{folder} (KITH_DATA_DIR) cannot be Kith's folder: {(error.strerror or 'it cannot be made').lower()}.") from error
    with app.app_context():
        before = _revision()
        upgrade_database()
        if before not in (None, _revision()) or not search_index.is_current():
            with atomic():
                search_index.rebuild()


def _newest() -> str | None:
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def _revision() -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@kith.command("serve")
@click.option("--port", type=int, default=5000, show_default=True, envvar="PORT", help="the port to serve on (or PORT)")
@click.option("--host", default="127.0.0.1", show_default=True, help="the address to serve on")
def serve_command(port: int, host: str) -> None:
    """Serve Kith: the web server and the outbox worker, watched over."""
    sys.exit(serve(port, host))


def all_commands() -> click.Group:
    """`kith` with the commands of every room."""
    for room in (*ROOMS, "demo"):
        if find_spec(f"app.{room}.cli"):
            import_module(f"app.{room}.cli").register(kith)
    return kith


def main() -> None:
    """The console script. What it writes is UTF-8, as its formats are, whatever the terminal's own language."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace" if stream is sys.stderr else None)
    commands = all_commands()
    try:
        commands.main(prog_name="kith")
    except SettingsRefused as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno not in FULL:
            raise
        if error.filename is None:  # what could not be written is not tried once more when Python ends
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
        click.echo(f"{error.filename or 'Standard output'} cannot be written: {(error.strerror or 'it is full').lower()}.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
