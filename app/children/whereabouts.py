"""Where a child can be found, and papers for somebody who must not know it: no school, place, organisation, postcode or town, and no
brother or sister. It goes by names, so whoever hands such a paper over reads it first: a story may still tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import School
from app.catalogue.models import Offering, Organisation, Site
from app.children.models import Carer, Child, OnePage, Relationship, RelationshipKind
from app.shared.db import Row, db

R = TypeVar("R", bound=Row)

PLACES, NOTHING = "places", "nothing"
"""What a paper is asked to be `without`."""
PUT = "…"
POSTCODE = re.compile(r"\b[A-Za-z]{1,2}[0-9][0-9A-Za-z]?\s?[0-9][A-Za-z]{2}\b")
_SCHOOL_WORDS = frozenset("school academy primary junior infant infants secondary high community nursery college".split())
_SIBLING = re.compile(r"brother|sister|sibling|twin", re.IGNORECASE)
_TELL = (RelationshipKind.PLACE, RelationshipKind.PARTNER, RelationshipKind.SCHOOL)
"""Those of a circle who are met somewhere."""


def must_not_know(carers: Iterable[Carer]) -> list[Carer]:
    return [carer for carer in carers if carer.may_not_know_where]


def carer_words(carer: Carer) -> str:
    """For a list to choose from."""
    who = f"{carer.name}, {carer.relation}" if carer.relation else carer.name
    return _("%(who)s (must not know where the child is)", who=who) if carer.may_not_know_where else who


def is_sibling(kind: RelationshipKind, who: str, *, is_child_of_kith: bool) -> bool:
    return kind is RelationshipKind.FAMILY and (is_child_of_kith or _SIBLING.search(who) is not None)


def names_of_places(child: Child) -> re.Pattern[str] | None:
    """Schools of the child's Zone and of brothers and sisters, organisations, what they offer and where, towns and wards."""
    zone_id = child.zone_id
    linked = sa.select(Relationship.other_child_id).where(Relationship.child_id == child.id, Relationship.other_child_id.is_not(None))
    own = [child.town, child.ward]
    schools = list(db.session.scalars(sa.select(School.name).where(School.zone_id == zone_id)))
    for town, ward, school in db.session.execute(
        sa.select(Child.town, Child.ward, School.name).outerjoin(School, School.id == Child.school_id).where(Child.id.in_(linked))
    ):
        own += [town, ward]
        schools.append(school)
    told = sa.union_all(
        sa.select(Organisation.name).where(Organisation.zone_id == zone_id), sa.select(Offering.title).where(Offering.zone_id == zone_id),
        *(sa.select(column).join(Organisation, Organisation.id == Site.organisation_id).where(Organisation.zone_id == zone_id)
          for column in (Site.name, Site.address, Site.town)),
    )
    names = {*own, *schools, *(_without_school(name) for name in schools if name), *db.session.scalars(told)}
    return _any_of({name for name in names if name and len(name) > 2})


def _without_school(name: str) -> str:
    """How a child says it: "St Anne’s" for St Anne’s Primary School."""
    words = name.split()
    while words and words[-1].casefold() in _SCHOOL_WORDS:
        words.pop()
    return " ".join(words)


def _any_of(names: set[str]) -> re.Pattern[str] | None:
    """Whole words, longest first. A name of one word is found as it is written ("Reading" is a town, "reading" is not), one of several
    however it is written."""
    def alternatives(wanted: Iterable[str]) -> str:
        return "|".join(re.escape(name).replace("’", "'").replace("'", "['’]") for name in sorted(wanted, key=len, reverse=True))

    many, one = ({name for name in names if (" " in name) is several} for several in (True, False))
    parts = [part for part in (f"(?i:{alternatives(many)})" if many else "", alternatives(one)) if part]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)") if parts else None


@dataclass(frozen=True)
class Telling:
    """How a paper for the family speaks of places. Called with what somebody said, it gives it as the paper may say it.

    `marked` are the carers who must not know; `asked` is what the address said of it.
    """

    child: Child
    marked: Sequence[Carer]
    asked: str | None

    @property
    def hides(self) -> bool:
        """Where somebody must not know, the paper without places comes first, and the full one is chosen."""
        return self.asked == PLACES or (bool(self.marked) and self.asked != NOTHING)

    @property
    def kept_asked(self) -> str | None:
        """For a link to the same paper in another language."""
        return self.asked if self.asked in (PLACES, NOTHING) else None

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        return names_of_places(self.child)

    def __call__(self, text: str | None) -> str:
        if not self.hides or not text:
            return text or ""
        text = POSTCODE.sub(PUT, text)
        return self._names.sub(PUT, text) if self._names is not None else text

    def each(self, items: Iterable[str]) -> list[str]:
        """Without those that were nothing but a place."""
        return [told for told in map(self, items) if told.strip(f"{PUT} .,")]

    def page(self, page: OnePage) -> OnePage:
        """The child's page as the paper may say it."""
        if not self.hides:
            return page
        words = {name: self(getattr(page, name)) for name in ("about_me", "helps", "does_not", "childs_word")}
        return _copy(page, likes=self.each(page.likes), working_on=self.each(page.working_on), **words)

    def ties(self, ties: Sequence[Relationship]) -> Sequence[Relationship]:
        """The circle without those who are met somewhere, and without brothers and sisters."""
        if not self.hides:
            return ties
        return [
            self._tie(tie) for tie in ties
            if tie.kind not in _TELL and not is_sibling(tie.kind, f"{tie.who} {tie.name}", is_child_of_kith=tie.other_child_id is not None)
        ]

    def _tie(self, tie: Relationship) -> Relationship:
        told = _copy(tie, name=self(tie.name), who=self(tie.who), note="", other_child_id=None)
        set_committed_value(told, "moments", list(tie.moments))
        return told


def _copy(row: R, **given: object) -> R:
    """A row that no session knows, for reading."""
    return type(row)(**{**{column.key: getattr(row, column.key) for column in row.__table__.columns}, **given})


def telling(child: Child, carers: Iterable[Carer], asked: str | None) -> Telling:
    return Telling(child, must_not_know(carers), asked)
