"""Organisations, their documents and their people: who sees and changes what."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.accounts.models import Role
from app.catalogue.models import (
    Document,
    DocumentKind,
    DocumentState,
    Organisation,
    OrganisationKind,
    PartnerState,
    Practitioner,
)
from app.shared import clock
from app.shared.db import db
from tests import factories
from tests.catalogue.place import Place, results, text
from tests.support.people import sign_in
from tests.support.statements import count_statements


def test_link_workers_see_whether_papers_are_in_order_but_not_the_papers(place: Place) -> None:
    factories.save(Document(
        organisation_id=place.organisation.id, kind=DocumentKind.RISK_ASSESSMENT, state=DocumentState.VERIFIED, reference="SECRET-7",
    ))
    assert "SECRET-7" in text(place.get(f"/organisations/{place.organisation.id}", place.partner))
    seen = text(place.get(f"/organisations/{place.organisation.id}", place.link_worker))
    assert "Documents in order" in seen and "SECRET-7" not in seen and "Send" not in seen


def test_a_document_is_sent_by_the_partner_and_checked_by_the_manager(place: Place) -> None:
    sign_in(place.client, place.partner)
    data = {"kind": "risk_assessment", "practitioner_id": "", "reference": "RA 1", "level": "", "issued_on": "", "expires_on": "2100-01-01"}
    assert place.client.post(f"/organisations/{place.organisation.id}/documents/new", data=data).status_code == 303
    document_id = db.session.scalars(sa.select(Document.id).where(Document.reference == "RA 1")).one()
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 403
    sign_in(place.client, place.manager)
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 303
    assert db.session.get_one(Document, document_id).state is DocumentState.VERIFIED


def test_a_manager_who_sent_a_document_sees_why_somebody_else_must_check(place: Place) -> None:
    sign_in(place.client, place.manager)
    place.client.post(f"/organisations/{place.organisation.id}/documents/new", data={"kind": "risk_assessment", "practitioner_id": "", "level": ""})
    page = text(place.get(f"/organisations/{place.organisation.id}", place.manager))
    assert "You sent it in, so somebody else has to check it." in page
    document_id = db.session.scalars(sa.select(Document.id).where(Document.state == DocumentState.SUBMITTED)).one()
    assert place.client.post(f"/documents/{document_id}/verify").status_code == 403


def test_a_document_that_ran_out_is_refused_at_its_field(place: Place) -> None:
    sign_in(place.client, place.partner)
    data = {"kind": "public_liability", "practitioner_id": "", "level": "", "reference": "PL 9", "expires_on": "2020-01-01"}
    answer = place.client.post(f"/organisations/{place.organisation.id}/documents/new", data=data)
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422
    assert "run out already" in text(page.select_one("#expires_on-error") or page)
    assert page.select_one("[name=reference]")["value"] == "PL 9"  # type: ignore[index]


def test_papers_of_another_organisation_are_not_found_by_a_partner(place: Place) -> None:
    other = factories.make_organisation(place.zone)
    document = db.session.scalars(sa.select(Document).where(Document.organisation_id == other.id)).first()
    assert document is not None
    sign_in(place.client, place.partner)
    assert place.client.post(f"/documents/{document.id}/verify").status_code == 404


def test_the_safeguarding_lead_waives(place: Place) -> None:
    bare = factories.make_organisation(place.zone, with_documents=False)
    lead = factories.make_person(Role.SAFEGUARDING_LEAD, place.zone)
    assert "Waive for a while" in text(place.get(f"/organisations/{bare.id}", lead))
    data = {"kind": "shared_values", "practitioner_id": "", "until": (clock.today() + timedelta(days=5)).isoformat(), "reason": "They sign on Monday."}
    assert place.client.post(f"/organisations/{bare.id}/documents/waive", data=data).status_code == 303
    assert "They sign on Monday." in text(place.get(f"/organisations/{bare.id}", lead))


def test_suspending_is_previewed_needs_a_reason_and_empties_the_search(place: Place) -> None:
    url = f"/organisations/{place.organisation.id}/move/suspended"
    assert "can no longer be found" in text(place.get(url, place.manager))
    answer = place.client.post(url, data={"reason": ""})
    assert answer.status_code == 422
    assert place.client.post(url, data={"reason": "Insurance"}).status_code == 303
    assert db.session.get_one(Organisation, place.organisation.id).state is PartnerState.SUSPENDED
    assert results(place.get("/find?q=drumming", place.link_worker)) == []


def test_a_library_added_by_the_manager_is_live_at_once_a_partner_applies(place: Place) -> None:
    sign_in(place.client, place.manager)
    for kind, state in (("community", PartnerState.LIVE), ("partner", PartnerState.APPLYING)):
        answer = place.client.post("/organisations/new", data={"name": f"New {kind}", "kind": kind})
        assert answer.status_code == 303
        made = db.session.scalars(sa.select(Organisation).where(Organisation.name == f"New {kind}")).one()
        assert (made.state, made.kind, made.zone_id) == (state, OrganisationKind(kind), place.zone.id)
    again = place.client.post("/organisations/new", data={"name": "New partner", "kind": "partner", "phone": "not a number"})
    assert again.status_code == 422


def test_a_name_that_is_taken_is_said_at_the_name(place: Place) -> None:
    sign_in(place.client, place.manager)
    answer = place.client.post("/organisations/new", data={"name": "westway beats", "kind": "partner"})
    page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
    assert answer.status_code == 422 and "already an organisation" in text(page.select_one("#name-error") or page)


def test_the_list_of_organisations_can_be_narrowed_and_says_who_lacks_papers(place: Place) -> None:
    factories.make_organisation(place.zone, with_documents=False, name="Paperless Club")
    everything = text(place.get("/organisations", place.manager))
    assert "5 documents missing" in everything and "Westway Beats" in everything
    narrowed = text(place.get("/organisations?q=paperless&state=live", place.manager))
    assert "Paperless Club" in narrowed and "Westway Beats" not in narrowed
    assert "No organisation like that" in text(place.get("/organisations?q=nobody", place.manager))


def test_statements_for_the_lists_do_not_grow_with_rows(place: Place) -> None:
    def cost(path: str) -> int:
        sign_in(place.client, place.manager)
        place.client.get(path)
        with count_statements() as seen:
            place.client.get(path)
        return seen.count

    factories.make_practitioner(place.organisation)
    paths = ("/organisations", f"/organisations/{place.organisation.id}", f"/offerings/{place.offering.id}")
    before = [cost(path) for path in paths]
    for _ in range(4):
        factories.make_offering(factories.make_organisation(place.zone))
        factories.make_practitioner(place.organisation)
        factories.make_offering(place.organisation)
        factories.make_cohort(place.offering, sessions=3)
    assert [cost(path) for path in paths] == before


def test_a_practitioner_is_added_changed_and_leaves(place: Place) -> None:
    sign_in(place.client, place.partner)
    base = f"/organisations/{place.organisation.id}"
    assert place.client.post(f"{base}/practitioners/new", data={"name": "Ayo Bell", "works_alone": "y"}).status_code == 303
    ayo = db.session.scalars(sa.select(Practitioner).where(Practitioner.name == "Ayo Bell")).one()
    ayo_id = ayo.id
    assert ayo.works_alone
    assert "Ayo Bell’s DBS check is missing." in text(place.get(base, place.partner))
    leaving = (clock.today() - timedelta(days=1)).isoformat()
    place.client.post(f"/practitioners/{ayo_id}/edit", data={"name": "Ayo Bell", "left_on": leaving})
    assert "Ayo Bell" not in text(place.get(base, place.link_worker))
