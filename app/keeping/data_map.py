"""The map of data: for every table whom it is about, why it is kept, on which ground and for how long; for every column with text what stands in it;
and for every field of a form that fills no column of that name, what it is asked for.

docs/data-map.md is drawn from it (`make pictures`). A table, a column or a field that stands nowhere here fails tests/keeping/test_data_map.py.
Numbers, days, yes or no, ids and codes from a list are of their table's purpose and need no line of their own. Grounds and periods are a proposal
that the charity confirms (docs/dpia.md); `kept` is a code of retention.KINDS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    about: str
    why: str
    article_6: str
    article_9: str
    kept: str
    tables: str


SAFEGUARDING = "9(2)(g), DPA 2018 Sch. 1 para 18, or explicit consent"
NONE = "none: nothing of Article 9"
PURPOSES: Mapping[str, Purpose] = {
    "plan": Purpose(
        "children, their families", "to introduce the child to what helps", "legitimate interests or public task", SAFEGUARDING, "children",
        "child child_photo goal goal_review help_answer listening_note need note_tag one_page plan_saying plan_step refusal relationship "
        "relationship_moment voice carer caseload match_shown urgent_look",
    ),
    "figures": Purpose(
        "pupils, children", "to choose who is invited, and to see whether it helped", "public task, legitimate interests", SAFEGUARDING, "pupils",
        "pupil measure selection_decision teacher_view school_import",
    ),
    "consents": Purpose(
        "carers, children", "to share only what was agreed", "legal obligation", SAFEGUARDING, "children", "consent consent_objection gillick_note",
    ),
    "introductions": Purpose(
        "children, partners' people", "to bring them together, and to know whether it lasts", "contract, legitimate interests", SAFEGUARDING, "children",
        "introduction introduction_message view still_going signpost linking follow_up",
    ),
    "places": Purpose(
        "children, by reference to whoever pays", "to keep a place, and to pay for what was given", "contract, legitimate interests", SAFEGUARDING, "money",
        "place waiting together commission variation suspension brief brief_invite brief_offer decision mark disagreement",
    ),
    "money": Purpose(
        "children by id, partners, funders", "to pay, and to account for it", "legal obligation", NONE, "money",
        "fund fund_share journal posting session_price envelope approval_step delegation declared_interest statement statement_line "
        "payee payer payment payment_item payment_run run_approval take_back bank_detail bank_file cash_move invoice refund pay_settings stripe_event stripe_look",
    ),
    "concerns": Purpose(
        "children, whoever is named", "the safety of a child", "legal obligation, legitimate interests", "9(2)(g), DPA 2018 Sch. 1 para 18", "concerns",
        "concern concern_note",
    ),
    "duty": Purpose(
        "whoever complains, whom a breach concerns", "to answer for how data is handled", "legal obligation", SAFEGUARDING, "cases", "data_case data_case_note",
    ),
    "keeping": Purpose(
        "children", "to keep what must be kept, and to show that the rest went", "legal obligation", NONE, "trail", "legal_hold erasure retention_run",
    ),
    "hand-over": Purpose(
        "everybody in a Zone", "to hand a Zone over to another organisation", "legal obligation, contract", SAFEGUARDING, "hand_overs", "hand_over",
    ),
    "trail": Purpose(
        "staff, partners' people", "to know who did and saw what", "legal obligation, legitimate interests", NONE, "trail",
        "audit_entry sight audit_seal audit_head audit_redaction",
    ),
    "accounts": Purpose(
        "staff, partners' people", "to know who somebody is and what they may do", "legitimate interests", NONE, "trail",
        "person role_grant authenticator_app passkey recovery_code practitioner",
    ),
    "sign-ins": Purpose(
        "staff, partners' people", "to keep accounts from strangers", "legitimate interests: security", NONE, "sign_ins", "sign_in passkey_challenge throttle once_key",
    ),
    "tasks": Purpose("staff", "to say what waits for whom", "legitimate interests", NONE, "tasks", "task"),
    "letters": Purpose("staff, partners' people", "to send a letter once", "legitimate interests", NONE, "letters", "outbox"),
    "uploads": Purpose("children, pupils", "to read a file that somebody brought", "legitimate interests", SAFEGUARDING, "uploads", "import_draft"),
    "searches": Purpose("nobody", "to know what is looked for and not there", "legitimate interests", NONE, "searches", "search_miss"),
    "partners": Purpose(
        "partners' people at work", "to know what there is, who does it, and that it is safe", "contract, legitimate interests", NONE, "trail",
        "organisation contact document paper agreement agreement_signature counter_signature lapse photo proposal merge not_duplicate alike alike_look "
        "offering offering_text offering_change saved_search_offer cohort session series site tariff gap_note opened_view saved_search lexicon_concept lexicon_change "
        "imported_record import_mapping",
    ),
    "house": Purpose(
        "nobody", "how a Zone and its schools are set up", "legitimate interests", NONE, "trail",
        "zone school term closure school_mapping risk_scheme match_weights match_survey match_change postcode",
    ),
}

OPEN_TEXT: Mapping[str, str] = {
    "who somebody is, or how to reach them": (
        "child.first_name child.last_name child.known_as child.town child.ward child.postcode_area pupil.first_name pupil.last_name pupil.school_key "
        "relationship.name relationship.who carer.relation teacher_view.teacher plan_saying.said_by view.said_by view.told_to signpost.to_whom introduction.answered_by "
        "person.email person.name person.phone sign_in.address sign_in.browser audit_entry.actor_name audit_entry.actor_role "
        "match_survey.person_name lexicon_change.person_name match_weights.person_name organisation.contact_name organisation.email organisation.phone contact.name contact.title "
        "contact.email contact.phone practitioner.name practitioner.title agreement_signature.name payer.name payer.email payee.name throttle.key"
    ),
    "what somebody wrote; the form says that it is to name no child": (
        "commission.free_alternatives commission.end_reason suspension.reason variation.reason variation.answer decision.reason declared_interest.reason "
        "delegation.reason brief.title brief.text brief.goal brief.why brief.free_alternatives brief.end_reason brief_offer.words brief_offer.child_says "
        "brief_offer.parent_says brief_offer.their_words introduction.first_dates statement.held_why statement_line.query "
        "statement_line.answer invoice.why audit_entry.reason audit_entry.details sight.why task.title task.text task.closed_why session.cancel_reason "
        "lapse.why document.reason proposal.why proposal.word proposal.before proposal.after counter_signature.words organisation.about contact.note "
        "gap_note.note gap_note.closed_why bank_detail.checked_how payment.held_code cohort.name measure.why_ended fund.purpose"
    ),
    "what a child is like or may do, in codes and lists": (
        "child.reference child.school_year child.gender child.region child.interests child.strengths child.audiences child.windows "
        "child.languages child.sibling_ages carer.language erasure.pseudonym goal.area need.code one_page.likes one_page.working_on "
        "plan_step.area pupil.school_year consent.fields consent.language measure.code note_tag.word selection_decision.met gillick_note.fields "
        "gillick_note.language introduction.warmth_answer view.language commission.need_code brief.days brief.area brief.year_group "
        "brief.need_code"
    ),
    "what is offered, where and when; how Zones and schools are called": (
        "postcode.code postcode.place zone.slug zone.name zone.region zone.council_phone agreement.text organisation.name organisation.website "
        "organisation.address organisation.postcode organisation.source school.name school.town school.ward school.postcode closure.name "
        "fund.name fund.funder fund.ward fund.postcode_area site.name site.address site.town site.postcode site.how_to_get_there "
        "site.accessibility site.access_note term.name offering.title offering.description offering.interests offering.needs offering.eligibility "
        "offering.town offering.postcode offering.postcode_area offering.region offering.slots offering.languages offering.accessibility "
        "offering.how_to_get_there offering.source cohort.venue offering_text.title offering_text.tags offering_text.needs offering_text.provider "
        "offering_text.place offering_text.facts offering_text.body offering_text.words offering_text.lexemes offering_text.vocabulary "
        "offering_text.kind offering_text.delivery offering_text.region offering_text.languages offering_text.interests offering_text.town "
        "photo.alt tariff.payable series.start series.end series.exceptions posting.funder brief_offer.weekday brief_offer.starts "
        "brief_offer.ends"
    ),
    "a key, a hash or a token, or an address of Kith or of another service": (
        "lexicon_concept.key "
        "audit_head.hash audit_head.signature audit_redaction.rest audit_seal.hash once_key.key outbox.dedupe outbox.lease_token "
        "person.password_hash stripe_event.id stripe_event.kind stripe_event.object_id stripe_event.body stripe_look.unexplained alike_look.print "
        "hand_over.file_name import_draft.file_name import_mapping.header_print imported_record.source_ref imported_record.prints journal.key "
        "organisation.source_ref passkey.credential_id passkey.public_key passkey_challenge.token_hash passkey_challenge.challenge "
        "payee.stripe_account payer.stripe_customer recovery_code.code_hash sign_in.token_hash bank_file.sha256 child.source_ref "
        "invoice.stripe_invoice invoice.stripe_number invoice.page school_import.file_name offering.source_ref payment.destination "
        "payment.transfer_id payment.idempotency_key payment.lease_token refund.idempotency_key refund.stripe_refund refund.stripe_status "
        "task.url cash_move.key offering_text.source_ref paper.name paper.digest photo.name take_back.reversal_id take_back.idempotency_key "
        "mark.client_key disagreement.client_key"
    ),
    "a code or a kind from a list, a count, a report or a reference": (
        "audit_redaction.of_table audit_seal.of_table once_key.result_table outbox.topic outbox.payload sight.what alike.parts audit_entry.action "
        "audit_entry.subject_type audit_entry.from_state audit_entry.to_state hand_over.ended_why import_draft.source import_draft.report "
        "import_draft.preset import_draft.outline import_draft.rules import_mapping.preset import_mapping.rules imported_record.source "
        "journal.kind journal.reference match_survey.found match_weights.hundredths merge.moved pay_settings.profile pay_settings.columns "
        "pay_settings.originator_ends pay_settings.codes payment_run.barred retention_run.found risk_scheme.criteria bank_detail.ends_with "
        "bank_file.profile child.source contact.purposes fund.gender fund.need_area school_import.preset school_import.rules "
        "school_import.choices school_import.counts school_mapping.preset school_mapping.rules document.reference document.level "
        "payment.reference payment.paid_reference task.kind task.subject_type task.action task.icon voice.source cash_move.reference consent.how "
        "proposal.subject_type take_back.reference gillick_note.how view.how statement_line.what statement_line.parts"
    ),
    "what somebody typed or a file brought, about no child": (
        "gap_note.asked gap_note.typed lexicon_change.after lexicon_change.before lexicon_change.what lexicon_concept.name lexicon_concept.near "
        "lexicon_concept.needs lexicon_concept.same lexicon_concept.without saved_search.asked saved_search.name search_miss.asked "
        "search_miss.taken_as search_miss.typed "
        "outbox.last_error import_draft.mapping_name import_draft.trouble import_mapping.name merge.kept_before merge.kept_after "
        "merge.gone_before passkey.name bank_file.name refund.why_not take_back.why_not"
    ),
    "sealed with a key of its own": (
        "authenticator_app.sealed_seed pay_settings.originator bank_detail.sealed bank_file.sealed"
    ),
}
"""Every column with text, lists or bytes that is not sealed by app/shared/sealing.py, by what stands in it."""

FIELDS: Mapping[str, str] = {
    "which of the sessions that are planned already stay as they are": "stays",
    "which page somebody saw, so that a stale click is noticed": "seen seen_version once packed take",
    "who somebody is, at sign-in and before weighty things": "password current answer code",
    "what a Zone weighs when offerings are ranked": (
        "about apart busy calm free fresh friends interest known made_for meaning meant no not_worked peers set_aside setting worked words text"
    ),
    "which figures, and from where on, say that a pupil is invited": (
        "on_attendance on_maths on_maths_level on_reading on_reading_level on_sdq_emotional on_sdq_peer on_sdq_total on_worry_academic on_worry_emotional "
        "on_worry_social"
    ),
    "a figure of the child, kept as `measure`": (
        "attendance maths maths_level reading reading_level sdq_conduct sdq_emotional sdq_hyperactivity sdq_impact sdq_peer sdq_prosocial sdq_total "
        "worry_academic worry_emotional worry_social"
    ),
    "what each kind of mark is paid, kept as `tariff.payable`": "absent_told absent_untold attended excused late left_early session_cancelled",
    "a day, a time, a place or a person of the thing, kept under a longer name": (
        "agreed_by agreed_on also_until by capacity changed_on delta ends_on hours known_on meeting_on meeting_time on people place position read_on "
        "right sees_until sessions slug term to to_id until who with_id account account_name sort_code reference payment way pick step rows table"
    ),
    "what the child, a carer or a colleague said, kept as `words` of its table": (
        "carer_stance carer_words child_stance child_words decision done fields invited language meets changes near needs need note note_to_link_worker "
        "note_to_partner nothing_told query reason why word words_said words_written"
    ),
    "a yes or a no that lets the verb go on, kept in the trail or as a day": (
        "at_todays_price closes free_shown ico is_childs_yes is_reached join_waiting_list looked_at nobody stamp together"
    ),
    "a file that is read and not kept, or kept under a name of Kith's": "file",
    "the charity's own account and the codes of its accounting program": (
        "own_account own_name own_sort_code sage_nominal sage_tax service_user xero_account xero_tax email"
    ),
}
