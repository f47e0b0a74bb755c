"""The verbs of a commission that the other rooms and the pages call: asking (requests.py) and ending (endings.py)."""

from app.commissioning.services.endings import cancel, close, end_early, expire, write_closing_note
from app.commissioning.services.requests import answer_question, request

__all__ = ["answer_question", "cancel", "close", "end_early", "expire", "request", "write_closing_note"]
