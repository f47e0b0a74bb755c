"""How near two texts are in meaning: one short vector for each everyday word (meaning.npz, made by scripts/distil_words.py). Pure.

A text's vector is the mean of its words', the telling ones counting most. A word that is not in the table says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_TABLE = Path(__file__).resolve().parent / "meaning.npz"


@dataclass(frozen=True)
class Meanings:
    """A row of `vectors`, of length 1, for each stem."""

    stems: tuple[str, ...]
    vectors: Array

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        return {stem: row for row, stem in enumerate(self.stems)}

    @property
    def width(self) -> int:
        return int(self.vectors.shape[1])

    def of(self, weighted: Iterable[tuple[str, float]]) -> Array:
        """The vector of a text from its stems and how much each tells; zeros where no word of it is known."""
        rows, weights = [], []
        for stem, weight in weighted:
            row = self.row_of.get(stem)
            if row is not None:
                rows.append(row)
                weights.append(weight)
        if not rows:
            return np.zeros(self.width, np.float32)
        mean = np.array(weights, np.float32) @ self.vectors[rows]
        length = float(np.linalg.norm(mean))
        result: Array = mean / length if length else mean
        return result


@cache
def meanings() -> Meanings:
    """The table that is shipped, read once a process."""
    with np.load(_TABLE) as table:
        stems = tuple(bytes(table["stems"]).decode().split("\n"))
        vectors = table["vectors"].astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return Meanings(stems, vectors)
