"""Wigan as the demo has it: smaller, newer, just begun."""

from __future__ import annotations

from app.demo.shapes import Offer, Org, SchoolSpec

PLACES = {
    "wigan": ("Wigan", "WN1", 53.5448, -2.6318), "scholes": ("Scholes", "WN1", 53.5451, -2.6188),
    "ince": ("Ince", "WN2", 53.5386, -2.6072), "leigh": ("Leigh", "WN7", 53.4975, -2.5190),
    "pemberton": ("Pemberton", "WN5", 53.5347, -2.6746), "hindley": ("Hindley", "WN2", 53.5330, -2.5780),
}

SCHOOLS = (
    SchoolSpec("Mesnes Lane Primary", "wigan", "WN1 1XX", "Wigan Central", primary=True),
    SchoolSpec("Ince Fold Primary", "ince", "WN2 2AB", "Ince", primary=True),
    SchoolSpec("Pemberton High", "pemberton", "WN5 9PX", "Pemberton", primary=False),
)

ORGANISATIONS = (
    Org("brass", "Pier Street Brass", "partner", "wigan", "Alan Prescott", "A brass band that lends the instrument."),
    Org("canalside", "Canalside Arts", "partner", "scholes", "Beth Unsworth", "Print, paint and a kiln."),
    Org("league", "Cherry Lane Rugby League", "partner", "pemberton", "Mo Fairhurst", "Rugby league for everyone."),
    Org("listen", "Listening Post Counselling", "partner", "wigan", "Joan Hilton", "Counsellors in school."),
    Org("lib-wigan", "Standish Street Library", "community", "wigan", "The children's librarian", "Books, warmth, computers."),
    Org("ings", "Hindley Community Garden", "community", "hindley", "Pauline", "Beds, bees and brews."),
    Org("boxing", "Lock Keepers ABC Wigan", "community", "wigan", "Carl", "A boxing gym with a breakfast."),
    Org("camhs-wigan", "Wigan CAMHS (demo)", "statutory", "leigh", "Duty clinician", "Child and adolescent mental health."),
)

P, A, C, S = "commissioned", "community_asset", "paid_community", "statutory"

OFFERINGS = (
    Offer("brass", "First Blow brass group", P, "trumpet|music|brass", "Social:teamwork|Emotional:self-esteem", 7, 13, "Tue 15:45-17:00 term", 12, 1000, {"step_free": True}, "A cornet to borrow and a noise to make."),
    Offer("brass", "Drum line", P, "drumming|music", "Emotional:self-regulation|Social:belonging", 9, 15, "Thu 16:00-17:30 term", 10, 1100, {}, "Marching drums, standing still."),
    Offer("canalside", "Print club", P, "printing|art", "Emotional:wellbeing|Emotional:attention", 8, 14, "Wed 15:45-17:15 term", 8, 1400, {"quiet": True}, "Cut it, ink it, press it."),
    Offer("canalside", "Kiln Saturdays", A, "clay|making", "Social:belonging", 6, 14, "Sat 10:00-12:00 term", 14, None, {"sibling": 4}, "Make a pot, take it home in a fortnight."),
    Offer("league", "Tag league", P, "rugby|running", "Social:teamwork|Social:positive-behaviour", 7, 12, "Mon 15:45-17:00 term", 20, 600, {}, "Passing, running, shaking hands."),
    Offer("league", "Girls' league", P, "rugby", "Emotional:self-esteem|Social:belonging", 10, 15, "Thu 16:00-17:15 term", 16, 700, {"gender": "girls"}, "Coached by women who played."),
    Offer("listen", "Counselling in school", P, "talking", "Emotional:anxiety|Emotional:wellbeing", 8, 16, "", 5, 4000, {"arranged": True, "delivery": "school", "quiet": True, "alone": True}, "An hour a week with somebody outside it all."),
    Offer("lib-wigan", "After-school reading den", A, "reading|stories", "Academic:reading", 5, 11, "Tue 15:30-17:00 term", 18, None, {"step_free": True, "quiet": True, "sibling": 3}, "A den, a lamp, a librarian."),
    Offer("lib-wigan", "Homework tables", A, "homework|computers", "Academic:study-skills", 9, 16, "Wed 15:30-18:00 term", 16, None, {"quiet": True, "step_free": True}, "Computers and somebody to ask."),
    Offer("ings", "Garden gang", A, "gardening|animals", "Emotional:wellbeing|Social:belonging", 6, 14, "Sat 10:00-12:00 term", 16, None, {"sibling": 3}, "Beds to dig, bees to watch."),
    Offer("boxing", "Girls' boxing and breakfast", A, "boxing|fitness", "Emotional:self-esteem|Academic:school-engagement", 11, 16, "Thu 07:15-08:15 term", 18, None, {"gender": "girls", "step_free": True}, "Pads, skipping and porridge before school."),
    Offer("boxing", "Junior boxing", C, "boxing|fitness", "Emotional:self-regulation", 9, 16, "Mon 17:00-18:00 term", 20, None, {"cost": 200}, "Two pounds, and your hands wrapped for you."),
    Offer("camhs-wigan", "CAMHS community team", S, "talking", "Emotional:anxiety|Emotional:trauma", 5, 17, "", 20, None, {"arranged": True}, "NHS help for children's mental health."),
)
