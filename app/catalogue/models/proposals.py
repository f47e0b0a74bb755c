"""Proposal: what a partner would like to change about what children see, as it was and as it would be, for the Zone manager to answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.catalogue.models.offerings import Offering
from app.catalogue.models.organisations import Organisation
from app.shared.db import Row, state_column
from app.shared.states import Moves


class ProposalKind(StrEnum):
    WORDS = "words"
    """Fields of an offering, an organisation or a photo."""
    PHOTO = "photo"
    """A photo that is there, and shown to nobody else yet."""
    PRICE = "price"
    PUBLISH = "publish"
    """A draft that has never been shown."""


class ProposalState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


PROPOSAL_MOVES = Moves("proposal", {
    ProposalState.WAITING: {ProposalState.ACCEPTED, ProposalState.RETURNED, ProposalState.REPLACED, ProposalState.WITHDRAWN},
    ProposalState.RETURNED: {ProposalState.REPLACED, ProposalState.WITHDRAWN},
})
OPEN_PROPOSALS = (ProposalState.WAITING, ProposalState.RETURNED)
"""Somebody still has something to do about it: the Zone manager, or whoever it was returned to."""


class Proposal(Row):
    """`subject_type` and `subject_id` name the row that would change, as a Task's do; `before` and `after` hold its fields as JSON, only
    those that differ. At most one of a kind is open for a subject: the next one takes its place. `word` is the Zone manager's answer."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index("one_open_proposal", "kind", "subject_id", unique=True, sqlite_where=sa.text("state IN ('waiting', 'returned')"),
              postgresql_where=sa.text("state IN ('waiting', 'returned')")),
        Index("ix_proposal_zone_state", "zone_id", "state"),
        CheckConstraint("state NOT IN ('accepted', 'returned') OR decided_by_id IS NOT NULL", name="answer_has_a_name"),
    )

    zone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("zone.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    offering_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("offering.id"), index=True)
    kind: Mapped[ProposalKind] = mapped_column(state_column(ProposalKind))
    state: Mapped[ProposalState] = mapped_column(state_column(ProposalState), default=ProposalState.WAITING)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    why: Mapped[str] = mapped_column(Text, default="")
    word: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    offering: Mapped[Offering | None] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=made_by_id, lazy="joined", innerjoin=True)
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)

    @property
    def about(self) -> str:
        """What it would change, by name."""
        return self.offering.title if self.offering is not None else self.organisation.name

    @property
    def is_waiting(self) -> bool:
        return self.state is ProposalState.WAITING
