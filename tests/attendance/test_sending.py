"""Registers taken without a signal: sent twice they are one, and where two disagree both are kept until somebody settles it."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from app.attendance import hooks, queries, services
from app.attendance.models import Disagreement, Mark, MarkKind
from app.attendance.services import Marking, MarkLocked, Outcome, Sent
from app.children.models import Child
from app.shared.db import db
from app.shared.errors import Forbidden, Invalid, NotFound
from tests.attendance.club import Club, count

K = MarkKind


def send(club: Club, marks: dict[Child, Marking], *, week: int = 0, keys: dict[Child, str] | None = None, **given: object) -> Sent:
    with club.after(week, days=int(str(given.pop("days", 0)))) as session:
        return services.send_register(
            session_id=session.id, marks={child.id: marking for child, marking in marks.items()},
            keys={child.id: (keys or {}).get(child, uuid.uuid4().hex) for child in marks}, actor=club.scene.partner, **given,  # type: ignore[arg-type]
        )


def test_the_same_tap_sent_again_is_one_mark(club: Club) -> None:
    amara, bilal = club.children[0], club.join(first_name="Bilal")
    taps = {amara: Marking(K.ATTENDED), bilal: Marking(K.ABSENT_UNTOLD, "Rang twice.")}
    keys = {amara: "tap-1", bilal: "tap-2"}
    first = send(club, taps, keys=keys)
    assert set(first.outcomes.values()) == {Outcome.SAVED}
    assert set(first.revisions.values()) == {1}
    again = send(club, taps, keys=keys)
    assert set(again.outcomes.values()) == {Outcome.SAME}
    assert count(Mark) == 2
    assert club.earned(amara) == 20_00
    changed = send(club, {amara: Marking(K.LATE, seen_revision=1)})
    assert (changed.outcomes[amara.id], changed.revisions[amara.id]) == (Outcome.SAVED, 2)


def test_two_phones_that_disagree_ask_the_link_worker_and_nothing_is_billed_until_then(club: Club) -> None:
    amara, scene = club.children[0], club.scene
    club.save({amara: K.ATTENDED}, by=scene.manager)
    keys = {amara: "phone-2"}
    sent = send(club, {amara: Marking(K.ABSENT_UNTOLD, "Not seen")}, keys=keys)
    assert sent.outcomes[amara.id] is Outcome.DISAGREES
    assert send(club, {amara: Marking(K.ABSENT_UNTOLD, "Not seen")}, keys=keys).outcomes[amara.id] is Outcome.SAME
    session_id = club.session().id
    assert count(Disagreement) == 1
    standing = club.mark(amara)
    assert standing is not None and standing.kind is K.ATTENDED
    assert queries.disputed([session_id]) == {(session_id, amara.id)}
    [task] = club.tasks(kind="registers_disagree")
    assert task.url == f"/sessions/{session_id}/marks/{amara.id}/settle"
    [other] = queries.list_disagreements(session_id, amara.id)
    with club.after(days=1), pytest.raises(Forbidden):
        services.settle_disagreement(session_id=session_id, child_id=amara.id, right_id=other.id, actor=scene.partner)
    with club.after(days=1), pytest.raises(Invalid):
        services.settle_disagreement(session_id=session_id, child_id=amara.id, right_id=uuid.uuid4(), actor=scene.link_worker)
    with club.after(days=1):
        services.settle_disagreement(session_id=session_id, child_id=amara.id, right_id=other.id, actor=scene.link_worker)
    mark = club.mark(amara)
    assert mark is not None and (mark.kind, mark.note, mark.revision, mark.is_corrected) == (K.ABSENT_UNTOLD, "Not seen", 2, True)
    assert club.earned(amara) == 10_00
    assert queries.disputed([session_id]) == set()
    assert club.tasks(kind="registers_disagree") == []
    with club.after(days=1), pytest.raises(NotFound):
        services.settle_disagreement(session_id=session_id, child_id=amara.id, right_id=mark.id, actor=scene.link_worker)


def test_what_stands_can_be_right_and_a_correction_settles_too(club: Club) -> None:
    amara = club.children[0]
    for week, settle in enumerate(("keep", "correct")):
        club.save({amara: K.ATTENDED}, week=week, by=club.scene.manager)
        send(club, {amara: Marking(K.LATE)}, week=week)
        session_id, mark = club.session(week).id, club.mark(amara, week)
        assert mark is not None
        if settle == "keep":
            with club.after(week, days=1):
                services.settle_disagreement(session_id=session_id, child_id=amara.id, right_id=mark.id, actor=club.scene.link_worker)
        else:
            club.correct(amara, K.LEFT_EARLY, week=week)
        assert queries.disputed([session_id]) == set(), settle


def test_what_cannot_be_saved_is_said_child_by_child(club: Club) -> None:
    amara, gone, chloe = club.children[0], club.join(first_name="Bilal"), club.join(first_name="Chloe")
    club.save({amara: K.ATTENDED})
    club.correct(amara, K.LATE)
    club.withdraw_consent(gone)
    sent = send(club, {amara: Marking(K.ATTENDED, seen_revision=2), gone: Marking(K.ATTENDED), chloe: Marking(K.ATTENDED)})
    assert sent.outcomes == {amara.id: Outcome.REFUSED, gone.id: Outcome.REFUSED, chloe.id: Outcome.SAVED}
    assert "corrected" in sent.why_not[amara.id]
    late = send(club, {chloe: Marking(K.LATE, seen_revision=1)}, days=14)
    assert "locked" in late.why_not[chloe.id]
    with pytest.raises(Forbidden), club.after() as session:
        services.send_register(
            session_id=session.id, marks={chloe.id: Marking(K.LATE)}, keys={chloe.id: "x"}, actor=club.scene.link_worker
        )


def test_a_mark_on_a_statement_is_locked(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    amara = club.children[0]
    club.save({amara: K.ATTENDED})
    session_id = club.session().id
    monkeypatch.setattr(hooks, "_billed", lambda ids: {(session_id, amara.id)})
    with pytest.raises(MarkLocked, match="on a statement"):
        club.save({amara: K.LATE}, seen=1)
    with club.after():
        [row] = queries.get_register(queries.get_session_by_id(session_id), club.scene.partner).rows
    assert row.is_billed and row.is_locked
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 1
    corrected = club.correct(amara, K.LATE)
    assert corrected.revision == 2
