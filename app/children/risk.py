"""Which of a Zone's criteria a pupil meets, by which figure. Pure. It says what stands there; a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.children.measuring import FIGURES, say
from app.children.school_models import Informant, Measure


@dataclass(frozen=True)
class Criterion:
    """Met when the newest figure is at least (or at most) the limit, in tenths."""

    key: str
    code: str
    informant: Informant
    words: str
    is_at_least: bool
    usual: int
    is_usual: bool = True

    def is_met_by(self, tenths: int, limit: int) -> bool:
        return tenths >= limit if self.is_at_least else tenths <= limit

    def sentence(self, limit: int) -> str:
        """"Attendance at most 93%"."""
        return (_("%(words)s at least %(say)s", words=self.words, say=say(self.code, limit)) if self.is_at_least else _("%(words)s at most %(say)s", words=self.words, say=say(self.code, limit))) if not FIGURES[self.code].steps else (
            _("%(words)s: %(say)s or more", words=self.words, say=say(self.code, limit)) if self.is_at_least else _("%(words)s: %(say)s or lower", words=self.words, say=say(self.code, limit))
        )


_T, _S = Informant.TEACHER, Informant.SCHOOL
CRITERIA = {c.key: c for c in (
    Criterion("attendance", "attendance", _S, _l("Attendance"), False, 930),
    Criterion("sdq_total", "sdq_total", _T, _l("SDQ total by the teacher"), True, 160),
    Criterion("sdq_emotional", "sdq_emotional", _T, _l("SDQ emotional by the teacher"), True, 50, False),
    Criterion("sdq_peer", "sdq_peer", _T, _l("SDQ peer problems by the teacher"), True, 50, False),
    Criterion("reading", "reading", _S, _l("Reading score"), False, 850),
    Criterion("maths", "maths", _S, _l("Maths score"), False, 850),
    Criterion("reading_level", "reading_level", _T, _l("Reading by the teacher"), False, 20),
    Criterion("maths_level", "maths_level", _T, _l("Maths by the teacher"), False, 20),
    Criterion("worry_social", "worry_social", _T, _l("Teacher’s worry, social"), True, 30),
    Criterion("worry_emotional", "worry_emotional", _T, _l("Teacher’s worry, emotional"), True, 30),
    Criterion("worry_academic", "worry_academic", _T, _l("Teacher’s worry, academic"), True, 30, False),
)}
USUAL = {key: criterion.usual for key, criterion in CRITERIA.items() if criterion.is_usual}
USUAL_LEAST = 2


@dataclass(frozen=True)
class Scheme:
    """The criteria of a Zone, with their limits, and how many have to be met to be suggested. `is_own` False: Kith's usual ones."""

    limits: Mapping[str, int]
    least: int
    is_own: bool

    @property
    def lines(self) -> list[tuple[Criterion, int]]:
        return [(criterion, self.limits[key]) for key, criterion in CRITERIA.items() if key in self.limits]


class _Kept(Protocol):
    criteria: dict[str, Any]
    least: int


def scheme_of(kept: _Kept | None) -> Scheme:
    if kept is None:
        return Scheme(USUAL, USUAL_LEAST, False)
    return Scheme({key: int(limit) for key, limit in kept.criteria.items() if key in CRITERIA}, kept.least, True)


@dataclass(frozen=True)
class Line:
    """One criterion beside one pupil. Without a figure nothing is known, which is not the same as not met."""

    criterion: Criterion
    limit: int
    measure: Measure | None
    is_met: bool

    @property
    def said(self) -> str:
        return say(self.criterion.code, self.measure.tenths) if self.measure is not None else ""


@dataclass(frozen=True)
class Assessment:
    lines: tuple[Line, ...]
    least: int

    @property
    def met(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_met)

    @property
    def unknown(self) -> int:
        return sum(line.measure is None for line in self.lines)

    @property
    def is_suggested(self) -> bool:
        return len(self.met) >= self.least


def newest(measures: Iterable[Measure]) -> dict[tuple[str, Informant], Measure]:
    """The newest standing figure of each kind."""
    found: dict[tuple[str, Informant], Measure] = {}
    for measure in sorted((m for m in measures if m.ended_at is None), key=lambda m: (m.measured_on, m.created_at)):
        found[measure.code, measure.informant] = measure
    return found


def assess(scheme: Scheme, measures: Sequence[Measure]) -> Assessment:
    figures = newest(measures)
    lines = []
    for criterion, limit in scheme.lines:
        measure = figures.get((criterion.code, criterion.informant))
        lines.append(Line(criterion, limit, measure, measure is not None and criterion.is_met_by(measure.tenths, limit)))
    return Assessment(tuple(lines), scheme.least)


def as_kept(assessment: Assessment) -> dict[str, Any]:
    """What stood beside the name when somebody decided: criteria, limits and the ids of the figures."""
    return {
        "met": [line.criterion.key for line in assessment.met], "least": assessment.least,
        "figures": [str(_id(line.measure)) for line in assessment.lines if line.measure is not None],
    }


def _id(measure: Measure) -> UUID:
    return measure.id
