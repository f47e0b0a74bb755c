"""What people type about finding: words for search, files of words, gaps, saved searches."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.accounts.models import Zone
from app.catalogue import words
from app.catalogue.fields import ChecksField
from app.catalogue.lexicon_files import LONGEST
from app.catalogue.models import NEEDS
from app.shared.forms import KithForm, TidyStringField, choices


class AmongZones(KithForm):
    """A form that asks for one of some Zones. `narrow` first."""

    zone: SelectField

    def narrow(self, zones: Sequence[Zone]) -> None:
        self.zones = {zone.slug: zone for zone in zones}
        self.zone.choices = choices([(zone.slug, zone.name) for zone in zones])


class ConceptForm(AmongZones):
    """One thing people look for, and what they call it. `narrow` first: it says which Zones the effect can be looked at in."""

    name = TidyStringField(
        _l("What it is"), [DataRequired(_l("Say what it is called.")), Length(max=LONGEST, message=_l("At most %(most)s characters.", most=LONGEST))],
        description=_l("As an organisation would write it: football, bereavement."),
    )
    same = TextAreaField(_l("Other words for it"), description=_l("One a line: footy, kickabout. Whoever types one finds all of them."))
    near = TextAreaField(_l("Words that come near it"), [Optional()], description=_l("One a line. They count, but less."))
    needs = ChecksField(_l("Needs it is about"), choices=choices((c, f"{c.partition(':')[0]}: {words.need_word(c)}") for c in NEEDS))
    query = TidyStringField(_l("A search to try"), [Optional(), Length(max=200)], description=_l("What would somebody type? Nothing is saved by looking."))
    zone = SelectField(_l("In which Zone"), choices=[], validate_choice=False)
    seen = HiddenField()

    @staticmethod
    def lines(text: str | None) -> list[str]:
        return [line.strip() for part in (text or "").splitlines() for line in part.split(",") if line.strip()]


FORMATS = (("openactive", _l("OpenActive’s activity list, with its broader and narrower activities")), ("csv", _l("A table with the columns concept and alias")))


class WordsFileForm(KithForm):
    kind = RadioField(_l("What is in the file?"), [DataRequired(_l("Choose what is in the file."))], choices=choices(FORMATS), validate_choice=False)
    file = FileField(_l("The file"), description=_l("At most 4 MB. It is looked at first: nothing changes before you say so."))

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in dict(FORMATS):
            raise ValidationError(_("Choose what is in the file."))

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(_("Choose the file."))


class WordsTakeForm(KithForm):
    """The yes after looking at a file; the entries travel with it."""

    kind = HiddenField()
    packed = HiddenField()


class GapForm(KithForm):
    note = TextAreaField(
        _l("What would have helped? (never a child’s name)"), [Optional(), Length(max=300, message=_l("At most 300 characters."))],
        description=_l("For the Zone manager: what is missing, where, when."),
    )


class GapCloseForm(KithForm):
    why = TidyStringField(_l("What became of it?"), [DataRequired(_l("Say what became of it.")), Length(max=200, message=_l("At most 200 characters."))])


class SaveSearchForm(KithForm):
    name = TidyStringField(
        _l("A name for this search"), [DataRequired(_l("Give the search a name.")), Length(max=80, message=_l("At most 80 characters."))],
        description=_l("Call it by what you look for, like “Saturday drumming near school”. Never a child’s name."),
    )
    is_told = BooleanField(_l("Tell me when something new fits"), default=True)


class OpenViewForm(AmongZones):
    zone = SelectField(_l("Which Zone?"), choices=[], validate_choice=False)

    def validate_zone(self, field: SelectField) -> None:
        if field.data not in self.zones:
            raise ValidationError(_("Choose one of the Zones."))
