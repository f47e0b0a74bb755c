"""Tables as other people keep them, all invented: a club list, a council's export in three files, and workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

CLUBS = [
    ["Ref", "Club", "Run by", "About", "Age range", "When", "Cost", "Post Code", "Wheelchair access", "Who for", "E-mail", "Tags", "What kind"],
    ["k1", "Kite club", "Windmill Yard", "Split bamboo and string.", "7-12 years", "Tuesdays 4pm-5.30pm (term time)", "Free", "W3 7DD", "Yes", "Mixed",
     "hello@windmill.example.org", "kites; making", "Charity"],
    ["k2", "Night swim", "Deep End", "Lanes and floats.", "8+", "Fri 6-7pm", "£3.50 per session", "w5 2aa", "No", "Girls only", "", "swimming", "Business"],
    ["k3", "Story morning", "Bridge Library", "Picture books.", "Under 5s", "Ring for times", "Free", "W7", "Yes", "All", "", "stories", "Library"],
    ["k4", "Long walk", "Far Feet", "Over the hill.", "grown", "Sun 10am-12pm", "£2-£4", "W3 7DE", "perhaps", "Mixed", "", "walking", "Business"],
]

PROVIDERS = [["Provider ID", "Provider Name", "Telephone"], ["P1", "Windmill Yard", "020 7946 0018"], ["P2", "Deep End", ""], ["P9", "Nobody's", ""]]
SERVICES = [
    ["Service ID", "Provider ID", "Service Name", "Description", "Age From", "Age To", "Cost"],
    ["S1", "P1", "Kite club", "Split bamboo.", "7", "12", "Free"], ["S2", "P2", "Night swim", "Lanes.", "8", "16", "3.50"],
    ["S3", "P7", "Lost club", "Whose?", "5", "9", "Free"],
]
SESSIONS = [
    ["Service ID", "Day", "Start time", "End time", "Venue postcode"],
    ["S1", "Tuesday", "16:00", "17:30", "W3 7DD"], ["S1", "Thursday", "16:00", "17:00", "W3 7DD"], ["S2", "Friday", "18:00", "19:00", "W5 2AA"],
    ["S8", "Monday", "09:00", "10:00", "W1 1AA"],
]
COUNCIL = {"providers.csv": PROVIDERS, "services.csv": SERVICES, "sessions.csv": SESSIONS}

OUTPOST = (
    b"import_id,import_id_reference,name,description,organisation,url,approved,visible,min_age,max_age,service_taxonomies,contact_name,contact_visible,"
    b"contact_email,contact_phone,location_name,location_latitude,location_longitude,location_address_1,location_city,location_postcode,location_visible,"
    b"mask_exact_address,location_accessibilities,free,cost_option,cost_amount,cost_type,temporarily_closed,schedules_opens_at,schedules_closes_at,"
    b"scheduled_weekday\n"
    b"1,,Drum circle,Bang together.,Rhythm Room,www.rhythm.example.org,TRUE,TRUE,5,11,music; drumming,Ada,TRUE,ada@example.org,020 7946 0018,Hall,51.51,-0.26,"
    b"1 Street,Acton,W3 7DD,TRUE,FALSE,Wheelchair accessible entrance;Hearing loop,TRUE,,,,,16:00:00,17:00:00,monday\n"
    b"2,1,,,,,,,,,,Secret Sam,FALSE,sam@example.org,07700 900123,,,,,,,,,,,,,,,,,\n"
    b"3,1,,,,,,,,,,,,,,,,,,,,,,,,,,,,10:00:00,11:00:00,saturday\n"
    b"4,,Hidden club,Not public.,Rhythm Room,,TRUE,FALSE,5,11,,,,,,,,,,,,,,,TRUE,,,,,,,\n"
    b"5,,Refuge play,Safe place.,Haven,,TRUE,TRUE,,,play,,,,,The Haven,51.5201,-0.2801,9 Lane,Acton,W3 7DE,TRUE,TRUE,,TRUE,,,,,,,\n"
    b"6,99,,,,,,,,,,,,,,,,,,,,,,,,,,,,09:00:00,10:00:00,sunday\n"
)


def as_csv(rows: Sequence[Sequence[str]], mark: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


def as_workbook(rows: Sequence[Sequence[Any]], *, merged: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def council() -> list[tuple[str, bytes]]:
    return [(name, as_csv(rows)) for name, rows in COUNCIL.items()]

FULL = [
    ["Ref", "Club", "Run by", "Age range", "Year groups", "Eligibility", "Venue name", "Address", "Post Code", "Latitude", "Longitude", "Directions", "Access notes",
     "Wheelchair access", "Contact", "Job title", "E-mail", "Cost", "What kind"],
    ["f1", "Kite club", "Windmill Yard", "7-12 years", "Years 3 to 6", "Live in the ward.", "Long Barn", "1 Street", "W3 7DD", "51.51", "-0.26", "Past the pond.",
     "A ramp at the back.", "Yes", "Ada Fox", "Keeper", "ada@windmill.example.org", "Free", "Charity"],
    ["f2", "Loft club", "Windmill Yard", "11-16", "KS3", "", "long barn", "1 Street", "W3 7DD", "51.51", "-0.26", "", "", "Yes", "Bo Reed", "", "bo@windmill.example.org",
     "Free", "Charity"],
    ["f3", "Night swim", "Deep End", "8+", "big ones", "", "", "", "W5 2AA", "", "", "By bus.", "", "No", "", "", "", "£3", "Business"],
]
"""What Kith's own format has no column for: school years, who may come, the place and how to get there, whom to ask."""
