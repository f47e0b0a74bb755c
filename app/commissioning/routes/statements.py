"""A child's money for one school year, on a page, on paper and as a file; and changing the envelope."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person
from app.children.models import Child
from app.children.queries import get_child
from app.children.sight import note_look
from app.commissioning import policies, statement
from app.commissioning.forms.settings import EnvelopeForm
from app.commissioning.queries.statements import child_money, what_it_bought, years_of
from app.commissioning.routes.base import blueprint
from app.commissioning.services import envelopes
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.files import csv_file
from app.shared.web import allow, current_person, exporting, submit


def _asked_year(years: list[int]) -> int:
    """?year=2026, else this school year. Raises NotFound for one without a statement."""
    typed = request.args.get("year", "")
    if not typed:
        return clock.school_year(clock.today())
    if not typed.isdecimal() or len(typed) != 4 or int(typed) not in years:
        raise NotFound
    return int(typed)


def _drawn_up(child: Child, year: int) -> statement.Statement:
    return statement.Statement(child_money(child, year), what_it_bought(child, year))


@blueprint.get("/children/<uuid:child_id>/statement", endpoint="statement")
@allow(policies.can_see_statement, child=get_child)
def statement_show(child: Child) -> ResponseReturnValue:
    note_look(child, "money")
    person: Person = current_person()
    years = years_of(child.id)
    year = _asked_year(years)
    return render_template(
        "commissioning/statement_show.html", child=child, drawn=_drawn_up(child, year), years=years, times=statement.times,
        divided=statement.divided, may_change=policies.can_change_envelope(person, child) and year in _open_years(),
    )


@blueprint.get("/children/<uuid:child_id>/statement.csv")
@allow(policies.can_see_statement, child=get_child)
@exporting
def statement_file(child: Child) -> ResponseReturnValue:
    note_look(child, "money")
    year = _asked_year(years_of(child.id))
    drawn = _drawn_up(child, year)
    return csv_file(f"statement-{child.reference}-{year}", statement.COLUMNS, statement.rows(drawn, child.reference))


def _open_years() -> tuple[int, int]:
    """The school years whose envelope may still be changed: this one and the next."""
    this = clock.school_year(clock.today())
    return this, this + 1


@blueprint.route("/children/<uuid:child_id>/envelope", methods=["GET", "POST"])
@allow(policies.can_change_envelope, child=get_child)
def envelope_change(child: Child) -> ResponseReturnValue:
    me, child_id, form = current_person(), child.id, EnvelopeForm()
    form.offer(_open_years())
    if request.method == "GET":
        note_look(child, "envelope")
        form.pence.data = child_money(child).envelope
    changed = submit(
        form,
        lambda: envelopes.change_envelope(
            child_id=child_id, year=int(form.year.data), pence=form.pence.data or 0, reason=form.reason.data or "", actor=me
        ),
    )
    if changed is None:
        money = child_money(child)
        page = render_template("commissioning/statement_envelope.html", form=form, child=child, money=money)
        return page, 422 if request.method == "POST" else 200
    flash(_("The envelope is changed."), "success")
    return redirect(url_for("commissioning.statement", child_id=child_id), 303)
