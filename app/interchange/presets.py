"""Kinds of file that are known by their look: the Outpost template, and exports of a council's Family Information Service. Pure.

A preset may rearrange the tables before any rule is applied, and brings rules to begin with; whoever imports may change them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.interchange import understanding
from app.interchange.joins import gather_rows
from app.interchange.mapping import Rule
from app.interchange.sheets import Sheet
from app.interchange.targets import BY_COST
from app.shared.view import plural

OUTPOST = "outpost"
FAMILY_INFORMATION = "family-information-service"


@dataclass(frozen=True)
class Preset:
    """`prepare` makes the one table; None: the tables are joined as the mapping says. `rules` come before any guess."""

    name: str
    label: str
    prepare: Callable[[Sheet], Sheet] | None
    rules: dict[str, Rule]


def _outpost(sheet: Sheet) -> Sheet:
    """Outpost's services--with-sample-data.csv: further contacts, places, times and costs stand in rows that name their service.

    What Outpost does not show to the public does not come in: services that are not visible or not approved, contacts and places
    that are hidden. Of an address that is to be masked only the outcode stays.
    """
    sheet.titles = [title.lower() for title in sheet.titles]
    at = {title: sheet.at(title) for title in sheet.titles}

    def says(cells: Sequence[str], title: str, word: str) -> bool:
        return title in at and understanding.flag(cells[at[title]]) == word

    def blank(cells: list[str], start: str) -> None:
        for title, where in at.items():
            if title.startswith(start) and title not in {"location_city", f"{start}visible"}:
                cells[where] = ""

    hidden: dict[str, list[str]] = {}
    shown: list[tuple[int, list[str]]] = []
    left_out: set[str] = set()
    for row, cells in sheet.rows:
        is_top = not cells[at["import_id_reference"]]
        why = (
            "not visible in Outpost" if says(cells, "visible", "False") else "not approved" if says(cells, "approved", "False")
            else "closed for the time being" if says(cells, "temporarily_closed", "True") else ""
        ) if is_top else ""
        if why:
            hidden.setdefault(why, []).append(cells[at["import_id"]] or f"row {row}")
            left_out.add(cells[at["import_id"]].strip().casefold())
            continue
        if says(cells, "contact_visible", "False"):
            blank(cells, "contact_")
        if says(cells, "location_visible", "False"):
            blank(cells, "location_")
        elif says(cells, "mask_exact_address", "True"):
            postcode = cells[at["location_postcode"]] if "location_postcode" in at else ""
            blank(cells, "location_")
            if postcode:
                cells[at["location_postcode"]] = postcode.rpartition(" ")[0] or postcode[:-3]
        shown.append((row, cells))
    sheet.rows = [(row, cells) for row, cells in shown if cells[at["import_id_reference"]].strip().casefold() not in left_out or not cells[at["import_id_reference"]]]
    sheet.notes += [f"{plural(len(refs), 'service')} left out, {why}: {', '.join(refs[:12])}{' and more' if len(refs) > 12 else ''}." for why, refs in hidden.items()]
    whole = gather_rows(sheet, "import_id", "import_id_reference")
    _price_of_free(whole)
    return whole


def _price_of_free(sheet: Sheet) -> None:
    """`free` says more than an amount left blank, and an amount only counts for a session."""
    if not {"free", "cost_amount"} <= set(sheet.titles):
        return
    free, amount = sheet.at("free"), sheet.at("cost_amount")
    for _, cells in sheet.rows:
        if understanding.flag(cells[free].split("\x1e")[0]) == "True":
            cells[amount] = "Free"


PRESETS = {
    OUTPOST: Preset(OUTPOST, "The Outpost template", _outpost, {
        "id": Rule(("import_id",)), "title": Rule(("name",)), "provider": Rule(("organisation",)), "kind": Rule(constant=BY_COST),
        "description": Rule(("description",)), "interests": Rule(("service_taxonomies",)), "needs": Rule(("outcomes", "service_taxonomies"), join="; "),
        "age_min": Rule(("min_age",), constant="0"), "age_max": Rule(("max_age",), constant="25"),
        "delivery": Rule(constant="venue"), "site": Rule(("location_name",)), "address": Rule(("location_address_1",)),
        "eligibility": Rule(("suitabilities",)), "access_note": Rule(("environment_accessibility",)),
        "contact_title": Rule(("contact_title",)),
        "town": Rule(("location_city",)), "postcode": Rule(("location_postcode",)), "lat": Rule(("location_latitude",)),
        "lon": Rule(("location_longitude",)), "accessibility": Rule(("location_accessibilities",)),
        "sessions": Rule(("scheduled_weekday", "schedules_opens_at", "schedules_closes_at")), "term": Rule(constant="all_year"),
        "cost_gbp": Rule(("cost_amount", "cost_type")), "contact_name": Rule(("contact_name",)), "email": Rule(("contact_email",)),
        "phone": Rule(("contact_phone",)), "website": Rule(("url",)),
    }),
    FAMILY_INFORMATION: Preset(FAMILY_INFORMATION, "A Family Information Service export: several tables joined on a reference", None, {
        "kind": Rule(constant=BY_COST), "delivery": Rule(constant="venue"),
    }),
}


def guess_preset(sheets: Sequence[Sheet]) -> str:
    """Which preset these files look like; blank for none."""
    if len(sheets) == 1:
        titles = {title.lower() for title in sheets[0].titles}
        return OUTPOST if {"import_id", "import_id_reference", "name", "organisation", "location_postcode"} <= titles else ""
    return FAMILY_INFORMATION
