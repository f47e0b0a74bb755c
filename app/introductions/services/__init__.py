"""The verbs of this room, by noun. Each asks who may, what must be true, and moves by the table; each takes `seen_version`."""

from app.introductions.guards import Missing
from app.introductions.services.asking import agree, ask, decline, lapse, nudge
from app.introductions.services.clockwork import sweep
from app.introductions.services.common import Already
from app.introductions.services.endings import (
    answer_check,
    close,
    end,
    end_for_consent,
    end_for_leaving,
    settle,
    what_consent_carries,
    what_ending_does,
    what_leaving_ends,
)
from app.introductions.services.hearing import write_down_all
from app.introductions.services.listening import (
    begin_again,
    begin_listening,
    make_ready,
    prepare,
    record_view,
    set_not_yet,
    start,
)
from app.introductions.services.meeting import (
    arrange,
    join,
    move_meeting,
    name_practitioner,
    record_met,
)
from app.introductions.services.messages import answer_message, tick_off, write_message
from app.introductions.services.signposts import give_signpost
from app.introductions.services.taking_over import tell_new_lead
from app.introductions.services.together import go_apart, go_together

__all__ = [
    "Already", "Missing", "agree", "answer_check", "answer_message", "arrange", "ask", "begin_again", "begin_listening", "close", "decline",
    "end", "end_for_consent", "end_for_leaving", "give_signpost", "go_apart", "go_together", "join", "lapse", "make_ready", "move_meeting",
    "name_practitioner", "nudge", "prepare", "record_met", "record_view", "set_not_yet", "settle", "start", "sweep", "tell_new_lead", "tick_off",
    "what_consent_carries", "what_ending_does", "what_leaving_ends", "write_down_all", "write_message",
]
