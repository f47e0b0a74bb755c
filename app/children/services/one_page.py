"""The one-page profile: written with the child, read to the child, approved by the child. Partners get the approved one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import book, queries
from app.children.models import OnePage
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import DomainError, Invalid


def write_one_page(
    *, child_id: uuid.UUID, about_me: str, likes: Sequence[str], helps: str, does_not: str, working_on: Sequence[str], actor: Person | None
) -> OnePage:
    """Write the draft, or change it. The approved version stays as it is, and in use, until the draft is approved."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        tidy = list(dict.fromkeys(" ".join(item.split()) for item in likes if item.strip()))
        if not (about_me.strip() or tidy or helps.strip() or does_not.strip()):
            raise Invalid(_("Write at least one thing that the child wants people to know."), field="about_me")
        pages = book.list_one_pages(child_id)
        draft = next((page for page in pages if page.approved_on is None), None)
        if draft is None:
            draft = OnePage(child_id=child_id, version=max((page.version for page in pages), default=0) + 1)
            db.session.add(draft)
        draft.about_me, draft.likes, draft.helps, draft.does_not = about_me.strip(), tidy, helps.strip(), does_not.strip()
        draft.working_on = list(dict.fromkeys(" ".join(item.split()) for item in working_on if item.strip()))
        draft.written_on = clock.today()
        record("children.page.written", subject=draft, actor=actor, zone_id=child.zone_id, version=draft.version)
        return draft


def approve_one_page(
    *, child_id: uuid.UUID, stamp: str, read_on: date, is_childs_yes: bool, actor: Person, childs_word: str = ""
) -> OnePage:
    """The draft was read to the child, who said yes to every line of it: from now on it is what partners get, where consent covers it.

    Raises Invalid without the child's yes; DomainError when the draft is not the one that was read out (`stamp`)."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        draft = next((page for page in book.list_one_pages(child_id) if page.approved_on is None), None)
        if draft is None or draft.stamp != stamp:
            raise DomainError(_("This page was changed after you opened it. Look at it again, and read that one out."), code="moved_on")
        if not is_childs_yes:
            raise Invalid(_("Only %(child)s can say yes to this page. Read it to %(child)s, and change what is not right.", child=child.called), field="is_childs_yes")
        if read_on > clock.today():
            raise Invalid(_("It cannot have been read on a day that is still to come."), field="read_on")
        if read_on < draft.written_on:
            raise Invalid(_("It was changed after that day, so it has to be read again."), field="read_on")
        draft.approved_on, draft.read_by_id, draft.childs_word = read_on, actor.id, childs_word.strip()[:300]
        record("children.page.approved", subject=draft, actor=actor, zone_id=child.zone_id, version=draft.version, read_on=read_on)
        return draft
