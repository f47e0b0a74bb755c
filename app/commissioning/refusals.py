"""What commissioning says no with. Every sentence is for the person who asked; the class is for the code that must tell them apart."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import Person
from app.shared.errors import DomainError


class NotEnoughMoney(DomainError):
    """The funds that may pay have less than is asked. `left_pence` is what they do have."""

    code = "not_enough_money"

    def __init__(self, sentence: str, *, left_pence: int = 0) -> None:
        super().__init__(sentence)
        self.left_pence = left_pence


class CeilingPassed(DomainError):
    """A funder would give more of this child's year than the Zone's ceiling, and no second person has said why."""

    code = "ceiling_passed"


class EnvelopeFull(DomainError):
    """It would take the child's year past what may be spent on it."""

    code = "envelope_full"


class NoPlaceLeft(DomainError):
    """The cohort is full. `holder` keeps the place that may come free first, until `until`; both None when all are taken."""

    code = "no_place_left"

    def __init__(self, sentence: str, *, holder: Person | None = None, until: datetime | None = None) -> None:
        super().__init__(sentence, field="cohort")
        self.holder = holder
        self.until = until


class AlreadyHeld(DomainError):
    """This child has a live place in this cohort, or a turn on its waiting list."""

    code = "already_held"


class CapacityInUse(DomainError):
    """More places are live than the new capacity has."""

    code = "capacity_in_use"


class PlaceBought(DomainError):
    """A commission stands behind this place, so the place moves with it and not by itself."""

    code = "place_bought"


class HoldLapsed(DomainError):
    """The hold ran out, so the request has expired or the offered place is gone."""

    code = "hold_lapsed"


class DocumentsLapsed(DomainError):
    """The organisation's documents are missing or out of date."""

    code = "documents_lapsed"


class NotReady(DomainError):
    """The introduction, the offering or the child is not where this needs it."""

    code = "not_ready"


class AlreadyAsked(DomainError):
    """There is one live commission for an introduction, and this one has it."""

    code = "already_asked"


class MayNotDecide(DomainError):
    """Not this person: the requester, somebody with an interest, beyond a limit, or out of scope."""

    code = "may_not_decide"


class CouldIdentify(DomainError):
    """A brief says something that could tell a partner which child it is about."""

    code = "could_identify"


class TooLateToUndo(DomainError):
    """Two minutes are over, or something has followed."""

    code = "too_late_to_undo"


class CannotConfirm(DomainError):
    """What a confirmed place needs is missing."""

    code = "cannot_confirm"


class StillAskedFor(DomainError):
    """Requests that wait for a decision have money of this fund set aside."""

    code = "still_asked_for"


class JournalConflict(DomainError):
    """The same event was posted before with other lines. Nothing in the ledger is edited."""

    code = "journal_conflict"
