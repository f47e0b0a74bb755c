"""What a column of somebody's own table can become: Kith's columns, and a few more that only mapped tables bring. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from flask_babel import lazy_gettext as _l

from app.catalogue.languages import LANGUAGES
from app.catalogue.models import NEEDS, OFFERING_KIND_WORDS, Delivery, Gender, OfferingKind, Season
from app.catalogue.words import DELIVERIES, FEATURES, GENDERS, SEASONS, need_word
from app.shared.tongue import in_english

BY_COST = "by cost"
"""A kind that each row decides: what is free is a local asset, what families pay for is paid community."""


class Shape(StrEnum):
    """How what stands in the cell is understood."""

    TEXT = "text"
    PROSE = "prose"
    LIST = "list"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    YOUNGEST = "youngest"
    OLDEST = "oldest"
    PRICE = "price"
    COUNT = "count"
    NUMBER = "number"
    TIMES = "times"
    YEARS = "years"


@dataclass(frozen=True)
class Target:
    """One thing Kith keeps. `name` is the column of Kith's format, or of the few beyond it."""

    name: str
    label: str
    shape: Shape
    group: str
    hint: str = ""
    is_required: bool = False
    choices: Mapping[str, str] | None = None
    is_beyond: bool = False


_WHAT, _WHO, _WHERE, _WHEN, _COST, _ASK = _l("What it is"), _l("Who it is for"), _l("Where it is"), _l("When it meets"), _l("Cost and places"), _l("Who to ask")
GROUPS = (_WHAT, _WHO, _WHERE, _WHEN, _COST, _ASK)

KINDS = {**{kind.value: words for kind, words in OFFERING_KIND_WORDS.items()}, BY_COST: _l("Free ones local assets, others paid community")}
NEED_CHOICES = {need: f"{need.partition(':')[0]}: {need_word(need)}" for need in NEEDS}

TARGETS = (
    Target("id", _l("Reference"), Shape.TEXT, _WHAT, _l("The source’s own, the same every time. Without one: several columns that together never change."), True),
    Target("title", _l("Title"), Shape.TEXT, _WHAT, is_required=True),
    Target("provider", _l("Organisation"), Shape.TEXT, _WHAT, _l("Who runs it. It is made if it is new."), True),
    Target("kind", _l("Kind"), Shape.CHOICE, _WHAT, is_required=True, choices=KINDS),
    Target("description", _l("Description"), Shape.PROSE, _WHAT),
    Target("interests", _l("Interests"), Shape.LIST, _WHAT, _l("Several in one cell are told apart at ; or | or commas.")),
    Target("needs", _l("Needs"), Shape.CHOICES, _WHAT, _l("Which of the 23 needs each value stands for."), choices=NEED_CHOICES),
    Target("age_min", _l("Youngest age"), Shape.YOUNGEST, _WHO, _l("“5-11 years”, “under 5s” or “KS2” are understood: give the same column twice."), True),
    Target("age_max", _l("Oldest age"), Shape.OLDEST, _WHO, is_required=True),
    Target("years", _l("School years"), Shape.YEARS, _WHO, _l("“Years 5 and 6”, “Reception to Year 2” or “KS2” are understood."), is_beyond=True),
    Target("eligibility", _l("Who can come"), Shape.PROSE, _WHO, _l("Anything else that decides it: a referral, a street, a worry."), is_beyond=True),
    Target("gender", _l("Girls or boys only"), Shape.CHOICE, _WHO, choices={g.value: w for g, w in GENDERS.items()}),
    Target("languages", _l("Languages"), Shape.CHOICES, _WHO, choices=LANGUAGES),
    Target("step_free", _l("Step-free"), Shape.FLAG, _WHO),
    Target("accessibility", _l("Accessibility"), Shape.CHOICES, _WHO, choices=FEATURES),
    Target("access_note", _l("About access, in words"), Shape.PROSE, _WHO, _l("Kept with the place where it meets, if that is new."), is_beyond=True),
    Target("sibling_min_age", _l("Youngest sibling who may come along"), Shape.NUMBER, _WHO),
    Target("parent_must_stay", _l("A parent must stay"), Shape.FLAG, _WHO),
    Target("delivery", _l("How it is given"), Shape.CHOICE, _WHERE, is_required=True, choices={d.value: w for d, w in DELIVERIES.items()}),
    Target("site", _l("Name of the place where it meets"), Shape.TEXT, _WHERE, _l("It becomes one of the organisation’s places, with what the file says of it."), is_beyond=True),
    Target("address", _l("Address"), Shape.TEXT, _WHERE, _l("Kept with the place, or with the organisation, if it is new."), is_beyond=True),
    Target("how_to_get_there", _l("How to get there"), Shape.PROSE, _WHERE, is_beyond=True),
    Target("town", _l("Town"), Shape.TEXT, _WHERE),
    Target("postcode", _l("Postcode"), Shape.TEXT, _WHERE, _l("Also places it on the map, where there are no coordinates."), is_beyond=True),
    Target("postcode_area", _l("Postcode area"), Shape.TEXT, _WHERE, _l("Only needed where there is no postcode.")),
    Target("region", _l("Part of the Zone"), Shape.TEXT, _WHERE),
    Target("lat", _l("Latitude"), Shape.NUMBER, _WHERE),
    Target("lon", _l("Longitude"), Shape.NUMBER, _WHERE),
    Target("home_visit_radius_km", _l("Home visits within (km)"), Shape.NUMBER, _WHERE),
    Target("sessions", _l("Days and times"), Shape.TIMES, _WHEN, _l("Only what is certain is taken: “Mondays 4pm-5.30pm”. What is not goes into the description.")),
    Target("by_arrangement", _l("Times are agreed for each child"), Shape.FLAG, _WHEN),
    Target("term", _l("Season"), Shape.CHOICE, _WHEN, choices={s.value: w for s, w in SEASONS.items()}),
    Target("cost_gbp", _l("What the family pays a session"), Shape.PRICE, _COST, _l("“Free” or one price. Say what a blank means, or paid ones without a price stay out.")),
    Target("capacity", _l("Places in all"), Shape.COUNT, _COST),
    Target("places_left", _l("Places free"), Shape.COUNT, _COST),
    Target("group_size", _l("Children in the room at once"), Shape.COUNT, _COST),
    Target("referrals_last_year", _l("Referrals last year"), Shape.COUNT, _COST),
    Target("contact_name", _l("Contact"), Shape.TEXT, _ASK, _l("The first one is the organisation’s; further ones stand beside it."), is_beyond=True),
    Target("contact_title", _l("What they do"), Shape.TEXT, _ASK, is_beyond=True),
    Target("email", _l("E-mail address"), Shape.TEXT, _ASK, is_beyond=True),
    Target("phone", _l("Telephone"), Shape.TEXT, _ASK, is_beyond=True),
    Target("website", _l("Website"), Shape.TEXT, _ASK, is_beyond=True),
)
BY_NAME = {target.name: target for target in TARGETS}
REQUIRED = tuple(target.name for target in TARGETS if target.is_required)

_NEED_WORDS = {
    "Social:friendships": ("friendship", "making friends", "socialising", "social activities", "loneliness", "isolation"),
    "Social:belonging": ("inclusion", "community", "community groups", "youth club", "youth clubs", "youth groups"),
    "Social:communication": ("speech and language", "speech language and communication", "slcn", "speech therapy", "communication skills"),
    "Social:teamwork": ("team sports", "team building", "sports and leisure", "sport", "sports"),
    "Social:social-confidence": ("confidence", "confidence building", "social skills", "performing arts"),
    "Social:positive-behaviour": ("behaviour", "challenging behaviour", "behaviour support", "anti-social behaviour", "mentoring"),
    "Emotional:wellbeing": ("well-being", "mental health", "mental health and wellbeing", "emotional wellbeing", "emotional health", "counselling", "health and wellbeing", "mindfulness"),
    "Emotional:self-esteem": ("self esteem", "confidence and self-esteem"),
    "Emotional:anxiety": ("worry", "worries", "anxieties"),
    "Emotional:attention": ("adhd", "concentration"),
    "Emotional:self-regulation": ("anger management", "anger", "emotional regulation", "self regulation"),
    "Emotional:resilience": ("coping",),
    "Emotional:bereavement": ("grief", "loss", "bereavement support", "bereavement and loss"),
    "Emotional:trauma": ("abuse", "domestic abuse", "domestic violence", "trauma and abuse"),
    "Emotional:transition": ("transitions", "moving school", "preparing for adulthood"),
    "Academic:reading": ("literacy", "books"),
    "Academic:writing": ("creative writing",),
    "Academic:maths": ("numeracy", "mathematics"),
    "Academic:stem": ("science", "coding", "technology", "engineering", "computing"),
    "Academic:english-language": ("esol", "eal", "english as an additional language", "english language"),
    "Academic:school-engagement": ("attendance", "school attendance", "school refusal", "exclusion"),
    "Academic:study-skills": ("homework", "homework club", "tuition", "tutoring", "revision"),
    "Academic:aspirations": ("careers", "careers advice", "employment", "work experience"),
}


def _all(code: str, *words: str) -> dict[str, str]:
    return dict.fromkeys(words, code)


WORDS: dict[str, dict[str, str]] = {
    "kind": {
        **_all(
            OfferingKind.COMMUNITY_ASSET, "local asset", "community", "voluntary", "charity", "library", "free", "free activity", "universal", "community group", "open access",
            "voluntary and community", "vcs"),
        **_all(
            OfferingKind.PAID_COMMUNITY, "paid", "private", "club", "business", "paid community", "commercial", "holiday scheme", "out of school club", "after school club",
            "breakfast club", "childminder", "day nursery", "private provider"),
        **_all(
            OfferingKind.STATUTORY, "council", "local authority", "nhs", "statutory", "statutory service", "public sector", "school", "health", "children's centre",
            "family hub"),
        **_all(OfferingKind.COMMISSIONED, "programme", "commissioned", "contracted"),
    },
    "delivery": {
        **_all(
            Delivery.VENUE, "in person", "face to face", "at a venue", "centre", "on site", "community venue", "at a place", "physical", "building", "centre based",
            "in-person", "local", "group"),
        **_all(Delivery.ONLINE, "virtual", "remote", "video", "web", "digital", "zoom", "telephone", "phone"),
        **_all(Delivery.HOME, "home visit", "home visits", "at home", "in the home", "home visiting", "outreach"),
        **_all(Delivery.SCHOOL, "in school", "at school", "schools", "school based", "on school site"),
    },
    "gender": {
        **_all(Gender.ANY, "mixed", "all", "both", "everyone", "any", "m/f", "boys and girls", "girls and boys", "male and female", "none"),
        **_all(Gender.GIRLS, "girls only", "female", "female only", "f", "girl", "women and girls"),
        **_all(Gender.BOYS, "boys only", "male", "male only", "m", "boy"),
    },
    "term": {
        **_all(Season.TERM, "term time", "term time only", "term-time only", "termtime", "term time only (38 weeks)", "tto"),
        **_all(Season.HOLIDAY, "holidays", "school holidays", "holidays only", "school holidays only", "half term"),
        **_all(Season.BOTH, "term time and holidays", "both", "term and holidays", "term time and school holidays"),
        **_all(Season.ALL_YEAR, "all year", "all year round", "year round", "52 weeks", "throughout the year", "all the time"),
    },
    "languages": {
        **{name.lower(): code for code, name in LANGUAGES.items()},
        "sign language": "bsl", "mandarin": "zh", "panjabi": "pa", "persian": "fa", "sylheti": "syl", "filipino": "tl", "gaelic": "gd",
    },
    "accessibility": {
        **_all(
            "step-free", "step free", "step-free access", "wheelchair access", "wheelchair accessible", "wheelchair accessible entrance", "ramp", "ramped access",
            "level access", "fully accessible", "building has lift", "lift", "wheelchair friendly", "wheelchair access yes", "step free access yes"),
        **_all("quiet-space", "quiet space", "quiet room", "sensory room", "sensory space", "low stimulus", "quiet space yes"),
        **_all(
            "accessible-toilet", "accessible toilet", "accessible toilets", "accessible toilet facilities", "disabled toilet", "disabled toilets", "changing places",
            "changing facilities", "accessible toilet yes", "disabled toilet yes", "hoist"),
        **_all("send-trained-staff", "send trained staff", "send support", "sen trained", "autism friendly", "makaton", "senco", "send yes"),
        **_all("transport-provided", "transport", "transport provided", "minibus", "pick up service", "pick-up", "transport yes"),
        **_all("bsl-interpreter", "bsl", "british sign language", "british sign language (bsl)", "sign language", "bsl interpreter", "signing"),
    },
    "needs": {
        **{need.lower(): need for need in NEEDS}, **{need.partition(":")[2].replace("-", " "): need for need in NEEDS},
        **{need.partition(":")[2]: need for need in NEEDS}, **{word: need for need, words in _NEED_WORDS.items() for word in words},
    },
}
"""Words that are understood without being asked about, by the thing they say."""


def known_word(name: str, text: str) -> str | None:
    """What a value means without a mapping: the code itself, the words on screen, or one of WORDS."""
    plain = " ".join(text.lower().split())
    return _on_screen(name).get(plain) or WORDS.get(name, {}).get(plain)


@cache
def _on_screen(name: str) -> dict[str, str]:
    """The codes of a choice by themselves and by their English words, whatever language the pages are in."""
    found: dict[str, str] = {}
    for code, words in (BY_NAME[name].choices or {}).items():
        found.setdefault(code.lower(), code)
        found.setdefault(in_english(words).lower(), code)
    return found
