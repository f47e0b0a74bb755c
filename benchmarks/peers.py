"""Plain search engines over the same words, each with one sensible setting and none of Kith's spelling or synonyms.

A peer takes the catalogue once and answers with ids, best first. tantivy and bm25s are only installed for benchmarks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from pysqlite3 import dbapi2 as sqlite3
from rapidfuzz import fuzz, process

Peer = Callable[[str, int], list[str]]
Rows = Sequence[Mapping[str, str]]
WEIGHTS = {"title": 5.0, "tags": 4.0, "needs": 2.0, "provider": 2.0, "place": 1.5, "body": 1.0}
"""Kith's own weights of the same fields."""


def fields(row: Mapping[str, str]) -> dict[str, str]:
    """What every peer may read of an offering."""
    return {
        "title": row["title"], "tags": row["interests"].replace("|", " "), "needs": re.sub("[:|-]", " ", row["needs"]),
        "provider": row["provider"], "place": f"{row['town']} {row['postcode_area']} {row['region']}", "body": row["description"],
    }


def words_of(typed: str) -> list[str]:
    return re.findall(r"\w+", typed.lower())


def fts5(rows: Rows, tokenizer: str = "porter unicode61 remove_diacritics 2") -> Peer:
    """SQLite FTS5: any word, bm25 with weights."""
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE found USING fts5 (id UNINDEXED, {', '.join(WEIGHTS)}, tokenize='{tokenizer}')")
    marks = ", ".join("?" * (len(WEIGHTS) + 1))
    database.executemany(f"INSERT INTO found VALUES ({marks})", [(row["id"], *fields(row).values()) for row in rows])  # noqa: S608
    weights = ", ".join(map(str, (0.0, *WEIGHTS.values())))
    is_trigram = tokenizer.startswith("trigram")

    def answer(typed: str, top: int) -> list[str]:
        wanted = _trigrams(typed) if is_trigram else words_of(typed)
        if not wanted:
            return []
        match = " OR ".join(f'"{word}"' for word in wanted)
        statement = f"SELECT id FROM found WHERE found MATCH ? ORDER BY bm25(found, {weights}), id LIMIT ?"  # noqa: S608
        return [row[0] for row in database.execute(statement, (match, top))]

    return answer


def fts5_trigram(rows: Rows) -> Peer:
    """SQLite FTS5 with the trigram tokenizer: any run of three letters of any word, which forgives misspelling."""
    return fts5(rows, "trigram")


def _trigrams(typed: str) -> list[str]:
    return list(dict.fromkeys(word[i : i + 3] for word in words_of(typed) for i in range(max(0, len(word) - 2))))


def postgres(rows: Rows, url: str) -> Peer:
    """PostgreSQL: english tsvector with four weights, any word, ts_rank."""
    engine = sa.create_engine(url, poolclass=sa.StaticPool)
    connection = engine.connect()
    connection.execute(sa.text("CREATE TEMPORARY TABLE found (id text, lexemes tsvector)"))
    vector = " || ".join(
        f"setweight(to_tsvector('english', :{name}), '{label}')"
        for name, label in (("title", "A"), ("tags", "B"), ("needs", "C"), ("provider", "C"), ("place", "C"), ("body", "D"))
    )
    connection.execute(sa.text(f"INSERT INTO found VALUES (:id, {vector})"), [{"id": row["id"], **fields(row)} for row in rows])  # noqa: S608
    statement = sa.text(
        "SELECT id FROM found, to_tsquery('english', :wanted) AS query WHERE lexemes @@ query "
        "ORDER BY ts_rank(lexemes, query) DESC, id LIMIT :top"
    )

    def answer(typed: str, top: int) -> list[str]:
        wanted = " | ".join(words_of(typed))
        return list(connection.execute(statement, {"wanted": wanted, "top": top}).scalars()) if wanted else []

    return answer


def tantivy_index(rows: Rows, *, is_fuzzy: bool) -> Peer:
    """tantivy: any word, en_stem, boosts; fuzzy: also any word one letter away."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="default" if is_fuzzy else "en_stem")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for row in rows:
        writer.add_document(tantivy.Document(id=row["id"], **fields(row)))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def answer(typed: str, top: int) -> list[str]:
        wanted = words_of(typed)
        if not wanted:
            return []
        query: Any
        if is_fuzzy:
            query = fuzzy_query(schema)(typed)
        else:
            query, _ = index.parse_query_lenient(" ".join(wanted), list(WEIGHTS), field_boosts=WEIGHTS)
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(query, top).hits]

    return answer


def fuzzy_query(schema: Any) -> Callable[[str], Any]:
    """tantivy's query for any word one letter away."""
    import tantivy

    def query(typed: str) -> Any:
        return tantivy.Query.boolean_query([
            (tantivy.Occur.Should, tantivy.Query.boost_query(
                tantivy.Query.fuzzy_term_query(schema, name, word, distance=1, transposition_cost_one=True), boost))
            for word in words_of(typed) for name, boost in WEIGHTS.items()
        ])

    return query


def bm25s_index(rows: Rows) -> Peer:
    """bm25s with Snowball stems; a field's weight is how often it is repeated."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    corpus = [" ".join(" ".join([text] * round(WEIGHTS[name])) for name, text in fields(row).items()) for row in rows]
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(corpus, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def answer(typed: str, top: int) -> list[str]:
        tokens = bm25s.tokenize([typed], stopwords="en", stemmer=stemmer, show_progress=False)
        found, scores = retriever.retrieve(tokens, k=min(top, len(rows)), show_progress=False)
        return [rows[int(i)]["id"] for i, points in zip(found[0], scores[0], strict=True) if points > 0]

    return answer


def fuzzy_titles(rows: Rows) -> Peer:
    """rapidfuzz: WRatio of what was typed to title and tags."""
    texts = {row["id"]: f"{row['title']} {fields(row)['tags']}".lower() for row in rows}

    def answer(typed: str, top: int) -> list[str]:
        return [id_ for _, _, id_ in process.extract(typed.lower(), texts, scorer=fuzz.WRatio, limit=top)]

    return answer
