"""Funds: all that a person may see, one on its own page, opening and closing one, and money promised and received."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import Person, Role
from app.accounts.queries import list_own_zones, list_schools
from app.accounts.routes.zones import managed_zone
from app.audit.queries import list_entries_for
from app.commissioning import policies
from app.commissioning.forms.funds import CloseFundForm, FundForm, MoneyForm, year_of
from app.commissioning.models import Fund, Journal
from app.commissioning.queries.funds import (
    children_helped,
    list_asking,
    list_postings,
    list_schools_of_fund,
    said_children,
)
from app.commissioning.queries.money import (
    count_movements,
    fund_facts,
    fund_lines,
    get_fund,
    list_fund_lines,
    list_movements,
)
from app.commissioning.routes.base import blueprint
from app.commissioning.services import funds
from app.commissioning.split import limits_in_words
from app.commissioning.words import JOURNAL_WORDS
from app.shared import clock
from app.shared.files import csv_file
from app.shared.money import amount, pounds
from app.shared.tongue import in_english
from app.shared.web import allow, current_person, submit

PER_PAGE = 25
COLUMNS = ("journal", "when", "what", "reference", "account", "amount", "school year", "child", "school", "organisation")


@blueprint.get("/funds", endpoint="funds")
@allow(policies.can_see_funds)
def fund_list() -> ResponseReturnValue:
    me: Person = current_person()
    lines = list_fund_lines(me)
    limits = {fact.id: limits_in_words(fact) for fact in fund_facts([line.fund for line in lines])}
    today = clock.today()
    in_force = [line for line in lines if not line.fund.is_closed and line.fund.ends_on >= today]
    zones = list_own_zones(me, Role.ZONE_MANAGER, Role.BUDGET_HOLDER)
    return render_template(
        "commissioning/fund_list.html", lines=lines, in_force=in_force, limits=limits, zones={zone.id: zone for zone in zones},
        may_add=policies.can_add_fund(me), managed=[zone for zone in zones if me.manages(zone.id)],
    )


@blueprint.route("/funds/new", methods=["GET", "POST"])
@allow(policies.can_add_fund)
def fund_new() -> ResponseReturnValue:
    me, form = current_person(), FundForm()
    zone, zones = managed_zone(me)
    zone_id = zone.id
    form.school.offer(((school.id, school.name) for school in list_schools(zone_id)), nothing=_("Any school"))

    def verb() -> Fund:
        assert form.starts_on.data is not None and form.ends_on.data is not None
        return funds.open_fund(
            zone_id=zone_id, name=form.name.data or "", funder=form.funder.data or "", purpose=form.purpose.data or "",
            starts_on=form.starts_on.data, ends_on=form.ends_on.data, school_id=form.school.picked, ward=form.ward.data or "",
            postcode_area=form.postcode_area.data or "", year_from=year_of(form.year_from), year_to=year_of(form.year_to), gender=form.gender.data or "",
            need_area=form.need_area.data or "", actor=me,
        )

    made = submit(form, verb)
    if made is None:
        page = render_template("commissioning/fund_new.html", form=form, zone=zone, zones=zones)
        return page, 422 if request.method == "POST" else 200
    flash(_("%(fund)s is open. Now write down what its funder promised.", fund=made.name), "success")
    return redirect(url_for("commissioning.fund", fund_id=made.id), 303)


@blueprint.get("/funds/<uuid:fund_id>", endpoint="fund")
@allow(policies.can_see_fund, fund=get_fund)
def fund_show(fund: Fund) -> ResponseReturnValue:
    """All of it for those who manage or spend it; its funder reads totals, and small counts are not told."""
    me: Person = current_person()
    [line], [facts] = fund_lines([fund]), fund_facts([fund])
    helped = children_helped([fund.id])[fund.id]
    closed = next((e for e in list_entries_for(fund) if e.action == "commissioning.fund.closed"), None) if fund.is_closed else None
    shown = {
        "fund": fund, "line": line, "limits": limits_in_words(facts), "has_ended": fund.ends_on < clock.today(), "closed": closed,
    }
    if not policies.can_see_fund_lines(me, fund):
        return render_template("commissioning/fund_figures.html", **shown, children=said_children(helped))
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    moved = count_movements(fund.id)
    return render_template(
        "commissioning/fund_show.html", **shown, helped=helped, schools=list_schools_of_fund(fund.id), moved=moved, page=page,
        movements=list_movements(fund.id, limit=PER_PAGE, offset=(page - 1) * PER_PAGE), pages=max(1, -(-moved // PER_PAGE)),
        words=JOURNAL_WORDS, may_manage=policies.can_manage_fund(me, fund), is_reader=policies.can_see_funds(me),
    )


@blueprint.get("/funds/<uuid:fund_id>/postings.csv")
@allow(policies.can_see_fund_lines, fund=get_fund)
def postings_file(fund: Fund) -> ResponseReturnValue:
    words = {kind: in_english(said) for kind, said in JOURNAL_WORDS.items()}
    rows = (
        [str(p.journal_id), clock.london(p.at).strftime("%Y-%m-%d %H:%M"), words.get(p.kind, p.kind), p.reference,
         p.account.value, amount(p.pence), f"{p.year}/{(p.year + 1) % 100:02d}", p.child_reference, p.school, p.organisation]
        for p in list_postings(fund.id)
    )
    return csv_file("postings", COLUMNS, rows)


@blueprint.route("/funds/<uuid:fund_id>/pledges/new", methods=["GET", "POST"])
@allow(policies.can_manage_fund, fund=get_fund)
def pledge_new(fund: Fund) -> ResponseReturnValue:
    return _write_down(fund, funds.pledge, "pledge")


@blueprint.route("/funds/<uuid:fund_id>/receipts/new", methods=["GET", "POST"])
@allow(policies.can_manage_fund, fund=get_fund)
def receipt_new(fund: Fund) -> ResponseReturnValue:
    return _write_down(fund, funds.receive, "receipt")


@blueprint.route("/funds/<uuid:fund_id>/returns/new", methods=["GET", "POST"])
@allow(policies.can_manage_fund, fund=get_fund)
def return_new(fund: Fund) -> ResponseReturnValue:
    return _write_down(fund, funds.send_back, "return")


@blueprint.route("/funds/<uuid:fund_id>/close", methods=["GET", "POST"])
@allow(policies.can_manage_fund, fund=get_fund)
def fund_close(fund: Fund) -> ResponseReturnValue:
    me, fund_id, form = current_person(), fund.id, CloseFundForm()
    closed = submit(form, lambda: funds.close_fund(fund_id=fund_id, reason=form.reason.data or "", actor=me))
    if closed is None:
        fund = get_fund(fund_id, me)
        page = render_template(
            "commissioning/fund_close.html", form=form, fund=fund, line=fund_lines([fund])[0], asking=list_asking(fund_id)
        )
        return page, 422 if request.method == "POST" else 200
    flash(_("%(fund)s is closed. Nothing more is promised from it.", fund=closed.name), "success")
    return redirect(url_for("commissioning.fund", fund_id=fund_id), 303)


WRITTEN = {
    "pledge": _l("%(amount)s promised under “%(reference)s”. It counts once, however often it is typed."),
    "receipt": _l("%(amount)s received under “%(reference)s”. It counts once, however often it is typed."),
    "return": _l("%(amount)s sent back under “%(reference)s”. It counts once, however often it is typed."),
}


def _write_down(fund: Fund, verb: Callable[..., Journal], kind: str) -> ResponseReturnValue:
    me, fund_id, form = current_person(), fund.id, MoneyForm()
    written = submit(
        form, lambda: verb(fund_id=fund_id, pence=form.pence.data or 0, reference=form.reference.data or "", actor=me)
    )
    if written is None:
        page = render_template("commissioning/fund_money.html", form=form, fund=fund, line=fund_lines([fund])[0], kind=kind)
        return page, 422 if request.method == "POST" else 200
    flash(WRITTEN[kind] % {"amount": pounds(form.pence.data or 0), "reference": form.reference.data}, "success")
    return redirect(url_for("commissioning.fund", fund_id=fund_id), 303)
