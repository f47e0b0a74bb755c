"""Two who go together, and each alone again."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.introductions import policies, queries, services
from app.introductions.forms import TogetherForm, picked
from app.introductions.models import Introduction
from app.introductions.routes.blueprint import blueprint, page_of, run
from app.introductions.standing import BEFORE_ASKED
from app.shared.errors import NotFound
from app.shared.forms import seen_version
from app.shared.web import act, allow, current_person


@blueprint.route("/introductions/<uuid:introduction_id>/together", methods=["GET", "POST"])
@allow(policies.can_go_together, introduction=queries.get_introduction)
def together(introduction: Introduction) -> ResponseReturnValue:
    """Choose from the own children who are on the way to the same offering."""
    key, person, form = introduction.id, current_person(), TogetherForm()
    others = [one for one in queries.list_on_the_way(introduction, person, BEFORE_ASKED) if policies.can_go_together(person, one)]
    form.offer((one.id, one.child.short_name) for one in others)

    def verb() -> Introduction:
        chosen = picked(form.with_id)
        if chosen is None:
            raise NotFound
        return services.go_together(introduction_id=key, with_id=chosen, actor=person, seen_version=form.seen)

    return run(introduction, form, verb, "introductions/introduction_together.html", done=_("They go together now."), others=others)


@blueprint.post("/introductions/<uuid:introduction_id>/apart")
@allow(policies.can_go_together, introduction=queries.get_introduction)
def apart(introduction: Introduction) -> ResponseReturnValue:
    key, person, seen = introduction.id, current_person(), seen_version()
    return act(lambda: services.go_apart(introduction_id=key, actor=person, seen_version=seen), page_of(key), done=_("Each goes alone."))
