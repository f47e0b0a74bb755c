"""Consent: what may be shared, with whom, until when; and taking it back, which is never refused."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from app.children import policies, queries, services
from app.children.forms.people import ConsentForm, WithdrawForm
from app.children.models import SHAREABLE, Child
from app.children.routes.blueprint import blueprint, form_page
from app.shared.web import allow, current_person


@blueprint.route("/children/<uuid:child_id>/consents/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def consent_new(child: Child) -> ResponseReturnValue:
    form = ConsentForm()
    form.offer(child.carers, queries.list_organisations_to_share_with(child.zone_id))
    asked_for = request.args.get("organisation", "")
    if not form.is_submitted() and asked_for:
        form.organisation_id.data = asked_for
    return form_page(
        child, form,
        lambda: services.give_consent(
            child_id=child.id, carer_id=form.carer_id.chosen_id, organisation_id=form.organisation_id.chosen_id,
            fields=form.fields.data or [], given_on=form.given_on.data, ends_on=form.ends_on.data, how=form.how.data,
            language=form.language.data, actor=current_person(),
        ),
        title=f"What may be shared about {child.called}", template="children/consent_new.html", done="The consent is kept.",
    )


@blueprint.route("/children/<uuid:child_id>/consents/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
@allow(policies.can_withdraw_consent, child=queries.get_child)
def consent_withdraw(child: Child, consent_id: uuid.UUID) -> ResponseReturnValue:
    preview = services.preview_withdrawal(consent_id=consent_id, child_id=child.id)
    form = WithdrawForm()
    shared = [SHAREABLE[name] for name in preview.consent.fields if name in SHAREABLE]
    return form_page(
        child, form,
        lambda: services.withdraw_consent(
            consent_id=consent_id, child_id=child.id, why=form.why.data or "", actor=current_person(),
        ),
        title=f"Stop sharing with {preview.organisation}", template="children/consent_withdraw.html",
        done=f"{preview.organisation} sees nothing of {child.called} any more.", preview=preview, shared=shared,
    )
