"""A few plain parts with weights tuned on one half of the judged children and measured on the other: what any ranking has to beat.

The recipe: needs by priority, BM25 of the profile's words (no lexicon, no notes, nothing that was said no to taken out), the table of
meanings over whole texts and over interests, distance. The same tuning of Kith's own parts stands beside it, so that weights chosen by
hand can be told from weights fitted: splits are drawn again and again, and only the half that was not tuned on is counted.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.matching import rules, text
from app.matching.kindred import PRIORITY
from app.matching.profile import Candidate, Profile
from app.matching.ranking import rank
from app.matching.scored import PARTS
from app.matching.shelf import Shelf
from app.matching.weights import WEIGHTS
from benchmarks import match_quality as quality
from benchmarks.judged import away, shelf
from benchmarks.judged.children import candidates, children, fresh, kept

Array = NDArray[Any]
STEPS = (0.0, 0.15, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6)
SPLITS, ROUNDS, DEPTH = 4, 4, 10
RECIPE = ("needs", "bm25", "whole", "tags", "distance")
OWN = ("needs", "words", "text", "meaning", "near")


@dataclass(frozen=True)
class Rows:
    """The eligible offerings of one child: their parts, and their grades."""

    parts: Mapping[str, Array]
    grades: Array


def plain_parts(made: Shelf) -> Callable[[Profile, Sequence[Candidate]], dict[str, Array]]:
    """The parts of the recipe, of nothing but the texts."""
    index, table = made.parts[0].index, made.table
    places = made.parts[0].at

    def vector(said: str) -> Array:
        return table.of((stem, index.rarity(stem)) for stem in text.terms(said))

    def parts(child: Profile, offered: Sequence[Candidate]) -> dict[str, Array]:
        interests, needs = ", ".join(child.interests), ", ".join(code.partition(":")[2].replace("-", " ") for code, _ in child.needs)
        said = " . ".join((interests, *child.own_words, *child.goals))
        told = np.zeros(made.parts[0].columns.size)
        for stem in set(text.terms(f"{said} . {needs}")) & set(index.number_of):
            first, last = index.starts[index.number_of[stem]], index.starts[index.number_of[stem] + 1]
            told[index.docs[first:last]] += index.impacts[first:last]
        told = told[[places[one.id] for one in offered]]
        whole, loved = vector(said), [vector(interest) for interest in child.interests]
        total = sum(PRIORITY[priority] for _, priority in child.needs) or 1
        return {
            "needs": np.array([sum(PRIORITY[p] for code, p in child.needs if code in one.needs) / total for one in offered]),
            "bm25": told / (told + 7),
            "whole": np.array([whole @ vector(f"{one.title} . {' . '.join(one.interests)} . {one.description}") for one in offered]),
            "tags": np.array([max((float(v @ vector(tag)) for v in loved for tag in one.interests), default=0.0) for one in offered]),
            "distance": np.array([_decay(child, one) for one in offered]),
        }

    return parts


def _decay(child: Profile, offering: Candidate) -> float:
    if offering.delivery in ("online", "home"):
        return 0.6
    return math.exp(-(rules.distance_between(child, offering) or 0.0) / child.max_km)


def judged_rows() -> tuple[list[Rows], list[Rows]]:
    """Per child with anything graded: the parts of the recipe, and Kith's own."""
    made = shelf.shelf_of(candidates())
    parts_of, offered_by = plain_parts(made), {one.ref: one for one in candidates()}
    recipe, own = [], []
    for child in children():
        ranking = rank(made, child.profile, "", WEIGHTS).rankings[0]
        refs = [ranking.columns.refs[at] for at in ranking.positions]
        grades = np.array([child.grades.get(ref, 0) for ref in refs])
        if grades.any():
            recipe.append(Rows(parts_of(child.profile, [offered_by[ref] for ref in refs]), grades))
            own.append(Rows(dict(zip(PARTS, ranking.parts, strict=True)), grades))
    return recipe, own


def ndcg(rows: Rows, weights: Mapping[str, float]) -> tuple[float, bool]:
    """With it, whether the first is one of the best there are."""
    scores = sum(weight * rows.parts[name] for name, weight in weights.items() if name in rows.parts)
    order = np.argsort(-np.asarray(scores), kind="stable")[:DEPTH]
    fall = 1 / np.log2(np.arange(2, DEPTH + 2))
    best = np.sort(rows.grades)[::-1][:DEPTH]
    gain = float(((2.0 ** rows.grades[order] - 1) * fall[: len(order)]).sum() / ((2.0**best - 1) * fall[: len(best)]).sum())
    return gain, bool(rows.grades[order[0]] == best[0])


def mean(rows: Sequence[Rows], weights: Mapping[str, float]) -> float:
    return sum(ndcg(one, weights)[0] for one in rows) / len(rows)


def tuned(rows: Sequence[Rows], names: Sequence[str], fixed: Mapping[str, float]) -> dict[str, float]:
    """One weight after the other, each set to the step that does best; the first stays 1."""
    weights = {**fixed, **dict.fromkeys(names, 0.5), names[0]: 1.0}
    best = mean(rows, weights)
    for _ in range(ROUNDS):
        before = best
        for name in names[1:]:
            for step in STEPS:
                found = mean(rows, {**weights, name: step})
                if found > best + 1e-4:
                    best, weights = found, {**weights, name: step}
        if best == before:
            break
    return weights


def two_fold(rows: Sequence[Rows], names: Sequence[str], fixed: Mapping[str, float]) -> tuple[float, float]:
    """nDCG and how often the first is right on the halves that were not tuned on."""
    dice, found = random.Random(7), list[tuple[float, bool]]()
    for _ in range(SPLITS):
        order = dice.sample(range(len(rows)), len(rows))
        halves = [rows[at] for at in order[::2]], [rows[at] for at in order[1::2]]
        for seen, unseen in (halves, halves[::-1]):
            weights = tuned(seen, names, fixed)
            found += [ndcg(one, weights) for one in unseen]
    return sum(value for value, _ in found) / len(found), sum(right for _, right in found) / len(found)


# --- all weights, all children ------------------------------------------------------------------

MOVES = (0.0, 0.5, 0.75, 1.33, 2.0)
FOLDS, DRAWS, LEAST = 5, 3, 0.002
UNTRIED = frozenset({"needs", "language", "fresh", "worked", "not_worked", "set_aside"})
"""The measure of the others, and what no judged child has."""


def all_rows() -> list[Rows]:
    """Kith's own parts for every judged child, by both readings where there are two."""
    out = []
    for offered, among, reading in (
        (candidates(), (*children(), *kept(), *fresh()), "both"), (away.candidates(), away.children(), "first"),
    ):
        made = shelf.shelf_of(offered)
        for child in among:
            if grades := quality.graded(child, reading):
                ranking = rank(made, child.profile, "", WEIGHTS).rankings[0]
                refs = [ranking.columns.refs[at] for at in ranking.positions]
                out.append(Rows(dict(zip(PARTS, ranking.parts, strict=True)), np.array([grades.get(ref, 0) for ref in refs])))
    return [rows for rows in out if rows.grades.any()]


def moved(rows: Sequence[Rows], weights: Mapping[str, float]) -> dict[str, float]:
    """Each weight in turn set to the multiple of the usual that does best, where it does so by LEAST; twice round."""
    found, best = dict(weights), mean(rows, weights)
    for name in (name for _ in range(2) for name in PARTS if name not in UNTRIED):
        for value in (weights[name] * step for step in MOVES):
            if (now := mean(rows, {**found, name: value})) > best + LEAST:
                best, found = now, {**found, name: value}
    return found


def left_out() -> tuple[float, float]:
    """nDCG of children who were left out: by weights moved to suit the others, and by the weights as they are."""
    rows, dice, both = all_rows(), random.Random(3), list[tuple[float, float]]()
    usual = {name: WEIGHTS[name] for name in PARTS}
    for _ in range(DRAWS):
        order = dice.sample(range(len(rows)), len(rows))
        for fold in range(FOLDS):
            weights = moved([rows[at] for place, at in enumerate(order) if place % FOLDS != fold], usual)
            both += [(ndcg(rows[at], weights)[0], ndcg(rows[at], usual)[0]) for at in order[fold::FOLDS]]
    return sum(new for new, _ in both) / len(both), sum(old for _, old in both) / len(both)


def report() -> None:
    recipe, own = judged_rows()
    rest = {name: weight for name, weight in WEIGHTS.items() if name not in OWN and name != "interest"}
    print(f"{'tuned on one half, measured on the other':<44}{'nDCG@10':>9}{'first':>8}")
    for title, rows, names, fixed in (
        ("needs, plain BM25, meaning, distance", recipe, RECIPE, {}),
        ("  without meaning", recipe, ("needs", "bm25", "distance"), {}),
        ("  without BM25", recipe, ("needs", "whole", "tags", "distance"), {}),
        ("Kith's five largest parts", own, OWN, rest),
    ):
        value, first = two_fold(rows, names, fixed)
        print(f"{title:<44}{value:>9.3f}{first:>8.2f}")
    new, usual = left_out()
    print(f"all judged children, each fifth left out in turn: weights moved to suit the others {new:.4f}, as they are {usual:.4f}")


if __name__ == "__main__":
    report()
