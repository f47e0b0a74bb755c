"""`kith zone create`, `kith person create`, `kith person link`, `kith person recover`."""

from __future__ import annotations

import click
from flask import current_app

from app.accounts import links, queries
from app.accounts.models import Person, Role
from app.accounts.services import people, second_steps, zones
from app.cli import app_of
from app.shared.errors import DomainError, NotFound

MAKES = [Role.ADMINISTRATOR.value, Role.ZONE_MANAGER.value]


def register(group: click.Group) -> None:
    group.add_command(zone)
    group.add_command(person)


@click.group()
def zone() -> None:
    """Zones."""


@zone.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The name that people see.")
@click.option("--region", default="", help="The area as offerings name it, for example West London.")
@click.pass_context
def zone_create(ctx: click.Context, slug: str, name: str, region: str) -> None:
    """Open a Zone called SLUG."""
    with app_of(ctx).app_context():
        made = zones.create_zone(slug=slug, name=name, region=region)
        click.echo(f"Zone {made.slug} ({made.name}) is open.")


@click.group()
def person() -> None:
    """People who can sign in."""


@person.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Their name.")
@click.option("--role", type=click.Choice(MAKES), default=MAKES[0], show_default=True)
@click.option("--zone", "slug", help="The Zone, for a Zone manager.")
@click.pass_context
def person_create(ctx: click.Context, email: str, name: str, role: str, slug: str | None) -> None:
    """Make the first administrator, or a Zone manager. Prints a link to choose a password."""
    with app_of(ctx).app_context():
        if "@" not in email:
            raise DomainError(f"“{email}” is not an e-mail address.")
        where = queries.zone_by_slug(slug) if slug else None
        made = people.create_first_person(name=name, email=email, role=Role(role), zone=where)
        _print_link(made)


@person.command("link")
@click.argument("email")
@click.pass_context
def person_link(ctx: click.Context, email: str) -> None:
    """Print a link with which EMAIL can choose a new password."""
    with app_of(ctx).app_context():
        known = queries.find_person(email)
        if known is None or not known.is_active:
            raise NotFound(f"Nobody with the address {email} can sign in.")
        _print_link(known)


@person.command("recover")
@click.argument("email")
@click.pass_context
def person_recover(ctx: click.Context, email: str) -> None:
    """Take away the authenticator app and recovery codes of EMAIL, who has lost both, and sign them out everywhere."""
    with app_of(ctx).app_context():
        known = queries.find_person(email)
        if known is None:
            raise NotFound(f"Nobody has the address {email}.")
        second_steps.remove_for(person_id=known.id, actor=None)
        click.echo(f"{known.name} signs in with the password alone, once, and sets up a new app.")


def _print_link(made: Person) -> None:
    token = links.make_token(made, str(current_app.secret_key))
    path = current_app.url_map.bind("kith.invalid").build("accounts.choose_password", {"token": token})
    click.echo(f"{made.name} chooses a password here. The link works once, for seven days:")
    click.echo(f"{current_app.config['SETTINGS'].base_url}{path}")
