"""Groups of an offering and their sessions."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import sessions
from app.catalogue import policies, queries, shown, words
from app.catalogue.availability import free_places
from app.catalogue.forms import CancelForm, CohortForm, NewCohortForm, OutsideForm, SessionForm
from app.catalogue.models import CancelledBy, Cohort, Offering, Session, SessionState
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.services import cohorts as verbs
from app.catalogue.services import sessions as session_verbs
from app.catalogue.slots import SlotFault, read_time
from app.shared import clock
from app.shared.errors import Invalid
from app.shared.web import act, allow, submit


@blueprint.route("/offerings/<uuid:offering_id>/cohorts/new", methods=["GET", "POST"])
@allow(policies.can_add_cohort, offering=queries.get_offering)
def cohort_new(offering: Offering) -> ResponseReturnValue:
    me, offering_id, form = sessions.current_person(), offering.id, NewCohortForm()
    form.offer(queries.list_practitioners(offering.organisation_id), queries.list_sites(offering.organisation_id))
    saved = submit(form, lambda: verbs.add_cohort(
        offering_id=offering_id, name=form.name.data or "", starts_on=form.starts_on.data, ends_on=form.ends_on.data,
        venue=form.venue.data or "", site_id=form.site_id.data, practitioner_id=form.practitioner_id.data, capacity=form.capacity.data or 0,
        outside_places=form.outside_places.data or 0, actor=me,
    ))
    if saved is None:
        page = render_template("catalogue/cohort_edit.html", form=form, offering=offering, cohort=None)
        return page, 422 if request.method == "POST" else 200
    flash(_("The group is added."), "success")
    return redirect(url_for("catalogue.cohort", cohort_id=saved.id), 303)


@blueprint.get("/cohorts/<uuid:cohort_id>", endpoint="cohort")
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_show(cohort: Cohort) -> ResponseReturnValue:
    planned, regular = queries.list_sessions(cohort.id), queries.list_series(cohort.id)
    today = clock.today()
    coming = [s for s in planned if s.held_on >= today and s.state is SessionState.SCHEDULED]
    return render_template(
        "catalogue/cohort_show.html", cohort=cohort, offering=cohort.offering, name=shown.cohort_name(cohort), coming=coming,
        past=[s for s in reversed(planned) if s not in coming], places=free_places([cohort.id])[cohort.id],
        states=words.SESSION_STATES, cancelled_by=words.CANCELLED_BY, can_plan=bool(cohort.starts_on and cohort.ends_on and (cohort.offering.slots or regular)),
        regular=[(series, shown.say_series(series)) for series in regular], today=today,
        form=OutsideForm(outside_places=cohort.outside_places),
    )


@blueprint.route("/cohorts/<uuid:cohort_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_edit(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id = sessions.current_person(), cohort.id
    form = CohortForm(obj=None if request.method == "POST" else cohort)
    kept = [cohort.site] if cohort.site and cohort.site.closed_on else []
    organisation_id = cohort.offering.organisation_id
    form.offer(queries.list_practitioners(organisation_id), [*queries.list_sites(organisation_id), *kept])
    saved = submit(form, lambda: verbs.edit_cohort(
        cohort_id=cohort_id, name=form.name.data or "", starts_on=form.starts_on.data, ends_on=form.ends_on.data,
        practitioner_id=form.practitioner_id.data, venue=form.venue.data or "", site_id=form.site_id.data, actor=me,
    ))
    if saved is None:
        page = render_template("catalogue/cohort_edit.html", form=form, offering=cohort.offering, cohort=cohort)
        return page, 422 if request.method == "POST" else 200
    flash(_("Saved."), "success")
    return redirect(url_for("catalogue.cohort", cohort_id=cohort_id), 303)


def _back(cohort_id: object) -> str:
    return url_for("catalogue.cohort", cohort_id=cohort_id)


@blueprint.post("/cohorts/<uuid:cohort_id>/close")
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_close(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id = sessions.current_person(), cohort.id
    done = _("Closed: no more children join. Those who have a place keep it.")
    return act(lambda: verbs.close_cohort(cohort_id=cohort_id, actor=me), _back(cohort_id), done=done)


@blueprint.post("/cohorts/<uuid:cohort_id>/reopen")
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_reopen(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id = sessions.current_person(), cohort.id
    return act(lambda: verbs.reopen_cohort(cohort_id=cohort_id, actor=me), _back(cohort_id), done=_("Open again."))


@blueprint.post("/cohorts/<uuid:cohort_id>/plan")
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_plan(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id = sessions.current_person(), cohort.id
    done = _("All sessions between the dates are planned.")
    return act(lambda: verbs.schedule_sessions(cohort_id=cohort_id, actor=me), _back(cohort_id), done=done)


@blueprint.post("/cohorts/<uuid:cohort_id>/outside-places")
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def cohort_outside(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id, form = sessions.current_person(), cohort.id, OutsideForm()
    saved = submit(form, lambda: verbs.set_outside_places(cohort_id=cohort_id, outside_places=form.outside_places.data or 0, actor=me))
    if saved is None:
        for error in (*form.outside_places.errors, *form.form_errors):
            flash(str(error), "refused")
    else:
        flash(_("Saved."), "success")
    return redirect(_back(cohort_id), 303)


@blueprint.route("/cohorts/<uuid:cohort_id>/sessions/new", methods=["GET", "POST"])
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def session_new(cohort: Cohort) -> ResponseReturnValue:
    me, cohort_id, form = sessions.current_person(), cohort.id, SessionForm()

    def verb() -> Session:
        starts_at, ends_at = read_times(form)
        return session_verbs.add_session(cohort_id=cohort_id, starts_at=starts_at, ends_at=ends_at, actor=me)

    if submit(form, verb) is None:
        page = render_template("catalogue/session_edit.html", form=form, cohort=cohort, name=shown.cohort_name(cohort), session=None)
        return page, 422 if request.method == "POST" else 200
    flash(_("The session is added."), "success")
    return redirect(_back(cohort_id), 303)


@blueprint.route("/sessions/<uuid:session_id>/move", methods=["GET", "POST"])
@allow(policies.can_run_session, session=queries.get_session)
def session_move(session: Session) -> ResponseReturnValue:
    me, session_id, cohort = sessions.current_person(), session.id, session.cohort
    cohort_id = cohort.id
    start, end = clock.london(session.starts_at), clock.london(session.ends_at)
    form = SessionForm(data=None if request.method == "POST" else {"day": start.date(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"})

    def verb() -> Session:
        starts_at, ends_at = read_times(form)
        return session_verbs.move_session(
            session_id=session_id, starts_at=starts_at, ends_at=ends_at, reason=form.reason.data or "", actor=me
        )

    if submit(form, verb) is None:
        page = render_template("catalogue/session_edit.html", form=form, cohort=cohort, name=shown.cohort_name(cohort), session=session)
        return page, 422 if request.method == "POST" else 200
    flash(_("Moved. The old time stays in the list, so that nobody wonders."), "success")
    return redirect(_back(cohort_id), 303)


def read_times(form: SessionForm) -> tuple[datetime, datetime]:
    """London's clock on that day. Raises Invalid at the field."""
    day = form.day.data or clock.today()
    instants = []
    for name in ("start", "end"):
        try:
            instants.append(clock.at_london(day, read_time(form[name].data or "")))
        except SlotFault as fault:
            raise Invalid(str(fault), field=name) from fault
    if instants[1] <= instants[0]:
        raise Invalid(_("It must end after it starts."), field="end")
    return instants[0], instants[1]


@blueprint.route("/sessions/<uuid:session_id>/cancel", methods=["GET", "POST"])
@allow(policies.can_run_session, session=queries.get_session)
def session_cancel(session: Session) -> ResponseReturnValue:
    me, session_id, cohort = sessions.current_person(), session.id, session.cohort
    cohort_id, form = cohort.id, CancelForm()
    done = submit(form, lambda: session_verbs.cancel_session(
        session_id=session_id, by=CancelledBy(form.by.data), reason=form.reason.data or "", actor=me
    ))
    if done is None:
        page = render_template("catalogue/session_cancel.html", form=form, cohort=cohort, name=shown.cohort_name(cohort), session=session)
        return page, 422 if request.method == "POST" else 200
    flash(_("Cancelled."), "success")
    return redirect(_back(cohort_id), 303)
