"""Offerings that tell something of whoever goes there: therapy, and what is made for particular children or for one situation. Pure.

A school sees the plans and progress of its children, and neither therapy nor what a family keeps to itself; so what such an offering is
called stays with those who work with the child.
"""

from __future__ import annotations

import re

from app.catalogue.models import Offering
from app.matching import audiences, circumstances

_TREATS = re.compile(r"therap(?:y|ies|ist)|counsell|psycho|mental health|\bcamhs\b", re.IGNORECASE)


def tells_of_the_child(offering: Offering) -> bool:
    """Whether going there says more of a child than what it likes to do. A home language is no secret."""
    said = f"{offering.title}. {offering.description}"
    if _TREATS.search(said) or audiences.of_offering(offering.title, offering.description):
        return True
    situations = circumstances.of_offering(offering.title, offering.description, offering.interests, offering.languages)
    return any(not name.startswith("tongue:") for name in situations)
