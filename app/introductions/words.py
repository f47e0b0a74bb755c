"""What states, answers and reasons are called on screen. Pure."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.introductions.models import DeclineReason, EndReason, IntroductionState, Stance, Viewpoint

_S = IntroductionState

STATE_WORDS = {
    _S.IDEA: _l("Idea"), _S.LISTENING: _l("Listening"), _S.NOT_YET: _l("Not yet"), _S.READY: _l("Ready"), _S.ASKED: _l("Asked"),
    _S.DECLINED: _l("Declined"), _S.LAPSED: _l("No answer"), _S.AGREED: _l("Agreed"), _S.ARRANGED: _l("Arranged"), _S.MET: _l("Met"),
    _S.JOINED: _l("Joined"), _S.SETTLED: _l("Settled"), _S.CLOSED: _l("Closed"), _S.ENDED: _l("Ended"),
}
STATE_LOOKS = {
    _S.IDEA: ("info", "sparkles"), _S.LISTENING: ("info", "ear"), _S.NOT_YET: ("gently", "pause"), _S.READY: ("go", "check"),
    _S.ASKED: ("gently", "hourglass"), _S.DECLINED: ("stop", "x"), _S.LAPSED: ("stop", "clock"), _S.AGREED: ("go", "handshake"),
    _S.ARRANGED: ("go", "calendar-days"), _S.MET: ("go", "heart-handshake"), _S.JOINED: ("go", "footprints"),
    _S.SETTLED: ("done", "sprout"), _S.CLOSED: ("done", "check"), _S.ENDED: ("none", "flag"),
}
"""Tone and icon of the badge."""

STANCE_WORDS = {
    Stance.YES: _l("Yes"), Stance.WILLING: _l("Willing to try"), Stance.UNSURE: _l("Not sure"), Stance.NO: _l("No"),
}
VIEWPOINT_WORDS = {Viewpoint.CHILD: _l("The child"), Viewpoint.CARER: _l("A parent or carer"), Viewpoint.TEACHER: _l("A teacher")}

DECLINE_WORDS = {
    DeclineReason.FULL: _l("We are full"), DeclineReason.NOT_RIGHT_FIT: _l("This is not the right fit"),
    DeclineReason.TIMES: _l("The times do not work"), DeclineReason.STAFFING: _l("We have nobody free for it"),
    DeclineReason.OTHER: _l("Something else"),
}
DECLINE_TOLD = {
    DeclineReason.FULL: _l("They are full"), DeclineReason.NOT_RIGHT_FIT: _l("It is not the right fit"),
    DeclineReason.TIMES: _l("The times do not work"), DeclineReason.STAFFING: _l("They have nobody free for it"),
    DeclineReason.OTHER: _l("Another reason"),
}
END_WORDS = {
    EndReason.CHILD_NO: _l("The child says no"), EndReason.PARENT_NO: _l("A parent or carer says no"),
    EndReason.CONSENT_WITHDRAWN: _l("Consent is withdrawn"), EndReason.MOVED: _l("The child moves away"),
    EndReason.SAFETY: _l("It is not safe"), EndReason.PROGRAMME_END: _l("The programme ends"),
    EndReason.COMMISSION_ENDED: _l("The commission ended"),
}
HOW_SAID = ("in person", "by telephone", "on paper", "by video call", "by voice message", "through an interpreter", "by drawing or pointing")

ACTION_WORDS = {
    "introductions.introduction.started": _l("Had the idea"),
    "introductions.introduction.listening_begun": _l("Began to listen"),
    "introductions.introduction.prepared": _l("Put something in place"),
    "introductions.introduction.made_ready": _l("Said it is ready"),
    "introductions.introduction.put_off": _l("Said not yet"),
    "introductions.introduction.asked": _l("Asked the organisation"),
    "introductions.introduction.nudged": _l("Reminded the organisation"),
    "introductions.introduction.agreed": _l("Said yes"),
    "introductions.introduction.declined": _l("Said no, with a reason"),
    "introductions.introduction.lapsed": _l("No answer came in time"),
    "introductions.introduction.begun_again": _l("Began again"),
    "introductions.introduction.arranged": _l("Arranged the meeting"),
    "introductions.introduction.rearranged": _l("Moved the meeting"),
    "introductions.introduction.met": _l("They met"),
    "introductions.introduction.joined": _l("Went by themselves"),
    "introductions.introduction.settled": _l("Settled"),
    "introductions.introduction.closed": _l("Closed"),
    "introductions.introduction.ended": _l("Ended"),
    "introductions.introduction.joined_together": _l("Goes together with another child"),
    "introductions.introduction.parted": _l("Goes alone again"),
    "introductions.introduction.practitioner_named": _l("Named somebody else to meet the child"),
    "introductions.message.written": _l("Wrote a message"),
    "introductions.message.asked": _l("Asked a question"),
    "introductions.message.answered": _l("Answered a question"),
    "introductions.view.recorded": _l("A view was written down"),
    "introductions.linking.counted": _l("Counted as a linking"),
    "introductions.check.answered": _l("Still going? was answered"),
    "introductions.signpost.given": _l("Gave information"),
}
"""Every audit action of this room, and what it is called on a timeline."""
