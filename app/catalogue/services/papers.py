"""The file behind a document: kept before the row says so, gone again if the row cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import gettext as _

from app.accounts.models import Person
from app.catalogue import files
from app.catalogue.models import Document, DocumentKind, Paper
from app.shared.db import db
from app.shared.errors import Invalid


@contextmanager
def kept(content: bytes | None, kind: DocumentKind) -> Iterator[tuple[str, files.File] | None]:
    """The file under its new name while the block writes what belongs to it; dropped when that fails. None without a file.

    Raises Invalid at `file`: no certificate of a DBS check is kept, whatever is sent.
    """
    if not content:
        yield None
        return
    if kind is DocumentKind.DBS:
        raise Invalid(_("Kith keeps no DBS certificate. Send its level, its day and its last four digits only."), field="file")
    file = files.read_file(content)
    with files.PAPERS.kept(current_app.config["SETTINGS"].data_dir, file.content, file.ending) as name:
        yield name, file


def add_paper(document: Document, found: tuple[str, files.File] | None, actor: Person) -> None:
    """Inside the verb that sends the document in."""
    if found is not None:
        name, file = found
        db.session.flush()
        db.session.add(Paper(document_id=document.id, name=name, size=len(file.content), digest=file.digest, added_by_id=actor.id))


