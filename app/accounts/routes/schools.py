"""The schools of a Zone and the days on which they are open."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts import policies, queries, sessions
from app.accounts.forms import DaysFileForm, DaysForm, SchoolForm
from app.accounts.models import School, Zone
from app.accounts.routes.blueprint import blueprint
from app.accounts.routes.zones import managed_zone
from app.accounts.services import schools
from app.shared.web import act, allow, submit


@blueprint.get("/schools", endpoint="schools")
@allow(policies.is_zone_manager)
def school_list() -> ResponseReturnValue:
    zone, zones = managed_zone(sessions.current_person())
    return render_template("accounts/school_list.html", zone=zone, zones=zones, schools=queries.list_schools(zone.id))


@blueprint.route("/schools/new", methods=["GET", "POST"])
@allow(policies.is_zone_manager)
def school_new() -> ResponseReturnValue:
    zone, _zones = managed_zone(sessions.current_person())
    return _save(SchoolForm(), zone, None)


@blueprint.get("/schools/<uuid:school_id>", endpoint="school")
@allow(policies.can_manage_school, school=queries.get_school)
def school_show(school: School) -> ResponseReturnValue:
    return render_template("accounts/school_show.html", school=school, days=queries.school_days(school.id))


@blueprint.route("/schools/<uuid:school_id>/edit", methods=["GET", "POST"])
@allow(policies.can_manage_school, school=queries.get_school)
def school_edit(school: School) -> ResponseReturnValue:
    form = SchoolForm(obj=None if request.method == "POST" else school)
    return _save(form, school.zone, school)


def _save(form: SchoolForm, zone: Zone, school: School | None) -> ResponseReturnValue:
    me, zone_id, school_id = sessions.current_person(), zone.id, school.id if school else None

    def verb() -> School:
        return schools.save_school(
            zone_id=zone_id, school_id=school_id, name=form.name.data or "", town=form.town.data or "", ward=form.ward.data or "",
            postcode=form.postcode.data or "", position=form.position.position, actor=me,
        )

    saved = submit(form, verb)
    if saved is None:
        page = render_template("accounts/school_edit.html", form=form, zone=zone, school=school)
        return page, 422 if request.method == "POST" else 200
    if saved.latitude is None:
        flash(_("Saved. Kith does not know that postcode, so it cannot say how far things are: give the place on the map."), "notice")
    else:
        flash(_("%(school)s is saved.", school=saved.name), "success")
    return redirect(url_for("accounts.school", school_id=saved.id), 303)


@blueprint.route("/schools/<uuid:school_id>/terms/new", methods=["GET", "POST"])
@allow(policies.can_manage_school, school=queries.get_school)
def term_new(school: School) -> ResponseReturnValue:
    return _add_days(school, schools.add_term, "term")


@blueprint.route("/schools/<uuid:school_id>/closures/new", methods=["GET", "POST"])
@allow(policies.can_manage_school, school=queries.get_school)
def closure_new(school: School) -> ResponseReturnValue:
    return _add_days(school, schools.add_closure, "closure")


def _add_days(school: School, add: Callable[..., object], kind: str) -> ResponseReturnValue:
    me, school_id, form = sessions.current_person(), school.id, DaysForm()
    added = submit(
        form,
        lambda: add(school_id=school_id, name=form.name.data, starts_on=form.starts_on.data, ends_on=form.ends_on.data, actor=me),
    )
    if added is None:
        page = render_template("accounts/days_new.html", form=form, school=school, kind=kind)
        return page, 422 if request.method == "POST" else 200
    flash(_("%(name)s is added.", name=form.name.data), "success")
    return redirect(url_for("accounts.school", school_id=school_id), 303)


@blueprint.post("/schools/<uuid:school_id>/terms/<uuid:term_id>/remove")
@allow(policies.can_manage_school, school=queries.get_school)
def term_remove(school: School, term_id: uuid.UUID) -> ResponseReturnValue:
    me, school_id = sessions.current_person(), school.id
    back = url_for("accounts.school", school_id=school_id)
    return act(lambda: schools.remove_term(school_id=school_id, term_id=term_id, actor=me), back, done=_("The term is taken away."))


@blueprint.post("/schools/<uuid:school_id>/closures/<uuid:closure_id>/remove")
@allow(policies.can_manage_school, school=queries.get_school)
def closure_remove(school: School, closure_id: uuid.UUID) -> ResponseReturnValue:
    me, school_id = sessions.current_person(), school.id
    back = url_for("accounts.school", school_id=school_id)
    return act(lambda: schools.remove_closure(school_id=school_id, closure_id=closure_id, actor=me), back, done=_("The closure is taken away."))


@blueprint.route("/schools/<uuid:school_id>/days/import", methods=["GET", "POST"])
@allow(policies.can_manage_school, school=queries.get_school)
def days_import(school: School) -> ResponseReturnValue:
    """Terms and closed days from a file."""
    me, school_id, form = sessions.current_person(), school.id, DaysFileForm()
    done = submit(form, lambda: schools.import_days(school_id=school_id, content=form.content, actor=me))
    if done is None:
        return render_template("accounts/days_import.html", form=form, school=school), 422 if request.method == "POST" else 200
    terms = ngettext("%(num)s term", "%(num)s terms", done.terms)
    closures = ngettext("%(num)s stretch of closed days", "%(num)s stretches of closed days", done.closures)
    told = [_("%(terms)s and %(closures)s added", terms=terms, closures=closures)]
    told += [_("%(number)s known already", number=done.known)] * bool(done.known)
    told += [ngettext("%(num)s term replaced", "%(num)s terms replaced", done.replaced)] * bool(done.replaced)
    flash("; ".join(told) + ".", "success")
    return redirect(url_for("accounts.school", school_id=school_id), 303)
