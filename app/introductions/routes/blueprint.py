"""The blueprint, and what every form page of an introduction does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.children.sight import note_look
from app.introductions import queries
from app.introductions.models import Introduction
from app.shared.errors import NotFound
from app.shared.forms import VerbForm
from app.shared.web import current_person, submit

blueprint = Blueprint("introductions", __name__)


def page_of(introduction_id: object) -> str:
    return url_for("introductions.introduction", introduction_id=introduction_id)


def run(
    introduction: Introduction, form: VerbForm, verb: Callable[[], object], template: str, *, done: str, **context: Any
) -> ResponseReturnValue:
    """Show the form; when it comes in, run the verb and go to the introduction, or (where it is out of sight now) to the list.

    After a refusal the form carries the version that is true now: whoever was told what changed may decide again.
    """
    introduction_id, person = introduction.id, current_person()
    if not form.is_submitted():
        note_look(introduction.child, f"form: {request.endpoint}")
        form.seen_version.data = str(introduction.version)
        return render_template(template, form=form, introduction=introduction, **context)
    if submit(form, verb) is not None:
        flash(done, "success")
        seen = queries.is_visible(introduction_id, person)
        return redirect(page_of(introduction_id) if seen else url_for("introductions.introductions"), 303)
    try:
        introduction = queries.get_introduction(introduction_id, person)
    except NotFound:  # answered, ended or withdrawn while the form was open
        flash(_("This introduction is not yours to see any more."), "notice")
        return redirect(url_for("introductions.introductions"), 303)
    form.seen_version.data = str(introduction.version)
    return render_template(template, form=form, introduction=introduction, **context), 422
