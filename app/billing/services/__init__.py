"""The verbs of statements, in the order of their life: draw up, agree or query, verify, approve."""

from app.billing.services.agreeing import agree, answer_line, query_line
from app.billing.services.approving import approve, hold, release, verify
from app.billing.services.drawing import NothingOwed, draw_up, monthly, refresh

__all__ = ["NothingOwed", "agree", "answer_line", "approve", "draw_up", "hold", "monthly", "query_line", "refresh", "release", "verify"]
