"""The pages of joining: invite, fill in, sign on both sides, send for review, sign for work alone; and the monthly link."""

from __future__ import annotations

import io

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person
from app.catalogue import links, queries
from app.catalogue.models import AGREED_KINDS, REQUIRED_DOCUMENTS, DocumentKind, Organisation, PartnerState
from app.catalogue.services import agreements
from app.shared import clock
from app.shared.db import atomic, db
from tests.catalogue.test_documents import Scene, put, scene
from tests.support.client import StrictClient
from tests.support.people import sign_in

__all__ = ["scene"]


def as_(app: Flask, person: Person) -> StrictClient:
    client = StrictClient(app)
    sign_in(client, person)
    return client


def test_both_sides_sign_on_their_pages(app: Flask, scene: Scene) -> None:
    manager, partner = as_(app, scene.manager), as_(app, scene.partner)
    made = manager.post("/agreements/new", data={"kind": "shared_values", "text": "We listen.\n\nWe answer."})
    assert made.status_code == 303
    listed = partner.get(f"/organisations/{scene.organisation.id}/agreements").text
    [agreement] = queries.current_agreements(scene.zone.id)
    path = f"/organisations/{scene.organisation.id}/agreements/{agreement.id}/sign"
    assert path in listed
    assert partner.post(path, data={"name": ""}).status_code == 422
    for client, name in ((partner, "Theo Brown"), (manager, "Maya")):
        assert client.post(path, data={"name": name}).status_code == 303
    assert "Signed by both" in partner.get(f"/organisations/{scene.organisation.id}/agreements").text


def test_an_invited_partner_sends_its_application(app: Flask, scene: Scene) -> None:
    manager = as_(app, scene.manager)
    given = {"name": "Little Steps", "contact_name": "Ada Vale", "email": "ada@example.org"}
    assert manager.post("/organisations/invite", data={**given, "email": "no address"}).status_code == 422
    assert manager.post("/organisations/invite", data=given).status_code == 303
    joined = db.session.scalars(sa.select(Organisation).where(Organisation.name == "Little Steps")).one()
    with atomic():  # as if she had chosen her password by the link of the invitation
        db.session.scalars(sa.select(Person).where(Person.email == given["email"])).one().password_hash = scene.partner.password_hash
    ada = as_(app, db.session.scalars(sa.select(Person).where(Person.email == given["email"])).one())
    path = f"/organisations/{joined.id}/join"
    assert "Finish joining" in ada.get("/").text and "Public liability insurance" in ada.get(path).text
    ada.post(f"/organisations/{joined.id}/send-for-review")
    assert db.session.get_one(Organisation, joined.id).state is PartnerState.INVITED  # refused: nothing is sent in
    sent = ada.post(f"/organisations/{joined.id}/documents/new", data={
        "kind": "public_liability", "practitioner_id": "", "level": "", "file": (io.BytesIO(b"%PDF-1.4\n%%EOF"), "cover.exe"),
    }, content_type="multipart/form-data")
    assert (sent.status_code, sent.headers["Location"]) == (303, path), "back to what is still to do"
    assert "The paper itself" in ada.get(f"/organisations/{joined.id}").text
    for kind in REQUIRED_DOCUMENTS:
        if kind not in (DocumentKind.PUBLIC_LIABILITY, *AGREED_KINDS):
            put(joined, kind, issued=clock.today(), expires=None)
    agreement = agreements.publish_agreement(zone_id=scene.zone.id, kind=DocumentKind.SHARED_VALUES, text="We listen first.", actor=scene.manager)
    refused = ada.post(f"/organisations/{joined.id}/send-for-review", follow_redirects=True)
    assert "The agreement on shared values is missing." in refused.text
    assert ada.post(f"/organisations/{joined.id}/agreements/{agreement.id}/sign", data={"name": "Ada Vale"}).status_code == 303
    ada.post(f"/organisations/{joined.id}/send-for-review")
    db.session.rollback()
    assert db.session.get_one(Organisation, joined.id).state is PartnerState.IN_REVIEW, "the charity signs with the review"
    assert "is missing" in manager.post(f"/organisations/{joined.id}/move/approved", data={"reason": ""}, follow_redirects=True).text
    db.session.rollback()
    assert db.session.get_one(Organisation, joined.id).state is PartnerState.IN_REVIEW
    guard = as_(app, scene.safeguarding)
    assert guard.post(f"/organisations/{joined.id}/counter-sign", data={"words": "Saw the room."}).status_code == 303


def test_the_monthly_link_says_still_right_once_and_opens_nothing_else(app: Flask, scene: Scene) -> None:
    token = links.make(scene.organisation, scene.partner)
    anybody = StrictClient(app)
    assert anybody.get(f"/still-right/{token}").status_code == 200
    assert db.session.get_one(Organisation, scene.organisation.id).confirmed_on is None
    assert "Thank you" in anybody.post(f"/still-right/{token}", data={}).text
    db.session.rollback()
    assert db.session.get_one(Organisation, scene.organisation.id).confirmed_on == clock.today()
    assert anybody.get(f"/still-right/{token}x").status_code == 404
    partner = as_(app, scene.partner)
    assert "Fair play" in partner.get(f"/organisations/{scene.organisation.id}/fair-play").text
    assert partner.post(f"/organisations/{scene.organisation.id}/still-right", data={"next": "/"}).headers["Location"].endswith("/")
