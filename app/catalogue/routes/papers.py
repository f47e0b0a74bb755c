"""Papers as files, agreements to sign, the safeguarding lead's counter-signature, and the partner's own way in."""

from __future__ import annotations

import io

from flask import current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.catalogue import files, links, policies, queries, words
from app.catalogue.models import AGREED_KINDS, Agreement, DocumentKind, Organisation, Paper
from app.catalogue.paper_forms import AgreementForm, CounterSignForm, InviteForm, SignForm
from app.catalogue.routes.blueprint import JOINING, blueprint, home_of, is_joining
from app.catalogue.routes.finding import find_zone
from app.catalogue.services import agreements, confirming, invitations
from app.catalogue.services import organisations as verbs
from app.shared import clock
from app.shared.forms import KithForm
from app.shared.web import act, allow, paced, public, safe_next, submit


@blueprint.get("/papers/<uuid:paper_id>")
@allow(policies.can_see_paper, paper=queries.get_paper)
def paper(paper: Paper) -> ResponseReturnValue:
    """Always a download, under a name of ours, that may run nothing and is kept by no cache."""
    content = files.PAPERS.read(current_app.config["SETTINGS"].data_dir, paper.name)
    ending = paper.name.rpartition(".")[2]
    response = send_file(io.BytesIO(content), mimetype=files.TYPES[ending], as_attachment=True, download_name=f"{paper.document.kind}.{ending}", conditional=False)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/organisations/<uuid:organisation_id>/agreements")
@allow(policies.can_see_agreements, organisation=queries.get_organisation)
def agreements_of(organisation: Organisation) -> ResponseReturnValue:
    """The texts in force in the Zone, and who has signed."""
    me = sessions.current_person()
    return render_template(
        "catalogue/agreement_list.html", organisation=organisation, home=home_of(organisation), is_joining=is_joining(organisation),
        agreements=queries.current_agreements(organisation.zone_id),
        signatures=queries.list_signatures(organisation.id), words=words.DOCUMENT_KINDS, kinds=AGREED_KINDS,
        may_publish=me.manages(organisation.zone_id), may_sign=policies.can_edit_organisation(me, organisation),
        is_partner=policies.signs_for_partner(me, organisation),
    )


@blueprint.route("/organisations/<uuid:organisation_id>/agreements/<uuid:agreement_id>/sign", methods=["GET", "POST"])
@allow(policies.can_sign_agreement, organisation=queries.get_organisation, agreement=queries.get_agreement)
def agreement_sign(organisation: Organisation, agreement: Agreement) -> ResponseReturnValue:
    """Read it, type your name."""
    me, organisation_id, agreement_id, form = sessions.current_person(), organisation.id, agreement.id, SignForm()
    signed = submit(form, lambda: agreements.sign_agreement(
        agreement_id=agreement_id, organisation_id=organisation_id, name=form.name.data or "", actor=me
    ))
    if signed is None:
        page = render_template(
            "catalogue/agreement_sign.html", form=form, organisation=queries.get_organisation(organisation_id, me),
            agreement=queries.get_agreement(agreement_id, me), words=words.DOCUMENT_KINDS,
            is_partner=policies.signs_for_partner(me, queries.get_organisation(organisation_id, me)),
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("Signed. It is in force when both sides have."), "success")
    return redirect(url_for("catalogue.agreements_of", organisation_id=organisation_id), 303)


@blueprint.route("/agreements/new", methods=["GET", "POST"])
@allow(policies.can_publish_agreements)
def agreement_new() -> ResponseReturnValue:
    """The next version of one of the Zone's texts."""
    me = sessions.current_person()
    zone = find_zone(me)
    zone_id, typed = zone.id, request.args.get("kind", "")
    kind = DocumentKind(typed) if typed in AGREED_KINDS else AGREED_KINDS[0]
    before = queries.find_agreement(zone_id, kind)
    form = AgreementForm(data=None if request.method == "POST" else {"kind": kind.value, "text": before.text if before else ""})
    made = submit(form, lambda: agreements.publish_agreement(
        zone_id=zone_id, kind=DocumentKind(form.kind.data), text=form.text.data or "", sign_by_on=form.sign_by_on.data, actor=me
    ))
    if made is None:
        page = render_template("catalogue/agreement_new.html", form=form, zone=zone, current=queries.current_agreements(zone_id), words=words.DOCUMENT_KINDS)
        return page, 422 if request.method == "POST" else 200
    flash(_("Version %(number)s is published. Every partner is asked to sign it.", number=made.number), "success")
    return redirect(url_for("catalogue.organisations"), 303)


@blueprint.route("/organisations/<uuid:organisation_id>/counter-sign", methods=["GET", "POST"])
@allow(policies.can_counter_sign, organisation=queries.get_organisation)
def counter_sign(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id, form = sessions.current_person(), organisation.id, CounterSignForm()
    signed = submit(form, lambda: verbs.counter_sign(organisation_id=organisation_id, words=form.words.data or "", actor=me))
    if signed is None:
        page = render_template(
            "catalogue/counter_sign.html", form=form, organisation=queries.get_organisation(organisation_id, me),
            signed=queries.find_counter_signature(organisation_id), practitioners=queries.list_practitioners(organisation_id),
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("Signed. Your name stands beside the Zone manager’s."), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=organisation_id), 303)


@blueprint.route("/organisations/invite", methods=["GET", "POST"])
@allow(policies.can_add_organisation)
def organisation_invite() -> ResponseReturnValue:
    """A partner is asked to join: its name and whom to write to. They fill in the rest themselves."""
    me = sessions.current_person()
    zone = find_zone(me)
    zone_id, form = zone.id, InviteForm()
    if not me.manages(zone_id):
        return redirect(url_for("catalogue.organisations"), 303)
    invited = submit(form, lambda: invitations.invite_partner(
        zone_id=zone_id, name=form.name.data or "", contact_name=form.contact_name.data or "", email=form.email.data or "", actor=me
    ))
    if invited is None:
        page = render_template("catalogue/organisation_invite.html", form=form, zone=zone)
        return page, 422 if request.method == "POST" else 200
    flash(_("%(invited)s is invited. You hear when their papers are in.", invited=invited.name), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=invited.id), 303)


@blueprint.get("/organisations/<uuid:organisation_id>/join")
@allow(policies.can_see_agreements, organisation=queries.get_organisation)
def join(organisation: Organisation) -> ResponseReturnValue:
    """What is done and what is missing before an organisation can be approved, in order, each with its way there."""
    today = clock.today()
    agreed = queries.current_agreements(organisation.zone_id)
    signed = {one.agreement_id for one in queries.list_signatures(organisation.id) if one.is_partner}
    return render_template(
        "catalogue/organisation_join.html", organisation=organisation, state=words.PARTNER_STATES[organisation.state],
        standings=queries.list_standings(organisation), kinds=words.DOCUMENT_KINDS, agreements=agreed, signed=signed, agreed_kinds=AGREED_KINDS,
        practitioners=queries.list_practitioners(organisation.id), alone=queries.works_alone(organisation.id),
        counter=queries.find_counter_signature(organisation.id), gaps=queries.document_gaps(organisation.id, on=today, through=today),
        is_open=organisation.state in JOINING,
        may_send=policies.can_edit_organisation(sessions.current_person(), organisation),
    )


@blueprint.post("/organisations/<uuid:organisation_id>/send-for-review")
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def organisation_send(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = sessions.current_person(), organisation.id
    back = url_for("catalogue.join", organisation_id=organisation_id)
    return act(lambda: verbs.send_for_review(organisation_id=organisation_id, actor=me), back, done=_("Sent. The Zone manager looks at it now."))


@blueprint.post("/organisations/<uuid:organisation_id>/still-right")
@allow(policies.can_edit_organisation, organisation=queries.get_organisation)
def still_right_all(organisation: Organisation) -> ResponseReturnValue:
    """Everything about it, with one tap."""
    organisation_id, me = organisation.id, sessions.current_person()
    return act(lambda: confirming.confirm_all(organisation_id=organisation_id, actor=me), safe_next(request.form.get("next")) or url_for(
        "catalogue.organisation", organisation_id=organisation_id
    ), done=_("Thank you. Link Workers see that it was checked today."))


@blueprint.route("/still-right/<token>", methods=["GET", "POST"])
@public
@paced("links", 60, 15)
def still_right(token: str) -> ResponseReturnValue:
    """Behind the link of the monthly e-mail. Opening it changes nothing."""
    asked = links.read(token)
    organisation_id, person, name = asked.organisation.id, asked.person, asked.organisation.name
    form = KithForm()
    is_said = submit(form, lambda: confirming.confirm_all(organisation_id=organisation_id, actor=person)) is not None
    page = render_template(
        "catalogue/still_right.html", form=form, name=name, is_said=is_said, offerings=queries.titles_on_offer(organisation_id),
    )
    return page, 422 if form.is_submitted() and not is_said else 200
