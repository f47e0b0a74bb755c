"""The survey of a Zone: asked for by a person, made by the worker, shown with names only to those who may see them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from app.accounts.models import Person, Zone
from app.audit import services as audit
from app.catalogue.models import Offering
from app.children import queries as children
from app.children.models import Child, ChildState, need_word
from app.matching import everyone
from app.matching.models import MatchSurvey
from app.matching.profile import Profile
from app.matching.queries import profiles_of
from app.matching.rules import BY_NAME
from app.notifications.handlers import Job, NotDone
from app.notifications.services import post
from app.shared import clock
from app.shared.db import atomic, db, in_parts, lock_row
from app.shared.errors import Invalid, permit

TOPIC = "matching.survey"
AT_ONCE = 100
TOO_LONG = timedelta(hours=2)
"""A survey that has not ended by then will not end."""


def start_survey(*, zone_id: uuid.UUID, actor: Person) -> MatchSurvey:
    """The worker matches every child of the Zone. Refused while it is at it."""
    with atomic():
        permit(actor.manages(zone_id), _("Only the Zone manager has all children matched."))
        lock_row(Zone, zone_id)
        before = db.session.scalar(sa.select(MatchSurvey).where(MatchSurvey.zone_id == zone_id))
        if before is not None:
            if is_busy(before):
                raise Invalid(_("All children are being matched at this moment. Look again in a minute."))
            db.session.delete(before)
            db.session.flush()
        row = MatchSurvey(id=uuid.uuid4(), zone_id=zone_id, person_id=actor.id, person_name=actor.name, children=len(_ids(zone_id)))
        db.session.add(row)
        post(topic=TOPIC, payload={"survey_id": str(row.id)}, dedupe=f"{TOPIC}:{row.id}")
        audit.record("matching.survey.started", subject=row, actor=actor, zone_id=zone_id, children=row.children)
        return row


def is_busy(survey: MatchSurvey) -> bool:
    return survey.finished_at is None and not survey.failed and survey.created_at > clock.now() - TOO_LONG


def run_survey(job: Job) -> None:
    """The worker's part. Nothing but the survey itself is written, so that done twice is as good as once."""
    survey_id = uuid.UUID(job.payload["survey_id"])
    row = db.session.get(MatchSurvey, survey_id)
    if row is None or row.finished_at is not None:
        return
    zone_id = row.zone_id
    try:
        found = everyone.as_kept(everyone.survey(zone_id, _profiles(zone_id, survey_id)))
    except Exception as error:
        _keep(survey_id, failed=True)
        raise NotDone(type(error).__name__, is_final=True) from error
    _keep(survey_id, found=found, finished_at=clock.now(), failed=False)


def _profiles(zone_id: uuid.UUID, survey_id: uuid.UUID) -> Iterator[tuple[str, Profile]]:
    """Each child's id and profile, some at a time: how far it is is written down in between."""
    ids = _ids(zone_id)
    for number, some in enumerate(in_parts(ids, AT_ONCE)):
        _keep(survey_id, done=number * AT_ONCE, children=len(ids))
        for id_, profile in profiles_of(some):
            yield str(id_), profile


def _ids(zone_id: uuid.UUID) -> Sequence[uuid.UUID]:
    statement = sa.select(Child.id).where(Child.zone_id == zone_id, Child.state == ChildState.ACTIVE).order_by(Child.id)
    return db.session.scalars(statement).all()


def _keep(survey_id: uuid.UUID, **values: object) -> None:
    with atomic():
        db.session.execute(sa.update(MatchSurvey).where(MatchSurvey.id == survey_id).values(**values))


# --- what the page shows -------------------------------------------------------------------------


@dataclass(frozen=True)
class Nothing:
    """A child for whom there is nothing good. `gives`: what each rule rules out, the most first, in words."""

    child: Child
    eligible: int
    gives: list[tuple[int, str]]
    loosen: str


@dataclass(frozen=True)
class Unheard:
    """A child of whom too little is written down to say that anything fits, or that nothing does. `lacks`: "words" or "times"."""

    child: Child
    lacks: str


@dataclass(frozen=True)
class Waiting:
    """An offering that stands on nobody's list."""

    offering: Offering
    fits: bool


@dataclass(frozen=True)
class Shown:
    """`rules` and `needs`: what most often stands in the way of these children, and what they need first."""

    survey: MatchSurvey
    nothing: list[Nothing]
    unheard: list[Unheard]
    rules: list[tuple[str, int]]
    needs: list[tuple[str, int]]
    waiting: list[Waiting]
    wanted: list[tuple[Offering, int, int]]


FIRST = 50


def find_survey(zone_id: uuid.UUID) -> MatchSurvey | None:
    return db.session.scalar(sa.select(MatchSurvey).where(MatchSurvey.zone_id == zone_id))


@dataclass(frozen=True)
class SetDown:
    """What fell to a child when places were last shared out on paper."""

    offering_id: uuid.UUID
    on: date


def set_down_for(child: Child) -> SetDown | None:
    """Nothing is held by it; None where there was no survey since the child came, or no place was left."""
    survey = find_survey(child.zone_id)
    if survey is None or survey.finished_at is None:
        return None
    id_ = survey.found.get("places", {}).get(str(child.id))
    return SetDown(uuid.UUID(id_), clock.london(survey.finished_at).date()) if id_ else None


def shown(survey: MatchSurvey, person: Person) -> Shown:
    """What this person may see of it; children and offerings that are no more are left out."""
    found = survey.found
    visible = {str(child.id): child for child in children.list_visible(person) if child.zone_id == survey.zone_id}
    kept = [one for one in found.get("nothing", []) if one["child"] in visible]
    nothing = [
        Nothing(visible[one["child"]], one["eligible"], [(count, BY_NAME[rule].ruled_out) for rule, count in one["gives"]],
                BY_NAME[one["gives"][0][0]].loosen if one["gives"] else "")
        for one in kept
    ]
    unheard = [Unheard(visible[one["child"]], one["lacks"]) for one in found.get("unheard", []) if one["child"] in visible]
    waiting, wanted = found.get("nobodys", [])[:FIRST], found.get("wanted_most", [])
    offerings = _offerings([uuid.UUID(one["offering"]) for one in waiting] + [uuid.UUID(id_) for id_, _, _ in wanted])
    rules = Counter(BY_NAME[one["gives"][0][0]].ruled_out for one in kept if one["gives"])
    needs = Counter(need_word(one["need"]) for one in kept if one.get("need"))
    return Shown(
        survey, sorted(nothing, key=lambda one: (one.eligible, one.child.short_name)),
        sorted(unheard, key=lambda one: (one.lacks != "words", one.child.short_name)), rules.most_common(), needs.most_common(),
        [Waiting(offerings[one["offering"]], one["fits"]) for one in waiting if one["offering"] in offerings],
        [(offerings[id_], count, free) for id_, count, free in wanted if id_ in offerings],
    )


def _offerings(ids: Sequence[uuid.UUID]) -> dict[str, Offering]:
    statement = sa.select(Offering).where(Offering.id.in_(ids)).options(selectinload(Offering.organisation))
    return {str(offering.id): offering for offering in db.session.scalars(statement).unique().all()}
