"""From a date in the diary to going by themselves. A linking is counted at *met*, once per child and offering, ever."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit import services as audit
from app.introductions import guards, hooks, policies, queries, standing
from app.introductions.guards import Gap
from app.introductions.models import Introduction, IntroductionState, Linking
from app.introductions.services.asking import practitioner_of
from app.introductions.services.common import (
    move,
    not_ahead,
    note,
    nothing_left_to_do,
    permit,
    take,
    tell_link_workers,
    words,
)
from app.introductions.services.together import take_party
from app.notifications.models import Urgency
from app.notifications.services import close_tasks
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import IllegalMove, Invalid

_S = IntroductionState


def arrange(
    *, introduction_id: uuid.UUID, meeting_at: datetime, place: str, people: str, trusted_adult: str, actor: Person,
    seen_version: int | None = None,
) -> Introduction:
    """A day, a place, who will be in the room, and among them an adult the child trusts; for all who go together and were said yes to.

    Raises Missing: a yes was taken back, consent ran out, the money of a paid programme is not approved, a check of whoever meets the
    child does not reach that day; Invalid at the field.
    """
    with atomic():
        party = take_party(introduction_id, to=_S.ARRANGED, among=(_S.AGREED,), seen_version=seen_version)
        for one in party:
            _require_arranger(one, actor, meeting_at)
            _set_meeting(one, meeting_at, place, people, trusted_adult)
            move(one, _S.ARRANGED, actor=actor, done="arranged", meeting_at=meeting_at.isoformat())
            nothing_left_to_do(one, "Arranged")
        return party[0]


def move_meeting(
    *, introduction_id: uuid.UUID, meeting_at: datetime, place: str, people: str, trusted_adult: str, actor: Person,
    seen_version: int | None = None,
) -> Introduction:
    """Another day or place for a meeting that is arranged. The state stays."""
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        if introduction.state is not _S.ARRANGED:
            raise IllegalMove(_("This introduction is %(replace)s, so there is no meeting to move.", replace=introduction.state.replace("_", " ")))
        _require_arranger(introduction, actor, meeting_at)
        _set_meeting(introduction, meeting_at, place, people, trusted_adult)
        note(introduction, actor=actor, done="rearranged", meeting_at=meeting_at.isoformat())
        nothing_left_to_do(introduction, "The meeting was moved")
        return introduction


def _require_arranger(introduction: Introduction, actor: Person, meeting_at: datetime) -> None:
    permit(policies.can_arrange(actor, introduction), introduction, _("The child’s Link Worker or the organisation’s coordinator arranges the meeting."))
    gaps = [
        *standing.gaps_to_arrange(introduction, standing.read(introduction)),
        *standing.gaps_in_evidence(introduction, clock.london(meeting_at).date()),
    ]
    guards.require(gaps if policies.is_link_worker_of(actor, introduction) else standing.for_partner(gaps))


def _set_meeting(introduction: Introduction, meeting_at: datetime, place: str, people: str, trusted_adult: str) -> None:
    if meeting_at <= clock.now():
        raise Invalid(_("That moment has passed. Choose a day and time still to come."), field="meeting_on")
    introduction.meeting_at = meeting_at
    introduction.meeting_place = words(place, _("Say where they meet."), "place")[:200]
    introduction.meeting_people = words(people, _("Say who will be in the room."), "people")[:300]
    introduction.trusted_adult = words(trusted_adult, _("Name an adult the child trusts who will be there."), "trusted_adult")[:120]


def record_met(
    *, introduction_id: uuid.UUID, met_on: date, people: str, words_said: str, actor: Person, seen_version: int | None = None
) -> Introduction:
    """They met: when, who was present, and the child's word afterwards. Counts the linking.

    Raises Missing when a check of whoever was to meet the child had lapsed by that day: the organisation names somebody else.
    Where the register had the child there before this was written down, it is joined in the same breath.
    """
    with atomic():
        introduction = take(introduction_id, to=_S.MET, seen_version=seen_version)
        permit(policies.can_record_met(actor, introduction), introduction)
        introduction.met_on = not_ahead(met_on, _("They cannot have met on a day that is still to come."), "met_on")
        if met_on < clock.london(introduction.created_at).date():
            raise Invalid(_("That is before this introduction began. Choose the day they met."), field="met_on")
        guards.require(standing.gaps_in_evidence(introduction, met_on))
        introduction.met_people = words(people, _("Say who was there."), "people")[:300]
        introduction.met_words = words(words_said, _("Write down what the child said afterwards."), "words_said")
        move(introduction, _S.MET, actor=actor, done="met", met_on=met_on)
        nothing_left_to_do(introduction, "They met")
        _count_linking(introduction, actor)
        if hooks.attended_count(introduction) > 0:
            _join(introduction, met_on, None)
        return introduction


def name_practitioner(
    *, introduction_id: uuid.UUID, practitioner_id: uuid.UUID, actor: Person, seen_version: int | None = None
) -> Introduction:
    """Somebody else of the organisation meets the child: its own people say who, before the meeting. Raises Missing, Invalid."""
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        permit(
            policies.can_answer(actor, introduction) and queries.is_visible(introduction.id, actor), introduction,
            _("Only %(organisation)s says who meets the child.", organisation=introduction.organisation.name),
        )
        if introduction.state not in (_S.AGREED, _S.ARRANGED):
            raise IllegalMove(_("Somebody else can be named once you have said yes, and until they have met."))
        introduction.practitioner_id = practitioner_of(introduction, practitioner_id)
        note(introduction, actor=actor, done="practitioner_named", practitioner=practitioner_id)
        close_tasks(kind="introduction_evidence", subject=introduction, why="Somebody else was named")
        return introduction


def _count_linking(introduction: Introduction, actor: Person) -> None:
    if queries.find_linking(introduction.child_id, introduction.offering_id) is not None:
        return
    assert introduction.met_on is not None
    db.session.add(Linking(
        zone_id=introduction.zone_id, child_id=introduction.child_id, offering_id=introduction.offering_id,
        introduction_id=introduction.id, met_on=introduction.met_on,
    ))
    audit.record("introductions.linking.counted", subject=introduction, actor=actor, met_on=introduction.met_on)


def join(
    *, introduction_id: uuid.UUID, on: date, actor: Person | None = None, seen_version: int | None = None
) -> Introduction:
    """First attendance: by the register (`actor` None, at every session, and only the first one counts), or, for a local asset,
    as the Link Worker was told.

    By the register it never refuses: before *met* it leaves the state and asks the Link Worker to write down how they met; after,
    it changes nothing. By a person it raises Missing where a register is kept and does not have the child there.
    """
    with atomic():
        if actor is None:
            return _join_by_register(take(introduction_id), on)
        introduction = take(introduction_id, to=_S.JOINED, seen_version=seen_version)
        permit(policies.can_join(actor, introduction), introduction)
        if introduction.offering.needs_money and hooks.attended_count(introduction) == 0:
            raise guards.Missing([Gap(
                "register", _("%(offering)s keeps a register, and it does not have the child there yet.", offering=introduction.offering.title),
                _("%(organisation)s takes it at the first session.", organisation=introduction.organisation.name),
            )])
        not_ahead(on, _("That day is still to come. Choose the day of the first visit."), "on")
        if introduction.met_on is not None and on < introduction.met_on:
            raise Invalid(_("That is before they met. Choose the day of the first visit."), field="on")
        return _join(introduction, on, actor)


def _join_by_register(introduction: Introduction, on: date) -> Introduction:
    if introduction.state is _S.MET:
        return _join(introduction, on, None)
    if introduction.state in (_S.AGREED, _S.ARRANGED):
        tell_link_workers(
            introduction, "introduction_met", "How did they meet?", f"Went to {introduction.offering.title}; nobody wrote down the first meeting",
            action="Write it down", icon="heart-handshake", urgency=Urgency.TODAY,
        )
    return introduction


def _join(introduction: Introduction, on: date, actor: Person | None) -> Introduction:
    introduction.joined_on = on
    move(introduction, _S.JOINED, actor=actor, done="joined", joined_on=on)
    nothing_left_to_do(introduction, "Joined")
    return introduction
