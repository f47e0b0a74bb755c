"""How many places a group has."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import NumberRange, Optional

from app.commissioning.services.places import MOST_PLACES
from app.shared.forms import KithForm, WholeNumberField


class CapacityForm(KithForm):
    """The new number itself, or one more or fewer than the number that was on the screen (`seen`)."""

    capacity = WholeNumberField(_l("Places in all"), [Optional(), NumberRange(0, MOST_PLACES, _l("A group has between 0 and %(most_places)s places.", most_places=f"{MOST_PLACES:,}"))])
    delta = WholeNumberField(_l("One more or fewer"), [Optional(), NumberRange(-1, 1)])
    seen = HiddenField()

    @property
    def seen_capacity(self) -> int | None:
        typed = str(self.seen.data or "")
        return int(typed) if typed.isdecimal() and len(typed) < 6 else None
