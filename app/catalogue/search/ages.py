"""Ages, years and stages of school in what was typed: they become groups of their own. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from app.catalogue.search.analysis import stem
from app.catalogue.search.facts import age_token
from app.catalogue.search.query import CONDITION, Group

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen".split()
_NUMBER = rf"(\d{{1,2}}|{'|'.join(_NUMBERS)})"
_AGE = r"(\d|1\d)\b(?! ?(?:%|st|nd|rd|th|to|-|:|\.|am|pm|oclock|weeks?|months?|hours?|mins?|minutes?|miles?|km|children|kids|boys|girls))"
_AGES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"\bages? {_NUMBER}(?: (?:to|and|until|-|–) | ?- ?| ?– ?){_NUMBER}\b(?: years?(?: olds?)?)?"), 0),
    (re.compile(rf"\b{_NUMBER}(?: (?:to|-|–) | ?- ?| ?– ?){_NUMBER} ?(?:years? olds?|yrs? olds?|year olds?|yos?|yrs?)\b"), 0),
    (re.compile(rf"\b(?:under|below) {_NUMBER}s?\b|\bu{_NUMBER}s?\b"), 1),
    (re.compile(rf"\bages?d? {_NUMBER}\b(?: years?(?: olds?)?)?|\b{_NUMBER}(?: |-)?(?:years?(?: |-)olds?|yrs?(?: |-)olds?|y ?o)\b"), 2),
    (re.compile(rf"\b(?:years?|yr|y) ?{_NUMBER}s?\b"), 3),
    (re.compile(rf"\b(?:boy|girl|son|daughter|child|lad|teen|teenager|kid|he is|she is|hes|shes|is|of|turned|turning|just|nearly|almost),? {_AGE}"), 2),
    (re.compile(rf"(?<=,) ?{_AGE}(?= ?,|$)"), 2),
)
_STAGES: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), ages)
    for pattern, ages in (
        (r"ks ?1|key stage (?:1|one)|infants?", (5, 7)), (r"ks ?2|key stage (?:2|two)|juniors?", (7, 11)),
        (r"ks ?3|key stage (?:3|three)", (11, 14)), (r"ks ?4|key stage (?:4|four)", (14, 16)),
        (r"ks ?5|key stage (?:5|five)|sixth form(?:er|ers)?|post 16", (16, 18)), (r"eyfs|toddlers?|early years|pre ?-?schoolers?", (2, 4)),
        (r"primary(?: school| age| aged)?", (5, 11)), (r"secondary(?: school| age| aged)", (11, 16)),
        (r"teen|teens|teenagers?|teenage|adolescents?", (13, 17)),
    )
)
_MAY_BE_AGES = re.compile(rf"\d|{'|'.join(_NUMBERS)}")
_MAY_BE_STAGES = re.compile("ks|stage|infant|junior|sixth|post|eyfs|toddler|early|pre|primary|secondary|teen|adolescent")
_ALSO_A_WORD = frozenset({"toddler", "toddlers", "early years", "eyfs", "preschoolers", "pre-schoolers"})
"""Ages that are also things to go to: what is for toddlers says so, and much that is for anybody is for two-year-olds too."""


def take_ages(text: str, groups: list[Group]) -> str:
    """Ages and school years become groups of their own and leave the text."""
    for pattern, kind in _AGES if _MAY_BE_AGES.search(text) else ():
        for found in list(pattern.finditer(text)):
            numbers = [_number(n) for n in found.groups() if n]
            ages = _ages(kind, numbers)
            if ages:
                groups.append(_age_group(found.group(), ages))
                text = text.replace(found.group(), " | ", 1)
    for pattern, (youngest, oldest) in _STAGES if _MAY_BE_STAGES.search(text) else ():
        match = pattern.search(text)
        if match:
            group = _age_group(match.group(), range(youngest, oldest + 1))
            if match.group().isalpha():  # what calls itself Teen Chefs is for teens before all that teens may also come to
                group = replace(group, alternatives={**group.alternatives, stem(match.group()): 1.0})
            groups.append(group)
            text = text if match.group() in _ALSO_A_WORD else pattern.sub(" | ", text, count=1)
    return text


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS.index(text) + 1


def _ages(kind: int, numbers: list[int]) -> range:
    if kind == 0:
        return range(min(numbers), max(numbers) + 1) if max(numbers) <= 25 else range(0)
    (number,) = numbers[:1]
    if kind == 1:
        return range(max(0, number - 3), number) if 1 < number <= 19 else range(0)
    if kind == 2:
        return range(number, number + 1) if number <= 25 else range(0)
    return range(number + 4, number + 6) if 1 <= number <= 13 else range(0)  # Year 5 is nine and ten years old


def _age_group(typed: str, ages: range) -> Group:
    return Group(typed.strip(), {age_token(age): 1.0 for age in ages}, CONDITION)
