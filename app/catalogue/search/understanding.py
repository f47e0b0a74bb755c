"""What somebody typed, understood: groups of words to look for, ages, what was corrected. Pure, over a Zone's vocabulary.

A query becomes groups. Each group is one thing that was asked for, with all the ways it may be called; a good answer has
something of every group. Weak groups (club, lesson, help) count but are not required.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

from app.catalogue.search.analysis import fold, stem, words
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.facts import DAY_NAMES, age_token
from app.catalogue.search.lexicon import BROADER, FILLERS, NEAR, NEED, Concept, Lexicon
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.spelling import begun_wrongly, corrections, is_known, split_in_two

LONGEST_QUERY = 400
MOST_WORDS = 40
MOST_ALTERNATIVES = 60
PREFIX = 0.9
SURE, FEW_ENDINGS = 4, 2
"""From so many letters the likeliest ways to go on count with all they may be called."""
MOST_ENDINGS, FEW_LETTERS = 60, 12
"""How many words that begin so are looked for; after two letters only the most widespread."""
SECOND_GUESS = 0.6
"""How much a less likely correction counts beside the likeliest."""
NO_DOUBT = 0.6
"""A correction that costs less is what was meant."""
WEAK = 0.35
CONDITION = 0.6
"""A day, an age, a place or the price is asked for as much as the thing itself, but weighs less: what is on another day comes
before something else on that day."""
_CONDITIONS = frozenset((*DAY_NAMES, "weekend", "evening", "morning", "free", "online", "quiet", "small group"))
"""Concepts of the lexicon that say when, how or for how much."""
_WHERE = frozenset({"in", "near", "nr", "around", "round", "at", "from", "by", "to", "towards"})
TELLING_PART = 0.9
"""What the one telling word of a phrase counts: books in book club."""
NEXT_DOOR = 0.6
"""The nearest neighbour of what this catalogue does not have, with all it may be called."""


@dataclass(frozen=True)
class Group:
    """One thing asked for: phrases of stems with what each is worth, 1 for the very word. `part` is the group's own share;
    `is_worry`: it tells how a child feels or behaves, and is answered by whatever is there for that."""

    typed: str
    alternatives: Mapping[str, float]
    part: float = 1.0
    is_worry: bool = False

    @property
    def is_required(self) -> bool:
        return self.part >= CONDITION

    @property
    def is_looked_for(self) -> bool:
        """Finds offerings, and not only puts them in order."""
        return self.part >= WEAK

    @property
    def stems(self) -> set[str]:
        """Every single stem that a document may hold because of this group."""
        return {stem for wanted in self.alternatives for stem in wanted.split(" ")}


@dataclass(frozen=True)
class Query:
    """`corrected` maps what was typed to what was looked for instead; `shown` is the query as it was understood,
    `unknown` are words nobody here knows."""

    typed: str
    groups: tuple[Group, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)
    shown: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.groups


@dataclass
class _Token:
    """`typed` as it was written ("" for the second half of a word that was split), `word` as it is taken, `meant` both halves."""

    typed: str
    word: str
    meant: str = ""
    others: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    is_unknown: bool = False


_REWRITTEN = (
    (("7",), re.compile(
        r"\b(?:mov\w*|go\w*|start\w*|step\w*|transfer\w*|transition\w*)(?: up)?(?: in| on)?(?: ?to)?(?: the)? (?:year|yr|y) ?7\b"
    ), " transition "),
    (("school", "secondary", "seniors"), re.compile(
        r"\b(?:mov\w*|go\w*|start\w*|step\w*|transfer\w*|transition\w*)(?: up)?(?: ?in| on)?(?: ?to)?(?: the| a)? (?:(?:secondary|big|high|new|senior) school|secondary|seniors)\b"
    ), " transition "),
    (("primary", "secondary"), re.compile(
        r"\bprimary(?: school)? (?:in)?to (?:secondary|high|senior)(?: school)?\b|\bsecondary (?:school )?(?:transfer|transition)\b"
    ), " transition "),
    (("/",), re.compile(r"(?<=[a-z]) ?/ ?(?=[a-z])"), " or "),
    (("£",), re.compile(r"(?:\b(?:under|below|less than|up to|at most|max|maximum|for) )?£ ?\d+(?:\.\d\d?)?(?: (?:an?|per|each) \w+)?"), " "),
    (("within",), re.compile(r"\bwithin (?:\d+|a|half a|walking) ?(?:miles?|mi|km|kilomet\w+|minutes?|mins?|distance)?(?: walk| drive)?(?: of| from)?\b"), " "),
    (("am", "pm", "clock"), re.compile(r"\b(?:(?:at|after|before|from|until|till|by|around) )?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|o ?clock)\b"), " "),
    (("than", "instead", "but", "apart"), re.compile(r"\b(?:other than|instead of|anything but|apart from)\b"), " not "),
    (("every", "each"), re.compile(r"\b(?:every|each) (?:single )?(?:day|night|morning|evening|time|week|weekend|lesson)\b"), " "),
    (("only",), re.compile(r"\b(boy|girl|son|daughter|child|kid|he|she|who|they|it) only\b"), r"\1 "),
    (("quite",), re.compile(r"\bquite (?=space|place|room|club|group|area|session|time|corner)"), "quiet "),
    (("talk", "assembly", "workshop", "visit", "speaker"), re.compile(r"\ban? (?:talk|assembly|workshop|visit|speaker) (?:for|about|on|to)\b"), " "),
    (("6",), re.compile(r"\byear ?6 (?:to|into) (?:year ?)?7\b"), " transition "),
    (("girls", "boys", "lads", "daughters", "sons"), re.compile(r"\b(?:two|three|four|2|3|4|both|my|our|your) (?:little |young |small )?(?:girls|boys|lads|daughters|sons)\b"), " children "),
)
"""What must be in the text before the pattern is worth trying, the pattern, what it becomes."""
_NO_PLACES = frozenset({"school", "home", "house", "class", "lesson", "lessons", "work", "bed", "college", "nursery", "playtime", "lunch"})
_OF_PLACE_NAMES = frozenset(
    "park green hill city white road street bridge church north south east west river town wood woods court cross new old grove lane square "
    "garden gardens bush end field fields heath common gate market forest valley station kings queens royal black red long high upper lower".split()
)
"""Everyday words that towns and parts of towns are called by; others (room, bed, rain) are no places."""
_ONE_OF_THEM = frozenset({"girl", "boy", "lad", "son", "daughter"})
"""One girl is the child; girls are a group for girls."""
_NOT = frozenset({"not", "except", "hates", "hate", "isnt", "without", "dislikes", "avoid", "excluding"})
"""What follows one of these, where the lexicon does not know the two together, is not what is wanted."""
_DOES_NOT, _LIKE = frozenset({"doesnt", "dont", "didnt", "wont"}), frozenset({"like", "likes", "enjoy", "want", "do"})
_PLAY = frozenset({"play", "plays", "playing", "played"})
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


_RUN = re.compile(r"\w+")
_MAY_BE_AGES = re.compile(rf"\d|{'|'.join(_NUMBERS)}")
_MAY_BE_STAGES = re.compile("ks|stage|infant|junior|sixth|post|eyfs|toddler|early|pre|primary|secondary|teen|adolescent")
_ALSO_A_WORD = frozenset({"toddler", "toddlers", "early years", "eyfs", "preschoolers", "pre-schoolers"})
"""Ages that are also things to go to: what is for toddlers says so, and much that is for anybody is for two-year-olds too."""


def understand(typed: str, vocabulary: Vocabulary) -> Query:
    """Never fails: what cannot be understood is looked for as it stands."""
    text = shown = fold(typed[:LONGEST_QUERY])
    for needed, pattern, written in _REWRITTEN:
        for part in needed:
            if part in text:
                text = pattern.sub(written, text)
                break
    groups: list[Group] = []
    text = _take_ages(text, groups)
    tokens = _tokens(text, vocabulary)
    groups += _meanings(tokens, vocabulary) or _as_they_stand(tokens if not groups else [])
    if groups and not any(group.is_required for group in groups):
        groups = [Group(g.typed, g.alternatives) for g in groups]
    corrected = {t.typed: t.meant or t.word for t in tokens if t.typed and t.word != t.typed and not t.prefixes}
    for word, meant in corrected.items():
        shown = _RUN.sub(lambda run, word=word, meant=meant: meant if run.group() == word else run.group(), shown)  # type: ignore[misc]
    return Query(typed, tuple(groups), corrected, " ".join(shown.split()), tuple(t.word for t in tokens if t.is_unknown))


def grounded(query: Query, vocabulary: Vocabulary) -> Query:
    """Without the alternatives that stand nowhere in this catalogue: the same answers, for less work. Where nothing of what was
    asked for stands in it (dyspraxia), all that its nearest neighbour may be called comes in its place (occupational therapy)."""
    groups: list[Group] = []
    for group in query.groups:
        here = {wanted: weight for wanted, weight in group.alternatives.items() if stands_in(wanted, vocabulary)}
        if here and max(here.values()) < BROADER:
            for wanted, weight in vocabulary.lexicon.neighbours(group.typed, NEXT_DOOR, NEAR):
                if stands_in(wanted, vocabulary):
                    here[wanted] = max(weight, here.get(wanted, 0.0))
            here = most_telling(here)
        groups.append(Group(group.typed, here, group.part, group.is_worry))
    return replace(query, groups=tuple(groups))


def stands_in(wanted: str, vocabulary: Vocabulary) -> bool:
    """Every word of the phrase is somewhere in this catalogue."""
    stems = vocabulary.stems
    return all(part in stems for part in wanted.split(" ")) if " " in wanted else wanted in stems


# --- ages ----------------------------------------------------------------------------------------


def _take_ages(text: str, groups: list[Group]) -> str:
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


# --- words ---------------------------------------------------------------------------------------


def _tokens(text: str, vocabulary: Vocabulary) -> list[_Token]:
    typed = [w for part in text.split("|") for w in (*words(part), "|")][:MOST_WORDS]
    typed = _join(typed, vocabulary)
    last = next((i for i in range(len(typed) - 1, -1, -1) if typed[i] != "|"), -1)
    out: list[_Token] = []
    for i, word in enumerate(typed):
        out += _resolve(word, vocabulary, is_last=i == last)
    return out


def _join(typed: list[str], vocabulary: Vocabulary) -> list[str]:
    """“foot ball” is football: where two neighbours make a known word and do not both stand in the catalogue by themselves."""
    out: list[str] = []
    i = 0
    while i < len(typed):
        if i + 1 < len(typed):
            left, right = typed[i], typed[i + 1]
            both = left + right
            together = both.isalpha() and len(both) >= 5 and (both in vocabulary.words or both in vocabulary.lexicon.by_words)
            apart = f"{left} {right}" in vocabulary.lexicon.by_words or (_is_word(left, vocabulary) and _is_word(right, vocabulary))
            is_odd = not is_known(right, vocabulary) or (right not in plain_words().empty and not is_known(left, vocabulary))
            if not together and len(both) >= 7 and is_odd and left not in plain_words().empty:
                together = any(c.cost < 0.8 and len(c.word) > 6 for c in corrections(both, vocabulary))
            if together and not apart:
                out.append(both)
                i += 2
                continue
        out.append(typed[i])
        i += 1
    return out


def _is_begun(word: str, vocabulary: Vocabulary) -> bool:
    """Known only as the stem of another word (refug), or a word that stands nowhere in this catalogue (foot, tram): more may be to
    come. What the lexicon knows keeps its meaning beside."""
    if word in vocabulary.words or word in plain_words().empty or not word.isalpha():
        return False
    return len(word) >= 4 or (len(word) == 3 and word in plain_words().all and not vocabulary.lexicon.find(word))


def _is_word(word: str, vocabulary: Vocabulary) -> bool:
    return word in plain_words().weak or word in plain_words().empty or (vocabulary.has(word) and len(word) > 2)


def _resolve(word: str, vocabulary: Vocabulary, *, is_last: bool) -> Iterator[_Token]:
    if word == "|" or (is_known(word, vocabulary) and not (is_last and _is_begun(word, vocabulary))):
        yield _Token(word, word)
        return
    most = MOST_ENDINGS if len(word) >= 3 else FEW_LETTERS if len(word) == 2 and is_last else 0
    longer = [w for w in vocabulary.starting_with(word, most) if w.isalpha()] if most else []
    if longer and (is_last or len(word) >= 5):
        yield _Token(word, word, prefixes=tuple(longer))
        return
    beginning = vocabulary.lexicon.starting_with(word, 3) if is_last and len(word) >= 4 else []
    if beginning:
        yield _Token(word, word, others=tuple(beginning))
        return
    likely = corrections(word, vocabulary)
    two = split_in_two(word, vocabulary)
    if two and not (likely and likely[0].cost < NO_DOUBT):
        yield _Token(word, two[0], meant=" ".join(two))
        yield _Token("", two[1])
        return
    in_lexicon = vocabulary.lexicon.starting_with(word, 3) if is_last and len(word) >= 3 and not likely else []
    is_sure = bool(likely) and (likely[0].cost < NO_DOUBT or likely[0].word in vocabulary.words)
    begun = begun_wrongly(word, vocabulary) if is_last and not in_lexicon and not is_sure else []
    if likely and not begun:
        yield _Token(word, likely[0].word, others=tuple(c.word for c in likely[1:]))
    else:  # not yet a word, and wrong already: trmp may become trampoline
        others = (*in_lexicon, *(c.word for c in likely))
        yield _Token(word, word, others=others, prefixes=tuple(begun), is_unknown=not (others or begun))


# --- meanings ------------------------------------------------------------------------------------


def _meanings(tokens: list[_Token], vocabulary: Vocabulary) -> list[Group]:
    """Longest phrases of the lexicon first, then word by word. “Karate or judo” is one thing asked for; what follows a “not” is
    not asked for, as long as something else is."""
    telling = [t for t in tokens if t.word not in FILLERS] or tokens
    groups: list[Group] = []
    unwanted: list[Group] = []
    is_or = is_place = False
    i = 0
    while i < len(telling):
        length = _longest_phrase(telling, i, vocabulary.lexicon)
        group = None
        if length > 1:
            group = _phrase_group(" ".join(t.word for t in telling[i : i + length]), vocabulary.lexicon)
        elif not telling[i].is_unknown:
            group = _word_group(telling[i], vocabulary)
        is_place = length == 1 and i > 0 and (is_place or telling[i - 1].word in _WHERE) and _may_be_a_place(telling[i].word, vocabulary)
        if group is not None and (is_place or _is_condition(group, vocabulary.lexicon)):
            group = replace(group, part=CONDITION)
        if group is not None and _is_after_a_no(telling, i):
            unwanted.append(group)
        elif group is not None and is_or and groups:
            groups[-1] = _either(groups[-1], group)
        elif group is not None:
            groups.append(group)
        if group is not None or telling[i].word == "|":
            is_or = False
        elif telling[i].word == "or":
            is_or = True
        i += length
    return _telling_first(_together(groups or unwanted), vocabulary.lexicon)


def _is_condition(group: Group, lexicon: Lexicon) -> bool:
    found = lexicon.find(group.typed)
    return group.is_required and bool(found) and all(concept.name in _CONDITIONS for concept in found)


def _may_be_a_place(word: str, vocabulary: Vocabulary) -> bool:
    if word in _NO_PLACES or (word in plain_words().all and word not in _OF_PLACE_NAMES):
        return False
    return word in vocabulary.words and not vocabulary.lexicon.find(word)


def _is_after_a_no(tokens: list[_Token], at: int) -> bool:
    before = [token.word for token in tokens[max(0, at - 2) : at]]
    return before[-1:] != [] and (before[-1] in _NOT or (before[-1] in _LIKE and before[0] in _DOES_NOT))


def _either(one: Group, other: Group) -> Group:
    alternatives = {w: max(weights.alternatives.get(w, 0.0) for weights in (one, other)) for w in (*one.alternatives, *other.alternatives)}
    return Group(f"{one.typed} or {other.typed}", most_telling(alternatives), max(one.part, other.part), one.is_worry and other.is_worry)


def _telling_first(groups: list[Group], lexicon: Lexicon) -> list[Group]:
    """Beside something that means something by itself, an everyday word that does not (stop, without) counts little, and so does
    playing what is named next (play sport)."""
    if not any(group.is_required and (group.is_worry or lexicon.find(group.typed)) for group in groups):
        return groups
    out: list[Group] = []
    for i, group in enumerate(groups):
        is_everyday = group.typed in plain_words().all and not lexicon.find(group.typed)
        is_verb = group.typed in _PLAY and i + 1 < len(groups) and bool(lexicon.find(groups[i + 1].typed))
        out.append(replace(group, part=WEAK) if group.part >= 1.0 and (is_everyday or is_verb) else group)
    return out


def _as_they_stand(tokens: list[_Token]) -> list[Group]:
    """When nothing that was typed means anything by itself ("need help"), the words themselves."""
    return [Group(t.word, {stem(t.word): 1.0}) for t in tokens if len(t.word) > 2]


def _longest_phrase(tokens: list[_Token], start: int, lexicon: Lexicon) -> int:
    for length in range(min(lexicon.longest, len(tokens) - start), 1, -1):
        if lexicon.find(" ".join(t.word for t in tokens[start : start + length])):
            return length
    return 1


def _phrase_group(typed: str, lexicon: Lexicon) -> Group:
    """The phrase itself counts fully, another word for it less, so that a broad synonym never outranks the literal thing."""
    found, plain = lexicon.find(typed), plain_words()
    alternatives = lexicon.alternatives(typed)
    parts = typed.split(" ")
    own = " ".join(map(stem, parts))
    if own not in lexicon.typed_only or not alternatives:
        alternatives[own] = 1.0
    telling = [part for part in parts if part not in plain.empty and part not in plain.weak and part not in FILLERS]
    if len(telling) == 1 and len(parts) == 2 and own not in lexicon.typed_only:
        for wanted, weight in {**lexicon.alternatives(telling[0]), stem(telling[0]): 1.0}.items():  # book club: the books tell most
            alternatives[wanted] = max(TELLING_PART * weight, alternatives.get(wanted, 0.0))
    elif len(parts) == 2 and not plain.all & set(parts):
        for part in parts:  # wheelchair basketball: both words tell something by themselves
            alternatives.setdefault(stem(part), NEAR)
    is_weak = all(concept.is_soft for concept in found)
    return Group(typed, most_telling(alternatives), WEAK if is_weak else 1.0, _is_worry(found))


def _word_group(token: _Token, vocabulary: Vocabulary) -> Group | None:
    word = token.word
    plain = plain_words()
    if word == "|" or word in plain.empty or (len(word) == 1 and not word.isdigit()):
        return None
    own = stem(word)
    alternatives = {own: 1.0}
    if own in vocabulary.lexicon.typed_only and any(concept.needs for concept in vocabulary.lexicon.find(word)):
        alternatives = {own: NEED}  # a worry: what describes itself with the word need not help with it
    for longer in token.prefixes:
        alternatives[stem(longer)] = max(PREFIX, alternatives.get(stem(longer), 0.0))
    for longer in token.prefixes[:FEW_ENDINGS] if len(word) >= SURE else ():
        for wanted, weight in vocabulary.lexicon.alternatives(longer).items():
            alternatives[wanted] = max(PREFIX * weight, alternatives.get(wanted, 0.0))
    for meant in (word, *token.others):
        share = 1.0 if meant == word else SECOND_GUESS
        if meant != word:
            alternatives[stem(meant)] = max(share, alternatives.get(stem(meant), 0.0))
        for wanted, weight in vocabulary.lexicon.alternatives(meant).items():
            if wanted != own and share * weight > alternatives.get(wanted, 0.0):
                alternatives[wanted] = share * weight
    if not vocabulary.lexicon.find(word):
        for wanted in _kin(stem(word), vocabulary):
            alternatives.setdefault(wanted, 0.7)
    if word in plain.all and not any(vocabulary.has(w) or " " in w or w.startswith("need") for w in alternatives):
        return None  # an everyday word that stands nowhere in this catalogue narrows nothing
    found = vocabulary.lexicon.find(word)
    is_weak = word in _ONE_OF_THEM or word in plain.weak or stem(word) in plain.weak or (bool(found) and all(concept.is_soft for concept in found))
    return Group(word, most_telling(alternatives), WEAK if is_weak else 1.0, _is_worry(found))


def _is_worry(found: Sequence[Concept]) -> bool:
    """All that it may mean is about how a child feels or gets on, and nothing that one could go and do."""
    return bool(found) and all(any(not code.startswith("Academic:") for code in concept.needs) for concept in found)


def _together(groups: list[Group]) -> list[Group]:
    """Several worries in one sentence are one thing said in several ways: what helps with one need not help with each."""
    worries = [group for group in groups if group.is_worry and group.is_required]
    if len(worries) < 2:
        return groups
    alternatives: dict[str, float] = {}
    for group in worries:
        for wanted, weight in group.alternatives.items():
            alternatives[wanted] = max(weight, alternatives.get(wanted, 0.0))
    one = Group(" ".join(group.typed for group in worries), most_telling(alternatives), 1.0, is_worry=True)
    return [one if group is worries[0] else group for group in groups if group is worries[0] or group not in worries]


_weight_of = itemgetter(1)


def most_telling(alternatives: dict[str, float]) -> dict[str, float]:
    """Those of the greatest weight, and of the same weight the first of the alphabet."""
    kept = sorted(sorted(alternatives.items()), key=_weight_of, reverse=True)
    return dict(kept[:MOST_ALTERNATIVES])


def _kin(root: str, vocabulary: Vocabulary) -> list[str]:
    """Who does it, for what is done, and the other way: dance and dancer, drum and drummer."""
    tries = [f"{root}er", f"{root}r", f"{root}{root[-1:]}er", f"{root}ist"]
    for ending in ("er", "ist", "r"):
        if root.endswith(ending) and len(root) > len(ending) + 2:
            short = root.removesuffix(ending)
            tries += [short, short[:-1]] if short[-2:-1] == short[-1:] else [short]
    return [wanted for wanted in dict.fromkeys(tries) if wanted != root and wanted in vocabulary.stems]

