"""What the child said, what was noticed, and what the child said no to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children import book, policies, queries, services
from app.children.forms.listening import (
    FACE_WORDS,
    NOTE_ICONS,
    NOTE_WORDS,
    PLACE_WORDS,
    HelpForm,
    LiftForm,
    NoteForm,
    VoiceForm,
)
from app.children.models import Child, ListeningNote, NoteKind, NoteTag
from app.children.routes.blueprint import blueprint, form_page
from app.children.sight import note_look
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.web import act, allow, current_person


@blueprint.get("/children/<uuid:child_id>/notes")
@allow(policies.can_see_child, child=queries.get_child)
def notes(child: Child) -> ResponseReturnValue:
    note_look(child, "notes")
    person = current_person()
    kept = book.read(child)
    sees_private = policies.can_see_private_notes(person, child)
    shown = [note for note in kept.notes if sees_private or not note.is_private]
    may_listen, may_work = policies.can_listen_to_child(person, child), policies.can_work_with_child(person, child)
    form = NoteForm()
    if not sees_private:
        del form.is_private
    return render_template(
        "children/note_list.html", child=child, book=kept, kinds=NOTE_WORDS, note_icons=NOTE_ICONS, places=PLACE_WORDS, form=form,
        notes=[(kind, words, [n for n in shown if n.kind is kind]) for kind, words in NOTE_WORDS.items()],
        is_empty=not shown and not kept.voices, may_listen=may_listen, may_work=may_work, refusals=queries.list_refusals(child.id),
        waiting=_waiting(kept, shown) if may_work else [],
    )


def _waiting(kept: book.Book, shown: Sequence[ListeningNote]) -> list[tuple[ListeningNote, list[NoteTag]]]:
    """Notes with tags that wait for a yes or a no, newest first."""
    open_tags = kept.open_tags
    found = [(note, [tag for tag in open_tags if tag.note_id == note.id]) for note in shown]
    return [(note, tags) for note, tags in found if tags]


@blueprint.route("/children/<uuid:child_id>/words/new", methods=["GET", "POST"])
@allow(policies.can_listen_to_child, child=queries.get_child)
def voice_new(child: Child) -> ResponseReturnValue:
    form = VoiceForm()
    if not form.is_submitted():
        form.said_on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.record_voice(child_id=child.id, words=form.words.data, said_on=form.said_on.data, actor=current_person()),
        title=_("Something %(child)s said", child=child.called), done=_("%(child)s’s words are kept.", child=child.called),
    )


@blueprint.route("/children/<uuid:child_id>/notes/new", methods=["GET", "POST"])
@allow(policies.can_listen_to_child, child=queries.get_child)
def note_new(child: Child) -> ResponseReturnValue:
    person = current_person()
    form = NoteForm()
    may_keep = policies.can_see_private_notes(person, child)
    if not may_keep:
        del form.is_private
    return form_page(
        child, form,
        lambda: services.add_note(
            child_id=child.id, kind=NoteKind(form.kind.data), text=form.text.data, noted_on=form.noted_on.data or clock.today(), actor=person,
            is_private=bool(may_keep and form.is_private.data),
        ),
        title=_("A note about %(child)s", child=child.called), template="children/note_new.html", done=_("The note is kept."),
        back=url_for("children.notes", child_id=child.id), kinds=NOTE_WORDS, note_icons=NOTE_ICONS,
    )


@blueprint.post("/children/<uuid:child_id>/tags/<uuid:tag_id>/accept")
@allow(policies.can_work_with_child, child=queries.get_child)
def tag_accept(child: Child, tag_id: uuid.UUID) -> ResponseReturnValue:
    return _decide(child, tag_id, is_right=True, done=_("Added. It counts in the matches from now on."))


@blueprint.post("/children/<uuid:child_id>/tags/<uuid:tag_id>/decline")
@allow(policies.can_work_with_child, child=queries.get_child)
def tag_decline(child: Child, tag_id: uuid.UUID) -> ResponseReturnValue:
    return _decide(child, tag_id, is_right=False, done=_("Set aside. The note itself stays."))


def _decide(child: Child, tag_id: uuid.UUID, *, is_right: bool, done: str) -> ResponseReturnValue:
    return act(
        lambda: services.decide_tag(child_id=child.id, tag_id=tag_id, is_right=is_right, actor=current_person()),
        url_for("children.notes", child_id=child.id), done=done,
    )


@blueprint.route("/children/<uuid:child_id>/help", methods=["GET", "POST"])
@allow(policies.can_work_with_child, child=queries.get_child)
def help_new(child: Child) -> ResponseReturnValue:
    form = HelpForm()
    if not form.is_submitted():
        form.asked_on.data = clock.today()
    return form_page(
        child, form,
        lambda: services.answer_help(
            child_id=child.id, face=int(form.face.data), words=form.words.data or "", asked_on=form.asked_on.data, actor=current_person(),
        ),
        title=_("Ask %(child)s", child=child.called), template="children/help_new.html", done=_("%(child)s’s answer is kept.", child=child.called),
        todays=book.find_help_answer(child.id, clock.today()), faces=FACE_WORDS,
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
        title=_("Bring %(title)s back", title=title), done=_("%(title)s can be matched again.", title=title), back=url_for("children.notes", child_id=child.id),
        lede=(_("%(child)s said no to this. Only %(child)s’s own new words can bring it back.", child=child.called)
              if refusal.is_childs_no else _("It was set aside for %(child)s. Words of %(child)s are welcome, but not needed.", child=child.called)),
    )
