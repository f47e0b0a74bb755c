"""Prices: a new one is a new version, and the same one again is nothing."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import Role, Zone
from app.catalogue.models import TariffBasis
from app.catalogue.services.tariffs import set_tariff
from app.shared import clock
from tests import factories


def test_a_price_saved_as_it_stands_makes_no_new_version(zone: Zone) -> None:
    manager = factories.make_person(Role.ZONE_MANAGER, zone)
    offering = factories.make_offering(factories.make_organisation(zone))
    first = set_tariff(offering_id=offering.id, price_pence=1_000, actor=manager, payable={"late": 50})
    tomorrow = clock.today() + timedelta(days=1)
    same = set_tariff(offering_id=offering.id, price_pence=1_000, actor=manager, payable={"late": 50}, starts_on=tomorrow)
    assert (same.id, same.starts_on) == (first.id, clock.today()), "it goes on, and nothing begins anew"
    other = {"setup_pence": 500, "notice_percent": 50, "payable": {"late": 60}, "is_one_to_one": True, "basis": TariffBasis.PLACE}
    for version, (name, value) in enumerate(other.items(), 2):
        changed = set_tariff(offering_id=offering.id, actor=manager, **{"price_pence": 1_000, "payable": {"late": 50}, name: value})  # type: ignore[arg-type]
        assert changed.version == version, name
