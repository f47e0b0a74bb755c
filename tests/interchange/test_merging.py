"""Whose word counts when a file comes again."""

from __future__ import annotations

from dataclasses import dataclass

from app.interchange.merging import Merged, Merger, Rules


@dataclass(frozen=True)
class Thing:
    ref: str
    title: str
    lat: float | None = None
    lon: float | None = None
    left: int = 5


MERGER = Merger(Thing, Rules(together=(("lat", "lon"),), drifting=frozenset({"left"}), apart_from=frozenset({"ref"})))
ALL = {"title", "lat", "lon", "left"}


def merge(before: Thing | None, here: Thing, incoming: Thing, columns: set[str] = ALL) -> Merged[Thing]:
    last = MERGER.fingerprints(before) if before is not None else None
    return MERGER.merge(here, incoming, MERGER.fingerprints(incoming), last, columns)


def test_the_same_file_again_changes_nothing_even_where_kith_was_edited() -> None:
    said = Thing("a", "Kites")
    merged = merge(said, Thing("a", "Kites and string"), said)
    assert (merged.record.title, merged.changed, merged.kept) == ("Kites and string", frozenset(), ())


def test_a_new_word_of_the_source_is_taken_where_nobody_edited() -> None:
    merged = merge(Thing("a", "Kites"), Thing("a", "Kites"), Thing("a", "Kites!"))
    assert (merged.record.title, merged.changed) == ("Kites!", {"title"})


def test_an_edit_in_kith_outlasts_a_new_word_of_the_source_and_is_said() -> None:
    merged = merge(Thing("a", "Kites"), Thing("a", "Our kites"), Thing("a", "Kites!"))
    assert (merged.record.title, merged.changed, merged.kept) == ("Our kites", frozenset(), ("title",))


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    merged = merge(Thing("a", "Kites"), Thing("a", "Kites!"), Thing("a", "Kites!"))
    assert (merged.changed, merged.kept) == (frozenset(), ())


def test_without_a_memory_the_file_counts() -> None:
    assert merge(None, Thing("a", "Our kites"), Thing("a", "Kites")).changed == {"title"}


def test_fields_that_belong_together_move_together() -> None:
    merged = merge(Thing("a", "K", 51.0, -0.1), Thing("a", "K", 51.0, -0.2), Thing("a", "K", 51.5, -0.1))
    assert (merged.record.lat, merged.record.lon, merged.kept) == (51.0, -0.2, ("lat",))


def test_what_kiths_own_work_moves_is_no_edit() -> None:
    assert merge(Thing("a", "K", left=5), Thing("a", "K", left=3), Thing("a", "K", left=4)).record.left == 4
    assert merge(Thing("a", "K", left=5), Thing("a", "K", left=3), Thing("a", "K", left=5)).record.left == 3


def test_a_column_that_the_file_lacks_is_left_alone() -> None:
    assert merge(None, Thing("a", "Our kites"), Thing("a", ""), {"left"}).record.title == "Our kites"
