"""Children some offerings are made for, and how a text says so. Pure.

An offering counts as made for a group only when its title names the group or its description says "for" them; "autistic children
welcome" is an open door, not a group of its own.
"""

from __future__ import annotations

import re

_PEOPLE = r"(?:children|child|kids|pupils|young people|young person|teenagers|teens|youth|boys|girls|students|families|under-?\d+s|\d+\W+\d+s?)"

_NAMES = {
    "bereaved": r"bereave\w*|griev\w*|grief|lost (?:a |their )?(?:parent|mum|dad|loved one|someone|somebody|brother|sister)|(?:somebody|someone) (?:has |they love )?(?:has )?died",
    "young_carers": r"young carers?|young adult carers?|who (?:care|look) (?:for|after) (?:a|their|someone)\b[^.]{0,40}",
    "deaf": r"deaf\w*|hard of hearing|hearing[- ]impair\w*|cochlear",
    "refugees": r"refugees?|asylum[- ]seek\w*|seeking (?:asylum|sanctuary)|newly arrived|new arrivals|unaccompanied minors?",
    "autistic": r"autis\w*|asperger\w*|neurodiver\w*|neuro-diver\w*",
    "lgbtq": r"lgbt\w*\+?|lgbtq\w*\+?|queer|trans(?:gender)? (?:and|young|children)|gay",
    "out_of_school": r"out of school and|excluded|not in school|at risk of exclusion|school refus\w*|home[- ]educat\w*|alternative provision|cannot (?:face|manage) school|emotionally based school",
    "looked_after": r"looked[- ]after|in care\b(?! homes?)|care[- ]experienced|care leavers?|fostered|foster (?:children|care|famil\w+)|adopted|adoptive|kinship",
    "disabled": r"disabled|disabilit\w*|wheelchair users?|down(?:['’]?s)? syndrome|cerebral palsy|visually impaired|blind",
}
_IN_TITLE = {key: re.compile(rf"\b(?:{names})", re.IGNORECASE) for key, names in _NAMES.items()}
_FOR_THEM = {
    key: re.compile(
        rf"\b(?:for|only|by and for)\s+(?:(?!(?:any|every|all|anyone|everyone|as)\b)[\w'’-]+[\s,]+){{0,6}}?(?:{names})|\b(?:{names})\s+{_PEOPLE}\s+only\b",
        re.IGNORECASE,
    )
    for key, names in _NAMES.items()
}
_OPEN_DOOR = re.compile(r"\b(?:welcom\w*|friendly|includ\w*|inclusive|everyone|anyone|all abilities|as well as|also|open to all|mixed|trained|(?:and|or) (?:others?|anyone|anybody|their friends)|or not|non-disabled|whoever)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")

_HINTS = {
    "bereaved": ("bereave", "griev", "grief", "lost ", "died"),
    "young_carers": ("carer", "who care", "who look"),
    "deaf": ("deaf", "hearing", "cochlear"),
    "refugees": ("refugee", "asylum", "sanctuary", "newly arrived", "new arrivals", "unaccompanied"),
    "autistic": ("autis", "asperger", "neuro"),
    "lgbtq": ("lgbt", "queer", "trans", "gay"),
    "out_of_school": ("out of school", "exclu", "not in school", "school refus", "educat", "alternative provision", "manage school",
                      "face school", "emotionally"),
    "looked_after": ("looked", "in care", "care", "foster", "adopt", "kinship"),
    "disabled": ("disab", "wheelchair", "down", "cerebral", "impair", "blind"),
}
"""One of these stands in every text that the pattern of the group would find: most texts are spared it."""

_KIN = r"(?:mum|mam|mummy|mother|dad|daddy|father|brother|sister|sibling|nan|nana|gran\w*|parent|twin)"
_THEIR = r"(?:(?:his|her|their|my|the) )?"

_IN_PROFILE = {
    "bereaved": (r"bereave\w*|griev\w*|grief|\bdied\b|passed (?:away|on)\b|no longer with us|\bfuneral\b|(?:was|were) (?:killed|stabbed to death)"
                 rf"|lost {_THEIR}(?:mum|dad|mother|father|nan|gran\w*|brother|sister|parent|uncle|aunt\w*|(?:best )?friend)\b"),
    "young_carers": (rf"young carer|(?:car(?:es|ed|ing|e) for|look(?:s|ed|ing)? after) {_THEIR}(?:\w+ ){{0,2}}?{_KIN}"
                     rf"|get(?:s|ting)? {_THEIR}(?:\w+ )?(?:brothers?|sisters?|siblings|twins) (?:up|ready|dressed|off|to (?:school|bed|nursery))"
                     rf"|help(?:s|ing)? {_THEIR}(?:mum|mam|dad|nan|nana|gran\w*) (?:to )?(?:wash|dress|walk|stand|get (?:up|dressed)|up the stairs|with (?:her|his) (?:tablets|medicine|legs))"
                     r"|(?:mum|mam|dad|nan|nana|gran\w*)['’]s (?:tablets|medicine|injections|wheelchair)"),
    "deaf": r"\bdeaf\w*|hearing aids?|hearing loss|hearing[- ]impair\w*|cochlear|sign language|\bbsl\b",
    "refugees": (r"refugee|asylum|resettle\w*|\bfled\b|new(?:ly)? arriv\w*|arrived (?:in the uk|from|last|this|here)|came (?:here )?from (?!school|home|work|the)\w+"
                 r"|no recourse|temporary accommodation for|because of the war|when the war|home office|small boat|had to leave (?:our|their|his|her) country"),
    "autistic": r"autis\w*|\basd\b|\basc\b|asperger\w*|neurodiver\w*|\badhd\b|on the spectrum",
    "lgbtq": r"\blgbt\w*|\bgay\b|\blesbian\b|\btrans\b|transgender|non-?binary|\bqueer\b|\bbisexual\b|came out\b|coming out\b",
    "out_of_school": (r"\bexclu(?:ded|sion)\w*|out of school|not in school|not been (?:in|to) school|home[- ]educat\w*|alternative provision"
                      r"|part[- ]time (?:time)?table|\bpru\b|school (?:refus|avoid)\w*|stopped (?:going|coming) (?:in\b|to (?:school|lessons))|(?:won['’]?t|will not|refuses to) go to school"
                      r"|(?:does(?:n['’]?t| not)|cannot|can['’]?t) (?:go to|face|manage) school|\bebsa\b|suspended"),
    "looked_after": (r"\bin care\b|foster\w*|kinship|\badopt\w*|children['’]s home|looked[- ]after|special guardian\w*"
                     rf"|(?:brought|bringing) (?:him |her |them |me )?up by {_THEIR}(?:nan|gran|aunt|uncle|big|older)\w*"
                     rf"|liv(?:es?|ing) with {_THEIR}(?:nan|nana|gran\w*|aunt\w*|uncle)\b(?! and\b)"),
    "disabled": (r"wheelchair|disab\w*|down(?:['’]?s)? syndrome|cerebral palsy|learning difficult\w*|visual(?:ly)? impair\w*|\bblind\b|\behcp?\b"
                 r"|walking frame|prosthe\w*|spina bifida|muscular dystrophy|hemiplegi\w*"),
}
_PROFILE = {key: re.compile(names, re.IGNORECASE) for key, names in _IN_PROFILE.items()}


_EVERY_HINT = tuple(hint for hints in _HINTS.values() for hint in hints)


def of_offering(title: str, description: str) -> frozenset[str]:
    """The groups this offering is made for; empty for one that is open to any child."""
    said = f"{title} {description}".lower()
    if not any(map(said.__contains__, _EVERY_HINT)):
        return frozenset()
    may_be = [key for key, hints in _HINTS.items() if any(hint in said for hint in hints)]
    found = {key for key in may_be if _IN_TITLE[key].search(title) and not _OPEN_DOOR.search(title)}
    for sentence in _SENTENCE.split(description):
        named = {key for key in may_be if _FOR_THEM[key].search(sentence)} - found
        if named and not _OPEN_DOOR.search(sentence):
            found |= named
    return frozenset(found)


_SOME = re.compile(
    r"\bfor\s+(?:[\w'’+-]+[\s,]+){0,5}?(?:children|young people|young person|pupils|girls|boys|teenagers|families|those|kids|players|parents|mothers|mums|dads|learners|people)"
    r"(?:\s+(?:and|or)\s+[\w'’-]+){0,2}\s*,?\s+((?:who|whose|with|affected|above|below|at|having|going|moving|in|from|on|under|too|living|beside|still|carrying|learning)\b[^.;:!?]*)"
    r"|\b(?:children|young people|pupils|girls|boys|families)\s+((?:who|whose|with|affected by)\b[^.;:!?]*)",
    re.IGNORECASE,
)


def meant_for(title: str, description: str) -> str:
    """What a text says of the children it is for, beyond their age: "who stammer", "with a mum or dad in prison"; empty where it is
    for anybody."""
    if "welcome" in description.lower() and "for" not in description.lower():
        return ""
    found = (first or second for first, second in _SOME.findall(f"{title}. {description}"))
    return " . ".join(part.strip() for part in found if not _OPEN_DOOR.search(part))


def of_profile(text: str, *, needs: frozenset[str], languages: tuple[str, ...], gender: str, needs_step_free: bool) -> frozenset[str]:
    """The groups a profile names, in its words or by its needs."""
    found = {key for key, pattern in _PROFILE.items() if pattern.search(text)}
    if "Emotional:bereavement" in needs:
        found.add("bereaved")
    if "bsl" in languages:
        found.add("deaf")
    if "en" not in languages and "Academic:english-language" in needs:
        found.add("refugees")
    if gender.strip().lower().replace("-", "") in ("nonbinary", "trans", "transgender"):
        found.add("lgbtq")
    if needs_step_free:
        found.add("disabled")
    return frozenset(found)

