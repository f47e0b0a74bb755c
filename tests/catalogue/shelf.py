"""A small invented catalogue to search in, made once a test through the import service."""

from __future__ import annotations

import uuid
from typing import Any

from bs4 import BeautifulSoup

from app.accounts.models import Zone
from app.catalogue.models import Delivery, Gender, OfferingKind, Season
from app.catalogue.services.imports import ImportedOffering, upsert_offerings
from app.catalogue.services.offerings import OfferingFacts
from tests.support.client import StrictClient

C, A, P, S = OfferingKind.COMMISSIONED, OfferingKind.COMMUNITY_ASSET, OfferingKind.PAID_COMMUNITY, OfferingKind.STATUTORY
PLACES = {"Acton": ("W3", 51.5093, -0.2672), "Ladbroke Grove": ("W10", 51.5172, -0.2101), "Hammersmith": ("W6", 51.4927, -0.2249),
          "Wigan": ("WN1", 53.5448, -2.6318)}


def row(
    ref: str, title: str, provider: str, kind: OfferingKind, interests: str, needs: str, ages: str, when: str = "", text: str = "",
    town: str = "Acton", capacity: int = 10, left: int = 4, **given: Any,
) -> ImportedOffering:
    youngest, oldest = ages.split("-")
    area, latitude, longitude = PLACES[town]
    slots = []
    for part in filter(None, when.split("|")):
        day, hours, season = part.split()
        start, end = hours.split("-")
        slots.append({"day": day, "start": start, "end": end, "season": season})
    facts = OfferingFacts(**{
        "title": title, "kind": kind, "description": text, "interests": interests.split("|") if interests else [],
        "needs": needs.split("|") if needs else [], "age_min": int(youngest), "age_max": int(oldest), "town": town,
        "postcode_area": area, "region": "Wigan" if town == "Wigan" else "West London", "latitude": latitude, "longitude": longitude,
        "slots": slots, "is_by_arrangement": not slots, **given,
    })
    return ImportedOffering(ref=ref, provider=provider, facts=facts, capacity=capacity, places_left=left)


ROWS = (
    row("drum", "First Beats drumming circle", "Westway Beats", C, "drumming|music", "Social:belonging", "7-12", "Thu 16:00-17:30 term",
        "Djembes, buckets and one very big drum.", "Ladbroke Grove"),
    row("guitar", "One-to-one guitar", "Westway Beats", C, "guitar|music", "Emotional:self-esteem", "8-17", "", "A guitar to borrow.",
        "Ladbroke Grove", delivery=Delivery.SCHOOL, group_size=1),
    row("circus", "Flying Feet circus club", "Tumbledown Circus", C, "circus|acrobatics", "Social:teamwork", "8-14",
        "Wed 15:45-17:15 term", "Juggling, low trapeze and clowning.", is_step_free=True),
    row("gym", "Springers beginners", "Acton Springers", P, "gymnastics|trampolining", "Emotional:self-esteem", "5-11",
        "Sat 09:00-10:00 term", "From forward roll to first flip.", cost_pence=600),
    row("counsel", "Counselling in school", "Open Door", C, "talking", "Emotional:wellbeing|Emotional:anxiety|Emotional:bereavement",
        "8-17", "", "Twelve hours of being heard.", "Hammersmith", delivery=Delivery.SCHOOL, accessibility=["quiet-space"]),
    row("grief", "Seasons for growing", "Open Door", C, "talking|making", "Emotional:bereavement", "7-12", "Mon 14:00-15:00 term",
        "A group for bereaved children.", "Hammersmith"),
    row("football", "Kick and Chat", "Goldhawk Girls FC", C, "football|talking", "Social:friendships", "8-13", "Sat 10:00-11:30 term",
        "Half football, half a circle of chairs.", gender=Gender.GIRLS),
    row("dads", "Dads and lads football", "Stronger Together", A, "football|family", "Social:belonging", "6-14", "Sun 11:00-12:30 term",
        "Dads, uncles, grandads and the boys who like to beat them.", "Hammersmith", sibling_min_age=4),
    row("library", "Saturday story den", "Shepherd's Corner Library", A, "reading|drawing|stories", "Academic:reading", "5-11",
        "Sat 10:30-12:00 term", "Read, draw and make with the librarian.", languages=["en", "ar", "so"], is_step_free=True),
    row("homework", "Homework tables", "Shepherd's Corner Library", A, "homework|computers", "Academic:study-skills", "8-16",
        "Mon 15:30-18:00 term|Wed 15:30-18:00 term", "Computers, printing and somebody who knows fractions.", is_step_free=True),
    row("maths", "Maths in a trio", "Threes Tuition", C, "maths|puzzles", "Academic:maths", "10-14", "Tue 16:00-17:00 term",
        "Two friends and a tutor.", "Hammersmith", delivery=Delivery.ONLINE, left=0, group_size=3),
    row("boxing", "Gloves and homework", "Lock Keepers Boxing", C, "boxing|homework", "Social:positive-behaviour", "10-16",
        "Mon 16:00-18:00 term", "Homework first, gloves second.", "Ladbroke Grove"),
    row("skate", "Learn to skate", "Meanwhile Skate", C, "skateboarding|tricks", "Emotional:resilience", "8-15",
        "Sat 10:00-11:30 term", "Boards and pads lent.", "Ladbroke Grove"),
    row("swim", "Otters beginners", "Otter Swim School", C, "swimming|water", "Emotional:resilience", "6-12", "Fri 16:00-16:45 term",
        "For anyone afraid to put their face in.", "Hammersmith", is_step_free=True),
    row("signed", "Signed stories", "Lantern Street Theatre", C, "drama|stories", "Social:communication", "6-13",
        "Sat 10:00-11:30 term", "For deaf children, in British Sign Language.", languages=["en", "bsl"]),
    row("holiday", "Circus in the holidays", "Tumbledown Circus", P, "circus|juggling", "Social:friendships", "7-14",
        "Wed 10:00-15:00 holiday", "Two days, one show.", cost_pence=800, season=Season.HOLIDAY),
    row("camhs", "CAMHS community team", "West London CAMHS", S, "talking", "Emotional:anxiety|Emotional:trauma", "5-17", "",
        "NHS help for children whose mental health needs more than school can give."),
    row("send", "SEND play sessions", "Flyover Playground", A, "play|climbing", "Emotional:wellbeing", "5-16", "Sun 11:00-13:00 term",
        "The playground, quietly, with trained staff.", is_step_free=True, accessibility=["quiet-space", "send-trained-staff"]),
    row("carers", "Young carers' night", "Dalgarno Youth Club", C, "games|food", "Emotional:wellbeing", "9-16", "Thu 17:00-19:00 term",
        "For young carers: three hours off, with pizza.", "Ladbroke Grove"),
    row("transition", "Transition buddies", "Big Steps Mentoring", C, "talking|games", "Emotional:transition", "10-12",
        "Thu 15:45-17:00 term", "Year 6s meet Year 8s before September does."),
    row("speech", "One-to-one speech therapy", "Clear Voices", C, "talking", "Social:communication", "5-12", "",
        "For children whose words get stuck.", delivery=Delivery.SCHOOL),
    row("minecraft", "Minecraft maths", "Canal Coders", C, "minecraft|gaming|maths", "Academic:maths", "7-11", "Thu 16:00-17:00 term",
        "Fractions, but with blocks.", "Hammersmith", delivery=Delivery.ONLINE),
    row("dance", "Street dance crew", "Carnival Feet", C, "dancing|street dance", "Social:belonging", "9-16", "Tue 16:15-17:45 term",
        "A crew, a routine and a stage.", "Ladbroke Grove"),
    row("bmx", "Free ride Fridays", "Parkside BMX", A, "bmx|cycling|tricks", "Emotional:wellbeing", "8-17", "Fri 15:30-18:00 term",
        "The track is open. Helmets on.", "Ladbroke Grove"),
    row("dogs", "Reading dogs", "Acton Vale Library", A, "reading|dogs|animals", "Academic:reading|Emotional:anxiety", "5-10",
        "Thu 15:45-16:45 term", "Read to a dog. He does not mind mistakes."),
)


def stock(zone: Zone, rows: tuple[ImportedOffering, ...] = ROWS) -> dict[str, uuid.UUID]:
    """Put the rows on the Zone's shelf; the offerings' ids by their references."""
    done = upsert_offerings(zone_id=zone.id, source="shelf", offerings=rows, actor=None)
    return {one.ref: one.offering_id for one in done if one.offering_id is not None}


def read(client: StrictClient, path: str) -> BeautifulSoup:
    """The page, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")
