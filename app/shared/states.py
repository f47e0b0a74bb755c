"""State machines as plain tables. Pages, the audit trail and the drawn diagrams all read the same table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from flask_babel import gettext as _

from app.shared.errors import IllegalMove

S = TypeVar("S", bound=StrEnum)


class Moves(Generic[S]):
    """The legal moves of one machine: `{state: {states it may go to}}`. States left out are ends."""

    def __init__(self, name: str, table: Mapping[S, set[S]]) -> None:
        self.name = name
        self.table: dict[S, frozenset[S]] = {state: frozenset(to) for state, to in table.items()}

    def allows(self, here: S, there: S) -> bool:
        return there in self.table.get(here, frozenset())

    def onward(self, here: S) -> frozenset[S]:
        return self.table.get(here, frozenset())

    def is_end(self, state: S) -> bool:
        return not self.table.get(state)

    def require(self, here: S, there: S) -> None:
        """Raises IllegalMove with a sentence naming both states and what is possible instead."""
        if self.allows(here, there):
            return
        onward = sorted(state.replace("_", " ") for state in self.onward(here))
        instead = _("From here it can become %(states)s.", states=", ".join(onward)) if onward else _("It has come to its end.")
        raise IllegalMove(
            _(
                "This %(thing)s is %(here)s, so it cannot become %(there)s. %(instead)s",
                thing=self.name, here=here.replace("_", " "), there=there.replace("_", " "), instead=instead,
            )
        )
