"""The verbs of this room, by noun. Who may use them is the routes' to ask; what must be true is asked here."""

from app.children.services.caseload import assign_caseload, cover_caseload, end_caseload
from app.children.services.consents import (
    HOW,
    ConsentPreview,
    give_consent,
    preview_withdrawal,
    withdraw_consent,
)
from app.children.services.exchange import (
    Outcome,
    Upserted,
    export_dict,
    find_imported,
    to_record,
    upsert_child,
)
from app.children.services.listening import add_note, record_voice
from app.children.services.people import get_relationship, set_carer, set_relationship
from app.children.services.plans import end_need, review_goal, set_goal, set_need
from app.children.services.profile import (
    AUDIENCES,
    Details,
    Practicalities,
    add_child,
    change_child,
    child_left,
    preview_leaving,
    set_practicalities,
    set_strengths,
)
from app.children.services.refusals import lift_refusal, record_refusal
from app.children.sharing import SharedChild, shared_view, shared_views

__all__ = [
    "AUDIENCES", "HOW", "ConsentPreview", "Details", "Outcome", "Practicalities", "SharedChild", "Upserted", "add_child",
    "add_note", "assign_caseload", "change_child", "child_left", "cover_caseload", "end_caseload", "end_need", "export_dict",
    "find_imported", "get_relationship", "give_consent", "lift_refusal", "preview_leaving", "preview_withdrawal",
    "record_refusal", "record_voice", "review_goal", "set_carer", "set_goal", "set_need", "set_practicalities",
    "set_relationship", "set_strengths", "shared_view", "shared_views", "to_record", "upsert_child", "withdraw_consent",
]
