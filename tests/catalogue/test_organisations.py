"""Organisations and practitioners: names, states, and who sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Person, Role, Zone
from app.audit.queries import list_entries_for
from app.catalogue import policies, queries
from app.catalogue.evidence import DocumentsLapsed
from app.catalogue.models import Organisation, PartnerState
from app.catalogue.services import organisations, practitioners
from app.catalogue.services.organisations import OrganisationFacts
from app.shared.errors import IllegalMove, Invalid, NotFound
from tests import factories

S = PartnerState


@pytest.fixture
def zone(app: Flask) -> Zone:
    return factories.make_zone()


@pytest.fixture
def manager(zone: Zone) -> Person:
    return factories.make_person(Role.ZONE_MANAGER, zone)


def test_a_partner_starts_by_applying_and_its_coming_is_written_down(zone: Zone, manager: Person) -> None:
    added = organisations.add_organisation(zone_id=zone.id, facts=OrganisationFacts(name="Westway Beats"), actor=manager)
    assert added.state is S.APPLYING
    assert [e.action for e in list_entries_for(added)] == ["catalogue.organisation.added"]


def test_two_organisations_of_a_zone_cannot_share_a_name_but_two_zones_can(zone: Zone, manager: Person) -> None:
    facts = OrganisationFacts(name="Westway Beats")
    organisations.add_organisation(zone_id=zone.id, facts=facts, actor=manager)
    with pytest.raises(Invalid) as refused:
        organisations.add_organisation(zone_id=zone.id, facts=OrganisationFacts(name="WESTWAY beats"), actor=manager)
    assert refused.value.field == "name"
    elsewhere = factories.make_zone()
    organisations.add_organisation(zone_id=elsewhere.id, facts=facts, actor=factories.make_person(Role.ZONE_MANAGER, elsewhere))


def test_an_edit_writes_down_what_changed_and_nothing_when_nothing_did(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone, name="Old name")
    facts = OrganisationFacts(name="New name", contact_name="Ama")
    organisations.edit_organisation(organisation_id=organisation.id, facts=facts, actor=manager)
    organisations.edit_organisation(organisation_id=organisation.id, facts=facts, actor=manager)
    (entry,) = list_entries_for(organisation)
    assert entry.details["fields"] == ["name", "contact_name"]


def test_a_partner_walks_along_its_states_and_each_step_is_written_down(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone, state=S.APPLYING)
    for to in (S.IN_REVIEW, S.APPROVED, S.LIVE):
        organisations.move_organisation(organisation_id=organisation.id, to=to, actor=manager)
    assert [(e.from_state, e.to_state) for e in list_entries_for(organisation)] == [
        ("applying", "in_review"), ("in_review", "approved"), ("approved", "live"),
    ]


def test_a_step_that_is_not_in_the_table_is_refused(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone, state=S.APPLYING)
    with pytest.raises(IllegalMove):
        organisations.move_organisation(organisation_id=organisation.id, to=S.LIVE, actor=manager)


def test_nobody_is_approved_or_live_without_current_documents(zone: Zone, manager: Person) -> None:
    for here, there in ((S.IN_REVIEW, S.APPROVED), (S.SUSPENDED, S.LIVE)):
        organisation = factories.make_organisation(zone, with_documents=False, state=here)
        with pytest.raises(DocumentsLapsed):
            organisations.move_organisation(organisation_id=organisation.id, to=there, actor=manager)


@pytest.mark.parametrize("to", [S.RESTRICTED, S.SUSPENDED, S.LEFT])
def test_stopping_needs_a_reason_and_nothing_else(zone: Zone, manager: Person, to: PartnerState) -> None:
    organisation = factories.make_organisation(zone, with_documents=False)
    with pytest.raises(Invalid) as refused:
        organisations.move_organisation(organisation_id=organisation.id, to=to, actor=manager)
    assert refused.value.field == "reason"
    organisations.move_organisation(organisation_id=organisation.id, to=to, actor=manager, reason="Their insurance ran out.")
    assert list_entries_for(organisation)[-1].reason == "Their insurance ran out."


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.BUDGET_HOLDER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD])
def test_people_of_a_zone_see_its_organisations_and_nobody_elses(zone: Zone, role: Role) -> None:
    person = factories.make_person(role, zone, school=factories.make_school(zone) if role is Role.SCHOOL_LEAD else None)
    own, other = factories.make_organisation(zone), factories.make_organisation(factories.make_zone())
    assert queries.get_organisation(own.id, person) == own
    with pytest.raises(NotFound):
        queries.get_organisation(other.id, person)
    assert list(queries.list_organisations(person)) == [own]


def test_who_applies_or_has_left_is_between_the_manager_and_themselves(zone: Zone, manager: Person) -> None:
    applying = factories.make_organisation(zone, state=S.APPLYING)
    themselves = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=applying)
    link_worker = factories.make_person(Role.LINK_WORKER, zone)
    for person in (manager, themselves):
        assert queries.get_organisation(applying.id, person) == applying
    with pytest.raises(NotFound):
        queries.get_organisation(applying.id, link_worker)


def test_a_role_that_has_ended_shows_nothing(zone: Zone) -> None:
    organisation = factories.make_organisation(zone)
    with pytest.raises(NotFound):
        queries.get_organisation(organisation.id, factories.make_person())


def powers(person: Person, organisation: Organisation) -> list[bool]:
    return [policy(person, organisation) for policy in (
        policies.can_edit_organisation, policies.can_move_organisation, policies.can_submit_document, policies.can_see_documents,
        policies.can_waive_document,
    )]


def test_powers_over_an_organisation_by_role(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone)
    admin = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=organisation)
    practitioner = factories.make_person(Role.PRACTITIONER, zone, organisation=organisation)
    other = factories.make_person(Role.PARTNER_ADMIN, zone, organisation=factories.make_organisation(zone))
    elsewhere = factories.make_person(Role.ZONE_MANAGER, factories.make_zone())
    assert powers(manager, organisation) == [True, True, True, True, False]
    assert powers(admin, organisation) == [True, False, True, True, False]
    assert powers(factories.make_person(Role.SAFEGUARDING_LEAD, zone), organisation) == [False, False, False, True, True]
    for person in (practitioner, other, elsewhere, factories.make_person(Role.LINK_WORKER, zone)):
        assert powers(person, organisation) == [False] * 5


def test_two_practitioners_of_an_organisation_cannot_share_a_name(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone)
    practitioners.add_practitioner(organisation_id=organisation.id, name="Theo Brown", actor=manager)
    with pytest.raises(Invalid) as refused:
        practitioners.add_practitioner(organisation_id=organisation.id, name="theo brown", actor=manager)
    assert refused.value.field == "name"
    other = practitioners.add_practitioner(organisation_id=organisation.id, name="Theo Brown-Price", actor=manager)
    with pytest.raises(Invalid):
        practitioners.edit_practitioner(
            practitioner_id=other.id, name="Theo Brown", title="", works_alone=True, left_on=None, actor=manager
        )


def test_working_alone_is_written_down_when_it_changes(zone: Zone, manager: Person) -> None:
    organisation = factories.make_organisation(zone)
    somebody = practitioners.add_practitioner(organisation_id=organisation.id, name="Theo", actor=manager)
    practitioners.edit_practitioner(practitioner_id=somebody.id, name="Theo", title="", works_alone=True, left_on=None, actor=manager)
    assert list_entries_for(somebody)[-1].details["fields"] == ["works_alone"]
