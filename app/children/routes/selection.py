"""Who meets the Zone's criteria in a school, and what a person decided. A suggestion never decides."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterator, Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import queries as accounts
from app.accounts.models import Role, School
from app.audit.services import note_sights
from app.children import policies, risk, school_queries
from app.children.forms.school import CriteriaForm, DecideForm
from app.children.routes.blueprint import blueprint
from app.children.school_models import Pupil, Selection
from app.children.services import selection as services
from app.shared import clock
from app.shared.web import allow, current_person, exporting, submit

ORDERS = {"met": _l("Most criteria first"), "name": _l("Name"), "year": _l("School year")}
SHOWN = {"": _l("Everybody"), "suggested": _l("Suggested"), "open": _l("Not decided"), "not_now": _l("Not now")}


@blueprint.get("/selections")
@allow(policies.can_see_selections)
def selections() -> ResponseReturnValue:
    person = current_person()
    schools = school_queries.list_schools_of(person)
    return render_template(
        "children/selection_list.html", schools=schools, numbers=school_queries.numbers_of(schools),
        may_set=person.has_role(Role.ZONE_MANAGER),
    )


@blueprint.get("/selections/<uuid:school_id>")
@allow(policies.can_see_selection, school=school_queries.get_school_of)
def selection(school: School) -> ResponseReturnValue:
    person = current_person()
    found, order, shown = _asked_for(school)
    _note_looks(found)
    return render_template(
        "children/selection_show.html", school=school, found=found, numbers=school_queries.numbers_of([school])[school.id],
        scheme=risk.scheme_of(school_queries.find_scheme(school.zone_id)), order=order, orders=ORDERS, shown=shown, choices=SHOWN,
        may_decide=policies.can_decide_selection(person, school), words={"open": "Not decided", "not_now": "Not now"},
    )


def _asked_for(school: School) -> tuple[list[school_queries.Standing], str, str]:
    order, shown = request.values.get("sort", "met"), request.values.get("show", "")
    order, shown = order if order in ORDERS else "met", shown if shown in SHOWN else ""
    found = school_queries.list_selection(school)
    if shown == "suggested":
        found = [one for one in found if one.assessment.is_suggested]
    elif shown:
        found = [one for one in found if one.state == shown]
    if order == "name":
        found.sort(key=lambda one: (one.pupil.last_name.lower(), one.pupil.first_name.lower(), str(one.pupil.id)))
    elif order == "year":
        found.sort(key=lambda one: (_year(one.pupil.school_year), -len(one.assessment.met), one.pupil.last_name.lower()))
    return found, order, shown


def _year(words: str) -> tuple[int, str]:
    digits = "".join(c for c in words if c.isdigit())
    return int(digits) if digits else -1, words


def _note_looks(found: Sequence[school_queries.Standing]) -> None:
    """A pupil who is not on the programme is looked at as well: the look stands under the pupil's id."""
    note_sights(person=current_person(), child_ids=[one.pupil.id for one in found], what="selection list")


@blueprint.post("/selections/<uuid:school_id>/list.csv")
@allow(policies.can_see_selection, school=school_queries.get_school_of)
@exporting
def selection_file(school: School) -> ResponseReturnValue:
    """A POST, because each name is looked at and that is written down."""
    found, _, _ = _asked_for(school)
    _note_looks(found)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(_lines(school, found))
    name = f"selection-{clock.today().isoformat()}.csv"
    return Response(
        "\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(school: School, found: Sequence[school_queries.Standing]) -> Iterator[list[str]]:
    scheme = risk.scheme_of(school_queries.find_scheme(school.zone_id))
    with force_locale("en"):  # the heads of a file stay as they are, whoever's page asks for it
        heads = [criterion.sentence(limit) for criterion, limit in scheme.lines]
    dated = [cell for head in heads for cell in (head, "figure", "of")]
    yield [safe(cell) for cell in ["First name", "Last name", "School year", "Criteria met", "Suggested", *dated, "Decision", "Reason", "Decided by", "Decided on"]]
    for one in found:
        cells = [one.pupil.first_name, one.pupil.last_name, one.pupil.school_year, str(len(one.assessment.met)), "yes" if one.assessment.is_suggested else "no"]
        for line in one.assessment.lines:
            cells += ["not known" if line.measure is None else "met" if line.is_met else "not met", line.said,
                      line.measure.measured_on.isoformat() if line.measure else ""]
        decision = one.decision
        cells += [decision.choice.replace("_", " "), decision.reason, decision.decided_by.name, clock.london(decision.created_at).date().isoformat()] if decision else [""] * 4
        yield [safe(cell) for cell in cells]


def safe(cell: str) -> str:
    """No spreadsheet computes it: an apostrophe before what looks like a formula, and one line a cell."""
    text = " ".join(cell.split())
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "'"} else text


@blueprint.route("/selections/pupils/<uuid:pupil_id>", methods=["GET", "POST"])
@allow(policies.can_see_pupil, pupil=school_queries.get_pupil)
def selection_decide(pupil: Pupil) -> ResponseReturnValue:
    person = current_person()
    school = school_queries.get_school_of(pupil.school_id, person)
    form = DecideForm()
    may_decide = policies.can_decide_selection(person, school)
    pupil_id, name = pupil.id, pupil.first_name
    decision = submit(form, lambda: services.decide_selection(
        pupil_id=pupil_id, choice=Selection(form.choice.data), reason=form.reason.data or "", actor=person,
    ))
    if decision is not None:
        return _decided(pupil_id, name)
    note_sights(person=person, child_ids=[pupil.id], what="selection of a pupil")
    is_wrong = request.method == "POST"
    page = render_template(
        "children/selection_decide.html", pupil=pupil, school=school, form=form, standing=school_queries.standing_of(pupil), may_decide=may_decide,
        is_wrong=is_wrong, scheme=risk.scheme_of(school_queries.find_scheme(pupil.zone_id)),
    )
    return page, 422 if is_wrong else 200


def _decided(pupil_id: uuid.UUID, name: str) -> ResponseReturnValue:
    pupil = school_queries.get_pupil(pupil_id, current_person())
    if pupil.child_id is not None:
        flash(_("%(name)s is on the programme. Next: who works with %(name)s.", name=name), "success")
        return redirect(url_for("children.caseload_assign", child_id=pupil.child_id), 303)
    flash(_("Kept. It can be decided again at any time."), "success")
    return redirect(url_for("children.selection", school_id=pupil.school_id), 303)


@blueprint.route("/selections/criteria", methods=["GET", "POST"])
@allow(policies.can_add_child)
def criteria_edit() -> ResponseReturnValue:
    person = current_person()
    zones = accounts.list_own_zones(person, Role.ZONE_MANAGER)
    zone = next((known for known in zones if known.slug == request.args.get("zone")), zones[0])
    scheme = risk.scheme_of(school_queries.find_scheme(zone.id))
    form = CriteriaForm()
    form.fill(scheme)
    zone_id = zone.id
    done = submit(form, lambda: services.set_risk_criteria(zone_id=zone_id, limits=form.limits(), least=form.least.data or 0, actor=person))
    if done is not None:
        flash(_("Kept. The lists show it at once; what was decided stays decided."), "success")
        return redirect(url_for("children.selections"), 303)
    is_wrong = request.method == "POST"
    page = render_template("children/criteria_edit.html", form=form, zone=zone, zones=zones, scheme=scheme, is_wrong=is_wrong)
    return page, 422 if is_wrong else 200
