"""The one table of weights: what counts how much, in plain words, and the bounds a Zone may move each within. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Weight:
    """`usual` in hundredths of what a need fully met is worth; negative: it pulls down."""

    name: str
    usual: int
    label: str
    help: str

    @property
    def least(self) -> int:
        return min(0, 2 * self.usual)

    @property
    def most(self) -> int:
        return max(0, 2 * self.usual)


TABLE = (
    Weight("needs", 100, _l("Meets the child’s needs"), _l("By priority: the first need counts most.")),
    Weight("words", 150, _l("Fits everything that was said"), _l("All that was heard of the child against all that is written of the offering.")),
    Weight("text", 90, _l("Is about the same things"), _l("The same, by meaning.")),
    Weight("about", 50, _l("Speaks of what the child needs"), _l("What is written of it is near a need in meaning, also where nobody marked it with that need.")),
    Weight("near", 40, _l("Is close by"), ""),
    Weight("peers", 30, _l("Is for children of about this age"), _l("For eight to eleven, say, rather than for anybody from five to eighteen.")),
    Weight("meaning", 35, _l("Is like what the child told us about"), _l("Near in meaning, also where no word is the same: skating and scooters.")),
    Weight("interest", 30, _l("Is what the child told us about"), _l("The one thing the child said that fits best, word for word or by another word for it.")),
    Weight("made_for", 30, _l("Is made for children like this one"), _l("Only where the profile says so.")),
    Weight("worked", 30, _l("Is like what went well before"), ""),
    Weight("calm", 12, _l("Is calm"), _l("Few children or a quiet space, for a child who would like that.")),
    Weight("language", 10, _l("Speaks a home language"), ""),
    Weight("friends", 12, _l("A friend goes there"), _l("Only on lists of whoever may see both children, and never for what is made for particular children.")),
    Weight("known", 10, _l("Somebody they trust knows the people there"), _l("Their Link Worker has introduced children there who met, or several of their school have.")),
    Weight("free", 5, _l("Is free for the family"), _l("And open to all before a paid place.")),
    Weight("fresh", 3, _l("Was checked lately"), ""),
    Weight("busy", -8, _l("Answers slowly, or has more requests waiting than places"), _l("Only what waits now counts, never how many children go there.")),
    Weight("meant", -40, _l("Is meant for others"), _l("It says for whom it is, nothing known of the child reminds of that, and it answers no need of the child.")),
    Weight("apart", -120, _l("Is for children in another situation"), _l("With a parent in prison, with diabetes, who speak Polish at home: pulled down where nothing known of the child speaks of it.")),
    Weight("no", -45, _l("Is like what the child said no to"), ""),
    Weight("not_worked", -35, _l("Is like what went badly before"), ""),
    Weight("set_aside", -45, _l("Is like what was set aside for this child"), _l("For the reason given then: too far, that time of day, that kind of thing, those people.")),
)
BY_NAME = {weight.name: weight for weight in TABLE}
WEIGHTS: Mapping[str, float] = {weight.name: weight.usual / 100 for weight in TABLE}
"""What counts where a Zone has changed nothing."""


def in_force(hundredths: Mapping[str, int]) -> dict[str, float]:
    """The weights of a Zone that keeps only what differs from the usual."""
    return {weight.name: hundredths.get(weight.name, weight.usual) / 100 for weight in TABLE}
