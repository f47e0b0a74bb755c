"""Rule 6: nothing is kept, promised or confirmed with an organisation whose documents are missing or out of date."""

from __future__ import annotations

import uuid
from datetime import date

from flask_babel import gettext as _

from app.accounts.models import Role
from app.accounts.queries import people_with
from app.catalogue.models import Cohort
from app.catalogue.queries import document_gaps
from app.commissioning.models import Commission
from app.commissioning.refusals import DocumentsLapsed
from app.notifications import services as notifications
from app.notifications.models import Urgency
from app.shared import clock


def gaps(cohort: Cohort, *, through: date, practitioner_id: uuid.UUID | None = None) -> list[str]:
    """What is missing today, or runs out on or before the day `through`, a sentence each."""
    today = clock.today()
    found = document_gaps(
        cohort.offering.organisation_id, on=today, through=max(today, through),
        practitioner_id=practitioner_id or cohort.practitioner_id,
    )
    return [gap.sentence for gap in found]


def require_documents(cohort: Cohort, *, through: date, practitioner_id: uuid.UUID | None = None) -> None:
    """Raises DocumentsLapsed with every gap and who can close it."""
    found = gaps(cohort, through=through, practitioner_id=practitioner_id)
    if found:
        raise DocumentsLapsed(_(
            "%(gaps)s %(organisation)s can send it; then this can go on.", gaps=" ".join(found), organisation=cohort.offering.organisation.name,
        ), field="cohort")


def ask_for_renewal(commission: Commission, sentences: list[str]) -> None:
    """The documents are current today but not through the last session: the partner is asked for new ones in good time."""
    for person in people_with(Role.PARTNER_ADMIN, commission.zone_id, organisation_id=commission.organisation_id):
        notifications.open_task(
            person_id=person.id, kind="renew_documents", subject=commission.organisation, zone_id=commission.zone_id,
            title="Renew a document", text=" ".join(sentences), action="Send it", icon="file-check",
            url=f"/organisations/{commission.organisation_id}", urgency=Urgency.WEEK,
        )
