"""Organisations: the list, one page each, their state and their people."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts import sessions
from app.catalogue import policies, proposed, queries, shown, words
from app.catalogue.forms import MoveForm, OrganisationForm, PractitionerForm
from app.catalogue.history import history_of
from app.catalogue.models import (
    AGREED_KINDS,
    OFFERING_KIND_WORDS,
    PARTNER_MOVES,
    MergeKind,
    Organisation,
    OrganisationKind,
    PartnerState,
    Practitioner,
    ProposalKind,
)
from app.catalogue.routes.blueprint import blueprint, home_of
from app.catalogue.routes.finding import find_zone
from app.catalogue.routes.offerings import said
from app.catalogue.services import organisations as verbs
from app.catalogue.services import practitioners, proposals
from app.catalogue.services.organisations import OrganisationFacts
from app.shared import clock
from app.shared.web import act, allow, submit

STATE_TONES = {
    PartnerState.LIVE: "go", PartnerState.APPROVED: "info", PartnerState.RESTRICTED: "gently", PartnerState.SUSPENDED: "stop",
    PartnerState.IN_REVIEW: "gently", PartnerState.APPLYING: "info", PartnerState.INVITED: "info", PartnerState.LEFT: "none",
}


@blueprint.get("/organisations", endpoint="organisations")
@allow(policies.can_browse)
def organisation_list() -> ResponseReturnValue:
    me = sessions.current_person()
    zone = find_zone(me)
    typed = " ".join(request.args.get("q", "").split())[:100]
    state = request.args.get("state", "")
    found = queries.list_organisations(
        me, zone_id=zone.id, words=typed, state=PartnerState(state) if state in set(PartnerState) else None
    )
    ids = [organisation.id for organisation in found]
    own = me.organisation_ids()
    return render_template(
        "catalogue/organisation_list.html", zone=zone, zones=accounts.list_own_zones(me), organisations=found, typed=typed, state=state,
        live=queries.count_live_offerings(ids), gaps=queries.organisations_with_gaps(ids, clock.today()), own=own,
        kinds=words.ORGANISATION_KINDS, states=words.PARTNER_STATES, tones=STATE_TONES, may_add=me.manages(zone.id), may_list_proposals=policies.can_list_proposals(me),
        expiring=queries.list_expiring_documents(zone.id, within_days=60) if me.manages(zone.id) else [],
        waiting=queries.list_waiting_documents(zone.id) if me.manages(zone.id) else [], document_kinds=words.DOCUMENT_KINDS,
    )


@blueprint.get("/organisations/<uuid:organisation_id>", endpoint="organisation")
@allow(policies.can_see_organisation, organisation=queries.get_organisation_or_merged)
def organisation_show(organisation: Organisation) -> ResponseReturnValue:
    me = sessions.current_person()
    if organisation.merged_into_id is not None:
        return redirect(url_for("catalogue.organisation", organisation_id=queries.heir_of(MergeKind.ORGANISATION, organisation.id)), 302)
    may_edit = policies.can_edit_organisation(me, organisation)
    offerings = queries.list_offerings(me, organisation_id=organisation.id)
    today = clock.today()
    return render_template(
        "catalogue/organisation_show.html",
        organisation=organisation, offerings=offerings, offering_kinds=OFFERING_KIND_WORDS, offering_states=words.OFFERING_STATES,
        practitioners=queries.list_practitioners(organisation.id), kind=words.ORGANISATION_KINDS[organisation.kind],
        state=words.PARTNER_STATES[organisation.state], state_words=words.PARTNER_STATES, tone=STATE_TONES[organisation.state],
        standings=queries.list_standings(organisation), document_kinds=words.DOCUMENT_KINDS, document_states=words.DOCUMENT_STATES,
        gaps=queries.document_gaps(organisation.id, on=today, through=today),
        moves=_moves(organisation) if policies.can_move_organisation(me, organisation) else [],
        may_edit=may_edit, may_see_documents=policies.can_see_documents(me, organisation),
        may_check=policies.can_move_organisation(me, organisation) or policies.can_waive_document(me, organisation),
        files=queries.papers_of(organisation.id) if policies.can_see_documents(me, organisation) else {},
        may_waive=policies.can_waive_document(me, organisation), history=history_of(organisation) if may_edit else [],
        sites=queries.list_sites(organisation.id, also_closed=may_edit), contacts=queries.list_contacts(organisation.id),
        photos=queries.list_photos(organisation_id=organisation.id), purposes_of=shown.purposes, access_of=shown.access,
        may_confirm=policies.can_confirm_organisation(me, organisation), confirmable={o.id for o in offerings if policies.can_confirm_offering(me, o)},
        checked_by=queries.name_of(organisation.confirmed_by_id), old=shown.CHECKED_WITHIN,
        proposals=queries.open_proposals_of(organisation) if may_edit else [], summary=proposed.summary,
        needs_papers=organisation.id in queries.needs_documents([organisation.id]), agreed_kinds=AGREED_KINDS, viewer=me,
    )


def _moves(organisation: Organisation) -> list[tuple[PartnerState, str]]:
    """Where it may go from here, best first, with the words of the button."""
    said = {
        PartnerState.APPLYING: _("Ask for the application"), PartnerState.IN_REVIEW: _("Begin the review"), PartnerState.APPROVED: _("Approve"),
        PartnerState.LIVE: _("Make it live"), PartnerState.RESTRICTED: _("Restrict: no new work"),
        PartnerState.SUSPENDED: _("Suspend: all work stops"), PartnerState.LEFT: _("Say that it has left"),
    }
    onward = PARTNER_MOVES.onward(organisation.state)
    return [(state, said[state]) for state in said if state in onward]


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@allow(policies.can_add_organisation)
def organisation_new() -> ResponseReturnValue:
    me = sessions.current_person()
    zone = find_zone(me)
    form, zone_id = OrganisationForm(), zone.id
    if not me.manages(zone_id):
        return redirect(url_for("catalogue.organisations"), 303)

    def verb() -> Organisation:
        facts = _facts(form)
        state = PartnerState.APPLYING if facts.kind is OrganisationKind.PARTNER else PartnerState.LIVE
        return verbs.add_organisation(zone_id=zone_id, facts=facts, actor=me, state=state)

    saved = submit(form, verb)
    if saved is None:
        page = render_template("catalogue/organisation_edit.html", form=form, zone=zone, organisation=None)
        return page, 422 if request.method == "POST" else 200
    flash(_("%(saved)s is added. Its documents and people come next.", saved=saved.name), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=saved.id), 303)


@blueprint.route("/organisations/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def organisation_edit(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = sessions.current_person(), organisation.id
    waiting = queries.find_open_proposal(ProposalKind.WORDS, organisation_id) if proposals.asks_first(organisation, me) else None
    stands = {name: getattr(organisation, name) for name in OrganisationFacts.__dataclass_fields__}
    form = OrganisationForm(data=None if request.method == "POST" else {**stands, **(waiting.after if waiting is not None else {})})
    if submit(form, lambda: proposals.save_organisation(
        organisation_id=organisation_id, facts=_facts(form), actor=me, why=form.why.data or "",
    )) is None:
        page = render_template(
            "catalogue/organisation_edit.html", form=form, zone=organisation.zone, organisation=organisation,
            asks_first=proposals.asks_first(organisation, me), waiting=waiting,
        )
        return page, 422 if request.method == "POST" else 200
    flash(*said(ProposalKind.WORDS, organisation_id))
    return redirect(home_of(queries.get_organisation(organisation_id, me)), 303)


@blueprint.post("/organisations/<uuid:organisation_id>/confirm")
@allow(policies.can_confirm_organisation, organisation=queries.get_organisation)
def organisation_confirm(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = sessions.current_person(), organisation.id
    back = url_for("catalogue.organisation", organisation_id=organisation_id)
    done = _("Thank you. It says now that it was checked today.")
    return act(lambda: verbs.confirm_organisation(organisation_id=organisation_id, actor=me), back, done=done)


def _facts(form: OrganisationForm) -> OrganisationFacts:
    return OrganisationFacts(
        name=form.name.data or "", kind=OrganisationKind(form.kind.data), about=(form.about.data or "").strip(),
        contact_name=form.contact_name.data or "", email=form.email.data or "", phone=form.phone.data or "",
        website=form.website.data or "", address=form.address.data or "", postcode=form.postcode.data or "",
    )


@blueprint.route("/organisations/<uuid:organisation_id>/move/<to>", methods=["GET", "POST"])
@allow(policies.can_move_organisation, organisation=queries.get_organisation)
def organisation_move(organisation: Organisation, to: str) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, MoveForm()
    back = url_for("catalogue.organisation", organisation_id=organisation_id)
    if to not in set(PartnerState):
        return redirect(back, 303)
    state = PartnerState(to)
    moved = submit(form, lambda: verbs.move_organisation(organisation_id=organisation_id, to=state, actor=me, reason=form.reason.data or ""))
    if moved is None:
        page = render_template(
            "catalogue/organisation_move.html", form=form, organisation=organisation, to=state, words=words.PARTNER_STATES[state],
            said=dict(_moves(organisation)).get(state), needs_reason=state in verbs.NEEDS_A_REASON,
            live=queries.count_live_offerings([organisation_id]).get(organisation_id, 0),
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("%(organisation)s: %(state)s.", organisation=organisation.name, state=words.PARTNER_STATES[state]), "success")
    return redirect(back, 303)


@blueprint.route("/organisations/<uuid:organisation_id>/practitioners/new", methods=["GET", "POST"])
@allow(policies.can_add_practitioner, organisation=queries.get_organisation)
def practitioner_new(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, PractitionerForm()
    saved = submit(form, lambda: practitioners.add_practitioner(
        organisation_id=organisation_id, name=form.name.data or "", title=form.title.data or "",
        works_alone=form.works_alone.data, actor=me,
    ))
    if saved is None:
        return _practitioner_page(form, organisation, None)
    flash(_("%(saved)s is added.", saved=saved.name), "success")
    return redirect(home_of(queries.get_organisation(organisation_id, me)), 303)


@blueprint.route("/practitioners/<uuid:practitioner_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_practitioner, practitioner=queries.get_practitioner)
def practitioner_edit(practitioner: Practitioner) -> ResponseReturnValue:
    me, practitioner_id, organisation = sessions.current_person(), practitioner.id, practitioner.organisation
    organisation_id = organisation.id
    form = PractitionerForm(obj=None if request.method == "POST" else practitioner)
    saved = submit(form, lambda: practitioners.edit_practitioner(
        practitioner_id=practitioner_id, name=form.name.data or "", title=form.title.data or "", works_alone=form.works_alone.data,
        left_on=form.left_on.data, actor=me,
    ))
    if saved is None:
        return _practitioner_page(form, organisation, practitioner)
    flash(_("Saved."), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=organisation_id), 303)


def _practitioner_page(form: PractitionerForm, organisation: Organisation, practitioner: Practitioner | None) -> ResponseReturnValue:
    page = render_template("catalogue/practitioner_edit.html", form=form, organisation=organisation, practitioner=practitioner)
    return page, 422 if request.method == "POST" else 200
