"""The circle of relationships, and parents and carers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children import book, policies, queries, services, showing, whereabouts
from app.children.circle import frames_of, story, ties_of
from app.children.forms.people import CLOSE_WORDS, WARM_WORDS, CarerForm, RelationshipForm
from app.children.models import Child, Closeness, RelationshipKind, Warmth
from app.children.routes.blueprint import blueprint, form_page
from app.children.sight import note_look
from app.children.terms import programme_of
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>/circle")
@allow(policies.can_see_child, child=queries.get_child)
def circle(child: Child) -> ResponseReturnValue:
    note_look(child, "circle")
    person = current_person()
    kept = book.read(child)
    telling = whereabouts.telling(child, kept.carers, request.args.get("without"))
    shown = telling.ties(showing.ties_shown(kept.ties, policies.can_see_helpers(person, child)))
    now, today = ties_of(shown), clock.today()
    begins = min(programme_of(child)[0], today)
    frames = frames_of(shown, begins, kept.terms, today)
    is_later = begins < today
    may_not_meet = any(carer.may_not_know_where for carer in kept.carers)  # nobody is nudged towards whom a court keeps away
    return render_template(
        "children/circle_show.html", child=child, now=now, then=frames[0].where if is_later else None, start=begins, frames=frames,
        story=story(child.called, frames[0].here if is_later else frames[-1].here, frames[-1].here, sum(t.found for t in now if t.line != "ended")),
        fading=[] if may_not_meet else [tie for tie in now if tie.line == "fading"], may_work=policies.can_work_with_child(person, child),
        telling=telling, names_them=policies.can_withdraw_consent(person, child),
    )


@blueprint.route("/children/<uuid:child_id>/circle/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def relationship_new(child: Child) -> ResponseReturnValue:
    form = RelationshipForm()
    del form.changed_on
    form.offer(_others(child))
    if not form.is_submitted():
        form.since_on.data = clock.today()
        form.closeness.data, form.warmth.data = Closeness.NEAR.value, Warmth.WARM.value
    return form_page(
        child, form, lambda: _save(child, form, None), title=_("Somebody who matters to %(child)s", child=child.called),
        done=_("The circle has one more."), back=url_for("children.circle", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/circle/<uuid:relationship_id>", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def relationship_edit(child: Child, relationship_id: uuid.UUID) -> ResponseReturnValue:
    tie = services.get_relationship(relationship_id, child.id)
    form = RelationshipForm(obj=tie)
    form.offer(_others(child))
    if not form.is_submitted():
        form.kind.data, form.closeness.data, form.warmth.data = tie.kind.value, tie.closeness.value, tie.warmth.value
        if "other_child_id" in form:
            form.other_child_id.data = str(tie.other_child_id or "")
    return form_page(
        child, form, lambda: _save(child, form, relationship_id, tie.other_child_id), title=tie.name, done=_("Saved."), template="children/relationship_edit.html",
        back=url_for("children.circle", child_id=child.id), tie=tie, close_words=CLOSE_WORDS, warm_words=WARM_WORDS,
    )


def _others(child: Child) -> Sequence[Child]:
    """The other children this person works with."""
    return [other for other in queries.list_caseload(current_person()) if other.id != child.id]


def _save(child: Child, form: RelationshipForm, relationship_id: uuid.UUID | None, known: uuid.UUID | None = None) -> object:
    return services.set_relationship(
        child_id=child.id, relationship_id=relationship_id, name=form.name.data, who=form.who.data or "",
        kind=RelationshipKind(form.kind.data), closeness=Closeness(form.closeness.data), warmth=Warmth(form.warmth.data),
        since_on=form.since_on.data, is_trusted_adult=form.is_trusted_adult.data, is_found_by_child=form.is_found_by_child.data,
        note=form.note.data or "", changed_on=form.changed_on.data if relationship_id and "changed_on" in form else None,
        other_child_id=form.chosen_child(known), actor=current_person(),
    )


@blueprint.route("/children/<uuid:child_id>/carers/new", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def carer_new(child: Child) -> ResponseReturnValue:
    form = CarerForm()
    if not form.is_submitted():
        form.language.data, form.has_parental_responsibility.data = "en", True
    return form_page(
        child, form, lambda: _save_carer(child, form, None), title=_("A parent or carer of %(child)s", child=child.called), done=_("Saved."),
    )


@blueprint.route("/children/<uuid:child_id>/carers/<uuid:carer_id>", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def carer_edit(child: Child, carer_id: uuid.UUID) -> ResponseReturnValue:
    carer = queries.get_carer(carer_id, child.id)
    form = CarerForm(obj=carer)
    return form_page(child, form, lambda: _save_carer(child, form, carer_id), title=carer.name, done=_("Saved."))


def _save_carer(child: Child, form: CarerForm, carer_id: uuid.UUID | None) -> object:
    return services.set_carer(
        child_id=child.id, carer_id=carer_id, name=form.name.data, relation=form.relation.data or "", phone=form.phone.data or "",
        email=form.email.data or "", language=form.language.data, has_parental_responsibility=form.has_parental_responsibility.data,
        may_not_know_where=form.may_not_know_where.data, actor=current_person(),
    )
