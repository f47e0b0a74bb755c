"""The one table of weights: what counts how much, in plain words, and the bounds a Zone may move each within. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
    Weight("needs", 100, "Meets the child’s needs", "By priority: the first need counts most."),
    Weight("words", 150, "Fits everything that was said", "All that was heard of the child against all that is written of the offering."),
    Weight("text", 90, "Is about the same things", "The same, by meaning."),
    Weight("near", 50, "Is close by", ""),
    Weight("peers", 30, "Is for children of about this age", "For eight to eleven, say, rather than for anybody from five to eighteen."),
    Weight("meaning", 35, "Is like what the child told us about", "Near in meaning, also where no word is the same: skating and scooters."),
    Weight("interest", 30, "Is what the child told us about", "The one thing the child said that fits best, word for word or by another word for it."),
    Weight("made_for", 30, "Is made for children like this one", "Only where the profile says so."),
    Weight("worked", 30, "Is like what went well before", ""),
    Weight("calm", 12, "Is calm", "Few children or a quiet space, for a child who would like that."),
    Weight("language", 10, "Speaks a home language", ""),
    Weight("friends", 12, "A friend goes there", "Only on lists of whoever may see both children, and never for what is made for particular children."),
    Weight("known", 10, "Somebody they trust knows the people there", "Their Link Worker has introduced children there who met, or several of their school have."),
    Weight("free", 5, "Is free for the family", "And open to all before a paid place."),
    Weight("fresh", 3, "Was checked lately", ""),
    Weight("busy", -8, "Answers slowly, or has more requests waiting than places", "Only what waits now counts, never how many children go there."),
    Weight("meant", -40, "Is meant for others", "It says for whom it is, nothing known of the child reminds of that, and it answers no need of the child."),
    Weight("apart", -80, "Is for children in another situation", "With a parent in prison, with diabetes, who speak Polish at home: pulled down where nothing known of the child speaks of it."),
    Weight("no", -45, "Is like what the child said no to", ""),
    Weight("not_worked", -35, "Is like what went badly before", ""),
    Weight("set_aside", -45, "Is like what was set aside for this child", "For the reason given then: too far, that time of day, that kind of thing, those people."),
)
BY_NAME = {weight.name: weight for weight in TABLE}
WEIGHTS: Mapping[str, float] = {weight.name: weight.usual / 100 for weight in TABLE}
"""What counts where a Zone has changed nothing."""


def in_force(hundredths: Mapping[str, int]) -> dict[str, float]:
    """The weights of a Zone that keeps only what differs from the usual."""
    return {weight.name: hundredths.get(weight.name, weight.usual) / 100 for weight in TABLE}
