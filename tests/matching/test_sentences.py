"""The sentence model as an extra: what it adds, that nothing needs it, and what is written down by it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from flask import Flask

from app.catalogue.models import Offering
from app.children.models import Child
from app.matching import queries, sentence_model, sentences, shelf
from app.matching.columns import Array
from app.matching.sentences import Sentences, sentences_of
from app.shared.db import atomic, db
from tests.matching.conftest import World

SAME = ({"flimmery", "quonkle"}, {"zindle"})
"""Two sets of words of which the stand-in for the model knows that each means the same; all else is as strange to it as anything."""


class TwoMeanings:
    """Stands where the model would, which is not installed for tests."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> Array:
        self.asked += texts
        return np.array([self._row(text) for text in texts], np.float32)

    @staticmethod
    def _row(text: str) -> Array:
        row = np.zeros(500, np.float32)
        for at, words in enumerate(SAME):
            if any(word in text for word in words):
                row[at] = 1.0
                return row
        row[2 + crc32(text.encode()) % 498] = 1.0
        return row


@pytest.fixture
def model(app: Flask, world: World) -> Iterator[TwoMeanings]:
    """In use, with a child who wants something flimmery, and two offerings of which one has a quonkle."""
    found = TwoMeanings()
    app.extensions[sentence_model.EXTENSION] = found
    shutil.rmtree(folder(app), ignore_errors=True)
    shelf.forget()
    with atomic():
        world.child.interests = ["flimmery"]
    world.offer(title="Ay", source_ref="a", interests=[], description="We meet. There is a zindle.")
    world.offer(title="Be", source_ref="b", interests=[], description="We meet. There is a quonkle.")
    yield found
    app.extensions[sentence_model.EXTENSION] = None
    shelf.forget()


def texts(world: World) -> dict[str, float]:
    """The part *text* of each on the child's list, on a page."""
    child = db.session.get_one(Child, world.child.id)
    return {match.candidate.ref: match.parts["text"] for match in queries.match_child(child).matches}


def order(world: World) -> list[str]:
    return list(texts(world))


def folder(app: Flask) -> Path:
    path: Path = app.config["SETTINGS"].data_dir / "matching" / "sentences"
    return path


def kept_in(app: Flask) -> list[Path]:
    return sorted(folder(app).glob("??/*"))


def test_without_the_extra_lists_are_made_all_the_same_and_nothing_is_kept(app: Flask, world: World) -> None:
    assert app.extensions[sentence_model.EXTENSION] is None, "tests run without it, as most installations do"
    world.offer(title="Drum circle", source_ref="d", interests=["drumming"])
    sentences.renew()
    assert order(world) == ["d"]
    assert shelf.shelf_of(world.zone.id).sentences is None
    assert kept_in(app) == []


def test_a_page_waits_for_no_vectors_and_counts_them_when_the_worker_has_made_them(app: Flask, world: World, model: TwoMeanings) -> None:
    before = texts(world)
    assert order(world) == ["a", "b"], "as good as each other by every other part, so by reference"
    assert not any("quonkle" in said or "zindle" in said for said in model.asked), "a page has only the child's words read"
    sentences.renew()
    after = texts(world)
    assert order(world) == ["b", "a"]
    assert after["b"] > before["b"]
    assert after["a"] <= before["a"]


def test_the_score_stays_the_sum_of_its_parts(world: World, model: TwoMeanings) -> None:
    sentences.renew()
    child = db.session.get_one(Child, world.child.id)
    found = shelf.shelf_of(world.zone.id)
    for match in queries.match_child(child).matches:
        weights = queries.in_force(found.mark.hundredths)
        assert match.score == pytest.approx(sum(weights[name] * value for name, value in match.parts.items()), abs=2e-6)


def test_a_command_makes_what_it_misses(app: Flask, world: World, model: TwoMeanings) -> None:
    child = db.session.get_one(Child, world.child.id)
    [(_, result)] = queries.match_many(world.zone.id, [queries.profile_of(child)])
    assert [match.candidate.ref for match in result.matches] == ["b", "a"]
    assert len(kept_in(app)) == 2


def test_what_an_offering_said_before_counts_no_more(app: Flask, world: World, model: TwoMeanings) -> None:
    sentences.renew()
    with atomic():
        db.session.query(Offering).filter(Offering.source_ref == "b").one().description = "We meet. There is a zindle."
    found = texts(world)
    shelf.forget()
    app.extensions[sentence_model.EXTENSION] = None
    assert found["b"] == texts(world)["b"], "nobody has made vectors of the new text, and those of the old one are not its own"
    shelf.forget()
    app.extensions[sentence_model.EXTENSION] = model
    sentences.renew()
    sentences.renew()
    assert len(kept_in(app)) == 2, "and the old ones are gone"


def test_a_spoilt_file_is_as_good_as_none(app: Flask, world: World, model: TwoMeanings) -> None:
    sentences.renew()
    for path in kept_in(app):
        path.write_bytes(b"not a vector")
    app.extensions.pop("kith_sentences")
    shelf.forget()
    assert order(world) == ["a", "b"]
    with atomic():
        db.session.query(Offering).filter(Offering.source_ref == "b").one().description = "We meet. Here is a quonkle."
    sentences.renew()
    assert order(world) == ["b", "a"], "what could not be read was made again"


def test_no_word_of_a_child_is_written_to_a_file(app: Flask, world: World, model: TwoMeanings) -> None:
    sentences.renew()
    texts(world)
    offered = {Sentences(model, Path(), lambda ids: []).key_of(sentences_of(row.title, row.interests, row.description)) for row in db.session.query(Offering)}
    assert {path.stem for path in kept_in(app)} == offered


def test_each_sweep_makes_so_many_and_the_next_goes_on(app: Flask, world: World, model: TwoMeanings) -> None:
    made = sentences.in_use()
    assert made is not None
    assert [made.make(1), made.make(1), made.make(1)] == [1, 1, 0]
    assert len(kept_in(app)) == 2


def test_only_the_leading_ones_are_looked_at_again(world: World, model: TwoMeanings) -> None:
    read = list[uuid.UUID]()
    found = shelf.shelf_of(world.zone.id)
    for number in range(sentences.LEADING):
        world.offer(title=f"Ce {number}", source_ref=f"c{number:03}", interests=["flimmery"], description="We meet.")
    found = shelf.shelf_of(world.zone.id)
    assert found.sentences is not None
    inner = found.sentences.read
    found.sentences.read = lambda ids: (read.extend(ids), inner(ids))[1]
    try:
        queries.match_child(db.session.get_one(Child, world.child.id))
    finally:
        found.sentences.read = inner
    assert len(read) == sentences.LEADING


@pytest.mark.parametrize("package", [sentence_model.WEIGHTS, sentence_model.WORDS])
def test_a_file_that_is_not_the_one_kith_was_tried_with_is_not_used(
    package: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, file, _ in (sentence_model.WEIGHTS, sentence_model.WORDS):
        path = tmp_path / name / file
        path.parent.mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('never imported')")
        path.write_bytes(b"another model")
    monkeypatch.syspath_prepend(tmp_path)
    assert sentence_model.installed() is None
    assert "is not the file Kith was tried with" in caplog.text


def test_an_offering_is_read_as_a_whole_by_its_title_and_by_sentence() -> None:
    assert sentences_of("Samba", ["drums", "dance"], "Come along. No experience! Is it loud? Yes.") == [
        "Samba. drums, dance. Come along. No experience! Is it loud? Yes.", "Samba", "Come along.", "No experience!", "Is it loud?", "Yes."]
    assert sentences_of("Samba", [], "") == ["Samba", "Samba"]
