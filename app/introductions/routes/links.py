"""Behind the links of an asking e-mail: one page each, one purpose, a confirm button. They show nothing of the child."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template
from flask.typing import ResponseReturnValue

from app.catalogue import queries as catalogue
from app.introductions import links, queries, services
from app.introductions.forms import AgreeForm, DeclineForm, QuestionForm, picked
from app.introductions.links import Answerer, Purpose
from app.introductions.models import DeclineReason, Readers
from app.introductions.routes.blueprint import blueprint
from app.shared.forms import VerbForm
from app.shared.web import paced, public, submit


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@public
@paced("links", 60, 15)
def answer(token: str) -> ResponseReturnValue:
    """Answer without signing in. Opening it changes nothing."""
    found = links.read(token)
    title = found.introduction.offering.title
    form, verb, has_practitioners = _FORMS[found.purpose](found)
    if not form.is_submitted():
        form.seen_version.data = str(found.introduction.version)
    if submit(form, verb) is not None:
        return render_template("introductions/answer_done.html", title=title, purpose=found.purpose)
    found = links.read(token)
    return render_template(
        "introductions/answer_give.html", form=form, introduction=found.introduction, person=found.person, purpose=found.purpose,
        has_practitioners=has_practitioners, worker=queries.find_lead_name(found.introduction.child_id),
    ), 422 if form.is_submitted() else 200


Prepared = tuple[VerbForm, Callable[[], object], bool]


def _agree(found: Answerer) -> Prepared:
    key, person, form = found.introduction.id, found.person, AgreeForm()
    practitioners = catalogue.list_practitioners(found.introduction.organisation_id)
    form.offer(practitioners, catalogue.list_cohorts(found.introduction.offering_id, running=True))
    return form, lambda: services.agree(
        introduction_id=key, practitioner_id=picked(form.practitioner_id), cohort_id=form.chosen_cohort,
        first_dates=form.first_dates.data or "", actor=person, seen_version=form.seen,
    ), bool(practitioners)


def _decline(found: Answerer) -> Prepared:
    key, person, form = found.introduction.id, found.person, DeclineForm()
    return form, lambda: services.decline(
        introduction_id=key, reason=DeclineReason(form.reason.data), note_to_link_worker=form.note_to_link_worker.data or "", actor=person,
        seen_version=form.seen,
    ), True


def _ask(found: Answerer) -> Prepared:
    key, person, form = found.introduction.id, found.person, QuestionForm()
    return form, lambda: services.write_message(
        introduction_id=key, words_written=form.words_written.data or "", readers=Readers.PARTNER, is_question=True, actor=person,
    ), True


_FORMS: dict[Purpose, Callable[[Answerer], Prepared]] = {Purpose.AGREE: _agree, Purpose.DECLINE: _decline, Purpose.ASK: _ask}
