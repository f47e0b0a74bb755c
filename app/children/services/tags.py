"""A listening note's suggested tags: what was noticed, in words a match can use. Kith suggests, a person decides."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from app.accounts.models import Person
from app.audit.services import record
from app.children import queries, tagging
from app.children.models import Child, ListeningNote, NoteTag, TagPlace, TagState
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import NotFound


def suggest_tags(note: ListeningNote, child: Child) -> list[NoteTag]:
    """Put what a note seems to say beside it, inside the note's own transaction. A private note says nothing to a match."""
    if note.is_private:
        return []
    db.session.flush()
    place = tagging.PLACE_OF[note.kind]
    known = {word.casefold() for word in child.interests} if place is TagPlace.LOVES else set()
    tags = [
        NoteTag(child_id=child.id, note_id=note.id, word=word, place=place) for word in tagging.suggest(note.text) if word not in known
    ]
    db.session.add_all(tags)
    return tags


def decide_tag(*, child_id: uuid.UUID, tag_id: uuid.UUID, is_right: bool, actor: Person) -> NoteTag:
    """Accept a suggested tag, so that it joins what the child loves, what helps, what does not or what stands in the way; or set it
    aside, so that it is not suggested from this note again. The same answer twice is one answer; an accepted tag set aside is taken
    out again. Raises NotFound when it is not this child's."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        tag = db.session.get(NoteTag, tag_id)
        if tag is None or tag.child_id != child_id:
            raise NotFound
        wanted = TagState.ACCEPTED if is_right else TagState.DECLINED
        if tag.state is wanted:
            return tag
        before = tag.state
        if is_right:
            _put_in(child, tag)
        elif before is TagState.ACCEPTED and not _others(tag):
            _take_out(child, tag)
        tag.state, tag.decided_on, tag.decided_by_id = wanted, clock.today(), actor.id
        record("children.tag.decided", subject=tag, actor=actor, zone_id=child.zone_id, child_id=child_id, place=tag.place.value,
               moved=(before.value, wanted.value))
        return tag


_TEXT = {TagPlace.HELPS: "what_helps", TagPlace.DOES_NOT: "what_does_not", TagPlace.IN_THE_WAY: "barriers"}


def _put_in(child: Child, tag: NoteTag) -> None:
    if tag.place is TagPlace.LOVES:
        if tag.word.casefold() not in {known.casefold() for known in child.interests}:
            child.interests = [*child.interests, tag.word]
        return
    name = _TEXT[tag.place]
    lines = [line for line in getattr(child, name).split("\n") if line.strip()]
    sentence = _sentence(tag.word)
    if sentence not in lines:
        setattr(child, name, "\n".join([*lines, sentence]))


def _take_out(child: Child, tag: NoteTag) -> None:
    if tag.place is TagPlace.LOVES:
        child.interests = [known for known in child.interests if known.casefold() != tag.word.casefold()]
        return
    name = _TEXT[tag.place]
    setattr(child, name, "\n".join(line for line in getattr(child, name).split("\n") if line != _sentence(tag.word)))


def _others(tag: NoteTag) -> bool:
    """Does another note's accepted tag say the same?"""
    same = sa.select(NoteTag.id).where(
        NoteTag.child_id == tag.child_id, NoteTag.word == tag.word, NoteTag.place == tag.place, NoteTag.id != tag.id,
        NoteTag.state == TagState.ACCEPTED,
    )
    return db.session.scalars(same.limit(1)).first() is not None


def _sentence(word: str) -> str:
    return f"{word[0].upper()}{word[1:]}."
