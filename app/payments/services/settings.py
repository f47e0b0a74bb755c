"""How a Zone pays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.payments.files import bulk_csv
from app.payments.models import PaySettings, Rail
from app.payments.rails import available
from app.payments.rails.bank_file import BACS
from app.payments.services.payees import checked
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid
from app.shared.sealing import row_bound, seal


def change_settings(
    *, zone_id: uuid.UUID, rail: Rail, profile: str, columns: Sequence[str] = (), own_name: str = "", own_sort_code: str = "",
    own_account: str = "", service_user: str = "", codes: dict[str, str] | None = None, actor: Person,
) -> PaySettings:
    """The own account is kept sealed; left empty, the one there stays. Raises Invalid with the field, Forbidden."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager decides how the Zone pays."))
        if rail not in {known.kind for known in available()}:
            raise Invalid(_("That is not set up here. README says how."), field="rail")
        if profile not in {*bulk_csv.PROFILES, BACS}:
            raise Invalid(_("That is no shape of a bank’s file."), field="profile")
        if profile == "own":
            bulk_csv.own_profile(columns)
        found = db.session.scalars(sa.select(PaySettings).where(PaySettings.zone_id == zone_id).with_for_update()).one_or_none()
        if found is None:
            found = PaySettings(zone_id=zone_id)
            db.session.add(found)
        if own_name or own_sort_code or own_account:
            typed = checked(own_name, own_sort_code, own_account)
            if service_user and not (service_user.isdecimal() and len(service_user) == 6):
                raise Invalid(_("A service user number has six digits."), field="service_user")
            found.originator = seal({**typed, "service_user": service_user}, f"pay_settings:{zone_id}")
            found.originator_ends = typed["account"][-3:]
        if profile == BACS and rail is Rail.BANK_FILE and found.originator is None:
            raise Invalid(_("A Bacs file needs the charity’s own account and service user number."), field="own_account")
        found.rail, found.profile, found.columns = rail, profile, list(columns)
        found.codes = {key: value for key, value in (codes or {}).items() if value}
        db.session.flush()
        audit.record("payments.settings.changed", subject=found, actor=actor, rail=rail, profile=profile, ends_with=found.originator_ends)
        return found


row_bound("pay_settings.originator", lambda row: f"pay_settings:{row.zone_id}", "id", "zone_id")
