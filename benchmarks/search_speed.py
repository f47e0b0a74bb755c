"""How fast search is over many invented offerings, on SQLite and PostgreSQL, beside plain engines in the same process.

    python -m benchmarks.search_speed [--offerings 100000] [--queries 60] [--no-postgres] [--no-peers] [--serve 10000]

Every engine answers every query before the next query comes, each in turn first; every query is asked once, as typed by somebody who
never typed any of its words before: what Kith remembers of words is dropped before each. Only where a line says so the same words were asked
for just before, as they are by whoever chooses another filter. All ask from one place, and who is how near to it is remembered. Milliseconds, p50 and p95; ratios are those of the medians. Kith's page has the
counts of every facet, free places included; the peers name ten offerings, tantivy also with its facets aggregated. --serve starts the real server with one worker on one
core over that many offerings and asks fifty searches a second for a minute. --offerings 1000000 is a hundred thousand ten times over.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from flask_migrate import upgrade

from app import create_app
from app.accounts.models import Zone
from app.accounts.services.zones import create_zone
from app.catalogue.models import Offering
from app.catalogue.search import listing, snapshot, spelling, views
from app.catalogue.search.engine import browse, search
from app.catalogue.search.filters import Filters
from app.catalogue.search.lexicon import lexicon
from app.catalogue.search.segment_builder import build
from app.catalogue.search.understood import understood
from app.shared.db import atomic, db
from benchmarks import invented
from config import ROOT, Settings

Verb = Callable[[str], object]
NATURAL = (
    "someone to talk to", "wants to do flips", "football for girls", "lost his nan", "free art club on saturday", "homework help",
    "quiet club for a 9 year old", "gets in fights", "boxing before school", "something outdoors", "year 5 maths", "learn to swim",
)
ORIGIN = (51.51, -0.27)
ASKED_BEFORE = ", words asked before"
LOADED = 100_000
"""So many different offerings are made at most; on SQLite more are these over again."""


def queries(count: int, seed: int = 3) -> list[tuple[str, str]]:
    """(kind, words): as many of each kind, none twice."""
    dice = random.Random(seed)
    names = sorted({concept.name for concept in lexicon().concepts if not concept.is_soft and len(concept.name) > 4})
    dice.shuffle(names)
    exact = names[: count]
    joined = list(dict.fromkeys(f"{a} {b}" for a, b in zip(names, reversed(names), strict=True) if a != b))[:count]
    wrong = list(dict.fromkeys(misspelt(name, dice) for name in names * 3))[:count]
    begun = list(dict.fromkeys(name[: max(3, len(name) - dice.randint(1, 3))] for name in names))[: count // 2]
    out = [("exact", q) for q in exact] + [("two things", q) for q in joined] + [("misspelt", q) for q in wrong]
    out += [("begun", q) for q in begun] + [("as people say it", q) for q in NATURAL]
    dice.shuffle(out)
    return out


def misspelt(name: str, dice: random.Random) -> str:
    """One slip in the longest word: a letter left out, doubled, changed or two changed round."""
    word = max(name.split(" "), key=len)
    at = dice.randrange(1, len(word) - 1)
    slip = dice.choice((
        word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + dice.choice("aeioursnt") + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ))
    return name.replace(word, slip)


@contextmanager
def catalogue(offerings: int, url: str | None = None) -> Iterator[tuple[uuid.UUID, Settings]]:
    """Kith with that many offerings in a database of its own, inside an app context."""
    with tempfile.TemporaryDirectory(prefix="kith-speed-") as folder:
        given = {"KITH_DATA_DIR": folder, **({"KITH_DATABASE_URL": url} if url else {})}
        settings = replace(Settings.from_environment(given), environment="test")
        with create_app(settings).app_context():
            upgrade(directory=str(ROOT / "migrations"))
            zone: Zone = create_zone(slug="bench", name="Bench", region="West London")
            zone_id = zone.id
            times = offerings // LOADED if url is None and offerings > LOADED else 1
            invented.load(zone_id, offerings // times)
            if times > 1:
                invented.multiply(times)
            with db.engine.begin() as connection:
                connection.execute(sa.text("PRAGMA query_only=OFF" if db.engine.dialect.name == "sqlite" else "SET TRANSACTION READ WRITE"))
                connection.execute(sa.text("ANALYZE"))
            yield zone_id, settings
            views.forget()
            db.session.remove()
            db.engine.dispose()


class Times:
    """Milliseconds by engine and kind of query: by the clock, and (`worked`) of this thread at work, which a busy machine disturbs less."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, str], list[float]] = {}
        self.worked: dict[tuple[str, str], list[float]] = {}

    def run(self, turn: int, kind: str, typed: str, engines: Sequence[tuple[str, Verb]]) -> None:
        first = turn % len(engines)
        for name, verb in (*engines[first:], *engines[:first]):
            forget_words()  # what one engine has worked out must not help the next
            if name.endswith(ASKED_BEFORE):
                verb(typed)
            began, work = time.perf_counter(), time.thread_time()
            verb(typed)
            self.worked.setdefault((name, kind), []).append((time.thread_time() - work) * 1000)
            self.taken.setdefault((name, kind), []).append((time.perf_counter() - began) * 1000)

    def of(self, name: str, kind: str, *, worked: bool = False) -> list[float]:
        return [t for (n, k), times in (self.worked if worked else self.taken).items() if n == name and kind in (k, "all") for t in times]

    def table(self, kinds: Sequence[str]) -> Iterator[str]:
        yield f"{'ms, p50 / p95':<56}" + "".join(f"{kind:>18}" for kind in (*kinds, "all"))
        for name in dict.fromkeys(n for n, _ in self.taken):
            yield f"{name:<56}" + "".join(f"{f'{p50(self.of(name, k)):.2f} / {p95(self.of(name, k)):.2f}':>18}" for k in (*kinds, "all"))

    def ratio(self, ours: str, peer: str, kind: str) -> str:
        (a, b), (c, d) = [(self.of(ours, kind, worked=worked), self.of(peer, kind, worked=worked)) for worked in (False, True)]
        return f"{p50(a) / p50(b):.2f} (p95 {p95(a) / p95(b):.2f}; at work {p50(c) / p50(d):.2f}, p95 {p95(c) / p95(d):.2f})"


def forget_words() -> None:
    """Whatever this process remembers of words that were typed."""
    spelling._sound.cache_clear()  # noqa: SLF001
    for vocabulary in (*(view.vocabulary for view in views._views.values()), *(kept[-1] for kept in snapshot._kept.values())):  # noqa: SLF001
        vocabulary.kept.clear()


def p50(times: Sequence[float]) -> float:
    return statistics.median(times)


def p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


@contextmanager
def asking_the_database() -> Iterator[None]:
    """Without the snapshot, whatever there is."""
    kept, views.LOOK_AGAIN = dict(views._bases), 1e9  # noqa: SLF001
    views._bases.update({zone_id: (time.monotonic(), None) for zone_id in kept})  # noqa: SLF001
    try:
        yield
    finally:
        views.LOOK_AGAIN = 1.0
        views._bases.update(kept)  # noqa: SLF001


def by_database(zone_id: uuid.UUID) -> Verb:
    def answer(typed: str) -> object:
        with asking_the_database():
            return search(zone_id, typed, Filters(), 10)

    return answer


def with_counts(zone_id: uuid.UUID) -> Verb:
    """Ten ids and the counts of every facet: a page but for what is read of the offerings it shows."""

    def answer(typed: str) -> object:
        view = views.view_of(zone_id)
        assert view is not None
        query = understood(zone_id, view, typed, view.vocabulary)
        return listing.listed(view, query, typed, Filters(origin=ORIGIN), "fit", 1, 10, lambda ids: {})

    return answer


def engines_of(zone_id: uuid.UUID, *, is_small: bool) -> list[tuple[str, Verb]]:
    engines: list[tuple[str, Verb]] = [
        ("Kith, snapshot: ten best", lambda typed: search(zone_id, typed, Filters(), 10)),
        ("Kith, snapshot: ten best, all counts", with_counts(zone_id)),
        (f"Kith, snapshot: ten best, all counts{ASKED_BEFORE}", with_counts(zone_id)),
        ("Kith, snapshot: page of 20, all counts", lambda typed: browse(zone_id, typed, Filters(origin=ORIGIN))),
        ("Kith, snapshot: page, three filters", lambda typed: browse(zone_id, typed, Filters(origin=ORIGIN, days=("Sat", "Tue"), age=9, within_km=8.0))),
    ]
    return [*engines, ("Kith, database: ten best", by_database(zone_id))] if is_small else engines


def warm_up(engines: Sequence[tuple[str, Verb]]) -> None:
    for _, verb in engines:
        for typed in ("drumming", "footbal", "club"):
            verb(typed)


def measure(offerings: int, count: int, url: str | None, peers_of: Callable[[int], list[tuple[str, Verb, float]]] | None) -> None:
    """One database, with the peers beside it."""
    began = time.perf_counter()
    with catalogue(offerings, url) as (zone_id, _):
        name = "PostgreSQL" if url else "SQLite"
        print(f"\n{name}: {offerings:,} offerings loaded in {time.perf_counter() - began:.0f} s", flush=True)
        began = time.perf_counter()
        views._practise(build((), ()))  # noqa: SLF001
        print(f"its loops compiled, or read from where they are kept: {time.perf_counter() - began:.1f} s")
        before = resource.getrusage(resource.RUSAGE_SELF)
        began = time.perf_counter()
        folder = views.write(zone_id)
        after = resource.getrusage(resource.RUSAGE_SELF)
        assert folder is not None
        cpu, size = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, sum(f.stat().st_size for f in folder.iterdir())
        print(f"snapshot: {time.perf_counter() - began:.1f} s, CPU {cpu:.1f} s, {size / 1e6:.0f} MB ({size / 1e6 * 1e5 / offerings:.0f} MB in 100,000)")
        views.forget()
        began = time.perf_counter()
        search(zone_id, "drumming", Filters(), 10)
        print(f"first search in a process that opens it: {(time.perf_counter() - began) * 1000:.0f} ms")
        peers = peers_of(offerings) if peers_of else []
        for peer, _, took in peers:
            print(f"{peer}: index built in CPU {took:.1f} s; Kith's snapshot takes {cpu / took:.2f} times that" if took else peer)
        engines = [*engines_of(zone_id, is_small=offerings <= 200_000), *((peer, verb) for peer, verb, _ in peers)]
        warm_up(engines)
        times, asked = Times(), queries(count)
        for turn, (kind, typed) in enumerate(asked):
            times.run(turn, kind, typed, engines)
        kinds = list(dict.fromkeys(kind for kind, _ in sorted(asked)))
        print("\n".join(times.table(kinds)), flush=True)
        for ours in [name for name, _ in engines if name.startswith("Kith, snapshot") and "filters" not in name]:
            for peer, _, _ in peers:
                kind = "misspelt" if "fuzzy" in peer else "exact"
                print(f"{ours}, {kind}: {times.ratio(ours, peer, kind)} times {peer}")
        print(f"a change is found after {changed(zone_id):.0f} ms (the first search after it), the next search takes {changed(zone_id, again=True):.1f} ms")


def changed(zone_id: uuid.UUID, *, again: bool = False) -> float:
    """Milliseconds of the first search after an offering changed (or of the one after that)."""
    offering_id = db.session.scalars(sa.select(Offering.id).where(Offering.zone_id == zone_id).limit(1)).one()
    word = f"gamelan{'again' if again else ''}"
    with atomic():
        db.session.get_one(Offering, offering_id).title = f"{word} afternoon"
    if again:
        search(zone_id, "drumming", Filters(), 10)
    began = time.perf_counter()
    hits = search(zone_id, word, Filters(), 10).hits
    taken = (time.perf_counter() - began) * 1000
    assert hits[0].offering_id == offering_id
    return taken


def peers_over(offerings: int) -> list[tuple[str, Verb, float]]:
    """tantivy exact and fuzzy, SQLite FTS5 and bm25s, each over the same rows, with the seconds its index took."""
    from benchmarks import peers
    from benchmarks.peer_counts import tantivy_with_counts

    rows = [{**row, "language": ""} for row in invented.rows(offerings)]
    out = []
    makers: list[tuple[str, Callable[[], peers.Peer]]] = [
        ("tantivy exact, any word", lambda: peers.tantivy_index(rows, is_fuzzy=False)),
        ("tantivy fuzzy, any word one slip away", lambda: peers.tantivy_index(rows, is_fuzzy=True)),
        ("tantivy exact, facets aggregated", lambda: tantivy_with_counts(rows, is_fuzzy=False)),
        ("tantivy fuzzy, facets aggregated", lambda: tantivy_with_counts(rows, is_fuzzy=True)),
    ]
    if offerings <= 200_000:
        makers += [("SQLite FTS5 bm25, any word", lambda: peers.fts5(rows)), ("bm25s, any word", lambda: peers.bm25s_index(rows))]
    for name, make in makers:
        began = time.process_time()
        peer = make()
        out.append((name, lambda typed, peer=peer: peer(typed, 10), time.process_time() - began))
    return out  # type: ignore[return-value]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--offerings", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--serve", type=int, metavar="OFFERINGS", help="only: the real server over that many, fifty searches a second")
    parser.add_argument("--seconds", type=int, default=60, help="for --serve")
    given = parser.parse_args()
    if given.serve:
        from benchmarks.search_served import serve

        serve(given.serve, given.seconds)
        return 0
    report(given.offerings, given.queries, with_postgres=not given.no_postgres, with_peers=not given.no_peers)
    return 0


def report(offerings: int = 100_000, count: int = 60, *, with_postgres: bool = True, with_peers: bool = True) -> None:
    print(f"Search speed: {offerings:,} invented offerings, {os.cpu_count()} cores (one used), load {os.getloadavg()[0]:.1f}")
    measure(offerings, count, None, peers_over if with_peers else None)
    if with_postgres:
        from benchmarks.search_quality import a_postgres

        with a_postgres() as new:
            measure(offerings, count, new("speed"), None)


if __name__ == "__main__":
    sys.exit(main())
