"""Saying that an offering is not for this child."""

from __future__ import annotations

import re
from functools import cache

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.children.forms.fields import OneField, TextField
from app.matching.profile import About
from app.matching.weights import TABLE, Weight
from app.shared.forms import KithForm, WholeNumberField
from app.shared.tongue import in_english, later

CHILD_SAID_NO = "child_no"
WHY = (
    (CHILD_SAID_NO, _l("%(name)s said no", name="{name}"), About.KIND),
    ("tried", _l("%(name)s has tried it before", name="{name}"), About.KIND),
    ("timing", _l("Not at this time"), About.TIME),
    ("family", _l("It does not suit the family"), About.OTHER),
    ("place", _l("Getting there will not work"), About.FAR),
    ("people", _l("Not with these people"), About.PEOPLE),
    ("fit", _l("It is not the right kind of thing"), About.KIND),
)
_SAID = {key: words for key, words, _about in WHY}


@cache
def _kept() -> list[tuple[re.Pattern[str], About]]:
    return [
        (re.compile("^" + re.escape(in_english(words)).replace(re.escape("{name}"), ".+") + "(?:$|: )", re.DOTALL), about)
        for _key, words, about in WHY
    ]


def about_of(why: str) -> About:
    """In which respect something was set aside, from the sentence that was kept."""
    return next((about for pattern, about in _kept() if pattern.match(why)), About.OTHER)


class NotForForm(KithForm):
    why = OneField(_l("Why not?"), missing=_l("Choose why not."))
    words = TextField(_l("In a few words"), [Optional(), Length(max=500)])

    def offer(self, called: str) -> None:
        self.why.offer((key, str(words).format(name=called)) for key, words in _SAID.items())

    @property
    def is_childs_no(self) -> bool:
        return bool(self.why.data == CHILD_SAID_NO)

    def sentence(self, called: str) -> str:
        """As it is kept, and read again by `about_of`: in English."""
        chosen = in_english(_SAID[self.why.data]).format(name=called)
        return f"{chosen}: {self.words.data}" if self.words.data else chosen


class _Weights(KithForm):
    """One field for each weight; see WeightsForm."""

    def hundredths(self) -> dict[str, int]:
        return {weight.name: int(self[weight.name].data) for weight in TABLE if self[weight.name].data is not None}


def _description(weight: Weight) -> str:
    return later(lambda: f"{weight.help} {_('Usually %(usual)s.', usual=weight.usual)}".strip())


WeightsForm = type("WeightsForm", (_Weights,), {
    weight.name: WholeNumberField(
        weight.label, [InputRequired(_l("Type a number.")), NumberRange(weight.least, weight.most, _l("From %(least)s to %(most)s.", least=weight.least, most=weight.most))],
        description=_description(weight),
    )
    for weight in TABLE
})
