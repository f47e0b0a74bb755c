"""The blueprint that every page of this room hangs on, and the one shape of its small pages with a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.children.models import Child
from app.children.sight import note_look
from app.shared.forms import KithForm
from app.shared.web import submit

blueprint = Blueprint("children", "app.children")


def form_page(
    child: Child, form: KithForm, verb: Callable[[], Any], *, title: str, template: str = "children/form.html", done: str,
    back: str | None = None, **shown: Any,
) -> ResponseReturnValue:
    """Show a form about one child; sent and right, run the verb once, say so and go back; wrong, show it again (422)."""
    onward = back or url_for("children.child", child_id=child.id)
    if submit(form, verb) is not None:
        flash(done, "success")
        return redirect(onward, 303)
    is_wrong = request.method == "POST"
    if not is_wrong:
        note_look(child, f"form: {request.endpoint}")
    page = render_template(template, child=child, form=form, title=title, back=onward, is_wrong=is_wrong, **shown)
    return page, 422 if is_wrong else 200
