"""What writing one mark does, for the verbs beside this file: earn, join, ask the Link Worker. The caller holds the locks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _

from app.accounts.models import Person
from app.attendance import queries
from app.attendance.models import MARK_WORDS, PRESENT, Mark, MarkKind
from app.attendance.payable import percent_owed
from app.attendance.services import follow_ups
from app.catalogue.models import Session, SessionState
from app.catalogue.services import sessions as catalogue_sessions
from app.commissioning.models import Commission, CommissionState, Place
from app.commissioning.queries.money import Balances, balances_of_commissions
from app.commissioning.services import delivery, ledger
from app.introductions import services as introductions
from app.introductions.models import IntroductionState
from app.shared import clock
from app.shared.db import db
from app.shared.errors import DomainError, Stale
from app.shared.view import when

TO_JOIN = frozenset({IntroductionState.AGREED, IntroductionState.ARRANGED, IntroductionState.MET})
"""Coming for the first time means something here: joined, or somebody writes down first how they met."""


class RegisterNotOpen(DomainError):
    """The session's day has not come, or it was cancelled or moved."""

    code = "register_not_open"


class MarkLocked(DomainError):
    """Only a correction with a reason changes it now."""

    code = "mark_locked"


class RegistersDisagree(Stale):
    """Somebody else marked it otherwise after this screen was drawn: a person settles which is right. Nothing was saved."""

    code = "registers_disagree"


class Marking(NamedTuple):
    """What somebody tapped for one child. `seen_revision` is the revision that was on their screen (0: none)."""

    kind: MarkKind
    note: str = ""
    is_told_late: bool = False
    seen_revision: int = 0

    def says(self, mark: Mark) -> bool:
        """Is that what the mark says already?"""
        return (self.kind, self.note, self.is_told_late) == (mark.kind, mark.note, mark.is_told_late)


@dataclass
class Desk:
    """A session and all that marking some of its children needs, read once under the locks."""

    session: Session
    places: dict[uuid.UUID, Place]
    """Of the children who are expected, whoever may see them."""
    seen: set[uuid.UUID]
    """Those of them whom the person at the desk may see: a partner's no more once consent or introduction is over."""
    marks: dict[uuid.UUID, Mark]
    """The one that counts, by child."""
    keys: set[tuple[uuid.UUID, str]]
    """(child, key) of every mark of this session there ever was."""
    commissions: dict[uuid.UUID, Commission]
    history: dict[uuid.UUID, list[queries.Past]]
    joining: set[uuid.UUID]
    balances: dict[uuid.UUID, Balances]
    asked: set[uuid.UUID]
    """Places about which something is on a Link Worker's list."""
    earned: set[uuid.UUID] = field(default_factory=set)
    """Commissions whose money was moved, to be looked at once in the end."""


def open_desk(session_id: uuid.UUID, child_ids: Iterable[uuid.UUID], actor: Person) -> Desk:
    """Lock, in the global order, all that marking these children may change; then read. Raises NotFound."""
    wanted = set(child_ids)
    delivery.lock_for_register(session_id, wanted)
    session = queries.get_session_by_id(session_id)
    expected = queries.expected_among(session, wanted, actor)
    places = {one.place.child_id: one.place for one in expected}
    ids = [place.id for place in places.values()]
    commissions, marks = queries.commissions_of_places(ids), queries.marks_of_session(session_id)
    return Desk(
        session=session, places=places,
        marks={mark.child_id: mark for mark in marks}, keys={(mark.child_id, mark.client_key) for mark in marks},
        commissions=commissions, history=queries.history_of_places(ids), asked=queries.places_asked_about(ids),
        balances=dict(balances_of_commissions([commission.id for commission in commissions.values()])),
        seen={one.place.child_id for one in expected if one.is_seen},
        joining={one.place.introduction_id for one in expected if one.place.introduction_id and one.introduction in TO_JOIN},
    )


def require_open(session: Session) -> None:
    """Raises RegisterNotOpen with why."""
    if session.state is SessionState.CANCELLED:
        if session.cancelled_by in (None, "weather"):
            raise RegisterNotOpen(_("This session was cancelled because of the weather, so it has no register."))
        raise RegisterNotOpen(_("This session was cancelled by the %(who)s, so it has no register.", who=session.cancelled_by))
    if session.state is SessionState.MOVED:
        raise RegisterNotOpen(_("This session was moved to another time. Its register is with the new time."))
    if session.held_on > clock.today():
        raise RegisterNotOpen(_("This session is still to come. Its register opens on the day."))


def disagreement(marks: list[tuple[str, Mark]]) -> RegistersDisagree:
    """Names who marked what, for each (child as this person calls them, the mark that stands)."""
    by = queries.names_of({mark.marked_by_id for _name, mark in marks})
    told = [
        _("%(who)s marked %(child)s “%(mark)s” (%(when)s).", who=by.get(m.marked_by_id) or _("Somebody"), child=name, mark=MARK_WORDS[m.kind], when=when(m.created_at))
        for name, m in marks[:4]
    ]
    more = [_("And %(number)s more.", number=len(marks) - 4)] if len(marks) > 4 else []
    return RegistersDisagree(" ".join([
        _("Another screen says something else."), *told, *more, _("Nothing was saved: choose which is right, then save once more."),
    ]))


class Written(NamedTuple):
    """A new revision, and what stood before it; `must_decide`: the tariff leaves to the Link Worker what is owed."""

    place: Place
    mark: Mark
    before: Mark | None
    must_decide: bool


def write(
    desk: Desk, place: Place, marking: Marking, *, actor: Person, client_key: str, reason: str = "", percent: int | None = None
) -> Mark:
    """A new revision, with all that follows from it. `percent` is the Link Worker's decision; without it the tariff speaks."""
    written = put_down(desk, place, marking, actor=actor, client_key=client_key, reason=reason, percent=percent)
    follow(desk, written)
    return written.mark


def put_down(
    desk: Desk, place: Place, marking: Marking, *, actor: Person, client_key: str, reason: str = "", percent: int | None = None
) -> Written:
    """The revision and its money. It asks the database nothing where a first mark is made during delivery, so that those of a whole
    register are written together."""
    session, before = desk.session, desk.marks.get(place.child_id)
    owed, must_decide = owed_for(desk, place, marking)
    if percent is not None:
        owed, must_decide = percent, False
    mark = Mark(
        id=uuid.uuid4(), session_id=session.id, child_id=place.child_id, place_id=place.id, kind=marking.kind, note=marking.note.strip(),
        is_told_late=marking.is_told_late and marking.kind is MarkKind.ABSENT_TOLD, percent=owed,
        revision=before.revision + 1 if before else 1, reason=reason, client_key=client_key, marked_by_id=actor.id,
    )
    db.session.add(mark)
    _remember(desk, place, mark)
    commission = desk.commissions.get(place.id)
    if commission is not None and _may_earn(commission, mark):
        _earn(desk, commission, mark, actor)
    return Written(place, mark, before, must_decide)


def follow(desk: Desk, written: Written) -> None:
    """Joined by coming for the first time; who was missed is asked about."""
    place, mark, before, must_decide = written
    if mark.kind is MarkKind.SESSION_CANCELLED:
        return
    if mark.kind in PRESENT and place.introduction_id is not None and place.introduction_id in desk.joining:
        introductions.join(introduction_id=place.introduction_id, on=desk.session.held_on, actor=None)
    if before is not None:
        follow_ups.decided(before)
    follow_ups.ask(desk.session, place, mark, desk.history[place.id], must_decide=must_decide, is_asked=place.id in desk.asked)


def owed_for(desk: Desk, place: Place, marking: Marking) -> tuple[int, bool]:
    """(percent owed by the tariff, whether the Link Worker has to decide). Nothing without a commission, or while it paused."""
    commission = desk.commissions.get(place.id)
    if commission is None or any(pause.covers(desk.session.held_on) for pause in commission.suspensions):
        return 0, False
    earlier = [past for past in desk.history[place.id] if past.starts_at < desk.session.starts_at]
    return percent_owed(
        marking.kind, is_told_late=marking.is_told_late, payable=commission.tariff.payable,
        earlier_without_notice=sum(past.is_without_notice for past in earlier),
    )


def _remember(desk: Desk, place: Place, mark: Mark) -> None:
    """Put it where it belongs among the place's marks, so that what comes next in this transaction sees it."""
    desk.marks[place.child_id] = mark
    others = [past for past in desk.history[place.id] if past.session_id != desk.session.id]
    here = queries.Past(desk.session.id, desk.session.starts_at, mark.kind, mark.is_told_late)
    desk.history[place.id] = sorted([*others, here], key=lambda past: past.starts_at)


def _may_earn(commission: Commission, mark: Mark) -> bool:
    """A session that was called off begins nothing, and where nothing is owed for it its price waits for another session."""
    return mark.kind is not MarkKind.SESSION_CANCELLED or (mark.percent > 0 and commission.state is not CommissionState.CONFIRMED)


def _earn(desk: Desk, commission: Commission, mark: Mark, actor: Person) -> None:
    known: Balances | None = desk.balances.pop(commission.id, None)
    if commission.state is CommissionState.CONFIRMED:
        delivery.start_delivery(commission_id=commission.id, actor=None)
        known = None if commission.setup_pence else known
    delivery.accrue_locked(
        commission, desk.session, percent=mark.percent, revision=mark.revision, actor=actor, is_first=mark.revision == 1, now=known,
        check=False,
    )
    desk.earned.add(commission.id)


def require_sound(desk: Desk) -> None:
    """After all marks of a register: no fund and no commission is below nil. Raises NotEnoughMoney."""
    moved = [commission for commission in desk.commissions.values() if commission.id in desk.earned]
    if moved:
        ledger.require_sound((share.fund for commission in moved for share in commission.shares), *sorted(desk.earned))


def hold(session: Session, actor: Person) -> None:
    """The first mark says that the session took place."""
    if session.state is SessionState.SCHEDULED:
        catalogue_sessions.hold_session(session_id=session.id, actor=actor)


def complete_what_is_delivered(desk: Desk) -> None:
    """A commission with a mark for as many sessions as were bought is delivered. Sessions during a pause do not count."""
    for place in desk.places.values():
        commission = desk.commissions.get(place.id)
        if commission is None or commission.state is not CommissionState.IN_DELIVERY:
            continue
        used = [
            past for past in desk.history[place.id]
            if past.kind is not MarkKind.SESSION_CANCELLED
            and not any(pause.covers(past.held_on) for pause in commission.suspensions)
        ]
        if len(used) >= commission.sessions:
            delivery.complete(commission_id=commission.id, actor=None)
