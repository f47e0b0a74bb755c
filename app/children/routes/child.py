"""A child's page, what opens it, and what a match must never break."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.catalogue.models import AREAS
from app.children import panels, policies, queries, services
from app.children.circle import ties_of
from app.children.forms.facts import PracticalitiesForm
from app.children.forms.listening import StrengthsForm
from app.children.languages import language
from app.children.models import SHAREABLE, CaseloadKind, Child
from app.children.routes.blueprint import blueprint, form_page
from app.children.services import AUDIENCES
from app.children.sight import note_look
from app.children.week import free_parts
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>")
@allow(policies.can_see_child, child=queries.get_child)
def child(child: Child) -> ResponseReturnValue:
    note_look(child, "child’s page")
    person = current_person()
    today = clock.today()
    consents = [consent for consent in child.consents if consent.covers(today)]
    lead = next((entry for entry in child.caseload if entry.is_live and entry.kind is CaseloadKind.LEAD), None)
    return render_template(
        "children/child_show.html", child=child, lead=lead, areas=AREAS, ties=ties_of(child.relationships),
        voice=child.voices[0] if child.voices else None, consents=consents, shareable=SHAREABLE,
        names=queries.organisation_names(consent.organisation_id for consent in consents),
        free=free_parts(child.windows), languages=[language(code) for code in child.languages],
        among=[AUDIENCES[key] for key in child.audiences if key in AUDIENCES],
        may_work=policies.can_work_with_child(person, child), may_manage=policies.can_manage_child(person, child),
        may_listen=policies.can_listen_to_child(person, child), may_withdraw=policies.can_withdraw_consent(person, child),
        sees_family=policies.can_withdraw_consent(person, child), trusted=[tie for tie in child.relationships if tie.is_trusted_adult],
        main_panels=panels.panels_of(child, person, "main"), side_panels=panels.panels_of(child, person, "side"),
    )


@blueprint.route("/children/<uuid:child_id>/strengths", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def strengths_edit(child: Child) -> ResponseReturnValue:
    form = StrengthsForm(obj=child)
    return form_page(
        child, form,
        lambda: services.set_strengths(
            child_id=child.id, strengths=form.strengths.data, interests=form.interests.data, aspiration=form.aspiration.data,
            what_helps=form.what_helps.data, what_does_not=form.what_does_not.data, must_know=form.must_know.data,
            actor=current_person(),
        ),
        title=f"What {child.called} is good at and loves", done="Saved.",
    )


@blueprint.route("/children/<uuid:child_id>/practicalities", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def practicalities_edit(child: Child) -> ResponseReturnValue:
    form = PracticalitiesForm()
    form.fill(child)
    return form_page(
        child, form,
        lambda: services.set_practicalities(child_id=child.id, practicalities=form.practicalities(), actor=current_person()),
        title=f"When and how {child.called} can take part", template="children/practicalities_edit.html", done="Saved. Matches keep to this.",
    )
