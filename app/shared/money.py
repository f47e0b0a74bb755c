"""Whole pence. No float ever touches money."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.numbers import format_currency
from flask_babel import gettext as _

from app.shared.errors import Invalid
from app.shared.tongue import other_language

_TYPED = re.compile(r"^£?\s*(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?$", re.ASCII)


def parse_pounds(typed: str) -> int:
    """Pence from what a person types: "45", "£1,200.50". Raises Invalid with what is allowed."""
    text = typed.strip()
    if not _TYPED.match(text):
        raise Invalid(_("“%(typed)s” is not an amount of money. Type pounds and pence, like 45 or 1,200.50.", typed=typed))
    try:
        return int((Decimal(text.replace("£", "").replace(",", "").strip()) * 100).to_integral_exact())
    except InvalidOperation as error:  # pragma: no cover - the pattern above leaves nothing to refuse
        raise Invalid(_("“%(typed)s” is not an amount of money.", typed=typed)) from error


def pounds(pence: int) -> str:
    """"£1,234.50"; whole pounds lose the pence. In another language as it is written there."""
    if locale := other_language():
        return format_currency(Decimal(pence) / 100, "GBP", locale=locale)
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}.{rest:02d}" if rest else f"{sign}£{whole:,}"


def amount(pence: int | None) -> str:
    """"12.50", "-3.00", as files have it; "" for what is not known."""
    if pence is None:
        return ""
    whole, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{whole}.{rest:02d}"


def share(pence: int, numerator: int, denominator: int) -> int:
    """`pence` x numerator / denominator in whole pence, halves up (away from nil)."""
    exact = Decimal(pence) * numerator / denominator
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(pence: int, weights: Sequence[int]) -> list[int]:
    """Divide `pence` by `weights` with the largest remainder method: parts sum exactly, none is negative.

    Ties go to the earlier part, so the same input always gives the same answer.
    """
    if pence < 0 or not weights or any(w < 0 for w in weights) or sum(weights) == 0:
        raise ValueError("split needs an amount of nil or more and weights that are not all nil")
    total = sum(weights)
    parts = [pence * w // total for w in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(pence * weights[i] % total), i))
    for i in by_remainder[: pence - sum(parts)]:
        parts[i] += 1
    return parts
