"""Reads of attendance, by noun: sessions as lists, one register, marks, follow-ups, what the clock looks for."""

from app.attendance.queries.disagreements import (
    disagreement_keys,
    disputed,
    list_disagreements,
)
from app.attendance.queries.due import Missing, list_missing_registers, list_over, list_told_in_vain
from app.attendance.queries.follow_ups import (
    Missed,
    find_missed,
    has_follow_up,
    list_follow_ups,
    places_of_introduction,
)
from app.attendance.queries.marks import (
    Attended,
    attended_count,
    came_to,
    commissions_of_places,
    current_marks,
    find_mark,
    history_of_children,
    history_of_places,
    introductions_in,
    is_newest,
    keys_sent,
    marks_of,
    names_of,
    sent_keys,
    waits_for_decision,
)
from app.attendance.queries.registers import (
    LOCK_AFTER_SCHOOL_DAYS,
    Comer,
    Register,
    RegisterRow,
    expected_places,
    get_register,
    last_days,
    names_for,
    who_comes,
)
from app.attendance.queries.sessions import (
    SessionLine,
    get_session,
    get_session_by_id,
    list_sessions,
    list_unfinished,
    visible_places,
    visible_sessions,
)

__all__ = [
    "LOCK_AFTER_SCHOOL_DAYS", "Attended", "Comer", "Missed", "Missing", "Register", "RegisterRow", "SessionLine", "attended_count", "came_to",
    "commissions_of_places", "current_marks", "disagreement_keys", "disputed", "expected_places", "find_mark", "find_missed", "get_register", "get_session",
    "get_session_by_id", "has_follow_up", "history_of_children", "history_of_places", "introductions_in", "is_newest",
    "keys_sent", "last_days", "list_disagreements", "list_follow_ups", "list_missing_registers", "list_over", "list_sessions", "list_told_in_vain",
    "list_unfinished", "marks_of", "names_for", "names_of", "places_of_introduction", "sent_keys", "visible_places", "visible_sessions",
    "waits_for_decision", "who_comes",
]
