"""A small world with somebody of every role, for tests that visit everything."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.models import Person, Role
from app.commissioning.models import Fund
from app.shared import clock
from tests import factories


def people_of_every_role() -> dict[Role, Person]:
    """One Zone with a school, a child, an organisation with an offering under way, a fund; and who works there."""
    zone = factories.make_zone()
    school = factories.make_school(zone)
    organisation = factories.make_organisation(zone)
    offering = factories.make_offering(organisation)
    factories.make_tariff(offering)
    factories.make_cohort(offering, sessions=2)
    factories.make_practitioner(organisation)
    today = clock.today()
    fund = factories.save(Fund(
        zone_id=zone.id, name="Council 2026", funder="The council", starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=300),
    ))
    scopes = {
        Role.ADMINISTRATOR: {"zone": None}, Role.PARTNER_ADMIN: {"organisation": organisation}, Role.PRACTITIONER: {"organisation": organisation},
        Role.SCHOOL_LEAD: {"school": school}, Role.FUNDER: {"fund_id": fund.id},
    }
    people = {role: factories.make_person(role, **{"zone": zone, **scopes.get(role, {})}) for role in Role}
    child = factories.make_child(school, people[Role.LINK_WORKER])
    factories.make_consent(child, organisation)
    return people
