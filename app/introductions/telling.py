"""Where we are, who we wait for and what happens next, in sentences; the path's dates; and the history. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.audit.models import AuditEntry
from app.children.languages import language
from app.introductions.models import (
    EndReason,
    Introduction,
    IntroductionState,
    Message,
    Readers,
    Stance,
    View,
    Viewpoint,
)
from app.introductions.words import (
    ACTION_WORDS,
    DECLINE_TOLD,
    END_WORDS,
    STANCE_WORDS,
    STATE_LOOKS,
    STATE_WORDS,
    VIEWPOINT_WORDS,
)
from app.shared.view import clock_time, day, long_day, when

_S = IntroductionState
STOPS = (_S.IDEA, _S.LISTENING, _S.READY, _S.ASKED, _S.AGREED, _S.ARRANGED, _S.MET, _S.JOINED, _S.SETTLED)


@dataclass(frozen=True)
class Track:
    """For the picture: which stop, its dates, and how it looks there."""

    at: str
    dates: dict[str, str]
    kind: str
    here: str
    wait: str
    next: str


def track(
    introduction: Introduction, entries: Sequence[AuditEntry], *, child: str, link_worker: str, is_partner: bool = False
) -> Track:
    """`child` and `link_worker` as this reader may call them. A partner reads nothing of what the child or family said."""
    dates = {_S.IDEA.value: day(introduction.created_at)}
    furthest = 0
    for entry in entries:
        if entry.to_state == _S.IDEA:
            dates, furthest = {_S.IDEA.value: day(entry.at)}, 0
        elif entry.to_state in STOPS:
            dates[entry.to_state] = day(entry.at)
            furthest = STOPS.index(IntroductionState(entry.to_state))
    state = introduction.state
    kind = {_S.NOT_YET: "not_yet", _S.ENDED: "ended", _S.DECLINED: "ended", _S.LAPSED: "ended"}.get(state, "going")
    at = {_S.NOT_YET: _S.LISTENING, _S.DECLINED: _S.ASKED, _S.LAPSED: _S.ASKED, _S.CLOSED: _S.SETTLED}.get(state, state)
    if state is _S.ENDED or (state is _S.CLOSED and introduction.settled_on is None):
        at, kind = STOPS[furthest], "ended"
    if is_partner:  # when the child and the family were heard is theirs
        dates = {stop: on for stop, on in dates.items() if STOPS.index(IntroductionState(stop)) >= STOPS.index(_S.ASKED)}
    told = said_to_partner if is_partner else said
    here, wait, then = told(introduction, child=child, link_worker=link_worker)
    return Track(at.value, dates, kind, here, wait, then)


def said(introduction: Introduction, *, child: str, link_worker: str) -> tuple[str, str, str]:
    """Where we are, who we wait for, what happens next."""
    i, org, worker = introduction, introduction.organisation.name, link_worker or _("The Link Worker")
    name = i.practitioner.name if i.practitioner else i.answered_by or org
    meets = _("%(meeting_at)s at %(meeting_at_2)s", meeting_at=long_day(i.meeting_at), meeting_at_2=clock_time(i.meeting_at)) if i.meeting_at else ""
    table: dict[IntroductionState, tuple[str, str, str]] = {
        _S.IDEA: (_("An idea of %(started_by)s’s. Nobody outside has been told.", started_by=i.started_by.name), worker, _("%(worker)s asks %(child)s and the family what they think.", worker=worker, child=child)),
        _S.LISTENING: (_("%(worker)s is finding out what %(child)s and the family think.", worker=worker, child=child), _("%(child)s and the family, in their own time.", child=child), _("When they are behind it, it is ready, and the organisation can be asked.")),
        _S.NOT_YET: (_("%(closed)s Waiting is good practice, never a failure.", closed=_closed(i.not_yet_why)), _("%(child)s, in their own time.", child=child), _("%(worker)s asks again on %(ask_again_on)s. Nothing is sent to %(org)s before that.", worker=worker, ask_again_on=long_day(i.ask_again_on), org=org)),
        _S.READY: (_("%(child)s and the family are behind it.", child=child), worker, _("%(worker)s asks %(org)s.", worker=worker, org=org)),
        _S.ASKED: (_("%(org)s was asked on %(asked_at)s.", org=org, asked_at=long_day(i.asked_at)), org, _("They have until %(answer_by_on)s to answer. Without an answer it lapses by itself.", answer_by_on=long_day(i.answer_by_on))),
        _S.DECLINED: (_("%(org)s said no: %(reason)s.", org=org, reason=DECLINE_TOLD[i.decline_reason].lower() if i.decline_reason else _("no reason given")), worker, _("The next best match, or another try later.")),
        _S.LAPSED: (_("%(org)s did not answer in ten school days.", org=org), worker, _("The next best match, or another try later.")),
        _S.AGREED: (_("%(org)s said yes. %(name)s will meet %(child)s. %(closed)s", org=org, name=name, child=child, closed=_closed(i.first_dates)), worker, _("A first meeting: a day, a place, and an adult the child trusts.")),
        _S.ARRANGED: (_("%(name)s and %(child)s meet on %(meets)s, %(meeting_place)s.", name=name, child=child, meets=meets, meeting_place=i.meeting_place), _("%(trusted_adult)s, who goes along.", trusted_adult=i.trusted_adult), _("After they meet, %(worker)s writes down %(child)s’s own words.", worker=worker, child=child)),
        _S.MET: (_("They met on %(met_on)s.", met_on=long_day(i.met_on)), child, _("The first time there without being brought makes it joined.")),
        _S.JOINED: (_("%(child)s goes since %(joined_on)s.", child=child, joined_on=long_day(i.joined_on)), child, _("Three times, and wanting to go on: then it is settled.")),
        _S.SETTLED: (_("%(child)s goes, and wants to go on. Settled on %(settled_on)s.", child=child, settled_on=long_day(i.settled_on)), worker, _("Close it with the outcome and the next step. Kith asks again after 1, 3, 6 and 12 months.")),
        _S.CLOSED: (_closed(i.outcome) or _("Closed."), _("Nobody."), _closed(i.next_step) or _("Nothing more.")),
        _S.ENDED: (f"{END_WORDS[i.end_reason]} ({long_day(i.ended_on)})." if i.end_reason else _("Ended."), _("Nobody."), _after(i, child)),
    }
    return table[i.state]


def said_to_partner(introduction: Introduction, *, child: str, link_worker: str) -> tuple[str, str, str]:
    """The same for the organisation, without a word of the child's, the family's or the Link Worker's own notes."""
    i, worker = introduction, link_worker or _("The Link Worker")
    meets = _("%(meeting_at)s at %(meeting_at_2)s", meeting_at=long_day(i.meeting_at), meeting_at_2=clock_time(i.meeting_at)) if i.meeting_at else ""
    table: dict[IntroductionState, tuple[str, str, str]] = {
        _S.ASKED: (_("You were asked on %(asked_at)s.", asked_at=long_day(i.asked_at)), _("You."), _("You have until %(answer_by_on)s to answer. A no is a good answer too.", answer_by_on=long_day(i.answer_by_on))),
        _S.AGREED: (_("You said yes. %(closed)s", closed=_closed(i.first_dates)), _("%(worker)s and you.", worker=worker), _("A first meeting: a day and a place.")),
        _S.ARRANGED: (_("You meet on %(meets)s, %(meeting_place)s.", meets=meets, meeting_place=i.meeting_place), _("That day."), _("%(worker)s comes back to you after the meeting.", worker=worker)),
        _S.MET: (_("You met on %(met_on)s.", met_on=long_day(i.met_on)), child, _("The first time they come without being brought.")),
        _S.JOINED: (_("%(child)s comes since %(joined_on)s.", child=child, joined_on=long_day(i.joined_on)), child, _("Keep the register; call when something worries you.")),
        _S.SETTLED: (_("Settled on %(settled_on)s.", settled_on=long_day(i.settled_on)), _("Nobody."), _("%(worker)s asks now and then whether it goes on.", worker=worker)),
        _S.CLOSED: (_("Settled with you, and closed with Kith."), _("Nobody."), _("Thank you.")),
    }
    return table.get(i.state, ("", "", ""))


def _after(introduction: Introduction, child: str) -> str:
    if introduction.end_reason is EndReason.CHILD_NO:
        return _("It does not come back by itself. Only %(child)s’s own new words can bring it back.", child=child)
    return _("Nothing more happens here.")


def _closed(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?…”" else f"{text}."


NOT_TOLD = (
    "introductions.linking.counted", "introductions.message.written", "introductions.message.asked", "introductions.message.answered",
)
"""What stands on the page by itself."""


def history(entries: Sequence[AuditEntry]) -> list[dict[str, Any]]:
    """The trail for people, newest first: who, when, from and to."""
    told = []
    for entry in reversed(entries):
        if entry.action in NOT_TOLD:
            continue
        moved = _("%(word)s to %(word_2)s", word=_word(entry.from_state), word_2=_word(entry.to_state)) if entry.to_state else ""
        tone = "stop" if entry.to_state in (_S.DECLINED, _S.LAPSED, _S.ENDED) else "quiet" if not entry.to_state else None
        role = f", {entry.actor_role}" if entry.actor_role else ""
        told.append({
            "when": when(entry.at), "title": ACTION_WORDS.get(entry.action, entry.action), "by": f"{entry.actor_name}{role}",
            "note": moved or _view(entry), "tone": tone,
        })
    return told


def _view(entry: AuditEntry) -> str:
    """Whose view it was, and what it was, without a word of it: the words stand with the view."""
    viewpoint, stance = entry.details.get("viewpoint"), entry.details.get("stance")
    if not viewpoint or not stance:
        return ""
    return f"{VIEWPOINT_WORDS[Viewpoint(viewpoint)]}: {STANCE_WORDS[Stance(stance)].lower()}"


def _word(state: str | None) -> str:
    return STATE_WORDS[IntroductionState(state)] if state else ""


def view_line(view: View, child: str) -> str:
    """Who said it, what they think, to whom, how, in which language, when."""
    who = child if view.viewpoint is Viewpoint.CHILD else view.carer.name if view.carer else view.said_by
    heard = _("to %(told_to)s (written down by %(asked_by)s)", told_to=view.told_to, asked_by=view.asked_by.name) if view.told_to else _("to %(asked_by)s", asked_by=view.asked_by.name)
    how = "" if view.how == "in person" else f", {view.how}"
    spoken = "" if view.language == "en" else _(", in %(language)s", language=language(view.language))
    return f"{who}: {STANCE_WORDS[view.stance].lower()}, {heard}{how}{spoken}, {long_day(view.said_on)}"


@dataclass(frozen=True)
class Said:
    """A message with its answer, if it has one. `waits`: a question nobody has answered."""

    message: Message
    answer: Message | None

    @property
    def waits(self) -> bool:
        return self.message.is_question and self.answer is None


def talk(messages: Sequence[Message], *, for_partner: bool = False) -> list[Said]:
    """Newest first, answers beneath their questions; the organisation reads only what is for it too."""
    seen = [one for one in messages if not for_partner or one.readers is Readers.PARTNER]
    answers = {one.answers_id: one for one in seen if one.answers_id is not None}
    return [Said(one, answers.get(one.id)) for one in reversed(seen) if one.answers_id is None]


Facts = list[tuple[str, str]]


def agreed(introduction: Introduction, *, child: str, attended: int) -> Facts:
    """What was asked, answered and arranged, as names and values; what is empty is left out by the page."""
    i = introduction
    return [
        (_("Asked"), when(i.asked_at)), (_("Your words to them"), i.asked_note),
        (_("Answer by"), long_day(i.answer_by_on) if i.state is _S.ASKED else ""),
        (_("They said no"), DECLINE_TOLD[i.decline_reason] if i.decline_reason else ""), (_("Their words"), i.decline_note),
        (_("Who meets %(child)s", child=child), i.practitioner.name if i.practitioner else ""), (_("Told by"), i.answered_by), (_("First dates"), i.first_dates),
        (_("The meeting"), _meeting(i)), (_("In the room"), i.met_people or i.meeting_people), (_("An adult %(child)s trusts", child=child), i.trusted_adult),
        (_("Goes since"), long_day(i.joined_on)), (_("Was there"), ngettext("%(number)s time", "%(number)s times", attended, number=f"{attended:,}") if i.joined_on else ""),
        (_("Outcome"), i.outcome), (_("Next step"), i.next_step), (_("Why it ended"), END_WORDS[i.end_reason] if i.end_reason else ""),
        (_("What was said then"), i.end_note),
    ]


def agreed_with_partner(introduction: Introduction, *, child: str, is_shared: bool) -> Facts:
    """The same for the organisation: what it said and arranged itself."""
    i = introduction
    return [
        (_("Asked"), when(i.asked_at)), (_("Who meets %(child)s", child=child), i.practitioner.name if i.practitioner else ""), (_("First dates"), i.first_dates),
        (_("The meeting"), _meeting(i)), (_("In the room"), i.meeting_people if is_shared else ""), (_("Met"), long_day(i.met_on)),
        (_("Comes since"), long_day(i.joined_on)),
    ]


def _meeting(introduction: Introduction) -> str:
    return f"{when(introduction.meeting_at)}, {introduction.meeting_place}" if introduction.meeting_at else ""


def line(introduction: Introduction) -> dict[str, Any]:
    """One introduction on the child's page: when, what in a few words, with whom, and one thing more."""
    i, org, title = introduction, introduction.organisation.name, introduction.offering.title
    table: dict[IntroductionState, tuple[date | datetime | None, str, str]] = {
        _S.IDEA: (i.created_at, _("An idea: %(title)s", title=title), _("Nobody outside has been told.")),
        _S.LISTENING: (i.created_at, _("Listening about %(title)s", title=title), ""),
        _S.NOT_YET: (i.created_at, _("Not yet: %(title)s", title=title), _("Ask again on %(ask_again_on)s.", ask_again_on=long_day(i.ask_again_on))),
        _S.READY: (i.created_at, _("Ready to ask %(org)s", org=org), ""),
        _S.ASKED: (i.asked_at, _("Waiting for %(org)s to answer", org=org), _("They have until %(answer_by_on)s.", answer_by_on=long_day(i.answer_by_on))),
        _S.DECLINED: (i.answered_at, _("%(org)s said no", org=org), DECLINE_TOLD[i.decline_reason] + "." if i.decline_reason else ""),
        _S.LAPSED: (i.answer_by_on, _("No answer from %(org)s", org=org), _("What next?")),
        _S.AGREED: (i.answered_at, _("%(org)s said yes", org=org), _("Now arrange the first meeting.")),
        _S.ARRANGED: (i.answered_at, _("They meet: %(title)s", title=title), _meeting(i)),
        _S.MET: (i.met_on, _("Met: %(title)s", title=title), f"“{i.met_words}”"),
        _S.JOINED: (i.joined_on, _("Goes to %(title)s", title=title), f"“{i.met_words}”" if i.met_words else ""),
        _S.SETTLED: (i.settled_on, _("Settled at %(title)s", title=title), ""),
        _S.CLOSED: (i.settled_on or i.created_at, _("Settled at %(title)s", title=title) if i.settled_on else _("Came to nothing: %(title)s", title=title), _closed(i.outcome)),
        _S.ENDED: (i.ended_on, _("Ended: %(title)s", title=title), f"{END_WORDS[i.end_reason]}." if i.end_reason else ""),
    }
    on, words, note = table[i.state]
    tone = "now" if i.state is _S.ASKED else "stop" if i.state in (_S.DECLINED, _S.LAPSED) else None if i.is_open else "quiet"
    by = title if org in words else org
    return {"when": day(on), "title": words, "by": by, "note": note, "tone": tone}


def look(introduction: Introduction) -> tuple[str, str, str]:
    """Words, tone and icon of the badge."""
    tone, icon = STATE_LOOKS[introduction.state]
    return STATE_WORDS[introduction.state], tone, icon
