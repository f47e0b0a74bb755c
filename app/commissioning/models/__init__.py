"""The tables of commissioning, by noun."""

from app.commissioning.models.commissions import (
    COMMISSION_MOVES,
    LIVE_STATES,
    PROMISED_STATES,
    WAITING_STATES,
    Commission,
    CommissionState,
    Decision,
    DecisionKind,
    FundShare,
    Suspension,
)
from app.commissioning.models.deciding import (
    VARIATION_MOVES,
    ApprovalStep,
    DeclaredInterest,
    Delegation,
    Together,
    Variation,
    VariationState,
)
from app.commissioning.models.funds import Envelope, Fund
from app.commissioning.models.ledger import EARNED, Account, Journal, Posting
from app.commissioning.models.places import (
    LIVE_PLACE,
    PLACE_MOVES,
    WAITING_MOVES,
    Place,
    PlaceState,
    Waiting,
    WaitingState,
)

__all__ = [
    "COMMISSION_MOVES", "EARNED", "LIVE_PLACE", "LIVE_STATES", "PLACE_MOVES", "PROMISED_STATES", "VARIATION_MOVES", "WAITING_MOVES", "WAITING_STATES",
    "Account", "ApprovalStep", "Commission", "CommissionState", "Decision", "DecisionKind", "DeclaredInterest", "Delegation", "Envelope",
    "Fund", "FundShare", "Journal", "Place", "PlaceState", "Posting", "Suspension", "Together", "Variation", "VariationState", "Waiting",
    "WaitingState",
]
