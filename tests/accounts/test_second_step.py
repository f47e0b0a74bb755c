"""The second step: setting it up, taking it, getting by without the telephone; and showing again that it is oneself."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries, totp
from app.accounts.models import AuthenticatorApp, Person, Role, RoleGrant, SignIn, Zone
from app.accounts.services import second_steps
from app.audit.models import AuditEntry
from app.commissioning.models import Fund
from app.shared import clock
from app.shared.db import db
from config import Settings, SettingsRefused
from tests import factories
from tests.architecture import matrix
from tests.support.client import StrictClient
from tests.support.people import sign_in


@pytest.fixture
def person(app: Flask) -> Person:
    return factories.make_person(Role.LINK_WORKER, factories.make_zone())


@pytest.fixture
def required(app: Flask) -> Iterator[None]:
    """As in production: a second step is asked of everybody."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, second_step="required")
    yield
    app.config["SETTINGS"] = before


def code_now(app: Flask, person_id: object) -> str:
    row = db.session.scalar(sa.select(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id))
    assert row is not None
    seed = second_steps.seed_of(row)
    db.session.rollback()
    assert seed is not None
    return totp.code_of(seed, totp.step_at(clock.now()))


def set_up(client: StrictClient, app: Flask, person: Person) -> list[str]:
    """Through the pages; the recovery codes."""
    from bs4 import BeautifulSoup

    sign_in(client, person)
    assert client.post("/account/second-step/start").status_code == 303
    shown = client.get("/account/second-step").get_data(as_text=True)
    assert "<svg" in shown and "Turn it on" in shown
    page = client.post("/account/second-step", data={"code": code_now(app, person.id)})
    assert page.status_code == 200
    return [li.get_text() for li in BeautifulSoup(page.get_data(as_text=True), "html.parser").select(".codes li")]


def password_step(client: StrictClient, person: Person) -> str:
    with client.session_transaction() as session:
        session.clear()
    answer = client.post("/sign-in?next=/children", data={"email": person.email, "password": factories.PASSWORD})
    return answer.headers["Location"]


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B (SHA-1), last six digits."""
    seed = b"12345678901234567890"
    for seconds, code in ((59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")):
        assert totp.code_of(seed, seconds // 30) == code


def test_from_set_up_on_the_password_alone_opens_nothing(client: StrictClient, app: Flask, person: Person) -> None:
    start = datetime(2026, 11, 23, 12, 0, 5, tzinfo=clock.now().tzinfo)
    with clock.freeze(start):
        codes = set_up(client, app, person)
        assert len(set(codes)) == second_steps.RECOVERY_CODES
        first = code_now(app, person.id)
        assert password_step(client, person).startswith("/sign-in/second-step?next=")
        assert client.get("/children").status_code == 303
        assert client.post("/sign-in/second-step", data={"code": first}).status_code == 422, "a code works once"
        assert client.get("/children").status_code == 303
    with clock.freeze(start + timedelta(seconds=30)):
        with client.session_transaction() as session:
            half = session["sign_in"]
        answer = client.post("/sign-in/second-step?next=/children", data={"code": code_now(app, person.id)})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/children")
        assert client.get("/children").status_code == 200
        with client.session_transaction() as session:
            assert session["sign_in"] != half, "the token is a new one"
        assert password_step(client, person)
        assert client.post("/sign-in/second-step", data={"code": codes[0].lower().replace("-", " ")}).status_code == 303
        assert client.get("/children").status_code == 200
        password_step(client, person)
        assert client.post("/sign-in/second-step", data={"code": codes[0]}).status_code == 422, "a recovery code works once"
    with clock.freeze(start + timedelta(minutes=11)):
        assert client.post("/sign-in/second-step", data={"code": codes[1]}).headers["Location"] == "/sign-in"
    told = set(db.session.scalars(sa.select(AuditEntry.action)))
    assert {"accounts.second_step.set", "accounts.second_step.refused", "accounts.recovery_code.used"} <= told


def test_a_seed_is_useless_without_its_key_and_for_anybody_else(app: Flask, person: Person) -> None:
    seed = totp.new_seed()
    sealed = totp.seal(seed, person.id)
    assert seed not in sealed
    assert totp.unseal(sealed, person.id) == seed
    assert totp.unseal(sealed, factories.some_id()) is None
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, data_keys=("another key of thirty-two characters",))
    assert totp.unseal(sealed, person.id) is None
    app.config["SETTINGS"] = before


def test_guessing_codes_is_counted_like_guessing_passwords(client: StrictClient, app: Flask, person: Person) -> None:
    set_up(client, app, person)
    password_step(client, person)
    answers = [client.post("/sign-in/second-step", data={"code": "000000"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_where_it_is_asked_of_everybody_nothing_else_works_before(client: StrictClient, app: Flask, person: Person, required: None) -> None:
    zone = factories.make_zone(is_demo=True)
    for who, is_kept_out in (
        (person, True), (factories.make_person(Role.LINK_WORKER, zone), False), (factories.make_person(Role.ADMINISTRATOR), True),
    ):
        sign_in(client, who)
        answer = client.get("/")
        assert (answer.headers.get("Location") == "/account/second-step") is is_kept_out, who.name
    set_up(client, app, person)
    assert client.get("/children").status_code == 200
    second_steps.remove_for(person_id=person.id, actor=None)
    assert client.get("/children").status_code == 303
    assert not queries.has_second_step(person.id)


def test_it_is_asked_of_every_role_that_can_come_near_a_child(client: StrictClient, app: Flask, required: None) -> None:
    """All but a funder, who sees figures: no line of the matrix that names a child or a family opens for one (FU). The way out is
    always open: setting one up, the account, signing out, help."""
    zone = factories.make_zone()
    client.reviews = False
    for role in Role:
        person = factories.make_person(role, None if role is Role.ADMINISTRATOR else zone, **_scope(role, zone))
        sign_in(client, person)
        answers = {path: client.get(path) for path in ("/", "/children", "/find", "/safeguarding", "/registers", "/approvals")}
        kept_out = {path for path, answer in answers.items() if answer.headers.get("Location") == "/account/second-step"}
        assert kept_out == (set() if role is Role.FUNDER else set(answers)), role
        assert [client.get(path).status_code for path in ("/account/second-step", "/account/passkeys/new", "/account", "/help")] == [200] * 4, role
    funder = matrix.COLUMNS.index("FU")
    near_a_child = [
        what for what, cells in matrix.read_table().items()
        if cells != "public" and "y" in cells.split()[funder] and {"child_id", "introduction_id", "carer_id", "session_id", "pupil_id"} & matrix.rules(app)[what].arguments
    ]
    assert near_a_child == []


def _scope(role: Role, zone: Zone) -> dict[str, object]:
    if role in (Role.PARTNER_ADMIN, Role.PRACTITIONER):
        return {"organisation": factories.make_organisation(zone)}
    if role is Role.SCHOOL_LEAD:
        return {"school": factories.make_school(zone)}
    if role is Role.FUNDER:
        return {"fund_id": factories.save(Fund(zone_id=zone.id, name="A fund", funder="The council", starts_on=clock.today(), ends_on=clock.today())).id}
    return {}


def test_somebody_with_a_role_in_a_demo_and_in_earnest_is_asked(client: StrictClient, person: Person, required: None) -> None:
    both = factories.make_person(Role.LINK_WORKER, factories.make_zone(is_demo=True))
    factories.save(RoleGrant(person_id=both.id, role=Role.SCHOOL_LEAD, zone_id=person.grants[0].zone_id, school_id=factories.make_school(person.grants[0].zone).id))
    sign_in(client, both)
    assert client.get("/").headers["Location"] == "/account/second-step"


def test_production_refuses_to_only_offer_it() -> None:
    env = {"KITH_ENV": "production", "KITH_SECRET_KEY": "x" * 40, "KITH_ALLOWED_HOSTS": "kith.example", "KITH_DATABASE_URL": "postgresql://x/y",
           "KITH_DATA_KEYS": "k" * 40}
    assert Settings.from_environment(env).requires_second_step
    with pytest.raises(SettingsRefused):
        Settings.from_environment({**env, "KITH_SECOND_STEP": "offered"})


def test_a_manager_takes_a_lost_app_away_and_nobody_elses(client: StrictClient, app: Flask, person: Person) -> None:
    set_up(client, app, person)
    manager = factories.make_person(Role.ZONE_MANAGER, person.grants[0].zone)
    sign_in(client, manager)
    assert client.post(f"/people/{person.id}/second-step/remove").status_code == 303
    assert not queries.has_second_step(person.id)
    assert not db.session.scalar(sa.select(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None)))
    far = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    assert client.post(f"/people/{far.id}/second-step/remove").status_code == 404


def test_weighty_things_ask_again_after_ten_minutes(client: StrictClient, app: Flask, person: Person) -> None:
    start = clock.now()
    with clock.freeze(start):
        sign_in(client, person)
        assert client.post("/account/second-step/start").headers["Location"] == "/account/second-step"
    with clock.freeze(start + timedelta(minutes=11)):
        asked = client.post("/account/second-step/start", headers={"Referer": "http://localhost/account/second-step"})
        assert asked.headers["Location"] == "/account/confirm?next=/account/second-step&again=1"
        elsewhere = client.post("/account/second-step/start", headers={"Referer": "https://evil.example/x"})
        assert elsewhere.headers["Location"] == "/account/confirm?next=/&again=1"
        assert client.post("/account/confirm", data={"password": "not it at all"}).status_code == 422
        assert client.post(asked.headers["Location"], data={"password": factories.PASSWORD}).headers["Location"] == "/account/second-step"
        assert client.post("/account/second-step/start").headers["Location"] == "/account/second-step"


def test_recovery_codes_are_too_long_to_be_guessed_from_their_hash() -> None:
    """ASVS 6.5.2: from 112 bits on a plain hash is enough."""
    code = totp.new_recovery_code()
    assert len(code.replace("-", "")) * math.log2(len(totp._ALPHABET)) >= 112
    someone = uuid.uuid4()
    assert totp.hash_recovery_code(code.lower().replace("-", " "), someone) == totp.hash_recovery_code(code, someone) != totp.hash_recovery_code(code, uuid.uuid4())
