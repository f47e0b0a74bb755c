"""What partners propose, before beside after, and the Zone manager's answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts import sessions
from app.catalogue import policies, proposed, queries
from app.catalogue.forms import AnswerForm
from app.catalogue.models import OPEN_PROPOSALS, Proposal, ProposalKind
from app.catalogue.routes.blueprint import blueprint
from app.catalogue.services import answers
from app.shared.web import act, allow, submit


@blueprint.get("/proposals", endpoint="proposals")
@allow(policies.can_list_proposals)
def proposal_list() -> ResponseReturnValue:
    me = sessions.current_person()
    found = queries.list_proposals(me)
    return render_template("catalogue/proposal_list.html", proposals=found, summary=proposed.summary)


@blueprint.route("/proposals/<uuid:proposal_id>", methods=["GET", "POST"], endpoint="proposal")
@allow(policies.can_see_proposal, proposal=queries.get_proposal)
def proposal_show(proposal: Proposal) -> ResponseReturnValue:
    """Side by side; whoever may answer answers here. Looking at it changes nothing."""
    me, proposal_id, form = sessions.current_person(), proposal.id, AnswerForm()
    kind, about = proposal.kind, proposal.about

    def verb() -> Proposal:
        word = form.word.data or ""
        if form.answer.data == "return":
            return answers.return_proposal(proposal_id=proposal_id, word=word, actor=me)
        return answers.accept_proposal(proposal_id=proposal_id, actor=me, seen=form.seen.data or "", word=word)

    if submit(form, verb) is None:
        return _page(form, queries.get_proposal(proposal_id, me))
    back = form.answer.data == "return"
    flash(_("Sent back with your word.") if back else _DONE.get(kind, _("Accepted: %(about)s says so from now on.", about=about)), "success")
    return redirect(url_for("catalogue.proposals"), 303)


_DONE = {
    ProposalKind.PHOTO: _l("Accepted: the photo is shown from now on."),
    ProposalKind.PUBLISH: _l("Accepted: it is live, and Link Workers find it from now on."),
    ProposalKind.PRICE: _l("Accepted: the new price is written down. What was agreed before keeps its own."),
}


def _page(form: AnswerForm, proposal: Proposal) -> ResponseReturnValue:
    me, now = sessions.current_person(), queries.standing(proposal) if proposal.is_waiting else {}
    form.seen.data = queries.seen_mark(proposal) if proposal.is_waiting else ""
    lines = proposed.lines(proposal, now)
    page = render_template(
        "catalogue/proposal_show.html", form=form, proposal=proposal, lines=lines, is_stale=any(line.now for line in lines),
        summary=proposed.summary(proposal), may_answer=proposal.is_waiting and policies.can_answer_proposal(me, proposal),
        may_withdraw=proposal.state in OPEN_PROPOSALS and policies.can_withdraw_proposal(me, proposal),
        earlier=[one for one in queries.list_proposals_about(proposal.subject_id) if one.id != proposal.id and one.kind is proposal.kind],
        photo_id=_photo_id(proposal),
    )
    return page, 422 if request.method == "POST" else 200


def _photo_id(proposal: Proposal) -> object:
    is_there = proposal.kind is ProposalKind.PHOTO or proposal.subject_type == "photo"
    return proposal.subject_id if is_there and queries.is_there(proposal) else None


@blueprint.post("/proposals/<uuid:proposal_id>/withdraw")
@allow(policies.can_withdraw_proposal, proposal=queries.get_proposal)
def proposal_withdraw(proposal: Proposal) -> ResponseReturnValue:
    me, proposal_id = sessions.current_person(), proposal.id
    return act(
        lambda: answers.withdraw_proposal(proposal_id=proposal_id, actor=me), url_for("catalogue.proposals"), done=_("Taken back. Everything stays as it is."),
    )
