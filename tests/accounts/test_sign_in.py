"""Signing in, staying in, signing out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.models import Person, Role, SignIn, Throttle
from app.accounts.passwords import hash_password
from app.accounts.services import people, sign_ins, throttles
from app.audit.models import AuditEntry
from app.shared import clock
from app.shared.db import atomic, db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in_by_form as sign_in

WRONG = "That e-mail address and password do not go together"


@pytest.fixture
def person(app: Flask) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, factories.make_zone())


def try_in(client: StrictClient, email: str, password: str, address: str = "203.0.113.7", **more: Any) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address}, **more)


def is_in(client: StrictClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_right_password_signs_in(client: StrictClient, person: Person) -> None:
    assert not is_in(client)
    sign_in(client, person)
    assert is_in(client)


def test_the_address_is_taken_in_any_case_and_with_blanks(client: StrictClient, person: Person) -> None:
    assert try_in(client, f"  {person.email.upper()} ", factories.PASSWORD).status_code == 303


def test_wrong_password_unknown_account_and_somebody_who_left_look_the_same(client: StrictClient, person: Person) -> None:
    zone = factories.make_zone()
    gone = factories.make_person(Role.LINK_WORKER, zone, left_at=clock.now())
    invited = factories.make_person(Role.LINK_WORKER, zone, password_hash=None)
    pages = set()
    for email, password in [
        (person.email, "not the password"), ("nobody@example.org", factories.PASSWORD), (gone.email, factories.PASSWORD),
        (invited.email, factories.PASSWORD),
    ]:
        response = try_in(client, email, password)
        assert response.status_code == 422
        page = response.get_data(as_text=True)
        assert WRONG in page and password not in page
        pages.add(_without_what_differs(page, email))
    assert len(pages) == 1


def test_the_log_says_what_was_refused_and_names_nobody(client: StrictClient, person: Person, caplog: pytest.LogCaptureFixture) -> None:
    """As in production, where the log begins at warnings: refused sign-ins, pages out of reach, forged forms."""
    caplog.set_level("WARNING")
    try_in(client, person.email, "not the password")
    try_in(client, "nobody@example.org", "not the password")
    sign_in(client, person)
    client.get("/zones")
    client.get(f"/people/{factories.some_id()}")
    client.post("/people/new", csrf=False, data={"name": "Amara"})
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("refused: ")]
    assert [line.split(",")[0].split()[1] for line in lines] == ["422", "422", "403", "404", "400"]
    assert str(person.id) in lines[2] and "accounts.zones" in lines[2]
    assert len({line.split(",")[0] for line in lines[:2]}) == 2, "tries at one account can be told from tries at another"
    assert not [line for line in lines if person.email in line or "nobody" in line or "Amara" in line or "password" in line]


def _without_what_differs(page: str, email: str) -> str:
    lines = [line.replace(email, "EMAIL") for line in page.splitlines()]
    return "\n".join(line for line in lines if "csrf_token" not in line and 'name="once"' not in line)


def test_an_unknown_account_costs_one_hash_like_a_known_one(app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str | None] = []
    real = sign_ins.verify_password

    def counting(kept: str | None, password: str) -> bool:
        counted.append(kept)
        return real(kept, password)

    monkeypatch.setattr(sign_ins, "verify_password", counting)
    for email in (person.email, "nobody@example.org"):
        with pytest.raises(sign_ins.SignInRefused):
            sign_ins.sign_in(email=email, password="wrong wrong wrong", address="203.0.113.7", browser="")
    assert len(counted) == 2


def test_hashing_inside_a_write_transaction_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError), atomic():
        hash_password("four quiet otters sleep")


def test_a_password_kept_with_weaker_settings_is_hashed_anew_at_sign_in(client: StrictClient) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(factories.PASSWORD)
    person = factories.make_person(Role.LINK_WORKER, factories.make_zone(), password_hash=weak)
    sign_in(client, person)
    kept = db.session.get_one(Person, person.id).password_hash
    assert kept is not None and kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    sign_in(client, person)


def test_the_cookie_holds_a_token_of_which_the_table_knows_only_the_hash(client: StrictClient, person: Person) -> None:
    sign_in(client, person)
    with client.session_transaction() as session:
        token = session["sign_in"]
    row = db.session.scalars(sa.select(SignIn)).one()
    assert row.token_hash == sign_ins.hash_token(token) != token


def test_signing_in_leaves_nothing_of_the_session_before(client: StrictClient, person: Person) -> None:
    with client.session_transaction() as session:
        session["sign_in"] = "planted"
        session["left_over"] = "x"
        session["csrf_token"] = "known to somebody else"
    sign_in_response = try_in(client, person.email, factories.PASSWORD)
    assert sign_in_response.status_code == 303
    with client.session_transaction() as session:
        assert session["sign_in"] != "planted"
        assert "left_over" not in session
        assert session.get("csrf_token") != "known to somebody else"


@pytest.mark.parametrize("planted", ["", "nonsense", 5, None])
def test_a_made_up_token_is_nobody(client: StrictClient, planted: object) -> None:
    with client.session_transaction() as session:
        session["sign_in"] = planted
    assert not is_in(client)


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: StrictClient, person: Person) -> None:
    cookie = try_in(client, person.email, factories.PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_a_session_left_alone_for_half_an_hour_is_over(client: StrictClient, person: Person) -> None:
    start = clock.now()
    with clock.freeze(start):
        sign_in(client, person)
    with clock.freeze(start + timedelta(minutes=29)):
        assert is_in(client)
    with clock.freeze(start + timedelta(minutes=58)):
        assert is_in(client)
    with clock.freeze(start + timedelta(minutes=58 + 31)):
        assert not is_in(client)


def test_a_session_in_use_is_over_after_twelve_hours(client: StrictClient, person: Person) -> None:
    start = clock.now()
    with clock.freeze(start):
        sign_in(client, person)
    for minutes in range(20, 12 * 60, 20):
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert is_in(client), minutes
    with clock.freeze(start + timedelta(hours=12)):
        assert not is_in(client)


def test_use_is_noted_at_most_every_five_minutes(client: StrictClient, person: Person) -> None:
    start = clock.now()
    with clock.freeze(start):
        sign_in(client, person)
    for minutes, noted in [(4, 0), (6, 6), (10, 6), (11, 11)]:
        with clock.freeze(start + timedelta(minutes=minutes)):
            assert is_in(client)
        assert db.session.scalars(sa.select(SignIn)).one().last_seen_at == start + timedelta(minutes=noted), minutes


def test_signing_out_ends_the_session_also_for_a_copied_cookie(client: StrictClient, person: Person) -> None:
    sign_in(client, person)
    with client.session_transaction() as session:
        token = session["sign_in"]
    response = client.post("/sign-out")
    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    with client.session_transaction() as session:
        session["sign_in"] = token
    assert not is_in(client)


def test_somebody_who_leaves_is_out_at_once(client: StrictClient, person: Person) -> None:
    zone_id = person.grants[0].zone_id
    link_worker = factories.make_person(Role.LINK_WORKER, zone=db.session.get_one(type(person.grants[0].zone), zone_id))
    sign_in(client, link_worker)
    assert is_in(client)
    people.leave(person_id=link_worker.id, actor=person)
    assert not is_in(client)


@pytest.mark.parametrize(("wanted", "where"), [
    ("/people", "/people"), ("//evil.example", "/"), ("https://evil.example/", "/"), ("/\\evil.example", "/"), ("people", "/"),
])
def test_one_goes_on_to_pages_of_our_own_only(client: StrictClient, person: Person, wanted: str, where: str) -> None:
    response = client.post("/sign-in", query_string={"next": wanted}, data={"email": person.email, "password": factories.PASSWORD})
    assert response.headers["Location"] == where


def test_whoever_asks_for_a_page_unsigned_comes_back_to_it(client: StrictClient, person: Person) -> None:
    asked = client.get("/people?role=funder")
    assert asked.status_code == 303 and asked.headers["Location"].startswith("/sign-in?next=")
    came = client.post(asked.headers["Location"], data={"email": person.email, "password": factories.PASSWORD})
    assert came.headers["Location"] == "/people?role=funder"


def test_the_trail_says_who_came_and_went(client: StrictClient, person: Person) -> None:
    sign_in(client, person)
    client.post("/sign-out")
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("accounts.sign_in.started", person.id), ("accounts.sign_in.ended", person.id),
    ]


# --- throttling ----------------------------------------------------------------------------------


def test_the_eleventh_try_in_fifteen_minutes_waits_even_with_the_right_password(client: StrictClient, person: Person) -> None:
    start = clock.at_london(clock.today(), clock.now().time().replace(hour=14, minute=0, second=0, microsecond=0))
    with clock.freeze(start):
        for _ in range(10):
            assert try_in(client, person.email, "wrong wrong wrong").status_code == 422
        refused = try_in(client, person.email, factories.PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "901"
    assert "You can try again at 14:15." in refused.get_data(as_text=True)
    with clock.freeze(start + timedelta(minutes=15)):
        assert try_in(client, person.email, factories.PASSWORD).status_code == 303


def test_a_stranger_does_not_lock_the_owner_out(client: StrictClient, person: Person) -> None:
    for _ in range(11):
        try_in(client, person.email, "wrong wrong wrong", "203.0.113.7")
    assert try_in(client, person.email, factories.PASSWORD, "203.0.113.7").status_code == 429
    assert try_in(client, person.email, factories.PASSWORD, "198.51.100.9").status_code == 303


def test_one_address_trying_many_accounts_waits(client: StrictClient, person: Person) -> None:
    for n in range(10):
        assert try_in(client, f"somebody{n}@example.org", "wrong wrong wrong").status_code == 422
    assert try_in(client, person.email, factories.PASSWORD).status_code == 429


def test_an_ipv6_visitor_cannot_escape_within_the_own_network(client: StrictClient, person: Person) -> None:
    for n in range(10):
        try_in(client, person.email, "wrong wrong wrong", f"2001:db8:1:2::{n:x}")
    assert try_in(client, person.email, factories.PASSWORD, "2001:db8:1:2:ffff::1").status_code == 429
    assert try_in(client, person.email, factories.PASSWORD, "2001:db8:1:3::1").status_code == 303


def test_a_right_password_takes_the_counts_back(client: StrictClient, person: Person) -> None:
    for _ in range(3):
        for _ in range(7):
            try_in(client, person.email, "wrong wrong wrong")
        with client.session_transaction() as session:
            session.clear()
        db.session.rollback()
        with atomic():
            db.session.execute(sa.update(Throttle).where(Throttle.key.like("from:%")).values(tries=0))
        assert try_in(client, person.email, factories.PASSWORD).status_code == 303
        with client.session_transaction() as session:
            session.clear()


def test_many_addresses_against_one_account_only_slow_it_down_and_not_where_its_owner_is_known(
    client: StrictClient, person: Person
) -> None:
    start = clock.now()
    with clock.freeze(start):
        assert try_in(client, person.email, factories.PASSWORD, "192.0.2.1").status_code == 303  # the owner's own desk
        client.post("/sign-out")
        with atomic():
            db.session.execute(sa.update(Throttle).where(Throttle.key.like("who:%")).values(tries=throttles.ACCOUNT_LIMIT))
        assert try_in(client, person.email, "wrong wrong wrong", "203.0.113.1").status_code == 422
        slowed = try_in(client, person.email, "wrong wrong wrong", "203.0.113.2")
        assert slowed.status_code == 429 and int(slowed.headers["Retry-After"]) <= 11
        assert try_in(client, person.email, factories.PASSWORD, "192.0.2.1").status_code == 303
        client.post("/sign-out")
    with clock.freeze(start + throttles.SLOW):
        assert try_in(client, person.email, factories.PASSWORD, "203.0.113.3").status_code == 303


def test_tries_at_the_same_moment_are_all_counted(app: Flask) -> None:
    def one(_: int) -> bool:
        with app.app_context():
            try:
                throttles.count_try(email="somebody@example.org", address="203.0.113.7", person_id=None)
            except throttles.TooManyTries:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        let_in = sum(pool.map(one, range(18)))
    assert let_in == throttles.LIMIT
    tries = db.session.scalar(sa.select(Throttle.tries).where(Throttle.key.like("pair:%")))
    assert tries == 18


def test_old_counters_and_sessions_are_forgotten_by_the_clock(client: StrictClient, person: Person) -> None:
    start = clock.now()
    with clock.freeze(start - timedelta(days=91)):
        sign_in(client, person)
        try_in(client, person.email, "wrong wrong wrong")
    sign_in(client, person)
    throttles.forget_old_tries()
    sign_ins.forget_old_sign_ins()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1
    assert not db.session.scalars(sa.select(Throttle).where(Throttle.window_starts_at < start - timedelta(days=1))).all()
