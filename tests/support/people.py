"""Signing in as somebody, through the real form."""

from __future__ import annotations

from flask.testing import FlaskClient

from app.accounts.models import Person
from tests import factories


def sign_in(client: FlaskClient, person: Person, password: str = factories.PASSWORD) -> None:
    """This client is from now on signed in as `person`, who has `password`; whoever was signed in before is signed out."""
    sign_out(client)
    response = client.post("/sign-in", data={"email": person.email, "password": password})
    assert response.status_code == 303, f"could not sign in: {response.status_code}"


def sign_out(client: FlaskClient) -> None:
    """Forget the session without visiting a page."""
    with client.session_transaction() as session:
        session.clear()


