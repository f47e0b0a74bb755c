"""All that was heard in one conversation, written down at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Person
from app.children import services as children
from app.introductions import policies, standing
from app.introductions.models import Introduction, IntroductionState, Stance, Viewpoint
from app.introductions.services.common import permit, take
from app.introductions.services.listening import (
    begin_listening,
    make_ready,
    prepare,
    record_view,
)
from app.shared import clock
from app.shared.db import atomic
from app.shared.errors import Invalid

_S = IntroductionState


@dataclass(frozen=True)
class Heard:
    """What one person said today: the child, or the carer of that id."""

    viewpoint: Viewpoint
    stance: Stance
    words: str
    carer_id: uuid.UUID | None = None
    how: str = "in person"


@dataclass(frozen=True)
class Agreed:
    """What that carer agreed may be shared with the organisation, and until when."""

    carer_id: uuid.UUID
    fields: Sequence[str]
    ends_on: date
    how: str = "in person"


def write_down_all(
    *, introduction_id: uuid.UUID, heard: Sequence[Heard], agreed: Agreed | None, has_met_contact: bool, who_goes_along: str, actor: Person,
    seen_version: int | None = None,
) -> Introduction:
    """Begin to listen where that was not done, write down each view, the consent, and what makes it warm; then it is ready, if nothing
    else is missing. Each step asks what it asks by itself, and what one refuses, none has done.

    Raises what begin_listening, record_view, give_consent and prepare raise.
    """
    with atomic():
        introduction = take(introduction_id, seen_version=seen_version)
        permit(policies.can_listen(actor, introduction), introduction)
        if introduction.state not in (_S.IDEA, _S.NOT_YET, _S.LISTENING):
            raise Invalid(_("This is past listening. Write down a new view instead."))
        if introduction.state is not _S.LISTENING:
            begin_listening(introduction_id=introduction.id, actor=actor)
        for one in heard:
            record_view(
                introduction_id=introduction.id, viewpoint=one.viewpoint, stance=one.stance, words_said=one.words, said_on=clock.today(),
                carer_id=one.carer_id, how=one.how, actor=actor,
            )
        if agreed is not None:
            children.give_consent(
                child_id=introduction.child_id, carer_id=agreed.carer_id, organisation_id=introduction.organisation_id, fields=agreed.fields,
                given_on=clock.today(), ends_on=agreed.ends_on, how=agreed.how, actor=actor,
            )
        prepare(introduction_id=introduction.id, has_met_contact=has_met_contact, who_goes_along=who_goes_along, actor=actor)
        if policies.can_make_ready(actor, introduction) and not standing.gaps_to_be_ready(introduction, standing.read(introduction)):
            make_ready(introduction_id=introduction.id, actor=actor)
        return introduction
