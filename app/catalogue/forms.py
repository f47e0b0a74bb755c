"""What people type about organisations and their people, offerings, prices, groups and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.accounts.forms import ChoiceField, PositionField
from app.catalogue import words
from app.catalogue.fields import ChecksField, LanguagesField, SlotForm, WordsField
from app.catalogue.models import (
    ACCESSIBILITY,
    DEFAULT_PAYABLE,
    NEEDS,
    OFFERING_KIND_WORDS,
    CancelledBy,
    Delivery,
    Gender,
    Offering,
    OfferingKind,
    OrganisationKind,
    Season,
    Tariff,
    TariffBasis,
)
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

_WHOLE = _l("Type a whole number, like 10.")
_YEARS = [(str(year), words.school_year_later(year)) for year in words.SCHOOL_YEARS]


class WhyForm(KithForm):
    """Carries a partner's word about a change that is proposed; the Zone manager's own changes need none."""

    why = TidyStringField(_l("A word for the Zone manager"), [Optional(), Length(max=500)], description=_l("Why it changes. They read it beside the before and after."))


class AnswerForm(KithForm):
    """Accepting a proposal or sending it back, from the page that showed `seen`."""

    seen = HiddenField()
    answer = HiddenField()
    word = TextAreaField(_l("A word for them"), [Optional(), Length(max=1000)], description=_l("Needed when you send it back: what would make it right."))


class OrganisationForm(WhyForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type the organisation’s name.")), Length(max=200)])
    kind = RadioField(_l("Kind"), choices=choices((k.value, w) for k, w in words.ORGANISATION_KINDS.items()), default=OrganisationKind.PARTNER.value)
    about = TextAreaField(_l("About"), [Optional(), Length(max=2000)], description=_l("In two or three sentences a family would understand."))
    contact_name = TidyStringField(_l("Who to ask for"), [Optional(), Length(max=120)])
    email = AddressField(_l("E-mail address"), [Optional()])
    phone = PhoneField(_l("Telephone"), [Optional(), Length(max=30)])
    website = TidyStringField(_l("Website"), [Optional(), Length(max=300)])
    address = TidyStringField(_l("Address"), [Optional(), Length(max=300)])
    postcode = PostcodeField(_l("Postcode"), [Optional(), Length(max=10)])

    def validate_website(self, field: StringField) -> None:
        if field.data and not field.data.startswith(("http://", "https://")):
            raise ValidationError(_("Start it with https://, like https://www.example.org."))


class MoveForm(KithForm):
    """Why an organisation is restricted, suspended or has left."""

    to = HiddenField()
    reason = TidyStringField(_l("Why"), [Optional(), Length(max=300)])


class ReasonForm(KithForm):
    reason = TidyStringField(_l("Why"), [Optional(), Length(max=300)])


class PractitionerForm(KithForm):
    name = TidyStringField(_l("Name"), [InputRequired(_l("Type their name.")), Length(max=120)])
    title = TidyStringField(_l("What they do"), [Optional(), Length(max=120)], description=_l("For example drumming tutor."))
    works_alone = BooleanField(_l("Works alone with children"), description=_l("Then nothing goes on without a current DBS check."))
    left_on = DayField(_l("Last day here"), [Optional()], description=_l("Only when they leave."))


class OfferingForm(WhyForm):
    version = HiddenField()
    title = TidyStringField(_l("Title"), [InputRequired(_l("Give it a title.")), Length(max=200)], description=_l("What a child would call it."))
    kind = RadioField(_l("Kind"), choices=choices((k.value, w) for k, w in OFFERING_KIND_WORDS.items()), default=OfferingKind.COMMISSIONED.value)
    description = TextAreaField(
        _l("What happens there"), [Optional(), Length(max=4000)], description=_l("What a child does, with whom, and what to expect the first time."),
    )
    interests = WordsField(_l("Interests"), [Optional(), Length(max=800)], description=_l("What children love about it, with commas: drumming, music, rhythm."))
    needs = ChecksField(_l("Needs it helps with"), choices=choices((code, f"{code.partition(':')[0]}: {words.need_word(code)}") for code in NEEDS))
    age_min = WholeNumberField(_l("Youngest age"), [InputRequired(_l("Type an age.")), NumberRange(0, 25, _l("From 0 to 25 years."))])
    age_max = WholeNumberField(_l("Oldest age"), [InputRequired(_l("Type an age.")), NumberRange(0, 25, _l("From 0 to 25 years."))])
    year_min = SelectField(_l("Youngest school year"), choices=choices([("", _l("Any")), *_YEARS]), default="")
    year_max = SelectField(_l("Oldest school year"), choices=choices([("", _l("Any")), *_YEARS]), default="")
    eligibility = TextAreaField(
        _l("Who can come"), [Optional(), Length(max=1000)],
        description=_l("Anything beyond age: where they live, a diagnosis that is not needed, a waiting time. Never a child’s name."),
    )
    is_private = BooleanField(
        _l("Made for particular children"),
        description=_l("Then nobody finds it but you, the Zone manager, and those who know a child that goes. Do not name the children here."),
    )
    gender = RadioField(_l("For"), choices=choices((g.value, w) for g, w in words.GENDERS.items()), default=Gender.ANY.value)
    languages = LanguagesField(_l("Languages"), [InputRequired(_l("Name at least one language.")), Length(max=400)], default="English")
    group_size = WholeNumberField(_l("Children in the room at once"), [Optional(), NumberRange(1, 1000, _WHOLE)])
    sibling_min_age = WholeNumberField(
        _l("Youngest brother or sister who may come along"), [Optional(), NumberRange(0, 18, _l("From 0 to 18 years."))],
        description=_l("Leave it empty if they cannot."),
    )
    must_parent_stay = BooleanField(_l("A parent or carer has to stay"))
    delivery = RadioField(_l("Where it happens"), choices=choices((d.value, w) for d, w in words.DELIVERIES.items()), default=Delivery.VENUE.value)
    home_visit_radius_km = WholeNumberField(
        _l("How far you travel, in kilometres"), [Optional(), NumberRange(1, 200, _l("From 1 to 200 kilometres."))], description=_l("For home visits only."),
    )
    site_id = ChoiceField(_l("Where it meets"), description=_l("One of your places. Then the address below is the place’s own."))
    town = TidyStringField(_l("Town or district"), [Optional(), Length(max=120)])
    postcode = PostcodeField(_l("Postcode"), [Optional(), Length(max=10)])
    region = TidyStringField(_l("Area"), [Optional(), Length(max=120)], description=_l("As children’s records name it, for example West London."))
    position = PositionField(_l("Place on the map"), [Optional()], description=_l("Latitude and longitude, like 51.5142, -0.2064. Leave it empty and the postcode says where."))
    how_to_get_there = TextAreaField(_l("How to get there"), [Optional(), Length(max=1000)], description=_l("The bus, the door, who to ask for."))
    slots = FieldList(FormField(SlotForm, _l("Meeting")), _l("When it meets"), min_entries=3, max_entries=30)
    is_by_arrangement = BooleanField(_l("Times are agreed for each child"))
    season = RadioField(_l("Time of year"), choices=choices((s.value, w) for s, w in words.SEASONS.items()), default=Season.TERM.value)
    cost = PoundsField(_l("What the family pays a session"), [Optional()], description=_l("Leave it empty if it is free for families."), default=0)
    accessibility = ChecksField(_l("Access"), choices=choices((f, words.FEATURES[f]) for f in ACCESSIBILITY))

    def offer(self, sites: Sequence[Any]) -> None:
        self.site_id.offer([(site.id, site.name) for site in sites], _("Somewhere else"))

    def access(self, offering: Offering | None) -> tuple[bool, list[str]]:
        """Is it step-free, and what there is. Where a file said step-free in its own column alone, saving the page adds no word to the other."""
        named = self.accessibility.ticked(offering.accessibility if offering else ())
        is_said_apart = offering is not None and offering.is_step_free and "step-free" not in offering.accessibility
        return "step-free" in named, [feature for feature in named if feature != "step-free" or not is_said_apart]

    def years(self) -> tuple[int | None, int | None]:
        """Youngest and oldest school year, as far as they are chosen."""
        youngest, oldest = self.year_min.data or "", self.year_max.data or ""
        return int(youngest) if youngest else None, int(oldest) if oldest else None


def _share(label: str, mark: str) -> WholeNumberField:
    """The percent owed for one kind of mark."""
    return WholeNumberField(label, [Optional(), NumberRange(0, 100, _l("From 0 to 100 percent."))], default=DEFAULT_PAYABLE[mark])


class TariffForm(WhyForm):
    price = PoundsField(_l("Price"), [InputRequired(_l("Type the price."))], description=_l("For one child."))
    basis = RadioField(_l("The price is for"), choices=choices((b.value, w) for b, w in words.TARIFF_BASES.items()), default=TariffBasis.SESSION.value)
    setting = RadioField(_l("The child comes"), choices=choices([("group", _l("In a group")), ("one", _l("One to one"))]), default="group")
    setup = PoundsField(_l("Set-up"), [Optional()], description=_l("Paid once for each child."), default=0)
    notice_percent = WholeNumberField(
        _l("Notice charge"), [Optional(), NumberRange(0, 100, _l("From 0 to 100 percent."))],
        description=_l("Percent of one session, paid when somebody else ends the work early. Nothing if empty."),
    )
    attended = _share(_l("Came"), "attended")
    late = _share(_l("Came late"), "late")
    left_early = _share(_l("Left early"), "left_early")
    absent_told = _share(_l("Told 48 hours ahead"), "absent_told")
    absent_untold = _share(_l("Told later or not at all"), "absent_untold")
    excused = _share(_l("Excused"), "excused")
    session_cancelled = _share(_l("Called off by the school, the programme or the weather"), "session_cancelled")
    starts_on = DayField(_l("From"), [Optional()], description=_l("Today if empty. What is agreed already keeps its price."))

    def show(self, current: Tariff) -> None:
        """What stands today, to begin with."""
        self.price.data, self.setup.data, self.notice_percent.data = current.price_pence, current.setup_pence, current.notice_percent
        self.basis.data, self.setting.data = current.basis.value, "one" if current.is_one_to_one else "group"
        for mark, percent in {**DEFAULT_PAYABLE, **current.payable}.items():
            self[mark].data = percent

    def terms(self, current: Tariff | None) -> dict[str, Any]:
        """As `set_tariff` takes them; a mark without a number keeps what stands."""
        standing = {**DEFAULT_PAYABLE, **(current.payable if current else {})}
        return {
            "price_pence": self.price.data or 0, "setup_pence": self.setup.data or 0, "notice_percent": self.notice_percent.data or 0,
            "payable": {mark: percent if self[mark].data is None else self[mark].data for mark, percent in standing.items()}, "basis": TariffBasis(self.basis.data),
            "is_one_to_one": self.setting.data == "one", "starts_on": self.starts_on.data,
        }


class CohortForm(KithForm):
    name = TidyStringField(_l("Name"), [Optional(), Length(max=120)], description=_l("For example Spring 2027. May be empty."))
    starts_on = DayField(_l("First day"), [Optional()])
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("With both days, its sessions are planned for you."))
    site_id = ChoiceField(_l("Where it meets"))
    venue = TidyStringField(_l("Room or door"), [Optional(), Length(max=200)], description=_l("If it is not the usual one."))
    practitioner_id = ChoiceField(_l("Who runs it"))

    def offer(self, practitioners: Sequence[Any], sites: Sequence[Any] = ()) -> None:
        self.practitioner_id.offer([(p.id, p.name) for p in practitioners], _("Not decided yet"))
        self.site_id.offer([(site.id, site.name) for site in sites], _("Where the offering meets"))


class NewCohortForm(CohortForm):
    capacity = WholeNumberField(_l("Places in all"), [InputRequired(_l("Type how many places there are.")), NumberRange(0, 9_999, _WHOLE)])
    outside_places = WholeNumberField(
        _l("Places taken already"), [Optional(), NumberRange(0, 9_999, _WHOLE)], description=_l("By children who are not with us."), default=0,
    )


class OutsideForm(KithForm):
    outside_places = WholeNumberField(_l("Places taken by others"), [InputRequired(_WHOLE), NumberRange(0, 9_999, _WHOLE)])


class SessionForm(KithForm):
    day = DayField(_l("Day"), [InputRequired(_l("Choose a day."))])
    start = StringField(_l("From"), [InputRequired(_l("Type a time, like 16:00.")), Length(max=12)])
    end = StringField(_l("To"), [InputRequired(_l("Type a time, like 17:00.")), Length(max=12)])
    reason = TidyStringField(_l("Why"), [Optional(), Length(max=300)])


class CancelForm(KithForm):
    by = RadioField(_l("Who calls it off"), choices=choices((b.value, w[0].upper() + w[1:]) for b, w in words.CANCELLED_BY.items()),
                    default=CancelledBy.PARTNER.value)
    reason = TidyStringField(_l("Why"), [InputRequired(_l("Say why: families and Link Workers will ask.")), Length(max=300)])
