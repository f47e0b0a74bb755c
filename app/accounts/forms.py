"""What people type about themselves, other people, schools and Zones."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.accounts import hooks, queries
from app.accounts.models import CeilingBase, Role, Zone
from app.accounts.roles import ROLES
from app.accounts.services.people import Scope
from app.shared.forms import (
    AddressField,
    DayField,
    KithForm,
    PhoneField,
    PostcodeField,
    PoundsField,
    TidyStringField,
    WholeNumberField,
    choices,
)

_POSITION = re.compile(r"^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$")
Choice = tuple[uuid.UUID, str]
MOST_BYTES = 1_000_000


class SignInForm(KithForm):
    email = AddressField(_l("E-mail address"), [InputRequired(_l("Type your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Type your password.")), Length(max=1000)])


class ChoosePasswordForm(KithForm):
    password = PasswordField(
        _l("New password"), [InputRequired(_l("Type a new password."))],
        description=_l("At least 12 characters. Three or four words in a row are easy to remember and hard to guess."),
    )


class ChangePasswordForm(ChoosePasswordForm):
    current = PasswordField(_l("The password you have now"), [InputRequired(_l("Type the password you have now.")), Length(max=1000)])


class CodeForm(KithForm):
    code = TidyStringField(
        _l("Code"), [InputRequired(_l("Type the code.")), Length(max=40)], description=_l("Six digits from your app. Or one of your recovery codes."),
    )


class PasskeyForm(KithForm):
    """What the script puts in from the browser's key; without the script nothing is sent."""

    answer = HiddenField(_l("Passkey"))


class PasskeyNameForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Give it a name.")), Length(max=60)], description=_l("So that you know it again: “my telephone”."))


class NewPasskeyForm(PasskeyNameForm, PasskeyForm):
    """A name, and what the key said."""


class ShowAgainForm(CodeForm):
    """A code from those who have a second step, the password from the others."""

    password = PasswordField(_l("Your password"), [InputRequired(_l("Type your password.")), Length(max=1000)])

    def narrow(self, *, has_second_step: bool) -> None:
        delattr(self, "password" if has_second_step else "code")

    def typed(self, name: str) -> str:
        return str(self[name].data or "") if name in self else ""


class ChoiceField(SelectField):
    """One thing of a list by its id; `.data` is a UUID or None."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, coerce=_id_or_none, choices=[], validate_choice=False, **kwargs)
        self.offered: set[uuid.UUID] = set()

    def offer(self, offered: Sequence[Choice], none: str) -> None:
        self.choices = choices([("", none), *((str(key), words) for key, words in offered)])
        self.offered = {key for key, _ in offered}

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in self.offered:
            raise ValidationError(_("Choose one from the list."))


def _id_or_none(value: object) -> uuid.UUID | None:
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value)) if value else None
    except ValueError:
        return None


class WhoForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type their name.")), Length(max=120)])
    email = AddressField(_l("E-mail address"), [InputRequired(_l("Type their e-mail address."))])
    phone = PhoneField(_l("Telephone"), [Optional(), Length(max=30)])


class RoleForm(KithForm):
    """The scope of a role. `narrow` leaves only the fields that the role asks for."""

    school = ChoiceField(_l("School"))
    organisation = ChoiceField(_l("Organisation"))
    fund = ChoiceField(_l("Fund"))
    limit = PoundsField(
        _l("Decides alone up to"), [Optional()], description=_l("Above this somebody else decides, too. Empty: no limit of their own."),
    )
    starts_on = DayField(_l("First day"), [Optional()], description=_l("Empty: today."))
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("Empty: until somebody ends it."))

    def narrow(self, role: Role, zone: Zone) -> None:
        """Offer what there is to choose in the Zone."""
        shape = ROLES[role]
        offers: dict[str, tuple[Callable[[uuid.UUID], Sequence[Choice]], str]] = {
            "school": (_schools, _("The whole Zone")),
            "organisation": (hooks.organisations, _("All")),
            "fund": (hooks.funds, _("All funds")),
        }
        for name, (list_of, everything) in offers.items():
            if shape.has(name):
                self[name].offer(list_of(zone.id), _("Choose one") if name in shape.needs else everything)
            else:
                delattr(self, name)
        if not shape.has("limit"):
            del self.limit

    def scope(self) -> Scope:
        return Scope(
            school_id=self._given("school"), organisation_id=self._given("organisation"), fund_id=self._given("fund"),
            limit_pence=self._given("limit"), starts_on=self.starts_on.data, ends_on=self.ends_on.data,
        )

    def _given(self, name: str) -> Any:
        return self[name].data if name in self else None


def _schools(zone_id: uuid.UUID) -> list[Choice]:
    return [(school.id, school.name) for school in queries.list_schools(zone_id)]


class PersonForm(RoleForm, WhoForm):
    """Who it is, then the scope of their first role."""


class PositionField(StringField):
    """Latitude and longitude as a map shows them; `.data` keeps what was typed, `.position` is (latitude, longitude) or None."""

    position: tuple[float, float] | None = None

    def pre_validate(self, form: Any) -> None:
        self.position = None
        if not (self.data or "").strip():
            return
        found = _POSITION.match(self.data or "")
        if found is None:
            raise ValidationError(_("Type two numbers with a comma between, like 51.5142, -0.2064."))
        latitude, longitude = float(found[1]), float(found[2])
        if not (49 <= latitude <= 61 and -9 <= longitude <= 2.5):
            raise ValidationError(_("That is not in the United Kingdom. The first number is about 50 to 60, the second about -8 to 2."))
        self.position = (latitude, longitude)


class SchoolForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type the school's name.")), Length(max=160)])
    town = TidyStringField(_l("Town or district"), [Optional(), Length(max=120)])
    ward = TidyStringField(_l("Ward"), [Optional(), Length(max=120)], description=_l("Some funds are for one ward only."))
    postcode = PostcodeField(_l("Postcode"), [InputRequired(_l("Type the school's postcode.")), Length(max=10)])
    position = PositionField(
        _l("Place on the map"), [Optional()], description=_l("Only if Kith does not know the postcode. From any map, like 51.5142, -0.2064."),
    )


class DaysForm(KithForm):
    """A term or a closure."""

    name = TidyStringField(_l("Name"), [InputRequired(_l("Give these days a name.")), Length(max=60)])
    starts_on = DayField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DayField(_l("Last day"), [InputRequired(_l("Choose a day."))], description=_l("The same day again for a single day."))


class DaysFileForm(KithForm):
    """Term dates as the school or the council hands them out."""

    file = FileField(
        _l("The file"), description=_l("CSV with name, from, to (and kind: term or closed), or an iCalendar file (.ics). At most 1 MB."),
    )

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(_("Choose a file."))
        self.content = field.data.read(MOST_BYTES + 1)
        if len(self.content) > MOST_BYTES:
            raise ValidationError(_("That file is larger than 1 MB."))

    content: bytes = b""


class ZoneForm(KithForm):
    name = TidyStringField(_l("Name of the Zone"), [InputRequired(_l("Type the Zone's name.")), Length(max=120)])
    region = TidyStringField(_l("Area"), [Optional(), Length(max=120)], description=_l("As offerings name it, for example West London."))
    ceiling_percent = WholeNumberField(
        _l("No funder pays more than"), [InputRequired(_l("Type a percentage.")), NumberRange(1, 100, _l("Between 1 and 100 percent."))],
        description=_l("Of one child's year. More needs a named second person who says why."),
    )
    ceiling_base = RadioField(
        _l("Measured on"),
        choices=choices([
            (CeilingBase.FULL_YEARLY_COST.value, _l("The full yearly cost of a child")),
            (CeilingBase.COMMISSIONED_SPEND.value, _l("What is commissioned for the child alone")),
        ]),
        validators=[InputRequired(_l("Choose one."))],
    )
    full_yearly_cost = PoundsField(_l("Full yearly cost of a child"), [InputRequired(_l("Type an amount."))])
    envelope = PoundsField(
        _l("Envelope of a child"), [InputRequired(_l("Type an amount."))], description=_l("What may be spent on one child in a school year."),
    )
    hold_school_days = WholeNumberField(
        _l("A place is held for"), [InputRequired(_l("Type a number of days.")), NumberRange(1, 60, _l("Between 1 and 60 school days."))],
        description=_l("School days that a place waits for a decision about its money."),
    )
    council_phone = PhoneField(
        _l("Children’s services of the council"), [Optional(), Length(max=30)],
        description=_l("The number to ring about a child who is not safe. It stands on the page for concerns."),
    )


class NewZoneForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type the Zone's name.")), Length(max=120)], description=_l("For example West London."))
    slug = TidyStringField(
        _l("Short name"), [InputRequired(_l("Type a short name.")), Length(max=60)],
        description=_l("For addresses and commands: small letters, digits and hyphens, like west-london. It stays as it is."),
    )
    region = TidyStringField(_l("Area"), [Optional(), Length(max=120)])
