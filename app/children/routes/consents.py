"""Consent: what may be shared, with whom, until when; and taking it back, which is never refused."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children import policies, queries, school_queries, services
from app.children.forms.people import ConsentForm, WithdrawForm
from app.children.forms.school import AgreeForm, GillickForm, ObjectionForm, SignForm
from app.children.languages import language
from app.children.models import SHAREABLE, Carer, Child
from app.children.routes.blueprint import blueprint, form_page
from app.children.school_models import GillickState
from app.children.services import consents as consent_services
from app.children.services import disagreement, gillick
from app.children.sight import note_look
from app.shared import clock
from app.shared.view import full_date
from app.shared.web import allow, current_person


@blueprint.route("/children/<uuid:child_id>/consents/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def consent_new(child: Child) -> ResponseReturnValue:
    form = ConsentForm()
    askable = [carer for carer in child.carers if not carer.may_not_know_where]
    _offer(form, child, askable)
    return form_page(
        child, form,
        lambda: services.give_consent(
            child_id=child.id, carer_id=form.carer_id.chosen_id, organisation_id=form.organisation_id.chosen_id,
            fields=form.fields.data or [], given_on=form.given_on.data, ends_on=form.ends_on.data, how=form.how.data,
            language=form.language.data, actor=current_person(),
        ),
        title=_("What may be shared about %(child)s", child=child.called), template="children/consent_new.html", done=_("The consent is kept."), askable=askable,
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
        title=_("Stop sharing with %(organisation)s", organisation=preview.organisation), template="children/consent_withdraw.html",
        done=_("%(organisation)s sees nothing of %(child)s any more.", organisation=preview.organisation, child=child.called), preview=preview, shared=shared,
    )


@blueprint.get("/children/<uuid:child_id>/consents")
@allow(policies.can_see_consents, child=queries.get_child)
def consents(child: Child) -> ResponseReturnValue:
    """Everything that was agreed or refused: what, with whom, until when, how, by whom, in which language."""
    note_look(child, "consents")
    person = current_person()
    today = clock.today()
    objections = school_queries.list_objections(child.id)
    notes = school_queries.list_gillick_notes(child.id)
    ids = {c.organisation_id for c in child.consents} | {o.organisation_id for o in objections} | {n.organisation_id for n in notes}
    return render_template(
        "children/consent_list.html", child=child, names=queries.organisation_names(ids), shareable=SHAREABLE, language=language, today_on=today,
        live=[c for c in child.consents if c.withdrawn_at is None and c.ends_on >= today],
        over=[c for c in child.consents if c.withdrawn_at is not None or c.ends_on < today],
        objections=[o for o in objections if o.lifted_at is None], lifted=[o for o in objections if o.lifted_at is not None],
        carers={carer.id: carer for carer in child.carers}, notes=notes, gillick=school_queries.gillick_of_consents(child.id),
        people={p.id: p.name for p in school_queries.people_named(
            [c.recorded_by_id for c in child.consents] + [o.recorded_by_id for o in objections] + [o.lifted_by_id for o in objections])},
        may_work=policies.can_work_with_child(person, child), may_withdraw=policies.can_withdraw_consent(person, child),
        may_sign=policies.can_countersign(person, child),
    )


@blueprint.route("/children/<uuid:child_id>/consents/withdraw-all", methods=["GET", "POST"])
@allow(policies.can_withdraw_consent, child=queries.get_child)
def consents_withdraw(child: Child) -> ResponseReturnValue:
    previews = consent_services.preview_withdrawing_all(child_id=child.id)
    form = WithdrawForm()
    return form_page(
        child, form,
        lambda: _true(consent_services.withdraw_all_consents(child_id=child.id, why=form.why.data or "", actor=current_person())),
        title=_("Stop sharing with everybody"), template="children/consent_withdraw_all.html",
        done=_("Nothing of %(child)s is shared with anybody any more.", child=child.called), previews=previews, shareable=SHAREABLE,
        back=url_for("children.consents", child_id=child.id),
    )


def _offer(form: ConsentForm | ObjectionForm, child: Child, carers: Sequence[Carer]) -> None:
    """Who may be chosen; the organisation that the address names is chosen already."""
    form.offer(carers, queries.list_organisations_to_share_with(child.zone_id))
    asked_for = request.args.get("organisation", "")
    if not form.is_submitted() and asked_for:
        form.organisation_id.data = asked_for


def _true(done: object) -> bool:
    return True


@blueprint.route("/children/<uuid:child_id>/consents/objections/new", methods=["GET", "POST"])
@allow(policies.can_withdraw_consent, child=queries.get_child)
def objection_new(child: Child) -> ResponseReturnValue:
    form = ObjectionForm()
    _offer(form, child, child.carers)
    return form_page(
        child, form,
        lambda: disagreement.object_to_sharing(
            child_id=child.id, organisation_id=form.organisation_id.chosen_id, carer_id=form.carer_id.chosen_id,
            words=form.words.data or "", said_on=form.said_on.data, actor=current_person(),
        ),
        title=_("A parent or carer says no"), template="children/objection_new.html",
        done=_("Both are kept. Nothing is shared until they agree."), back=url_for("children.consents", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/consents/objections/<uuid:objection_id>/lift", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def objection_lift(child: Child, objection_id: uuid.UUID) -> ResponseReturnValue:
    objection = school_queries.get_objection(objection_id, child.id)
    carer = queries.get_carer(objection.carer_id, child.id)
    name = queries.organisation_names([objection.organisation_id])[objection.organisation_id]
    form = AgreeForm()
    return form_page(
        child, form,
        lambda: disagreement.lift_objection(objection_id=objection_id, child_id=child.id, why=form.why.data or "", actor=current_person()),
        title=_("%(carer)s agrees after all", carer=carer.name), done=_("Kept. What was agreed counts again, unless somebody else says no."),
        back=url_for("children.consents", child_id=child.id),
        lede=_("%(carer)s said no to %(name)s on %(said_on)s. When nobody says no any more, what was agreed counts again at once.", carer=carer.name, name=name, said_on=full_date(objection.said_on)),
    )


@blueprint.route("/children/<uuid:child_id>/own-consents/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def gillick_new(child: Child) -> ResponseReturnValue:
    form = GillickForm()
    form.offer(queries.list_organisations_to_share_with(child.zone_id))
    return form_page(
        child, form,
        lambda: gillick.note_gillick(
            child_id=child.id, organisation_id=form.organisation_id.chosen_id, fields=form["fields"].data or [], given_on=form.given_on.data,
            ends_on=form.ends_on.data, how=form.how.data, language=form.language.data, understood=form.understood.data or "",
            why_not_parent=form.why_not_parent.data or "", actor=current_person(),
        ),
        title=_("%(child)s decides alone", child=child.called), done=_("Kept. It counts when the safeguarding lead has signed it."),
        back=url_for("children.consents", child_id=child.id),
        lede=_("A child who understands enough can decide (Gillick competence). You write down why; a safeguarding lead signs. Until then nothing is shared on it."),
    )


@blueprint.route("/children/<uuid:child_id>/own-consents/<uuid:note_id>", methods=["GET", "POST"])
@allow(policies.can_see_consents, child=queries.get_child)
def gillick_show(child: Child, note_id: uuid.UUID) -> ResponseReturnValue:
    note = school_queries.get_gillick_note(note_id, child.id)
    person = current_person()
    form = SignForm()

    def verb() -> object:
        sign = gillick.countersign_gillick if form.decision.data == "yes" else gillick.turn_down_gillick
        return sign(note_id=note_id, child_id=child.id, words=form.words.data or "", actor=person)

    waits = note.state is GillickState.NOTED
    return form_page(
        child, form, verb, title=_("%(child)s decides alone", child=child.called), template="children/gillick_show.html", done=_("Kept."),
        back=url_for("children.consents", child_id=child.id), note=note, waits=waits,
        may_sign=waits and policies.can_countersign(person, child) and note.noted_by_id != person.id,
        organisation=queries.organisation_names([note.organisation_id])[note.organisation_id], language=language,
        shared=[SHAREABLE[name] for name in note.fields if name in SHAREABLE],
    )
