"""Behind the link of an asking e-mail: one page, one purpose, a confirm button. It shows nothing of the child."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.catalogue import queries as catalogue
from app.introductions import links, queries, services
from app.introductions.forms import AgreeForm, picked
from app.introductions.routes.blueprint import blueprint
from app.shared.web import public, submit


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> ResponseReturnValue:
    """Say yes without signing in. Opening it changes nothing."""
    found = links.read(token)
    introduction_id, person, title = found.introduction.id, found.person, found.introduction.offering.title
    form = AgreeForm()
    practitioners = catalogue.list_practitioners(found.introduction.organisation_id)
    form.offer(practitioners, catalogue.list_cohorts(found.introduction.offering_id, running=True))
    if not form.is_submitted():
        form.seen_version.data = str(found.introduction.version)
    agreed = submit(form, lambda: services.agree(
        introduction_id=introduction_id, practitioner_id=picked(form.practitioner_id), cohort_id=form.chosen_cohort,
        first_dates=form.first_dates.data or "", actor=person, seen_version=form.seen,
    ))
    if agreed is not None:
        return render_template("introductions/answer_done.html", title=title)
    found = links.read(token)
    return render_template(
        "introductions/answer_give.html", form=form, introduction=found.introduction, person=found.person,
        has_practitioners=bool(practitioners), worker=queries.find_lead_name(found.introduction.child_id),
    ), 422 if form.is_submitted() else 200
