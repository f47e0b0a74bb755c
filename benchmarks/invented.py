"""Invented offerings, as many as are wanted and always the same: for measuring speed, never quality.

Titles, tags and needs come from the lexicon's concepts and the demo's offerings; descriptions mix everyday words, the demo's sentences
and made-up words whose frequencies fall as those of real words do, so that the vocabulary grows with the catalogue.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, islice
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.catalogue.models import (
    NEEDS,
    Cohort,
    Delivery,
    Gender,
    Offering,
    OfferingKind,
    OfferingText,
    Organisation,
    Season,
)
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.index import as_tsvector, describe
from app.catalogue.search.lexicon import lexicon
from app.demo import west_london
from app.shared.db import atomic, db

BATCH = 1000
OFFERINGS_OF_ONE = 40
"""Offerings of one organisation, about."""
FORMS = "club group sessions project crew workshop class circle team lab den squad academy drop-in taster buddies hour camp".split()
ADJECTIVES = (
    "Saturday", "Little", "Bright", "Open", "Young", "Canal", "Rainbow", "Friendly", "First", "Flying", "Quiet", "Bold", "Merry",
    "Riverside", "Hidden", "Golden", "Northern", "Garden", "Junior", "Midweek", "Wild", "Happy", "Steady", "Moonlight", "Acorn",
)
ENDINGS = "Trust Collective Community Studio Foundation Association Centre Players Athletic Library Hub Works Youth Arts".split()
SYLLABLES = (
    "ba be bo ca ce da de do fa fi ga go ha he ja jo ka ki la le lo ma me mi na ne no pa po ra re ri sa se si ta te to va vo wa we "
    "zan lin mor tel bry cor den fal gri hol kes lan mar nor pel rus sal tor ver wen bel cam dor"
).split()
TOWNS = (
    "Acton", "Ealing", "Hammersmith", "Fulham", "Harlesden", "Paddington", "Notting Dale", "Ladbroke Grove", "Brent", "Hayes",
    "Southall", "Greenford", "Northolt", "Wembley", "Chiswick", "Isleworth", "Hounslow", "Feltham", "Uxbridge", "Ruislip",
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STARTS = ("08:00", "10:00", "15:45", "16:00", "16:30", "17:00", "18:00")
LANGUAGES = ("so", "ar", "pl", "ur", "fr", "pt", "bn", "es", "uk", "fa")


def rows(count: int, seed: int = 5) -> Iterator[dict[str, Any]]:
    """Offerings as plain values; the first n are the same however many are asked for."""
    dice = random.Random(seed)
    concepts = _concepts()
    everyday, sentences = _everyday(), _sentences()
    made_up, falling = _made_up()
    for number in range(count):
        main = dice.choice(concepts)
        tags = [main, *dice.sample(concepts, dice.choice((0, 1, 1, 2)))]
        body = [dice.choice(sentences)]
        body += dice.choices(everyday, k=dice.randint(18, 40)) + dice.choices(made_up, cum_weights=falling, k=dice.randint(4, 10))
        body += [dice.choice(concepts), dice.choice(concepts)]
        dice.shuffle(body)
        town = dice.randrange(len(TOWNS))
        youngest = dice.randint(3, 12)
        slots = [] if dice.random() < 0.1 else [
            {"day": day, "start": (start := dice.choice(STARTS)), "end": f"{int(start[:2]) + 1:02d}{start[2:]}",
             "season": "holiday" if dice.random() < 0.15 else "term"}
            for day in dice.sample(DAYS, dice.choice((1, 1, 1, 2)))
        ]
        yield {
            "id": f"b{number}", "title": f"{dice.choice(ADJECTIVES)} {main} {dice.choice(FORMS)}",
            "provider": _provider(number // OFFERINGS_OF_ONE), "provider_number": number // OFFERINGS_OF_ONE,
            "kind": dice.choice(list(OfferingKind)), "description": " ".join(body), "interests": "|".join(tags),
            "needs": "|".join(dice.sample(NEEDS, dice.choice((1, 1, 2, 3)))), "age_min": youngest, "age_max": youngest + dice.randint(2, 9),
            "town": TOWNS[town], "postcode_area": f"W{town}", "region": "West London", "latitude": 51.42 + dice.random() * 0.2,
            "longitude": -0.45 + dice.random() * 0.3, "delivery": dice.choices(list(Delivery), (80, 6, 4, 10))[0], "slots": slots,
            "cost_pence": dice.choice((0, 0, 0, 200, 500, 800, 1500)), "capacity": (capacity := dice.randint(6, 30)),
            "outside": dice.randint(capacity // 2, capacity), "languages": ["en", *(dice.sample(LANGUAGES, 1) if dice.random() < 0.15 else [])],
            "is_step_free": dice.random() < 0.5, "accessibility": ["quiet-space"] if dice.random() < 0.2 else [],
            "uuid": uuid.UUID(int=dice.getrandbits(128), version=4),
        }


@cache
def _concepts() -> list[str]:
    offered = {interest for offer in west_london.OFFERINGS for interest in offer.interests.split("|")}
    named = {concept.name for concept in lexicon().concepts if len(concept.name.split()) <= 2 and not concept.is_soft}
    return sorted(filter(None, offered | named))


@cache
def _everyday() -> list[str]:
    words = plain_words()
    return sorted(words.empty) * 4 + sorted(words.weak) * 2 + sorted(words.all)


@cache
def _sentences() -> list[str]:
    return sorted({offer.about for offer in west_london.OFFERINGS if offer.about})


@cache
def _made_up(count: int = 20_000) -> tuple[list[str], list[float]]:
    """Words nobody has ever used, the first often and the last hardly ever."""
    dice = random.Random(11)
    words = sorted({"".join(dice.choices(SYLLABLES, k=dice.choice((2, 3, 3, 4)))) for _ in range(count)})
    dice.shuffle(words)
    return words, list(accumulate(1 / (rank + 10) for rank in range(len(words))))


def _provider(number: int) -> str:
    dice = random.Random(number)
    name = "".join(dice.choices(SYLLABLES, k=3)).capitalize()
    return f"{dice.choice(ADJECTIVES)} {name} {dice.choice(ENDINGS)}"


def load(zone_id: uuid.UUID, count: int, seed: int = 5) -> None:
    """Put them on the Zone's shelf, past the import: straight into the tables, with the texts that search reads."""
    made = rows(count, seed)
    while batch := list(islice(made, BATCH)):
        with atomic():
            _insert(zone_id, batch)


def _insert(zone_id: uuid.UUID, batch: list[dict[str, Any]]) -> None:
    providers = {row["provider_number"]: row["provider"] for row in batch}
    ids = {number: uuid.uuid5(zone_id, f"provider {number}") for number in providers}
    known = set(db.session.scalars(sa.select(Organisation.id).where(Organisation.id.in_(ids.values()))))
    new = [
        {"id": ids[number], "zone_id": zone_id, "name": name, "source": "bench", "source_ref": f"p{number}"}
        for number, name in providers.items() if ids[number] not in known
    ]
    if new:
        db.session.execute(sa.insert(Organisation), new)
    offerings = [
        {
            "id": row["uuid"], "zone_id": zone_id, "organisation_id": ids[row["provider_number"]], "source": "bench", "source_ref": row["id"],
            "interests": row["interests"].split("|"), "needs": row["needs"].split("|"), "postcode": "", "version": 1,
            "season": Season.TERM, "gender": Gender.ANY, "sibling_min_age": None, "group_size": None,
            **{name: row[name] for name in (
                "kind", "title", "description", "age_min", "age_max", "town", "postcode_area", "region", "latitude", "longitude", "delivery",
                "slots", "cost_pence", "languages", "is_step_free", "accessibility")},
        }
        for row in batch
    ]
    db.session.execute(sa.insert(Offering), offerings)
    is_postgres = db.engine.dialect.name == "postgresql"
    texts = []
    for row, offering in zip(batch, offerings, strict=True):
        text = describe(SimpleNamespace(**offering), row["provider"])
        texts.append({**text, "lexemes": as_tsvector(text)} if is_postgres else text)
    db.session.execute(sa.insert(OfferingText), texts)
    db.session.execute(sa.insert(Cohort), [
        {"offering_id": row["uuid"], "capacity": row["capacity"], "outside_places": row["outside"]} for row in batch
    ])


def multiply(times: int) -> None:
    """Every offering there is so many times over, under other ids: a million in the time that a hundred thousand take. SQLite only."""
    with db.engine.begin() as connection:
        connection.execute(sa.text("PRAGMA query_only=OFF"))
        triggers = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_change_%'")).all()
        for name, _ in triggers:  # nobody reads anything before all are there
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
        last = connection.execute(sa.text("SELECT max(id) FROM offering_text")).scalar_one()
        for turn in range(1, times):
            for table in ("offering", "cohort", "offering_text"):
                connection.execute(sa.text(_again(connection, table, turn, last)))
        for _, made_by in triggers:
            connection.execute(sa.text(made_by.replace(":", "\\:")))


def _again(connection: sa.Connection, table: str, turn: int, last: int) -> str:
    """SQL: all rows of the first hundred thousand once more, the letters of their ids turned round by so many places."""
    def turned(column: str) -> str:
        return f"substr({column}, {turn + 1}) || substr({column}, 1, {turn})"

    columns = [row[1] for row in connection.execute(sa.text(f"PRAGMA table_info({table})"))]
    new = {"offering_id": turned("offering_id"), "source_ref": f"source_ref || '-{turn}'", "id": f"id + {turn * last}" if table == "offering_text" else turned("id")}
    first = {
        "offering": "source_ref NOT LIKE '%-%'", "offering_text": f"id <= {last}",
        "cohort": "offering_id IN (SELECT id FROM offering WHERE source_ref NOT LIKE '%-%')",
    }
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(new.get(c, c) for c in columns)} FROM {table} WHERE {first[table]}"  # noqa: S608
