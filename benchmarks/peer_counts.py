"""tantivy asked for what a page of Kith shows: ten ids and the counts of every facet that its own aggregations can count, all over what
answers the words. No filter is left out of its own count, distances and free places are not counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.peers import WEIGHTS, Peer, fields, fuzzy_query, words_of

TEXTS = ("kind", "need", "interest", "day", "delivery", "town", "language", "access")
NUMBERS = ("cost_pence", "age_min", "age_max", "is_step_free")
COSTS, AGES = (0, 200, 500, 1000, 2000), range(4, 19)
COUNTED: dict[str, Any] = {
    **{name: {"terms": {"field": name, "size": 60}} for name in TEXTS},
    "cost": {"range": {"field": "cost_pence", "ranges": [{"from": below + 1.0, "to": pence + 1.0} for below, pence in pairwise((-1, *COSTS))]}},
    "step_free": {"range": {"field": "is_step_free", "ranges": [{"from": 1.0}]}},
    "youngest": {"range": {"field": "age_min", "ranges": [{"from": float(age), "to": age + 1.0} for age in AGES]}},
    "oldest": {"range": {"field": "age_max", "ranges": [{"from": float(age), "to": age + 1.0} for age in AGES]}},
}
"""Ranges may not overlap: those of costs and ages would have to be added up."""


def tantivy_with_counts(rows: Sequence[Mapping[str, Any]], *, is_fuzzy: bool) -> Peer:
    """`peers.tantivy_index`, with fast fields beside the texts."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="default" if is_fuzzy else "en_stem")
    for name in TEXTS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(name, fast=True)
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for row in rows:
        document = tantivy.Document(id=row["id"], **fields(row))
        for name, values in facets_of(row).items():
            for value in values:
                document.add_text(name, value)
        for name in NUMBERS:
            document.add_integer(name, int(row[name]))
        writer.add_document(document)
    writer.commit()
    index.reload()
    searcher = index.searcher()
    query_of: Callable[[str], Any] = fuzzy_query(schema) if is_fuzzy else (
        lambda typed: index.parse_query_lenient(" ".join(words_of(typed)), list(WEIGHTS), field_boosts=WEIGHTS)[0]
    )

    def answer(typed: str, top: int) -> list[str]:
        if not words_of(typed):
            return []
        query = query_of(typed)
        searcher.aggregate(query, COUNTED)
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(query, top).hits]

    return answer


def facets_of(row: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The values of each facet that an offering has."""
    return {
        "kind": [str(row["kind"])], "need": sorted({code.partition(":")[0] for code in row["needs"].split("|")}),
        "interest": row["interests"].split("|"), "day": sorted({slot["day"] for slot in row["slots"]}), "delivery": [str(row["delivery"])],
        "town": [row["town"]], "language": row["languages"], "access": row["accessibility"],
    }
