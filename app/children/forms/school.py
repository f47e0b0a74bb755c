"""Figures, the teacher's view, selection; a carer's no, and a child's own consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, StopValidation

from app.accounts.models import Person
from app.catalogue.models import Organisation
from app.children import measuring, policies, risk, sdq
from app.children.forms.fields import LineField, OneField, OnField, PickField, TextField, TicksField
from app.children.languages import LANGUAGES
from app.children.models import SHAREABLE, Carer, Child
from app.children.school_models import Informant, Measure, Selection
from app.children.services import HOW
from app.children.whereabouts import carer_words
from app.shared import clock
from app.shared.errors import Invalid
from app.shared.forms import KithForm, WholeNumberField, choices
from app.shared.tongue import capital

LANGUAGE_PAIRS = sorted(LANGUAGES.items(), key=lambda item: (item[0] != "en", item[1]))
WHO_ANSWERED = {Informant.TEACHER: _l("A teacher"), Informant.PARENT: _l("A parent or carer"), Informant.SELF: _l("The child")}


class FigureField(StringField):
    """A figure of one kind; `.data` is tenths or None. What its scale allows is said at the field."""

    def __init__(self, code: str, label: str = "", *, is_optional: bool = True, **kwargs: Any) -> None:
        self.figure = measuring.FIGURES[code]
        super().__init__(label or self.figure.words, [Optional()] if is_optional else [], **kwargs)
        self.typed: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        if self.typed:
            try:
                self.data = measuring.read(self.figure, self.figure.informants[-1], self.typed)
            except Invalid as refusal:
                raise ValueError(refusal.sentence) from refusal

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        return self.typed if self.typed is not None else measuring.typed(self.data)


class StepField(OneField):
    """One of a figure's steps, or not said; `.tenths` is None then."""

    def __init__(self, code: str, **kwargs: Any) -> None:
        figure = measuring.FIGURES[code]
        pairs = [*((str(at), words[0].upper() + words[1:]) for at, words in enumerate(figure.steps, 1)), ("", _("Not said"))]
        super().__init__(figure.words, pairs, default="", **kwargs)

    @property
    def tenths(self) -> int | None:
        return 10 * int(self.data) if self.data else None


class StepLimitField(SelectField):
    """From which step on a criterion is met, in a short list."""

    def __init__(self, code: str, label: str, **kwargs: Any) -> None:
        steps = measuring.FIGURES[code].steps
        pairs = choices((str(at), words[0].upper() + words[1:]) for at, words in enumerate(steps, 1))
        super().__init__(label, choices=pairs, validate_choice=False, **kwargs)

    @property
    def tenths(self) -> int | None:
        known = {str(value) for value, *_ in self.iter_choices()}
        return 10 * int(self.data) if self.data in known else None


class SdqForm(KithForm):
    """Scores only: the questionnaire itself stays on paper."""

    informant = OneField(_l("Who answered"), missing=_l("Choose who answered."))
    measured_on = OnField(_l("Answered on"), [InputRequired(_l("Choose the day it was answered."))])
    sdq_total = FigureField(code="sdq_total", description=_l("0 to 40. Left empty, Kith adds up the four scales."))
    sdq_emotional = FigureField(code="sdq_emotional", description=_l("0 to 10"))
    sdq_conduct = FigureField(code="sdq_conduct", description=_l("0 to 10"))
    sdq_hyperactivity = FigureField(code="sdq_hyperactivity", description=_l("0 to 10"))
    sdq_peer = FigureField(code="sdq_peer", description=_l("0 to 10"))
    sdq_prosocial = FigureField(code="sdq_prosocial", label=_l("Prosocial"), description=_l("0 to 10; here higher is better, and it is no part of the total"))
    sdq_impact = FigureField(code="sdq_impact", description=_l("0 to 10; 0 to 6 for a teacher"))

    def offer(self, person: Person, child: Child) -> None:
        self.informant.offer(
            (who.value, words) for who, words in WHO_ANSWERED.items() if policies.can_record_figures_by(person, child, who)
        )
        if not self.is_submitted():
            self.measured_on.data, self.informant.data = clock.today(), Informant.TEACHER.value

    def figures(self) -> dict[str, int]:
        names = [f"sdq_{scale}" for scale in sdq.SCALES]
        return {name: self[name].data for name in names if self[name].data is not None}


class SchoolFiguresForm(KithForm):
    """What the school's own system says."""

    measured_on = OnField(_l("On"), [InputRequired(_l("Choose the day."))])
    attendance = FigureField(code="attendance", description=_l("Percent of this school year so far, like 91.5."))
    reading = FigureField(code="reading", label=_l("Reading score"), description=_l("A standardised score; 100 is the average."))
    maths = FigureField(code="maths", label=_l("Maths score"), description=_l("A standardised score; 100 is the average."))

    def figures(self) -> dict[str, int]:
        return {name: self[name].data for name in ("attendance", "reading", "maths") if self[name].data is not None}


class CorrectForm(KithForm):
    """One figure put right; left empty it is taken back."""

    tenths = StringField(_l("What it should be"), [Optional()], description=_l("Leave it empty to take the figure back."))
    why = LineField(_l("Why"), [InputRequired(_l("Say why, in a few words.")), Length(max=300)])

    def read(self, measure: Measure) -> int | None:
        """Raises Invalid at the field."""
        said = (self.tenths.data or "").strip()
        if not said:
            return None
        try:
            return measuring.read(measuring.FIGURES[measure.code], measure.informant, said)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field="tenths") from refusal


class TeacherViewForm(KithForm):
    teacher = LineField(_l("Who says it"), [InputRequired(_l("Type the teacher’s name.")), Length(max=120)])
    said_on = OnField(_l("When"), [InputRequired(_l("Choose the day."))])
    going_well = TextField(_l("What goes well"), [Optional(), Length(max=2000)])
    next_step = TextField(_l("What to work on next"), [Optional(), Length(max=2000)])
    is_review = BooleanField(_l("This is the review of the term"))
    worry_social = StepField(code="worry_social")
    worry_emotional = StepField(code="worry_emotional")
    worry_academic = StepField(code="worry_academic")
    reading_level = StepField(code="reading_level")
    maths_level = StepField(code="maths_level")

    def judgements(self) -> dict[str, int]:
        names = ("worry_social", "worry_emotional", "worry_academic", "reading_level", "maths_level")
        found = {name: self[name].tenths for name in names}
        return {name: tenths for name, tenths in found.items() if tenths is not None}


class DecideForm(KithForm):
    choice = OneField(_l("What is decided?"), [(Selection.SELECTED.value, _l("Select: this child joins the programme")), (Selection.NOT_NOW.value, _l("Not now"))],
                      _l("Choose what is decided."))
    reason = TextField(_l("Why"), [Optional(), Length(max=1000)], description=_l("Needed for “not now”."))


class CriteriaForm(KithForm):
    """A tick and a limit for each criterion that Kith knows; the fields are made from the list."""

    least = WholeNumberField(_l("How many have to be met to be suggested"), [InputRequired(_l("Type how many."))])

    def lines(self) -> list[tuple[risk.Criterion, Any, Any]]:
        return [(criterion, self[f"on_{key}"], self[key]) for key, criterion in risk.CRITERIA.items()]

    def fill(self, scheme: risk.Scheme) -> None:
        if self.is_submitted():
            return
        self.least.data = scheme.least
        for criterion, is_on, limit in self.lines():
            is_on.data = criterion.key in scheme.limits
            limit.data = self.shown(criterion, scheme.limits.get(criterion.key, criterion.usual))

    @staticmethod
    def shown(criterion: risk.Criterion, tenths: int) -> str | int:
        return str(tenths // 10) if measuring.FIGURES[criterion.code].steps else tenths

    def limits(self) -> dict[str, int]:
        """Raises Invalid at a criterion that is ticked and has no limit."""
        found = {}
        for criterion, is_on, limit in self.lines():
            if not is_on.data:
                continue
            tenths = limit.tenths if isinstance(limit, StepLimitField) else limit.data
            if tenths is None:
                raise Invalid(_("Type where it begins."), field=criterion.key)
            found[criterion.key] = tenths
        return found


for _key, _criterion in risk.CRITERIA.items():
    _edge = _l("%(criterion)s: at least", criterion=_criterion.words) if _criterion.is_at_least else _l("%(criterion)s: at most", criterion=_criterion.words)
    setattr(CriteriaForm, f"on_{_key}", BooleanField(_criterion.words))
    setattr(
        CriteriaForm, _key,
        StepLimitField(_criterion.code, _edge) if measuring.FIGURES[_criterion.code].steps
        else FigureField(_criterion.code, _edge, is_optional=False),
    )


class ObjectionForm(KithForm):
    carer_id = OneField(_l("Who says no"), missing=_l("Choose who says no."))
    organisation_id = PickField(_l("To sharing with"), missing=_l("Choose an organisation."))
    said_on = OnField(_l("When"), [InputRequired(_l("Choose the day."))])
    words = TextField(_l("What they said"), [Optional(), Length(max=1000)])

    def offer(self, carers: Sequence[Carer], organisations: Sequence[Organisation]) -> None:
        self.carer_id.offer((str(c.id), carer_words(c)) for c in carers if c.has_parental_responsibility)
        self.organisation_id.offer((str(o.id), o.name) for o in organisations)
        if not self.is_submitted():
            self.said_on.data = clock.today()


class AgreeForm(KithForm):
    why = TextField(_l("What was said, and how"), [InputRequired(_l("Write what was said, and how.")), Length(max=1000)])


class GillickForm(KithForm):
    organisation_id = PickField(_l("May be shared with"), missing=_l("Choose an organisation."))
    fields = TicksField(_l("What may be shared"), choices=choices((key, capital(words)) for key, words in SHAREABLE.items() if key != "contact"))
    understood = TextField(_l("How you know that the child understands"), [InputRequired(_l("Write how you know that the child understands, in what the child said.")), Length(max=4000)],
                           description=_l("What would be shared, with whom, for what, and that it can be taken back."))
    why_not_parent = TextField(_l("Why no parent or carer decides"), [InputRequired(_l("Write why no parent or carer decides, and what was done to bring them in.")), Length(max=4000)],
                               description=_l("And what was done to bring them in."))
    given_on = OnField(_l("Agreed on"), [InputRequired(_l("Choose the day."))])
    ends_on = OnField(_l("Until"), [InputRequired(_l("Choose the last day."))], description=_l("Two years at most."))
    how = OneField(_l("How the child said it"), [(how, how[0].upper() + how[1:]) for how in HOW], _l("Choose how the child said it."))
    language = PickField(_l("In which language"), LANGUAGE_PAIRS, _l("Choose a language."))

    def offer(self, organisations: Sequence[Organisation]) -> None:
        self.organisation_id.offer((str(o.id), o.name) for o in organisations)
        if not self.is_submitted():
            self.given_on.data, self.ends_on.data = clock.today(), clock.today() + timedelta(days=180)
            self.how.data, self.language.data = HOW[0], "en"


class SignForm(KithForm):
    decision = OneField(_l("Do you agree?"), [("yes", _l("Yes: the child decides this alone, and I sign it")), ("no", _l("No, and I say why"))], _l("Choose yes or no."))
    words = TextField(_l("What you want to say"), [Optional(), Length(max=2000)], description=_l("Needed for a no."))
