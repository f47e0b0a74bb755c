"""Another Link Worker has the child now: what is under way stands on their list until they have done something with it."""

from __future__ import annotations

import uuid

from app.accounts.models import Person
from app.children.models import Child
from app.introductions import queries
from app.introductions.services.common import TAKEN_OVER
from app.introductions.words import STATE_WORDS
from app.notifications.models import Urgency
from app.notifications.services import close_tasks, open_task
from app.shared.paths import link
from app.shared.tongue import in_english


def tell_new_lead(child: Child, person_id: uuid.UUID, actor: Person | None) -> None:
    """One task for each open introduction. It closes with the first thing they write down or move there, or when it ends."""
    for introduction in queries.list_open_of_children([child.id]):
        close_tasks(kind=TAKEN_OVER, subject=introduction, why="Handed on")
        open_task(
            person_id=person_id, zone_id=introduction.zone_id, kind=TAKEN_OVER, subject=introduction, child_id=child.id,
            title=f"{child.short_name} · Yours now: {introduction.offering.title}",
            text=f"{in_english(STATE_WORDS[introduction.state])}. Read what was said, and say hello to {introduction.organisation.name}.",
            action="Read it", icon="users", urgency=Urgency.TODAY, url=link("introductions.introduction", introduction_id=introduction.id),
        )
