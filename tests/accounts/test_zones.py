"""Zones, their settings, and the command line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from app.accounts import cli, queries
from app.accounts.models import CeilingBase, Person, Role, Zone
from app.accounts.services import zones
from app.audit.models import AuditEntry
from app.cli import kith
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone(name="West London", slug="west-london", region="West London")


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


TYPED = {
    "name": "West London", "region": "West London", "ceiling_percent": "40", "ceiling_base": "commissioned_spend",
    "full_yearly_cost": "£2,900", "envelope": "950.50", "hold_school_days": "8",
}


def test_the_settings_are_changed_and_the_trail_keeps_from_and_to(client: StrictClient, zone: Zone, manager: Person) -> None:
    sign_in(client, manager)
    assert client.post("/zone", data=TYPED).status_code == 303
    zone = db.session.get_one(Zone, zone.id)
    assert (zone.ceiling_percent, zone.ceiling_base, zone.hold_school_days) == (40, CeilingBase.COMMISSIONED_SPEND, 8)
    assert (zone.full_yearly_cost_pence, zone.envelope_pence) == (290_000, 95_050)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "accounts.zone.changed")).one()
    assert entry.details["changed"]["envelope_pence"] == [100_000, 95_050]
    assert "name" not in entry.details["changed"]


def test_settings_that_stay_as_they_are_leave_no_trail(client: StrictClient, zone: Zone, manager: Person) -> None:
    sign_in(client, manager)
    for _ in range(2):
        client.post("/zone", data=TYPED)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "accounts.zone.changed"))
    assert count == 1


@pytest.mark.parametrize(("field", "typed", "says"), [
    ("ceiling_percent", "0", "Between 1 and 100"), ("ceiling_percent", "101", "Between 1 and 100"), ("ceiling_percent", "half", "whole number"),
    ("full_yearly_cost", "0", "more than nothing"), ("envelope", "-5", "not an amount of money"), ("envelope", "1.005", "not an amount"),
    ("hold_school_days", "0", "Between 1 and 60"), ("hold_school_days", "61", "Between 1 and 60"), ("ceiling_base", "the moon", "valid choice"),
    ("name", "", "Type the Zone&#39;s name."),
])
def test_nonsense_is_refused_at_its_field_and_what_was_typed_stays(
    client: StrictClient, zone: Zone, manager: Person, field: str, typed: str, says: str
) -> None:
    sign_in(client, manager)
    response = client.post("/zone", data={**TYPED, field: typed})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert (says in page and 'value="950.50"' in page) or field == "envelope"
    assert db.session.get_one(Zone, zone.id).hold_school_days == 10


def test_another_zone_is_out_of_reach(client: StrictClient, zone: Zone, manager: Person) -> None:
    other = factories.make_zone()
    sign_in(client, manager)
    assert client.get(f"/zone?zone={other.slug}").status_code == 404
    assert client.post(f"/zone?zone={other.slug}", data=TYPED).status_code == 404
    settings = zones.ZoneSettings("x", "", 50, CeilingBase.FULL_YEARLY_COST, 1, 0, 10)
    with pytest.raises(Forbidden):
        zones.change_settings(zone_id=other.id, settings=settings, actor=manager)


def test_the_administrator_opens_a_zone_and_is_led_to_add_its_manager(client: StrictClient, zone: Zone) -> None:
    sign_in(client, factories.make_person(Role.ADMINISTRATOR))
    response = client.post("/zones/new", data={"name": "Wigan", "slug": "wigan", "region": "Wigan"})
    assert response.status_code == 303
    assert client.get(response.headers["Location"]).status_code == 200
    assert "Wigan" in client.get("/zones").get_data(as_text=True)
    taken = client.post("/zones/new", data={"name": "Wigan again", "slug": "wigan"})
    assert taken.status_code == 422 and "There is a Zone called “wigan” already." in taken.get_data(as_text=True)


@pytest.mark.parametrize("slug", ["West", "west london", "-west", "west--london", "west_london", "", "w" * 61, "wést"])
def test_a_short_name_has_its_shape(app: Flask, slug: str) -> None:
    with pytest.raises(Invalid):
        zones.create_zone(slug=slug, name="X")


def test_a_zone_that_is_not_there_is_named_with_those_that_are(zone: Zone) -> None:
    with pytest.raises(NotFound) as missing:
        queries.zone_by_slug("nowhere")
    assert "“nowhere”" in missing.value.sentence and "west-london" in missing.value.sentence


# --- the command line ----------------------------------------------------------------------------


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    if "zone" not in kith.commands:
        cli.register(kith)

    def command(*words: str) -> Result:
        result = CliRunner().invoke(kith, words, obj=app, prog_name="kith")
        db.session.rollback()
        return result

    return command


def test_kith_zone_create_opens_a_zone(run: Callable[..., Result]) -> None:
    result = run("zone", "create", "west-london", "--name", "West London", "--region", "West London")
    assert result.exit_code == 0
    zone = queries.zone_by_slug("west-london")
    assert (zone.name, zone.region, zone.is_demo) == ("West London", "West London", False)
    assert run("zone", "create", "wigan", "--name", "Wigan").exit_code == 0
    assert queries.zone_by_slug("wigan").region == ""


def test_kith_zone_create_refuses_a_taken_or_bad_name_with_a_sentence(run: Callable[..., Result]) -> None:
    run("zone", "create", "west-london", "--name", "West London")
    for slug, says in [("west-london", "There is a Zone called “west-london” already."), ("West", "cannot be a Zone's short name")]:
        result = run("zone", "create", slug, "--name", "Again")
        assert result.exit_code == 1
        assert says in result.stderr and not result.stdout
    assert run("zone", "create", "x").exit_code == 2


def test_kith_person_create_makes_the_first_administrator_with_a_link(run: Callable[..., Result], client: StrictClient) -> None:
    result = run("person", "create", "Ada@Example.org", "--name", "Ada Root")
    assert result.exit_code == 0
    link = re.search(r"http://[^/]+(/choose-password/\S+)", result.stdout)
    assert link is not None
    assert client.post(link[1], data={"password": "seven brown horses run"}).status_code == 303
    person = queries.find_person("ada@example.org")
    assert person is not None and person.has_role(Role.ADMINISTRATOR)
    sign_in(client, person, "seven brown horses run")
    assert client.get("/zones").status_code == 200


def test_kith_person_create_refuses_what_cannot_be(run: Callable[..., Result], zone: Zone) -> None:
    run("person", "create", "ada@example.org", "--name", "Ada")
    for words in (
        ("ada@example.org", "--name", "Ada"), ("ada", "--name", "Ada"), ("x@example.org", "--name", "X", "--role", "zone_manager"),
        ("x@example.org", "--name", "X", "--role", "zone_manager", "--zone", "nowhere"), ("x@example.org", "--name", "X", "--zone", "west-london"),
    ):
        result = run("person", "create", *words)
        assert result.exit_code == 1 and result.stderr.strip()
    assert run("person", "create", "m@example.org", "--name", "M", "--role", "zone_manager", "--zone", "west-london").exit_code == 0
    assert run("person", "link", "m@example.org").exit_code == 0
    assert run("person", "link", "nobody@example.org").exit_code == 1


def test_no_account_exists_before_somebody_makes_one(app: Flask) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0
