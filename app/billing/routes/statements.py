"""Statements: the list, one with its lines, as a file, and each step of its life."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.audit import queries as trail
from app.audit import services as audit
from app.billing import history, policies, queries, services
from app.billing.checking import problems
from app.billing.forms import AnswerForm, HoldForm, QueryForm
from app.billing.models import LineSay, Statement, StatementLine, StatementState
from app.billing.routes.base import blueprint
from app.billing.words import CHARGE_WORDS, STATE_TONES, STATE_WORDS
from app.catalogue.models import Organisation
from app.catalogue.queries import get_organisation, list_organisations
from app.commissioning.queries.deciding import interests_of
from app.shared.errors import DomainError
from app.shared.files import csv_file
from app.shared.forms import KithForm, seen_version
from app.shared.money import amount
from app.shared.web import act, allow, current_person, submit

COLUMNS = ("statement", "day", "what", "child", "percent", "price", "amount", "correction")


@blueprint.get("/statements")
@allow(policies.can_list_statements)
def statements() -> ResponseReturnValue:
    me: Person = current_person()
    mine = me.organisation_ids(Role.PARTNER_ADMIN)
    zones = me.zone_ids(Role.ZONE_MANAGER, Role.BUDGET_HOLDER) or me.zone_ids(Role.PARTNER_ADMIN)
    waiting = queries.unbilled_by_organisation(zones, mine if mine and not me.has_role(Role.ZONE_MANAGER, Role.BUDGET_HOLDER) else None)
    names = {o.id: o for o in list_organisations(me)}
    unbilled = sorted(
        ((names[organisation_id], pence) for (_, organisation_id), pence in waiting.items() if organisation_id in names),
        key=lambda pair: pair[0].name,
    )
    return render_template(
        "billing/statement_list.html", found=queries.list_statements(me), unbilled=unbilled, words=STATE_WORDS, tones=STATE_TONES,
        is_partner=bool(mine), own=[names[id_] for id_ in sorted(mine) if id_ in names], may_draw_up=policies.can_draw_up,
    )


@blueprint.post("/organisations/<uuid:organisation_id>/statements")
@allow(policies.can_draw_up, organisation=get_organisation)
def statement_draw_up(organisation: Organisation) -> ResponseReturnValue:
    me, organisation_id = current_person(), organisation.id
    try:
        drawn = services.draw_up(organisation_id=organisation_id, actor=me)
    except DomainError as refusal:
        flash(refusal.sentence, "refused")
        return redirect(url_for("billing.statements"), 303)
    agree = _("The statement is drawn up. It is yours to agree, or to query line by line.")
    flash(agree if policies.can_agree(me, drawn) else _("The statement is drawn up. Now the partner agrees it, or queries a line."), "success")
    return redirect(url_for("billing.statement", statement_id=drawn.id), 303)


@blueprint.get("/statements/<uuid:statement_id>")
@allow(policies.can_see_statement, statement=queries.get_statement)
def statement(statement: Statement) -> ResponseReturnValue:
    me: Person = current_person()
    html = render_template(
        "billing/statement_show.html", statement=statement, words=STATE_WORDS, tones=STATE_TONES, charges=CHARGE_WORDS, says=LineSay,
        wrong=problems(statement) if statement.is_open and not policies.can_agree(me, statement) else {}, states=StatementState,
        may_agree=policies.can_agree(me, statement), may_verify=policies.can_verify(me, statement),
        may_manage=policies.can_manage(me, statement),
        may_approve=policies.can_approve(me, statement), why_not_verify=policies.why_not_verify(me, statement),
        why_not_approve=policies.why_not_approve(me, statement, statement.total_pence, interests_of(me.id)),
        is_current=not statement.is_open or queries.is_up_to_date(statement),
        history=history.history_of(trail.list_entries_for(statement)),
    )
    audit.note_sights(person=me, child_ids=sorted({line.child_id for line in statement.lines}), what="partner statement")
    return html


@blueprint.get("/statements/<uuid:statement_id>/lines.csv")
@allow(policies.can_see_statement, statement=queries.get_statement)
def statement_file(statement: Statement) -> ResponseReturnValue:
    rows = [
        [statement.called, line.held_on.isoformat(), CHARGE_WORDS.get(line.what, line.commission.offering.title), line.child.reference,
         str(line.percent), amount(line.price_pence), amount(line.pence), str(line.correction or "")]
        for line in statement.lines
    ]
    audit.note_sights(person=current_person(), child_ids=sorted({line.child_id for line in statement.lines}), what="partner statement")
    return csv_file(f"statement-{statement.called}", COLUMNS, [*rows, [statement.called, "", "In all", "", "", "", amount(statement.total_pence), ""]])


def _step(statement: Statement, verb: Callable[[], object], done: str) -> ResponseReturnValue:
    return act(verb, url_for("billing.statement", statement_id=statement.id), done=done)


@blueprint.post("/statements/<uuid:statement_id>/refresh")
@allow(policies.can_refresh, statement=queries.get_statement)
def statement_refresh(statement: Statement) -> ResponseReturnValue:
    me, statement_id = current_person(), statement.id
    return _step(statement, lambda: services.refresh(statement_id=statement_id, actor=me), _("It is up to date with the registers."))


@blueprint.post("/statements/<uuid:statement_id>/agree")
@allow(policies.can_agree, statement=queries.get_statement)
def statement_agree(statement: Statement) -> ResponseReturnValue:
    me, statement_id, seen = current_person(), statement.id, seen_version()
    return _step(
        statement, lambda: services.agree(statement_id=statement_id, seen_version=seen, actor=me),
        _("Agreed. It is verified now, and somebody else approves it to be paid."),
    )


@blueprint.post("/statements/<uuid:statement_id>/verify")
@allow(policies.can_verify, statement=queries.get_statement)
def statement_verify(statement: Statement) -> ResponseReturnValue:
    me, statement_id, seen = current_person(), statement.id, seen_version()
    return _step(
        statement, lambda: services.verify(statement_id=statement_id, seen_version=seen, actor=me),
        _("Verified: commission, locked register and tariff agree. A budget holder approves it now."),
    )


@blueprint.post("/statements/<uuid:statement_id>/approve")
@allow(policies.can_approve, statement=queries.get_statement)
def statement_approve(statement: Statement) -> ResponseReturnValue:
    me, statement_id, seen = current_person(), statement.id, seen_version()
    return _step(
        statement, lambda: services.approve(statement_id=statement_id, seen_version=seen, actor=me),
        _("Approved. It is paid with the next payment run."),
    )


@blueprint.post("/statements/<uuid:statement_id>/release")
@allow(policies.can_manage, statement=queries.get_statement)
def statement_release(statement: Statement) -> ResponseReturnValue:
    me, statement_id = current_person(), statement.id
    return _step(statement, lambda: services.release(statement_id=statement_id, actor=me), _("Off hold: verify it again."))


@blueprint.route("/statements/<uuid:statement_id>/hold", methods=["GET", "POST"])
@allow(policies.can_manage, statement=queries.get_statement)
def statement_hold(statement: Statement) -> ResponseReturnValue:
    me, statement_id, form = current_person(), statement.id, HoldForm()
    return _typed(
        form, lambda: services.hold(statement_id=statement_id, why=form.why.data or "", actor=me), statement, None,
        _("Put it on hold"), _("The statement is on hold."),
    )


@blueprint.route("/statement-lines/<uuid:line_id>/query", methods=["GET", "POST"])
@allow(policies.can_query, line=queries.get_line)
def line_query(line: StatementLine) -> ResponseReturnValue:
    me, line_id, form = current_person(), line.id, QueryForm()
    return _typed(
        form, lambda: services.query_line(line_id=line_id, words=form.words.data or "", actor=me), line.statement, line,
        _("Query this line"), _("Your query is with the Zone manager. Nothing on this statement is paid until it is answered."),
    )


@blueprint.route("/statement-lines/<uuid:line_id>/answer", methods=["GET", "POST"])
@allow(policies.can_answer, line=queries.get_line)
def line_answer(line: StatementLine) -> ResponseReturnValue:
    me, line_id, form = current_person(), line.id, AnswerForm()
    return _typed(
        form, lambda: services.answer_line(line_id=line_id, words=form.words.data or "", actor=me), line.statement, line,
        _("Answer a query"), _("Answered. With the last answer the statement goes back to the partner."),
    )


def _typed(
    form: KithForm, verb: Callable[[], object], statement: Statement, line: StatementLine | None, title: str, done: str
) -> ResponseReturnValue:
    statement_id = statement.id
    if submit(form, verb) is None:
        page = render_template("billing/statement_words.html", form=form, statement=statement, line=line, title=title, charges=CHARGE_WORDS)
        return page, 422 if request.method == "POST" else 200
    flash(done, "success")
    return redirect(url_for("billing.statement", statement_id=statement_id), 303)
