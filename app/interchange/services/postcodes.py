"""Taking a table of postcodes, sectors or outcodes. It belongs to no Zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask_babel import gettext as _

from app.catalogue.services.postcodes import PostcodePlace, save_postcodes
from app.interchange.merging import Outcome
from app.interchange.postcode_files import open_parts, total_size
from app.interchange.postcodes import MOST_PROBLEMS, PostcodeFile, PostcodeRow, wider_codes
from app.interchange.problems import Unusable
from app.interchange.reports import Report
from app.interchange.services.catalogue import Progress, silent
from app.shared.view import plural

STEP = 2_000
"""After how many rows progress is told."""


class _Taking:
    """Rows on their way to the table, and what is known of them when they are through."""

    def __init__(self, progress: Progress, *, with_ended: bool) -> None:
        self.report = Report(what="postcodes")
        self.placeless = self.ended = self.files = 0
        self._with_ended = with_ended
        self._progress = progress
        self._sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def rows(self, name: str, lines: Iterable[str]) -> Iterator[PostcodePlace]:
        table = PostcodeFile(lines, with_ended=self._with_ended)
        for row in table.rows():
            self._add(row)
            yield PostcodePlace(row.code, row.latitude, row.longitude, row.place)
        self.files += 1
        self.placeless += table.placeless
        self.ended += table.ended
        self.report.wrong += table.wrong
        room = MOST_PROBLEMS - len(self.report.problems)
        self.report.problems = [*self.report.problems, *table.problems[: max(0, room)]]
        if table.problems and name:
            self.report.notes.append(f"{name}: {plural(table.wrong, 'wrong row')}.")

    def files_of(self, path: Path) -> Iterator[PostcodePlace]:
        total, before = total_size(path), 0
        with open_parts(path) as parts:
            for part in parts:
                try:
                    for number, place in enumerate(self.rows(part.name if total != part.size else "", part.lines)):
                        if number % STEP == 0:
                            self._progress("Reading postcodes, bytes", before + part.tell(), total)
                        yield place
                except Unusable as refusal:
                    raise Unusable(_("%(file)s: %(refusal)s", file=part.name, refusal=refusal.sentence) if total != part.size else refusal.sentence) from refusal
                before += part.size

    def _add(self, row: PostcodeRow) -> None:
        for code in wider_codes(row.code)[1:]:
            together = self._sums[code]
            together[0] += row.latitude
            together[1] += row.longitude
            together[2] += 1

    def wider(self) -> Iterator[PostcodePlace]:
        """The middle of each sector and outcode, from what lies in it: for addresses of which no more is known."""
        for code, (latitude, longitude, number) in self._sums.items():
            yield PostcodePlace(code, round(latitude / number, 6), round(longitude / number, 6))


def import_postcodes(
    given: Path | Iterable[str], *, is_dry_run: bool = False, with_ended: bool = False, progress: Progress = silent
) -> Report:
    """Take a table, streamed, in one transaction: a file, a folder of them, a ZIP, or lines.

    Sectors and outcodes that no table has told are worked out from the postcodes in them. `with_ended` takes postcodes that are no
    longer in use too. Raises Unusable when the columns are not those of a table of postcodes.
    """
    taking = _Taking(progress, with_ended=with_ended)
    places = taking.files_of(given) if isinstance(given, Path) else taking.rows("", given)
    count = save_postcodes(places, wider=taking.wider, is_dry_run=is_dry_run)
    report = taking.report
    report.is_dry_run = is_dry_run
    report.counts = {Outcome.CREATED: count.created, Outcome.UPDATED: count.updated, Outcome.UNCHANGED: count.unchanged}
    if taking.placeless:
        report.notes.append(f"{plural(taking.placeless, 'row')} left out, because the table itself does not say where they are.")
    if taking.ended:
        report.notes.append(f"{plural(taking.ended, 'postcode')} left out, because no longer in use. With --with-ended they come in too.")
    if count.worked_out:
        report.notes.append(f"{plural(count.worked_out, 'sector and outcode', 'sectors and outcodes')} worked out from the postcodes in them.")
    return report
