"""Saving a register."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person
from app.attendance import hooks, policies, queries
from app.attendance.models import REGISTER_KINDS, Mark, MarkKind
from app.attendance.queries.due import REGISTER_DUE
from app.attendance.services import marking as desks
from app.attendance.services.marking import Desk, Marking, MarkLocked
from app.audit import services as audit
from app.catalogue.models import Session
from app.children.sharing import shared_views
from app.notifications import services as notifications
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import Forbidden, Invalid
from app.shared.view import long_day

KEY_LIMIT = 64
NOTE_LIMIT = 500


def save_register(
    *, session_id: uuid.UUID, marks: Mapping[uuid.UUID, Marking | tuple[MarkKind, str]], client_key: str, actor: Person
) -> Session:
    """Save the marks of one session, by child. All of them, or none.

    The same register sent twice (same `client_key`) is one. Raises RegistersDisagree when a mark is not the one that was on this
    screen, MarkLocked seven school days after the session, RegisterNotOpen, Invalid for a child who is not expected, Forbidden.
    """
    if not 1 <= len(client_key) <= KEY_LIMIT:
        raise Invalid(_("A register needs a key of 1 to %(limit)s characters.", limit=KEY_LIMIT))
    tapped = {child_id: tidy(Marking(*given)) for child_id, given in marks.items()}
    if not tapped:
        raise Invalid(_("Nothing is marked yet. Tap a mark for at least one child."))
    with atomic():
        desk = desks.open_desk(session_id, tapped, actor)
        session = desk.session
        if not policies.can_take_register(actor, session):
            raise Forbidden(_("Only the organisation that runs the session takes its register, or the Zone manager in its stead."))
        desks.require_open(session)
        _require_expected(desk, tapped)
        fresh = {
            child_id: marking for child_id, marking in tapped.items()
            if (child_id, client_key) not in desk.keys and not (child_id in desk.marks and marking.says(desk.marks[child_id]))
        }
        if not fresh:
            return session
        _require_same_page(desk, fresh, actor)
        if shut := why_locked(desk, fresh, actor):
            raise MarkLocked(_("%(why)s Nothing was saved.", why=next(iter(shut.values()))))
        keep(desk, fresh, dict.fromkeys(fresh, client_key), actor)
        return session


def keep(desk: Desk, fresh: Mapping[uuid.UUID, Marking], keys: Mapping[uuid.UUID, str], actor: Person) -> None:
    """Write what was found to be new and in order, with all that follows. The caller holds the locks."""
    desks.hold(desk.session, actor)
    written = [
        desks.put_down(desk, desk.places[child_id], fresh[child_id], actor=actor, client_key=keys[child_id]) for child_id in sorted(fresh)
    ]
    audit.record(
        "attendance.register.saved", subject=desk.session, actor=actor, zone_id=desk.session.cohort.offering.zone_id,
        marks={str(child_id): marking.kind for child_id, marking in fresh.items()},
    )
    desks.require_sound(desk)
    for one in written:
        desks.follow(desk, one)
    desks.complete_what_is_delivered(desk)
    notifications.close_tasks(kind=REGISTER_DUE, subject=desk.session, why="The register was taken")


def tidy(given: Marking) -> Marking:
    if given.kind not in REGISTER_KINDS:
        raise Invalid(_("That mark is not one a register can hold."))
    note = given.note.strip()
    if len(note) > NOTE_LIMIT:
        raise Invalid(_("A note is %(limit)s characters at most.", limit=NOTE_LIMIT))
    return given._replace(note=note, is_told_late=given.is_told_late and given.kind is MarkKind.ABSENT_TOLD)


def _require_expected(desk: Desk, tapped: Mapping[uuid.UUID, Marking]) -> None:
    """A child whose consent or introduction is over is not there for a partner, exactly as one who was never expected."""
    unknown = len(set(tapped) - desk.seen)
    if unknown:
        raise Invalid(
            ngettext(
                "%(num)s child is not on this register any more. Nothing was saved: reload it, then mark again.",
                "%(num)s children are not on this register any more. Nothing was saved: reload it, then mark again.", unknown,
            )
        )


def _require_same_page(desk: Desk, fresh: Mapping[uuid.UUID, Marking], actor: Person) -> None:
    moved: list[Mark] = [
        mark for child_id, marking in fresh.items()
        if (mark := desk.marks.get(child_id)) is not None and mark.revision != marking.seen_revision
    ]
    if moved:
        places = [desk.places[mark.child_id] for mark in moved]
        shared = shared_views([p.child_id for p in places], desk.session.cohort.offering.organisation_id, clock.today())
        names = queries.names_for(actor, places, shared)
        raise desks.disagreement([(names[mark.child_id], mark) for mark in moved])


def why_locked(desk: Desk, fresh: Mapping[uuid.UUID, Marking], actor: Person) -> dict[uuid.UUID, str]:
    """By child, why a register cannot change the mark any more, and who can; those that are open are left out."""
    billed, days_ago = hooks.billed([desk.session.id]), (clock.today() - desk.session.held_on).days
    children = [desk.places[child_id].child for child_id in fresh]
    # so many school days are never over before so many days are: nobody's terms are asked for until then
    closing = queries.last_days(desk.session, children) if days_ago > queries.LOCK_AFTER_SCHOOL_DAYS else {}
    shut = {}
    for child_id in fresh:
        mark, closes_on = desk.marks.get(child_id), closing.get(child_id, clock.today())
        closed = _("This register was locked after %(day)s, seven school days after the session.", day=long_day(closes_on))
        if mark is not None and mark.is_corrected:
            shut[child_id] = _("The Link Worker has corrected one of these marks: only a correction changes it now.")
        elif (desk.session.id, child_id) in billed:
            shut[child_id] = _("This session is on a statement already. Ask the child’s Link Worker to correct the mark.")
        elif clock.today() > closes_on and mark is not None:
            shut[child_id] = _("%(locked)s Ask the child’s Link Worker to correct a mark.", locked=closed)
        elif clock.today() > closes_on and not policies.can_take_late(actor, desk.session):
            shut[child_id] = _("%(locked)s The Zone manager can still take it for you.", locked=closed)
    return shut
