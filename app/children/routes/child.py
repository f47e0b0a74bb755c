"""A child's page, what opens it, and what a match must never break."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalogue.models import AREAS
from app.children import book, panels, policies, queries, services, showing
from app.children.circle import here, standing_on, story, ties_of
from app.children.forms.facts import PracticalitiesForm
from app.children.forms.listening import FACE_WORDS, StrengthsForm
from app.children.languages import language
from app.children.models import SHAREABLE, CaseloadKind, Child
from app.children.routes.blueprint import blueprint, form_page
from app.children.services import AUDIENCES
from app.children.sight import note_look
from app.children.terms import programme_of
from app.children.week import free_parts
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>")
@allow(policies.can_see_child, child=queries.get_child)
def child(child: Child) -> ResponseReturnValue:
    note_look(child, "child’s page")
    person = current_person()
    today = clock.today()
    kept = book.read(child)
    known = showing.ties_shown(kept.ties, policies.can_see_helpers(person, child))
    ties = ties_of(known)
    begins = programme_of(child)[0]
    lead = next((entry for entry in child.caseload if entry.is_live and entry.kind is CaseloadKind.LEAD), None)
    may_work = policies.can_work_with_child(person, child)
    return render_template(
        "children/child_show.html", child=child, book=kept, lead=lead, ties=ties, faces=FACE_WORDS,
        story=story(child.called, here(standing_on(known, begins)), here(standing_on(known, today)), sum(t.found for t in ties if t.line != "ended")),
        areas=showing.areas(kept, AREAS), plan=showing.plan_now(kept, today), ask_help=showing.is_help_due(kept, today),
        consents=[consent for consent in kept.consents if consent.covers(today)], shareable=SHAREABLE, names=kept.organisations,
        free=free_parts(child.windows), languages=[language(code) for code in child.languages],
        among=[AUDIENCES[key] for key in child.audiences if key in AUDIENCES and policies.can_see_helpers(person, child)],
        may_work=may_work, may_manage=policies.can_manage_child(person, child),
        may_listen=policies.can_listen_to_child(person, child), may_withdraw=policies.can_withdraw_consent(person, child),
        sees_family=policies.can_withdraw_consent(person, child), sees_answers=may_work,
        main_panels=panels.panels_of(child, person, "main"), side_panels=panels.panels_of(child, person, "side"),
    )


@blueprint.get("/children/<uuid:child_id>/panel")
@allow(policies.can_see_child, child=queries.get_child)
def panel(child: Child) -> ResponseReturnValue:
    """One panel that the page left for later: `?name=`."""
    name = request.args.get("name", "")
    note_look(child, f"panel: {name[:20]}")
    return panels.draw_later(name, child, current_person())


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
        title=_("What %(child)s is good at and loves", child=child.called), done=_("Saved."),
    )


@blueprint.route("/children/<uuid:child_id>/practicalities", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def practicalities_edit(child: Child) -> ResponseReturnValue:
    form = PracticalitiesForm()
    form.fill(child)
    return form_page(
        child, form,
        lambda: services.set_practicalities(child_id=child.id, practicalities=form.practicalities(), actor=current_person()),
        title=_("When and how %(child)s can take part", child=child.called), template="children/practicalities_edit.html", done=_("Saved. Matches keep to this."),
    )
