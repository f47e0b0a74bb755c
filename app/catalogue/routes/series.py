"""A group's regular meeting: the rule is typed, its days are looked at, and only then are the sessions made."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries as accounts
from app.accounts import sessions
from app.catalogue import policies, queries, shown
from app.catalogue.calendar import SchoolYear
from app.catalogue.models import Cohort, Series, SeriesSeason, Session
from app.catalogue.place_forms import SeriesForm
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.series import Meeting, Rule, exceptions_from, plan
from app.catalogue.services import series as verbs
from app.catalogue.slots import ORDER, SlotFault
from app.shared import clock
from app.shared.errors import DomainError, Invalid
from app.shared.view import full_date, plural
from app.shared.web import act, allow, submit


@blueprint.route("/cohorts/<uuid:cohort_id>/series/new", methods=["GET", "POST"])
@allow(policies.can_edit_cohort, cohort=queries.get_cohort)
def series_new(cohort: Cohort) -> ResponseReturnValue:
    form = SeriesForm()
    if request.method == "GET":
        slot = next(iter(cohort.offering.slots), None)
        form.starts_on.data, form.ends_on.data = cohort.starts_on, cohort.ends_on
        if slot is not None:
            form.day.data, form.start.data, form.end.data = slot["day"], slot["start"], slot["end"]
    return _page(cohort, None, form)


@blueprint.route("/series/<uuid:series_id>/edit", methods=["GET", "POST"])
@allow(policies.can_edit_series, series=queries.get_series)
def series_edit(series: Series) -> ResponseReturnValue:
    form = SeriesForm() if request.method == "POST" else SeriesForm(data={
        "day": ORDER[series.day], "start": series.start, "end": series.end, "every_weeks": str(series.every_weeks),
        "starts_on": series.starts_on, "ends_on": series.ends_on, "season": series.season.value, "school_id": series.school_id,
        "changes": [_change(e) for e in series.exceptions if "to" in e],
    })
    return _page(series.cohort, series, form)


def _change(exception: dict[str, str]) -> dict[str, object]:
    which = exception["on"] if exception["kind"] == "move" else "extra"
    return {"which": which, "to": date.fromisoformat(exception["to"]), "start": exception["start"], "end": exception["end"]}


@blueprint.post("/series/<uuid:series_id>/end")
@allow(policies.can_edit_series, series=queries.get_series)
def series_end(series: Series) -> ResponseReturnValue:
    me, series_id = sessions.current_person(), series.id
    back = url_for("catalogue.cohort", cohort_id=series.cohort_id)
    return act(lambda: verbs.end_series(series_id=series_id, actor=me), back, done=_("Ended: what was planned after today is cancelled."))


def _page(cohort: Cohort, series: Series | None, form: SeriesForm) -> ResponseReturnValue:
    """Look, as often as one likes; then make."""
    me, cohort_id, series_id = sessions.current_person(), cohort.id, series.id if series else None
    offering, zone_id = cohort.offering, cohort.offering.zone_id
    form.offer(accounts.list_schools(zone_id))
    wants_to_make = request.method == "POST" and request.form.get("step") == "make" and form.seen.data == _seen(form)
    status = 200
    if wants_to_make:
        def verb() -> Series:
            rule, year = _rule(form), queries.school_year(zone_id, form.school_id.data)
            return verbs.save_series(
                cohort_id=cohort_id, series_id=series_id, rule=rule, school_id=form.school_id.data, exceptions=_exceptions(form, rule, year),
                instead_of=form.replaced, actor=me,
            )

        if submit(form, verb) is not None:
            flash(_("The sessions are planned."), "success")
            return redirect(url_for("catalogue.cohort", cohort_id=cohort_id), 303)
        status = 422
    elif request.method == "POST":
        status = 200 if form.validate_on_submit() else 422
    meetings = _look(form, series, zone_id) if request.method == "POST" or series else []
    taken_up, loose = _already_planned(form, cohort, meetings)
    status = 422 if form.errors or form.form_errors else status
    form.seen.data = _seen(form) if meetings else ""
    days = [m for m in meetings if m.moved_from is None and not m.is_extra]
    today = clock.today()
    kept = [m for m in meetings if m.meets and verbs.is_within(cohort, m)]
    for entry in form.changes:
        entry.form.which.choices = [("", _("None")), ("extra", _("An extra meeting")), *((m.on.isoformat(), _("Instead of %(on)s", on=full_date(m.on))) for m in _of_rule(form))]
    page = render_template(
        "catalogue/series_edit.html", form=form, cohort=cohort, offering=offering, name=shown.cohort_name(cohort), series=series, meetings=meetings,
        days=days, count=sum(m.on >= today for m in kept), skipped=sum(not m.meets and m.on >= today for m in meetings), outside={m.on for m in meetings if m.meets and m not in kept},
        today=today, plural=plural, loose=loose, taken_up=taken_up,
    )
    return page, status


def _already_planned(form: SeriesForm, cohort: Cohort, meetings: list[Meeting]) -> tuple[int, list[Session]]:
    """The sessions to come of no regular meeting: how many the rule takes up, and the others, to be kept or cancelled.

    At the first look those stay that somebody added by hand or that lie outside the days of the rule: what was planned from the
    offering's times is what a regular meeting takes the place of.
    """
    starts = {m.starts_at for m in meetings if m.meets and verbs.is_within(cohort, m)}
    sessions = queries.list_loose_sessions(cohort.id) if meetings else []
    loose = [s for s in sessions if s.starts_at not in starts]
    new = {str(s.id) for s in loose} - set(form.known.data or [])
    form.stays.data = [*(form.stays.data or []), *(str(s.id) for s in loose if str(s.id) in new and not _is_of_offering(s, cohort, form))]
    return len(sessions) - len(loose), loose


def _is_of_offering(session: Session, cohort: Cohort, form: SeriesForm) -> bool:
    start = clock.london(session.starts_at)
    is_slot = any(slot["day"] == ORDER[start.weekday()] and slot["start"] == f"{start:%H:%M}" for slot in cohort.offering.slots)
    first, last = form.starts_on.data, form.ends_on.data
    return is_slot and first is not None and last is not None and first <= session.held_on <= last


def _seen(form: SeriesForm) -> str:
    """The rule that the shown days belong to: another rule has to be looked at first."""
    return "|".join(str(field.data) for field in (form.day, form.start, form.end, form.every_weeks, form.starts_on, form.ends_on, form.season, form.school_id))


def _rule(form: SeriesForm) -> Rule:
    """Raises Invalid at the field."""
    start, end = form.times()
    if form.starts_on.data is None or form.ends_on.data is None:
        raise Invalid(_("Choose the first and the last day."), field="starts_on")
    rule = Rule(form.weekday, start, end, form.starts_on.data, form.ends_on.data, SeriesSeason(form.season.data), int(form.every_weeks.data))
    verbs.require_rule(rule)
    return rule


def _of_rule(form: SeriesForm) -> list[Meeting]:
    try:
        rule = _rule(form)
    except (DomainError, SlotFault, ValueError):
        return []
    return [Meeting(day, rule.start, rule.end) for day in rule.days()]


def _exceptions(form: SeriesForm, rule: Rule, year: SchoolYear) -> list[dict[str, object]]:
    moves: dict[date, tuple[date, str, str]] = {}
    extras: list[tuple[date, str, str]] = []
    for entry in form.changes:
        change = entry.form
        if change.which.data and change.to.data:
            start, end = change.times(rule.start, rule.end)
            if end <= start:
                raise Invalid(_("It must end after it starts."), field="changes")
            if change.which.data == "extra":
                extras.append((change.to.data, start, end))
            else:
                moves[date.fromisoformat(change.which.data)] = (change.to.data, start, end)
    return exceptions_from(rule, year, meets=form.days, moves=moves, extras=extras)


def _look(form: SeriesForm, series: Series | None, zone_id: object) -> list[Meeting]:
    """The days as they would be: with the ticks that were set for this very rule, else as the rule and the holidays have them."""
    try:
        rule = _rule(form)
        year = queries.school_year(zone_id, form.school_id.data)  # type: ignore[arg-type]
        if request.method == "POST" and form.seen.data == _seen(form):
            return plan(rule, year, _exceptions(form, rule, year))
        if series is not None and request.method == "GET":
            return plan(rule, year, series.exceptions)
        form.meets.data = [day.isoformat() for day in rule.days() if rule.keeps(day, year)]
        return plan(rule, year, _exceptions(form, rule, year))
    except DomainError as refusal:
        if request.method == "POST" and not form.form_errors and not form.errors:
            form.refuse(refusal)
        return []
    except (SlotFault, ValueError):
        return []
