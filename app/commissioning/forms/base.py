"""What the room's forms have in common."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.shared.forms import choices

LONG = 1000


class PickField(SelectField):
    """One of some rows, by key; `.picked` is the key, or None."""

    def offer(self, rows: Iterable[tuple[uuid.UUID, str]], *, nothing: str | None = None) -> None:
        first = [("", nothing)] if nothing is not None else []
        self.choices = choices([*first, *((str(id_), words) for id_, words in rows)])

    @property
    def picked(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(str(self.data)) if self.data else None
        except ValueError:
            return None


def asked_text(label: str, missing: str, **given: Any) -> TextAreaField:
    """A text that has to be written."""
    return TextAreaField(label, [InputRequired(missing), Length(max=LONG, message=_l("Keep it to %(limit)s characters.", limit=f"{LONG:,}"))], **given)
