"""Who is given something to do when a commission or a place moves. Titles name a child only to those who may see the child."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.children.models import Child
from app.commissioning.models import Commission, Waiting
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock
from app.shared.db import Row
from app.shared.view import day


def place_offered(turn: Waiting, until: datetime) -> None:
    last_day = clock.london(until - timedelta(microseconds=1)).date()
    url = f"/commissions/{turn.commission_id}" if turn.commission_id else f"/children/{turn.child_id}"
    _tell_link_workers(
        turn.child, "place_offered", turn, f"{turn.child.short_name} · A place has come free",
        f"{turn.cohort.offering.title}: say yes by {day(last_day)}, or it goes to the next in line", "Answer", "armchair", url,
        Urgency.TODAY,
    )


def offer_over(turn: Waiting) -> None:
    notifications.close_tasks(kind="place_offered", subject=turn, why="The offer is over")


def question_asked(commission: Commission) -> None:
    _tell_link_workers(
        commission.child, "commission_question", commission, f"{commission.child.short_name} · A question about your request",
        f"{commission.offering.title}: the budget holder asks something", "Answer", "message-circle-question-mark",
        f"/commissions/{commission.id}", Urgency.TODAY,
    )


def pause_over(commission: Commission) -> None:
    _tell_link_workers(
        commission.child, "pause_over", commission, f"{commission.child.short_name} · Does this go on?",
        f"{commission.offering.title}: the place was kept until {day(commission.suspended_until)}", "Decide", "pause",
        f"/commissions/{commission.id}", Urgency.TODAY,
    )


def payer_gone(commission: Commission) -> None:
    """A fund has stopped: the budget holder has it among the changes to decide, the Link Worker sees to it that somebody does."""
    _tell_link_workers(
        commission.child, "payer_gone", commission, f"{commission.child.short_name} · Who pays from now?",
        f"{commission.offering.title}: a fund has stopped, and the budget holder is asked", "See what is paid for",
        "coins", f"/commissions/{commission.id}", Urgency.TODAY,
    )


def asked_again(commission: Commission) -> None:
    """Promised before, and asked for again: both sides know that it is not certain."""
    _tell_link_workers(
        commission.child, "asked_again", commission, f"{commission.child.short_name} · Money asked for again",
        f"{commission.offering.title}: a fund has stopped; the place is kept meanwhile", "See it", "coins",
        f"/commissions/{commission.id}", Urgency.WEEK,
    )
    for person in people_with(Role.PARTNER_ADMIN, commission.zone_id, organisation_id=commission.organisation_id):
        notifications.open_task(
            person_id=person.id, kind="asked_again", subject=commission, title=f"Wait with a place at {commission.offering.title}",
            text="Who pays is being decided again; the place is kept", action="See it", icon="hourglass",
            url=f"/commissions/{commission.id}", urgency=Urgency.TODAY,
        )


def declined(commission: Commission) -> None:
    """Rejected: the reason is on its page; here is what else may fit."""
    _look_elsewhere(commission, "The money was not approved")


def expired(commission: Commission) -> None:
    _look_elsewhere(commission, "Nobody decided in time, so the place and the money are free again")


def _look_elsewhere(commission: Commission, why: str) -> None:
    done(commission, "Decided")
    _tell_link_workers(
        commission.child, "commission_over", commission, f"{commission.child.short_name} · Look at the next best matches",
        f"{commission.offering.title}: {why[0].lower()}{why[1:]}", "See what else fits", "sparkles",
        f"/children/{commission.child_id}/matches", Urgency.WEEK,
    )


def to_confirm(commission: Commission, why_not_yet: str = "") -> None:
    """The money is promised: the partner confirms the place. The title names the programme, never the child."""
    for person in people_with(Role.PARTNER_ADMIN, commission.zone_id, organisation_id=commission.organisation_id):
        notifications.open_task(
            person_id=person.id, kind="commission_confirm", subject=commission, title=f"Confirm a place at {commission.offering.title}",
            text=why_not_yet or "The money is approved: name who will meet the child", action="Confirm", icon="armchair",
            url=f"/commissions/{commission.id}", urgency=Urgency.TODAY,
        )


def to_close(commission: Commission) -> None:
    """The Link Worker has written the closing note: the Zone manager closes."""
    for person in people_with(Role.ZONE_MANAGER, commission.zone_id):
        notifications.open_task(
            person_id=person.id, kind="commission_close", subject=commission, child_id=commission.child_id,
            title=f"{commission.child.short_name} · Close a commission", text=f"{commission.offering.title} is over and its note is written",
            action="Close", icon="archive", url=f"/commissions/{commission.id}", urgency=Urgency.WEEK,
        )


def done(commission: Commission, why: str, *kinds: str) -> None:
    """Take tasks about it off everybody's list: those kinds, or all."""
    for kind in kinds or (None,):
        notifications.close_tasks(kind=kind, subject=commission, why=why)


def _tell_link_workers(
    child: Child, kind: str, subject: Row, title: str, text: str, action: str, icon: str, url: str, urgency: Urgency
) -> None:
    for person_id in sorted(child.link_worker_ids):
        notifications.open_task(
            person_id=person_id, kind=kind, subject=subject, zone_id=child.zone_id, child_id=child.id, title=title, text=text,
            action=action, icon=icon, url=url, urgency=urgency,
        )
