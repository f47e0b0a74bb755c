"""Signing in, staying in, signing out."""

from __future__ import annotations

from app.accounts.models import Role
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_the_right_password_signs_in(client: StrictClient) -> None:
    person = factories.make_person(Role.LINK_WORKER, factories.make_zone())
    sign_in(client, person)
    with client.session_transaction() as session:
        assert session["sign_in"]
