"""The partner's word: agree the whole, or query a line and read the answer."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.billing import policies, queries
from app.billing.models import LineSay, Statement, StatementLine, StatementState
from app.billing.services.common import move, note, take
from app.billing.services.drawing import forget_who_said_yes, open_queries
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid, NotFound, Stale, permit

_S = StatementState
WORDS_LIMIT = 1_000


def agree(*, statement_id: uuid.UUID, seen_version: int | None = None, actor: Person) -> Statement:
    """The partner agrees every line. Raises Stale when a register was corrected since it was drawn up, Forbidden, IllegalMove."""
    with atomic():
        statement = take(statement_id, seen_version=seen_version)
        permit(policies.can_agree(actor, statement), _("The partner’s administrator agrees a statement."))
        if statement.state is not _S.ACCRUING:
            raise IllegalMove(_("This statement does not wait for the partner’s word."))
        require_up_to_date(statement)
        if not statement.lines:
            raise Invalid(_("There is nothing on this statement any more."))
        statement.agreed_by_id, statement.agreed_at = actor.id, clock.now()
        move(statement, _S.SUBMITTED, actor=actor, done="agreed", pence=statement.total_pence)
        return statement


def query_line(*, line_id: uuid.UUID, words: str, actor: Person) -> StatementLine:
    """The partner says what is wrong with one line. The statement waits for an answer. Raises Invalid, IllegalMove, Forbidden."""
    with atomic():
        line = _take_line(line_id)
        statement = line.statement
        permit(policies.can_query(actor, line), _("The partner’s administrator queries a line."))
        if statement.state not in (_S.ACCRUING, _S.QUERIED, _S.SUBMITTED, _S.VERIFIED):
            raise IllegalMove(_("This statement can no longer be queried. A correction of the register comes onto the next one."))
        line.query, line.answer, line.say = _text(words, _("Say what is wrong with this line."), "words"), "", LineSay.QUERIED
        if statement.state is _S.QUERIED:
            note(statement, actor=actor, done="queried", line=line.id)
        else:
            forget_who_said_yes(statement)
            move(statement, _S.QUERIED, actor=actor, done="queried", line=line.id)
        return line


def answer_line(*, line_id: uuid.UUID, words: str, actor: Person) -> StatementLine:
    """The Zone manager's answer; where the partner is right, the register is corrected as well. With the last answer the statement
    goes back to the partner."""
    with atomic():
        line = _take_line(line_id)
        statement = line.statement
        permit(policies.can_answer(actor, line), _("The Zone manager answers."))
        if line.say is not LineSay.QUERIED:
            raise IllegalMove(_("Nobody queries this line (any more)."))
        line.answer, line.say = _text(words, _("Write what you found."), "words"), LineSay.ANSWERED
        db.session.flush()
        if open_queries(statement):
            note(statement, actor=actor, done="answered", line=line.id)
        else:
            move(statement, _S.ACCRUING, actor=actor, done="answered", line=line.id)
        return line


def require_up_to_date(statement: Statement) -> None:
    if not queries.is_up_to_date(statement):
        raise Stale(_("A register was corrected after this was drawn up. Bring the statement up to date first, then look again."))


def _take_line(line_id: uuid.UUID) -> StatementLine:
    line = db.session.get(StatementLine, line_id)
    if line is None:
        raise NotFound
    take(line.statement_id)
    db.session.refresh(line)
    return line


def _text(words: str, missing: str, field: str) -> str:
    text = words.strip()
    if not 1 <= len(text) <= WORDS_LIMIT:
        raise Invalid(missing if not text else _("%(limit)s characters are the most.", limit=f"{WORDS_LIMIT:,}"), field=field)
    return text
