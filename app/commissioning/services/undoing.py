"""Taking a word back: within two minutes, by whoever said it, and only while nothing has followed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.models import Person, Zone
from app.audit import queries as trail
from app.commissioning.models import Commission, CommissionState, Decision, DecisionKind, PlaceState, Waiting
from app.commissioning.queries.commissions import find_live_commission
from app.commissioning.queries.money import delivery_days
from app.commissioning.queries.places import find_last_turn_of
from app.commissioning.refusals import AlreadyHeld, NoPlaceLeft, TooLateToUndo
from app.commissioning.services import judging, purse, seats, telling, waiting
from app.commissioning.services.common import move, note
from app.shared import clock
from app.shared.db import atomic, db

WITHIN = timedelta(minutes=2)
_S, _K = CommissionState, DecisionKind
_SAID = {
    _K.APPROVE: {"approved", "supported"}, _K.RETURN: {"returned"}, _K.REJECT: {"rejected"}, _K.OVERRIDE: {"overridden"},
}


def take_back(*, commission_id: uuid.UUID, actor: Person) -> Commission:
    """Undo the actor's last word on a request: as if it had not been said, but for the trail, which keeps both.

    What was decided together is taken back together. Raises TooLateToUndo after two minutes, when somebody or something went on
    from it (a place confirmed, an answer, the freed place given on), or when it was not the actor's word; NotEnoughMoney,
    EnvelopeFull when what was given back has been used.
    """
    with atomic():
        locked = judging.take_all(judging.party_of(commission_id))
        last = _last_word(locked[commission_id], actor)
        for id_ in sorted(locked, key=lambda id_: (id_ != commission_id, id_)):
            word = locked[id_].decisions[-1] if locked[id_].decisions else None
            if id_ == commission_id or (word is not None and word.kind is last.kind and word.at >= last.at - WITHIN):
                _take_back(locked[id_], _last_word(locked[id_], actor), actor)
        return locked[commission_id]


def _last_word(commission: Commission, actor: Person) -> Decision:
    """Raises TooLateToUndo."""
    last = commission.decisions[-1] if commission.decisions else None
    if last is None or last.person_id != actor.id:
        raise TooLateToUndo(_("Somebody else had the last word on this, so there is nothing of yours to take back."))
    if clock.now() - last.at > WITHIN:
        raise TooLateToUndo(_("A decision can be taken back within two minutes. Ask, cancel or change it instead."))
    entry = trail.list_entries_for(commission)[-1]
    if entry.action.rpartition(".")[2] not in _SAID[last.kind] or entry.actor_id != actor.id:
        raise TooLateToUndo(_("Something has followed from this already, so it cannot be taken back."))
    if any(e.at > last.at for e in trail.list_entries_for(commission.introduction)):
        raise TooLateToUndo(_("The introduction has moved on since, so this cannot be taken back."))
    return last


def _take_back(commission: Commission, word: Decision, actor: Person) -> None:
    undo: dict[tuple[DecisionKind, CommissionState], Callable[[Commission, Decision, Person], None]] = {
        (_K.APPROVE, _S.APPROVED): _unapprove, (_K.RETURN, _S.RETURNED): _unreturn, (_K.REJECT, _S.REJECTED): _unreject,
    }
    was = commission.state
    if (word.kind, was) in undo:
        undo[word.kind, was](commission, word, actor)
        move(commission, _S.REQUESTED, actor=actor, done="taken_back", said=word.kind)
        telling.done(commission, "The decision was taken back")
    elif was is _S.REQUESTED:  # a first yes of two, or an override: nothing moved
        note(commission, actor=actor, done="taken_back", said=word.kind)
    else:
        raise TooLateToUndo(_("Something has followed from this already, so it cannot be taken back."))
    db.session.delete(word)
    db.session.flush()
    db.session.expire(commission, ["decisions"])


def _unapprove(commission: Commission, word: Decision, actor: Person) -> None:
    assert commission.place is not None and word.held_until is not None
    if word.held_until <= clock.now():
        raise TooLateToUndo(_("The hold on the place has run out since. Cancel it instead."))
    purse.uncommit(commission, actor)
    seats.move(commission.place, PlaceState.HELD, actor, "The approval was taken back", until=word.held_until)
    commission.approved_at, commission.decide_by = None, word.held_until


def _unreturn(commission: Commission, word: Decision, actor: Person) -> None:
    commission.question, commission.decide_by = "", word.held_until
    if commission.place is not None and commission.place.state is PlaceState.HELD:
        commission.place.expires_at = word.held_until


def _unreject(commission: Commission, word: Decision, actor: Person) -> None:
    """The place and the money are taken again, if nobody else has them by now."""
    if find_live_commission(commission.introduction_id) is not None:
        raise TooLateToUndo(_("Another place has been asked for since."))
    zone = db.session.get_one(Zone, commission.zone_id)
    purse.require_envelope(commission.child, zone, commission.year, commission.total_pence)
    if word.held_until is not None:
        if word.held_until <= clock.now():
            raise TooLateToUndo(_("The hold on the place has run out since. The Link Worker can ask again."))
        through = delivery_days(commission.cohort, commission.sessions)[1]
        try:
            place = seats.hold(
                commission.cohort, commission.child, until=word.held_until, introduction_id=commission.introduction_id, through=through,
                actor=actor,
            )
        except (NoPlaceLeft, AlreadyHeld):
            raise TooLateToUndo(_("The place has gone to somebody else since.")) from None
        db.session.flush()
        commission.place_id, commission.decide_by = place.id, word.held_until
        db.session.expire(commission, ["place"])
    elif (turn := find_last_turn_of(commission.id)) is not None:
        _same_turn(turn, commission, actor)
    purse.reserve_again(commission, actor)
    commission.end_reason = ""


def _same_turn(turn: Waiting, commission: Commission, actor: Person) -> None:
    """Back in the line where the child stood."""
    again = waiting.join(commission.cohort, commission.child, commission_id=commission.id, actor=actor)
    again.joined_at = turn.joined_at
