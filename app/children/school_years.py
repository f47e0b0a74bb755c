"""Which year of school a child is in now, from the year that was written down and when. Pure."""

from __future__ import annotations

YEARS = ("Nursery", "Reception", *(f"Year {n}" for n in range(1, 14)))
"""Of England, in their order; each lasts from 1 September to 31 August."""


def moved_up(written: str, then: int | None, now: int) -> str:
    """"Year 4", written in the school year that began in `then`, is "Year 5" in the one that begins a year later. Nothing after Year 13; as it was
    written where it is no year of school in YEARS or nobody knows when it was written."""
    if then is None or written not in YEARS or now <= then:
        return written
    place = YEARS.index(written) + now - then
    return YEARS[place] if place < len(YEARS) else ""
