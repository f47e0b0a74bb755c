"""The first meeting, and going by themselves."""

from __future__ import annotations

import uuid

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue import queries as catalogue
from app.children.book import approved_pages
from app.children.routes.photos import as_picture
from app.children.services import photos
from app.children.sight import note_look
from app.introductions import calendar_file, policies, queries, services, standing
from app.introductions.forms import ArrangeForm, JoinForm, MetForm, PractitionerForm, chosen
from app.introductions.models import Introduction, IntroductionState
from app.introductions.routes.blueprint import blueprint, run
from app.introductions.routes.pages import called_by_partner, is_for_partner, shared_of
from app.shared import clock
from app.shared.errors import NotFound
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
        "introductions/introduction_arrange.html", done=_("The meeting is moved.") if again else _("Arranged."), again=again,
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
        "introductions/introduction_met.html", done=_("They met. It is counted."),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/join", methods=["GET", "POST"])
@allow(policies.can_join, introduction=queries.get_introduction)
def join(introduction: Introduction) -> ResponseReturnValue:
    key, person = introduction.id, current_person()
    form = JoinForm(on=clock.today())
    return run(
        introduction, form,
        lambda: services.join(introduction_id=key, on=chosen(form.on), actor=person, seen_version=form.seen),
        "introductions/introduction_join.html", done=_("Joined."),
    )


@blueprint.route("/introductions/<uuid:introduction_id>/practitioner", methods=["GET", "POST"])
@allow(policies.can_answer, introduction=queries.get_introduction)
def practitioner(introduction: Introduction) -> ResponseReturnValue:
    """Somebody else meets the child."""
    key, person = introduction.id, current_person()
    form = PractitionerForm(practitioner_id=str(introduction.practitioner_id or ""))
    form.offer(catalogue.list_practitioners(introduction.organisation_id))

    def verb() -> Introduction:
        return services.name_practitioner(
            introduction_id=key, practitioner_id=uuid.UUID(str(form.practitioner_id.data)), actor=person, seen_version=form.seen
        )

    return run(introduction, form, verb, "introductions/introduction_practitioner.html", done=_("Named."), called=called_by_partner(introduction))


@blueprint.get("/introductions/<uuid:introduction_id>/meeting.ics")
@allow(policies.can_see_introduction, introduction=queries.get_introduction)
def meeting_file(introduction: Introduction) -> ResponseReturnValue:
    """For one's own calendar, which other people may look into: no name of a child or of anybody at home."""
    if introduction.meeting_at is None or introduction.state not in (IntroductionState.ARRANGED, IntroductionState.MET):
        raise NotFound(_("No meeting is arranged now."))
    names = [introduction.child.first_name, introduction.child.last_name, introduction.child.known_as]
    names += [part for carer in introduction.child.carers for part in carer.name.split()]
    note_look(introduction.child, "meeting")
    return Response(
        calendar_file.write(introduction, private=names, url=url_for("introductions.introduction", introduction_id=introduction.id, _external=True)),
        mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=first-meeting.ics"},
    )


@blueprint.get("/introductions/<uuid:introduction_id>/card")
@allow(policies.can_see_introduction, introduction=queries.get_introduction)
def card(introduction: Introduction) -> ResponseReturnValue:
    """What travels: what the child approved, as far as consent goes, and nothing else. To print or to show."""
    person: Person = current_person()
    note_look(introduction.child, "introduction card")
    partner = is_for_partner(person, introduction)
    shared = shared_of(introduction)
    if partner and shared is None:
        raise NotFound
    page = approved_pages([introduction.child_id]).get(introduction.child_id)
    may_have = shared is not None and photos.FIELD in shared.covers
    return render_template(
        "introductions/introduction_card.html", introduction=introduction, shared=shared, page=page, is_partner=partner,
        has_photo=may_have and photos.has_photo(introduction.child_id),
        may_work=policies.can_listen(person, introduction), called=shared.called if shared else introduction.child.reference,
    )


@blueprint.get("/introductions/<uuid:introduction_id>/photo.jpg")
@allow(policies.can_see_introduction, introduction=queries.get_introduction)
def photo(introduction: Introduction) -> ResponseReturnValue:
    """The photo on the card: where the card shows what the child said yes to, and consent covers the photo."""
    note_look(introduction.child, "introduction card")
    shared = shared_of(introduction)
    if shared is None or not shared.is_approved_by_child or photos.FIELD not in shared.covers:
        raise NotFound(_("There is no photo."))
    return as_picture(photos.find_photo(introduction.child_id))
