"""The words that search knows: adding, changing, switching off, undoing, and taking them from a file.

They hold for the whole installation: what “footy” means is the same in every Zone, the people who look after them
(administrators) belong to none, and no Zone's own data is in them. What a Zone's offerings are called stays that Zone's own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue.lexicon_files import Entry, Format, Problem, WordsFile, fault_of, read
from app.catalogue.models import NEEDS
from app.catalogue.models.words import ChangeKind, LexiconChange, LexiconConcept, WordSource
from app.catalogue.search.lexicon import Line, shipped_lines
from app.catalogue.search.overlay import Laid, as_laid, key_of, laid_over
from app.catalogue.services import powers
from app.shared.db import atomic, db, in_parts, lock_rows
from app.shared.errors import DomainError, Invalid, NotFound, Stale

MOST_PHRASES = 120
LONGEST_NAME = 60


def as_state(row: LexiconConcept) -> dict[str, Any]:
    """A concept as a change remembers it."""
    return {
        "name": row.name, "same": list(row.same), "near": list(row.near), "needs": list(row.needs), "without": list(row.without),
        "is_on": row.is_on, "source": row.source.value,
    }


def shipped_line(key: str) -> Line | None:
    """The shipped line of that name; of several (a name may stand in two sections) one with the words of all."""
    found = [line for line in shipped_lines()[0] if key_of(line.name) == key]
    if not found:
        return None
    return replace(
        found[0], same=_joined(line.same for line in found), near=_joined(line.near for line in found),
        needs=_joined(line.needs for line in found),
    )


def _joined(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def planned(name: str, same: Sequence[str], near: Sequence[str], needs: Sequence[str], *, is_on: bool = True) -> Laid:
    """What has to be laid over the shipped line for the concept to read like this. Raises Invalid at the field."""
    name = _checked_name(name)
    same, near = _checked(same, "same"), _checked(near, "near")
    for code in needs:
        if code not in NEEDS:
            raise Invalid(_("“%(code)s” is not one of the needs.", code=code), field="needs")
    shipped = shipped_line(key_of(name))
    same = tuple(p for p in same if key_of(p) != key_of(name))
    near = tuple(p for p in near if key_of(p) not in {key_of(name), *map(key_of, same)})
    if shipped is None:
        if not same and not near and not needs:
            raise Invalid(_("Write at least one other word for it, or a need that it is about."), field="same")
        return Laid(name, same, near, tuple(dict.fromkeys(needs)), (), is_on)
    said = {key_of(p) for p in (*same, *near)}
    before = (*shipped.same, *shipped.near)
    known_same, known_near = {key_of(p) for p in shipped.same}, {key_of(p) for p in shipped.near}
    moved = {key_of(p) for p in same} & known_near | {key_of(p) for p in near} & known_same
    without = [p for p in before if key_of(p) not in said or key_of(p) in moved]
    return Laid(
        shipped.name,
        tuple(p for p in same if key_of(p) not in known_same), tuple(p for p in near if key_of(p) not in known_near),
        tuple(n for n in dict.fromkeys(needs) if n not in shipped.needs),
        (*dict.fromkeys(without), *(n for n in shipped.needs if n not in needs)), is_on,
    )


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    why = fault_of(tidy) if tidy else ""
    if not tidy:
        raise Invalid(_("Say what it is called."), field="name")
    if why:
        raise Invalid(_("“%(word)s” %(why)s.", word=tidy[:LONGEST_NAME], why=why), field="name")
    return tidy


def _checked(phrases: Sequence[str], name: str) -> tuple[str, ...]:
    tidy = {key_of(p): " ".join(p.split()) for p in phrases if p.strip()}
    if len(tidy) > MOST_PHRASES:
        raise Invalid(_("At most %(most)s of them, please.", most=MOST_PHRASES), field=name)
    for phrase in tidy.values():
        why = fault_of(phrase)
        if why:
            raise Invalid(_("“%(word)s” %(why)s.", word=phrase[:LONGEST_NAME], why=why), field=name)
    return tuple(tidy.values())


def save_concept(
    *, name: str, same: Sequence[str], near: Sequence[str], needs: Sequence[str], actor: Person | None, seen: str | None = None
) -> LexiconChange:
    """Add a concept, or change the one of that name. `seen` is `print_of` what the page showed.

    Raises Invalid at the field, and Stale when somebody changed it since the page was drawn.
    """
    powers.keeps_words(actor)
    laid = planned(name, same, near, needs)
    with atomic():
        rows = _lock([key_of(laid.name)])
        row = rows.get(key_of(laid.name))
        if seen is not None and seen != print_of(row):
            raise Stale(_("Somebody else changed “%(word)s” while you were at it. Look at what stands there now.", word=laid.name), field="name")
        if row is not None and as_laid(row) == laid:
            raise Invalid(_("That is what stands there already."), field="same")
        return _write(ChangeKind.SAVED, laid.name, {key_of(laid.name): _state(laid, WordSource.KITH)}, rows, actor)


def switch_concept(*, name: str, is_on: bool, actor: Person | None) -> LexiconChange:
    """Take a concept out of every search, or put it back; its words are kept. Raises NotFound."""
    key = key_of(name)
    with atomic():
        powers.keeps_words(actor)
        rows = _lock([key])
        row, shipped = rows.get(key), shipped_line(key)
        if row is None and shipped is None:
            raise NotFound
        now = as_laid(row) if row is not None else Laid(shipped.name if shipped else name)
        if now.is_on == is_on:
            raise DomainError(_("“%(word)s” is switched on already.", word=now.name) if is_on else _("“%(word)s” is switched off already.", word=now.name))
        source = row.source if row is not None else WordSource.KITH
        kind = ChangeKind.SWITCHED_ON if is_on else ChangeKind.SWITCHED_OFF
        return _write(kind, now.name, {key: _state(replace(now, is_on=is_on), source)}, rows, actor)


def forget_concept(*, name: str, actor: Person | None) -> LexiconChange:
    """Back to what Kith ships (or, for a concept of the installation's own, away with it). Raises NotFound."""
    key = key_of(name)
    with atomic():
        powers.keeps_words(actor)
        rows = _lock([key])
        if key not in rows:
            raise NotFound
        return _write(ChangeKind.FORGOTTEN, rows[key].name, {key: None}, rows, actor)


def undo_change(*, change_id: uuid.UUID, actor: Person | None) -> LexiconChange:
    """Put back what stood before that change. Raises NotFound, and Stale when a later change stands on it."""
    with atomic():
        powers.keeps_words(actor)
        change = db.session.get(LexiconChange, change_id)
        if change is None:
            raise NotFound
        if db.session.scalar(sa.select(LexiconChange.id).where(LexiconChange.undoes_id == change.id)) is not None:
            raise DomainError(_("That is undone already."))
        rows = _lock(change.after)
        for key, state in change.after.items():
            row = rows.get(key)
            if (as_state(row) if row is not None else None) != state:
                called = (state or change.before[key] or {}).get("name", key)
                raise Stale(_("“%(word)s” was changed again since. Undo the later change first.", word=called))
        return _write(ChangeKind.UNDONE, change.what, change.before, rows, actor, undoes=change)


def print_of(row: LexiconConcept | None) -> str:
    """Tells whether a concept is still what a page showed."""
    return repr(as_laid(row)) if row is not None else ""


def _lock(keys: Iterable[str]) -> dict[str, LexiconConcept]:
    wanted = sorted(set(keys))
    ids: list[uuid.UUID] = []
    for part in in_parts(wanted):
        ids += db.session.scalars(sa.select(LexiconConcept.id).where(LexiconConcept.key.in_(part)))
    return {row.key: row for row in lock_rows(LexiconConcept, ids)}


def _state(laid: Laid, source: WordSource) -> dict[str, Any]:
    return {
        "name": laid.name, "same": list(laid.same), "near": list(laid.near), "needs": list(laid.needs),
        "without": list(laid.without), "is_on": laid.is_on, "source": source.value,
    }


def _write(
    kind: ChangeKind, what: str, wanted: Mapping[str, dict[str, Any] | None], rows: Mapping[str, LexiconConcept],
    actor: Person | None, undoes: LexiconChange | None = None,
) -> LexiconChange:
    """Bring the rows to what is wanted, with the change that says so and its audit entry. Inside `atomic()`."""
    before = {key: as_state(rows[key]) if key in rows else None for key in wanted}
    for key, state in wanted.items():
        row = rows.get(key)
        if state is None:
            if row is not None:
                db.session.delete(row)
            continue
        if row is None:
            row = LexiconConcept(key=key)
            db.session.add(row)
        for name in ("name", "same", "near", "needs", "without", "is_on"):
            setattr(row, name, state[name])
        row.source = WordSource(state["source"])
    change = LexiconChange(
        kind=kind, what=what, person_id=actor.id if actor else None, person_name=actor.name if actor else audit.SYSTEM,
        before=before, after=dict(wanted), undoes_id=undoes.id if undoes else None,
    )
    db.session.add(change)
    audit.record(f"catalogue.words.{kind.value}", subject=change, actor=actor, concepts=len(wanted), what=what)
    return change


# --- files ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What one row of a file does: the concept it goes to, whether that is new, the words it brings."""

    row: int
    concept: str
    outcome: str
    brings: tuple[str, ...]


@dataclass
class WordsReport:
    rows: int = 0
    created: int = 0
    extended: int = 0
    unchanged: int = 0
    told: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """Rows that were left out or lost something."""
        return len({problem.row for problem in self.problems})


def import_words(
    *, content: bytes, form: Format, actor: Person | None, is_dry_run: bool = False
) -> tuple[WordsReport, LexiconChange | None]:
    """Extend the lexicon from a file: all its right rows, or (with `is_dry_run`, or when nothing is new) nothing.

    Raises Invalid when the file as a whole cannot be used.
    """
    powers.keeps_words(actor)
    file = read(content, form)
    if is_dry_run:
        return _planned_file(file, _all_rows())[0], None
    with atomic():
        return apply_file(file, form, actor)


def look_at_words(*, file: WordsFile) -> WordsReport:
    """What a file would do. Writes nothing."""
    return _planned_file(file, _all_rows())[0]


def apply_file(file: WordsFile, form: Format, actor: Person | None) -> tuple[WordsReport, LexiconChange | None]:
    """The right rows of a file that was read already, in one transaction; the same file again changes nothing."""
    with atomic():
        powers.keeps_words(actor)
        db.session.execute(sa.select(LexiconConcept.id).order_by(LexiconConcept.id).with_for_update()).all()
        rows = _all_rows()
        report, wanted = _planned_file(file, rows)
        if not wanted:
            return report, None
        what = f"{'OpenActive’s activities' if form == 'openactive' else 'A table of words'}: {len(wanted)}"
        states: dict[str, dict[str, Any] | None] = {key: _state(laid, WordSource(form)) for key, laid in wanted.items()}
        return report, _write(ChangeKind.IMPORTED, what, states, rows, actor)


def _all_rows() -> dict[str, LexiconConcept]:
    return {row.key: row for row in db.session.scalars(sa.select(LexiconConcept).order_by(LexiconConcept.key))}


def _planned_file(file: WordsFile, rows: Mapping[str, LexiconConcept]) -> tuple[WordsReport, dict[str, Laid]]:
    """Each entry goes to the concept that is called so, else to the first that has it as another word (and then leaves its
    neighbours behind: what is near a part is not near the whole), else becomes a new one. What is switched off stays off, and what was left out on purpose stays out."""
    laid = {key: as_laid(row) for key, row in rows.items()}
    target = _targets(laid)
    in_force = {key_of(line.name): line for line in laid_over(shipped_lines()[0], (replace(c, is_on=True) for c in laid.values()))}
    report = WordsReport(rows=file.rows, problems=sorted(file.problems, key=lambda problem: problem.row))
    wanted: dict[str, Laid] = {}
    for entry in sorted(file.entries, key=lambda entry: entry.row):
        key = target.get(key_of(entry.name)) or key_of(entry.name)
        line = in_force.get(key)
        is_new = line is None
        line = line or Line(entry.name)
        unwanted = {key_of(p) for p in laid[key].without} if key in laid else set()
        taken = {key, *unwanted, *map(key_of, line.same)}
        same = _fresh((entry.name, *entry.same), taken)
        near = () if key != key_of(entry.name) else _fresh(entry.near, {*taken, *map(key_of, same), *map(key_of, line.near)})
        if not is_new and not same and not near:
            report.unchanged += 1
            continue
        old = wanted.get(key) or laid.get(key) or Laid(line.name)
        if is_new:
            target[key] = key
            report.created += 1
        else:
            report.extended += 1
        wanted[key] = replace(old, same=(*old.same, *same), near=(*old.near, *near))
        in_force[key] = replace(line, same=(*line.same, *same), near=(*line.near, *near))
        for phrase in same:
            target.setdefault(key_of(phrase), key)
        report.told.append(Told(entry.row, line.name, "created" if is_new else "extended", (*same, *near)))
    return report, wanted


def _fresh(phrases: Iterable[str], taken: set[str]) -> tuple[str, ...]:
    out = {key_of(p): p for p in phrases if key_of(p) not in taken}
    return tuple(out.values())


def _targets(laid: Mapping[str, Laid]) -> dict[str, str]:
    """By name or other word, the key of the concept it belongs to; names come first."""
    lines = laid_over(shipped_lines()[0], (replace(change, is_on=True) for change in laid.values()))
    out = {key_of(line.name): key_of(line.name) for line in lines}
    for line in lines:
        for phrase in line.same:
            out.setdefault(key_of(phrase), key_of(line.name))
    return out


def pack(entries: Sequence[Entry]) -> list[list[Any]]:
    """Entries as plain lists, to travel in a form between looking at a file and taking it."""
    return [[entry.row, entry.name, list(entry.same), list(entry.near)] for entry in entries]


def unpack(packed: Any) -> list[Entry]:
    """Raises Invalid for anything that `pack` did not make."""
    try:
        entries = [Entry(int(row), str(name), tuple(map(str, same)), tuple(map(str, near))) for row, name, same, near in packed]
    except (TypeError, ValueError) as error:
        raise Invalid(_("That is not what was looked at. Bring the file again."), field="file") from error
    return [
        Entry(e.row, e.name, tuple(p for p in e.same if not fault_of(p)), tuple(p for p in e.near if not fault_of(p)))
        for e in entries if not fault_of(e.name)
    ]
