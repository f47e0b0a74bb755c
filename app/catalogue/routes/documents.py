"""Documents of an organisation: sent in, checked, sent back, waived."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.catalogue import policies, queries, words
from app.catalogue.forms import ReasonForm
from app.catalogue.models import Document, DocumentKind, Organisation
from app.catalogue.paper_forms import DocumentForm, WaiveForm
from app.catalogue.routes.blueprint import blueprint, home_of
from app.catalogue.services import documents as verbs
from app.shared import clock
from app.shared.web import act, allow, submit


@blueprint.route("/organisations/<uuid:organisation_id>/documents/new", methods=["GET", "POST"])
@allow(policies.can_submit_document, organisation=queries.get_organisation)
def document_new(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = sessions.current_person(), organisation.id
    form = DocumentForm(kind=request.args.get("kind"), practitioner_id=request.args.get("practitioner_id"))
    form.offer(queries.list_practitioners(organisation_id), list(DocumentKind))
    saved = submit(form, lambda: verbs.submit_document(
        organisation_id=organisation_id, kind=DocumentKind(form.kind.data), practitioner_id=form.practitioner_id.data,
        reference=form.reference.data or "", level=form.level.data or "", issued_on=form.issued_on.data, expires_on=form.expires_on.data,
        content=form.content(), actor=me,
    ))
    if saved is None:
        page = render_template("catalogue/document_new.html", form=form, organisation=organisation)
        return page, 422 if request.method == "POST" else 200
    flash(_("Thank you. Somebody else looks at it now, and says so here."), "success")
    return redirect(home_of(queries.get_organisation(organisation_id, me), "documents"), 303)


@blueprint.post("/documents/<uuid:document_id>/verify")
@allow(policies.can_check_document, document=queries.get_document)
def document_verify(document: Document) -> ResponseReturnValue:
    me, document_id = sessions.current_person(), document.id
    back = url_for("catalogue.organisation", organisation_id=document.organisation_id, _anchor="documents")
    return act(lambda: verbs.verify_document(document_id=document_id, actor=me), back, done=_("Checked and in force."))


@blueprint.route("/documents/<uuid:document_id>/reject", methods=["GET", "POST"])
@allow(policies.can_check_document, document=queries.get_document)
def document_reject(document: Document) -> ResponseReturnValue:
    me, document_id, organisation_id, form = sessions.current_person(), document.id, document.organisation_id, ReasonForm()
    done = submit(form, lambda: verbs.reject_document(document_id=document_id, reason=form.reason.data or "", actor=me))
    if done is None:
        page = render_template("catalogue/document_reject.html", form=form, document=document, kind=words.DOCUMENT_KINDS[document.kind])
        return page, 422 if request.method == "POST" else 200
    flash(_("Sent back, with what is wrong."), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=organisation_id, _anchor="documents"), 303)


@blueprint.route("/organisations/<uuid:organisation_id>/documents/waive", methods=["GET", "POST"])
@allow(policies.can_waive_document, organisation=queries.get_organisation)
def document_waive(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = sessions.current_person(), organisation.id
    form = WaiveForm(kind=request.args.get("kind"), practitioner_id=request.args.get("practitioner_id"))
    form.offer(queries.list_practitioners(organisation_id), list(DocumentKind))
    done = submit(form, lambda: verbs.waive_document(
        organisation_id=organisation_id, kind=DocumentKind(form.kind.data), practitioner_id=form.practitioner_id.data,
        until=form.until.data or clock.today(), reason=form.reason.data or "", actor=me,
    ))
    if done is None:
        page = render_template("catalogue/document_waive.html", form=form, organisation=organisation)
        return page, 422 if request.method == "POST" else 200
    flash(_("Waived until that day. It shows on the page who did, and why."), "success")
    return redirect(url_for("catalogue.organisation", organisation_id=organisation_id, _anchor="documents"), 303)
