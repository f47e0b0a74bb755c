"""Statement (what one organisation has earned, drawn up by Kith) and its lines, each billed at most once, ever."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models import Organisation, Session
from app.children.models import Child
from app.commissioning.models import Commission
from app.shared import clock
from app.shared.db import Row, state_column
from app.shared.states import Moves


class StatementState(StrEnum):
    ACCRUING = "accruing"
    QUERIED = "queried"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    APPROVED = "approved"
    ON_HOLD = "on_hold"
    IN_PAYMENT = "in_payment"
    FAILED = "failed"
    PAID = "paid"


_S = StatementState
STATEMENT_MOVES = Moves("statement", {
    _S.ACCRUING: {_S.SUBMITTED, _S.QUERIED},
    _S.QUERIED: {_S.ACCRUING},
    _S.SUBMITTED: {_S.VERIFIED, _S.QUERIED, _S.ON_HOLD, _S.ACCRUING},
    _S.VERIFIED: {_S.APPROVED, _S.QUERIED, _S.ON_HOLD, _S.ACCRUING},
    _S.ON_HOLD: {_S.SUBMITTED, _S.ACCRUING},
    _S.APPROVED: {_S.IN_PAYMENT},
    _S.IN_PAYMENT: {_S.PAID, _S.FAILED, _S.APPROVED},
    _S.FAILED: {_S.IN_PAYMENT, _S.PAID, _S.APPROVED},
    _S.PAID: {_S.FAILED},
})
"""FLOWS 2. With the bank or with Stripe it is `in_payment`; its lines are frozen from `approved` on."""
OPEN_STATES = frozenset({_S.ACCRUING, _S.QUERIED, _S.SUBMITTED, _S.VERIFIED, _S.ON_HOLD})
"""Lines may still change, or go."""
IS_OPEN = sa.text("state IN ('accruing', 'queried', 'submitted', 'verified', 'on_hold')")


class Statement(Row):
    """One organisation's earnings up to a day, `number` within its Zone. Nobody types an amount into it."""

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("zone_id", "number", name="uq_statement_number"),
        CheckConstraint("(verified_by_id IS NULL) = (verified_at IS NULL)", name="verified_by_somebody"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved_by_somebody"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> verified_by_id", name="approved_by_another"),
        CheckConstraint(
            "state NOT IN ('approved', 'in_payment', 'failed', 'paid') OR (approved_at IS NOT NULL AND verified_at IS NOT NULL)",
            name="paid_after_two",
        ),
        Index("one_open_statement", "zone_id", "organisation_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_statement_organisation", "organisation_id", "state"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    through_on: Mapped[date]
    state: Mapped[StatementState] = mapped_column(state_column(StatementState), default=StatementState.ACCRUING)
    version: Mapped[int] = mapped_column(default=1)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime | None]
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime | None]
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    held_why: Mapped[str] = mapped_column(String(300), default="")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    agreed_by: Mapped[Person | None] = relationship(foreign_keys=[agreed_by_id])
    verified_by: Mapped[Person | None] = relationship(foreign_keys=[verified_by_id])
    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])
    lines: Mapped[list[StatementLine]] = relationship(back_populates="statement", order_by="StatementLine.position")

    @property
    def called(self) -> str:
        """"S-0007"."""
        return f"S-{self.number:04d}"

    @property
    def total_pence(self) -> int:
        return sum(line.pence for line in self.lines)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class LineSay(StrEnum):
    """What the partner says to one line."""

    NOTHING = "nothing"
    QUERIED = "queried"
    ANSWERED = "answered"


class StatementLine(Row):
    """What one session earned for one child (`correction` 0), or the difference a later correction made (1, 2, ...).

    `what` is the session's id, or "setup" or "notice" for what a commission earns without one. `parts` is the same pence by fund.
    The unique keys make a second billing impossible; once `frozen_at` is set, the database itself lets nobody change the line.
    """

    __tablename__ = "statement_line"
    __table_args__ = (
        UniqueConstraint("commission_id", "what", "correction", name="uq_statement_line_once"),
        Index("one_first_line_per_child_and_session", "child_id", "session_id", unique=True,
              sqlite_where=sa.text("correction = 0"), postgresql_where=sa.text("correction = 0")),
        CheckConstraint("pence <> 0", name="pence_not_nil"),
        CheckConstraint("correction > 0 OR pence > 0", name="only_corrections_take_back"),
        CheckConstraint("correction >= 0", name="correction_counted"),
        CheckConstraint("say <> 'queried' OR query <> ''", name="query_has_words"),
        Index("ix_statement_line_statement", "statement_id", "position"),
    )

    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statement.id"))
    position: Mapped[int]
    commission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission.id"))
    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("child.id"))
    session_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("session.id"))
    what: Mapped[str] = mapped_column(String(36))
    correction: Mapped[int] = mapped_column(default=0)
    held_on: Mapped[date]
    percent: Mapped[int]
    price_pence: Mapped[int]
    pence: Mapped[int]
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    say: Mapped[LineSay] = mapped_column(state_column(LineSay), default=LineSay.NOTHING)
    query: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    frozen_at: Mapped[datetime | None]

    statement: Mapped[Statement] = relationship(back_populates="lines")
    commission: Mapped[Commission] = relationship()
    child: Mapped[Child] = relationship()
    session: Mapped[Session | None] = relationship()


def freeze_ddl(dialect: str) -> list[str]:
    """Triggers that refuse to change or delete a line that was approved. Migrations run the same text."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER statement_line_frozen_{verb.lower()} BEFORE {verb} ON statement_line WHEN OLD.frozen_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'an approved line stays as it is'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        ("CREATE FUNCTION statement_line_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an approved line stays as it is' USING ERRCODE = 'integrity_constraint_violation'; END $$"),
        ("CREATE TRIGGER statement_line_frozen_change BEFORE UPDATE OR DELETE ON statement_line FOR EACH ROW "
        "WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION statement_line_frozen()"),
    ]


def unfreeze_ddl(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS statement_line_frozen_{verb}" for verb in ("update", "delete")]
    return ["DROP TRIGGER IF EXISTS statement_line_frozen_change ON statement_line", "DROP FUNCTION IF EXISTS statement_line_frozen()"]


def _guard() -> None:
    table = StatementLine.__table__
    for dialect in ("sqlite", "postgresql"):
        for text in freeze_ddl(dialect):
            event.listen(table, "after_create", sa.DDL(text.replace("%", "%%")).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
    undo = sa.DDL(unfreeze_ddl("postgresql")[1])  # type: ignore[no-untyped-call]
    event.listen(table, "after_drop", undo.execute_if(dialect="postgresql"))


_guard()
