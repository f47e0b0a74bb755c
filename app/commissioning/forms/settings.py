"""What is typed about the approval scheme and a child's envelope."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from app.commissioning.forms.base import asked_text
from app.commissioning.forms.funds import not_too_much
from app.commissioning.services.settings import MOST_PEOPLE
from app.shared.forms import KithForm, PoundsField, choices


class StepForm(KithForm):
    above = PoundsField("Above", [InputRequired("Type an amount."), not_too_much], description="What one request costs in all.")
    people = RadioField(
        "How many different people must say yes?", validators=[InputRequired("Choose a number.")],
        choices=choices([(str(n), f"{n} people" if n > 1 else "1 person") for n in range(1, MOST_PEOPLE + 1)]),
    )


class EnvelopeForm(KithForm):
    year = SelectField("School year", [InputRequired("Choose a year.")])
    pence = PoundsField(
        "May be spent", [InputRequired("Type an amount."), not_too_much], description="In the whole school year, on what is bought for this child.",
    )
    reason = asked_text("Why?", "Say why this child’s envelope is different: it is kept with the change.")

    def offer(self, years: Iterable[int]) -> None:
        self.year.choices = choices([(str(year), f"{year}/{(year + 1) % 100:02d}") for year in years])
