"""How good the ranking is on the judged children, and how fair: nDCG, the first one, broken rules, whose turn it was.

Children, offerings and grades were written before anything was ranked (benchmarks/judged). Every second child is of the unseen half:
only ever averaged, never looked at.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.matching import rules
from app.matching.profile import Profile
from app.matching.turns import OFTEN
from app.matching.weights import WEIGHTS
from benchmarks.judged import shelf
from benchmarks.judged.children import JudgedChild, candidates, children, fresh, kept

PLACES = 4
Ranked = Callable[[Profile], Sequence[str]]


@dataclass(frozen=True)
class Measured:
    ndcg: float
    seen: float
    unseen: float
    first_is_right: float
    violations: int
    children: int


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain with gains 2^grade - 1."""
    def gain(found: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(found[:depth]))

    return gain([grades.get(ref, 0) for ref in ranked]) / gain(sorted(grades.values(), reverse=True))


def ranked_by_kith(weights: Mapping[str, float] = WEIGHTS) -> Ranked:
    made = shelf.shelf_of(candidates(), places=PLACES)
    return lambda profile: shelf.ranked(made, profile, 10, weights)


def measure(ranked: Ranked, among: Sequence[JudgedChild] | None = None) -> Measured:
    """Grades of offerings that a rule of the exchange format takes out do not count; a child for whom none is left is not measured. What
    only Kith's own rule takes out (made for children the profile does not name) counts as missed."""
    offered = {offering.ref: offering for offering in candidates()}
    values: dict[str, list[float]] = {"seen": [], "unseen": []}
    right = violations = 0
    for child in children() if among is None else among:
        allowed = {ref for ref, offering in offered.items() if rules.is_eligible(child.profile, offering, PLACES)}
        grades = {ref: grade for ref, grade in child.grades.items() if set(rules.broken(child.profile, offered[ref], PLACES)) <= {"made_for"}}
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
    print(f"{'judged children':<44}{'nDCG@10':>9}{'seen':>8}{'unseen':>8}{'first':>8}{'broken rules':>14}")
    for name, weights in (("Kith", WEIGHTS), ("  without the table of meanings", without)):
        found = measure(ranked_by_kith(weights))
        print(f"{name:<44}{found.ndcg:>9.3f}{found.seen:>8.3f}{found.unseen:>8.3f}{found.first_is_right:>8.2f}{found.violations:>14}")
    for name, others in (("written later", kept()), ("nobody has looked at", fresh())):
        later = measure(ranked_by_kith(), others)
        print(f"{f'Kith, {later.children} children {name}':<44}{later.ndcg:>9.3f}{'':>16}{later.first_is_right:>8.2f}{later.violations:>14}")
    fair = fairness()
    print(f"fair: nDCG lost {fair.lost:.3f}; Gini of offers {fair.gini:.3f}, by relevance alone {fair.gini_alone:.3f} "
          f"({fair.gini / fair.gini_alone:.2f} x); partners shown {fair.shown:.2f}, alone {fair.shown_alone:.2f}")


if __name__ == "__main__":
    report()
