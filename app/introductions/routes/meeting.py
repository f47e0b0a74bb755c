"""The first meeting, and going by themselves."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.accounts.models import Person
from app.introductions import policies, queries, services, standing
from app.introductions.forms import ArrangeForm, JoinForm, MetForm, chosen
from app.introductions.models import Introduction, IntroductionState
from app.introductions.routes.blueprint import blueprint, run
from app.introductions.routes.pages import called_by_partner, is_for_partner
from app.shared import clock
from app.shared.web import allow, current_person


@blueprint.route("/introductions/<uuid:introduction_id>/arrange", methods=["GET", "POST"])
@allow(policies.can_arrange, introduction=queries.get_introduction)
def arrange(introduction: Introduction) -> ResponseReturnValue:
    """Arranges it, or (when it is arranged) moves it."""
    person: Person = current_person()
    key, again = introduction.id, introduction.state is IntroductionState.ARRANGED
    partner = is_for_partner(person, introduction)
    at = clock.london(introduction.meeting_at) if introduction.meeting_at else None
    form = ArrangeForm(
        meeting_on=at.date() if at else None, meeting_time=at.time() if at else None, place=introduction.meeting_place,
        people=introduction.meeting_people, trusted_adult=introduction.trusted_adult or ("" if partner else introduction.who_goes_along),
    )
    verb = services.move_meeting if again else services.arrange
    gaps = [] if again else standing.gaps_to_arrange(introduction, standing.read(introduction))
    return run(
        introduction, form,
        lambda: verb(
            introduction_id=key, meeting_at=form.meeting_at, place=form.place.data or "", people=form.people.data or "",
            trusted_adult=form.trusted_adult.data or "", actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_arrange.html", done="The meeting is moved." if again else "Arranged.", again=again,
        called=called_by_partner(introduction) if partner else introduction.child.called,
        trusted=[] if partner else queries.list_trusted_adults(introduction.child_id),
        gaps=[(gap.sentence, gap.who) for gap in (standing.for_partner(gaps) if partner else gaps)],
    )


@blueprint.route("/introductions/<uuid:introduction_id>/met", methods=["GET", "POST"])
@allow(policies.can_record_met, introduction=queries.get_introduction)
def met(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    day = clock.london(introduction.meeting_at).date() if introduction.meeting_at else clock.today()
    form = MetForm(met_on=min(day, clock.today()), people=introduction.meeting_people)
    return run(
        introduction, form,
        lambda: services.record_met(
            introduction_id=key, met_on=chosen(form.met_on), people=form.people.data or "", words_said=form.words_said.data or "",
            actor=person, seen_version=form.seen,
        ),
        "introductions/introduction_met.html", done="They met. It is counted.",
    )


@blueprint.route("/introductions/<uuid:introduction_id>/join", methods=["GET", "POST"])
@allow(policies.can_join, introduction=queries.get_introduction)
def join(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    form = JoinForm(on=clock.today())
    return run(
        introduction, form,
        lambda: services.join(introduction_id=key, on=chosen(form.on), actor=person, seen_version=form.seen),
        "introductions/introduction_join.html", done="Joined.",
    )
