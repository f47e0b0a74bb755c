"""What the child has said no to."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _

from app.accounts.models import Person
from app.audit.services import record
from app.children import queries
from app.children.models import Refusal, Voice
from app.children.services import powers
from app.shared import clock
from app.shared.db import atomic, db
from app.shared.errors import Invalid, NotFound


def record_refusal(
    *, child_id: uuid.UUID, offering_id: uuid.UUID, why: str, is_childs_no: bool, actor: Person | None
) -> Refusal:
    """Keep an offering from coming back by itself. Saying it twice is saying it once; a child's own no outweighs a
    Link Worker's "not for this child". Raises NotFound when child and offering are not of one Zone."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.speaks_for(actor, child)
        queries.offering_in_zone(offering_id, child.zone_id)
        standing = queries.find_refusal(child_id, offering_id)
        if standing is not None and (standing.is_childs_no or not is_childs_no):
            return standing
        if standing is not None:
            standing.lifted_on = clock.today()
            db.session.flush()
        refusal = Refusal(
            child_id=child_id, offering_id=offering_id, why=why.strip(), is_childs_no=is_childs_no, said_on=clock.today(),
            recorded_by_id=actor.id if actor else None,
        )
        db.session.add(refusal)
        record("children.refusal.recorded", subject=refusal, actor=actor, zone_id=child.zone_id, offering=offering_id,
               childs_no=is_childs_no)
        return refusal


def lift_refusal(*, child_id: uuid.UUID, offering_id: uuid.UUID, words: str, actor: Person) -> Refusal:
    """The child would like it after all. A child's no is lifted only by the child's own new words, kept as a voice."""
    with atomic():
        child = queries.get_child_by_id(child_id)
        powers.works_with(actor, child)
        refusal = queries.find_refusal(child_id, offering_id)
        if refusal is None:
            raise NotFound(_("There is no refusal of this to lift."))
        said = words.strip()
        if refusal.is_childs_no and not said:
            raise Invalid(
                _("%(child)s said no to this, so only %(child)s’s own new words can bring it back. Write what was said.", child=child.called),
                code="needs_childs_words", field="words",
            )
        refusal.lifted_on = clock.today()
        if said:
            db.session.add(Voice(child_id=child_id, words=said, said_on=clock.today(), heard_by_id=actor.id))
        record("children.refusal.lifted", subject=refusal, actor=actor, zone_id=child.zone_id, offering=offering_id)
        return refusal
