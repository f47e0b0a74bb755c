"""The pages on which a Zone is handed over, as the manager and the safeguarding lead see them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

from flask import Flask

from app.accounts.models import Role
from app.notifications import worker
from app.shared import clock
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import enter


def test_a_zone_is_asked_for_agreed_to_and_fetched(app: Flask, client: StrictClient) -> None:
    zone = factories.make_zone()
    factories.make_child(factories.make_school(zone), first_name="Zqonly")
    manager_id, lead_id = (factories.make_person(role, zone).id for role in (Role.ZONE_MANAGER, Role.SAFEGUARDING_LEAD))
    lead, slug = StrictClient(app), zone.slug
    enter(client, manager_id)
    enter(lead, lead_id)
    assert "Nothing was ever handed over" in lead.get("/hand-overs").text
    assert "/hand-overs" in client.get("/zone").text and "/hand-overs" in lead.get("/safeguarding").text
    wanted = {"zone": slug, "why": "The trust in Leeds goes on", "slug": "no"}
    assert "second person agrees" in client.get("/hand-overs/new").text
    assert client.post("/hand-overs/new", data=wanted).status_code == 422
    assert client.post("/hand-overs/new", data=wanted | {"slug": slug}).status_code == 303
    assert "wants to hand" in lead.get("/").text
    assert "Take it back" in client.get("/hand-overs").text and "The trust in Leeds" in lead.get("/hand-overs").text
    agree = lead.get("/hand-overs").text.partition('action="/hand-overs/')[2].partition("/agree")[0]
    assert client.post(f"/hand-overs/{agree}/agree").status_code == 403
    assert lead.post(f"/hand-overs/{agree}/agree").status_code == 303
    assert "progress" in client.get("/hand-overs").text and client.get("/hand-overs", headers={"HX-Request": "true"}).status_code == 200
    while worker.work_one():
        pass
    assert client.get("/hand-overs", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/hand-overs"
    assert "is ready to be handed over" in client.get("/").text
    assert lead.post(f"/hand-overs/{agree}/file").status_code == 403
    answer = client.post(f"/hand-overs/{agree}/file")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert b"Zqonly" in packed.read("tables/child.csv")
    with clock.freeze(clock.now() + timedelta(minutes=20)):
        assert client.post(f"/hand-overs/{agree}/file").headers["Location"].startswith("/account/confirm"), "asked who one is"
    assert "fetched once" in lead.get("/hand-overs").text
    assert lead.post(f"/hand-overs/{agree}/end").status_code == 303
    assert "thrown away" in client.get("/hand-overs").text
    assert client.post(f"/hand-overs/{agree}/file").status_code == 409
