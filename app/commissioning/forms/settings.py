"""What is typed about the approval scheme and a child's envelope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from app.commissioning.forms.base import PickField, asked_text
from app.commissioning.forms.funds import not_too_much
from app.commissioning.services.settings import MOST_PEOPLE
from app.shared.forms import DayField, KithForm, PoundsField, choices


class StepForm(KithForm):
    above = PoundsField(_l("Above"), [InputRequired(_l("Type an amount.")), not_too_much], description=_l("What one request costs in all."))
    people = RadioField(
        _l("How many different people must say yes?"), validators=[InputRequired(_l("Choose a number."))],
        choices=choices([(str(n), _l("%(number)s people", number=n) if n > 1 else _l("1 person")) for n in range(1, MOST_PEOPLE + 1)]),
    )
    school = PickField(_l("Only for children of one school"), [Optional()], description=_l("Beside the Zone’s own steps: it can only ask for more people."))
    fund = PickField(_l("Only where one fund pays"), [Optional()])


class StandInForm(KithForm):
    """Who decides in one's stead, and when. The value of a choice is "<Zone>:<person>"."""

    person = SelectField(_l("Who stands in for you?"), [InputRequired(_l("Choose somebody."))])
    starts_on = DayField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = DayField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    reason = asked_text(_l("Why?"), _l("Say why: it is kept with the days."), description=_l("For example: on leave."))

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        self.person.choices = choices([("", _("Choose one")), *people])

    @property
    def zone_id(self) -> uuid.UUID:
        return uuid.UUID(self.person.data.partition(":")[0])

    @property
    def person_id(self) -> uuid.UUID:
        return uuid.UUID(self.person.data.partition(":")[2])


class EnvelopeForm(KithForm):
    year = SelectField(_l("School year"), [InputRequired(_l("Choose a year."))])
    pence = PoundsField(
        _l("May be spent"), [InputRequired(_l("Type an amount.")), not_too_much], description=_l("In the whole school year, on what is bought for this child."),
    )
    reason = asked_text(_l("Why?"), _l("Say why this child’s envelope is different: it is kept with the change."))

    def offer(self, years: Iterable[int]) -> None:
        self.year.choices = choices([(str(year), f"{year}/{(year + 1) % 100:02d}") for year in years])
