"""`kith demo`."""

from __future__ import annotations

import gc
import json
import sys

import click
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.cli import app_of
from app.shared.errors import DomainError


def register(group: click.Group) -> None:
    group.add_command(demo)


@click.command()
@click.option("--if-empty", is_flag=True, help="Load only where no demo Zone is yet; print the sign-ins in any case.")
@click.option("--accounts", "only_accounts", is_flag=True, help="Only print the demo's accounts, one for each role and Zone.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def demo(ctx: click.Context, *, if_empty: bool, only_accounts: bool, style: str) -> None:
    """Load the two demo Zones (again), or print who can sign in to them."""
    from app.demo import build

    app = app_of(ctx)
    with app.app_context():
        if not only_accounts and not (if_empty and build.has_demo()):
            _load(app)
        found = build.accounts()
        if only_accounts and not found:
            raise DomainError("There is no demo Zone here. Load it with “kith demo”.")
        if style == "json":
            click.echo(json.dumps(found, indent=1, ensure_ascii=False))
            return
        width = max(len(row["role"]) for row in found)
        click.echo(f"Demo sign-ins (password for all: {build.PASSWORD})")
        for row in found:
            click.echo(f"  {row['role']:<{width}}  {row['email']:<48}  {row['name']}{', ' + row['zone'] if row['zone'] else ''}")


def _load(app: Flask) -> None:
    from app.audit import seals
    from app.demo import build

    if app.config["SETTINGS"].is_production:
        raise DomainError("The demo has known passwords, so it is not loaded in production.")
    if build.has_real_zones():
        raise DomainError("This database has Zones that are not demos. Give the demo a database of its own with KITH_DATABASE_URL.")
    if build.has_demo():
        downgrade(revision="base")
        upgrade()
    seals.head_file(app.config["SETTINGS"]).unlink(missing_ok=True)  # the new story begins before the old one was sealed
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)  # a load makes much and drops little: looking for rubbish every 700 objects costs a tenth
    try:
        build.build(_progress)
    finally:
        gc.set_threshold(*usual)


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{line}", nl=False, err=True)
        if line.endswith("money"):
            click.echo(err=True)
