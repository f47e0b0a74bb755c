"""Sealing what must not lie open: AES-256-GCM under the keys of keyring.py, each value bound to where it belongs.

A sealed value is the key's mark (4 bytes), a nonce (12) and the rest. `Sealed("voice.words")` is a column of text that the database only
ever sees sealed, as "~mark." and base64; `SealedBytes` the same for bytes. Bound to table and column, so a value that is moved to another
column does not open. `seal` and `unseal` are for what is bound to its row (bank details, seeds of apps); such a column is named in ROW_BOUND.

Empty text stays empty and unsealed: CHECKs and filters may ask whether there is something. The database can ask a sealed column nothing
else, and Python refuses to write such a question. docs/sealing.md has the list of columns and why the others are not on it.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from app.shared import keyring
from app.shared.keyring import Key

SIGN = "~"
MARK = 4
NONCE = 12
PREFIX = len(SIGN) + 2 * MARK + 1  # "~01ab23cd."


class CannotOpen(RuntimeError):
    """Sealed with a key that is not here any more, or moved from where it belongs, or never sealed."""


def seal_bytes(content: bytes, belongs_to: str) -> bytes:
    """`belongs_to` names the place: what is copied to another does not open there."""
    return seal_with(keyring.ring(current_app.config["SETTINGS"])[0], content, belongs_to)


def seal_with(key: Key, content: bytes, belongs_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return key.mark + nonce + key.cipher.encrypt(nonce, content, belongs_to.encode())


def unseal_bytes(sealed: bytes, belongs_to: str) -> bytes:
    """Raises CannotOpen."""
    key = keyring.find(current_app.config["SETTINGS"], sealed[:MARK])
    if key is None:
        raise CannotOpen("the key it was sealed with is not among the data keys")
    try:
        return bytes(key.cipher.decrypt(sealed[MARK : MARK + NONCE], sealed[MARK + NONCE :], belongs_to.encode()))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen(f"what is sealed for {belongs_to.partition(':')[0]} does not belong there, or was changed") from error


def seal(values: dict[str, str], belongs_to: str) -> bytes:
    """Several named texts as one."""
    return seal_bytes(json.dumps(values, sort_keys=True).encode(), belongs_to)


def unseal(sealed: bytes, belongs_to: str) -> dict[str, str]:
    """Raises CannotOpen."""
    values: dict[str, str] = json.loads(unseal_bytes(sealed, belongs_to))
    return values


def seal_text(text: str, belongs_to: str) -> str:
    """Empty text stays empty."""
    return as_text(seal_bytes(text.encode(), belongs_to)) if text else text


def unseal_text(sealed: str, belongs_to: str) -> str:
    """Raises CannotOpen, also for text that was never sealed."""
    return unseal_bytes(as_bytes(sealed), belongs_to).decode() if sealed else sealed


def as_text(sealed: bytes) -> str:
    return f"{SIGN}{sealed[:MARK].hex()}.{base64.b64encode(sealed[MARK:]).decode()}"


def as_bytes(sealed: str) -> bytes:
    """Raises CannotOpen."""
    if sealed[:1] != SIGN or sealed[PREFIX - 1 : PREFIX] != ".":
        raise CannotOpen("this text was never sealed")
    try:
        return bytes.fromhex(sealed[1 : PREFIX - 1]) + base64.b64decode(sealed[PREFIX:], validate=True)
    except (ValueError, binascii.Error) as error:
        raise CannotOpen("this is no sealed text") from error


class _Closed(TypeDecorator.Comparator[Any]):
    """A sealed column can be asked whether it is empty, and nothing else."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        asks_for_nothing = op in (operators.eq, operators.ne, operators.is_, operators.is_not) and other and other[0] in ("", None)
        if not asks_for_nothing:
            raise TypeError(f"{self.expr} is sealed: the database cannot search, order or compare it")
        return super().operate(op, *other, **kwargs)


class Sealed(TypeDecorator[str]):
    """Text that the database sees only sealed. `place` is its "table.column"; `length` the one the column had before it was sealed,
    which SQLite does not enforce and PostgreSQL is not told."""

    impl = sa.Text
    cache_ok = True
    comparator_factory = _Closed

    def __init__(self, place: str, length: int | None = None) -> None:
        super().__init__()
        self.place = place
        self.length = length

    @property
    def python_type(self) -> type[str]:
        return str

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        return sa.String(self.length) if self.length and dialect.name == "sqlite" else sa.Text()

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return seal_text(value, self.place) if value else value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return unseal_text(value, self.place) if value else value


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that the database sees only sealed."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    @property
    def python_type(self) -> type[bytes]:
        return bytes

    def process_bind_param(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return seal_bytes(value, self.place) if value is not None else None

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> bytes | None:
        return unseal_bytes(value, self.place) if value is not None else None


@dataclass(frozen=True)
class Sealing:
    """One column that holds sealed values; `belongs_to` of a row says what its value is bound to. `needs` are the columns it asks for."""

    table: sa.Table
    column: sa.Column[Any]
    is_text: bool
    belongs_to: Callable[[Any], str]
    needs: tuple[str, ...] = ("id",)

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


ROW_BOUND: dict[str, tuple[Callable[[Any], str], tuple[str, ...]]] = {}
"""Columns of bytes that their room seals itself: "table.column" to what a row's value is bound to, and the columns that takes."""


def row_bound(place: str, belongs_to: Callable[[Any], str], *needs: str) -> None:
    """Tell of such a column, so that its values are counted and moved to newer keys."""
    ROW_BOUND[place] = (belongs_to, needs)


def sealings(metadata: sa.MetaData) -> Iterator[Sealing]:
    """Every column with sealed values, table by table."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind: Any = column.type
            place = f"{table.name}.{column.name}"
            if isinstance(kind, (Sealed, SealedBytes)):
                yield Sealing(table, column, isinstance(kind, Sealed), lambda row, place=kind.place: place)  # type: ignore[misc]
            elif place in ROW_BOUND:
                belongs_to, needs = ROW_BOUND[place]
                yield Sealing(table, column, False, belongs_to, needs)
