"""What is missing before a move, and who can supply it. Pure: the verb asks under its lock, the page asks to say why not.

Exits have no guard here, on purpose: nothing may stand before a child, a parent or a safeguarding lead who stops it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.introductions.models import Stance
from app.introductions.warmth import OLDEST_WORD, SUPPORTIVE, Said
from app.shared.errors import DomainError
from app.shared.view import long_day

ASSET_CHECKED_WITHIN = 90
"""Days for which "we rang them, it is as written" holds for a local asset."""
ANSWER_WITHIN = 10
NUDGES_AFTER = (3, 6, 9)
"""School days of the child's school."""
SETTLED_AFTER = 3
"""Times attended."""


@dataclass(frozen=True)
class Gap:
    """One thing that is missing. `who` can supply it; `code` is stable."""

    code: str
    sentence: str
    who: str = ""


class Missing(DomainError):
    """The move waits for something. `gaps` lists each; the sentence says what, and who can supply it."""

    def __init__(self, gaps: Sequence[Gap], field: str | None = None) -> None:
        super().__init__(" ".join(_whole(gap) for gap in gaps), code=gaps[0].code, field=field)
        self.gaps = tuple(gaps)


def _whole(gap: Gap) -> str:
    return f"{gap.sentence} {gap.who}".strip()


def require(gaps: Iterable[Gap]) -> None:
    """Raises Missing when anything is."""
    found = list(gaps)
    if found:
        raise Missing(found)


@dataclass(frozen=True)
class Way:
    """The offering as a way in: what to_begin asks."""

    title: str
    organisation: str
    is_live: bool
    is_local_asset: bool
    confirmed_on: date | None


def to_begin(
    way: Way, *, child: str, is_on_programme: bool, today: date, has_other_open: bool, refused_on: date | None, is_childs_no: bool
) -> list[Gap]:
    """idea -> listening."""
    gaps = []
    if not is_on_programme:
        gaps.append(Gap("child_left", _("%(child)s is no longer on the programme.", child=child)))
    if refused_on is not None and is_childs_no:
        gaps.append(Gap(
            "child_no", _("%(child)s said no to this on %(refused_on)s.", child=child, refused_on=long_day(refused_on)), _("Only %(child)s can change that, with new words of their own.", child=child)
        ))
    elif refused_on is not None:
        gaps.append(Gap(
            "set_aside", _("%(way)s was set aside for %(child)s on %(refused_on)s.", way=way.title, child=child, refused_on=long_day(refused_on)), _("The Link Worker can take that back on the child’s page.")
        ))
    if not way.is_live:
        gaps.append(Gap("offering_not_live", _("%(way)s is not running at the moment.", way=way.title), _("%(organisation)s or the Zone manager can open it again.", organisation=way.organisation)))
    if way.is_local_asset and (way.confirmed_on is None or (today - way.confirmed_on).days > ASSET_CHECKED_WITHIN):
        since = _("Nobody has checked %(way)s since %(confirmed_on)s.", way=way.title, confirmed_on=long_day(way.confirmed_on)) if way.confirmed_on else _("Nobody has checked %(way)s yet.", way=way.title)
        gaps.append(Gap("asset_not_checked", since, _("Ring or visit, then confirm it on its page: any Link Worker can.")))
    if has_other_open:
        gaps.append(Gap("already_open", _("%(child)s already has an open introduction to %(way)s.", child=child, way=way.title), _("Go on with that one.")))
    return gaps


def views(child: Said, carers: Sequence[Said], *, today: date, is_refused: bool = False, oldest: int | None = OLDEST_WORD) -> list[Gap]:
    """The child's yes (or willing to try) in their words, and the parents' or carers' support. `oldest` None: however old."""
    return [*_childs_view(child, today, is_refused, oldest), *_carers_views(child.who, carers)]


def _childs_view(child: Said, today: date, is_refused: bool, oldest: int | None) -> list[Gap]:
    who = child.who
    if is_refused or child.stance is Stance.NO:
        return [Gap("child_no", _("%(who)s said no.", who=who), _("Only %(who)s can change that; nobody can overrule it.", who=who))]
    if child.stance is None or not child.words.strip():
        return [Gap("child_view", _("%(who)s has not been asked yet.", who=who), _("%(who)s’s Link Worker writes down what %(who)s says, word for word.", who=who))]
    if child.stance not in SUPPORTIVE:
        return [Gap("child_view", _("%(who)s is not sure, and that is not a yes.", who=who), _("Listen again: only %(who)s can say yes.", who=who))]
    if oldest is not None and child.said_on is not None and today - child.said_on > timedelta(days=oldest):
        return [Gap("child_view_old", _("%(who)s said so on %(said_on)s, more than %(oldest)s days ago.", who=who, said_on=long_day(child.said_on), oldest=oldest), _("Ask %(who)s again.", who=who))]
    return []


def _carers_views(child: str, carers: Sequence[Said]) -> list[Gap]:
    with_say = [c for c in carers if c.has_say] or list(carers)
    against = [c for c in with_say if c.stance in (Stance.NO, Stance.UNSURE)]
    behind = [c for c in with_say if c.stance in SUPPORTIVE]
    if against and behind:
        return [Gap(
            "carers_disagree", _("%(behind)s and %(against)s do not agree, so it cannot go ahead.", behind=behind[0].who, against=against[0].who),
            _("Both have a say: talk with them, and write down what they say then."),
        )]
    if against:
        who = against[0].who
        says = _("%(who)s says no.", who=who) if against[0].stance is Stance.NO else _("%(who)s is not sure.", who=who)
        return [Gap("carer_no", says, _("Only %(who)s can change that.", who=who))]
    if not behind:
        names = " or ".join(c.who for c in with_say)
        missing = _("%(names)s has not been asked yet.", names=names) if names else _("No parent or carer of %(child)s is on record.", child=child)
        return [Gap("carer_view", missing, _("The Link Worker asks, and writes down what was said.") if names else _("The Link Worker adds one on the child’s page."))]
    return []


def consent(*, is_shared: bool, has_consent: bool, child: str, organisation: str) -> list[Gap]:
    if not is_shared or has_consent:
        return []
    return [Gap(
        "consent", _("No consent covers sharing with %(organisation)s today.", organisation=organisation),
        _("A parent or carer of %(child)s can give it, with what may be shared and until when.", child=child),
    )]


def warmth(answer: str, lead: str) -> list[Gap]:
    """The check was done, and did not say *not yet*."""
    return [Gap("not_warm", _("The warmth check says not yet: %(lead)s", lead=lead[:1].lower() + lead[1:]), _("Its steps say what to do."))] if answer == "not_yet" else []


def to_ask(*, organisation: str, is_organisation_live: bool, has_other_open: bool, title: str, needs_money: bool, is_requested: bool) -> list[Gap]:
    """ready -> asked."""
    gaps = []
    if not is_organisation_live:
        gaps.append(Gap("organisation_not_live", _("%(organisation)s takes no new children at the moment.", organisation=organisation), _("The Zone manager can say when it will.")))
    if has_other_open:
        gaps.append(Gap("already_open", _("There is another open introduction to %(title)s.", title=title), _("Go on with that one.")))
    if needs_money and not is_requested:
        gaps.append(Gap("commission_not_requested", _("%(title)s is paid for, and no place has been requested yet.", title=title), _("The Link Worker asks for the place and the money first.")))
    return gaps


def together(waiting: Sequence[str]) -> list[Gap]:
    """Those who go together are asked for together. By reference: whoever asks for one may not see the other."""
    return [Gap("together", _("%(name)s is not ready yet, and they go together.", name=name), _("Make %(name)s ready, or let each go alone.", name=name)) for name in waiting]


def evidence(lacking: Sequence[str], organisation: str) -> list[Gap]:
    """What whoever meets the child must have on record, on the day they meet."""
    who = _("%(organisation)s can send it for the Zone manager to check, or name somebody else.", organisation=organisation)
    return [Gap("evidence", sentence, who if sentence is lacking[-1] else "") for sentence in lacking]


def to_arrange(*, title: str, needs_money: bool, is_approved: bool) -> list[Gap]:
    """agreed -> arranged."""
    if needs_money and not is_approved:
        return [Gap("commission_not_approved", _("The money for %(title)s is not approved yet.", title=title), _("A budget holder decides that."))]
    return []


def to_settle(*, child: str, attended: int, wants_to_go_on: bool) -> list[Gap]:
    """joined -> settled."""
    gaps = []
    if attended < SETTLED_AFTER:
        told = {
            0: _l("%(child)s has not been yet: settled means at least %(times)s times.", child=child, times=SETTLED_AFTER),
            1: _l("%(child)s has been once: settled means at least %(times)s times.", child=child, times=SETTLED_AFTER),
            2: _l("%(child)s has been twice: settled means at least %(times)s times.", child=child, times=SETTLED_AFTER),
        }
        gaps.append(Gap("attended", str(told[attended]), _("The register (or, for a local asset, the Link Worker) counts.")))
    if not wants_to_go_on:
        gaps.append(Gap("wants_to_go_on", _("%(child)s does not want to go on.", child=child), _("That is no failure: end it, in the child’s words.")))
    return gaps
