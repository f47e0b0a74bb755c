"""The verbs of a commission that the other rooms and the pages call: asking (requests.py) and ending (endings.py)."""

from app.commissioning.services.endings import cancel, close, end_early, expire, write_closing_note
from app.commissioning.services.requests import Asked, answer_question, request, request_together

__all__ = ["Asked", "answer_question", "cancel", "close", "end_early", "expire", "request", "request_together", "write_closing_note"]
