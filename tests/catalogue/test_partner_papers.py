"""A partner's papers: files, signatures of both sides, warnings in time, and a lapse that acts and ends by itself."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from app.accounts.models import Person
from app.catalogue import files, queries
from app.catalogue.evidence import DocumentsLapsed
from app.catalogue.models import (
    REQUIRED_DOCUMENTS,
    Document,
    DocumentKind,
    DocumentState,
    Lapse,
    OfferingState,
    Organisation,
    OrganisationKind,
    Paper,
    PartnerState,
)
from app.catalogue.services import (
    agreements,
    documents,
    invitations,
    lapses,
    offerings,
    organisations,
    practitioners,
)
from app.notifications import services as notifications
from app.notifications.models import OutboxMessage, Task
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from tests import factories
from tests.catalogue.test_documents import Scene, put, scene

__all__ = ["scene"]
K, S = DocumentKind, PartnerState
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def state_of(scene: Scene) -> PartnerState:
    db.session.rollback()
    return db.session.get_one(Organisation, scene.organisation.id).state


def in_order(scene: Scene, **expires: int) -> None:
    """Every required document, to run out in so many days (800 unless said)."""
    for kind in REQUIRED_DOCUMENTS:
        put(scene.organisation, kind, issued=clock.today() - timedelta(days=5), expires=clock.today() + timedelta(days=expires.get(kind, 800)))


def renew(scene: Scene, kind: DocumentKind) -> Document:
    sent = documents.submit_document(
        organisation_id=scene.organisation.id, kind=kind, issued_on=clock.today(), expires_on=clock.today() + timedelta(days=365), actor=scene.partner
    )
    return documents.verify_document(document_id=sent.id, actor=scene.manager)


def test_a_paper_is_told_by_what_it_is_and_kept_under_a_name_of_ours(scene: Scene) -> None:
    given = {"organisation_id": scene.organisation.id, "actor": scene.partner}
    folder = current_app.config["SETTINGS"].data_dir / "papers"
    others = set(folder.rglob("*.*"))
    for content, kind in ((b"MZ\x90 not a paper", K.RISK_ASSESSMENT), (b"%PDF-1.7 cut", K.RISK_ASSESSMENT), (b"%PDF-" + b"0" * files.LARGEST, K.RISK_ASSESSMENT), (PDF, K.DBS)):
        with pytest.raises(Invalid):
            documents.submit_document(kind=kind, content=content, **given)  # type: ignore[arg-type]
    assert set(folder.rglob("*.*")) == others
    sent = documents.submit_document(kind=K.RISK_ASSESSMENT, content=PDF, **given)  # type: ignore[arg-type]
    paper = queries.papers_of(scene.organisation.id)[sent.id]
    kept = files.PAPERS.path_of(current_app.config["SETTINGS"].data_dir, paper.name)
    assert (files.PAPERS.read(current_app.config["SETTINGS"].data_dir, paper.name), kept.stat().st_mode & 0o777) == (PDF, 0o600)
    assert PDF not in kept.read_bytes(), "it lies sealed"
    with pytest.raises(Invalid):  # refused for its days: the file goes again
        documents.submit_document(kind=K.RISK_ASSESSMENT, content=PDF, expires_on=clock.today() - timedelta(days=1), **given)  # type: ignore[arg-type]
    assert [path.name for path in set(folder.rglob("*.*")) - others] == [paper.name]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Paper)) == 1


def test_both_sides_sign_and_a_new_version_asks_again(scene: Scene) -> None:
    text = agreements.publish_agreement(zone_id=scene.zone.id, kind=K.SHARED_VALUES, text="We listen first.", actor=scene.manager)
    sign = {"agreement_id": text.id, "organisation_id": scene.organisation.id}
    with pytest.raises(Forbidden):
        agreements.sign_agreement(**sign, name="Sam", actor=scene.safeguarding)  # type: ignore[arg-type]
    for _ in range(2):
        agreements.sign_agreement(**sign, name="Theo Brown", actor=scene.partner)  # type: ignore[arg-type]
    assert K.SHARED_VALUES in {gap.kind for gap in _gaps(scene)}
    agreements.sign_agreement(**sign, name="Maya", actor=scene.manager)  # type: ignore[arg-type]
    [document] = db.session.scalars(sa.select(Document).where(Document.organisation_id == scene.organisation.id)).all()
    assert (document.state, document.submitted_by_id, document.verified_by_id) == (DocumentState.VERIFIED, scene.partner.id, scene.manager.id)
    until = clock.today() + timedelta(days=30)
    newer = agreements.publish_agreement(zone_id=scene.zone.id, kind=K.SHARED_VALUES, text="We listen first, and last.", sign_by_on=until, actor=scene.manager)
    db.session.expire_all()
    assert (newer.number, db.session.get_one(Document, document.id).expires_on) == (2, until)
    with pytest.raises(Invalid, match="newer version"):
        agreements.sign_agreement(**sign, name="Theo Brown", actor=scene.partner)  # type: ignore[arg-type]


def _gaps(scene: Scene) -> list[lapses.Gap]:
    return queries.document_gaps(scene.organisation.id, on=clock.today(), through=clock.today())


def test_a_lapse_restricts_or_suspends_by_itself_and_a_renewal_restores(scene: Scene) -> None:
    for kind, state in ((K.DATA_AGREEMENT, S.RESTRICTED), (K.PUBLIC_LIABILITY, S.SUSPENDED)):
        db.session.rollback()
        db.session.execute(sa.text("SELECT 1"))
        in_order(scene, **{kind: 10})
        lapses.sweep()
        assert state_of(scene) is S.LIVE, kind
        with clock.freeze(clock.now() + timedelta(days=12)):
            for _ in range(2):
                lapses.sweep()
            assert state_of(scene) is state, kind
            renew(scene, kind)
            assert state_of(scene) is S.LIVE, kind
        _clear(scene)


def _clear(scene: Scene) -> None:
    from app.shared.db import atomic

    with atomic():
        for model in (Lapse, Document):
            db.session.execute(sa.delete(model).where(model.organisation_id == scene.organisation.id))


def test_what_was_never_there_is_no_lapse_and_a_manager_keeps_the_last_word(scene: Scene) -> None:
    lapses.sweep()
    assert state_of(scene) is S.LIVE  # papers missing from the start stop new work elsewhere; nothing lapsed
    in_order(scene, public_liability=1)
    with clock.freeze(clock.now() + timedelta(days=3)):
        lapses.sweep()
        organisations.move_organisation(organisation_id=scene.organisation.id, to=S.LEFT, reason="They closed.", actor=scene.manager)
        renew(scene, K.PUBLIC_LIABILITY)
    assert state_of(scene) is S.LEFT


def test_warnings_go_out_once_at_each_of_the_five_days(scene: Scene) -> None:
    in_order(scene, safeguarding_policy=70)
    said: list[int] = []
    for day in (0, 9, 10, 11, 40, 41, 56, 63, 64, 69, 70):
        with clock.freeze(clock.now() + timedelta(days=day)):
            lapses.sweep()
            lapses.sweep()
        db.session.rollback()
        letters = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.topic == lapses.LETTER)).all()
        said = sorted({letter.payload["step"] for letter in letters if letter.payload["person"] == str(scene.partner.id)})
    assert said == sorted(lapses.WARN_AT)
    mine = sa.select(Task).where(Task.person_id == scene.partner.id, Task.kind == lapses.EXPIRING, Task.closed_at.is_(None))
    assert len(db.session.scalars(mine).all()) == 1
    renew(scene, K.SAFEGUARDING_POLICY)
    assert db.session.scalars(mine).all() == []


def test_a_partner_comes_in_by_invitation_and_work_alone_needs_two_names(scene: Scene) -> None:
    joined = invitations.invite_partner(
        zone_id=scene.zone.id, name="Little Steps", contact_name="Ada Vale", email="ada@example.org", actor=scene.manager
    )
    assert (joined.state, joined.kind) == (S.INVITED, OrganisationKind.PARTNER)
    ada = db.session.scalars(sa.select(Person).where(Person.email == "ada@example.org")).one()
    factories.make_practitioner(joined, name="Ada Vale", works_alone=True)
    with pytest.raises(DocumentsLapsed):
        organisations.send_for_review(organisation_id=joined.id, actor=ada)
    sent = [
        documents.submit_document(organisation_id=joined.id, kind=kind, issued_on=clock.today(), expires_on=clock.today() + timedelta(days=300), actor=ada)
        for kind in REQUIRED_DOCUMENTS
    ]
    organisations.send_for_review(organisation_id=joined.id, actor=ada)
    asked = {task.person_id: task.kind for task in db.session.scalars(sa.select(Task).where(Task.subject_id == joined.id))}
    assert asked == {scene.manager.id: organisations.REVIEW, scene.safeguarding.id: organisations.COUNTER_SIGN}
    for document in sent:
        documents.verify_document(document_id=document.id, actor=scene.manager)
    with pytest.raises(organisations.NotCounterSigned):
        organisations.move_organisation(organisation_id=joined.id, to=S.APPROVED, actor=scene.manager)
    with pytest.raises(Forbidden):
        organisations.counter_sign(organisation_id=joined.id, words="Saw it.", actor=scene.manager)
    organisations.counter_sign(organisation_id=joined.id, words="Saw the room.", actor=scene.safeguarding)
    for state in (S.APPROVED, S.LIVE):
        organisations.move_organisation(organisation_id=joined.id, to=state, actor=scene.manager)
    assert db.session.get_one(Organisation, joined.id).state is S.LIVE


def asked() -> list[uuid.UUID]:
    """Who has to sign for work alone with a child."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Task.person_id).where(Task.kind == organisations.COUNTER_SIGN, Task.closed_at.is_(None))))


def test_one_to_one_work_published_after_joining_comes_before_the_safeguarding_lead_too(scene: Scene) -> None:
    in_order(scene)
    joined = scene.organisation
    cases: tuple[tuple[dict[str, Any], bool], ...] = (
        ({"title": "Choir", "group_size": 12}, False), ({"title": "Piano", "group_size": 1}, True),
        ({"title": "Art therapy", "group_size": 6}, True), ({"title": "Reading, 1:1", "group_size": 6}, True),
    )
    for given, is_alone in cases:
        offering = factories.make_offering(joined, state=OfferingState.PAUSED, **given)
        factories.make_tariff(offering)
        offerings.publish_offering(offering_id=offering.id, actor=scene.partner)
        assert asked() == ([scene.safeguarding.id] if is_alone else []), given
        with atomic():
            notifications.close_tasks(kind=organisations.COUNTER_SIGN, subject=joined, why="The next case")
    organisations.counter_sign(organisation_id=joined.id, words="Saw the room.", actor=scene.safeguarding)
    offerings.pause_offering(offering_id=offering.id, actor=scene.partner)
    offerings.publish_offering(offering_id=offering.id, actor=scene.partner)
    assert asked() == [], "once signed, for good"


def test_a_partner_that_begins_to_work_alone_later_comes_before_the_safeguarding_lead_too(scene: Scene) -> None:
    joined = scene.organisation
    practitioners.add_practitioner(organisation_id=joined.id, name="Bo Hale", actor=scene.partner)
    assert asked() == [], "together with colleagues nobody has to sign"
    mo = practitioners.add_practitioner(organisation_id=joined.id, name="Mo Vale", works_alone=True, actor=scene.partner)
    assert asked() == [scene.safeguarding.id]
    organisations.counter_sign(organisation_id=joined.id, words="Saw the room.", actor=scene.safeguarding)
    for alone in (False, True):
        practitioners.edit_practitioner(practitioner_id=mo.id, name="Mo Vale", title="", works_alone=alone, left_on=None, actor=scene.partner)
    assert asked() == [], "once signed, for good"


def test_a_paper_is_only_for_those_who_may_see_papers(scene: Scene, app: Flask) -> None:
    from tests.support.client import StrictClient
    from tests.support.people import sign_in

    sent = documents.submit_document(organisation_id=scene.organisation.id, kind=K.RISK_ASSESSMENT, content=PDF, actor=scene.partner)
    paper_id = queries.papers_of(scene.organisation.id)[sent.id].id
    stranger = factories.make_person(scene.partner.main_grant.role, scene.zone, organisation=factories.make_organisation(scene.zone))  # type: ignore[union-attr]
    for person, status in ((scene.partner, 200), (scene.manager, 200), (stranger, 404)):
        client = StrictClient(app)
        sign_in(client, person)
        answer = client.get(f"/papers/{paper_id}")
        assert answer.status_code == status, person.name
        if status == 200:
            headers = answer.headers
            assert headers["Content-Disposition"] == "attachment; filename=risk_assessment.pdf"
            assert "sandbox" in headers["Content-Security-Policy"] and headers["X-Content-Type-Options"] == "nosniff"
            assert answer.data == PDF
