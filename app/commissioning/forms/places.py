"""How many places a group has."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import NumberRange, Optional

from app.commissioning.services.places import MOST_PLACES
from app.shared.forms import KithForm, WholeNumberField


class CapacityForm(KithForm):
    """The new number itself, or one more or fewer than the number that was on the screen (`seen`)."""

    capacity = WholeNumberField("Places in all", [Optional(), NumberRange(0, MOST_PLACES, f"A group has between 0 and {MOST_PLACES:,} places.")])
    delta = WholeNumberField("One more or fewer", [Optional(), NumberRange(-1, 1)])
    seen = HiddenField()

    @property
    def seen_capacity(self) -> int | None:
        typed = str(self.seen.data or "")
        return int(typed) if typed.isdecimal() and len(typed) < 6 else None
