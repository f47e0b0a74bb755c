"""The pages of holds, of an erasure and of the rules of time, as those who use them see them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.children.models import ChildState
from app.keeping.models import Erasure, LegalHold, RetentionRun
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_manager_holds_erases_and_confirms_what_goes(app: Flask, client: StrictClient) -> None:
    zone = factories.make_zone()
    manager, school = factories.make_person(Role.ZONE_MANAGER, zone), factories.make_school(zone)
    gone = {"state": ChildState.ENDED, "programme_starts_on": None, "programme_ends_on": clock.today() - timedelta(days=9 * 365)}
    child, other = factories.make_child(school, **gone), factories.make_child(school, **gone)
    base, names = f"/children/{child.id}", (child.reference, child.first_name)
    sign_in(client, manager)
    assert "Keep or erase" in client.get(f"{base}/hold").text
    assert client.post(f"{base}/hold", data={"why": ""}).status_code == 422
    assert client.post(f"{base}/hold", data={"why": "A claim", "until": ""}).status_code == 303
    for page in (f"{base}/hold", f"{base}/erase", "/retention"):
        assert "A claim" in client.get(page).text, page
    assert client.post(f"{base}/erase", data={"why": "The mother asked", "reference": names[0]}).status_code == 422
    assert client.post(f"{base}/hold/end").status_code == 303
    page = client.get(f"{base}/erase").text
    assert "What goes" in page and "1 × voice" in page
    assert client.post(f"{base}/erase", data={"why": "The mother asked", "reference": "K-XXXX"}).status_code == 422
    assert client.post(f"{base}/erase", data={"why": "The mother asked", "reference": names[0]}).status_code == 303
    assert names[1] not in client.get("/retention").text
    assert other.reference in client.get("/retention").text
    assert client.post("/retention/confirm", data={"zone": str(zone.id), "seen": "1"}).status_code == 303
    assert "waits for" in client.get("/retention").text
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in (Erasure, LegalHold, RetentionRun)]
    assert counts == [1, 1, 1]
