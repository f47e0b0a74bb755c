"""What this person can do with this introduction now: one main thing, the others, and why not beside what is not available."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext as _

from app.accounts.models import Person
from app.introductions import policies, standing
from app.introductions.guards import Gap
from app.introductions.models import Introduction, IntroductionState
from app.introductions.standing import Standing
from app.shared import clock

_S = IntroductionState


@dataclass(frozen=True)
class Action:
    """A button. `is_post`: it acts at once; else it opens a form. With `gaps` it stays visible and says why not."""

    key: str
    text: str
    icon: str
    url: str
    is_post: bool = False
    gaps: tuple[Gap, ...] = ()

    @property
    def why_not(self) -> list[tuple[str, str]]:
        return [(gap.sentence, gap.who) for gap in self.gaps]

    @property
    def first_why(self) -> str:
        """Beside the button; where more is missing, the list beneath has all of it."""
        gap = self.gaps[0]
        return f"{gap.sentence} {gap.who}".strip() if len(self.gaps) == 1 else _("%(number)s things are missing: see below.", number=len(self.gaps))


def actions_for(introduction: Introduction, person: Person, reading: Standing) -> list[Action]:
    """The main one first; none for those who only look."""
    if policies.is_partner_of(person, introduction) and not policies.is_link_worker_of(person, introduction):
        return _partners(introduction, person, reading)
    if not policies.can_listen(person, introduction):
        return []
    return [action for action in _workers(introduction, reading) if _allowed(action, person, introduction)]


_LINK_WORKER_ONLY = ("ready", "ask", "arrange", "move_meeting", "met", "join", "settle", "request", "told_yes", "told_no")


def _allowed(action: Action, person: Person, introduction: Introduction) -> bool:
    return action.key not in _LINK_WORKER_ONLY or policies.is_link_worker_of(person, introduction)


def _at(verb: str, introduction: Introduction) -> str:
    return url_for(f"introductions.{verb}", introduction_id=introduction.id)


def _workers(i: Introduction, reading: Standing) -> Sequence[Action]:
    child = i.child.called
    view = Action("view", _("Write down a view"), "message-circle", _at("view_new", i))
    heard = Action("heard", _("Write it all down"), "pencil", _at("heard", i))
    prepare = Action("prepare", _("Put in place"), "footprints", _at("prepare", i))
    later = Action("not_yet", _("Not yet"), "pause", _at("not_yet", i))
    matches = Action("matches", _("See the next best match"), "search", _matches(i)) if _matches(i) else None
    again = Action("again", _("Begin again"), "undo-2", _at("again", i), is_post=True)
    shut = Action("close", _("Close it"), "check", _at("close", i))
    match i.state:
        case _S.IDEA:
            gaps = tuple(standing.gaps_to_begin(i, reading))
            return [Action("listen", _("Listen to %(child)s", child=child), "ear", _at("listen", i), is_post=True, gaps=gaps), *([] if gaps else [heard]), shut]
        case _S.LISTENING:
            gaps = tuple(standing.gaps_to_be_ready(i, reading))
            ready = Action("ready", _("It is ready"), "check", _at("ready", i), is_post=True, gaps=gaps)
            first = [later, ready, view] if _has_no(gaps) else [heard, ready, view, later] if gaps else [ready, view, later]
            return [*first, prepare, *_page(i, reading), *_request(i, reading), *_together(i, reading)]
        case _S.NOT_YET:
            return [
                Action("listen", _("Listen again"), "ear", _at("listen", i), is_post=True, gaps=tuple(standing.gaps_to_begin(i, reading))), view, prepare,
            ]
        case _S.READY:
            gaps = tuple(standing.gaps_to_ask(i, reading))
            ask = Action("ask", _("Ask %(organisation)s", organisation=i.organisation.name), "send", _at("ask", i), gaps=gaps)
            request = _request(i, reading)
            first = [*request, ask] if request and any(g.code == "commission_not_requested" for g in gaps) else [ask, *request]
            return [*first, *_page(i, reading), view, prepare, later, *_together(i, reading)]
        case _S.ASKED:
            told = not i.offering.needs_money and not reading.record.signs_in
            return [
                *([Action("told_yes", _("They told me yes"), "handshake", _at("agree", i)),
                   Action("told_no", _("They told me no"), "x", _at("decline", i))] if told else []),
                view,
            ]
        case _S.DECLINED | _S.LAPSED:
            return [action for action in (matches, again, shut) if action]
        case _S.AGREED:
            gaps = (*standing.gaps_to_arrange(i, reading), *standing.gaps_in_evidence(i, clock.today()))
            return [Action("arrange", _("Arrange the meeting"), "calendar-days", _at("arrange", i), gaps=gaps), view, *_request(i, reading)]
        case _S.ARRANGED:
            return [Action("met", _("They met"), "heart-handshake", _at("met", i), gaps=_evidence(i)), Action("move_meeting", _("Move the meeting"), "calendar-days", _at("arrange", i)), view]
        case _S.MET:
            join = Action("join", _("%(child)s went", child=child), "footprints", _at("join", i), gaps=_join_gaps(i, reading))
            return [join, view]
        case _S.JOINED:
            return [Action("settle", _("Settled"), "sprout", _at("settle", i)), view]
        case _S.SETTLED:
            return [Action("close", _("Close with the outcome"), "check", _at("close", i)), view]
        case _:
            return []


def _has_no(gaps: Sequence[Gap]) -> bool:
    """Somebody with a say has said no: then waiting comes first, not asking once more."""
    return any(gap.code in ("child_no", "carer_no", "carers_disagree") for gap in gaps)


def _join_gaps(i: Introduction, reading: Standing) -> tuple[Gap, ...]:
    if not i.offering.needs_money or reading.attended > 0:
        return ()
    return (Gap("register", _("The register does this at the first session."), _("%(organisation)s takes it.", organisation=i.organisation.name)),)


def _matches(i: Introduction) -> str:
    return url_for("matching.matches", child_id=i.child_id) if "matching.matches" in current_app.view_functions else ""


def _evidence(i: Introduction) -> tuple[Gap, ...]:
    return tuple(standing.gaps_in_evidence(i, clock.london(i.meeting_at).date())) if i.meeting_at else ()


def _together(i: Introduction, reading: Standing) -> list[Action]:
    """Going with another child: offered before it is asked."""
    if any(one.state is not _S.ENDED for one in reading.record.companions):
        return [Action("apart", _("Go alone"), "user-round", _at("apart", i), is_post=True)]
    return [Action("together", _("Go together"), "users", _at("together", i))]


def _page(i: Introduction, reading: Standing) -> list[Action]:
    """The page the organisation would read, where the child has said yes to none yet: a page that waits is read out, else it is written."""
    if not reading.lacks_page:
        return []
    if reading.record.has_draft:
        return [Action("page", _("Read the page to %(child)s", child=i.child.called), "ear", url_for("children.one_page_approve", child_id=i.child_id))]
    return [Action("page", _("Write %(child)s’s page", child=i.child.called), "id-card", url_for("children.one_page_write", child_id=i.child_id))]


def _request(i: Introduction, reading: Standing) -> list[Action]:
    """Asking for the place and the money, where the programme is paid for and that was not done yet."""
    if not i.offering.needs_money or reading.is_requested or "commissioning.request_new" not in current_app.view_functions:
        return []
    return [Action("request", _("Request the place"), "wallet", url_for("commissioning.request_new", introduction_id=i.id))]


def _partners(i: Introduction, person: Person, reading: Standing) -> list[Action]:
    if i.state is _S.ASKED:
        gaps = tuple(standing.for_partner(standing.gaps_in_support(i, reading)))
        return [
            Action("agree", _("Say yes"), "handshake", _at("agree", i), gaps=gaps), Action("question", _("Ask first"), "message-circle", _at("message_new", i)),
            Action("decline", _("Say no"), "x", _at("decline", i)),
        ]
    if i.state not in (_S.AGREED, _S.ARRANGED):
        return []
    other = [Action("practitioner", _("Name somebody else"), "user-round", _at("practitioner", i))] if i.practitioner_id else []
    if not policies.is_partner_admin_of(person, i):
        return other
    if i.state is _S.AGREED:
        gaps = (*standing.for_partner(standing.gaps_to_arrange(i, reading)), *standing.gaps_in_evidence(i, clock.today()))
        return [Action("arrange", _("Arrange the meeting"), "calendar-days", _at("arrange", i), gaps=gaps), *other]
    return [Action("move_meeting", _("Move the meeting"), "calendar-days", _at("arrange", i)), *other]
