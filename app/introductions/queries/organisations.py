"""The organisation that is asked: how busy it is, who works there, which runs take children."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from app.accounts.models import Person, Role
from app.accounts.queries import people_with
from app.catalogue.availability import free_places_of_offerings
from app.catalogue.models import Practitioner
from app.catalogue.queries import list_cohorts, list_practitioners
from app.introductions.models import Introduction, IntroductionState
from app.shared import clock
from app.shared.db import db

LOOK_BACK = timedelta(days=365)
BUSY = (
    IntroductionState.ASKED, IntroductionState.AGREED, IntroductionState.ARRANGED, IntroductionState.MET, IntroductionState.JOINED,
)


@dataclass(frozen=True)
class PartnerLoad:
    """What a Link Worker looks at before asking: how much is waiting there, and how quickly they answer.

    `free_places` None: nobody counts places there.
    """

    waiting: int
    going: int
    free_places: int | None
    answered: int
    answer_days: float | None

    @property
    def answer_words(self) -> str:
        if self.answer_days is None:
            return "No answers yet to go by"
        if self.answer_days < 1:
            return "Usually answers the same day"
        days = max(1, round(self.answer_days))
        return f"Usually answers within {days} day{'' if days == 1 else 's'}"


def partner_load(introduction: Introduction) -> PartnerLoad:
    """The organisation's open requests and the median of its last answers (in days, over at most fifty of the last year)."""
    organisation = Introduction.organisation_id == introduction.organisation_id
    counted = db.session.execute(
        sa.select(Introduction.state, sa.func.count())
        .where(organisation, Introduction.state.in_(BUSY))
        .group_by(Introduction.state)
    ).all()
    by_state: Mapping[IntroductionState, int] = {row[0]: row[1] for row in counted}
    waits = sorted(
        (row.answered_at - row.asked_at).total_seconds() / 86_400
        for row in db.session.execute(
            sa.select(Introduction.asked_at, Introduction.answered_at)
            .where(organisation, Introduction.asked_at.is_not(None), Introduction.answered_at >= clock.now() - LOOK_BACK)
            .order_by(Introduction.answered_at.desc()).limit(50)
        )
    )
    waiting = by_state.get(IntroductionState.ASKED, 0)
    return PartnerLoad(
        waiting=waiting, going=sum(by_state.values()) - waiting,
        free_places=_free_places(introduction.offering_id),
        answered=len(waits), answer_days=waits[len(waits) // 2] if waits else None,
    )


def _free_places(offering_id: uuid.UUID) -> int | None:
    return free_places_of_offerings([offering_id])[offering_id] if list_cohorts(offering_id, running=True) else None


def partner_people(introduction: Introduction) -> list[Person]:
    """Who of the organisation signs in to Kith: its administrators, then its practitioners."""
    found: dict[uuid.UUID, Person] = {}
    for role in (Role.PARTNER_ADMIN, Role.PRACTITIONER):
        for person in people_with(role, introduction.zone_id, organisation_id=introduction.organisation_id):
            found.setdefault(person.id, person)
    return list(found.values())


def find_practitioner(practitioner_id: uuid.UUID, organisation_id: uuid.UUID) -> Practitioner | None:
    """If they work there still."""
    return next((p for p in list_practitioners(organisation_id) if p.id == practitioner_id), None)
