"""Documents: who may check them, which gaps there are on which day, and what a gap stops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit.queries import list_entries_for
from app.catalogue import queries
from app.catalogue.evidence import DocumentsLapsed, GapCause
from app.catalogue.models import Document, DocumentKind, DocumentState, Organisation, OrganisationKind
from app.catalogue.services import documents
from app.shared import clock
from app.shared.db import db
from app.shared.errors import Forbidden, IllegalMove, Invalid
from tests import factories

K = DocumentKind


@dataclass
class Scene:
    zone: Zone
    manager: Person
    safeguarding: Person
    partner: Person
    organisation: Organisation


@pytest.fixture
def scene(app: Flask) -> Scene:
    zone = factories.make_zone()
    organisation = factories.make_organisation(zone, with_documents=False, name="Westway Beats", contact_name="Theo Brown")
    return Scene(
        zone, factories.make_person(Role.ZONE_MANAGER, zone), factories.make_person(Role.SAFEGUARDING_LEAD, zone),
        factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation), organisation,
    )


def put(organisation: Organisation, kind: DocumentKind, *, issued: date | None, expires: date | None, **given: object) -> Document:
    return factories.save(Document(**{
        "organisation_id": organisation.id, "kind": kind, "state": DocumentState.VERIFIED, "issued_on": issued,
        "expires_on": expires, **given,
    }))


def put_all(organisation: Organisation, *but: DocumentKind) -> None:
    for kind in (K.PUBLIC_LIABILITY, K.SAFEGUARDING_POLICY, K.SHARED_VALUES, K.BEHAVIOUR_AGREEMENT, K.DATA_AGREEMENT):
        if kind not in but:
            put(organisation, kind, issued=None, expires=None)


def gaps(organisation: Organisation, days: int = 0, **given: object) -> list[tuple[DocumentKind, GapCause]]:
    today = clock.today()
    found = queries.document_gaps(organisation.id, on=today, through=today + timedelta(days=days), **given)  # type: ignore[arg-type]
    return [(gap.kind, gap.cause) for gap in found]


def test_a_partner_without_documents_has_a_gap_for_each_that_is_required(scene: Scene) -> None:
    assert [kind for kind, _ in gaps(scene.organisation)] == [
        K.PUBLIC_LIABILITY, K.SAFEGUARDING_POLICY, K.SHARED_VALUES, K.BEHAVIOUR_AGREEMENT, K.DATA_AGREEMENT,
    ]
    assert {cause for _, cause in gaps(scene.organisation)} == {GapCause.MISSING}


def test_a_document_counts_through_its_last_day_and_not_a_day_longer(scene: Scene) -> None:
    today = clock.today()
    put_all(scene.organisation, K.PUBLIC_LIABILITY)
    put(scene.organisation, K.PUBLIC_LIABILITY, issued=today - timedelta(days=300), expires=today + timedelta(days=5))
    assert gaps(scene.organisation, 5) == []
    assert gaps(scene.organisation, 6) == [(K.PUBLIC_LIABILITY, GapCause.EXPIRES)]
    (gap,) = queries.document_gaps(scene.organisation.id, on=today, through=today + timedelta(days=6))
    assert gap.lapses_on == today + timedelta(days=6)
    assert gap.stops


def test_a_renewal_that_begins_before_the_old_one_ends_leaves_no_gap(scene: Scene) -> None:
    today = clock.today()
    put_all(scene.organisation, K.SHARED_VALUES)
    put(scene.organisation, K.SHARED_VALUES, issued=None, expires=today + timedelta(days=5))
    put(scene.organisation, K.SHARED_VALUES, issued=today + timedelta(days=6), expires=today + timedelta(days=90))
    assert gaps(scene.organisation, 90) == []
    put_all(scene.organisation)
    assert gaps(scene.organisation, 400) == []


def test_a_hole_of_one_day_between_two_documents_is_a_gap(scene: Scene) -> None:
    today = clock.today()
    put_all(scene.organisation, K.SHARED_VALUES)
    put(scene.organisation, K.SHARED_VALUES, issued=None, expires=today + timedelta(days=5))
    put(scene.organisation, K.SHARED_VALUES, issued=today + timedelta(days=7), expires=None)
    assert gaps(scene.organisation, 30) == [(K.SHARED_VALUES, GapCause.EXPIRES)]


@pytest.mark.parametrize(("state", "cause"), [
    (DocumentState.SUBMITTED, GapCause.UNCHECKED), (DocumentState.REJECTED, GapCause.REJECTED),
])
def test_what_nobody_has_checked_or_what_was_sent_back_does_not_count(scene: Scene, state: DocumentState, cause: GapCause) -> None:
    put_all(scene.organisation, K.DATA_AGREEMENT)
    put(scene.organisation, K.DATA_AGREEMENT, issued=None, expires=None, state=state)
    assert gaps(scene.organisation) == [(K.DATA_AGREEMENT, cause)]


def test_a_library_needs_no_partners_papers_until_it_offers_something_commissioned(scene: Scene) -> None:
    library = factories.make_organisation(scene.zone, with_documents=False, kind=OrganisationKind.COMMUNITY)
    assert gaps(library) == []
    factories.make_offering(library)
    assert len(gaps(library)) == 5


def test_the_dbs_of_who_works_alone_is_a_stop_document_for_that_person_only(scene: Scene) -> None:
    put_all(scene.organisation)
    alone = factories.make_practitioner(scene.organisation, with_dbs=False, works_alone=True)
    colleague = factories.make_practitioner(scene.organisation)
    today = clock.today()
    (gap,) = queries.document_gaps(scene.organisation.id, on=today, through=today, practitioner_id=alone.id)
    assert (gap.kind, gap.practitioner, gap.stops) == (K.DBS, alone, True)
    assert gaps(scene.organisation, practitioner_id=colleague.id) == []
    assert gaps(scene.organisation) == []


def test_whoever_works_alone_needs_a_dbs_check_in_a_library_too(scene: Scene) -> None:
    library = factories.make_organisation(scene.zone, with_documents=False, kind=OrganisationKind.COMMUNITY)
    alone = factories.make_practitioner(library, with_dbs=False, works_alone=True)
    among_others = factories.make_practitioner(library, with_dbs=False)
    assert gaps(library, practitioner_id=alone.id) == [(K.DBS, GapCause.MISSING)]
    assert gaps(library, practitioner_id=among_others.id) == []


def test_a_practitioner_of_another_organisation_has_no_evidence_here(scene: Scene) -> None:
    put_all(scene.organisation)
    elsewhere = factories.make_practitioner(factories.make_organisation(scene.zone))
    assert gaps(scene.organisation, practitioner_id=elsewhere.id) == [(K.DBS, GapCause.MISSING)]


def test_the_refusal_says_what_is_missing_and_who_can_supply_it(scene: Scene) -> None:
    put_all(scene.organisation, K.PUBLIC_LIABILITY)
    with pytest.raises(DocumentsLapsed) as refused:
        documents.require_current_documents(scene.organisation.id)
    assert refused.value.sentence == (
        "The public liability insurance is missing. Theo Brown at Westway Beats can supply it; a Zone manager checks it."
    )
    assert [gap.kind for gap in refused.value.gaps] == [K.PUBLIC_LIABILITY]


def test_work_under_way_is_interrupted_by_stop_documents_only(scene: Scene) -> None:
    put_all(scene.organisation, K.SHARED_VALUES)
    documents.require_current_documents(scene.organisation.id, stops_only=True)
    with pytest.raises(DocumentsLapsed):
        documents.require_current_documents(scene.organisation.id)


def test_a_document_goes_from_the_partner_to_the_zone_manager_who_checks_it(scene: Scene) -> None:
    sent = documents.submit_document(
        organisation_id=scene.organisation.id, kind=K.PUBLIC_LIABILITY, actor=scene.partner, reference="PL-1",
        expires_on=clock.today() + timedelta(days=300),
    )
    assert sent.state is DocumentState.SUBMITTED
    documents.verify_document(document_id=sent.id, actor=scene.manager)
    assert (sent.state, sent.verified_by_id) == (DocumentState.VERIFIED, scene.manager.id)
    assert sent.covers(clock.today())
    assert [e.action for e in list_entries_for(sent)] == ["catalogue.document.submitted", "catalogue.document.verified"]


def test_the_submitter_never_checks(scene: Scene) -> None:
    sent = documents.submit_document(organisation_id=scene.organisation.id, kind=K.RISK_ASSESSMENT, actor=scene.manager)
    for verb in (
        lambda: documents.verify_document(document_id=sent.id, actor=scene.manager),
        lambda: documents.reject_document(document_id=sent.id, reason="No.", actor=scene.manager),
    ):
        with pytest.raises(Forbidden):
            verb()
    assert db.session.get_one(Document, sent.id).state is DocumentState.SUBMITTED


def test_the_database_too_refuses_a_submitter_who_checks(scene: Scene) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        put(scene.organisation, K.RISK_ASSESSMENT, issued=None, expires=None,
            submitted_by_id=scene.manager.id, verified_by_id=scene.manager.id)
    db.session.rollback()


def test_a_document_is_decided_once(scene: Scene) -> None:
    sent = documents.submit_document(organisation_id=scene.organisation.id, kind=K.RISK_ASSESSMENT, actor=scene.partner)
    documents.reject_document(document_id=sent.id, reason="The second page is missing.", actor=scene.manager)
    with pytest.raises(IllegalMove):
        documents.verify_document(document_id=sent.id, actor=scene.manager)


def test_sending_back_needs_a_reason(scene: Scene) -> None:
    sent = documents.submit_document(organisation_id=scene.organisation.id, kind=K.RISK_ASSESSMENT, actor=scene.partner)
    with pytest.raises(Invalid) as refused:
        documents.reject_document(document_id=sent.id, reason="  ", actor=scene.manager)
    assert refused.value.field == "reason"


def test_only_the_safeguarding_lead_waives_and_only_for_a_while(scene: Scene) -> None:
    put_all(scene.organisation, K.SAFEGUARDING_POLICY)
    today = clock.today()

    def waive(actor: Person, until: date, reason: str = "The board meets on Monday.") -> Document:
        return documents.waive_document(
            organisation_id=scene.organisation.id, kind=K.SAFEGUARDING_POLICY, until=until, reason=reason, actor=actor
        )

    with pytest.raises(Forbidden):
        waive(scene.manager, today)
    for until, reason, field in ((today - timedelta(days=1), "x", "until"), (today + timedelta(days=93), "x", "until"), (today, "", "reason")):
        with pytest.raises(Invalid) as refused:
            waive(scene.safeguarding, until, reason)
        assert refused.value.field == field
    waive(scene.safeguarding, today + timedelta(days=10))
    assert gaps(scene.organisation, 10) == []
    assert gaps(scene.organisation, 11) == [(K.SAFEGUARDING_POLICY, GapCause.EXPIRES)]


def test_a_safeguarding_lead_of_another_zone_cannot_waive(scene: Scene) -> None:
    elsewhere = factories.make_person(Role.SAFEGUARDING_LEAD, factories.make_zone())
    with pytest.raises(Forbidden):
        documents.waive_document(
            organisation_id=scene.organisation.id, kind=K.SHARED_VALUES, until=clock.today(), reason="x", actor=elsewhere
        )


@pytest.mark.parametrize(("given", "field"), [
    ({"kind": K.DBS}, "practitioner_id"), ({"kind": K.PUBLIC_LIABILITY, "expires_on": date(2020, 1, 1)}, "expires_on"),
    ({"kind": K.PUBLIC_LIABILITY, "issued_on": date(2100, 1, 1)}, "issued_on"),
])
def test_a_document_that_cannot_be_is_refused_at_its_field(scene: Scene, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        documents.submit_document(organisation_id=scene.organisation.id, actor=scene.partner, **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_of_a_dbs_check_only_the_last_four_digits_are_kept(scene: Scene) -> None:
    practitioner = factories.make_practitioner(scene.organisation, with_dbs=False)
    with pytest.raises(Invalid) as refused:
        documents.submit_document(
            organisation_id=scene.organisation.id, kind=K.DBS, practitioner_id=practitioner.id, reference="001234567890",
            level="enhanced", actor=scene.partner,
        )
    assert refused.value.field == "reference"
    documents.submit_document(
        organisation_id=scene.organisation.id, kind=K.DBS, practitioner_id=practitioner.id, reference="7890", actor=scene.partner
    )


def test_documents_about_to_run_out_are_listed_unless_a_newer_one_follows(scene: Scene) -> None:
    today = clock.today()
    put(scene.organisation, K.SHARED_VALUES, issued=None, expires=today + timedelta(days=20))
    last = put(scene.organisation, K.DATA_AGREEMENT, issued=None, expires=today + timedelta(days=30))
    put(scene.organisation, K.SHARED_VALUES, issued=None, expires=today + timedelta(days=300))
    put(factories.make_organisation(factories.make_zone(), with_documents=False), K.DATA_AGREEMENT, issued=None,
        expires=today + timedelta(days=5))
    assert list(queries.list_expiring_documents(scene.zone.id, within_days=60)) == [last]
    assert list(queries.list_expiring_documents(scene.zone.id, within_days=29)) == []
