"""Where the demo's partners meet and whom to ask there: sites, further contacts, drawn pictures, a group with its own dates."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.catalogue.models import Cohort, ContactPurpose, PlaceFoundBy, Site
from app.catalogue.series import Change, Rule
from app.catalogue.services.contacts import ContactFacts, add_contact
from app.catalogue.services.photos import add_photo
from app.catalogue.services.series import save_series
from app.catalogue.services.sites import SiteFacts, add_site
from app.demo import calendar, drawing
from app.demo.shapes import Org
from app.demo.world import World, address

# organisation: name of the site, street, end of the postcode, how to get there, access
SITES = {
    "beats": ("The music room under the flyover", "Unit 9, Thorpe Close", "5XL", "Under the Westway, the door with the drum on it. Five minutes from Ladbroke Grove station; the 7 and 23 stop outside.",
              ("step-free", "accessible-toilet"), "A quiet room next door, with the light off if you like."),
    "paint": ("Paint Pots studio", "2 Poplar Mews", "7JD", "Behind the market, past the fabric shop. Ring the bell shaped like a brush.", ("step-free", "quiet-space", "accessible-toilet"),
              "Three steps at the front; the level way in is through the yard."),
    "tumble": ("Tumbledown big top", "Arch 40, Malton Road", "6UP", "Through the arches. You will hear it before you see it.", ("step-free",), "Loud on Saturdays; the first half hour is kept calm."),
    "lib-bush": ("Children’s floor", "6 Corner Lane", "7PN", "Next to the bus station, up one floor. The lift is by the desk.", ("step-free", "accessible-toilet", "quiet-space"), ""),
    "swim": ("Eelbrook baths", "Normand Terrace", "7ST", "Ten minutes from Fulham Broadway, or the 28 to the door.", ("step-free", "accessible-toilet"), "A hoist, and a pool chair. Ring the day before."),
    "canalside": ("The kiln yard", "Wallgate Basin", "3AB", "Along the towpath from the station, seven minutes, lit.", ("step-free",), ""),
}
# organisation: name, title, what about, note
CONTACTS = {
    "beats": (("Sky Marlowe", "Drum tutor", ("introductions",), "In on Tuesdays and Saturdays. Texts back."), ("Adele Brown", "Office and bookings", ("bookings", "money"), "")),
    "paint": (("Jules Adair", "Designated safeguarding lead", ("safeguarding",), ""), ("The studio", "Access and first visits", ("access", "introductions"), "Come and look on any Friday at 3pm.")),
    "swim": (("Poolside desk", "", ("access", "bookings"), "Asks for a day’s notice for the hoist."),),
    "tumble": (("Rafi Duarte", "Youth coach", ("introductions",), ""),),
    "canalside": (("Beth’s assistant", "Studio", ("introductions", "access"), ""),),
}
PICTURES = {
    "beats": "A drawing of two drums and a pair of sticks on a yellow ground.", "paint": "A drawing of five paint pots in a row, one of them tipped over.",
    "tumble": "A drawing of a striped circus tent with a flag.", "swim": "A drawing of blue lanes of water with four swimming caps.",
    "grow": "A drawing of a garden bed with six sprouting plants under a sun.", "canalside": "A drawing of five paint pots in a row, one of them tipped over.",
}
DATED = ("Canal Coders club", "Make a Scene", "Print club")
"""Offerings whose group has a series of its own: one day left out, one added."""


def bring_site(world: World, spec: Org) -> Site | None:
    """The site where its offerings meet, its further contacts and its picture."""
    organisation = world.organisations[spec.key]
    for name, title, purposes, note in CONTACTS.get(spec.key, ()):
        add_contact(
            organisation_id=organisation.id, actor=world.manager,
            facts=ContactFacts(
                name=name, title=title, purposes=[ContactPurpose(one).value for one in purposes], email=address(f"{world.zone.slug} {spec.key} {name}"),
                phone=f"020 7946 0{Random(name).randint(400, 899)}", note=note,
            ),
        )
    if spec.key in PICTURES:
        add_photo(content=drawing.draw(spec.key), alt=PICTURES[spec.key], actor=world.manager, organisation_id=organisation.id)
    if spec.key not in SITES:
        return None
    name, street, tail, way, access, access_note = SITES[spec.key]
    town, area, latitude, longitude = world.spec.PLACES[spec.place]
    dice = Random(f"site-{spec.key}")
    return add_site(
        organisation_id=organisation.id, actor=world.manager,
        facts=SiteFacts(
            name=name, address=street, town=town, postcode=f"{area} {tail}", latitude=round(latitude + dice.uniform(-0.003, 0.003), 5),
            longitude=round(longitude + dice.uniform(-0.005, 0.005), 5), place_found_by=PlaceFoundBy.PIN, how_to_get_there=way,
            is_step_free="step-free" in access, accessibility=list(access), access_note=access_note,
        ),
    )


def give_dates(world: World, title: str, cohort: Cohort, year: int) -> None:
    """A series for the group of one of DATED, with a day that is left out and one in the holidays that is kept all the same."""
    slots = cohort.offering.slots
    if title not in DATED or not slots or cohort.starts_on is None or cohort.ends_on is None:
        return
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(slots[0]["day"])
    rule = Rule(day, slots[0]["start"], slots[0]["end"], cohort.starts_on, cohort.ends_on)
    days = rule.days()
    _, half_term, _ = calendar.closures(year)[0]
    inset = next(on for on in days if on > half_term + timedelta(days=40))
    kept = half_term + timedelta(days=day)
    save_series(
        cohort_id=cohort.id, rule=rule, actor=world.manager,
        exceptions=[
            {"on": inset.isoformat(), "kind": Change.SKIP.value},
            {"on": kept.isoformat(), "kind": Change.EXTRA.value, "to": kept.isoformat(), "start": "10:30", "end": "12:30"},
        ],
    )
