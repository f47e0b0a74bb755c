"""What other weights would do, before anybody saves them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.models import Person
from app.children import queries as children
from app.children.models import Child
from app.matching import queries
from app.matching.weights import in_force


@dataclass(frozen=True)
class Change:
    """One child's first few, with the weights as they are and as they would be."""

    child: Child
    before: list[str]
    after: list[str]

    @property
    def moved(self) -> int:
        """How many of those that would be shown are not shown now."""
        return len(set(self.after) - set(self.before))

    @property
    def differs(self) -> bool:
        return self.before != self.after


PREVIEWED, FIRST = 10, 5


def preview(person: Person, zone_id: uuid.UUID, hundredths: Mapping[str, int]) -> list[Change]:
    """What would change for ten of the Zone's children whom this person may see."""
    everyone = [child for child in children.list_visible(person) if child.zone_id == zone_id]
    some = everyone[:: max(1, len(everyone) // PREVIEWED)][:PREVIEWED]  # from all over the list, not ten whose names begin with A
    found = []
    for child in some:
        profile = queries.profile_of(child)
        before = queries.match_profile(zone_id, profile, FIRST, of=(child, person))
        after = queries.match_profile(zone_id, profile, FIRST, weights=in_force(hundredths), of=(child, person))
        found.append(Change(child, *([match.candidate.title for match in result.matches] for result in (before, after))))
    return found
