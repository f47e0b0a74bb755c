"""Saying that an offering is not for this child."""

from __future__ import annotations

from wtforms.validators import Length, Optional

from app.children.forms.fields import OneField, TextField
from app.shared.forms import KithForm

CHILD_SAID_NO = "child_no"
WHY = (
    (CHILD_SAID_NO, "{name} said no"),
    ("tried", "{name} has tried it before"),
    ("timing", "Not at this time"),
    ("family", "It does not suit the family"),
    ("place", "Getting there will not work"),
    ("fit", "It is not the right fit"),
)


class NotForForm(KithForm):
    why = OneField("Why not?", missing="Choose why not.")
    words = TextField("In a few words", [Optional(), Length(max=500)])

    def offer(self, called: str) -> None:
        self.why.offer((key, words.format(name=called)) for key, words in WHY)

    @property
    def is_childs_no(self) -> bool:
        return bool(self.why.data == CHILD_SAID_NO)

    def sentence(self, called: str) -> str:
        chosen = dict(WHY)[self.why.data].format(name=called)
        return f"{chosen}: {self.words.data}" if self.words.data else chosen
