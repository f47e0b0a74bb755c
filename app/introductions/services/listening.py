"""From an idea to ready: what does the child think, what does home think, is there enough trust?"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit import services as audit
from app.catalogue import queries as catalogue
from app.catalogue.models import Offering
from app.children import queries as children
from app.children.languages import LANGUAGES
from app.children.models import ChildState
from app.introductions import guards, policies, queries, standing
from app.introductions.models import Introduction, IntroductionState, Stance, View, Viewpoint
from app.introductions.services.common import (
    Already,
    move,
    not_ahead,
    note,
    nothing_left_to_do,
    permit,
    take,
    taken_up,
    words,
)
from app.introductions.standing import BEFORE_ASKED
from app.introductions.words import HOW_SAID
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Forbidden, Invalid

_S = IntroductionState
FURTHEST = timedelta(days=366)


def start(*, child_id: uuid.UUID, offering_id: uuid.UUID, why: str, actor: Person) -> Introduction:
    """An idea for a child, with why. Nobody is told of it.

    Raises NotFound outside the actor's sight, Forbidden for those who only look, Already where one is open, and Missing where the
    child has said no: a child's no does not come back by itself.
    """
    with atomic():
        child = children.get_child(child_id, actor)
        if not policies.can_start(actor, child):
            raise Forbidden(_("Only %(child)s’s Link Worker, or the Zone manager, starts an introduction.", child=child.called))
        offering = children.offering_in_zone(offering_id, child.zone_id)
        already = Already(_("%(child)s already has an open introduction to %(offering)s. Go on with that one.", child=child.called, offering=offering.title))
        if queries.open_introduction(child.id, offering.id) is not None:
            raise already
        refusal = children.find_refusal(child.id, offering.id)
        guards.require(
            gap for gap in guards.to_begin(
                standing.way_of(offering), child=child.called, is_on_programme=child.state is ChildState.ACTIVE,
                today=clock.today(), has_other_open=False, refused_on=refusal.said_on if refusal else None,
                is_childs_no=refusal is not None and refusal.is_childs_no,
            ) if gap.code in ("child_left", "child_no", "set_aside")
        )
        introduction = Introduction(
            zone_id=child.zone_id, child_id=child.id, offering_id=offering.id, organisation_id=offering.organisation_id,
            started_by_id=actor.id, why=words(why, _("Say in a sentence why this could be right for this child."), "why"),
            cohort_id=_only_cohort(offering),
        )
        db.session.add(introduction)
        try:
            db.session.flush()
        except sa.exc.IntegrityError as error:  # two clicks at the same moment: the database lets one through
            if "one_open_introduction" not in str(error.orig):
                raise
            raise already from error
        note(introduction, actor=actor, done="started")
        return introduction


def _only_cohort(offering: Offering) -> uuid.UUID | None:
    running = catalogue.list_cohorts(offering.id, running=True)
    return running[0].id if len(running) == 1 else None


def begin_listening(*, introduction_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Introduction:
    """Listen to the child and to home, or (from not yet, or ready) listen again.

    Raises Missing: the offering is not live, a local asset was not checked in 90 days, another introduction is open, the child said
    no; Forbidden outside the own caseload.
    """
    with atomic():
        introduction = take(introduction_id, to=_S.LISTENING, seen_version=seen_version)
        permit(policies.can_listen(actor, introduction), introduction)
        if introduction.state is not _S.READY:
            guards.require(standing.gaps_to_begin(introduction, standing.read(introduction)))
        introduction.ask_again_on, introduction.not_yet_why = None, ""
        move(introduction, _S.LISTENING, actor=actor, done="listening_begun")
        nothing_left_to_do(introduction, "Listening again")
        return introduction


def record_view(
    *, introduction_id: uuid.UUID, viewpoint: Viewpoint, stance: Stance, words_said: str, said_on: date, actor: Person,
    carer_id: uuid.UUID | None = None, said_by: str = "", how: str = "in person", language: str = "en", words_in_english: str = "",
    told_to: str = "", seen_version: int | None = None,
) -> View:
    """What somebody thinks of it, word for word, with the day and who heard it. The newest of each person counts.

    In another language the words stay as they were said (or written), with what they mean beside them.

    A no (or unsure) of the child or of a carer with a say takes *ready* back to listening: nothing is asked on a yes that is gone.
    """
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        permit(policies.can_record_view(actor, introduction), introduction)
        if not introduction.is_open:
            raise Already(_("This introduction is over, so nothing new is asked about it."))
        if introduction.state is _S.IDEA:
            raise Invalid(_("This is still an idea. Begin to listen first, then write down what was said."))
        view = View(
            introduction_id=introduction.id, viewpoint=viewpoint, carer_id=_carer(introduction, viewpoint, carer_id),
            said_by=words(said_by, _("Write down who said it."), "said_by")[:120] if viewpoint is Viewpoint.TEACHER else "",
            stance=stance, words=words(words_said, _("Write down what was said, in their words."), "words_said"),
            said_on=not_ahead(said_on, _("That day is still to come. Choose the day it was said."), "said_on"),
            how=_how(how), language=_language(language), words_in_english=_in_english(words_in_english, language),
            told_to=told_to.strip()[:120], asked_by_id=actor.id,
        )
        db.session.add(view)
        db.session.flush()
        flag_modified(introduction, "warmth_answer")  # the version moves: a page drawn before this view is stale
        db.session.flush()
        audit.record(
            "introductions.view.recorded", subject=introduction, actor=actor, viewpoint=viewpoint, stance=stance, said_on=said_on,
            version=introduction.version, view=view.id,
        )
        taken_up(introduction, actor)
        if introduction.state is _S.READY and _takes_back(introduction):
            move(introduction, _S.LISTENING, actor=actor, done="listening_begun", because="a yes was taken back")
        return view


def _carer(introduction: Introduction, viewpoint: Viewpoint, carer_id: uuid.UUID | None) -> uuid.UUID | None:
    if viewpoint is not Viewpoint.CARER:
        return None
    if carer_id is None:
        raise Invalid(_("Choose which parent or carer said it."), field="carer_id")
    return children.get_carer(carer_id, introduction.child_id).id


def _how(how: str) -> str:
    if how not in HOW_SAID:
        raise Invalid(_("“%(how)s” is not one of: %(ways)s.", how=how, ways=", ".join(HOW_SAID)), field="how")
    return how


def _language(code: str) -> str:
    if code not in LANGUAGES:
        raise Invalid(_("Choose the language it was said in."), field="language")
    return code


def _in_english(typed: str, language: str) -> str:
    if language == "en":
        return ""
    return words(typed, _("Say what it means in English: others read it too."), "words_in_english")


def _takes_back(introduction: Introduction) -> bool:
    gaps = standing.gaps_in_support(introduction, standing.read(introduction))
    return any(gap.code.startswith(("child_", "carer")) for gap in gaps)


def prepare(
    *, introduction_id: uuid.UUID, has_met_contact: bool, who_goes_along: str, actor: Person, is_shared: bool | None = None,
    seen_version: int | None = None,
) -> Introduction:
    """What makes it warm: the Link Worker has met the person there, and somebody goes along. `is_shared` False: nothing about the
    child is told to the organisation (only before it is asked)."""
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        permit(policies.can_prepare(actor, introduction), introduction)
        if not introduction.is_open:
            raise Already(_("This introduction is over."))
        if is_shared is not None and is_shared != introduction.is_shared:
            if introduction.state not in BEFORE_ASKED:
                raise Invalid(_("The organisation was asked already, so what it may know cannot change here. Change the consent."), field="is_shared")
            introduction.is_shared = is_shared
        introduction.has_met_contact, introduction.who_goes_along = has_met_contact, who_goes_along.strip()[:120]
        note(introduction, actor=actor, done="prepared", met=has_met_contact, goes_along=bool(introduction.who_goes_along),
             shared=introduction.is_shared)
        return introduction


def make_ready(*, introduction_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Introduction:
    """The child and home are behind it, consent covers it, and the warmth check does not say *not yet*.

    Raises Missing with everything that is missing and who can supply it, Forbidden for anybody but the child's Link Worker.
    """
    with atomic():
        introduction = take(introduction_id, to=_S.READY, seen_version=seen_version)
        permit(policies.can_make_ready(actor, introduction), introduction)
        reading = standing.read(introduction)
        guards.require(standing.gaps_to_be_ready(introduction, reading))
        introduction.warmth_answer = reading.check.answer
        move(introduction, _S.READY, actor=actor, done="made_ready", warmth=reading.check.answer,
             consent=reading.consent.id if reading.consent and introduction.is_shared else None)
        return introduction


def set_not_yet(
    *, introduction_id: uuid.UUID, why: str, ask_again_on: date, actor: Person, seen_version: int | None = None
) -> Introduction:
    """Wait, with a reason and a day to ask again. Good practice, never a failure."""
    with atomic():
        introduction = take(introduction_id, to=_S.NOT_YET, seen_version=seen_version)
        permit(policies.can_put_off(actor, introduction), introduction)
        if ask_again_on <= clock.today():
            raise Invalid(_("Choose a day after today to ask again."), field="ask_again_on")
        if ask_again_on > clock.today() + FURTHEST:
            raise Invalid(_("That is more than a year away. Choose an earlier day."), field="ask_again_on")
        introduction.not_yet_why = words(why, _("Say what it waits for."), "why")
        introduction.ask_again_on = ask_again_on
        move(introduction, _S.NOT_YET, actor=actor, done="put_off", ask_again_on=ask_again_on)
        nothing_left_to_do(introduction, "Not yet")
        return introduction


def begin_again(*, introduction_id: uuid.UUID, actor: Person, seen_version: int | None = None) -> Introduction:
    """After a no, or no answer: an idea again. The old question and its answer stay in the trail."""
    with atomic():
        introduction = take(introduction_id, to=_S.IDEA, seen_version=seen_version)
        permit(policies.can_listen(actor, introduction), introduction)
        introduction.asked_at = introduction.answer_by_on = introduction.answered_at = introduction.decline_reason = None
        introduction.asked_note = introduction.decline_note = introduction.answered_by = introduction.first_dates = ""
        introduction.practitioner_id, introduction.nudged_after, introduction.warmth_answer = None, 0, ""
        move(introduction, _S.IDEA, actor=actor, done="begun_again")
        nothing_left_to_do(introduction, "Begun again")
        return introduction


__all__ = ["begin_again", "begin_listening", "make_ready", "prepare", "record_view", "set_not_yet", "start"]
