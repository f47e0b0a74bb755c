"""The tables of commissioning, by noun."""

from app.commissioning.models.commissions import (
    COMMISSION_MOVES,
    ApprovalStep,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    DeclaredInterest,
    FundShare,
)
from app.commissioning.models.funds import Envelope, Fund
from app.commissioning.models.ledger import Account, Journal, Posting
from app.commissioning.models.places import LIVE_PLACE, PLACE_MOVES, Place, PlaceState, Waiting, WaitingState

__all__ = [
    "COMMISSION_MOVES", "LIVE_PLACE", "PLACE_MOVES", "Account", "ApprovalStep", "Commission", "CommissionState", "Decision",
    "DecisionKind", "DeclaredInterest", "Envelope", "Fund", "FundShare", "Journal", "Place", "PlaceState", "Posting", "Waiting",
    "WaitingState",
]
