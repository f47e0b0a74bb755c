"""Listening: begin, views, what makes it warm, ready, not yet, begin again."""

from __future__ import annotations

from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children.whereabouts import carer_words
from app.introductions import policies, queries, services, standing
from app.introductions.forms import NotYetForm, PrepareForm, ViewForm, chosen
from app.introductions.models import Introduction, Stance
from app.introductions.routes.blueprint import blueprint, page_of, run
from app.introductions.standing import BEFORE_ASKED
from app.shared import clock
from app.shared.forms import seen_version
from app.shared.web import act, allow, current_person

AGAIN_IN = timedelta(days=14)


@blueprint.post("/introductions/<uuid:introduction_id>/listen")
@allow(policies.can_listen, introduction=queries.get_introduction)
def listen(introduction: Introduction) -> ResponseReturnValue:
    key, person, seen = introduction.id, current_person(), seen_version()
    return act(
        lambda: services.begin_listening(introduction_id=key, actor=person, seen_version=seen), page_of(key),
        done=_("Now listen: write down what the child thinks, and what home thinks."),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/views/new", methods=["GET", "POST"])
@allow(policies.can_record_view, introduction=queries.get_introduction)
def view_new(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    form = ViewForm(said_on=clock.today(), who=request.args.get("who", ""))
    form.offer(introduction.child.called, [(c.id, carer_words(c)) for c in introduction.child.carers])
    return run(
        introduction, form,
        lambda: services.record_view(
            introduction_id=key, viewpoint=form.viewpoint, carer_id=form.carer_id, said_by=form.said_by.data or "",
            stance=Stance(form.stance.data), words_said=form.words_said.data or "", said_on=chosen(form.said_on), how=form.how.data,
            language=form.language.data, words_in_english=form.words_in_english.data or "", told_to=form.told_to.data or "", actor=person, seen_version=form.seen,
        ),
        "introductions/view_new.html", done=_("Written down."),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/prepare", methods=["GET", "POST"])
@allow(policies.can_prepare, introduction=queries.get_introduction)
def prepare(introduction: Introduction) -> ResponseReturnValue:
    key, person, may_choose = introduction.id, current_person(), introduction.state in BEFORE_ASKED
    form = PrepareForm(
        who_goes_along=introduction.who_goes_along, has_met_contact=introduction.has_met_contact, nothing_told=not introduction.is_shared
    )
    if not may_choose:
        del form.nothing_told
    return run(
        introduction, form,
        lambda: services.prepare(
            introduction_id=key, has_met_contact=form.has_met_contact.data, who_goes_along=form.who_goes_along.data or "",
            is_shared=not form["nothing_told"].data if may_choose else None, actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_prepare.html", done=_("Put in place."),
        trusted=queries.list_trusted_adults(introduction.child_id), contact=standing.read(introduction).contact,
    )


@blueprint.post("/introductions/<uuid:introduction_id>/ready")
@allow(policies.can_make_ready, introduction=queries.get_introduction)
def ready(introduction: Introduction) -> ResponseReturnValue:
    key, person, seen = introduction.id, current_person(), seen_version()
    return act(lambda: services.make_ready(introduction_id=key, actor=person, seen_version=seen), page_of(key), done=_("Ready. Now the organisation can be asked."))


@blueprint.route("/introductions/<uuid:introduction_id>/not-yet", methods=["GET", "POST"])
@allow(policies.can_put_off, introduction=queries.get_introduction)
def not_yet(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    form = NotYetForm(ask_again_on=clock.today() + AGAIN_IN)
    return run(
        introduction, form,
        lambda: services.set_not_yet(
            introduction_id=key, why=form.why.data or "", ask_again_on=chosen(form.ask_again_on), actor=person, seen_version=form.seen
        ),
        "introductions/introduction_not_yet.html", done=_("Not yet. You get it on your list on the day."),
    )


@blueprint.post("/introductions/<uuid:introduction_id>/again")
@allow(policies.can_listen, introduction=queries.get_introduction)
def again(introduction: Introduction) -> ResponseReturnValue:
    key, person, seen = introduction.id, current_person(), seen_version()
    return act(lambda: services.begin_again(introduction_id=key, actor=person, seen_version=seen), page_of(key), done=_("It is an idea again."))


