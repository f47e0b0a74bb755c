"""LexiconConcept and LexiconChange: the words an installation has laid over the shipped lexicon, and how they came to be."""

from __future__ import annotations

import secrets
import uuid
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.shared.append_only import append_only
from app.shared.db import Row, state_column


class WordSource(StrEnum):
    """Where a concept was last changed from."""

    KITH = "kith"
    CSV = "csv"
    OPENACTIVE = "openactive"


class LexiconConcept(Row):
    """One concept as the installation has it. `key` is the name as it is compared. On a shipped concept `same`, `near` and `needs`
    are what is added and `without` what is left out of it; on one of its own they are all there is."""

    __tablename__ = "lexicon_concept"

    key: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    same: Mapped[list[str]] = mapped_column(default=list)
    near: Mapped[list[str]] = mapped_column(default=list)
    needs: Mapped[list[str]] = mapped_column(default=list)
    without: Mapped[list[str]] = mapped_column(default=list)
    is_on: Mapped[bool] = mapped_column(default=True)
    source: Mapped[WordSource] = mapped_column(state_column(WordSource), default=WordSource.KITH)


class ChangeKind(StrEnum):
    SAVED = "saved"
    SWITCHED_ON = "switched_on"
    SWITCHED_OFF = "switched_off"
    FORGOTTEN = "forgotten"
    IMPORTED = "imported"
    UNDONE = "undone"


class LexiconChange(Row):
    """One verb on the words: by key, each concept before and after (null: there was none of the installation's own).

    Rows are only ever added; the sum of the random `stamp`s is the version mark that every search reads.
    """

    __tablename__ = "lexicon_change"

    stamp: Mapped[int] = mapped_column(sa.BigInteger, default=lambda: secrets.randbelow(1 << 40) + 1)
    kind: Mapped[ChangeKind] = mapped_column(state_column(ChangeKind))
    what: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lexicon_change.id"), unique=True)


append_only(LexiconChange)
