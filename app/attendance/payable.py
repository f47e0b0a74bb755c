"""What is owed for one mark. Pure; the rule is FLOWS 3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.attendance.models import MarkKind
from app.catalogue.models import DEFAULT_PAYABLE

UNTOLD_BEFORE_A_DECISION = 2
"""How many absences told late or untold are owed at the tariff's share before the Link Worker decides each further one."""


def percent_owed(
    kind: MarkKind, *, is_told_late: bool, earlier_without_notice: int, payable: Mapping[str, Any]
) -> tuple[int, bool]:
    """(percent of the session's price owed, whether the Link Worker has to decide).

    Attended, late and left early follow the tariff (100 by default). Told 48 hours ahead: the tariff's `absent_told`. Told
    later or untold: the tariff's `absent_untold` for the first two of a place, then nothing until the Link Worker decides.
    """
    tariff = {**DEFAULT_PAYABLE, **payable}
    if kind is MarkKind.ABSENT_UNTOLD or (kind is MarkKind.ABSENT_TOLD and is_told_late):
        if earlier_without_notice >= UNTOLD_BEFORE_A_DECISION:
            return 0, True
        return int(tariff[MarkKind.ABSENT_UNTOLD]), False
    return int(tariff[kind]), False
