"""Papers that run out: warned of in time, and when it comes to it the organisation is restricted or suspended by itself, and restored by
itself when they are renewed. Only what was in force before can lapse; what was never there stops new work elsewhere (evidence.py)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.audit import services as audit
from app.catalogue import evidence, hooks, queries
from app.catalogue.evidence import Gap
from app.catalogue.models import Document, DocumentState, Lapse, Organisation, PartnerState
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.notifications.queries import keys_of
from app.shared import clock
from app.shared.db import atomic, db, lock_row
from app.shared.view import long_day

WARN_AT = (60, 30, 14, 7, 1)
"""Days before a document runs out on which it is said by e-mail."""
EXPIRING, LAPSED = "document_expiring", "papers_lapsed"
LETTER = "catalogue.document_runs_out"
_IN_FORCE = (DocumentState.VERIFIED, DocumentState.WAIVED)
_S = PartnerState
_CAN_LAPSE = (_S.LIVE, _S.RESTRICTED, _S.SUSPENDED)


def sweep() -> None:
    """All that is due now; each organisation and document in a transaction of its own. Safe to run twice."""
    said = keys_of(LETTER)
    due, expiring = queries.list_perhaps_lapsed(), [
        document.id for document in queries.list_running_out(max(WARN_AT)) if not any(
            key.startswith(f"{LETTER}:{document.id}:{_step(document)}:") for key in said
        )
    ]
    db.session.rollback()
    for organisation_id in due:
        with atomic():
            review(lock_row(Organisation, organisation_id))
    for document_id in expiring:
        with atomic():
            _warn(db.session.get_one(Document, document_id))


def review(organisation: Organisation) -> None:
    """Bring the state up to date with the papers. Inside a verb that has changed them, or the clock's; the row is locked."""
    db.session.flush()
    gaps, standing = lapsed_gaps(organisation), queries.find_open_lapse(organisation.id)
    wanted = None if not gaps else _S.SUSPENDED if any(gap.stops for gap in gaps) else _S.RESTRICTED
    if wanted is None:
        if standing is not None:
            _restore(organisation, standing)
    elif standing is None:
        if organisation.state is _S.LIVE or (organisation.state is _S.RESTRICTED and wanted is _S.SUSPENDED):
            _begin(organisation, wanted, gaps)
    elif standing.went_to is not wanted and organisation.state is standing.went_to:
        standing.went_to, standing.why = wanted, _sentences(gaps)
        _move(organisation, wanted, standing.why)
        _tell_rooms(organisation)


def lapsed_gaps(organisation: Organisation) -> list[Gap]:
    """What was in force once and is not today, of what the organisation itself must have."""
    if organisation.state not in _CAN_LAPSE:
        return []
    today = clock.today()
    documents = db.session.scalars(sa.select(Document).where(Document.organisation_id == organisation.id, Document.practitioner_id.is_(None))).all()
    found = []
    for kind in evidence.required_kinds(is_partner=organisation.id in queries.needs_documents([organisation.id])):
        own = [d for d in documents if d.kind is kind]
        was_there = any(d.state in _IN_FORCE and d.expires_on is not None and d.expires_on < today for d in own)
        gap = evidence.find_gap(kind, own, on=today, through=today)
        if gap is not None and was_there:
            found.append(gap)
    return found


def _begin(organisation: Organisation, to: PartnerState, gaps: Sequence[Gap]) -> None:
    why = _sentences(gaps)
    db.session.add(Lapse(organisation_id=organisation.id, came_from=organisation.state, went_to=to, why=why, began_on=clock.today()))
    _move(organisation, to, why)
    word = "all work has stopped" if to is _S.SUSPENDED else "it gets no new children"
    for role, narrowed in ((Role.ZONE_MANAGER, None), (Role.PARTNER_ADMIN, organisation.id)):
        is_manager = role is Role.ZONE_MANAGER
        for person in people_with(role, organisation.zone_id, organisation_id=narrowed):
            notifications.open_task(
                person_id=person.id, kind=LAPSED, subject=organisation, title=f"{organisation.name} · Papers have run out",
                text=f"{why} Until it is renewed {word}."[:300], icon="shield-alert", urgency=Urgency.NOW,
                action="See whom it concerns" if is_manager else "Send the new one",
                url=f"/organisations/{organisation.id}/{'impact' if is_manager else 'documents/new'}",
            )
    _tell_rooms(organisation)


def _restore(organisation: Organisation, lapse: Lapse) -> None:
    lapse.ended_on = clock.today()
    if organisation.state is lapse.went_to:
        _move(organisation, lapse.came_from, "The papers are renewed.")
    notifications.close_tasks(kind=LAPSED, subject=organisation, why="The papers are renewed")
    _tell_rooms(organisation)


def _move(organisation: Organisation, to: PartnerState, reason: str) -> None:
    """Not by PARTNER_MOVES alone: back to where it came from, too."""
    moved = (organisation.state, to)
    organisation.state = to
    audit.record("catalogue.organisation.moved", subject=organisation, actor=None, moved=moved, reason=reason)


def _tell_rooms(organisation: Organisation) -> None:
    for listener in hooks.on_standing_changed:
        listener(organisation)


def _sentences(gaps: Sequence[Gap]) -> str:
    return " ".join(gap.sentence for gap in gaps)


def _step(document: Document) -> int | None:
    """Which of the days of WARN_AT it is: the last that has come. None: not yet, or over."""
    left = (document.expires_on - clock.today()).days if document.expires_on else -1
    return min((days for days in WARN_AT if days >= left), default=None) if left >= 0 else None


def _warn(document: Document) -> None:
    """A task for those who can renew it, and an e-mail at each of the days; the Zone manager hears in the last week."""
    step = _step(document)
    if step is None or document.expires_on is None:
        return
    left = (document.expires_on - clock.today()).days
    organisation = document.organisation
    last = long_day(document.expires_on)
    whose = f" of {document.practitioner.name}" if document.practitioner else ""
    people = list(people_with(Role.PARTNER_ADMIN, organisation.zone_id, organisation_id=organisation.id))
    people += people_with(Role.ZONE_MANAGER, organisation.zone_id) if left <= 7 or not people else []
    for person in people:
        notifications.open_task(
            person_id=person.id, kind=EXPIRING, subject=document, zone_id=organisation.zone_id,
            title=f"{organisation.name} · {queries.document_word(document.kind)}{whose}", text=f"Its last day is {last}. Send the new one before that.",
            action="Send it", icon="file-check", urgency=Urgency.TODAY if left <= 7 else Urgency.WEEK,
            url=f"/organisations/{organisation.id}/documents/new?kind={document.kind}"
            + (f"&practitioner_id={document.practitioner_id}" if document.practitioner_id else ""),
        )
        notifications.post(
            topic=LETTER, payload={"document": str(document.id), "person": str(person.id), "step": step},
            dedupe=f"{LETTER}:{document.id}:{step}:{person.id}",
        )


def close_warnings(document: Document) -> None:
    """A newer one is in force: nobody has to renew those before it. Inside the verb that checks it."""
    same = sa.select(Document).where(
        Document.organisation_id == document.organisation_id, Document.kind == document.kind, Document.id != document.id,
        Document.practitioner_id.is_not_distinct_from(document.practitioner_id),
    )
    for older in db.session.scalars(same):
        notifications.close_tasks(kind=EXPIRING, subject=older, why="The new one is in force")

