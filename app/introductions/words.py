"""What states, answers and reasons are called on screen. Pure."""

from __future__ import annotations

from app.introductions.models import DeclineReason, EndReason, IntroductionState, Stance, Viewpoint

_S = IntroductionState

STATE_WORDS = {
    _S.IDEA: "Idea", _S.LISTENING: "Listening", _S.NOT_YET: "Not yet", _S.READY: "Ready", _S.ASKED: "Asked",
    _S.DECLINED: "Declined", _S.LAPSED: "No answer", _S.AGREED: "Agreed", _S.ARRANGED: "Arranged", _S.MET: "Met",
    _S.JOINED: "Joined", _S.SETTLED: "Settled", _S.CLOSED: "Closed", _S.ENDED: "Ended",
}
STATE_LOOKS = {
    _S.IDEA: ("info", "sparkles"), _S.LISTENING: ("info", "ear"), _S.NOT_YET: ("gently", "pause"), _S.READY: ("go", "check"),
    _S.ASKED: ("gently", "hourglass"), _S.DECLINED: ("stop", "x"), _S.LAPSED: ("stop", "clock"), _S.AGREED: ("go", "handshake"),
    _S.ARRANGED: ("go", "calendar-days"), _S.MET: ("go", "heart-handshake"), _S.JOINED: ("go", "footprints"),
    _S.SETTLED: ("done", "sprout"), _S.CLOSED: ("done", "check"), _S.ENDED: ("none", "flag"),
}
"""Tone and icon of the badge."""

STANCE_WORDS = {
    Stance.YES: "Yes", Stance.WILLING: "Willing to try", Stance.UNSURE: "Not sure", Stance.NO: "No",
}
VIEWPOINT_WORDS = {Viewpoint.CHILD: "The child", Viewpoint.CARER: "A parent or carer", Viewpoint.TEACHER: "A teacher"}

DECLINE_WORDS = {
    DeclineReason.FULL: "We are full", DeclineReason.NOT_RIGHT_FIT: "This is not the right fit",
    DeclineReason.TIMES: "The times do not work", DeclineReason.STAFFING: "We have nobody free for it",
    DeclineReason.OTHER: "Something else",
}
DECLINE_TOLD = {
    DeclineReason.FULL: "They are full", DeclineReason.NOT_RIGHT_FIT: "It is not the right fit",
    DeclineReason.TIMES: "The times do not work", DeclineReason.STAFFING: "They have nobody free for it",
    DeclineReason.OTHER: "Another reason",
}
END_WORDS = {
    EndReason.CHILD_NO: "The child says no", EndReason.PARENT_NO: "A parent or carer says no",
    EndReason.CONSENT_WITHDRAWN: "Consent is withdrawn", EndReason.MOVED: "The child moves away",
    EndReason.SAFETY: "It is not safe", EndReason.PROGRAMME_END: "The programme ends",
    EndReason.COMMISSION_ENDED: "The commission ended",
}
HOW_SAID = ("in person", "by telephone", "on paper", "by video call", "by voice message", "through an interpreter", "by drawing or pointing")

ACTION_WORDS = {
    "introductions.introduction.started": "Had the idea",
    "introductions.introduction.listening_begun": "Began to listen",
    "introductions.introduction.prepared": "Put something in place",
    "introductions.introduction.made_ready": "Said it is ready",
    "introductions.introduction.put_off": "Said not yet",
    "introductions.introduction.asked": "Asked the organisation",
    "introductions.introduction.nudged": "Reminded the organisation",
    "introductions.introduction.agreed": "Said yes",
    "introductions.introduction.declined": "Said no, with a reason",
    "introductions.introduction.lapsed": "No answer came in time",
    "introductions.introduction.begun_again": "Began again",
    "introductions.introduction.arranged": "Arranged the meeting",
    "introductions.introduction.rearranged": "Moved the meeting",
    "introductions.introduction.met": "They met",
    "introductions.introduction.joined": "Went by themselves",
    "introductions.introduction.settled": "Settled",
    "introductions.introduction.closed": "Closed",
    "introductions.introduction.ended": "Ended",
    "introductions.introduction.joined_together": "Goes together with another child",
    "introductions.introduction.parted": "Goes alone again",
    "introductions.introduction.practitioner_named": "Named somebody else to meet the child",
    "introductions.message.written": "Wrote a message",
    "introductions.message.asked": "Asked a question",
    "introductions.message.answered": "Answered a question",
    "introductions.view.recorded": "A view was written down",
    "introductions.linking.counted": "Counted as a linking",
    "introductions.check.answered": "Still going? was answered",
    "introductions.signpost.given": "Gave information",
}
"""Every audit action of this room, and what it is called on a timeline."""
