"""A part of a large Zone's shelf in files, so that a process that starts need not read every offering: arrays as they lie in memory, the
rest as JSON.

The database stays the truth. A file made by another program, of another database or of a day that the database does not know is left
alone: what it was made from is compared number by number with what the database says of each offering (MatchChange).
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask import current_app

from app.catalogue.search import analysis, lexicon, meaning
from app.matching import audiences, circumstances, columns, facts, grid, part, profile, reading, text
from app.matching.columns import Array, Columns, Terms, Week, Who
from app.matching.grid import Grid
from app.matching.models import MatchChange
from app.matching.part import Part
from app.matching.profile import Span
from app.matching.text import ByDoc, Index
from app.shared import made_folders
from app.shared.db import db
from app.shared.moments import Since

LEAST = 1_000
"""Live offerings from which a shelf is kept in files: fewer are read in a moment."""
OLD = 3600.0
"""Seconds after which files that nobody finished are swept away."""
_TOLD = "told.json"
log = logging.getLogger("kith.matching")
Numbers = dict[str, str]


@dataclass(frozen=True)
class Kept:
    """A part as it was at a moment."""

    part: Part
    since: Since


@cache
def form() -> str:
    """What made the files: where the program reads offerings otherwise, they say something else."""
    made_by = [analysis, lexicon, meaning, audiences, circumstances, columns, facts, grid, part, profile, reading, text, sys.modules[__name__]]
    said = hashlib.blake2b(digest_size=16)
    for module in made_by:
        said.update(Path(str(module.__file__)).read_bytes())
    said.update(meaning.meanings().vectors.tobytes())
    return said.hexdigest()


def folder_of(zone_id: uuid.UUID) -> Path:
    data_dir: Path = current_app.config["SETTINGS"].data_dir
    return data_dir / "matching" / zone_id.hex


def newest(zone_id: uuid.UUID) -> Path | None:
    try:
        return max((path for path in folder_of(zone_id).iterdir() if not path.name.startswith(".")), default=None)
    except OSError:
        return None


def since_of(zone_id: uuid.UUID) -> Since | None:
    """When the newest was made; None where there is none that this program and this database would use. Looked into once."""
    folder = newest(zone_id)
    if folder is None:
        return None
    if folder not in _looked:
        told = _told(zone_id)
        if told is None:
            return None
        _looked.clear()
        _looked[folder] = told[1]
    return _looked[folder]


_looked: dict[Path, Since] = {}


# --- is it of this database? ---------------------------------------------------------------------


def numbers_of(zone_id: uuid.UUID) -> Numbers:
    """The number of the last change of each offering, and the transaction that made it."""
    rows = db.session.connection().execute(
        sa.select(sa.cast(MatchChange.offering_id, sa.Text), MatchChange.number, MatchChange.xact).where(MatchChange.zone_id == zone_id))
    return {id_: f"{number}.{xact}" for id_, number, xact in rows}


def is_of(then: Numbers, now: Numbers, since: Since) -> bool:
    """Whether `now` can have come of `then`: what did not change since that moment is as it was, and nothing is gone or came unseen."""
    same = {id_: said for id_, said in now.items() if not _is_later(said, since)}
    return then.keys() <= now.keys() and all(then.get(id_) == said for id_, said in same.items())


def _is_later(said: str, since: Since) -> bool:
    number, _, xact = said.partition(".")
    return int(number) > since.number or since.first <= int(xact) < since.last


# --- from files ----------------------------------------------------------------------------------


def load(zone_id: uuid.UUID, most: float) -> Kept | None:
    """The newest; None where there is none that can be trusted, or more than that share of it has changed since."""
    found = _told(zone_id)
    if found is None:
        return None
    told, since, changed = found
    if changed > most * len(told["numbers"]):
        return None
    try:
        return Kept(_part(told["folder"], told), since)
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("a shelf in files could not be read: %s", type(error).__name__)
        return None


def _told(zone_id: uuid.UUID) -> tuple[dict[str, Any], Since, int] | None:
    """What the newest says of itself, its moment, and how many offerings changed since; None where it is not to be trusted."""
    folder = newest(zone_id)
    if folder is None:
        return None
    try:
        told = {**json.loads((folder / _TOLD).read_text(encoding="utf-8")), "folder": folder}
        since, then = Since(**told["since"]), told["numbers"]
        if told["form"] != form():
            return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("a shelf in files could not be read: %s", type(error).__name__)
        return None
    now = numbers_of(zone_id)
    if not is_of(then, now, since):
        log.warning("a shelf in files is not of this database: left alone")
        return None
    return told, since, sum(_is_later(said, since) for said in now.values())


def _part(folder: Path, told: Mapping[str, Any]) -> Part:
    lists = told["lists"]
    raw = _array(folder, "ids").tobytes()
    index = Index(
        lists["stems"], _array(folder, "index-starts"), _array(folder, "index-docs"), _array(folder, "index-impacts"), _array(folder, "index-heads"),
        {}, told["size"], told["average"], len(raw) // 16,
    )
    index.__dict__["by_doc"] = ByDoc(_array(folder, "by-doc-starts"), _array(folder, "by-doc-terms"), _array(folder, "by-doc-impacts"))
    index.counts = {term: many for term, many in zip(index.terms, np.diff(index.starts).tolist(), strict=True) if many}
    arrays = {name: _array(folder, f"columns-{name}") for name in _arrays()}
    return Part(
        Columns(
            ids=[uuid.UUID(bytes=raw[at : at + 16]) for at in range(0, len(raw), 16)], refs=lists["refs"], kinds=lists["kinds"],
            whos=[Who(**{**who, "audiences": frozenset(who["audiences"])}) for who in lists["whos"]],
            terms=[Terms(**{**terms, "languages": frozenset(terms["languages"])}) for terms in lists["terms"]],
            weeks=[Week(tuple(Span(**slot) for slot in week["slots"]), week["is_by_arrangement"]) for week in lists["weeks"]],
            organisations=[uuid.UUID(hex=id_) for id_ in lists["organisations"]], tag_names=lists["tag_names"],
            situations=[frozenset(these) for these in lists["situations"]], grid=Grid(tuple(told["grid"]), _array(folder, "grid-keys")), **arrays,
        ),
        facts.from_lists(told["facts"], *(_array(folder, f"facts-{name}") for name in _FACTS)), index, _array(folder, "digests").tolist(),
        hidden=np.zeros(len(raw) // 16, bool), free=np.array(_array(folder, "free")), unsure=np.array(_array(folder, "unsure")), until=np.array(_array(folder, "until")),
    )


_FACTS = ("titles", "starts", "numbers")


def _arrays() -> list[str]:
    return [field.name for field in fields(Columns) if field.type == "Array"]


def _array(folder: Path, name: str) -> Array:
    """Read as it is needed, and shared by the processes that read it. Nobody writes into it; compiled loops take one kind of array, which may be written."""
    found: Array = np.asarray(np.load(folder / f"{name}.npy", mmap_mode="c"))
    return found


# --- to files ------------------------------------------------------------------------------------


def save(zone_id: uuid.UUID, made: Part, since: Since, numbers: Numbers) -> Path:
    """Puts a part where every process finds it. `numbers` were asked after `since` and before nothing that was read."""
    def fill(making: Path) -> None:
        for name, array in _arrays_of(made).items():
            np.save(making / f"{name}.npy", array, allow_pickle=False)
        told = {"form": form(), "since": asdict(since), "numbers": numbers, "size": made.index.size, "average": made.index.average,
                "grid": made.columns.grid.starts, "lists": _lists_of(made), "facts": made.facts.shared}
        (making / _TOLD).write_text(json.dumps(told, default=sorted), encoding="utf-8")

    return made_folders.put(folder_of(zone_id), fill, old=OLD)


def _arrays_of(made: Part) -> dict[str, Array]:
    return {
        "ids": np.frombuffer(b"".join(id_.bytes for id_ in made.columns.ids), np.uint8), "digests": np.array(made.digests, np.int64),
        "grid-keys": made.columns.grid.keys, "free": made.free, "unsure": made.unsure, "until": made.until,
        **{f"index-{name}": getattr(made.index, name) for name in ("starts", "docs", "impacts", "heads")},
        **{f"by-doc-{name}": getattr(made.index.by_doc, name) for name in ("starts", "terms", "impacts")},
        **{f"columns-{name}": getattr(made.columns, name) for name in _arrays()}, **{f"facts-{name}": getattr(made.facts, name) for name in _FACTS},
    }


def _lists_of(made: Part) -> dict[str, list[Any]]:
    """Sets become lists as they are written."""
    return {
        "stems": made.index.terms, "refs": made.columns.refs, "kinds": made.columns.kinds, "tag_names": made.columns.tag_names,
        "situations": made.columns.situations, "organisations": [id_.hex for id_ in made.columns.organisations],
        **{name: [asdict(one) for one in getattr(made.columns, name)] for name in ("whos", "terms", "weeks")},
    }
