"""The room's blueprint, and what its form pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.children.sight import note_look
from app.commissioning.models import Commission
from app.commissioning.queries.commissions import get_commission
from app.shared.errors import NotFound
from app.shared.forms import VerbForm
from app.shared.web import current_person, submit

blueprint = Blueprint("commissioning", __name__)


def run(
    commission: Commission, form: VerbForm, verb: Callable[[], object], template: str, *, done: str, back: str = "", **context: Any
) -> ResponseReturnValue:
    """Show the form of one commission; when it comes in, run the verb and go back.

    After a refusal the form carries the version that is true now: whoever was told what changed may decide again.
    """
    commission_id, person = commission.id, current_person()
    if not form.is_submitted():
        note_look(commission.child, f"form: {request.endpoint}")
        form.seen_version.data = str(commission.version)
        return render_template(template, form=form, commission=commission, **context)
    if submit(form, verb) is not None:
        flash(done, "success")
        return redirect(back or _next_page(commission_id, person), 303)
    commission = get_commission(commission_id, person)
    form.seen_version.data = str(commission.version)
    return render_template(template, form=form, commission=commission, **context), 422


def _next_page(commission_id: Any, person: Any) -> str:
    """The commission's page, or the start where it is out of this person's sight now."""
    try:
        get_commission(commission_id, person)
    except NotFound:
        return url_for("insight.home")
    return url_for("commissioning.commission", commission_id=commission_id)
