"""What the child said, what was noticed, and what the child said no to."""

from __future__ import annotations

import uuid

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.children import policies, queries, services
from app.children.forms.listening import NOTE_WORDS, LiftForm, NoteForm, VoiceForm
from app.children.models import Child, NoteKind
from app.children.routes.blueprint import blueprint, form_page
from app.children.sight import note_look
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.web import allow, current_person


@blueprint.get("/children/<uuid:child_id>/notes")
@allow(policies.can_see_child, child=queries.get_child)
def notes(child: Child) -> ResponseReturnValue:
    note_look(child, "notes")
    person = current_person()
    sees_private = policies.can_see_private_notes(person, child)
    shown = [note for note in child.notes if sees_private or not note.is_private]
    return render_template(
        "children/note_list.html", child=child, notes=[(kind, words, [n for n in shown if n.kind is kind]) for kind, words in NOTE_WORDS.items()],
        is_empty=not shown and not child.voices, may_listen=policies.can_listen_to_child(person, child),
        may_work=policies.can_work_with_child(person, child), refusals=queries.list_refusals(child.id),
    )


@blueprint.route("/children/<uuid:child_id>/words/new", methods=["GET", "POST"])
@allow(policies.can_listen_to_child, child=queries.get_child)
def voice_new(child: Child) -> ResponseReturnValue:
    form = VoiceForm()
    if not form.is_submitted():
        form.said_on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.record_voice(child_id=child.id, words=form.words.data, said_on=form.said_on.data, actor=current_person()),
        title=f"Something {child.called} said", done=f"{child.called}’s words are kept.",
    )


@blueprint.route("/children/<uuid:child_id>/notes/new", methods=["GET", "POST"])
@allow(policies.can_listen_to_child, child=queries.get_child)
def note_new(child: Child) -> ResponseReturnValue:
    person = current_person()
    form = NoteForm()
    may_keep = policies.can_see_private_notes(person, child)
    if not may_keep:
        del form.is_private
    if not form.is_submitted():
        form.noted_on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.add_note(
            child_id=child.id, kind=NoteKind(form.kind.data), text=form.text.data, noted_on=form.noted_on.data, actor=person,
            is_private=bool(may_keep and form.is_private.data),
        ),
        title=f"A note about {child.called}", done="The note is kept.", back=url_for("children.notes", child_id=child.id),
    )


@blueprint.route("/children/<uuid:child_id>/refusals/<uuid:offering_id>/lift", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def refusal_lift(child: Child, offering_id: uuid.UUID) -> ResponseReturnValue:
    refusal = queries.find_refusal(child.id, offering_id)
    if refusal is None:
        raise NotFound
    title = queries.offering_in_zone(offering_id, child.zone_id).title
    form = LiftForm()
    return form_page(
        child, form,
        lambda: services.lift_refusal(child_id=child.id, offering_id=offering_id, words=form.words.data or "", actor=current_person()),
        title=f"Bring {title} back", done=f"{title} can be matched again.", back=url_for("children.notes", child_id=child.id),
        lede=(f"{child.called} said no to this. Only {child.called}’s own new words can bring it back."
              if refusal.is_childs_no else f"It was set aside for {child.called}. Words of {child.called} are welcome, but not needed."),
    )
