"""What is written about an introduction stays on it. A question waits for one answer; the organisation hears by e-mail only that one
waits, never what it says."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.queries import school_days
from app.audit import services as audit
from app.introductions import policies, queries
from app.introductions.models import Introduction, IntroductionState, Message, Readers
from app.introductions.services.common import Already, take, taken_up, tell_link_workers, tell_partner, words
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, post
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid, NotFound

MESSAGE_BY_EMAIL = "introductions.message"
LEFT_TO_ANSWER = 3
"""School days an organisation has at least, once its question is answered."""


def write_message(
    *, introduction_id: uuid.UUID, words_written: str, readers: Readers, actor: Person, is_question: bool = False
) -> Message:
    """For the team, or for the organisation as well. Sent twice it is one message.

    Raises NotFound outside one's sight, Forbidden for those who may only read, Invalid where the organisation does not see it (yet).
    """
    with atomic():
        introduction = take(introduction_id)
        is_partner = _side(introduction, actor)
        if is_partner and readers is not Readers.PARTNER:
            raise Forbidden
        if not is_partner:
            _require_writer(introduction, readers, actor)
        said = words(words_written, _("Write something first."), "words_written")
        last = queries.last_message(introduction.id)
        if last is not None and (last.written_by_id, last.words, last.readers, last.is_question) == (actor.id, said, readers, is_question):
            return last
        return _put(introduction, said, readers, actor, is_partner=is_partner, is_question=is_question)


def answer_message(*, introduction_id: uuid.UUID, message_id: uuid.UUID, words_written: str, actor: Person) -> Message:
    """The one answer to a question, by the other side (in the team: by anybody else). Raises Already, Invalid, NotFound.

    An organisation whose question is answered has at least three school days left to answer what it was asked.
    """
    with atomic():
        introduction = take(introduction_id)
        is_partner = _side(introduction, actor)
        question = _get(message_id, introduction)
        if is_partner and question.readers is not Readers.PARTNER:
            raise NotFound
        if not is_partner:
            _require_writer(introduction, question.readers, actor)
        if not question.is_question:
            raise Invalid(_("That was no question."))
        if question.readers is Readers.PARTNER and question.is_by_partner == is_partner:
            raise Invalid(_("That is your own side’s question: the others answer it."))
        earlier = queries.find_answer(question.id)
        if earlier is not None:
            raise Already(_("%(written_by)s answered that already.", written_by=earlier.written_by.name))
        said = words(words_written, _("Write the answer."), "words_written")
        answer = _put(introduction, said, question.readers, actor, is_partner=is_partner, answers=question)
        close_tasks(kind=None, subject=question, why="Answered")
        if question.is_by_partner:
            _leave_time(introduction)
        return answer


def tick_off(*, introduction_id: uuid.UUID, message_id: uuid.UUID, actor: Person) -> None:
    """Read: it leaves one's own list. Doing it twice is doing it once."""
    with atomic():
        introduction = take(introduction_id)
        _side(introduction, actor)
        close_tasks(kind="introduction_message", subject=_get(message_id, introduction), why="Read", person_id=actor.id)


def forget_messages(introduction: Introduction, why: str) -> None:
    """Nobody has to read or answer anything about it any more."""
    for message in queries.list_messages(introduction.id):
        close_tasks(kind=None, subject=message, why=why)


def _side(introduction: Introduction, actor: Person) -> bool:
    """True for the organisation's people. Raises NotFound outside one's sight."""
    if not queries.is_visible(introduction.id, actor):
        raise NotFound
    return policies.is_partner_of(actor, introduction) and not policies.can_end(actor, introduction)


def _require_writer(introduction: Introduction, readers: Readers, actor: Person) -> None:
    if readers is Readers.TEAM:
        if not policies.can_write_to_team(actor, introduction):
            raise Forbidden
        return
    if not policies.can_write_to_partner(actor, introduction):
        raise Forbidden(_("Only the child’s Link Worker, or the Zone manager, writes to the organisation."))
    if not introduction.is_open or introduction.state not in policies.PARTNER_SEES:
        raise Invalid(_("%(organisation)s sees nothing of this introduction now, so they could not read it.", organisation=introduction.organisation.name), field="readers")
    if not queries.partner_people(introduction):
        raise Invalid(_("Nobody of %(organisation)s signs in to Kith. Ring or visit them.", organisation=introduction.organisation.name), field="readers")


def _get(message_id: uuid.UUID, introduction: Introduction) -> Message:
    found = db.session.get(Message, message_id)
    if found is None or found.introduction_id != introduction.id:
        raise NotFound
    return found


def _put(
    introduction: Introduction, said: str, readers: Readers, actor: Person, *, is_partner: bool, is_question: bool = False,
    answers: Message | None = None,
) -> Message:
    message = Message(
        introduction_id=introduction.id, written_by_id=actor.id, is_by_partner=is_partner, readers=readers, is_question=is_question,
        answers_id=answers.id if answers else None, words=said,
    )
    db.session.add(message)
    db.session.flush()
    taken_up(introduction, actor)
    done = "answered" if answers else "asked" if is_question else "written"
    audit.record(f"introductions.message.{done}", subject=introduction, actor=actor, message=message.id, readers=readers)
    if is_partner or readers is Readers.TEAM:
        _tell_team(introduction, message, actor, done)
    else:
        _tell_partner(introduction, message, actor, done)
    return message


_TOLD = {"asked": "asks you something", "answered": "answered", "written": "wrote"}


def _tell_team(introduction: Introduction, message: Message, actor: Person, done: str) -> None:
    tell_link_workers(
        introduction, "introduction_question" if done == "asked" else "introduction_message", f"{actor.name} {_TOLD[done]}",
        f"{introduction.offering.title}: {message.words}"[:200], action="Answer" if done == "asked" else "Read it", icon="message-circle",
        urgency=Urgency.TODAY if done == "asked" else Urgency.WEEK, subject=message, but=actor.id,
    )


def _tell_partner(introduction: Introduction, message: Message, actor: Person, done: str) -> None:
    tell_partner(
        introduction, "introduction_question" if done == "asked" else "introduction_message", f"{actor.name} {_TOLD[done]}",
        f"About {introduction.offering.title}", action="Answer" if done == "asked" else "Read it", icon="message-circle",
        urgency=Urgency.TODAY if done == "asked" else Urgency.WEEK, subject=message,
    )
    for person in queries.partner_people(introduction):
        post(
            topic=MESSAGE_BY_EMAIL, dedupe=f"{MESSAGE_BY_EMAIL}:{message.id}:{person.id}",
            payload={"message": str(message.id), "person": str(person.id)},
        )


def _leave_time(introduction: Introduction) -> None:
    if introduction.state is not IntroductionState.ASKED or introduction.answer_by_on is None:
        return
    least = school_days(introduction.child.school_id).after(clock.today(), LEFT_TO_ANSWER)
    if introduction.answer_by_on < least:
        db.session.execute(sa.update(Introduction).where(Introduction.id == introduction.id).values(answer_by_on=least))
