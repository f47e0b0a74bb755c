"""Starting one, lifting a child's no with new words, and giving information without an introduction."""

from __future__ import annotations

import contextlib
import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.accounts.models import Person
from app.accounts.policies import is_charity_staff
from app.catalogue.models import Offering
from app.catalogue.queries import get_offering
from app.children import queries as children
from app.children import services as child_services
from app.children.models import Child
from app.children.queries import get_child
from app.introductions import policies, queries, services, standing
from app.introductions.forms import NewWordForm, SignpostForm, StartForm, picked
from app.introductions.routes.blueprint import blueprint, page_of
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.web import allow, current_person, submit


def can_start_any(person: Person, offering: Offering) -> bool:
    return is_charity_staff(person)


def can_start_for(person: Person, child: Child, offering: Offering) -> bool:
    return policies.can_start(person, child)


@blueprint.post("/children/<uuid:child_id>/introductions")
@allow(policies.can_start, child=get_child)
def start(child: Child) -> ResponseReturnValue:
    """From a match or the child's page: `offering_id`, and `why` (asked for on a page of its own when it is missing)."""
    try:
        offering = get_offering(uuid.UUID(request.form.get("offering_id", "")), current_person())
    except ValueError:
        raise NotFound from None
    if "why" not in request.form:
        return redirect(url_for("introductions.new", offering_id=offering.id, child_id=child.id), 303)
    typed = MultiDict(request.form)
    typed["child_id"] = str(child.id)
    return _start(StartForm(typed), offering, [child])


@blueprint.route("/offerings/<uuid:offering_id>/introductions/new", methods=["GET", "POST"])
@allow(can_start_any, offering=get_offering)
def new(offering: Offering) -> ResponseReturnValue:
    """For one child of the own caseload (or, with `child_id`, one that the Zone manager came from)."""
    person: Person = current_person()
    return _start(StartForm(child_id=request.args.get("child_id", "")), offering, _children(person))


def _children(person: Person) -> list[Child]:
    mine = list(children.list_caseload(person))
    asked = request.args.get("child_id", "") or request.form.get("child_id", "")
    if asked and asked not in {str(child.id) for child in mine}:
        with contextlib.suppress(ValueError, NotFound):
            mine.append(get_child(uuid.UUID(asked), person))
    return mine


def _start(form: StartForm, offering: Offering, mine: list[Child]) -> ResponseReturnValue:
    person: Person = current_person()
    offering_id = offering.id
    form.offer((child.id, child.short_name) for child in mine)
    child = next((one for one in mine if str(one.id) == form.child_id.data), None)
    if child is not None:
        found = queries.open_introduction(child.id, offering.id)
        if found is not None and (form.is_submitted() or request.args.get("child_id")):
            flash(_("This introduction has begun already. Here it is."), "notice")
            return redirect(page_of(found.id), 303)
    chosen = picked(form.child_id)
    if form.is_submitted() and chosen is not None:
        started = submit(form, lambda: services.start(child_id=chosen, offering_id=offering_id, why=form.why.data or "", actor=person))
        if started is not None:
            flash(_("The idea is written down. Nobody outside has been told."), "success")
            return redirect(page_of(started.id), 303)
        offering = get_offering(offering_id, person)
        child = next((one for one in mine if one.id == chosen), None)
    elif form.is_submitted():
        form.validate_on_submit()
    refusal = children.find_refusal(child.id, offering.id) if child is not None else None
    return render_template(
        "introductions/introduction_new.html", form=form, offering=offering, child=child, refusal=refusal, has_children=bool(mine),
        is_local_asset=standing.is_local_asset(offering),
    ), 422 if form.is_submitted() else 200


@blueprint.route("/children/<uuid:child_id>/offerings/<uuid:offering_id>/new-word", methods=["GET", "POST"])
@allow(can_start_for, child=get_child, offering=get_offering)
def new_word(child: Child, offering: Offering) -> ResponseReturnValue:
    """A child's no is lifted by the child's own new words, and by nothing else."""
    person, child_id, offering_id = current_person(), child.id, offering.id
    refusal = children.find_refusal(child_id, offering_id)
    if refusal is None:
        return redirect(url_for("introductions.new", offering_id=offering_id, child_id=child_id), 303)
    form = NewWordForm()
    lifted = submit(form, lambda: child_services.lift_refusal(
        child_id=child_id, offering_id=offering_id, words=form.words_said.data or "", actor=person
    ))
    if lifted is not None:
        flash(_("Written down. It can be talked about again."), "success")
        return redirect(url_for("introductions.new", offering_id=offering_id, child_id=child_id), 303)
    return render_template(
        "introductions/refusal_lift.html", form=form, child=get_child(child_id, person), offering=get_offering(offering_id, person),
        refusal=children.find_refusal(child_id, offering_id),
    ), 422 if form.is_submitted() else 200


@blueprint.route("/offerings/<uuid:offering_id>/signposts/new", methods=["GET", "POST"])
@allow(can_start_any, offering=get_offering)
def signpost_new(offering: Offering) -> ResponseReturnValue:
    """Information only. It is counted apart from introductions."""
    person, offering_id = current_person(), offering.id
    mine = _children(person)
    form = SignpostForm(child_id=request.args.get("child_id", ""), given_on=clock.today())
    form.offer((child.id, child.short_name) for child in mine)
    chosen = picked(form.child_id)
    if form.is_submitted() and chosen is not None:
        given = submit(form, lambda: services.give_signpost(
            child_id=chosen, offering_id=offering_id, to_whom=form.to_whom.data or "", given_on=form.given_on.data, actor=person
        ))
        if given is not None:
            flash(_("Written down as information given."), "success")
            return redirect(url_for("children.child", child_id=chosen), 303)
    elif form.is_submitted():
        form.validate_on_submit()
    return render_template(
        "introductions/signpost_new.html", form=form, offering=get_offering(offering_id, person), has_children=bool(mine)
    ), 422 if form.is_submitted() else 200
