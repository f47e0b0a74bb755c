"""The demo's children: who they are, what they said, what would help, and who may share what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.accounts.models import Person, School
from app.catalogue.models import NEEDS
from app.children.models import Carer, Child, Closeness, NoteKind, RelationshipKind, Warmth
from app.children.queries import REFERENCE_LETTERS as ALPHABET
from app.children.services.caseload import assign_caseload
from app.children.services.listening import add_note, record_voice
from app.children.services.one_page import approve_one_page, write_one_page
from app.children.services.people import set_carer, set_relationship
from app.children.services.plans import set_goal, set_need
from app.children.services.profile import (
    Details,
    Practicalities,
    add_child,
    set_practicalities,
    set_strengths,
)
from app.demo import growing_words, words
from app.demo.shapes import SchoolSpec
from app.demo.world import World
from app.shared import clock
from app.shared.db import atomic

THEME_NEEDS = {
    "music": ("Social:belonging", "Emotional:self-regulation", "Emotional:self-esteem"),
    "art": ("Emotional:anxiety", "Emotional:wellbeing", "Emotional:attention"),
    "sport": ("Social:teamwork", "Social:positive-behaviour", "Emotional:resilience"),
    "outdoors": ("Emotional:self-regulation", "Emotional:attention", "Emotional:wellbeing"),
    "words": ("Academic:reading", "Academic:writing", "Social:communication"),
    "making": ("Academic:stem", "Academic:maths", "Social:communication"),
    "people": ("Social:friendships", "Social:social-confidence", "Academic:school-engagement"),
    "quiet": ("Emotional:anxiety", "Emotional:bereavement", "Emotional:wellbeing"),
}
YEARS_DAYS = 728
"""The two years of the programme."""
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]


@dataclass
class Life:
    """One child with what the rest of the story needs to know."""

    child: Child
    carer: Carer
    worker: Person
    school: School
    theme: str
    begins_on: date


def welcome(world: World, spec: SchoolSpec, school: School, worker: Person, begins_on: date, number: int) -> Life:
    """Add one child through the services, in one transaction. `number` makes the same child each time."""
    dice = Random(f"{world.zone.slug}-{number}")
    is_girl = dice.random() < 0.5
    first = dice.choice(words.GIRLS if is_girl else words.BOYS)
    last = dice.choice(words.FAMILIES)
    year = dice.randint(2, 6) if spec.primary else dice.randint(7, 10)
    theme = dice.choice(sorted(words.VOICES))
    town, area, _, _ = world.spec.PLACES[spec.place]
    latitude, longitude = world.jitter(spec.place)
    began = clock.school_year(begins_on)
    born_on = date(began - year - 4, 9, 1) - timedelta(days=dice.randint(1, 360))
    age = begins_on.year - born_on.year - ((begins_on.month, begins_on.day) < (born_on.month, born_on.day))
    with atomic():
        child = add_child(
            zone_id=world.zone.id, school_id=school.id, actor=world.manager, reference=reference_of(dice, number),
            source="demo", source_ref=f"{world.zone.slug}-{number:03d}",
            details=Details(
                first_name=first, last_name=last, age=age, born_on=born_on, school_year=f"Year {year}", gender="girl" if is_girl else "boy",
                region=world.zone.region, town=town, ward=spec.ward, postcode_area=area, latitude=latitude, longitude=longitude,
                programme_starts_on=begins_on, programme_ends_on=begins_on + timedelta(days=YEARS_DAYS),
            ),
        )
        assign_caseload(child_id=child.id, person_id=worker.id, actor=world.manager, starts_on=begins_on)
        liked = [*dice.sample(words.INTERESTS[theme], k=min(2, len(words.INTERESTS[theme]))), dice.choice(words.INTERESTS[dice.choice(sorted(words.INTERESTS))])]
        set_strengths(
            child_id=child.id, actor=worker, strengths=dice.sample(words.STRENGTHS, 2), interests=list(dict.fromkeys(liked)),
            aspiration=dice.choice(words.ASPIRATIONS), what_helps=dice.choice(words.HELPS),
            what_does_not=dice.choice(words.DOES_NOT), must_know=dice.choice(("", "", "", "Carries an inhaler.", "No nuts.")),
        )
        record_voice(child_id=child.id, words=dice.choice(words.VOICES[theme]), said_on=begins_on, actor=worker)
        kind, text = dice.choice(words.NOTES)
        add_note(child_id=child.id, kind=NoteKind(kind), text=text, noted_on=begins_on, actor=worker)
        codes = list(dict.fromkeys([*dice.sample(THEME_NEEDS[theme], 2), dice.choice(NEEDS)]))[: dice.randint(2, 3)]
        for priority, code in enumerate(codes, 1):
            set_need(child_id=child.id, code=code, priority=priority, actor=worker)
        area_of_goal, wish = dice.choice(words.GOALS)
        set_goal(child_id=child.id, area=area_of_goal, words=wish, actor=worker)
        _seat_the_circle(child, worker, school, dice, last)
        carer = set_carer(
            child_id=child.id, name=f"{_title(dice.choice(('Mrs', 'Ms', 'Mr')), relation := dice.choice(('mother', 'mother', 'father', 'grandmother')))} {last}", relation=relation,
            phone=f"07700 900{dice.randint(100, 999)}", language=dice.choice(("en", "en", "en", "ar", "so", "pt")), actor=worker,
        )
        set_practicalities(
            child_id=child.id, actor=worker,
            practicalities=Practicalities(
                max_km=dice.choice((2.0, 3.0, 4.0, 6.0)), is_online_ok=not spec.primary or dice.random() < 0.3,
                windows=[
                    {"days": WEEKDAYS, "start": "15:30", "end": dice.choice(("17:30", "18:00", "18:30"))},
                    *([{"days": ["Sat", "Sun"], "start": "09:00", "end": "16:00"}] if dice.random() < 0.6 else []),
                ],
                are_holidays_ok=dice.random() < 0.4, max_cost_pence=dice.choice((0, 0, 0, 250, 500)),
                languages=["en"] if carer.language == "en" else ["en", carer.language],
                needs_step_free=dice.random() < 0.04, needs_quiet=dice.random() < 0.08,
                sibling_ages=[dice.randint(3, 8)] if dice.random() < 0.08 else [], max_group=dice.choice((None, None, None, 12, 16)),
                parent_cannot_stay=dice.random() < 0.35, audiences=["bereaved"] if "Emotional:bereavement" in codes else [],
            ),
        )
    return Life(child, carer, worker, school, theme, begins_on)


def write_page(life: Life, *, is_approved: bool) -> None:
    """The child's own page, as it is on record today; read to the child, who says yes, or still to be read."""
    child, dice = life.child, Random(f"page-{life.child.reference}")
    written = write_one_page(
        child_id=child.id, about_me=dice.choice(growing_words.ABOUT_ME).format(called=child.called), likes=child.interests, helps=child.what_helps,
        does_not=child.what_does_not, working_on=[child.goals[0].words], actor=life.worker,
    )
    if is_approved:
        approve_one_page(
            child_id=child.id, stamp=written.stamp, read_on=clock.today(), is_childs_yes=True, childs_word=dice.choice(growing_words.YES_TO_PAGE),
            actor=life.worker,
        )


def reference_of(dice: Random, number: int) -> str:
    """K- and four characters of the house's own alphabet; the number makes them differ."""
    tail = ALPHABET[number % len(ALPHABET)] + ALPHABET[number // len(ALPHABET) % len(ALPHABET)]
    return f"K-{dice.choice(ALPHABET)}{dice.choice(ALPHABET)}{tail}"


def _title(drawn: str, relation: str) -> str:
    """A father is Mr, whatever was drawn."""
    return "Mr" if relation == "father" else "Ms" if drawn == "Mr" else drawn


def _seat_the_circle(child: Child, worker: Person, school: School, dice: Random, last: str) -> None:
    """The people around the child at the beginning: home, a friend perhaps, a teacher, the Link Worker."""
    seats = [
        (f"{dice.choice(('Mum', 'Mum', 'Nan'))}", "at home", RelationshipKind.FAMILY, Closeness.CLOSE, Warmth.WARM, True),
        (dice.choice(words.BOYS), dice.choice(("brother", "cousin")), RelationshipKind.FAMILY, Closeness.NEAR, Warmth.WARM, False),
        (f"Miss {dice.choice(words.FAMILIES)}", "class teacher", RelationshipKind.SCHOOL, Closeness.NEAR, Warmth.WARM, False),
        (worker.name.split()[0], "Link Worker", RelationshipKind.LINK_WORKER, Closeness.NEAR, Warmth.NEW, True),
    ]
    if dice.random() < 0.6:
        seats.append((dice.choice(words.GIRLS), "in my class", RelationshipKind.FRIEND, Closeness.NEAR, Warmth.WARM, False))
    if dice.random() < 0.4:
        seats.append(("Dad", "lives far away", RelationshipKind.FAMILY, Closeness.FAR, Warmth.FADING, False))
    for name, who, kind, closeness, warmth, trusted in seats:
        set_relationship(
            child_id=child.id, name=name, who=who, kind=kind, closeness=closeness, warmth=warmth, since_on=clock.today(),
            is_trusted_adult=trusted, actor=worker,
        )
