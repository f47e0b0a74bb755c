"""What is typed about the approval scheme and a child's envelope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from app.commissioning.forms.base import PickField, asked_text
from app.commissioning.forms.funds import not_too_much
from app.commissioning.services.settings import MOST_PEOPLE
from app.shared.forms import DayField, KithForm, PoundsField, choices


class StepForm(KithForm):
    above = PoundsField("Above", [InputRequired("Type an amount."), not_too_much], description="What one request costs in all.")
    people = RadioField(
        "How many different people must say yes?", validators=[InputRequired("Choose a number.")],
        choices=choices([(str(n), f"{n} people" if n > 1 else "1 person") for n in range(1, MOST_PEOPLE + 1)]),
    )
    school = PickField("Only for children of one school", [Optional()], description="Beside the Zone’s own steps: it can only ask for more people.")
    fund = PickField("Only where one fund pays", [Optional()])


class StandInForm(KithForm):
    """Who decides in one's stead, and when. The value of a choice is "<Zone>:<person>"."""

    person = SelectField("Who stands in for you?", [InputRequired("Choose somebody.")])
    starts_on = DayField("First day", [InputRequired("Choose the first day.")])
    ends_on = DayField("Last day", [InputRequired("Choose the last day.")])
    reason = asked_text("Why?", "Say why: it is kept with the days.", description="For example: on leave.")

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        self.person.choices = choices([("", "Choose one"), *people])

    @property
    def zone_id(self) -> uuid.UUID:
        return uuid.UUID(self.person.data.partition(":")[0])

    @property
    def person_id(self) -> uuid.UUID:
        return uuid.UUID(self.person.data.partition(":")[2])


class EnvelopeForm(KithForm):
    year = SelectField("School year", [InputRequired("Choose a year.")])
    pence = PoundsField(
        "May be spent", [InputRequired("Type an amount."), not_too_much], description="In the whole school year, on what is bought for this child.",
    )
    reason = asked_text("Why?", "Say why this child’s envelope is different: it is kept with the change.")

    def offer(self, years: Iterable[int]) -> None:
        self.year.choices = choices([(str(year), f"{year}/{(year + 1) % 100:02d}") for year in years])
