"""Messages of an introduction. Whoever asks has been permitted to see the introduction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.introductions.models import Message
from app.shared.db import db


def list_messages(introduction_id: uuid.UUID) -> Sequence[Message]:
    """Oldest first."""
    statement = sa.select(Message).where(Message.introduction_id == introduction_id).order_by(Message.created_at, Message.id)
    return db.session.scalars(statement).all()


def last_message(introduction_id: uuid.UUID) -> Message | None:
    statement = sa.select(Message).where(Message.introduction_id == introduction_id).order_by(Message.created_at.desc(), Message.id).limit(1)
    return db.session.scalars(statement).one_or_none()


def find_answer(question_id: uuid.UUID) -> Message | None:
    return db.session.scalars(sa.select(Message).where(Message.answers_id == question_id)).one_or_none()


def has_unanswered_question(introduction_id: uuid.UUID) -> bool:
    """The organisation asked something that nobody has answered."""
    answer = aliased(Message)
    return bool(db.session.scalar(sa.select(sa.exists().where(
        Message.introduction_id == introduction_id, Message.is_by_partner.is_(True), Message.is_question.is_(True),
        ~sa.exists().where(answer.answers_id == Message.id),
    ))))
