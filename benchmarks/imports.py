"""How long bringing in a catalogue takes: Kith's own CSV, a workbook through a mapping, each first, again and changed; and postcodes.

    python -m benchmarks.imports [--rows 10000] [--postcodes 100000]

Wall seconds and the seconds of processor time in them: on a busy machine the second says what a quiet core would need.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade
from openpyxl import Workbook

from app import create_app
from app.accounts.services.zones import create_zone
from app.demo import west_london
from app.interchange.mapping import ColumnMapping, Rule
from app.interchange.reports import Report
from app.interchange.services import import_catalogue, import_mapped, import_postcodes
from app.interchange.services.mapped import guess_mapping
from app.interchange.sheets import read_sheets
from config import ROOT, Settings

GOAL = 30.0  # seconds for 10,000 rows


def table(count: int, *, changed: bool = False) -> Iterator[list[str]]:
    """A club list as people keep it, from the demo's invented offerings."""
    dice = random.Random(5)
    yield ["Ref", "Club name", "Run by", "About", "Age range", "When", "Price", "Postcode", "Wheelchair access", "Tags", "Lat", "Lng", "E-mail"]
    for number in range(count):
        offer, other = dice.choice(west_london.OFFERINGS), dice.choice(west_london.OFFERINGS)
        hour = dice.randint(3, 6)
        yield [
            f"b{number}", f"{offer.title} {number % 97}", f"Provider {number % 900}", f"{offer.about} {other.about}{' New.' if changed else ''}",
            f"{offer.age_min}-{offer.age_max} years", f"{dice.choice(('Mondays', 'Tuesdays', 'Fridays'))} {hour}pm-{hour + 1}pm", dice.choice(("Free", "£3.50")),
            f"W{dice.randint(2, 14)} {dice.randint(1, 9)}AB", dice.choice(("Yes", "No")), offer.interests.replace("|", "; "),
            f"{51.45 + dice.random() * 0.12:.5f}", f"{-0.35 + dice.random() * 0.2:.5f}", f"club{number % 900}@example.org",
        ]


def own(count: int, *, changed: bool = False) -> bytes:
    """The same as Kith's own format."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        "id,title,provider,kind,description,interests,needs,age_min,age_max,town,postcode_area,region,lat,lon,delivery,sessions,cost_gbp".split(",")
    )
    dice = random.Random(6)
    rows = table(count, changed=changed)
    next(rows)
    for row in rows:
        low, high = row[4].removesuffix(" years").split("-")
        offer = dice.choice(west_london.OFFERINGS)
        writer.writerow([
            row[0], row[1], row[2], "community_asset", row[3], offer.interests, offer.needs, low, high, "Acton", "W3", "West London", row[10], row[11],
            "venue", "Tue 16:00-17:00 term", "0",
        ])
    return out.getvalue().encode()


def workbook(count: int, *, changed: bool = False) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table(count, changed=changed):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def postcodes(path: Path, count: int) -> None:
    """Invented lines in the look of Code-Point Open: some 140 postcodes to a sector, as there are."""
    dice, letters = random.Random(7), "ABDEFGHJLNPQRSTUWXYZ"
    with path.open("w", encoding="ascii") as file:
        for number in range(count):
            sector, unit = divmod(number, 140)
            area = f"{letters[sector // 3000 % 20]}{letters[sector // 900 % 20]}{1 + sector // 10 % 90}"
            file.write(f'"{area} {sector % 10}{letters[unit // 20]}{letters[unit % 20]}",10,{dice.randint(2, 6)}00000,{dice.randint(1, 9)}00000,"E92000001"\n')


def timed(title: str, verb: Callable[[], Report]) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    report = verb()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if report.wrong:
        raise SystemExit(f"{report.wrong} rows of the invented data are wrong: {report.problems[0].sentence}")
    print(f"{title:<54}{wall:>8.1f}{cpu:>8.1f}   {report.created:,} new, {report.updated:,} changed, {report.unchanged:,} as they were", flush=True)
    return cpu


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--postcodes", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        settings = replace(Settings.from_environment({"KITH_DATA_DIR": folder}), environment="test")
        with create_app(settings).app_context():
            upgrade(directory=str(ROOT / "migrations"))
            slowest = measure(Path(folder), given.rows, given.postcodes)
    is_slow = slowest > GOAL * max(1.0, given.rows / 10_000)
    print(f"the longest import needed {slowest:.1f} s of one core; the goal is {GOAL:.0f} s for 10,000 rows{': missed' if is_slow else ''}")
    return int(is_slow)


def measure(folder: Path, rows: int, codes: int) -> float:
    print(f"imports on SQLite, {rows:,} rows, {os.cpu_count()} cores")
    print(f"{'':<54}{'wall s':>8}{'core s':>8}")
    zone_id = create_zone(slug="bench", name="Bench", region="West London").id
    first, second = own(rows), own(rows, changed=True)
    sheet, changed = workbook(rows), workbook(rows, changed=True)
    guessed = guess_mapping(read_sheets([("clubs.xlsx", sheet)]))
    mapping = ColumnMapping({**guessed.rules, "kind": Rule(constant="by cost"), "delivery": Rule(constant="venue")})
    took = [timed("catalogue.csv, first", lambda: import_catalogue(zone_id=zone_id, content=first, actor=None))]
    took.append(timed("catalogue.csv, the same again", lambda: import_catalogue(zone_id=zone_id, content=first, actor=None)))
    took.append(timed("catalogue.csv, every row changed", lambda: import_catalogue(zone_id=zone_id, content=second, actor=None)))

    def mapped(content: bytes, *, is_dry_run: bool = False) -> Report:
        return import_mapped(zone_id=zone_id, files=[("clubs.xlsx", content)], mapping=mapping, source="clubs", is_dry_run=is_dry_run, actor=None)

    timed("workbook through a mapping, dry run", lambda: mapped(sheet, is_dry_run=True))
    took.append(timed("workbook through a mapping, first", lambda: mapped(sheet)))
    took.append(timed("workbook through a mapping, every row changed", lambda: mapped(changed)))
    table_of_codes = folder / "codes.csv"
    postcodes(table_of_codes, codes)
    timed(f"{codes:,} postcodes of the National Grid", lambda: import_postcodes(table_of_codes))
    return max(took)


if __name__ == "__main__":
    sys.exit(main())
