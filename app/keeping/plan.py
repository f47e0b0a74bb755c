"""What an erasure does with each table that names a child. A table that is in none of these fails a test: somebody has to decide."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

GOES = (
    "child_photo", "goal", "goal_review", "help_answer", "listening_note", "match_shown", "measure", "need", "note_tag", "one_page", "plan_saying",
    "plan_step", "pupil", "refusal", "relationship", "relationship_moment", "selection_decision", "task", "teacher_view", "voice", "consent_objection",
    "gillick_note",
)
"""Rows that are nothing but the child's: they are deleted."""

BLANK: Mapping[str, tuple[str, ...]] = {
    "carer": ("name", "relation", "phone", "email"),
    "consent": ("withdrawn_why",),
    "introduction": (
        "why", "who_goes_along", "not_yet_why", "asked_note", "answered_by", "decline_note", "first_dates", "meeting_place", "meeting_people",
        "trusted_adult", "met_people", "met_words", "outcome", "next_step", "end_note",
    ),
    "view": ("said_by", "words", "words_in_english", "told_to"),
    "introduction_message": ("words",),
    "still_going": ("words",),
    "signpost": ("to_whom",),
    "commission": ("goal", "why", "free_alternatives", "question", "answer", "end_reason", "closing_note"),
    "variation": ("reason", "answer"),
    "decision": ("reason",),
    "suspension": ("reason",),
    "brief": ("title", "text", "days", "goal", "why", "free_alternatives", "end_reason"),
    "brief_offer": ("words", "their_words"),
    "mark": ("note",),
    "follow_up": ("words",),
    "disagreement": ("note",),
    "statement_line": ("answer",),
    "urgent_look": ("why",),
}
"""Rows that money, counts or a rule stand on: they stay, without what people wrote. What is coded (a stance, a kind, an amount) stays."""

CODES = frozenset({
    "language", "fields", "how", "warmth_answer", "need_code", "area", "year_group", "weekday", "starts", "ends", "child_says", "parent_says",
    "client_key", "what", "parts",
})
"""Columns of those that hold codes, keys and figures, never what somebody wrote."""

STAYS: Mapping[str, str] = {
    "child": _l("the row under its pseudonym: everything that says who it was is emptied"),
    "audit_entry": _l("who did what and when; free text and names are taken out, and the seal vouched for anew"),
    "sight": _l("who looked and when; the reason is taken out"),
    "caseload": _l("which Link Worker, from when to when"),
    "envelope": _l("what might be spent on the child in a year"),
    "posting": _l("the account books"), "fund_share": _l("the account books"), "session_price": _l("what a session was worth"),
    "linking": _l("that a child met an offering: counted once"),
    "place": _l("that a place was taken"), "waiting": _l("the order of a waiting list"), "together": _l("who was asked for together"),
    "concern": _l("the safeguarding lead’s, on its own legal basis, sealed; never taken by an erasure"),
    "brief_invite": _l("which partners were asked"),
    "legal_hold": _l("that it was kept, why and by whom"), "erasure": _l("that it was erased, why and by whom"),
}

EMPTY_CHILD: Mapping[str, object] = {
    "first_name": "Erased", "last_name": "", "known_as": "", "born_on": None, "age": 0, "school_year": "", "school_year_of": None, "gender": "", "region": "",
    "town": "", "ward": "", "postcode_area": "", "latitude": None, "longitude": None, "interests": [], "strengths": [], "aspiration": "", "what_helps": "",
    "what_does_not": "", "must_know": "", "link_worker_note": "", "goals_text": "", "barriers": "", "audiences": [], "windows": [],
    "languages": ["en"], "sibling_ages": [], "max_group": None, "max_cost_pence": 0, "needs_step_free": False, "is_girls_only": False,
    "needs_quiet": False, "parent_cannot_stay": False, "are_holidays_ok": False, "is_online_ok": False, "moved_to_zone_id": None, "came_from_zone_id": None, "source": "erased",
}
