"""Which columns of a school's own file mean what: presets for SIMS, Arbor and Bromcom, a guess, and what a school chose last. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.children.measuring import FIGURES
from app.children.school_models import Informant
from app.shared.errors import Invalid


@dataclass(frozen=True)
class Target:
    """One thing that a column can be. `code` and `informant` where it is a figure."""

    name: str
    words: str
    code: str = ""
    informant: Informant | None = None


def _figure(code: str, informant: Informant, words: str) -> Target:
    return Target(code, words, code, informant)


_T, _S = Informant.TEACHER, Informant.SCHOOL
TARGETS = {target.name: target for target in (
    Target("key", _l("Pupil’s number (UPN or admission number)")), Target("first_name", _l("First name")), Target("last_name", _l("Last name")),
    Target("full_name", _l("Whole name, “Surname, First name”")), Target("born_on", _l("Date of birth")), Target("school_year", _l("School year")),
    _figure("attendance", _S, _l("Attendance, percent")), _figure("reading", _S, _l("Reading, standardised score")),
    _figure("maths", _S, _l("Maths, standardised score")), _figure("reading_level", _T, _l("Reading, teacher’s judgement")),
    _figure("maths_level", _T, _l("Maths, teacher’s judgement")), _figure("worry_social", _T, _l("Teacher’s worry, social")),
    _figure("worry_emotional", _T, _l("Teacher’s worry, emotional")), _figure("worry_academic", _T, _l("Teacher’s worry, academic")),
    *(_figure(code, _T, _l("SDQ by the teacher: %(scale)s", scale=figure.words)) for code, figure in FIGURES.items() if figure.group == "sdq"),
)}
PEOPLE = ("key", "first_name", "last_name", "full_name", "born_on", "school_year")
PRESETS = {"sims": "SIMS", "arbor": "Arbor", "bromcom": "Bromcom", "other": _l("Something else")}

_TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "sims": {
        "key": ("upn", "adno", "admission number"), "first_name": ("legal forename", "forename", "preferred forename"),
        "last_name": ("legal surname", "surname", "preferred surname"), "born_on": ("dob", "date of birth"),
        "school_year": ("year", "year taught in", "nc year"), "attendance": ("% attend", "% attendance", "percentage attendance", "attendance %"),
        "full_name": ("name",),
    },
    "arbor": {
        "key": ("upn", "student id", "admission number"), "first_name": ("legal first name", "first name", "preferred first name"),
        "last_name": ("legal last name", "last name", "preferred last name"), "born_on": ("date of birth",),
        "school_year": ("year group", "year group (on date)"), "attendance": ("% present", "attendance %", "attendance percentage", "present (%)"),
        "full_name": ("student", "student name"),
    },
    "bromcom": {
        "key": ("upn", "adno", "admission no"), "first_name": ("forename", "preferred forename", "legal first name", "first name"),
        "last_name": ("surname", "preferred surname", "legal last name", "last name"), "born_on": ("dob", "date of birth"),
        "school_year": ("year group", "year", "yeargroup"), "attendance": ("attendance %", "% attendance", "% present", "att %"),
        "full_name": ("pupil", "pupil name", "student name"),
    },
}
_FIGURE_TITLES: dict[str, tuple[str, ...]] = {
    "attendance": ("attendance",), "reading": ("reading", "reading score", "reading standardised score", "reading ss", "reading sas"),
    "maths": ("maths", "maths score", "maths standardised score", "maths ss", "maths sas", "mathematics"),
    "reading_level": ("reading ta", "reading teacher assessment", "reading level"),
    "maths_level": ("maths ta", "maths teacher assessment", "maths level"),
    "worry_social": ("social concern", "concern social", "worry social"), "worry_emotional": ("emotional concern", "concern emotional", "worry emotional"),
    "worry_academic": ("academic concern", "concern academic", "worry academic"),
    "sdq_total": ("sdq total", "sdq", "sdq total difficulties", "total difficulties"),
    **{f"sdq_{scale}": (f"sdq {scale}",) for scale in ("emotional", "conduct", "hyperactivity", "peer", "prosocial", "impact")},
}


def plain(title: str) -> str:
    return re.sub(r"[^a-z0-9%()]+", " ", title.lower()).strip()


def guess(titles: Sequence[str], preset: str) -> dict[str, str]:
    """{what: column} by the titles the preset is known for, then by those that any program may use."""
    known = {plain(title): title for title in reversed(titles)}
    found: dict[str, str] = {}
    sources = [_TITLES.get(preset, {}), *(rest for name, rest in _TITLES.items() if name != preset), _FIGURE_TITLES]
    for source in sources:
        for name, said in source.items():
            column = next((known[one] for one in said if one in known), None)
            if name not in found and column is not None and column not in found.values():
                found[name] = column
    if "full_name" in found and "first_name" in found and "last_name" in found:
        del found["full_name"]
    return found


def guess_preset(titles: Sequence[str]) -> str:
    """The program whose titles the file has most of."""
    have = {plain(title) for title in titles}
    scores = {
        preset: sum(1 for said in source.values() for at, one in enumerate(said[:1]) if one in have) for preset, source in _TITLES.items()
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 2 else "other"


def fits(rules: Mapping[str, str], titles: Sequence[str]) -> bool:
    """Every column that the rules name is there."""
    return bool(rules) and all(column in titles for column in rules.values())


def check_rules(rules: Mapping[str, str], titles: Sequence[str]) -> dict[str, str]:
    """The rules that say something. Raises Invalid at the target when a column stands twice or is not there, or nothing tells who is who."""
    chosen = {name: column for name, column in rules.items() if column}
    seen: dict[str, str] = {}
    for name, column in chosen.items():
        if name not in TARGETS:
            raise Invalid(_("Kith does not keep that."))
        if column not in titles:
            raise Invalid(_("The file has no column “%(column)s”.", column=column), field=name)
        if column in seen:
            raise Invalid(_("“%(column)s” is chosen for “%(figure)s” already.", column=column, figure=TARGETS[seen[column]].words), field=name)
        seen[column] = name
    has_name = "full_name" in chosen or ("first_name" in chosen and "last_name" in chosen)
    if "key" not in chosen and not (has_name and "born_on" in chosen):
        raise Invalid(_("Choose the pupil’s number, or the names and the date of birth: otherwise nobody knows whose row it is."), field="key")
    if all(name in PEOPLE for name in chosen) and not (has_name and "born_on" in chosen):
        raise Invalid(_("Choose at least one figure, or names and dates of birth for the selection list."), field="attendance")
    return chosen
