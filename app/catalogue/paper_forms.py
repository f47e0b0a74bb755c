"""What people type about an organisation's papers: documents, agreements, signatures, and who is asked to join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.forms import ChoiceField
from app.catalogue import words
from app.catalogue.models import (
    AGREED_KINDS,
    DocumentKind,
)
from app.shared.forms import (
    AddressField,
    DayField,
    KithForm,
    TidyStringField,
    choices,
)


class WhichDocumentForm(KithForm):
    kind = SelectField(_l("Document"))
    practitioner_id = ChoiceField(_l("Whose"), description=_l("For a DBS check."))

    def offer(self, practitioners: Sequence[Any], kinds: Sequence[DocumentKind]) -> None:
        self.kind.choices = choices((k.value, words.DOCUMENT_KINDS[k]) for k in kinds)
        self.practitioner_id.offer([(p.id, p.name) for p in practitioners], _("The organisation"))


class DocumentForm(WhichDocumentForm):
    reference = TidyStringField(
        _l("Reference"), [Optional(), Length(max=60)], description=_l("A policy number. For a DBS check only the last four digits."),
    )
    level = SelectField(_l("DBS level"), choices=choices([("", _l("Not a DBS check")), ("basic", _l("Basic")), ("standard", _l("Standard")),
                                                      ("enhanced", _l("Enhanced")), ("enhanced_barred", _l("Enhanced with barred lists"))]))
    issued_on = DayField(_l("Issued on"), [Optional()])
    expires_on = DayField(_l("Runs out on"), [Optional()], description=_l("Leave it empty if it does not run out."))
    file = FileField(_l("The paper itself"), description=_l("A PDF or a photo, 6 MB at most. Not for a DBS check: Kith keeps no certificate."))

    def content(self) -> bytes | None:
        sent = self.file.data
        return (sent.read() or None) if sent else None


class SignForm(KithForm):
    name = TidyStringField(_l("Your name"), [InputRequired(_l("Type your name: that is your signature.")), Length(max=120)], description=_l("It is kept with the day, and with the version you read."))


class AgreementForm(KithForm):
    """A new version of a text that both sides sign."""

    kind = RadioField(_l("Which text"), choices=choices([(kind.value, words.DOCUMENT_KINDS[kind]) for kind in AGREED_KINDS]))
    text = TextAreaField(_l("The text"), [InputRequired(_l("Write the text that both sides sign.")), Length(max=20_000)])
    sign_by_on = DayField(_l("Sign by"), [Optional()], description=_l("Until then the version before counts. Leave it empty if that counts on."))


class CounterSignForm(KithForm):
    words = TextAreaField(
        _l("What you looked at"), [InputRequired(_l("Say what you looked at: whoever asks later reads it.")), Length(max=2_000)],
        description=_l("Safer recruitment, where and how they meet children alone, supervision, who hears of a concern."),
    )


class InviteForm(KithForm):
    name = TidyStringField(_l("Name of the organisation"), [InputRequired(_l("Type its name.")), Length(max=200)])
    contact_name = TidyStringField(_l("Who answers for it"), [InputRequired(_l("Type a name.")), Length(max=120)])
    email = AddressField(_l("Their e-mail address"), [InputRequired(_l("Type an e-mail address."))], description=_l("The invitation goes there, with a link to choose a password."))


class WaiveForm(WhichDocumentForm):
    until = DayField(_l("Until"), [InputRequired(_l("Choose a day."))], description=_l("At most 92 days from today."))
    reason = TidyStringField(_l("Why work may go on without it"), [InputRequired(_l("Say why.")), Length(max=300)])
