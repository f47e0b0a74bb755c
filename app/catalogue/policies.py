"""Who may do what in the catalogue. Pure: no database, no Flask. Sight is in queries; these are about power."""

from __future__ import annotations

import uuid

from app.accounts.models import Person, Role
from app.catalogue.models import (
    Agreement,
    Cohort,
    Contact,
    Document,
    Merge,
    NotDuplicate,
    Offering,
    Organisation,
    Paper,
    Photo,
    Practitioner,
    Proposal,
    Series,
    Session,
    Site,
)
from app.catalogue.models.finding import GapNote, SavedSearch


def can_browse(person: Person) -> bool:
    """Search and read: anybody with a role in some Zone."""
    return bool(person.is_authenticated) and bool(person.zone_ids())


def can_see_organisation(person: Person, organisation: Organisation) -> bool:
    return organisation.zone_id in person.zone_ids()


def can_see_offering(person: Person, offering: Offering) -> bool:
    return offering.zone_id in person.zone_ids()


def _runs(person: Person, organisation_id: uuid.UUID, zone_id: uuid.UUID) -> bool:
    """The Zone's manager, or the organisation's own administrator."""
    return person.manages(zone_id) or organisation_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_add_organisation(person: Person) -> bool:
    return person.has_role(Role.ZONE_MANAGER)


def can_edit_organisation(person: Person, organisation: Organisation) -> bool:
    return _runs(person, organisation.id, organisation.zone_id)


def can_move_organisation(person: Person, organisation: Organisation) -> bool:
    return person.manages(organisation.zone_id)


def can_see_documents(person: Person, organisation: Organisation) -> bool:
    """The papers themselves; everybody else sees only whether all is in order."""
    return _runs(person, organisation.id, organisation.zone_id) or can_waive_document(person, organisation)


def can_submit_document(person: Person, organisation: Organisation) -> bool:
    return _runs(person, organisation.id, organisation.zone_id)


def can_check_document(person: Person, document: Document) -> bool:
    """The Zone's manager or safeguarding lead. The submitter never checks: the service refuses that with a sentence."""
    return person.manages(document.organisation.zone_id) or can_waive_document(person, document.organisation)


def can_waive_document(person: Person, organisation: Organisation) -> bool:
    """The Zone's safeguarding lead; a school's own acts for that school alone."""
    zone_id = organisation.zone_id
    return any(g.role is Role.SAFEGUARDING_LEAD and g.zone_id == zone_id and g.school_id is None for g in person.live_grants)


def can_see_agreements(person: Person, organisation: Organisation) -> bool:
    return can_see_documents(person, organisation)


def signs_for_partner(person: Person, organisation: Organisation) -> bool:
    return organisation.id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_sign_agreement(person: Person, organisation: Organisation, agreement: Agreement) -> bool:
    """The organisation's administrator for it, the Zone manager for the charity."""
    return agreement.zone_id == organisation.zone_id and _runs(person, organisation.id, organisation.zone_id)


def can_publish_agreements(person: Person) -> bool:
    return person.has_role(Role.ZONE_MANAGER)


can_counter_sign = can_waive_document


def can_see_paper(person: Person, paper: Paper) -> bool:
    return can_see_documents(person, paper.document.organisation)


def can_add_practitioner(person: Person, organisation: Organisation) -> bool:
    return _runs(person, organisation.id, organisation.zone_id)


def can_edit_practitioner(person: Person, practitioner: Practitioner) -> bool:
    return _runs(person, practitioner.organisation_id, practitioner.organisation.zone_id)


def can_add_offering(person: Person, organisation: Organisation) -> bool:
    return _runs(person, organisation.id, organisation.zone_id)


def can_edit_offering(person: Person, offering: Offering) -> bool:
    return _runs(person, offering.organisation_id, offering.zone_id)


def can_confirm_offering(person: Person, offering: Offering) -> bool:
    """Saying that it is still right: whoever runs it, and a Link Worker of the Zone who has just asked."""
    return can_edit_offering(person, offering) or person.has_role(Role.LINK_WORKER, zone_id=offering.zone_id)


def can_confirm_organisation(person: Person, organisation: Organisation) -> bool:
    """Like an offering: whoever runs it, and a Link Worker of the Zone who has just asked."""
    return can_edit_organisation(person, organisation) or person.has_role(Role.LINK_WORKER, zone_id=organisation.zone_id)


def can_edit_site(person: Person, site: Site) -> bool:
    return can_edit_organisation(person, site.organisation)


def can_edit_contact(person: Person, contact: Contact) -> bool:
    return can_edit_organisation(person, contact.organisation)


def can_see_photo(person: Person, photo: Photo) -> bool:
    """Whoever may see what it shows: the loader finds no other."""
    return bool(person.zone_ids())


def can_edit_series(person: Person, series: Series) -> bool:
    return can_edit_cohort(person, series.cohort)


def can_find_duplicates(person: Person) -> bool:
    return person.has_role(Role.ZONE_MANAGER)


def can_merge_offerings(person: Person, offering: Offering, other: Offering) -> bool:
    return person.manages(offering.zone_id) and person.manages(other.zone_id)


def can_merge_organisations(person: Person, organisation: Organisation, other: Organisation) -> bool:
    return person.manages(organisation.zone_id) and person.manages(other.zone_id)


def can_undo_merge(person: Person, merge: Merge) -> bool:
    return person.manages(merge.zone_id)


def can_look_again(person: Person, mark: NotDuplicate) -> bool:
    return person.manages(mark.zone_id)


def can_set_tariff(person: Person, offering: Offering) -> bool:
    """A price is agreed with the charity, so its Zone manager writes it down."""
    return person.manages(offering.zone_id)


def can_propose_price(person: Person, offering: Offering) -> bool:
    """Whoever runs it: the Zone manager's is in force at once, the partner's is a proposal."""
    return can_edit_offering(person, offering)


def can_list_proposals(person: Person) -> bool:
    return person.has_role(Role.ZONE_MANAGER, Role.PARTNER_ADMIN)


def can_see_proposal(person: Person, proposal: Proposal) -> bool:
    return _runs(person, proposal.organisation_id, proposal.zone_id)


def can_answer_proposal(person: Person, proposal: Proposal) -> bool:
    """Never who made it."""
    return person.manages(proposal.zone_id) and person.id != proposal.made_by_id


def can_withdraw_proposal(person: Person, proposal: Proposal) -> bool:
    return proposal.organisation_id in person.organisation_ids(Role.PARTNER_ADMIN)


def can_add_cohort(person: Person, offering: Offering) -> bool:
    return can_edit_offering(person, offering)


def can_edit_cohort(person: Person, cohort: Cohort) -> bool:
    return can_edit_offering(person, cohort.offering)


def can_run_session(person: Person, session: Session) -> bool:
    return can_edit_offering(person, session.cohort.offering)


def can_hold_session(person: Person, session: Session) -> bool:
    """Taking a register says so: everybody who works for the organisation, and the Zone manager in its stead."""
    offering = session.cohort.offering
    return offering.organisation_id in person.organisation_ids() or person.manages(offering.zone_id)


def can_make_for_child(person: Person, organisation: Organisation) -> bool:
    """A programme for one child, from the offer that a brief was answered with: those who work with children of the Zone. The brief asks
    whose child it is."""
    return person.has_role(Role.LINK_WORKER, Role.ZONE_MANAGER, zone_id=organisation.zone_id)


def can_see_words(person: Person) -> bool:
    """What search takes for what: those who change it, and the Zone managers, who learn what was not found."""
    return person.has_role(Role.ADMINISTRATOR, Role.ZONE_MANAGER)


def can_edit_words(person: Person, *_: object) -> bool:
    """They hold for every Zone, so nobody of one Zone changes them."""
    return person.has_role(Role.ADMINISTRATOR)


def can_see_misses(person: Person, *_: object) -> bool:
    """What was looked for and not found, in one's own Zones."""
    return person.has_role(Role.ZONE_MANAGER)


def can_use_saved_search(person: Person, saved: SavedSearch) -> bool:
    """One's own, as long as one has a role in its Zone."""
    return saved.person_id == person.id and saved.zone_id in person.zone_ids()


def can_close_gap(person: Person, gap: GapNote) -> bool:
    return person.manages(gap.zone_id)
