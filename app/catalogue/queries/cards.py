"""What a list of offers shows of each, as plain values in one statement: twenty offerings as objects took two fifths of a search."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.catalogue.models import Delivery, Gender, Offering, OfferingKind, Organisation, Tariff, TariffBasis
from app.shared import clock
from app.shared.db import db, in_parts


class Listed(NamedTuple):
    """An offering as far as a card needs it, with its organisation's name and what is charged today (None: no price yet)."""

    id: uuid.UUID
    title: str
    description: str
    kind: OfferingKind
    needs: list[str]
    age_min: int
    age_max: int
    gender: Gender
    delivery: Delivery
    town: str
    postcode: str
    postcode_area: str
    latitude: float | None
    longitude: float | None
    slots: list[dict[str, Any]]
    is_by_arrangement: bool
    cost_pence: int
    provider: str
    price_pence: int | None
    basis: TariffBasis | None
    is_one_to_one: bool | None

    @property
    def is_commissioned(self) -> bool:
        return self.kind is OfferingKind.COMMISSIONED

    @property
    def price(self) -> Price | None:
        return None if self.price_pence is None else Price(self.price_pence, self.basis is TariffBasis.PLACE, bool(self.is_one_to_one))


class Price(NamedTuple):
    """The part of a tariff that is said in a line."""

    price_pence: int
    is_per_place: bool
    is_one_to_one: bool


_O, _T = Offering.__table__.c, Tariff.__table__.c
_OTHER = Tariff.__table__.alias()
_NEWEST = (
    sa.select(sa.func.max(_OTHER.c.version)).where(_OTHER.c.offering_id == _O.id, _OTHER.c.starts_on <= sa.bindparam("today", type_=sa.Date()))
    .scalar_subquery()
)
_CARDS = (
    sa.select(
        *(_O[name] for name in Listed._fields[: Listed._fields.index("provider")]), Organisation.__table__.c.name,
        _T.price_pence, _T.basis, _T.is_one_to_one,
    )
    .join(Organisation.__table__, Organisation.__table__.c.id == _O.organisation_id)
    .outerjoin(Tariff.__table__, sa.and_(_T.offering_id == _O.id, _T.version == _NEWEST))
    .where(_O.id.in_(sa.bindparam("ids", expanding=True)))
)
"""Made once: every page of results asks it."""


def list_for_cards(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Listed]:
    """By id; the ids come from a search within somebody's sight."""
    rows = (row for part in in_parts(ids) for row in db.session.execute(_CARDS, {"ids": part, "today": clock.today()}))
    return {row[0]: Listed._make(row) for row in rows}
