"""How long each kind of record is kept, on which ground, and what of it goes when a person has said so.

`KINDS` is the one table; docs/personal-data.md shows it, and a test holds the two together. What is `by_itself` goes without a person: it is
rubbish of the machine's (a sign-in, a letter that was sent). Everything else waits for the Zone manager, who sees what would go and confirms
it; the worker takes it in the night, and looks again at each record first: what a hold keeps stays, and so does what was used since.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.accounts.models import Person
from app.audit import services as audit
from app.children.models import Child, ChildState
from app.children.school_models import Measure, Pupil, SelectionDecision
from app.keeping import erasing, queries
from app.keeping.models import RetentionRun
from app.notifications.models import Task
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_row
from app.shared.errors import DomainError, Forbidden, IllegalMove

YEAR = 365
NIGHT = time(1, 30)
"""London: when the worker takes what was confirmed the day before."""


@dataclass(frozen=True)
class Kind:
    """One kind of record. `days` None: kept for good. `find` gives what is over its time in a Zone, as (id, how people call it)."""

    code: str
    what: str
    days: int | None
    since: str
    basis: str
    by_itself: bool = False
    find: Callable[[uuid.UUID, date], Sequence[tuple[uuid.UUID, str]]] | None = None
    take: Callable[[uuid.UUID, RetentionRun], None] | None = None

    @property
    def kept(self) -> str:
        """For people: "7 years"."""
        if self.days is None:
            return _("for good")
        years = self.days // YEAR
        if years:
            return ngettext("%(num)s year", "%(num)s years", years)
        return ngettext("%(num)s day", "%(num)s days", self.days)

    @property
    def goes(self) -> str:
        return _("by itself") if self.by_itself else _("never by a rule") if self.days is None else _("when the Zone manager confirms")


def _children(zone_id: uuid.UUID, before: date) -> Sequence[tuple[uuid.UUID, str]]:
    statement = (
        sa.select(Child.id, Child.reference)
        .where(Child.zone_id == zone_id, Child.state == ChildState.ENDED, Child.programme_ends_on < before, Child.source != "erased")
        .order_by(Child.programme_ends_on, Child.id)
    )
    return [(row.id, row.reference) for row in db.session.execute(statement)]


def _erase(child_id: uuid.UUID, run: RetentionRun) -> None:
    child = lock_row(Child, child_id)
    erasing.erase(child_id=child_id, reference=child.reference, why=f"Kept for its time; confirmed on {clock.london(run.created_at):%-d %B %Y}", actor=None, run_id=run.id)


def _pupils(zone_id: uuid.UUID, before: date) -> Sequence[tuple[uuid.UUID, str]]:
    """On a school's list, not a child of ours, and nothing new about them since."""
    midnight = datetime.combine(before, time(), clock.LONDON)
    newer = sa.exists().where(Measure.pupil_id == Pupil.id, Measure.created_at >= midnight)
    decided = sa.exists().where(SelectionDecision.pupil_id == Pupil.id, SelectionDecision.created_at >= midnight)
    statement = (
        sa.select(Pupil.id, Pupil.school_year).where(Pupil.zone_id == zone_id, Pupil.child_id.is_(None), Pupil.created_at < midnight, ~newer, ~decided)
        .order_by(Pupil.created_at, Pupil.id)
    )
    return [(row.id, row.school_year or _("a pupil")) for row in db.session.execute(statement)]


def _forget_pupil(pupil_id: uuid.UUID, run: RetentionRun) -> None:
    pupil = lock_row(Pupil, pupil_id)
    db.session.execute(sa.update(Measure).where(Measure.pupil_id == pupil.id).values(replaced_by_id=None))
    for model in (Measure, SelectionDecision):
        db.session.execute(sa.delete(model).where(model.pupil_id == pupil.id))
    audit.record("keeping.pupil.removed", subject=pupil, actor=None, zone_id=run.zone_id)
    db.session.delete(pupil)


def _tasks(zone_id: uuid.UUID, before: date) -> Sequence[tuple[uuid.UUID, str]]:
    statement = (
        sa.select(Task.id, Task.kind).where(Task.zone_id == zone_id, Task.closed_at < datetime.combine(before, time(), clock.LONDON))
        .order_by(Task.closed_at, Task.id)
    )
    return [(row.id, row.kind.partition(":")[0].replace("_", " ")) for row in db.session.execute(statement)]


def _forget_task(task_id: uuid.UUID, run: RetentionRun) -> None:
    db.session.delete(lock_row(Task, task_id))


KINDS: Sequence[Kind] = (
    Kind("children", _l("A child’s record"), 7 * YEAR, _l("the end of the programme"), _l("legitimate interests or public task; limitation of claims"),
         find=_children, take=_erase),
    Kind("pupils", _l("Pupils on a school’s list who were not chosen"), YEAR, _l("the last figure or decision"), _l("public task of the school"), find=_pupils, take=_forget_pupil),
    Kind("tasks", _l("Things that staff had to do, done"), YEAR, _l("the day they were done"), _l("legitimate interests"), find=_tasks, take=_forget_task),
    Kind("money", _l("Funds, commissions, statements, payments, bank details"), None, _l("six years after the year at least"), _l("legal obligation: accounts")),
    Kind("concerns", _l("Safeguarding concerns"), None, _l("the safeguarding lead decides"), _l("legal obligation and safeguarding")),
    Kind("cases", _l("Complaints about data, and breaches"), None, _l("the charity’s officer decides"), _l("legal obligation: accountability")),
    Kind("trail", _l("Who did what, who looked"), None, _l("that it happened"), _l("legal obligation: accountability; free text goes with the child’s erasure")),
    Kind("sign_ins", _l("Sign-ins and failed tries"), 90, _l("their end"), _l("legitimate interests: security"), by_itself=True),
    Kind("letters", _l("E-mails and messages that were sent"), 90, _l("the day they were sent"), _l("legitimate interests"), by_itself=True),
    Kind("uploads", _l("Uploaded files with children or pupils"), 1, _l("the upload"), _l("legitimate interests; gone the moment they are used"), by_itself=True),
    Kind("hand_overs", _l("Files with a whole Zone"), 3, _l("the day they were made"), _l("legal obligation and contract; gone the moment they are thrown away"), by_itself=True),
    Kind("searches", _l("What was searched for in vain, without who searched"), YEAR, _l("the search"), _l("legitimate interests"), by_itself=True),
)
BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}


@dataclass(frozen=True)
class Found:
    """What is over its time: `held` are those that a hold or open work keeps, with why."""

    kind: Kind
    goes: Sequence[tuple[uuid.UUID, str]]
    held: Sequence[tuple[str, str]]


class NothingToTake(DomainError):
    code = "nothing_to_take"


def preview(zone_id: uuid.UUID) -> list[Found]:
    """What the rules would take from a Zone today. Nothing is written."""
    out = []
    for kind in KINDS:
        if kind.find is None or kind.days is None:
            continue
        found = kind.find(zone_id, clock.today() - timedelta(days=kind.days))
        against = {id_: erasing.against(id_) for id_, _ in found} if kind.code == "children" else {}
        out.append(Found(
            kind, [one for one in found if not against.get(one[0])], [(name, " ".join(against[id_])) for id_, name in found if against.get(id_)],
        ))
    return out


def confirm(*, zone_id: uuid.UUID, seen: int, actor: Person) -> RetentionRun:
    """Somebody has read what would go. It goes the next night. Raises Forbidden, NothingToTake, and IllegalMove where it is not what was seen."""
    with atomic():
        if not actor.manages(zone_id):
            raise Forbidden(_("The Zone manager confirms what goes."))
        found = {one.kind.code: [str(id_) for id_, _ in one.goes] for one in preview(zone_id)}
        number = sum(map(len, found.values()))
        if not number:
            raise NothingToTake(_("Nothing is over its time."))
        if number != seen:
            raise IllegalMove(ngettext(
                "It was %(seen)s record when this page was drawn, and is %(now)s now. Read it again.",
                "It was %(seen)s records when this page was drawn, and is %(now)s now. Read it again.", seen, seen=seen, now=number,
            ))
        if any(run.done_at is None for run in queries.list_runs(zone_id)):
            raise IllegalMove(_("Somebody has confirmed a run already; it is taken tonight."))
        run = RetentionRun(zone_id=zone_id, found=found, confirmed_by_id=actor.id, due_at=next_night())
        db.session.add(run)
        audit.record("keeping.retention.confirmed", subject=run, actor=actor, number=number)
    return run


def next_night() -> datetime:
    now = clock.london(clock.now())
    tonight = now.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)


def sweep() -> None:
    """Take what was confirmed and is due. Each record for itself: one that cannot go now does not stop the others."""
    waiting = sa.select(RetentionRun.id).where(RetentionRun.done_at.is_(None), RetentionRun.due_at <= clock.now())
    for run_id in db.session.scalars(waiting).all():
        _take(run_id)


def _take(run_id: uuid.UUID) -> None:
    run = db.session.get_one(RetentionRun, run_id)
    zone_id, found, taken = run.zone_id, dict(run.found), 0
    for code, ids in found.items():
        kind = BY_CODE[code]
        if kind.find is None or kind.take is None or kind.days is None:
            continue
        for part in in_parts(ids):
            still = {id_ for id_, _ in kind.find(zone_id, clock.today() - timedelta(days=kind.days))}
            for one in part:
                taken += uuid.UUID(one) in still and _take_one(kind, uuid.UUID(one), run_id)
    with atomic():
        run = lock_row(RetentionRun, run_id)
        if run.done_at is None:
            run.done_at, run.taken = clock.now(), taken
            audit.record("keeping.retention.taken", subject=run, actor=None, number=taken)


def _take_one(kind: Kind, id_: uuid.UUID, run_id: uuid.UUID) -> bool:
    assert kind.take is not None
    try:
        with atomic():
            kind.take(id_, db.session.get_one(RetentionRun, run_id))
    except DomainError:
        return False
    return True
