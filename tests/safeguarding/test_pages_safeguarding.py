"""The pages: raising a concern, reading it, who looked, an urgent look."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.audit.models import Sight
from app.safeguarding.models import Concern
from app.shared.db import db
from tests import factories
from tests.support.client import StrictClient
from tests.support.people import sign_in


def test_from_a_worry_to_what_was_done(client: StrictClient, app: Flask) -> None:
    zone = factories.make_zone(council_phone="020 7946 0018")
    school = factories.make_school(zone)
    link_worker = factories.make_person(Role.LINK_WORKER, zone)
    lead = factories.make_person(Role.SAFEGUARDING_LEAD, zone, phone="07700 900111")
    child = factories.make_child(school, link_worker)
    sign_in(client, link_worker)
    assert "Tell the safeguarding lead" in client.get(f"/children/{child.id}").get_data(as_text=True)
    page = client.get(f"/children/{child.id}/concern").get_data(as_text=True)
    for number in ("999", "07700 900111", "020 7946 0018", "0808 800 5000", "0800 1111"):
        assert number in page, number
    assert client.post(f"/children/{child.id}/concern", data={"zone": str(zone.id), "about": "", "words": "He sleeps in the shed."}).status_code == 422
    sent = client.post(f"/children/{child.id}/concern", data={"zone": str(zone.id), "about": child.reference, "words": "He sleeps in the shed."})
    assert sent.status_code == 303
    concern = db.session.scalars(sa.select(Concern)).one()
    assert "Not read yet" in client.get("/safeguarding/concerns/new").get_data(as_text=True)
    assert "sleeps in the shed" not in client.get(f"/children/{child.id}").get_data(as_text=True)
    assert client.get(f"/safeguarding/concerns/{concern.id}").status_code == 404
    sign_in(client, lead)
    assert "Read it now" in client.get("/safeguarding").get_data(as_text=True)
    at = f"/safeguarding/concerns/{concern.id}"
    assert "sleeps in the shed" in client.get(at).get_data(as_text=True)
    assert client.post(f"{at}/take-up").status_code == 303
    assert client.post(f"{at}/notes", data={"words": ""}).status_code == 422
    assert client.post(f"{at}/notes", data={"words": "Rang the council.", "closes": "y"}).status_code == 303
    assert "Rang the council." in client.get(at).get_data(as_text=True)
    assert client.get("/safeguarding/looks").status_code == 200
    looked = client.get(f"/children/{child.id}/looks").get_data(as_text=True)
    assert link_worker.name in looked and "concern" in looked


def test_an_urgent_look_through_the_pages(client: StrictClient, app: Flask) -> None:
    zone = factories.make_zone()
    child = factories.make_child(factories.make_school(zone), factories.make_person(Role.LINK_WORKER, zone))
    sign_in(client, factories.make_person(Role.ADMINISTRATOR))
    assert client.get(f"/children/{child.id}").status_code == 404
    given = {"zone": zone.slug, "reference": child.reference, "why": "The police ask whether she is known here.", "hours": "1"}
    assert client.post("/urgent-looks", data={**given, "why": "x"}).status_code == 422
    answer = client.post("/urgent-looks", data=given)
    assert answer.headers["Location"] == f"/children/{child.id}"
    assert client.get(f"/children/{child.id}").status_code == 200
    assert "police" in db.session.scalars(sa.select(Sight.why).where(Sight.child_id == child.id)).one()
    assert client.get(f"/children/{child.id}/facts").status_code == 403
    page = client.get("/urgent-looks").get_data(as_text=True)
    assert child.reference in page and "End now" in page
