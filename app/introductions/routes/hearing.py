"""All that was heard, on one page."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.introductions import policies, queries, standing
from app.introductions.forms import picked
from app.introductions.hearing import HeardForm
from app.introductions.models import Introduction, IntroductionState
from app.introductions.routes.blueprint import blueprint, page_of, run
from app.introductions.services import hearing
from app.introductions.services.hearing import Agreed
from app.shared.web import allow, current_person

LISTENS = (IntroductionState.IDEA, IntroductionState.NOT_YET, IntroductionState.LISTENING)


@blueprint.route("/introductions/<uuid:introduction_id>/heard", methods=["GET", "POST"])
@allow(policies.can_listen, introduction=queries.get_introduction)
def heard(introduction: Introduction) -> ResponseReturnValue:
    """The child, home, what may be shared, who goes along: typed once, and it is ready if nothing else is missing."""
    key, person = introduction.id, current_person()
    if introduction.state not in LISTENS:
        return redirect(page_of(key), 303)
    reading = standing.read(introduction)
    form = HeardForm(who_goes_along=introduction.who_goes_along, has_met_contact=introduction.has_met_contact)
    form.ask_what_is_missing(introduction, reading)

    def verb() -> Introduction:
        return hearing.write_down_all(
            introduction_id=key, heard=form.heard(), agreed=_agreed(form), has_met_contact=form.has_met_contact.data,
            who_goes_along=form.who_goes_along.data or "", actor=person, seen_version=form.seen,
        )

    return run(
        introduction, form, verb, "introductions/introduction_hear.html", done=_("Written down. What comes next stands below."),
        reading=reading, trusted=queries.list_trusted_adults(introduction.child_id),
    )


def _agreed(form: HeardForm) -> Agreed | None:
    """Nothing ticked is no consent."""
    carer_id = picked(form["carer_id"]) if "fields" in form and form["fields"].data else None
    return Agreed(carer_id, form["fields"].data, form["ends_on"].data, form["how"].data) if carer_id and form["ends_on"].data else None
