"""Passkeys, with a key in software, through the real pages: adding, signing in, the second step, and what a dishonest key tries."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.accounts import passkeys, queries
from app.accounts.models import Passkey, PasskeyChallenge, Person, Role, SignIn
from app.accounts.passkeys import PasskeyRefused
from app.accounts.services import passkeys as services
from app.accounts.services import second_steps
from app.audit.models import AuditEntry
from app.shared import clock
from app.shared.db import db
from config import Settings
from tests import factories
from tests.support.authenticator import Authenticator, to_text
from tests.support.client import StrictClient
from tests.support.people import sign_in, sign_out


@pytest.fixture
def person(app: Flask) -> Person:
    return factories.make_person(Role.LINK_WORKER, factories.make_zone())


def ask(client: StrictClient, path: str) -> dict[str, object]:
    answer = client.post(path)
    assert answer.status_code == 200, path
    return dict(answer.get_json())


def add(client: StrictClient, key: Authenticator, name: str = "My telephone") -> list[str]:
    """By whoever is signed in. The recovery codes."""
    answer = key.create(ask(client, "/account/passkeys/ask?for=add"))
    page = client.post("/account/passkeys/new", data={"name": name, "answer": answer})
    assert page.status_code in (200, 303), page.get_data(as_text=True)
    return [li.get_text() for li in BeautifulSoup(page.get_data(as_text=True), "html.parser").select(".codes li")]


def alone(client: StrictClient, key: Authenticator, onward: str = "/children") -> str:
    """Sign in with the key alone: where it leads."""
    sign_out(client)
    answer = key.get(ask(client, "/sign-in/passkey/ask"))
    return client.post("/sign-in/passkey", query_string={"next": onward}, data={"answer": answer}).headers["Location"]


def after_password(client: StrictClient, person: Person, key: Authenticator) -> str:
    sign_out(client)
    first = client.post("/sign-in?next=/children", data={"email": person.email, "password": factories.PASSWORD})
    assert first.headers["Location"].startswith("/sign-in/second-step")
    assert client.get("/children").status_code == 303
    page = client.get(first.headers["Location"]).get_data(as_text=True)
    assert "Use your passkey" in page
    answer = key.get(ask(client, "/sign-in/passkey/ask"))
    return client.post("/sign-in/passkey?next=/children", data={"answer": answer}).headers["Location"]


def told() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_key_is_added_opens_kith_alone_or_after_the_password_and_is_taken_away(client: StrictClient, person: Person) -> None:
    key, synced = Authenticator(), Authenticator(count=None)
    sign_in(client, person)
    elsewhere = factories.save(SignIn(person_id=person.id, token_hash="x" * 64))
    codes = add(client, key)
    assert len(codes) == second_steps.RECOVERY_CODES
    assert db.session.get_one(SignIn, elsewhere.id).ended_at is not None
    assert add(client, synced, "In the cloud") == [], "the codes of the first key still count"
    shown = client.get("/account/second-step").get_data(as_text=True)
    assert "My telephone" in shown and "In the cloud" in shown
    for one in (key, synced):
        assert alone(client, one) == "/children"
        assert client.get("/children").status_code == 200
        assert after_password(client, person, one) == "/children"
        assert client.get("/children").status_code == 200
    first, second = queries.list_passkeys(person.id)
    assert (first.sign_count, first.is_synced, second.sign_count, second.is_synced) == (2, False, 0, True)
    first_id, second_id = first.id, second.id
    assert "My telephone" in client.get(f"/account/passkeys/{first_id}").get_data(as_text=True)
    assert client.post(f"/account/passkeys/{first_id}", data={"name": "Old telephone"}).status_code == 303
    assert db.session.get_one(Passkey, first_id).name == "Old telephone"
    assert client.post(f"/account/passkeys/{first_id}/remove").status_code == 303
    assert alone(client, key) == "/sign-in?next=/children"
    assert alone(client, synced) == "/children"
    assert queries.count_recovery_codes(person.id) == second_steps.RECOVERY_CODES
    assert client.post(f"/account/passkeys/{second_id}/remove").status_code == 303
    assert not queries.has_second_step(person.id) and queries.count_recovery_codes(person.id) == 0
    assert {"accounts.passkey.added", "accounts.passkey.renamed", "accounts.passkey.removed"} <= set(told())


def test_without_the_key_a_recovery_code_helps_and_the_password_alone_does_not(client: StrictClient, person: Person) -> None:
    sign_in(client, person)
    codes = add(client, Authenticator())
    sign_out(client)
    page = client.post("/sign-in?next=/children", data={"email": person.email, "password": factories.PASSWORD}).headers["Location"]
    assert client.get("/children").status_code == 303
    assert "One of your recovery codes" in client.get(page).get_data(as_text=True)
    assert client.post(page, data={"code": "123456"}).status_code == 422
    assert client.post(page, data={"code": codes[0]}).headers["Location"] == "/children"


def test_what_a_dishonest_answer_tries(client: StrictClient, app: Flask, person: Person) -> None:
    """Each opens nothing; the next honest answer does."""
    key, other, stranger = Authenticator(), factories.make_person(Role.LINK_WORKER, factories.make_zone()), Authenticator()
    sign_in(client, other)
    theirs = Authenticator()
    add(client, theirs)
    sign_in(client, person)
    add(client, key)
    wrong = {
        "another site": replace(key, origin="https://kith.evil.example"), "another name": replace(key, host="evil.example"),
        "nobody verified": replace(key, verifies=False), "another secret": replace(stranger, credential_id=key.credential_id),
        "not known": stranger, "somebody else's, after this one's password": theirs,
    }
    for what, liar in wrong.items():
        if what.startswith("somebody"):
            assert after_password(client, person, liar).startswith("/sign-in/second-step"), what
        else:
            assert alone(client, liar) == "/sign-in?next=/children", what
        assert client.get("/children").status_code == 303, what
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    sign_out(client)
    options = ask(client, "/sign-in/passkey/ask")
    assert [client.post("/sign-in/passkey", data={"answer": "{}"}).status_code for _ in range(11)] == [303] * 10 + [429], "guessing is counted"
    client.environ_base["REMOTE_ADDR"] = "192.0.2.8"
    assert client.post("/sign-in/passkey", data={"answer": key.get(options)}).headers["Location"] == "/sign-in", "the challenge is gone"
    options = ask(client, "/sign-in/passkey/ask")
    with client.session_transaction() as session:
        asked = session["passkey"]
    used = key.get(options)
    assert client.post("/sign-in/passkey", data={"answer": used}).headers["Location"] == "/"
    sign_out(client)
    with client.session_transaction() as session:
        session["passkey"] = asked
    assert client.post("/sign-in/passkey", data={"answer": used}).headers["Location"] == "/sign-in", "an answer seen on its way works once"
    with clock.freeze(clock.now()):
        late = ask(client, "/sign-in/passkey/ask")
    with clock.freeze(clock.now() + timedelta(seconds=passkeys.ANSWER_WITHIN + 1)):
        assert client.post("/sign-in/passkey", data={"answer": key.get(late)}).headers["Location"] == "/sign-in", "too late"
        services.forget_old_challenges()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PasskeyChallenge)) == 0
    assert alone(client, key) == "/children"
    assert client.post(f"/account/passkeys/{queries.list_passkeys(other.id)[0].id}/remove").status_code == 404


made_up = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.binary(max_size=60).map(to_text), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
    st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature", "attestationObject", "userHandle"]), inner, max_size=5,
), max_leaves=8)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(made_up.map(json.dumps) | st.text(max_size=40), st.binary(max_size=80), st.booleans())
@example("[" * 15_000, b"", False)
@example("x" * 30_000, b"", False)
def test_whatever_is_sent_as_an_answer_is_refused_in_a_sentence(text: str, data: bytes, is_shaped: bool) -> None:
    """The parsers of JSON, CBOR and COSE behind it see the bytes of strangers."""
    place = passkeys.Place("localhost", "http://localhost:5000")
    client = to_text(json.dumps({"type": "webauthn.create", "challenge": to_text(b"c"), "origin": place.origin}).encode())
    if is_shaped:
        text = json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {
            "clientDataJSON": client, "attestationObject": to_text(data), "authenticatorData": to_text(data), "signature": to_text(data),
        }})
    for read in (passkeys.named_in, lambda answer: passkeys.read_new(answer, place, b"c"), lambda answer: passkeys.read_known(answer, place, b"c", data)):
        if read is passkeys.named_in and is_shaped:
            assert read(text) == b"\x00\x00\x00"
        else:
            with contextlib.suppress(PasskeyRefused):
                read(text)
                assert read is passkeys.named_in, text


def test_a_challenge_for_one_thing_is_none_for_another(client: StrictClient, person: Person) -> None:
    key, new = Authenticator(), Authenticator()
    sign_in(client, person)
    add(client, key)
    confirm = ask(client, "/account/passkeys/ask")
    assert client.post("/account/passkeys/new", data={"name": "x", "answer": new.create({**confirm, "user": {"id": "AAAA"}})}).status_code == 422
    adding = ask(client, "/account/passkeys/ask?for=add")
    refused = client.post("/account/confirm/passkey?next=/children", data={"answer": key.get(adding)})
    assert refused.headers["Location"] == "/account/confirm?next=/children"
    assert len(queries.list_passkeys(person.id)) == 1


def test_a_copied_key_is_noticed_and_opens_nothing_any_more(client: StrictClient, person: Person) -> None:
    key = Authenticator()
    sign_in(client, person)
    add(client, key)
    copied = copy.copy(key)
    assert alone(client, key) == "/children"
    assert alone(client, copied) == "/sign-in?next=/children", "its counter has not grown"
    assert alone(client, key) == "/sign-in?next=/children", "which of the two is the owner's, nobody can tell"
    assert told().count("accounts.passkey.copied") == 1
    assert queries.has_second_step(person.id), "a copy does not make the password enough"
    first = client.post("/sign-in", data={"email": person.email, "password": factories.PASSWORD})
    assert first.headers["Location"] == "/sign-in/second-step"


def test_before_weighty_things_a_key_shows_that_it_is_still_oneself(client: StrictClient, person: Person) -> None:
    key, start = Authenticator(), clock.now()
    with clock.freeze(start):
        sign_in(client, person)
        add(client, key)
    with clock.freeze(start + timedelta(minutes=11)):
        asked = client.get("/account/passkeys/new").headers["Location"]
        assert asked == "/account/confirm?next=/account/passkeys/new"
        assert client.post("/account/passkeys/new", data={"name": "x", "answer": "{}"}, headers={"Referer": "http://localhost/account/passkeys/new"}).status_code == 303
        assert "Use your passkey" in client.get(asked).get_data(as_text=True)
        answer = key.get(ask(client, "/account/passkeys/ask"))
        assert client.post("/account/confirm/passkey?next=/account/passkeys/new", data={"answer": answer}).headers["Location"] == "/account/passkeys/new"
        assert client.get("/account/passkeys/new").status_code == 200


@pytest.fixture
def at(app: Flask) -> Iterator[dict[str, Settings]]:
    before = app.config["SETTINGS"]
    yield {"settings": before}
    app.config["SETTINGS"] = before


def test_keys_are_bound_to_the_name_in_the_settings_whatever_the_request_says(client: StrictClient, app: Flask, at: dict[str, Settings], person: Person) -> None:
    app.config["SETTINGS"] = replace(at["settings"], base_url="https://kith.example")
    sign_in(client, person)
    options = client.post("/account/passkeys/ask?for=add", headers={"X-Forwarded-Host": "evil.example"}).get_json()
    assert options["rp"]["id"] == "kith.example"
    assert options["authenticatorSelection"]["userVerification"] == "required" and options["attestation"] == "none"
    assert person.email not in json.dumps(options["user"]["id"])
    add(client, Authenticator(origin="https://kith.example", host="kith.example"))
    for base_url, expected in (
        ("https://kith.example:8443", ("kith.example", "https://kith.example:8443")), ("http://kith.example", None), ("https://10.0.0.5", None),
        ("https://[::1]", None),
    ):
        found = passkeys.place_of(replace(at["settings"], base_url=base_url, environment="production"))
        assert (found and (found.host, found.origin)) == expected, base_url
    app.config["SETTINGS"] = replace(at["settings"], base_url="http://kith.example", environment="test")
    assert client.post("/account/passkeys/ask").status_code == 404, "no name, no passkeys; an app still works"
    assert "Add a passkey" not in client.get("/account/second-step").get_data(as_text=True)
