"""Asking the organisation, and its answer."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.queries import school_days
from app.catalogue import queries as catalogue
from app.introductions import guards, policies, queries, services, standing
from app.introductions.forms import (
    AgreeByWordForm,
    AgreeForm,
    AskForm,
    DeclineByWordForm,
    DeclineForm,
    picked,
)
from app.introductions.models import DeclineReason, Introduction
from app.introductions.routes.blueprint import blueprint, run
from app.introductions.routes.pages import called_by_partner
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.route("/introductions/<uuid:introduction_id>/ask", methods=["GET", "POST"])
@allow(policies.can_ask, introduction=queries.get_introduction)
def ask(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    form = AskForm()
    return run(
        introduction, form,
        lambda: services.ask(introduction_id=key, note_to_partner=form.note_to_partner.data or "", actor=person, seen_version=form.seen),
        "introductions/introduction_ask.html", done=_("Asked. You hear from Kith when they answer."),
        reading=standing.read(introduction), may_work=True, load=queries.partner_load(introduction), people=queries.partner_people(introduction),
        answer_by=school_days(introduction.child.school_id).after(clock.today(), guards.ANSWER_WITHIN),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/agree", methods=["GET", "POST"])
@allow(policies.can_give_answer, introduction=queries.get_introduction)
def agree(introduction: Introduction) -> ResponseReturnValue:
    """The organisation's own people name who meets the child; a Link Worker who was told writes down who said so."""
    person: Person = current_person()
    return _agree(introduction, person) if policies.can_answer(person, introduction) else _agree_by_word(introduction, person)


def _agree(introduction: Introduction, person: Person) -> ResponseReturnValue:
    key, form = introduction.id, AgreeForm()
    practitioners = catalogue.list_practitioners(introduction.organisation_id)
    form.offer(practitioners, catalogue.list_cohorts(introduction.offering_id, running=True))
    return run(
        introduction, form,
        lambda: services.agree(
            introduction_id=key, practitioner_id=picked(form.practitioner_id), cohort_id=form.chosen_cohort,
            first_dates=form.first_dates.data or "", actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_agree.html", done=_("Thank you. The Link Worker arranges the first meeting with you."),
        called=called_by_partner(introduction), by_word=False, has_practitioners=bool(practitioners),
    )


def _agree_by_word(introduction: Introduction, person: Person) -> ResponseReturnValue:
    key, form = introduction.id, AgreeByWordForm()
    return run(
        introduction, form,
        lambda: services.agree(
            introduction_id=key, answered_by=form.answered_by.data or "", first_dates=form.first_dates.data or "", actor=person,
            seen_version=form.seen,
        ),
        "introductions/introduction_agree.html", done=_("Written down. Now arrange the first meeting."), called=introduction.child.called,
        by_word=True, has_practitioners=True,
    )


@blueprint.route("/introductions/<uuid:introduction_id>/decline", methods=["GET", "POST"])
@allow(policies.can_give_answer, introduction=queries.get_introduction)
def decline(introduction: Introduction) -> ResponseReturnValue:
    person: Person = current_person()
    key, by_word = introduction.id, not policies.can_answer(person, introduction)
    form = DeclineByWordForm() if by_word else DeclineForm()
    return run(
        introduction, form,
        lambda: services.decline(
            introduction_id=key, reason=DeclineReason(form.reason.data), note_to_link_worker=form.note_to_link_worker.data or "",
            answered_by=form["answered_by"].data or "" if by_word else "", actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_decline.html", by_word=by_word,
        done=_("Written down.") if by_word else _("Thank you for answering. The Link Worker looks elsewhere."),
        called=introduction.child.called if by_word else called_by_partner(introduction), worker=queries.find_lead_name(introduction.child_id),
    )
