"""The year's money by school, partner, fund and funder; and the overrides of the ceiling. On a page, on paper, as a file."""

from __future__ import annotations

from typing import cast

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person
from app.commissioning import policies
from app.commissioning.naming import without_name
from app.commissioning.queries.reports import (
    HAVE_SESSIONS,
    KEYS,
    By,
    children_come_to,
    list_overrides,
    money_by,
    total_of,
    years_with_money,
)
from app.commissioning.routes.base import blueprint
from app.shared import clock
from app.shared.errors import NotFound
from app.shared.files import csv_file
from app.shared.money import amount
from app.shared.web import allow, current_person

NAMES: dict[By, str] = {"school": _l("School"), "organisation": _l("Partner"), "fund": _l("Fund"), "funder": _l("Funder")}


def _asked(me: Person) -> tuple[By, int, list[int]]:
    """?by=school&year=2026, else by school in this school year. Raises NotFound for what is neither."""
    by, typed = request.args.get("by", "school"), request.args.get("year", "")
    this = clock.school_year(clock.today())
    years = sorted({this, *years_with_money(me)}, reverse=True)
    if by not in KEYS or (typed and (not typed.isdecimal() or len(typed) != 4 or int(typed) not in years)):
        raise NotFound
    return cast(By, by), int(typed) if typed else this, years


@blueprint.get("/funds/statements")
@allow(policies.can_see_funds)
def money_statements() -> ResponseReturnValue:
    me: Person = current_person()
    by, year, years = _asked(me)
    lines = money_by(me, by, year)
    return render_template(
        "commissioning/report_money.html", lines=lines, total=total_of(lines), by=by, names=NAMES, year=year, years=years,
        children=children_come_to(me, year), has_sessions=by in HAVE_SESSIONS,
    )


@blueprint.get("/funds/statements.csv")
@allow(policies.can_see_funds)
def money_statements_file() -> ResponseReturnValue:
    me: Person = current_person()
    by, year, _years = _asked(me)
    lines = money_by(me, by, year)
    rows = [
        [f"{year}/{(year + 1) % 100:02d}", line.name, str(line.children) if line.children else "", amount(line.used), amount(line.promised),
         amount(line.asked), str(line.held) if by in HAVE_SESSIONS else "", str(line.came) if by in HAVE_SESSIONS else "", amount(line.each)]
        for line in [*lines, total_of(lines)]
    ]
    columns = ("school year", by, "children", "used", "promised", "asked for", "held", "came", "each time a child came")
    return csv_file(f"money-by-{by}-{year}", columns, rows)


@blueprint.get("/funds/overrides")
@allow(policies.can_see_funds)
def overrides() -> ResponseReturnValue:
    return render_template("commissioning/report_overrides.html", lines=list_overrides(current_person()), say=without_name)


@blueprint.get("/funds/overrides.csv")
@allow(policies.can_see_funds)
def overrides_file() -> ResponseReturnValue:
    rows = [
        [clock.london(o.at).strftime("%Y-%m-%d"), o.commission.child.reference, o.commission.offering.title, amount(o.commission.total_pence),
         "; ".join(o.funders), o.by, without_name(o.reason, o.commission.child), "; ".join(o.approved_by)]
        for o in list_overrides(current_person())
    ]
    return csv_file("overrides", ("when", "child", "what", "amount", "funders", "said why", "reason", "approved by"), rows)
