"""The organisation is asked, and answers: yes with a named practitioner, no with a reason, or nothing for ten school days."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.queries import school_days
from app.catalogue import queries as catalogue
from app.catalogue.models import Cohort
from app.introductions import guards, hooks, policies, queries, standing
from app.introductions.guards import Gap
from app.introductions.models import DeclineReason, Introduction, IntroductionState
from app.introductions.services.common import (
    Already,
    move,
    note,
    nothing_left_to_do,
    permit,
    take,
    tell_link_workers,
    tell_partner,
    words,
)
from app.introductions.services.messages import forget_messages
from app.introductions.services.together import take_party
from app.introductions.standing import BEFORE_ASKED
from app.introductions.words import DECLINE_TOLD
from app.notifications.models import Urgency
from app.notifications.services import post
from app.shared import clock
from app.shared.db import atomic, db, lock_rows
from app.shared.errors import Forbidden, Invalid, NotFound
from app.shared.tongue import in_english

_S = IntroductionState
ASKED_BY_EMAIL = "introductions.asked"
NUDGED_BY_EMAIL = "introductions.nudged"


def ask(*, introduction_id: uuid.UUID, note_to_partner: str, actor: Person, seen_version: int | None = None) -> Introduction:
    """Ask the organisation, for all who go together at once. It has ten school days of the child's school to answer.

    Raises Missing: somebody took their yes back, consent ran out, the organisation takes nobody new, another introduction is open,
    the place of a paid programme is not requested.
    """
    with atomic():
        party = take_party(introduction_id, to=_S.ASKED, among=BEFORE_ASKED, seen_version=seen_version)
        for one in party:
            permit(policies.can_ask(actor, one), one)
        guards.require(gap for one in party for gap in standing.gaps_to_ask(one, standing.read(one)))
        for one in party:
            _ask(one, note_to_partner.strip(), actor)
        return party[0]


def _ask(introduction: Introduction, note_to_partner: str, actor: Person) -> None:
    introduction.asked_at = clock.now()
    introduction.answer_by_on = school_days(introduction.child.school_id).after(clock.today(), guards.ANSWER_WITHIN)
    introduction.asked_note = note_to_partner
    introduction.answered_at, introduction.decline_reason, introduction.nudged_after = None, None, 0
    introduction.decline_note = introduction.answered_by = ""
    move(introduction, _S.ASKED, actor=actor, done="asked", answer_by_on=introduction.answer_by_on)
    nothing_left_to_do(introduction, "Asked")
    tell_partner(
        introduction, "introduction_answer", f"{actor.name} asks about {introduction.offering.title}",
        f"Please answer by {introduction.answer_by_on:%-d %B}", action="Read and answer", icon="inbox", urgency=Urgency.TODAY,
    )
    _write_to_partner(introduction, ASKED_BY_EMAIL, "asked")


def _write_to_partner(introduction: Introduction, topic: str, what: str) -> None:
    """One e-mail to each of the organisation's people, once for each time of asking."""
    asked = introduction.asked_at.isoformat() if introduction.asked_at else ""
    for person in queries.partner_people(introduction):
        post(
            topic=topic, dedupe=f"{topic}:{introduction.id}:{asked}:{what}:{person.id}",
            payload={"introduction": str(introduction.id), "person": str(person.id), "asked_at": asked},
        )


def agree(
    *, introduction_id: uuid.UUID, first_dates: str, actor: Person, practitioner_id: uuid.UUID | None = None,
    cohort_id: uuid.UUID | None = None, answered_by: str = "", seen_version: int | None = None,
) -> Introduction:
    """The organisation says yes (to all who go together): who will meet the child, and when it could begin.

    Where somebody of the organisation signs in to Kith, only they answer. Elsewhere (a library, a park) the Link Worker who asked
    writes down who said yes (`answered_by`), and no money is at stake. Raises Missing when the practitioner's evidence is not
    current, Invalid without a practitioner of this organisation or first dates, NotFound for another organisation's people.
    """
    with atomic():
        if cohort_id is not None:
            _lock_cohorts(introduction_id, cohort_id)
        party = take_party(introduction_id, to=_S.AGREED, among=(_S.ASKED,), seen_version=seen_version, tells_above=True)
        by_word = _require_answerer(party[0], actor)
        gaps = [gap for one in party for gap in standing.gaps_in_support(one, standing.read(one))]
        guards.require(gaps if by_word else standing.for_partner(gaps))
        for one in party:
            if by_word and practitioner_id is None:
                one.answered_by = words(answered_by, _("Write down who said yes there."), "answered_by")[:120]
            else:
                one.practitioner_id = practitioner_of(one, practitioner_id)
                one.answered_by = answered_by.strip()[:120]
            if cohort_id is not None:
                one.cohort_id = _cohort(one, cohort_id)
            one.first_dates = words(first_dates, _("Say when it could begin, like “Thursdays at 4 from 3 December”."), "first_dates")[:200]
            _agreed(one, actor, by_word=by_word)
        return party[0]


def _agreed(introduction: Introduction, actor: Person, *, by_word: bool) -> None:
    introduction.answered_at = clock.now()
    move(introduction, _S.AGREED, actor=actor, done="agreed", practitioner=introduction.practitioner_id, by_word=by_word)
    nothing_left_to_do(introduction, "Answered")
    if introduction.practitioner_id is not None:
        hooks.on_agreed(introduction, actor, introduction.practitioner_id)
    tell_link_workers(
        introduction, "introduction_arrange", "Arrange the first meeting", f"{introduction.organisation.name} said yes",
        action="Arrange it", icon="calendar-days", urgency=Urgency.TODAY,
    )


def _lock_cohorts(introduction_id: uuid.UUID, cohort_id: uuid.UUID) -> None:
    """The group that is chosen and the one that was planned: a yes may take a place in the first and none in the other."""
    planned = db.session.scalar(sa.select(Introduction.cohort_id).where(Introduction.id == introduction_id))
    lock_rows(Cohort, {key for key in (cohort_id, planned) if key is not None})


def _require_answerer(introduction: Introduction, actor: Person) -> bool:
    """True when the Link Worker writes down an answer by word of mouth."""
    if policies.can_answer(actor, introduction):
        if not queries.is_visible(introduction.id, actor):
            raise NotFound
        return False
    if policies.can_answer_for(actor, introduction):
        if queries.partner_people(introduction):
            raise Forbidden(_("%(organisation)s signs in to Kith and answers there, not through you.", organisation=introduction.organisation.name))
        return True
    raise Forbidden(_("Only %(organisation)s can answer this.", organisation=introduction.organisation.name))


def practitioner_of(introduction: Introduction, practitioner_id: uuid.UUID | None) -> uuid.UUID:
    """Theirs, with current evidence. Raises Invalid, Missing."""
    chosen = queries.find_practitioner(practitioner_id, introduction.organisation_id) if practitioner_id else None
    if chosen is None:
        raise Invalid(_("Choose who will meet the child."), code="practitioner", field="practitioner_id")
    today = clock.today()
    found = catalogue.document_gaps(introduction.organisation_id, on=today, through=today, practitioner_id=chosen.id)
    if found:
        gaps = [Gap("evidence", gap.sentence) for gap in found]
        who = Gap("evidence", _("%(organisation)s can send what is missing, and the Zone manager checks it.", organisation=introduction.organisation.name))
        raise guards.Missing([*gaps, who], field="practitioner_id")
    return chosen.id


def _cohort(introduction: Introduction, cohort_id: uuid.UUID) -> uuid.UUID:
    if cohort_id not in {cohort.id for cohort in catalogue.list_cohorts(introduction.offering_id, running=True)}:
        raise Invalid(_("That group takes no children any more. Choose another."), field="cohort_id")
    return cohort_id


def decline(
    *, introduction_id: uuid.UUID, reason: DeclineReason, actor: Person, note_to_link_worker: str = "", answered_by: str = "",
    seen_version: int | None = None,
) -> Introduction:
    """The organisation says no, with a reason. What was held or promised for it is released in the same transaction."""
    with atomic():
        party = take_party(introduction_id, to=_S.DECLINED, among=(_S.ASKED,), seen_version=seen_version, tells_above=True)
        by_word = _require_answerer(party[0], actor)
        said = note_to_link_worker.strip()
        if reason is DeclineReason.OTHER:
            said = words(said, _("Say what the reason is."), "note_to_link_worker")
        for one in party:
            if by_word:
                one.answered_by = words(answered_by, _("Write down who said no there."), "answered_by")[:120]
            one.decline_reason, one.decline_note, one.answered_at = reason, said, clock.now()
            _declined(one, reason, actor, by_word=by_word)
        return party[0]


def _declined(introduction: Introduction, reason: DeclineReason, actor: Person, *, by_word: bool) -> None:
    move(introduction, _S.DECLINED, actor=actor, done="declined", reason=reason, by_word=by_word)
    nothing_left_to_do(introduction, "Answered")
    forget_messages(introduction, "Answered")
    hooks.on_ended(introduction, actor, _S.DECLINED)
    tell_link_workers(
        introduction, "introduction_next", "What next?", f"{introduction.organisation.name}: {in_english(DECLINE_TOLD[reason]).lower()}",
        action="Look at it", icon="search", urgency=Urgency.TODAY,
    )


def lapse(*, introduction_id: uuid.UUID, actor: Person | None = None) -> Introduction:
    """No answer in ten school days. Lapsing what has lapsed, or was answered in the last moment, changes nothing."""
    with atomic():
        hooks.lock_before([introduction_id])
        introduction = take(introduction_id)
        if introduction.state is not _S.ASKED:
            return introduction
        if introduction.answer_by_on is not None and clock.today() <= introduction.answer_by_on:
            raise Already(_("%(organisation)s has until %(answer_by_on)s to answer.", organisation=introduction.organisation.name, answer_by_on=f"{introduction.answer_by_on:%-d %B}"), code="not_due")
        move(introduction, _S.LAPSED, actor=actor, done="lapsed", answer_by_on=introduction.answer_by_on)
        waited_for_us = queries.has_unanswered_question(introduction.id)
        nothing_left_to_do(introduction, "No answer in time")
        forget_messages(introduction, "No answer in time")
        hooks.on_ended(introduction, actor, _S.LAPSED)
        tell_link_workers(
            introduction, "introduction_next", "What next?",
            f"{introduction.organisation.name} waited for an answer to their question" if waited_for_us
            else f"{introduction.organisation.name} did not answer in ten school days",
            action="Look at it", icon="search", urgency=Urgency.TODAY,
        )
        return introduction


def nudge(*, introduction_id: uuid.UUID, days: int) -> bool:
    """Remind the organisation that `days` school days have passed; at the last reminder, the Link Worker rings. Once each.

    A reminder leaves the version alone: it changes nothing that anybody decides on. False when there was nothing to remind of: also
    while the organisation has asked something itself and waits for an answer.
    """
    with atomic():
        introduction = take(introduction_id)
        if introduction.state is not _S.ASKED or introduction.nudged_after >= days or queries.has_unanswered_question(introduction.id):
            return False
        db.session.execute(sa.update(Introduction).where(Introduction.id == introduction.id).values(nudged_after=days))
        note(introduction, actor=None, done="nudged", days=days)
        _write_to_partner(introduction, NUDGED_BY_EMAIL, f"after {days}")
        if days == guards.NUDGES_AFTER[-1]:
            tell_link_workers(
                introduction, "introduction_waiting", f"Ring {introduction.organisation.name}",
                f"No answer for {days} school days. It lapses after {introduction.answer_by_on:%-d %B}",
                action="See who to ring", icon="phone", urgency=Urgency.TODAY,
            )
        return True
