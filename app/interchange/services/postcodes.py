"""Taking a table of postcodes, sectors or outcodes. It belongs to no Zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from app.catalogue.services.postcodes import PostcodePlace, save_postcodes
from app.interchange.merging import Outcome
from app.interchange.postcodes import PostcodeFile, PostcodeRow
from app.interchange.reports import Report
from app.shared.view import plural

STEP = 20_000
"""After how many rows progress is told."""


def import_postcodes(
    lines: Iterable[str], *, is_dry_run: bool = False, progress: Callable[[int], None] | None = None
) -> Report:
    """Take a table, streamed, in one transaction. Raises Unusable when its columns are not those of a table of postcodes."""
    table = PostcodeFile(lines)
    count = save_postcodes(_places(table.rows(), progress), is_dry_run=is_dry_run)
    report = Report(what="postcodes", is_dry_run=is_dry_run, problems=table.problems, wrong=table.wrong)
    report.counts = {Outcome.CREATED: count.created, Outcome.UPDATED: count.updated, Outcome.UNCHANGED: count.unchanged}
    if table.placeless:
        report.notes.append(f"{plural(table.placeless, 'row')} left out, because the table itself does not say where they are.")
    return report


def _places(rows: Iterator[PostcodeRow], progress: Callable[[int], None] | None) -> Iterator[PostcodePlace]:
    for number, row in enumerate(rows, 1):
        if progress is not None and number % STEP == 0:
            progress(number)
        yield PostcodePlace(row.code, row.latitude, row.longitude, row.place)
