"""How long what is kept: one table, the same on paper, and true of the code that forgets by itself."""

from __future__ import annotations

import re

from app.accounts.services import sign_ins
from app.catalogue.services import misses
from app.interchange.services import drafts, school_files
from app.keeping import retention, services
from app.notifications import worker
from config import ROOT


def test_the_page_says_what_the_table_does() -> None:
    page = (ROOT / "docs" / "personal-data.md").read_text(encoding="utf-8")
    told = [tuple(cell.strip() for cell in line) for line in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", page.partition("## How long")[2], re.MULTILINE)]
    assert told[2:] == [(kind.what, kind.kept, kind.since, kind.goes) for kind in retention.KINDS]
    assert len({kind.code for kind in retention.KINDS}) == len(retention.KINDS)


def test_what_goes_does_so_when_the_table_says() -> None:
    by_itself = {kind.code: kind.days for kind in retention.KINDS if kind.by_itself}
    assert by_itself == {
        "sign_ins": sign_ins.KEPT.days, "letters": worker.KEPT.days, "uploads": drafts.KEPT_FOR.days, "hand_overs": services.TO_FETCH.days,
        "searches": misses.KEPT_FOR.days,
    }
    assert school_files.KEPT_FOR == drafts.KEPT_FOR
    for kind in retention.KINDS:
        waits_for_somebody = kind.find is not None and kind.take is not None
        assert waits_for_somebody is (kind.days is not None and not kind.by_itself), f"{kind.code}: goes by itself, when confirmed, or never"
        assert kind.basis, f"{kind.code} has no ground"
    assert next(kind for kind in retention.KINDS if kind.code == "concerns").goes == "never by a rule"
