"""The list, and one introduction: for those who work with the child, and for the organisation."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Person, Role
from app.accounts.policies import is_partner
from app.audit.services import note_sights
from app.children.models import SHAREABLE
from app.children.policies import can_see_consents
from app.children.queries import get_child_by_id, visible_among
from app.children.sharing import SharedChild, shared_view, shared_views
from app.children.sight import note_look
from app.introductions import policies, queries, standing, telling
from app.introductions.actions import actions_for
from app.introductions.models import Introduction, IntroductionState
from app.introductions.routes.blueprint import blueprint
from app.introductions.words import STANCE_WORDS
from app.shared import clock
from app.shared.web import allow, current_person

FEW = 8
"""How many of a group the first page shows."""
STAFF = (Role.LINK_WORKER, Role.ZONE_MANAGER, Role.SCHOOL_LEAD, Role.SAFEGUARDING_LEAD)


@blueprint.get("/introductions")
@allow(policies.can_list_introductions)
def introductions() -> ResponseReturnValue:
    """By where they stand: what waits first. `?group=` opens one of them in full."""
    person: Person = current_person()
    only_asked = is_partner(person) and not person.has_role(*STAFF)
    groups = queries.PARTNER_GROUPS if only_asked else queries.GROUPS
    counts = queries.count_by_state(person, only_asked=only_asked)
    total = {group.key: sum(counts.get(state, 0) for state in group.states) for group in groups}
    chosen = next((group for group in groups if group.key == request.args.get("group")), None)
    page = max(1, min(request.args.get("page", 1, type=int), 10_000))
    shown: dict[str, Sequence[Introduction]] = {}
    if chosen is None:
        shown.update(queries.first_of_each(person, [g for g in groups if total[g.key] and g.key != "over"], FEW, only_asked=only_asked))
    elif total[chosen.key]:
        offset = (page - 1) * queries.PER_PAGE
        shown[chosen.key] = queries.list_for_person(person, chosen.states, limit=queries.PER_PAGE, offset=offset, only_asked=only_asked)
    everyone = [introduction for found in shown.values() for introduction in found]
    children = sorted({introduction.child_id for introduction in everyone})
    names = _names_for_partner(everyone) if only_asked else {i.id: i.child.short_name for i in everyone}
    listed = render_template(
        "introductions/introduction_list.html", groups=[g for g in groups if total[g.key]], total=total, shown=shown, names=names,
        chosen=chosen, page=page, pages=_pages(total[chosen.key]) if chosen else 1, is_partner=only_asked, few=FEW,
        look=telling.look,
    )
    note_sights(person=person, child_ids=children, what="introductions")
    return listed


def _pages(count: int) -> int:
    return max(1, -(-count // queries.PER_PAGE))


def _names_for_partner(found: list[Introduction]) -> dict[object, str]:
    """First name where it is shared with that organisation today, else the reference."""
    names: dict[object, str] = {}
    for organisation_id in {i.organisation_id for i in found}:
        theirs = [i for i in found if i.organisation_id == organisation_id]
        shared = shared_views([i.child_id for i in theirs if i.is_shared], organisation_id, clock.today())
        names |= {i.id: shared[i.child_id].called if i.child_id in shared and i.is_shared else i.child.reference for i in theirs}
    return names


@blueprint.get("/introductions/<uuid:introduction_id>")
@allow(policies.can_see_introduction, introduction=queries.get_introduction)
def introduction(introduction: Introduction) -> ResponseReturnValue:
    person: Person = current_person()
    note_look(introduction.child, "introduction")
    if is_for_partner(person, introduction):
        return _partners_page(introduction, person)
    reading = standing.read(introduction)
    record, child, lead, together = reading.record, introduction.child.called, reading.link_worker, _together(reading)
    return render_template(
        "introductions/introduction_show.html", introduction=introduction, reading=reading, actions=actions_for(introduction, person, reading),
        track=telling.track(introduction, record.entries, child=child, link_worker=lead.split()[0] if lead else ""),
        history=telling.history(record.entries), look=telling.look(introduction), views=list(reversed(record.views)),
        load=queries.partner_load(introduction) if introduction.state in BEFORE_ANSWER else None,
        may_end=introduction.is_open and policies.can_end(person, introduction), may_answer_check=policies.can_answer_check(person, introduction), may_work=policies.can_listen(person, introduction),
        stance_words=STANCE_WORDS, shareable=_shareable, agreed=telling.agreed(introduction, child=child, attended=_attended(introduction, reading)),
        child_url=url_for("children.child", child_id=introduction.child_id), today=clock.today(), view_line=telling.view_line,
        talk=telling.talk(record.messages), may_write=policies.can_write_to_team(person, introduction), together=together,
        sees=visible_among([one.child_id for one in together], person), sees_consents=can_see_consents(person, introduction.child),
    )


def _together(reading: standing.Standing) -> list[queries.Companion]:
    return [one for one in reading.record.companions if one.state is not IntroductionState.ENDED]


def _attended(introduction: Introduction, reading: standing.Standing) -> int:
    """Asked only where it is shown."""
    return reading.attended if introduction.joined_on else 0


def _shareable(fields: list[str]) -> list[str]:
    """What a consent covers, in the words of the consent."""
    return [words for name, words in SHAREABLE.items() if name in fields]


BEFORE_ANSWER = (IntroductionState.LISTENING, IntroductionState.READY, IntroductionState.ASKED)


def is_for_partner(person: Person, introduction: Introduction) -> bool:
    """The organisation's reading of it: for its own people, unless they also work with the child."""
    return policies.is_partner_of(person, introduction) and not policies.can_end(person, introduction)


def shared_of(introduction: Introduction) -> SharedChild | None:
    """What the organisation may know of the child today; None where nothing is told."""
    if not introduction.is_shared:
        return None
    return shared_view(get_child_by_id(introduction.child_id), introduction.organisation_id, clock.today())


def called_by_partner(introduction: Introduction) -> str:
    shared = shared_of(introduction)
    return shared.called if shared else introduction.child.reference


def _partners_page(introduction: Introduction, person: Person) -> ResponseReturnValue:
    shared = shared_of(introduction)
    if introduction.is_shared and shared is None:
        abort(404)
    called = shared.called if shared else introduction.child.reference
    reading = standing.read(introduction)
    worker = reading.link_worker
    return render_template(
        "introductions/introduction_show_partner.html", introduction=introduction, shared=shared, called=called,
        actions=actions_for(introduction, person, reading), link_worker=worker, look=telling.look(introduction),
        agreed=telling.agreed_with_partner(introduction, child=called, is_shared=shared is not None),
        track=telling.track(introduction, reading.record.entries, child=called, link_worker=worker.split()[0] if worker else "", is_partner=True),
        talk=telling.talk(reading.record.messages, for_partner=True), together=_together(reading),
    )
