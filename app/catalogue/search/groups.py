"""What the words of a query mean: one group for each thing asked for. Pure, over a Zone's vocabulary and the lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.catalogue.search.analysis import stem
from app.catalogue.search.everyday import plain_words
from app.catalogue.search.facts import DAY_NAMES
from app.catalogue.search.lexicon import FILLERS, NEAR, NEED, Concept, Lexicon
from app.catalogue.search.query import CONDITION, WEAK, Group, most_telling
from app.catalogue.search.snapshot import Vocabulary
from app.catalogue.search.tokens import Token

PREFIX = 0.9
SURE, FEW_ENDINGS = 4, 2
"""From so many letters the likeliest ways to go on count with all they may be called."""
SECOND_GUESS = 0.6
"""How much a less likely correction counts beside the likeliest."""
_CONDITIONS = frozenset((*DAY_NAMES, "weekend", "evening", "morning", "free", "online", "quiet", "small group"))
"""Concepts of the lexicon that say when, how or for how much."""
_WHERE = frozenset({"in", "near", "nr", "around", "round", "at", "from", "by", "to", "towards"})
TELLING_PART = 0.9
"""What the one telling word of a phrase counts: books in book club."""
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


def groups_of(tokens: list[Token], vocabulary: Vocabulary) -> list[Group]:
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
            group = _of_phrase(" ".join(t.word for t in telling[i : i + length]), vocabulary)
        elif not telling[i].is_unknown:
            group = _of_word(telling[i], vocabulary)
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


def _is_after_a_no(tokens: list[Token], at: int) -> bool:
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


def as_they_stand(tokens: list[Token]) -> list[Group]:
    """When nothing that was typed means anything by itself ("need help"), the words themselves."""
    return [Group(t.word, {stem(t.word): 1.0}) for t in tokens if len(t.word) > 2]


def _longest_phrase(tokens: list[Token], start: int, lexicon: Lexicon) -> int:
    for length in range(min(lexicon.longest, len(tokens) - start), 1, -1):
        if lexicon.find(" ".join(t.word for t in tokens[start : start + length])):
            return length
    return 1


def _of_phrase(typed: str, vocabulary: Vocabulary) -> Group:
    return vocabulary.kept.of(("phrase", typed), lambda: _phrase_group(typed, vocabulary.lexicon))


def _of_word(token: Token, vocabulary: Vocabulary) -> Group | None:
    return vocabulary.kept.of(("word", token.word, token.prefixes, token.others), lambda: _word_group(token, vocabulary))


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


def _word_group(token: Token, vocabulary: Vocabulary) -> Group | None:
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


def _kin(root: str, vocabulary: Vocabulary) -> list[str]:
    """Who does it, for what is done, and the other way: dance and dancer, drum and drummer."""
    tries = [f"{root}er", f"{root}r", f"{root}{root[-1:]}er", f"{root}ist"]
    for ending in ("er", "ist", "r"):
        if root.endswith(ending) and len(root) > len(ending) + 2:
            short = root.removesuffix(ending)
            tries += [short, short[:-1]] if short[-2:-1] == short[-1:] else [short]
    return [wanted for wanted in dict.fromkeys(tries) if wanted != root and wanted in vocabulary.stems]
