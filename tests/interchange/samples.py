"""Files of our own invention in Kith's exchange formats, and the ways in which files go wrong."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

CATALOGUE = """\
id,title,provider,kind,description,interests,needs,age_min,age_max,town,postcode_area,region,lat,lon,delivery,home_visit_radius_km,\
sessions,by_arrangement,term,cost_gbp,capacity,places_left,languages,gender,step_free,accessibility,sibling_min_age,parent_must_stay,\
group_size,referrals_last_year
a1,Kite makers,Windmill Yard,commissioned,"Split bamboo, paper and string: fly what you made.",kites|making,\
Social:teamwork|Emotional:resilience,7,12,Acton,W3,West London,51.5101,-0.2655,venue,,Tue 16:00-17:30 term|Thu 10:00-12:00 holiday,\
False,both,0,12,4,en|so,any,True,step-free|quiet-space,,False,10,17
a2,Saturday chess,Bridge Library,community_asset,Boards are out all morning.,chess,Academic:school-engagement,6,18,Hanwell,W7,\
West London,51.5085,-0.3411,venue,,Sat 10:00-12:00 term,False,all_year,0,30,30,en,any,True,step-free,4,False,30,3
a3,Home reading visits,Two Chairs,commissioned,A volunteer reads with the child at home.,reading,Academic:reading,5,9,Ealing,W5,\
West London,51.5139,-0.3012,home,3.5,,True,term,0,5,1,en|pl,any,False,,2,True,1,8
a4,Indoor climbing,High Hold,paid_community,Ropes and shoes lent.,climbing|outdoors,Social:social-confidence,8,16,Park Royal,NW10,\
West London,51.5281,-0.2701,venue,,Sun 09:30-11:00 term,False,term,6.50,9,2,en,girls,False,,,False,9,21
a5,Homework online,Clear Steps,statutory,,,,11,16,,,Online,,,online,,Mon 17:00-18:00 term,False,term,0,,,en,any,False,,,False,,0
"""

CHILD: dict[str, Any] = {
    "id": "c1", "first_name": "Mina", "age": 10, "school_year": "Year 6", "gender": "girl", "region": "West London",
    "town": "Acton", "lat": 51.5092, "lon": -0.2611, "own_words": "I build things that fall down and then I build them again.",
    "link_worker_note": "Talks while her hands are busy.", "interests": ["building", "kites"],
    "needs": [{"code": "Emotional:resilience", "priority": 1}, {"code": "Academic:writing", "priority": 3}],
    "goals": "Show a kite to the class.", "barriers": "Aunt collects at six.",
    "constraints": {
        "max_km": 2.5, "windows": [{"days": ["Mon", "Tue", "Thu"], "start": "15:30", "end": "18:00"}], "holidays_ok": True,
        "online_ok": False, "max_cost_gbp": 2.5, "languages": ["en", "so"], "step_free": False, "girls_only": False,
        "sibling_ages": [4], "max_group": None, "quiet_required": True, "parent_cannot_stay": False,
    },
}


def child(**changes: Any) -> dict[str, Any]:
    """The child above with some keys changed; `constraints` changes keys within."""
    inner = {**CHILD["constraints"], **changes.pop("constraints", {})}
    return {**CHILD, "constraints": inner, **changes}


def children(*records: Any) -> bytes:
    return json.dumps(list(records), ensure_ascii=False).encode()


def catalogue(*changes: dict[str, str], rows: int | None = None) -> bytes:
    """The catalogue above; the n-th mapping changes cells of the n-th row. `rows` keeps only the first ones."""
    table = list(csv.DictReader(io.StringIO(CATALOGUE)))
    for row, changed in zip(table, changes, strict=False):
        row.update(changed)
    return as_csv(table[:rows])


def as_csv(table: list[dict[str, str]], **options: Any) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]), lineterminator="\n", **options)
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue().encode()


def many_offerings(count: int) -> bytes:
    """A large catalogue: each row differs in what search and matching read."""
    first = next(csv.DictReader(io.StringIO(CATALOGUE)))
    return as_csv([
        {**first, "id": f"m{n}", "title": f"Kite makers {n}", "provider": f"Windmill Yard {n % 400}", "referrals_last_year": str(n % 50),
         "lat": f"{51.4 + n % 200 / 1000:.4f}"}
        for n in range(count)
    ])
