"""Signing in as somebody."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import has_app_context
from flask.testing import FlaskClient

from app.accounts import sessions
from app.accounts.models import Person, SignIn
from app.accounts.queries import has_second_step
from app.accounts.services.sign_ins import hash_token
from app.audit import services as audit
from app.shared.db import atomic, db
from tests import factories


def sign_in(client: FlaskClient, person: Person, password: str = factories.PASSWORD) -> None:
    """This client is from now on signed in as `person`, who has `password`; whoever was signed in before is signed out.

    Checking a password is slow on purpose, and hundreds of tests begin here: so whoever has the factories' password and no second
    step is given the session that the form would have begun. The tests of signing in type it.
    """
    sign_out(client)
    person_id, email = person.id, person.email
    if has_app_context():
        db.session.rollback()  # so that the test sees what comes of it, as after any request
    with client.application.app_context():
        is_plain = password == factories.PASSWORD and not has_second_step(person_id)
    if is_plain:
        enter(client, person_id)
    else:
        sign_in_by_form(client, email, password)


def enter(client: FlaskClient, person_id: UUID) -> None:
    """Give this client the session of somebody who has passed every step."""
    with client.application.app_context(), client.session_transaction() as session:
        session[sessions.TOKEN] = begin_session(person_id)


def sign_in_by_form(client: FlaskClient, person: Person | str, password: str = factories.PASSWORD) -> None:
    """The same, or an e-mail address, by typing it."""
    sign_out(client)
    email = person if isinstance(person, str) else person.email
    response = client.post("/sign-in", data={"email": email, "password": password})
    assert response.status_code == 303, f"could not sign in: {response.status_code}"


def begin_session(person_id: UUID) -> str:
    """What the form does when the password was right. The token for the cookie. Inside an app context."""
    token = secrets.token_urlsafe(32)
    with atomic():
        person = db.session.get_one(Person, person_id)
        assert person.is_active, "who has left cannot sign in"
        row = SignIn(person_id=person.id, token_hash=hash_token(token), address="127.0.0.1", browser="a test")
        db.session.add(row)
        audit.record("accounts.sign_in.started", subject=row, actor=person)
    return token


def sign_out(client: FlaskClient) -> None:
    """Forget the session without visiting a page."""
    with client.session_transaction() as session:
        session.clear()
