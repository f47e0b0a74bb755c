"""The verbs of this room, by noun. Who may use them is the routes' to ask; what must be true is asked here."""

from app.children.services.consents import ConsentPreview, give_consent, preview_withdrawal, withdraw_consent
from app.children.services.refusals import lift_refusal, record_refusal

__all__ = [
    "ConsentPreview", "give_consent", "lift_refusal", "preview_withdrawal", "record_refusal", "withdraw_consent",
]
