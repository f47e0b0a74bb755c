"""What happens to the demo's children over a year: introductions with their bumps, places asked for, approved, used and left.

Each step plans the next one in the story. Nothing is written past a service: what a step may not do is refused and counted.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from random import Random

import sqlalchemy as sa

from app.accounts.calendar import SchoolDays
from app.accounts.models import Person
from app.accounts.queries import school_days
from app.attendance.queries.marks import attended_count
from app.catalogue.models import Cohort, Offering, Session, SessionState
from app.children.book import approved_pages
from app.children.models import SHAREABLE
from app.children.services.consents import give_consent, withdraw_consent
from app.children.services.listening import record_voice
from app.children.services.plans import review_goal
from app.commissioning.models import Commission, CommissionState
from app.commissioning.services import decisions
from app.commissioning.services.commissions import (
    answer_question,
    close,
    end_early,
    request,
    write_closing_note,
)
from app.demo import words
from app.demo.childhoods import Life, write_page
from app.demo.growing_words import STARS_SAID
from app.demo.registers import plan_registers
from app.demo.shapes import Offer
from app.demo.story import Story, school_morning
from app.demo.world import World
from app.introductions import services as introductions
from app.introductions.models import (
    DeclineReason,
    EndReason,
    Introduction,
    IntroductionState,
    Stance,
    StillGoing,
    Viewpoint,
)
from app.shared import clock
from app.shared.db import db

MOST_SESSIONS = 6
KM_A_DEGREE = (111.2, 69.3)


@dataclass
class Thread:
    """One introduction's story."""

    world: World
    story: Story
    life: Life
    offer: Offer
    offering: Offering
    dice: Random
    days: SchoolDays
    introduction_id: uuid.UUID | None = None
    introduction: Introduction | None = None
    is_fresh: bool = False  # asked for in these days: the decision is still to come

    @property
    def worker(self) -> Person:
        return self.life.worker

    def later(self, low: int, high: int, happens: Callable[[], None], hour: int | None = None) -> None:
        """Plan something a few school days on, at a working hour."""
        day = self.days.after(clock.today(), self.dice.randint(low, high))
        self.story.at(clock.at_london(day, time(hour or self.dice.randint(9, 15), self.dice.choice((5, 20, 40)))), happens)

    def current(self) -> Introduction:
        assert self.introduction_id is not None
        self.introduction = db.session.get_one(Introduction, self.introduction_id)  # kept, so that the session keeps it too
        return self.introduction

    def is_at(self, *states: IntroductionState) -> bool:
        return self.current().state in states


def plan_lives(world: World, story: Story, lives: list[Life]) -> None:
    """An introduction for most children, spread from their beginning to today."""
    for number, life in enumerate(lives):
        dice = Random(f"life-{world.zone.slug}-{number}")
        days = school_days(life.school.id)
        chosen = _offers_for(world, life, dice)
        so_far = (clock.today() - life.begins_on).days
        start = life.begins_on + timedelta(days=dice.randint(10, max(11, so_far - 12)))
        for offer, offering in chosen[: dice.choice((0, 0, 1, 1))]:
            thread = Thread(world, story, life, offer, offering, Random(f"{number}-{offer.title}"), days)
            story.at(school_morning(days, start, dice.randint(9, 15), dice.choice((0, 15, 30))), lambda t=thread: _begin(t))  # type: ignore[misc]
            start += timedelta(days=dice.randint(35, 150))
        bought = [(offer, offering) for offer, offering in chosen if offer.price is not None]
        if number % 28 == 5 and bought:
            fresh = Thread(world, story, life, *bought[-1], Random(f"fresh-{number}"), days, is_fresh=True)
            day = clock.today() - timedelta(days=dice.randint(4, 9))
            story.at(school_morning(days, day, 9, dice.choice((5, 35))), lambda t=fresh: _begin(t))  # type: ignore[misc]
        again = life.begins_on + timedelta(days=150)
        if again < clock.today() and number % 3:  # two in three were heard in these weeks, the others not for a long time
            again = clock.today() - timedelta(days=dice.randint(3, 40))
        story.at(school_morning(days, again, 10), lambda one=life, d=dice: _say_again(one, d))  # type: ignore[misc]


def _offers_for(world: World, life: Life, dice: Random) -> list[tuple[Offer, Offering]]:
    """What fits by age, gender, distance and taste; best first, shuffled a little."""
    child = life.child
    liked = {word for interest in child.interests for word in interest.split()}
    needs = {need.code for need in child.needs}
    scored = []
    for offer, offering in world.offerings:
        if not offering.age_min <= child.age <= offering.age_max or offer.kind == "statutory":
            continue
        if offering.gender.value != "any" and offering.gender.value.removesuffix("s") != child.gender:
            continue
        if offering.cost_pence > child.max_cost_pence or _km(child, offering) > child.max_km + 1:
            continue
        taste = len(liked & {word for interest in offering.interests for word in interest.split()})
        scored.append((2 * taste + len(needs & set(offering.needs)) + dice.random() * 1.5, offer.title, offer, offering))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return [(offer, offering) for _, _, offer, offering in scored[:6]]


def _km(child: object, offering: Offering) -> float:
    north = (offering.latitude or 0) - (getattr(child, "latitude", None) or 0)
    east = (offering.longitude or 0) - (getattr(child, "longitude", None) or 0)
    return float(((north * KM_A_DEGREE[0]) ** 2 + (east * KM_A_DEGREE[1]) ** 2) ** 0.5)


def _say_again(life: Life, dice: Random) -> None:
    said = {voice.words for voice in life.child.voices}
    drawn = dice.choice(words.VOICES[life.theme])
    fresh = next((one for one in (drawn, *words.VOICES[life.theme]) if one not in said), drawn)
    record_voice(child_id=life.child.id, words=fresh, said_on=clock.today(), actor=life.worker)
    goal = life.child.goals[0]
    review_goal(child_id=life.child.id, goal_id=goal.id, stars=(stars := dice.randint(2, 5)), words=STARS_SAID[stars][dice.randrange(len(words.AFTERWARDS)) % 2], actor=life.worker)


# --- listening -------------------------------------------------------------------------------------


def _begin(t: Thread) -> None:
    if t.dice.random() < 0.07:
        introductions.give_signpost(
            child_id=t.life.child.id, offering_id=t.offering.id, to_whom=t.life.carer.name, actor=t.worker
        )
        return
    made = introductions.start(child_id=t.life.child.id, offering_id=t.offering.id, why=t.dice.choice(words.WHY), actor=t.worker)
    t.introduction_id = made.id
    introductions.begin_listening(introduction_id=made.id, actor=t.worker)
    t.later(0, 3, lambda: _hear(t))


def _hear(t: Thread) -> None:
    assert t.introduction_id is not None
    fate = t.dice.random()
    if fate < 0.08:
        introductions.record_view(
            introduction_id=t.introduction_id, viewpoint=Viewpoint.CHILD, stance=Stance.NO, words_said=t.dice.choice(words.CHILD_NO),
            said_on=clock.today(), actor=t.worker,
        )
        if t.current().is_open:
            introductions.end(introduction_id=t.introduction_id, reason=EndReason.CHILD_NO, actor=t.worker)
        return
    if fate < 0.16 and t.current().state is IntroductionState.LISTENING:
        introductions.set_not_yet(
            introduction_id=t.introduction_id, why="Not this term. Asked to see it first.", actor=t.worker,
            ask_again_on=t.days.after(clock.today(), t.dice.randint(8, 30)),
        )
        t.later(30, 60, lambda: _hear_again(t))
        return
    _views(t)


def _hear_again(t: Thread) -> None:
    assert t.introduction_id is not None
    if t.is_at(IntroductionState.NOT_YET):
        introductions.begin_listening(introduction_id=t.introduction_id, actor=t.worker)
        _views(t)


def _views(t: Thread) -> None:
    assert t.introduction_id is not None
    stance, said = t.dice.choice(words.CHILD_YES)
    introductions.record_view(
        introduction_id=t.introduction_id, viewpoint=Viewpoint.CHILD, stance=Stance(stance), words_said=said, said_on=clock.today(),
        actor=t.worker,
    )
    if t.dice.random() < 0.05:
        return  # the conversation at home is still to come: it stays in listening
    stance, said = t.dice.choice(words.CARER_WORDS)
    introductions.record_view(
        introduction_id=t.introduction_id, viewpoint=Viewpoint.CARER, carer_id=t.life.carer.id, stance=Stance(stance), words_said=said,
        said_on=clock.today(), actor=t.worker, how=t.dice.choice(("in person", "by telephone")),
    )
    give_consent(
        child_id=t.life.child.id, carer_id=t.life.carer.id, organisation_id=t.offering.organisation_id,
        fields=[name for name in SHAREABLE if name != "photo" and (name != "needs" or t.dice.random() < 0.3)], given_on=clock.today(),
        ends_on=clock.today() + timedelta(days=365), actor=t.worker,
    )
    introductions.prepare(
        introduction_id=t.introduction_id, has_met_contact=True, who_goes_along=t.worker.name, actor=t.worker,
    )
    introductions.make_ready(introduction_id=t.introduction_id, actor=t.worker)
    if t.offering.is_commissioned:
        _ask_for_place(t)
    else:
        t.later(0, 2, lambda: _ask_partner(t))


# --- the place and the money -----------------------------------------------------------------------


def _ask_for_place(t: Thread) -> None:
    assert t.introduction_id is not None
    cohort = _group(t)
    if cohort is None:
        return
    ahead = db.session.scalar(
        sa.select(sa.func.count(Session.id)).where(
            Session.cohort_id == cohort.id, Session.state == SessionState.SCHEDULED, Session.starts_at > clock.now()
        )
    ) or 0
    if ahead < 2:
        return
    free = [offer.title for offer, _ in t.world.offerings if offer.price is None and set(offer.needs.split("|")) & set(t.offering.needs)]
    made = request(
        introduction_id=t.introduction_id, cohort_id=cohort.id, sessions=min(ahead, t.dice.randint(3, MOST_SESSIONS)),
        need_code=t.life.child.needs[0].code, goal=t.life.child.goals[0].words, why=t.dice.choice(words.WHY), actor=t.worker,
        free_alternatives=f"Looked at {' and '.join(free[:2])}: another day, or full." if free else "None near enough.",
        join_waiting_list=True,
    )
    commission_id = made.id
    t.later(0, 1, lambda: _ask_partner(t))
    if not t.is_fresh:
        t.later(1, 4, lambda: _decide(t, commission_id))


def _group(t: Thread) -> Cohort | None:
    """The run that has weeks to come: this year's while it lasts."""
    today = clock.today()
    running = [c for c in t.world.cohorts[t.offering.id] if c.ends_on is not None and c.ends_on > today + timedelta(days=21)]
    return min(running, key=lambda c: c.starts_on or today, default=None)


def _decide(t: Thread, commission_id: uuid.UUID) -> None:
    commission = db.session.get_one(Commission, commission_id)
    if commission.state is not CommissionState.REQUESTED:
        return
    holder, second = t.world.holders[0], t.world.holders[1]
    if commission.total_pence > 45_000:
        holder, second = second, t.world.holders[2]
    fate = t.dice.random()
    if fate < 0.06:
        decisions.reject(commission_id=commission_id, reason="The library group meets the same need and is free on that day.", actor=holder)
    elif fate < 0.14:
        decisions.return_(commission_id=commission_id, question="What happens after the last session?", actor=holder)
        t.later(1, 2, lambda: _answer(t, commission_id))
    else:
        _approve(commission_id, holder, second)


def _approve(commission_id: uuid.UUID, holder: Person, second: Person) -> None:
    commission = decisions.approve(commission_id=commission_id, actor=holder)
    if commission.state is CommissionState.REQUESTED:
        decisions.approve(commission_id=commission_id, actor=second)


def _answer(t: Thread, commission_id: uuid.UUID) -> None:
    if db.session.get_one(Commission, commission_id).state is not CommissionState.RETURNED:
        return
    answer_question(commission_id=commission_id, answer="The Saturday group is free and keeps a place for those who finish.", actor=t.worker)
    t.later(1, 2, lambda: _decide_again(t, commission_id))


def _decide_again(t: Thread, commission_id: uuid.UUID) -> None:
    if db.session.get_one(Commission, commission_id).state is CommissionState.REQUESTED:
        _approve(commission_id, t.world.holders[1], t.world.holders[2])


# --- the partner, the meeting, going ---------------------------------------------------------------


def _ask_partner(t: Thread) -> None:
    assert t.introduction_id is not None
    if not t.is_at(IntroductionState.READY):
        return
    if not approved_pages([t.life.child.id]):
        write_page(t.life, is_approved=True)
    introductions.ask(introduction_id=t.introduction_id, note_to_partner="Could we come and look first?", actor=t.worker)
    fate = t.dice.random()
    if fate < 0.05:
        return  # nobody answers; the clock will say so
    t.later(1, 6, lambda: _partner_declines(t) if fate < 0.12 else _partner_agrees(t))


def _partner_declines(t: Thread) -> None:
    assert t.introduction_id is not None
    if t.is_at(IntroductionState.ASKED):
        introductions.decline(
            introduction_id=t.introduction_id, reason=t.dice.choice((DeclineReason.TIMES, DeclineReason.STAFFING, DeclineReason.FULL)),
            actor=t.world.admins.get(t.offer.org, t.worker), note_to_link_worker="Ask us again after the holidays.", answered_by=t.offer.org,
        )


def _partner_agrees(t: Thread) -> None:
    assert t.introduction_id is not None
    if not t.is_at(IntroductionState.ASKED):
        return
    admin = t.world.admins.get(t.offer.org)
    practitioner = t.world.practitioners[t.offer.org][0]
    introductions.agree(
        introduction_id=t.introduction_id, first_dates="From next week", actor=admin or t.worker,
        practitioner_id=practitioner.id if admin else None, answered_by="" if admin else practitioner.name,
    )
    t.later(1, 4, lambda: _arrange(t))


def _arrange(t: Thread, tries: int = 0) -> None:
    assert t.introduction_id is not None
    if not t.is_at(IntroductionState.AGREED):
        return
    if t.offering.is_commissioned and not _is_bought(t):
        if tries < 6:
            t.later(2, 4, lambda: _arrange(t, tries + 1))
        return
    if t.offering.is_commissioned:
        _plan_registers(t)
    day = t.days.after(clock.today(), t.dice.randint(2, 6))
    meeting_at = clock.at_london(day, time(15, 30))
    introductions.arrange(
        introduction_id=t.introduction_id, meeting_at=meeting_at, place=t.life.school.name,
        people=f"{t.life.child.called}, {t.worker.name}, {t.world.practitioners[t.offer.org][0].name}", trusted_adult=t.worker.name,
        actor=t.worker,
    )
    t.story.at(meeting_at + timedelta(minutes=75), lambda: _meet(t))


def _is_bought(t: Thread) -> bool:
    return db.session.scalar(
        sa.select(sa.exists().where(
            Commission.introduction_id == t.introduction_id,
            Commission.state.in_((CommissionState.APPROVED, CommissionState.CONFIRMED, CommissionState.IN_DELIVERY)),
        ))
    ) or False


def _plan_registers(t: Thread) -> None:
    cohort_id = db.session.scalars(sa.select(Commission.cohort_id).where(Commission.introduction_id == t.introduction_id)).first()
    if cohort_id is not None:
        plan_registers(t.world, t.story, cohort_id, t.offer.org)


def _meet(t: Thread) -> None:
    assert t.introduction_id is not None
    if not t.is_at(IntroductionState.ARRANGED):
        return
    introductions.record_met(
        introduction_id=t.introduction_id, met_on=clock.today(), people=f"{t.worker.name} and {t.world.practitioners[t.offer.org][0].name}",
        words_said=t.dice.choice(words.AFTERWARDS), actor=t.worker,
    )
    if t.offering.is_commissioned:
        t.later(30, 45, lambda: _settle(t))
        if t.dice.random() < 0.06:
            t.later(8, 20, lambda: _leave_early(t))
    else:
        t.later(3, 8, lambda: _goes(t))


def _goes(t: Thread) -> None:
    assert t.introduction_id is not None
    if t.is_at(IntroductionState.MET):
        introductions.join(introduction_id=t.introduction_id, on=clock.today(), actor=t.worker)
        t.later(20, 30, lambda: _settle(t))


def _settle(t: Thread, tries: int = 0) -> None:
    assert t.introduction_id is not None
    if not t.is_at(IntroductionState.JOINED):
        return
    came = attended_count(t.introduction_id)
    if t.offering.is_commissioned and came < 3:
        if tries < 4:
            t.later(15, 20, lambda: _settle(t, tries + 1))
        return
    introductions.settle(
        introduction_id=t.introduction_id, wants_to_go_on=True, words_said=t.dice.choice(words.AFTERWARDS), actor=t.worker,
        visits_told=None if t.offering.is_commissioned else t.dice.randint(3, 6),
    )
    t.later(25, 60, lambda: _close(t))
    due = sa.select(StillGoing.id, StillGoing.due_on).where(StillGoing.introduction_id == t.introduction_id).order_by(StillGoing.months)
    for check_id, due_on in db.session.execute(due):
        asked_on = due_on + timedelta(days=t.dice.randint(0, 6))
        t.story.at(school_morning(t.days, asked_on, 12, 15), lambda c=check_id: _still_going(t, c))  # type: ignore[misc]


def _still_going(t: Thread, check_id: uuid.UUID) -> None:
    assert t.introduction_id is not None
    if t.dice.random() < 0.93:
        introductions.answer_check(
            introduction_id=t.introduction_id, check_id=check_id, is_still_going=t.dice.random() < 0.8,
            words_said=t.dice.choice(words.AFTERWARDS), actor=t.worker,
        )


def _close(t: Thread) -> None:
    assert t.introduction_id is not None
    commission = db.session.scalars(
        sa.select(Commission).where(Commission.introduction_id == t.introduction_id, Commission.state == CommissionState.DELIVERED)
    ).unique().first()
    if commission is not None and t.dice.random() < 0.6:
        write_closing_note(commission_id=commission.id, note_text=t.dice.choice(words.OUTCOMES), actor=t.worker)
        close(commission_id=commission.id, actor=t.world.manager)
    if t.is_at(IntroductionState.SETTLED) and t.dice.random() < 0.5:
        introductions.close(
            introduction_id=t.introduction_id, outcome=t.dice.choice(words.OUTCOMES), next_step="Look in after a month.", actor=t.worker
        )


def _leave_early(t: Thread) -> None:
    """Some stop: most by a word, a few because the family takes its consent back."""
    commission = db.session.scalars(
        sa.select(Commission).where(Commission.introduction_id == t.introduction_id, Commission.state == CommissionState.IN_DELIVERY)
    ).unique().first()
    if commission is None:
        return
    consent = next((c for c in t.life.child.consents if c.organisation_id == t.offering.organisation_id and c.withdrawn_at is None), None)
    if consent is not None and t.dice.random() < 0.4:
        withdraw_consent(consent_id=consent.id, child_id=t.life.child.id, why="The family would rather stop.", actor=t.worker)
    else:
        end_early(commission_id=commission.id, reason="Moved to a day that does not fit.", actor=t.worker)

