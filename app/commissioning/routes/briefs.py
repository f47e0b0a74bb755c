"""Briefs: writing one where nothing fits, comparing offers, awarding; and a partner's offer."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.models import Person, Role
from app.audit import services as audit
from app.catalogue.queries import list_practitioners
from app.children import policies as children
from app.children.models import Child
from app.children.queries import get_child
from app.children.sight import note_look
from app.commissioning import policies
from app.commissioning.anonymity import lit, risks
from app.commissioning.forms.briefs import BriefForm, CloseBriefForm, OfferForm, ViewForm
from app.commissioning.models import SAYS, Brief, BriefOffer, OfferState
from app.commissioning.queries.briefs import (
    find_own_offer,
    get_brief,
    get_offer,
    known_of,
    list_briefs,
    list_live_partners,
)
from app.commissioning.routes.base import blueprint
from app.commissioning.services import briefs
from app.shared import clock
from app.shared.forms import seen_version
from app.shared.web import act, allow, current_person, submit

PUBLIC = ("title", "text", "days", "area")


@blueprint.get("/briefs", endpoint="briefs")
@allow(policies.can_see_briefs)
def brief_list() -> ResponseReturnValue:
    me: Person = current_person()
    found = list_briefs(me)
    own = {b.id for b in found if children.can_work_with_child(me, b.child)}
    mine = me.organisation_ids(Role.PARTNER_ADMIN)
    page = render_template(
        "commissioning/brief_list.html", briefs=found, own=own, is_partner=bool(mine),
        offered={b.id: next((o for o in b.offers if o.organisation_id in mine and o.state is not OfferState.WITHDRAWN), None) for b in found},
    )
    audit.note_sights(person=me, child_ids=sorted({b.child_id for b in found if b.id in own}), what="briefs")
    return page


@blueprint.route("/children/<uuid:child_id>/briefs/new", methods=["GET", "POST"])
@allow(policies.can_write_brief, child=get_child)
def brief_new(child: Child) -> ResponseReturnValue:
    me, child_id, form = current_person(), child.id, BriefForm()
    if request.method == "GET":
        note_look(child, "brief")
        child = get_child(child_id, me)
    partners = list_live_partners(child.zone_id)
    form.offer(child.live_needs, ((p.id, p.name) for p in partners))
    if not form.is_submitted():
        form.area.data, form.sessions.data = child.region, 10
        form.need.data = child.live_needs[0].code if child.live_needs else None
    made = submit(form, lambda: briefs.publish_brief(
        child=get_child(child_id, me), invited=form.asked, actor=me,
        facts=briefs.BriefFacts(
            title=form.title.data or "", text=form.text.data or "", days=form.days.data or "", area=form.area.data or "",
            need_code=form.need.data, sessions=form.sessions.data or 0, budget_pence=form.budget.data or 0,
            offers_until=form.offers_until.data or date.min, goal=form.goal.data or "", why=form.why.data or "",
            free_alternatives=form.free_alternatives.data or "",
        ),
    ))
    if made is not None:
        flash(_("Sent to the partners. Their offers come to you; none of them sees another’s."), "success")
        return redirect(url_for("commissioning.brief", brief_id=made.id), 303)
    child = get_child(child_id, me)
    page = render_template("commissioning/brief_new.html", form=form, child=child, lit=_lit(form, child) if form.is_submitted() else [])
    return page, 422 if request.method == "POST" else 200


def _lit(form: BriefForm, child: Child) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each public field with risky words: its label, and its text in pieces."""
    known, found = known_of(child), []
    for name in PUBLIC:
        text = str(form[name].data or "")
        if risky := risks(text, known):
            found.append((form[name].label.text, lit(text, risky)))
    return found


@blueprint.get("/briefs/<uuid:brief_id>", endpoint="brief")
@allow(policies.can_see_brief, brief=get_brief)
def brief_show(brief: Brief) -> ResponseReturnValue:
    """All offers side by side for those who work with the child; for a partner, the brief and its own offer."""
    me = current_person()
    if policies.can_run_brief(me, brief):
        note_look(brief.child, "brief")
        offers = [o for o in brief.offers if o.state is not OfferState.WITHDRAWN]
        return render_template("commissioning/brief_show.html", brief=brief, offers=offers, says=SAYS)
    own = [o for o in brief.offers if o.organisation_id in me.organisation_ids(Role.PARTNER_ADMIN) and o.state is not OfferState.WITHDRAWN]
    return render_template("commissioning/brief_show_partner.html", brief=brief, own=own[-1] if own else None)


@blueprint.route("/briefs/<uuid:brief_id>/offer", methods=["GET", "POST"])
@allow(policies.can_offer, brief=get_brief)
def offer_new(brief: Brief) -> ResponseReturnValue:
    me, brief_id, form = current_person(), brief.id, OfferForm()
    own = sorted(me.organisation_ids(Role.PARTNER_ADMIN))
    if not own or not brief.takes_offers:
        flash(_("This brief takes no offers any more."), "notice")
        return redirect(url_for("commissioning.briefs"), 303)
    asked = {invite.organisation_id for invite in brief.invites}
    organisation_id = next((id_ for id_ in own if brief.is_for_all or id_ in asked), own[0])
    form.practitioner.offer(((p.id, f"{p.name}, {p.title}" if p.title else p.name) for p in list_practitioners(organisation_id)), nothing=_("Choose"))
    _begin(form, find_own_offer(brief_id, organisation_id), brief)
    made = submit(form, lambda: briefs.make_offer(
        brief_id=brief_id, organisation_id=organisation_id, actor=me,
        facts=briefs.OfferFacts(
            practitioner_id=form.practitioner.picked or uuid.UUID(int=0), price_pence=form.price.data or 0, setup_pence=form.setup.data or 0,
            sessions=form.sessions.data or 0, starts_on=form.starts_on.data or clock.today(), starts=form.starts.data or "",
            ends=form.ends.data or "", words=form.words.data or "",
        ),
    ))
    if made is None:
        page = render_template("commissioning/brief_offer.html", form=form, brief=get_brief(brief_id, me))
        return page, 422 if request.method == "POST" else 200
    flash(_("Your offer is with the Link Worker. No other partner sees it."), "success")
    return redirect(url_for("commissioning.brief", brief_id=brief_id), 303)


def _begin(form: OfferForm, standing: BriefOffer | None, brief: Brief) -> None:
    if form.is_submitted():
        return
    form.sessions.data = standing.sessions if standing else brief.sessions
    if standing is not None:
        form.practitioner.data, form.price.data, form.setup.data = str(standing.practitioner_id), standing.price_pence, standing.setup_pence
        form.starts_on.data, form.starts.data, form.ends.data, form.words.data = standing.starts_on, standing.starts, standing.ends, standing.words


@blueprint.route("/brief-offers/<uuid:offer_id>/views", methods=["GET", "POST"])
@allow(policies.can_decide_offer, offer=get_offer)
def offer_views(offer: BriefOffer) -> ResponseReturnValue:
    me, offer_id, form = current_person(), offer.id, ViewForm(obj=offer)
    back = url_for("commissioning.brief", brief_id=offer.brief_id)
    done = submit(form, lambda: briefs.say_of_offer(
        offer_id=offer_id, child_says=_said(form.child_says.data), parent_says=_said(form.parent_says.data),
        their_words=form.their_words.data or "", actor=me,
    ))
    if done is None:
        return render_template("commissioning/brief_views.html", form=form, offer=get_offer(offer_id, me), back=back), 422 if request.method == "POST" else 200
    flash(_("Written down."), "success")
    return redirect(back, 303)


def _said(value: Any) -> str:
    return value if value in SAYS else ""


@blueprint.post("/brief-offers/<uuid:offer_id>/award")
@allow(policies.can_decide_offer, offer=get_offer)
def offer_award(offer: BriefOffer) -> ResponseReturnValue:
    me, offer_id, seen = current_person(), offer.id, seen_version()
    return act(
        lambda: briefs.award(offer_id=offer_id, actor=me, seen_version=seen), url_for("commissioning.brief", brief_id=offer.brief_id),
        done=_("Chosen. The place and its money are asked for; go on listening to the child and the family."),
    )


@blueprint.post("/brief-offers/<uuid:offer_id>/withdraw")
@allow(policies.can_withdraw_offer, offer=get_offer)
def offer_withdraw(offer: BriefOffer) -> ResponseReturnValue:
    me, offer_id = current_person(), offer.id
    return act(lambda: briefs.withdraw_offer(offer_id=offer_id, actor=me), url_for("commissioning.briefs"), done=_("Taken back."))


@blueprint.route("/briefs/<uuid:brief_id>/close", methods=["GET", "POST"])
@allow(policies.can_run_brief, brief=get_brief)
def brief_close(brief: Brief) -> ResponseReturnValue:
    me, brief_id, form = current_person(), brief.id, CloseBriefForm()
    back = url_for("commissioning.brief", brief_id=brief_id)
    closed = submit(form, lambda: briefs.close_brief(brief_id=brief_id, reason=form.reason.data or "", actor=me))
    if closed is None:
        return render_template("commissioning/brief_close.html", form=form, brief=get_brief(brief_id, me), back=back), 422 if request.method == "POST" else 200
    flash(_("Closed. Whoever offered is told, kindly."), "success")
    return redirect(back, 303)
