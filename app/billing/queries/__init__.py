"""Reads of statements and of what is earned and not billed yet."""

from app.billing.queries.earned import Owed, is_up_to_date, list_owed, unbilled_by_organisation
from app.billing.queries.statements import (
    billed_pairs,
    find_open_statement,
    get_line,
    get_statement,
    list_statements,
    list_statements_in,
    next_number,
)

__all__ = [
    "Owed", "billed_pairs", "find_open_statement", "get_line", "get_statement", "is_up_to_date", "list_owed", "list_statements", "list_statements_in",
    "next_number", "unbilled_by_organisation",
]
