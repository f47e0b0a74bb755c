"""What is asked when somebody brings a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, ValidationError

from app.accounts.models import Zone
from app.interchange.models import ImportKind
from app.interchange.services.catalogue import DEFAULT_SOURCE
from app.shared.forms import KithForm, TidyStringField, choices

TABLE = "table"
KINDS = (
    (ImportKind.CATALOGUE.value, _l("Offerings: a catalogue.csv")), (TABLE, _l("Offerings: any other table")),
    (ImportKind.CHILDREN.value, _l("Children: a children.json")),
)


def printable(form: Any, field: TidyStringField) -> None:
    """For a name that is kept: nothing in it that cannot be seen."""
    if field.data and not field.data.isprintable():
        raise ValidationError(_("Letters, digits and the usual marks only."))


class UploadForm(KithForm):
    """A file, what it holds, whose it is. `narrow` before anything else: it says which Zones there are to choose from."""

    kind = RadioField(
        _l("What is in the file?"), [InputRequired(_l("Choose what is in the file."))], choices=choices(KINDS), validate_choice=False,
    )
    zone = SelectField(_l("Which Zone?"), choices=[], validate_choice=False)
    file = MultipleFileField(_l("The file"), description=_l("At most 6 MB. It is looked at first: nothing is brought in before you say so."))
    source = TidyStringField(
        _l("Where does it come from?"), [InputRequired(_l("Say where the file comes from.")), Length(max=60, message=_l("At most 60 characters."))],
        default=DEFAULT_SOURCE,
        description=_l("A short name, the same every time. A record is known by this name and its id, so the same file never comes in twice."),
    )

    def narrow(self, zones: Sequence[Zone]) -> None:
        self.zones = {zone.slug: zone for zone in zones}
        self.zone.choices = choices([(zone.slug, zone.name) for zone in zones])
        if len(zones) == 1:
            self.zone.data = zones[0].slug

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in dict(KINDS):
            raise ValidationError(_("Choose what is in the file."))

    def validate_zone(self, field: SelectField) -> None:
        if field.data not in self.zones:
            raise ValidationError(_("Choose one of your Zones."))

    def validate_file(self, field: MultipleFileField) -> None:
        if not self.uploads():
            raise ValidationError(_("Choose the file."))
        if len(self.uploads()) > 1 and self.kind.data != TABLE:
            raise ValidationError(_("Choose one file. Several that belong together are brought in as “any other table”."))

    validate_source = printable

    def ask_again(self) -> None:
        """Something else was wrong: browsers keep what was typed but forget the file."""
        if self.uploads() and not self.file.errors:
            self.file.errors = [*self.file.errors, _("Choose the file again: your browser forgot it when something else was wrong.")]

    def uploads(self) -> list[Any]:
        given = self.file.data if isinstance(self.file.data, list) else [self.file.data]
        return [upload for upload in given if upload and getattr(upload, "filename", "")]

    def contents(self) -> list[tuple[str, bytes]]:
        """Each file by what the browser called it: shown back to the same person, never used as a path."""
        return [(_tidy(upload.filename), bytes(upload.read())) for upload in self.uploads()]


def _tidy(file_name: str) -> str:
    name = (file_name or "file").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:120] or "file"
