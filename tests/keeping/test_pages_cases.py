"""Writing a breach down, and answering it, on the pages."""

from __future__ import annotations

from flask import Flask

from app.accounts.models import Role
from app.keeping.models import DataCase
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_a_breach_is_sent_by_a_link_worker_and_answered_by_the_manager(client: StrictClient, app: Flask) -> None:
    zone = factories.make_zone()
    worker, manager = factories.make_person(Role.LINK_WORKER, zone), factories.make_person(Role.ZONE_MANAGER, zone)
    sign_in(client, worker)
    typed = {"zone": str(zone.id), "kind": "breach", "words": "A phone was lost on the bus.", "known_on": clock.today().isoformat()}
    assert client.post("/data-protection/new", data=typed | {"words": ""}).status_code == 422
    sent = client.post("/data-protection/new", data=typed)
    assert sent.status_code == 303 and "Not answered yet" in client.get("/data-protection/new").get_data(as_text=True)
    assert client.get("/data-protection").status_code == 403
    case = db.session.query(DataCase).one()
    assert client.get(f"/data-protection/{case.id}").status_code == 404
    other = StrictClient(app)
    sign_in(other, manager)
    assert "A breach" in other.get("/data-protection").get_data(as_text=True)
    where = f"/data-protection/{case.id}"
    assert "A phone was lost" in other.get(where).get_data(as_text=True)
    refused = other.post(f"{where}/answer", data={"words": "It was locked and wiped."})
    assert refused.status_code == 422 and "Say whether the ICO is told" in refused.get_data(as_text=True)
    assert other.post(f"{where}/answer", data={"words": "It was locked and wiped.", "ico": "no", "people": "no"}).status_code == 303
    assert other.post(f"{where}/notes", data={"done": "A new phone.", "closes": "y"}).status_code == 303
    page = other.get(where).get_data(as_text=True)
    assert "The ICO is not told" in page and "A new phone." in page and "Write down what was done" not in page
