"""What people type about an organisation's papers: documents, agreements, signatures, and who is asked to join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    kind = SelectField("Document")
    practitioner_id = ChoiceField("Whose", description="For a DBS check.")

    def offer(self, practitioners: Sequence[Any], kinds: Sequence[DocumentKind]) -> None:
        self.kind.choices = choices((k.value, words.DOCUMENT_KINDS[k]) for k in kinds)
        self.practitioner_id.offer([(p.id, p.name) for p in practitioners], "The organisation")


class DocumentForm(WhichDocumentForm):
    reference = TidyStringField(
        "Reference", [Optional(), Length(max=60)], description="A policy number. For a DBS check only the last four digits.",
    )
    level = SelectField("DBS level", choices=choices([("", "Not a DBS check"), ("basic", "Basic"), ("standard", "Standard"),
                                                      ("enhanced", "Enhanced"), ("enhanced_barred", "Enhanced with barred lists")]))
    issued_on = DayField("Issued on", [Optional()])
    expires_on = DayField("Runs out on", [Optional()], description="Leave it empty if it does not run out.")
    file = FileField("The paper itself", description="A PDF or a photo, 6 MB at most. Not for a DBS check: Kith keeps no certificate.")

    def content(self) -> bytes | None:
        sent = self.file.data
        return (sent.read() or None) if sent else None


class SignForm(KithForm):
    name = TidyStringField("Your name", [InputRequired("Type your name: that is your signature."), Length(max=120)], description="It is kept with the day, and with the version you read.")


class AgreementForm(KithForm):
    """A new version of a text that both sides sign."""

    kind = RadioField("Which text", choices=choices([(kind.value, words.DOCUMENT_KINDS[kind]) for kind in AGREED_KINDS]))
    text = TextAreaField("The text", [InputRequired("Write the text that both sides sign."), Length(max=20_000)])
    sign_by_on = DayField("Sign by", [Optional()], description="Until then the version before counts. Leave it empty if that counts on.")


class CounterSignForm(KithForm):
    words = TextAreaField(
        "What you looked at", [InputRequired("Say what you looked at: whoever asks later reads it."), Length(max=2_000)],
        description="Safer recruitment, where and how they meet children alone, supervision, who hears of a concern.",
    )


class InviteForm(KithForm):
    name = TidyStringField("Name of the organisation", [InputRequired("Type its name."), Length(max=200)])
    contact_name = TidyStringField("Who answers for it", [InputRequired("Type a name."), Length(max=120)])
    email = AddressField("Their e-mail address", [InputRequired("Type an e-mail address.")], description="The invitation goes there, with a link to choose a password.")


class WaiveForm(WhichDocumentForm):
    until = DayField("Until", [InputRequired("Choose a day.")], description="At most 92 days from today.")
    reason = TidyStringField("Why work may go on without it", [InputRequired("Say why."), Length(max=300)])
