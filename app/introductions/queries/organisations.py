"""The organisation that is asked: how busy it is, who works there, which runs take children."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.models import Person, Role, RoleGrant
from app.accounts.queries import is_in_force
from app.audit.models import AuditEntry
from app.catalogue.availability import free_places_of_offerings, is_running
from app.catalogue.models import Cohort, Practitioner
from app.catalogue.queries import list_practitioners
from app.introductions.models import DeclineReason, Introduction, IntroductionState
from app.introductions.words import DECLINE_TOLD
from app.shared import clock
from app.shared.db import db
from app.shared.gathered import listed_from, read_list, value_of
from app.shared.view import sentence_list

LOOK_BACK = timedelta(days=365)
LATELY = timedelta(days=90)
BUSY = (
    IntroductionState.ASKED, IntroductionState.AGREED, IntroductionState.ARRANGED, IntroductionState.MET, IntroductionState.JOINED,
)


@dataclass(frozen=True)
class PartnerLoad:
    """What a Link Worker looks at before asking: how much is waiting there, how quickly they answer, and what they said no to of late.

    `free_places` None: nobody counts places there. `declines`: each reason of the last 90 days, how often, most often first.
    """

    waiting: int
    going: int
    free_places: int | None
    answered: int
    answer_days: float | None
    declines: tuple[tuple[DeclineReason, int], ...] = ()

    @property
    def answer_words(self) -> str:
        if self.answer_days is None:
            return _("No answers yet to go by")
        if self.answer_days < 1:
            return _("Usually answers the same day")
        days = max(1, round(self.answer_days))
        return ngettext("Usually answers within %(days)s day", "Usually answers within %(days)s days", days, days=days)

    @property
    def decline_words(self) -> str:
        if not self.declines:
            return _("No “no” in %(days)s days", days=LATELY.days)
        told = sentence_list([f"{DECLINE_TOLD[reason][:1].lower()}{DECLINE_TOLD[reason][1:]}" + (_(" (%(times)s times)", times=times) if times > 1 else "") for reason, times in self.declines])
        noes = sum(times for _reason, times in self.declines)
        return ngettext(
            "Said no %(number)s time in %(days)s days: %(told)s", "Said no %(number)s times in %(days)s days: %(told)s", noes,
            number=f"{noes:,}", days=LATELY.days, told=told,
        )


def partner_load(introduction: Introduction) -> PartnerLoad:
    """The organisation's open requests, the median of its last answers (in days, over at most fifty of the last year), and its noes.

    A no is counted where it was said, also when the introduction began again since.
    """
    theirs = Introduction.organisation_id == introduction.organisation_id
    now = clock.now()
    said_no = sa.select(AuditEntry.reason).where(
        AuditEntry.subject_type == "introduction", AuditEntry.subject_id.in_(sa.select(Introduction.id).where(theirs)),
        AuditEntry.action == "introductions.introduction.declined", AuditEntry.at >= now - LATELY,
    ).subquery()
    running = sa.select(sa.func.count(Cohort.id)).where(Cohort.offering_id == introduction.offering_id, *is_running())
    row = db.session.execute(sa.select(
        listed_from(
            sa.select(Introduction.state, sa.func.count().label("times")).where(theirs, Introduction.state.in_(BUSY)).group_by(Introduction.state)
        ),
        listed_from(
            sa.select(Introduction.asked_at, Introduction.answered_at)
            .where(theirs, Introduction.asked_at.is_not(None), Introduction.answered_at >= now - LOOK_BACK)
            .order_by(Introduction.answered_at.desc()).limit(50)
        ),
        listed_from(sa.select(said_no.c.reason, sa.func.count().label("times")).group_by(said_no.c.reason)),
        running.scalar_subquery(),
    )).one()
    by_state = {raw["state"]: raw["times"] for raw in read_list(row[0])}
    instant = Introduction.__table__.c.asked_at.type
    waits = sorted(
        (value_of(instant, raw["answered_at"]) - value_of(instant, raw["asked_at"])).total_seconds() / 86_400 for raw in read_list(row[1])
    )
    declines = sorted(((DeclineReason(raw["reason"]), raw["times"]) for raw in read_list(row[2]) if raw["reason"]), key=lambda one: (-one[1], one[0]))
    waiting = by_state.get(IntroductionState.ASKED, 0)
    return PartnerLoad(
        waiting=waiting, going=sum(by_state.values()) - waiting,
        free_places=free_places_of_offerings([introduction.offering_id])[introduction.offering_id] if row[3] else None,
        answered=len(waits), answer_days=waits[len(waits) // 2] if waits else None, declines=tuple(declines),
    )


def partner_people(introduction: Introduction) -> Sequence[Person]:
    """Who of the organisation signs in to Kith, by name."""
    held = sa.select(RoleGrant.person_id).where(
        RoleGrant.role.in_((Role.PARTNER_ADMIN, Role.PRACTITIONER)), RoleGrant.zone_id == introduction.zone_id,
        RoleGrant.organisation_id == introduction.organisation_id, is_in_force(),
    )
    statement = sa.select(Person).where(Person.id.in_(held), Person.left_at.is_(None)).order_by(Person.name, Person.id)
    return db.session.scalars(statement).all()


def find_practitioner(practitioner_id: uuid.UUID, organisation_id: uuid.UUID) -> Practitioner | None:
    """If they work there still."""
    return next((p for p in list_practitioners(organisation_id) if p.id == practitioner_id), None)
