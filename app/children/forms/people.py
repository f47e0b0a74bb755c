"""The circle, carers, consent, caseload."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

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
from app.shared import clock
from app.shared.forms import AddressField, KithForm, PhoneField, choices
from app.shared.view import plural

KIND_WORDS = {
    RelationshipKind.FAMILY: "Family", RelationshipKind.FRIEND: "A friend", RelationshipKind.SCHOOL: "Somebody at school",
    RelationshipKind.LINK_WORKER: "Link Worker", RelationshipKind.PARTNER: "Somebody at a partner", RelationshipKind.PLACE: "A place or club",
}
CLOSE_WORDS = {Closeness.CLOSE: "Very close", Closeness.NEAR: "Close", Closeness.FAR: "Knows a bit"}
WARM_WORDS = {
    Warmth.WARM: "Warm: they see each other often", Warmth.NEW: "New: just begun", Warmth.FADING: "Fading: needs a nudge",
    Warmth.ENDED: "Ended",
}


class RelationshipForm(KithForm):
    name = LineField("Name", [InputRequired("Type a name."), Length(max=120)])
    who = LineField("Who they are to the child", [Optional(), Length(max=120)], description="For example grandmother, best friend, drumming.")
    kind = OneField("Where from", [(kind.value, words) for kind, words in KIND_WORDS.items()], "Choose where they are from.")
    closeness = OneField("How close", [(c.value, words) for c, words in CLOSE_WORDS.items()], "Choose how close they are.")
    warmth = OneField("How it is now", [(w.value, words) for w, words in WARM_WORDS.items()], "Choose how it is now.")
    since_on = OnField("Since when", [InputRequired("Choose a day; about right is good enough.")])
    changed_on = OnField("Like this since", [Optional()], description="Only if how close or how it is has changed. How it was before is kept.")
    is_trusted_adult = BooleanField("An adult the child trusts", description="Somebody who could go along to a first session.")
    is_found_by_child = BooleanField("Found by the child")
    note = LineField("What we know", [Optional(), Length(max=300)])
    other_child_id = MaybePickField("On the programme too", "No, or not one of mine", description="Only for a friend, brother or sister whom you work with as well. Then Kith can say when they go to the same thing. Nobody else learns of it.")

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
    name = LineField("Name", [InputRequired("Type the parent’s or carer’s name."), Length(max=120)])
    relation = LineField("Who they are to the child", [Optional(), Length(max=60)], description="For example mother, foster carer, grandfather.")
    phone = PhoneField("Telephone", [Optional(), Length(max=30)])
    email = AddressField("E-mail address", [Optional()])
    language = PickField("Language to speak with them", sorted(LANGUAGES.items(), key=lambda item: (item[0] != "en", item[1])), "Choose a language.")
    has_parental_responsibility = BooleanField("Has parental responsibility", description="Only somebody who has may consent.")


class ConsentForm(KithForm):
    carer_id = OneField("Who agreed", missing="Choose who agreed.")
    organisation_id = PickField("May be shared with", missing="Choose an organisation.")
    fields = TicksField("What may be shared", choices=choices((key, words[0].upper() + words[1:]) for key, words in SHAREABLE.items()))
    given_on = OnField("Agreed on", [InputRequired("Choose the day they agreed.")])
    ends_on = OnField("Until", [InputRequired("Choose the last day.")], description="Two years at most. Kith asks again before.")
    how = OneField("How they said it", [(how, how[0].upper() + how[1:]) for how in HOW], "Choose how they said it.")
    language = PickField("In which language", sorted(LANGUAGES.items(), key=lambda item: (item[0] != "en", item[1])), "Choose a language.")

    def offer(self, carers: Sequence[Carer], organisations: Sequence[Organisation]) -> None:
        self.carer_id.offer(
            (str(c.id), f"{c.name}{f', {c.relation}' if c.relation else ''}{'' if c.has_parental_responsibility else ' (no parental responsibility)'}")
            for c in carers
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
    why = TextField("Why, if they said", [Optional(), Length(max=1000)])


class CaseloadForm(KithForm):
    person_id = PickField("Link Worker", missing="Choose a Link Worker.")
    kind = OneField("As", [(CaseloadKind.LEAD.value, "Lead: this is their child from now on"), (CaseloadKind.COVER.value, "Cover: standing in until a day")],
                    "Choose lead or cover.")
    starts_on = OnField("First day", [InputRequired("Choose the first day.")])
    ends_on = OnField("Last day", [Optional()], description="Needed for cover. Leave empty for a lead.")
    also_until = OnField("The Link Worker until now sees the child too, until", [Optional()], description="For a hand-over without a gap: a week or two. Leave empty if they know each other.")

    def offer(self, people: Sequence[Person]) -> None:
        self.person_id.offer((str(person.id), person.name) for person in people)


class HandOverForm(KithForm):
    person_id = PickField("Whose children", missing="Choose whose children they are.")
    kind = OneField("For how long", [(CaseloadKind.COVER.value, "Cover: somebody is ill or away"), (CaseloadKind.LEAD.value, "For good: somebody takes over")], "Choose cover or for good.")
    to_id = PickField("Who is there for them", missing="Choose a Link Worker.")
    starts_on = OnField("First day", [InputRequired("Choose the first day.")])
    ends_on = OnField("Last day", [Optional()], description="Of cover. For good: of a time when both see the children; leave it empty, and only the new one does.")

    def offer(self, leading: Sequence[Leading], people: Sequence[Person]) -> None:
        self.person_id.offer((str(one.person_id), f"{one.name}, {plural(one.children, 'child', 'children')}") for one in leading)
        self.to_id.offer((str(person.id), person.name) for person in people)


class LeaveForm(KithForm):
    on = OnField("Last day", [InputRequired("Choose the last day.")])
    reason = TextField("Why", [InputRequired("Write why, in a few words."), Length(max=500)])


class ZoneForm(KithForm):
    """Another Zone: chosen first; who agreed, and until when the Link Worker here sees the record, with what it does before one's eyes."""

    zone_id = PickField("New Zone", missing="Choose a Zone.")
    agreed_by = OneField("Who agreed that the record goes along", missing="Choose who agreed.")
    agreed_on = OnField("Agreed on", [InputRequired("Choose the day they agreed.")])
    sees_until = OnField("The Link Worker here sees the record until", [Optional()], description="For the hand-over: four weeks at most. Left empty, it is today.")

    def offer(self, zones: Sequence[Zone], carers: Sequence[Carer]) -> None:
        self.zone_id.offer((str(zone.id), zone.name) for zone in zones)
        self.agreed_by.offer((str(c.id), f"{c.name}{f', {c.relation}' if c.relation else ''}") for c in carers)
        if not self.is_submitted():
            self.agreed_on.data = clock.today()
            if len(carers) == 1:
                self.agreed_by.data = str(carers[0].id)

    @property
    def agreed(self) -> Agreed:
        return Agreed(self.agreed_by.chosen_id, self.agreed_on.data)
