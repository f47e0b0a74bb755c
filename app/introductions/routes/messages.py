"""Messages about an introduction: write one, answer a question, tick one off."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.introductions import policies, queries, services
from app.introductions.forms import AnswerForm, MessageForm
from app.introductions.models import Introduction, Readers
from app.introductions.routes.blueprint import blueprint, page_of, run
from app.introductions.routes.pages import is_for_partner
from app.shared.errors import NotFound
from app.shared.web import act, allow, current_person


@blueprint.route("/introductions/<uuid:introduction_id>/messages/new", methods=["GET", "POST"])
@allow(policies.can_write, introduction=queries.get_introduction)
def message_new(introduction: Introduction) -> ResponseReturnValue:
    person: Person = current_person()
    key, partner = introduction.id, is_for_partner(person, introduction)
    reads = introduction.is_open and introduction.state in policies.PARTNER_SEES
    form = MessageForm()
    form.offer(
        introduction.organisation.name, to_team=not partner,
        to_partner=partner or (reads and policies.can_write_to_partner(person, introduction) and bool(queries.partner_people(introduction))),
    )
    return run(
        introduction, form,
        lambda: services.write_message(
            introduction_id=key, words_written=form.words_written.data or "", readers=Readers(form.readers.data),
            is_question=form.is_question.data, actor=person,
        ),
        "introductions/message_new.html", done=_("Written. It stays here, and they see it on their list."), is_partner=partner,
    )


@blueprint.route("/introductions/<uuid:introduction_id>/messages/<uuid:message_id>/answer", methods=["GET", "POST"])
@allow(policies.can_write, introduction=queries.get_introduction)
def message_answer(introduction: Introduction, message_id: uuid.UUID) -> ResponseReturnValue:
    person: Person = current_person()
    key, partner = introduction.id, is_for_partner(person, introduction)
    question = next((one for one in queries.list_messages(key) if one.id == message_id), None)
    if question is None or (partner and question.readers is not Readers.PARTNER):
        raise NotFound
    form = AnswerForm()
    return run(
        introduction, form,
        lambda: services.answer_message(introduction_id=key, message_id=message_id, words_written=form.words_written.data or "", actor=person),
        "introductions/message_answer.html", done=_("Answered."), question=question, is_partner=partner,
    )


@blueprint.post("/introductions/<uuid:introduction_id>/messages/<uuid:message_id>/read")
@allow(policies.can_write, introduction=queries.get_introduction)
def message_read(introduction: Introduction, message_id: uuid.UUID) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    return act(lambda: services.tick_off(introduction_id=key, message_id=message_id, actor=person), page_of(key), done=_("Off your list."))
