"""The circle, carers, consent, caseload."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import BooleanField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.models import Person, Zone
from app.catalogue.models import Organisation
from app.children.forms.fields import (
    LineField,
    MaybePickField,
    OneField,
    OnField,
    PickField,
    TextField,
    TicksField,
)
from app.children.languages import LANGUAGES
from app.children.models import SHAREABLE, Carer, CaseloadKind, Child, Closeness, RelationshipKind, Warmth
from app.children.queries import Leading
from app.children.services import HOW, Agreed
from app.children.whereabouts import carer_words
from app.shared import clock
from app.shared.forms import AddressField, KithForm, PhoneField, choices
from app.shared.tongue import capital

KIND_WORDS = {
    RelationshipKind.FAMILY: _l("Family"), RelationshipKind.FRIEND: _l("A friend"), RelationshipKind.SCHOOL: _l("Somebody at school"),
    RelationshipKind.LINK_WORKER: _l("Link Worker"), RelationshipKind.PARTNER: _l("Somebody at a partner"), RelationshipKind.PLACE: _l("A place or club"),
}
CLOSE_WORDS = {Closeness.CLOSE: _l("Very close"), Closeness.NEAR: _l("Close"), Closeness.FAR: _l("Knows a bit")}
WARM_WORDS = {
    Warmth.WARM: _l("Warm: they see each other often"), Warmth.NEW: _l("New: just begun"), Warmth.FADING: _l("Fading: needs a nudge"),
    Warmth.ENDED: _l("Ended"),
}


class RelationshipForm(KithForm):
    name = LineField(_l("Name"), [InputRequired(_l("Type a name.")), Length(max=120)])
    who = LineField(_l("Who they are to the child"), [Optional(), Length(max=120)], description=_l("For example grandmother, best friend, drumming."))
    kind = OneField(_l("Where from"), [(kind.value, words) for kind, words in KIND_WORDS.items()], _l("Choose where they are from."))
    closeness = OneField(_l("How close"), [(c.value, words) for c, words in CLOSE_WORDS.items()], _l("Choose how close they are."))
    warmth = OneField(_l("How it is now"), [(w.value, words) for w, words in WARM_WORDS.items()], _l("Choose how it is now."))
    since_on = OnField(_l("Since when"), [InputRequired(_l("Choose a day; about right is good enough."))])
    changed_on = OnField(_l("Like this since"), [Optional()], description=_l("Only if how close or how it is has changed. How it was before is kept."))
    is_trusted_adult = BooleanField(_l("An adult the child trusts"), description=_l("Somebody who could go along to a first session."))
    is_found_by_child = BooleanField(_l("Found by the child"))
    note = LineField(_l("What we know"), [Optional(), Length(max=300)])
    other_child_id = MaybePickField(_l("On the programme too"), _l("No, or not one of mine"), description=_l("Only for a friend, brother or sister whom you work with as well. Then Kith can say when they go to the same thing. Nobody else learns of it."))

    def offer(self, others: Sequence[Child]) -> None:
        """Those the person works with; with nobody to choose from, nothing is asked."""
        if others:
            self.other_child_id.offer((str(other.id), f"{other.short_name} ({other.reference})") for other in others)
        else:
            del self.other_child_id

    def chosen_child(self, known: uuid.UUID | None) -> uuid.UUID | None:
        """`known` where it was not asked."""
        if "other_child_id" not in self:
            return known
        return self.other_child_id.chosen_id if self.other_child_id.data else None


class CarerForm(KithForm):
    name = LineField(_l("Name"), [InputRequired(_l("Type the parent’s or carer’s name.")), Length(max=120)])
    relation = LineField(_l("Who they are to the child"), [Optional(), Length(max=60)], description=_l("For example mother, foster carer, grandfather."))
    phone = PhoneField(_l("Telephone"), [Optional(), Length(max=30)])
    email = AddressField(_l("E-mail address"), [Optional()])
    language = PickField(_l("Language to speak with them"), sorted(LANGUAGES.items(), key=lambda item: (item[0] != "en", item[1])), _l("Choose a language."))
    has_parental_responsibility = BooleanField(_l("Has parental responsibility"), description=_l("Only somebody who has may consent."))
    may_not_know_where = BooleanField(_l("Must not know where the child is"), description=_l("A court order, or danger at home. Papers then leave out places, and partners never get this number."))


class ConsentForm(KithForm):
    carer_id = OneField(_l("Who agreed"), missing=_l("Choose who agreed."))
    organisation_id = PickField(_l("May be shared with"), missing=_l("Choose an organisation."))
    fields = TicksField(_l("What may be shared"), choices=choices((key, capital(words)) for key, words in SHAREABLE.items()))
    given_on = OnField(_l("Agreed on"), [InputRequired(_l("Choose the day they agreed."))])
    ends_on = OnField(_l("Until"), [InputRequired(_l("Choose the last day."))], description=_l("Two years at most. Kith asks again before."))
    how = OneField(_l("How they said it"), [(how, how[0].upper() + how[1:]) for how in HOW], _l("Choose how they said it."))
    language = PickField(_l("In which language"), sorted(LANGUAGES.items(), key=lambda item: (item[0] != "en", item[1])), _l("Choose a language."))

    def offer(self, carers: Sequence[Carer], organisations: Sequence[Organisation]) -> None:
        self.carer_id.offer(
            (str(c.id), carer_words(c) + ("" if c.has_parental_responsibility else _(" (no parental responsibility)"))) for c in carers
        )
        self.organisation_id.offer((str(o.id), o.name) for o in organisations)
        if not self.is_submitted():
            today = clock.today()
            self.given_on.data = today
            self.ends_on.data = today + timedelta(days=365)
            self.how.data, self.language.data = HOW[0], "en"
            if len(carers) == 1:
                self.carer_id.data = str(carers[0].id)


class WithdrawForm(KithForm):
    why = TextField(_l("Why, if they said"), [Optional(), Length(max=1000)])


class CaseloadForm(KithForm):
    person_id = PickField(_l("Link Worker"), missing=_l("Choose a Link Worker."))
    kind = OneField(_l("As"), [(CaseloadKind.LEAD.value, _l("Lead: this is their child from now on")), (CaseloadKind.COVER.value, _l("Cover: standing in until a day"))],
                    _l("Choose lead or cover."))
    starts_on = OnField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = OnField(_l("Last day"), [Optional()], description=_l("Needed for cover. Leave empty for a lead."))
    also_until = OnField(_l("The Link Worker until now sees the child too, until"), [Optional()], description=_l("For a hand-over without a gap: a week or two. Leave empty if they know each other."))

    def offer(self, people: Sequence[Person]) -> None:
        self.person_id.offer((str(person.id), person.name) for person in people)


class HandOverForm(KithForm):
    person_id = PickField(_l("Whose children"), missing=_l("Choose whose children they are."))
    kind = OneField(_l("For how long"), [(CaseloadKind.COVER.value, _l("Cover: somebody is ill or away")), (CaseloadKind.LEAD.value, _l("For good: somebody takes over"))], _l("Choose cover or for good."))
    to_id = PickField(_l("Who is there for them"), missing=_l("Choose a Link Worker."))
    starts_on = OnField(_l("First day"), [InputRequired(_l("Choose the first day."))])
    ends_on = OnField(_l("Last day"), [Optional()], description=_l("Of cover. For good: of a time when both see the children; leave it empty, and only the new one does."))

    def offer(self, leading: Sequence[Leading], people: Sequence[Person]) -> None:
        self.person_id.offer((str(one.person_id), ngettext("%(name)s, %(number)s child", "%(name)s, %(number)s children", one.children, name=one.name, number=f"{one.children:,}")) for one in leading)
        self.to_id.offer((str(person.id), person.name) for person in people)


class LeaveForm(KithForm):
    on = OnField(_l("Last day"), [InputRequired(_l("Choose the last day."))])
    reason = TextField(_l("Why"), [InputRequired(_l("Write why, in a few words.")), Length(max=500)])


class ZoneForm(KithForm):
    """Another Zone: chosen first; who agreed, and until when the Link Worker here sees the record, with what it does before one's eyes."""

    zone_id = PickField(_l("New Zone"), missing=_l("Choose a Zone."))
    agreed_by = OneField(_l("Who agreed that the record goes along"), missing=_l("Choose who agreed."))
    agreed_on = OnField(_l("Agreed on"), [InputRequired(_l("Choose the day they agreed."))])
    sees_until = OnField(_l("The Link Worker here sees the record until"), [Optional()], description=_l("For the hand-over: four weeks at most. Left empty, it is today."))

    def offer(self, zones: Sequence[Zone], carers: Sequence[Carer]) -> None:
        self.zone_id.offer((str(zone.id), zone.name) for zone in zones)
        self.agreed_by.offer((str(c.id), carer_words(c)) for c in carers)
        if not self.is_submitted():
            self.agreed_on.data = clock.today()
            if len(carers) == 1:
                self.agreed_by.data = str(carers[0].id)

    @property
    def agreed(self) -> Agreed:
        return Agreed(self.agreed_by.chosen_id, self.agreed_on.data)
