"""The verbs of this room, by noun. Each asks who may do it (powers.py), with the policy its page has asked, and then what must be true."""

from app.children.services.another_zone import Agreed, move_zone, what_stays, who_may_agree, zones_to_move_to
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
from app.children.services.handover import asks_who_leads, hand_over_caseload
from app.children.services.help import answer_help
from app.children.services.listening import add_note, record_voice
from app.children.services.moving import change_school, child_left, preview_leaving, preview_moving
from app.children.services.one_page import approve_one_page, write_one_page
from app.children.services.people import get_relationship, join_circle, set_carer, set_relationship
from app.children.services.plan import add_step, change_step, finish_step, say_about_plan
from app.children.services.plans import end_need, review_goal, set_goal, set_need
from app.children.services.profile import (
    AUDIENCES,
    Details,
    Practicalities,
    add_child,
    change_child,
    set_practicalities,
    set_strengths,
)
from app.children.services.refusals import lift_refusal, record_refusal
from app.children.services.tags import decide_tag
from app.children.sharing import SharedChild, shared_view, shared_views

__all__ = [
    "AUDIENCES",
    "HOW",
    "Agreed",
    "ConsentPreview",
    "Details",
    "Outcome",
    "Practicalities",
    "SharedChild",
    "Upserted",
    "add_child",
    "add_note",
    "add_step",
    "answer_help",
    "approve_one_page",
    "asks_who_leads",
    "assign_caseload",
    "change_child",
    "change_school",
    "change_step",
    "child_left",
    "cover_caseload",
    "decide_tag",
    "end_caseload",
    "end_need",
    "export_dict",
    "find_imported",
    "finish_step",
    "get_relationship",
    "give_consent",
    "hand_over_caseload",
    "join_circle",
    "lift_refusal",
    "move_zone",
    "preview_leaving",
    "preview_moving",
    "preview_withdrawal",
    "record_refusal",
    "record_voice",
    "review_goal",
    "say_about_plan",
    "set_carer",
    "set_goal",
    "set_need",
    "set_practicalities",
    "set_relationship",
    "set_strengths",
    "shared_view",
    "shared_views",
    "to_record",
    "upsert_child",
    "what_stays",
    "who_may_agree",
    "withdraw_consent",
    "write_one_page",
    "zones_to_move_to",
]
