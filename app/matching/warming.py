"""Compiles the loops of kernels.py before somebody waits for them: where the files of a large Zone are written, and where they are opened."""

from __future__ import annotations

import uuid
from datetime import date
from functools import cache

from app.catalogue.search.meaning import meanings
from app.matching import kernels
from app.matching.hearing import hear
from app.matching.part import make_part
from app.matching.profile import Candidate, Profile
from app.matching.reading import Reading
from app.matching.sifting import sift
from app.matching.text import Reader
from app.matching.weighing import score

LOOPS = (kernels.sift, kernels.weigh, kernels.compare, kernels.add_up)
_NO_ID = uuid.UUID(int=0)


@cache
def ready() -> None:
    """Once a process: ten seconds where nothing was compiled yet, half of one where another process has left it on the disk."""
    table = meanings()
    part = make_part([Reading(Candidate(id=_NO_ID, ref="", title="kites", organisation_id=_NO_ID, organisation=""), {"title": "kites"})], table, None)
    child = Profile(id="", called="", age=9, latitude=51.5, longitude=-0.2)
    reader = Reader([part.index])
    found = sift(part, child, "", date.min, is_counted=True, is_compiled=True)
    score(child, hear(child, reader, table), 0, part.columns, found.eligible, reader, table, date.min)
