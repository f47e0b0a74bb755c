"""Saying that an offering is not for this child."""

from __future__ import annotations

import re

from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.children.forms.fields import OneField, TextField
from app.matching.profile import About
from app.matching.weights import TABLE
from app.shared.forms import KithForm, WholeNumberField

CHILD_SAID_NO = "child_no"
WHY = (
    (CHILD_SAID_NO, "{name} said no", About.KIND),
    ("tried", "{name} has tried it before", About.KIND),
    ("timing", "Not at this time", About.TIME),
    ("family", "It does not suit the family", About.OTHER),
    ("place", "Getting there will not work", About.FAR),
    ("people", "Not with these people", About.PEOPLE),
    ("fit", "It is not the right kind of thing", About.KIND),
)
_SAID = {key: words for key, words, _ in WHY}
_READ = [(re.compile("^" + re.escape(words).replace(re.escape("{name}"), ".+") + "(?:$|: )", re.DOTALL), about) for _, words, about in WHY]


def about_of(why: str) -> About:
    """In which respect something was set aside, from the sentence that was kept."""
    return next((about for pattern, about in _READ if pattern.match(why)), About.OTHER)


class NotForForm(KithForm):
    why = OneField("Why not?", missing="Choose why not.")
    words = TextField("In a few words", [Optional(), Length(max=500)])

    def offer(self, called: str) -> None:
        self.why.offer((key, words.format(name=called)) for key, words in _SAID.items())

    @property
    def is_childs_no(self) -> bool:
        return bool(self.why.data == CHILD_SAID_NO)

    def sentence(self, called: str) -> str:
        chosen = _SAID[self.why.data].format(name=called)
        return f"{chosen}: {self.words.data}" if self.words.data else chosen


class _Weights(KithForm):
    """One field for each weight; see WeightsForm."""

    def hundredths(self) -> dict[str, int]:
        return {weight.name: int(self[weight.name].data) for weight in TABLE if self[weight.name].data is not None}


WeightsForm = type("WeightsForm", (_Weights,), {
    weight.name: WholeNumberField(
        weight.label, [InputRequired("Type a number."), NumberRange(weight.least, weight.most, f"From {weight.least} to {weight.most}.")],
        description=f"{weight.help} Usually {weight.usual}.".strip(),
    )
    for weight in TABLE
})
