"""Tariffs: what a place costs the charity. A new price is a new version; an old one is never edited."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import queries
from app.catalogue.models import DEFAULT_PAYABLE, Offering, Tariff, TariffBasis
from app.catalogue.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def set_tariff(
    *,
    offering_id: uuid.UUID,
    price_pence: int,
    actor: Person | None,
    setup_pence: int = 0,
    notice_percent: int = 0,
    payable: Mapping[str, Any] | None = None,
    starts_on: date | None = None,
    basis: TariffBasis = TariffBasis.SESSION,
    is_one_to_one: bool = False,
) -> Tariff:
    """The next version, in force from `starts_on` (today). Commissions keep the version they were made on. Terms that are the latest
    version's already change nothing, and it is what comes back.

    `price_pence` is for one session, or with `basis` PLACE for the whole place, however many sessions it has.

    `payable` maps attendance marks to the percent owed; marks left out keep the default. Raises Invalid at the field.
    """
    with atomic():
        offering = db.session.get(Offering, offering_id)
        if offering is None:
            raise NotFound
        powers.manages(actor, offering.zone_id)
        return begin_tariff(
            offering, price_pence=price_pence, actor=actor, setup_pence=setup_pence, notice_percent=notice_percent, payable=payable,
            starts_on=starts_on, basis=basis, is_one_to_one=is_one_to_one,
        )


def begin_tariff(
    offering: Offering, *, price_pence: int, actor: Person | None, setup_pence: int = 0, notice_percent: int = 0,
    payable: Mapping[str, Any] | None = None, starts_on: date | None = None, basis: TariffBasis = TariffBasis.SESSION,
    is_one_to_one: bool = False,
) -> Tariff:
    """The same inside a verb that has asked who may."""
    shares = {**DEFAULT_PAYABLE, **(payable or {})}
    require_terms(offering, price_pence=price_pence, setup_pence=setup_pence, notice_percent=notice_percent, payable=shares)
    latest = queries.find_latest_tariff(offering.id)
    begins = starts_on or clock.today()
    if latest is not None and begins < latest.starts_on:
        raise Invalid(_("A new price cannot begin before the one it follows."), field="starts_on")
    terms = {
        "price_pence": price_pence, "setup_pence": setup_pence, "notice_percent": notice_percent, "payable": shares, "basis": basis,
        "is_one_to_one": is_one_to_one,
    }
    if latest is not None and all(getattr(latest, name) == value for name, value in terms.items()):
        return latest
    tariff = Tariff(offering_id=offering.id, version=latest.version + 1 if latest else 1, starts_on=begins, **terms)
    db.session.add(tariff)
    audit.record(
        "catalogue.tariff.set", subject=tariff, actor=actor, zone_id=offering.zone_id, offering=offering.id,
        version=tariff.version, price_pence=price_pence, setup_pence=setup_pence, starts_on=begins,
        basis=basis, is_one_to_one=is_one_to_one,
    )
    return tariff


def require_terms(offering: Offering, *, price_pence: int, setup_pence: int, notice_percent: int, payable: Mapping[str, Any]) -> None:
    """Raises Invalid at the field that cannot be."""
    if not offering.needs_money:
        raise Invalid(_("Only a programme that Kith commissions has a price for places."), field="price_pence")
    if price_pence < 0 or setup_pence < 0:
        raise Invalid(_("A price cannot be less than nothing."), field="price_pence" if price_pence < 0 else "setup_pence")
    if not 0 <= notice_percent <= 100:
        raise Invalid(_("Type a percentage from 0 to 100."), field="notice_percent")
    for mark, percent in payable.items():
        if mark not in DEFAULT_PAYABLE or not 0 <= int(percent) <= 100:
            raise Invalid(_("Each mark is paid from 0 to 100 percent."), field=f"payable_{mark}")
