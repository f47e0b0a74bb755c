"""Offerings for children in one particular situation, and whether a profile speaks of it. Pure.

Unlike the groups of `audiences`, a situation rules nothing out: people seldom write it down in the same words. It pulls far down instead,
so that "Parents Inside" stands on nobody's list for the sake of a need it shares with half the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_TABLE: tuple[tuple[str, str, str], ...] = (  # name, how an offering says it, how a profile does
    ("prison", r"(?:in|inside|from|to|visits? (?:to|in)) (?:prison|jail)|prisoners?\W+(?:children|families)|parents? inside|imprison\w*",
     r"prison|jail|(?:is|was|are|been|gone|went|goes|got|still) inside\b(?! (?:the|a|an|my|his|her|our|their|of|out)\b)|locked up|sent down|sentenced"),
    ("separation", r"parents (?:have |are |who have )?(?:separat\w+|split\w*|divorc\w+)|divorc\w+|two homes",
     r"separat\w+|split up|splitting|divorc\w+|two (?:houses|homes)|moved out|custody|every other weekend|(?:mum|dad)['’]?s new|step ?(?:mum|dad)"),
    ("domestic_abuse", r"domestic (?:abuse|violence)|womens? aid|lived with (?:abuse|violence)",
     (r"domestic|abus\w+|violen\w+|refuge\b|\bhit(?:s|ting)?\b|(?:dad|mum|he|she|they|boyfriend|step\w+)(?:['’]?s)? (?:\w+ )?shout\w*|shout\w* (?:at (?:home|night|mum|me|us|her)|in the|through the)|unsafe|\bfled\b|"
      r"scared (?:of|at) (?:my |his |her |their )?(?:dad|mum|step\w+|uncle|him\b|her\b|home|men|night)|frighten\w*|police came|(?:got|get|gets|been|be|is|was) hurt|hurt(?:s|ing)? (?:me|us|mum|him|her)")),
    ("drink_and_drugs", r"drinking|drug use|substance (?:mis)?use|alcohol\w*|addict\w*", r"drink\w*|drunk|alcohol\w*|drugs?\b|weed|vap\w+|smok\w+|rehab|addict\w*|substance"),
    ("diabetes", r"diabet\w*", r"diabet\w*|insulin|blood sugar"),
    ("epilepsy", r"epilep\w*|brain injur\w*|seizures?", r"epilep\w*|seizures?|\bfits\b|brain injur\w*|head injur\w*"),
    ("asthma", r"asthma\w*|allerg\w*|inhalers?|epi-?pens?", r"asthma\w*|allerg\w*|inhalers?|epi-?pens?|wheez\w*|eczema"),
    ("illness", r"sickle cell|cancer\b|leuk\w+|cystic fibrosis|heart condition|too ill|pupils too ill", r"sickle|cancer|leuk\w+|cystic|heart|hospital|\bill\b|illness|operation|chronic"),
    ("eating", r"eating (?:has|and me)|(?:with|whose) (?:an )?eating\b|anorexi\w*|bulimi\w*", r"(?:not|n['’]t|stop\w*|hardly|never|refus\w*|nothing|only) (?:\w+ )?eat\w*|eating|eats (?:alone|nothing|only|hardly)|anorexi\w*|bulimi\w*|weight|meals?\b|body"),
    ("weight", r"healthy weight|overweight|obes\w*", r"weight|\bfat\b|overweight|obes\w*|fitter|healthy|big for|body|exercise"),
    ("stammer", r"stammer\w*|stutter\w*", r"stammer\w*|stutter\w*|stuck|words (?:won['’]?t|do not|don['’]?t) come|fluen\w*|speech"),
    ("bereavement", r"(?:mum|dad|parent|someone|somebody)[^.]{0,30} died|bereave\w*|grief", r"died|death|(?:mum|dad|mother|father|nan\w*|gran\w*|brother|sister|he|she)(?: is| was|['’]s) dead\b(?! \w)|bereave\w*|grie\w+|funeral|passed away|lost (?:his|her|my|their)"),
    ("travellers", r"gypsy|romany?\b|traveller (?:famil\w+|children)|travellers['’]", r"gypsy|\broma\w*\b|travell?er|caravan|\bsite\b"),
    ("forces", r"service (?:children|families)|(?:armed )?forces famil\w+|military famil\w+", r"\barmy\b|\bnavy\b|\braf\b|soldier|deployed|military|forces"),
    ("young_parents", r"teen(?:age)? (?:parents?|mums?|mothers?)|mums and dads under|young (?:parents|mums)", r"pregnan\w*|(?:his|her|my) (?:own )?baby|is a (?:mum|dad|parent)|expecting"),
    ("adhd", r"adhd|hyperactiv\w*", r"adhd|hyperactiv\w*|fidget\w*|restless|concentrat\w*|impulsiv\w*|(?:cannot|can not|can['’]?t) (?:sit|keep|stay|be) still|always moving|attention"),
    ("offending", r"police custody|edge of offending|young offenders?|before it goes to court|county lines", r"police|arrest\w*|offend\w*|gangs?\b|knife|court|county lines|crime|trouble|fight\w*"),
    ("send", r"\bsend\b|wheelchair|autis\w*|special needs|additional needs|learning disabilit\w*|disabled children|down(?:['’]?s)? syndrome|developmental delay",
     (r"\bsen[dk]?\b|\behcp?\b|special needs|additional needs|learning (?:disab|diffic)\w*|autis\w*|\badhd\b|disab\w*|down(?:['’]?s)? syndrome|"
      r"wheelchair|sensory|cerebral|\bblind\b|\bdeaf\w*|epilep\w*|dyspraxi\w*|delay|diagnos\w*|speech")),
)
_SERVICES: tuple[tuple[str, str, str], ...] = (  # by title and interests only: what a description mentions in passing is not what it is
    ("hardship", r"food ?bank|pantry|community fridge|benefits|debts?|housing|uniform|baby (?:bank|clothes)|prams?|free school meals|birthday bank",
     r"money|afford\w*|hungry|no food|\brent\b|evict\w*|housing|(?:our|the|a) (?:new )?house\b|\bflat\b|damp|no coat|uniform|shoes|\bbills?\b|benefits?|\bpoor\b|hostel|overcrowd\w*|birthday"),
    ("grown_ups", r"parents?['’]?\b|parenting|mothers?['’]?\b|interpret\w*|family support|coffee morning|health visit\w*|home-start",
     r"parents?\b|(?:mum|dad) (?:is|needs|finds|cries|worries|gets|does not|cannot|can['’]?t)|bedtime|\brows?\b|(?:parents|mum|dad|they|we|home|always) (?:\w+ ){0,3}?argu\w+|tantrum\w*|new baby|baby (?:brother|sister)"),
    ("casework", r"assessment|safeguarding|mash\b|attendance|welfare officer|sendiass|front door|social care",
     r"assess\w*|diagnos\w*|safe\b|attend\w*|absen\w*|\behcp?\b|social worker|not (?:been )?(?:going|coming|in school)|refus\w*|stopped going|\blate\b"),
)
_OFFERED = {name: re.compile(rf"(?:\b|(?<=\W))(?:{said})", re.IGNORECASE) for name, said, _ in _TABLE}
_SERVING = {name: re.compile(rf"\b(?:{said})", re.IGNORECASE) for name, said, _ in _SERVICES}
_OF_CHILD = {name: re.compile(rf"\b(?:{said})", re.IGNORECASE) for name, _, said in (*_TABLE, *_SERVICES)}
_HINTS = {
    "prison": ("prison", "jail", "inside"), "separation": ("separat", "split", "divorc", "two homes"),
    "domestic_abuse": ("domestic", "aid", "abuse", "violence"), "drink_and_drugs": ("drink", "drug", "substance", "alcohol", "addict"),
    "diabetes": ("diabet",), "epilepsy": ("epilep", "brain", "seizure"), "asthma": ("asthma", "allerg", "inhaler", "pen"),
    "illness": ("sickle", "cancer", "leuk", "cystic", "heart", "too ill"), "eating": ("eating", "anorexi", "bulimi"),
    "weight": ("weight", "obes"), "stammer": ("stammer", "stutter"), "bereavement": ("died", "bereave", "grief"),
    "travellers": ("gypsy", "roman", "traveller"), "forces": ("forces", "service ", "military"), "young_parents": ("parent", "mum", "mothers"),
    "adhd": ("adhd", "hyperactiv"), "offending": ("custody", "offen", "court", "county"), "send": ("send", "wheelchair", "autis", "special", "additional", "disab", "down", "delay"),
}
"""One of these stands in every text that the pattern of the situation would find: most texts are spared it."""
_FOR = re.compile(r"\b(?:for|closed to everyone else|who|whose|with|affected|users and (?:their|friends)|recovery|families|children|young people|pupils)\b", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:welcom\w*|everyone|everybody|anyone|all abilities|disabled or not|open to all|inclusive|as well as|or neither|(?:and|or) others?|trained staff)\b", re.IGNORECASE)
_EITHER = re.compile(r"\b(?:disabled or not|or neither|(?:and|or) others?)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_BY_NEED = {
    "Emotional:bereavement": "bereavement", "Social:positive-behaviour": "offending", "Emotional:trauma": "domestic_abuse", "Emotional:attention": "adhd",
}
"""A need that says the situation."""

_TONGUES = {
    "polish": "pl", "ukrainian": "uk", "somali": "so", "arabic": "ar", "portuguese": "pt", "turkish": "tr", "bengali": "bn", "urdu": "ur", "punjabi": "pa",
    "tamil": "ta", "albanian": "sq", "romanian": "ro", "chinese": "zh", "mandarin": "zh", "kurdish": "ku", "farsi": "fa", "persian": "fa",
    "dari": "fa", "pashto": "ps", "tigrinya": "ti", "amharic": "am", "spanish": "es", "french": "fr", "italian": "it", "greek": "el",
    "hindi": "hi", "gujarati": "gu", "bulgarian": "bg", "hungarian": "hu", "lithuanian": "lt", "russian": "ru", "yoruba": "yo", "twi": "tw",
    "vietnamese": "vi", "czech": "cs", "slovak": "sk", "german": "de", "japanese": "ja", "korean": "ko", "hebrew": "he",
}


def of_offering(title: str, description: str, interests: Sequence[str], languages: Iterable[str]) -> frozenset[str]:
    """The situations it is for, any of which will do; "tongue:pl" for those who speak Polish at home. Empty for what is for anybody."""
    said = f"{title} {description}".lower()
    found = {name for name, hints in _HINTS.items() if any(hint in said for hint in hints) and _is_for(_OFFERED[name], title, description)}
    named = f"{title} . {' . '.join(interests)}".lower()
    found = found or {name for name, pattern in _SERVING.items() if pattern.search(named)}
    spoken = set(languages) - {"en"}
    if spoken:
        found |= {f"tongue:{code}" for name, code in _TONGUES.items() if code in spoken and name in named}
    return frozenset(found)


def _is_for(pattern: re.Pattern[str], title: str, description: str) -> bool:
    """Named in the title, or in a sentence that says whom it is for; and the door is not open to everybody."""
    if pattern.search(title) and not _OPEN.search(title) and not _EITHER.search(description):
        return True
    return any(pattern.search(one) and _FOR.search(one) and not _OPEN.search(one) for one in _SENTENCE.split(description))


def of_profile(text: str, *, needs: frozenset[str], languages: Iterable[str], needs_quiet: bool, needs_step_free: bool) -> frozenset[str]:
    """The situations a profile speaks of, in its words or by its needs, and the languages of its home."""
    found = {name for name, pattern in _OF_CHILD.items() if pattern.search(text)}
    found |= {name for need, name in _BY_NEED.items() if need in needs}
    found |= {f"tongue:{code}" for code in languages if code != "en"} | {f"tongue:{code}" for name, code in _TONGUES.items() if name in text.lower()}
    if needs_quiet or needs_step_free:
        found.add("send")
    return frozenset(found)
