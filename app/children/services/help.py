"""“Can you ask your Link Worker for help?”: asked every half term, answered with one of five faces."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import book, queries
from app.children.models import HelpAnswer
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid


def answer_help(
    *, child_id: uuid.UUID, face: int, actor: Person | None, words: str = "", asked_on: date | None = None
) -> HelpAnswer:
    """Keep the face the child pointed at, and the child's words if there were any. A second answer on one day takes the first one's
    place. Raises Invalid at the field."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        on = asked_on or clock.today()
        if face not in range(1, 6):
            raise Invalid(_("Choose one of the five faces."), field="face")
        if on > clock.today():
            raise Invalid(_("It cannot have been asked on a day that is still to come."), field="asked_on")
        answer = book.find_help_answer(child_id, on) or HelpAnswer(child_id=child_id, asked_on=on)
        answer.face, answer.words, answer.asked_by_id = face, words.strip(), actor.id if actor else None
        db.session.add(answer)
        record("children.help.answered", subject=answer, actor=actor, zone_id=child.zone_id, child_id=child_id, asked_on=on)
        return answer
