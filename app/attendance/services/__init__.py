"""The verbs of this room. A mark, what it earns, who joins and who is told commit together or not at all."""

from app.attendance.services.calling_off import call_off_day, families_told
from app.attendance.services.clockwork import sweep
from app.attendance.services.corrections import correct_mark
from app.attendance.services.follow_ups import close_tasks_of, follow_up
from app.attendance.services.marking import Marking, MarkLocked, RegisterNotOpen, RegistersDisagree
from app.attendance.services.registers import save_register
from app.attendance.services.sending import Outcome, Sent, send_register
from app.attendance.services.settling import settle_disagreement

__all__ = [
    "MarkLocked", "Marking", "Outcome", "RegisterNotOpen", "RegistersDisagree", "Sent", "call_off_day", "close_tasks_of", "correct_mark",
    "families_told", "follow_up", "save_register", "send_register", "settle_disagreement", "sweep",
]
