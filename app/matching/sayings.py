"""What somebody said, cut into what speaks for something, what speaks against, what worries, and what is only said beside. Pure.

A sentence that holds none of the telling words of `_TELLING` speaks for whatever it names. Others are cut at commas and little words, each piece is
taken by what it says, and pieces beside each other that say the same are put together again, so that they can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from app.matching.text import terms


class Stance(IntEnum):
    """WORRY: it says something of the child and names nothing to look for or to avoid. ASIDE: another person's, past, on a condition, or of how
    loud or crowded it is."""

    YES = 0
    NO = 1
    WORRY = 2
    ASIDE = 3


@dataclass(frozen=True)
class Said:
    """Pieces in the order in which they were said. `is_calm`: the child would like it calm."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    worries: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    is_calm: bool = False


@dataclass
class _Piece:
    start: int
    end: int
    said: str
    heads: frozenset[str] | set[str]
    stance: Stance = Stance.YES
    is_calm: bool = False

    def has(self, pattern: re.Pattern[str]) -> bool:
        return not _HINTS[pattern].isdisjoint(self.heads) and pattern.search(self.said) is not None


def _one(pattern: str) -> re.Pattern[str]:
    """Of small letters, with straight apostrophes."""
    return re.compile(pattern)


_KIN = r"(?:mum|mam|mummy|mother|dad|daddy|father|brothers?|sisters?|siblings?|nan|nana|gran\w*|uncle|aunt\w*|cousins?|twin|step\w+|friends?|mates?|teachers?|class|family|parents)"
_NOT = r"(?:don'?t|do not|doesn'?t|does not|didn'?t|did not|wouldn'?t|would not|never|isn'?t|is not|are not|aren'?t|'m not|am not|im not|not)"
_WE = r"(?:i|he|she|they|we|it|you|im|i'm|ive|i've|i'll|i'd|(?:he|she|it|that|there)'s|that|there)"

_ROUND = " ,–-\t"
_HEAD = re.compile(r"([a-z0-9'][a-z0-9']{0,3})[a-z0-9']*")
_SENTENCE = re.compile(r"[.;!?\n]+")
_CUT = _one(
    r",\s*|\s+[–-]\s+|(?<!anything)(?<!everything)\s+(?=but\b)|\s+(?=(?:although|though|however|unless|except|because|cos|coz|whereas|while|when|till|until|if|as long as|only if|only when|instead of|rather than|not even)\b)"
    r"|\s+(?=(?:only )?not (?:with|when|if|the|on|in|paint|too)\b)|(?<=more)\s+(?=than\b)|\s+(?=than\b)"
    rf"|\s+(?:and|so)\s+(?=(?:{_WE}|is|isn'?t|am|are|was|gets?|hates?|loves?|likes?|enjoys?|wants?|does|doesn'?t|don'?t|can'?t|cannot|never|not|no|finds?|afraid|scared|"
    r"terrified|frightened|worr\w+|nervous|anxious|avoids?|refuses?|dislikes?)\b)",
)
_PARTS_WAYS = _one(r"^(?:but|although|though|however|unless|except|whereas)\b")
_LEAD = _one(r"^(?:(?:and|so|but|although|though|however|whereas|except|unless)\s+)+")
_TRAIL = _one(r"[,\s]+(?:only|just|but|and|so|though)\s*$")

# --- a no that is none ---
_NO_IS_YES = _one(
    r"\b(?:don'?t mind|does(?:n'?t| not) mind|can'?t wait|cannot wait|never bored|never (?:been )?happier|never more|nothing better|can't beat|(?:don't|doesn't|not) (?:just|only)|not scared|not afraid|can'?t get enough|can'?t live without|never stops?|wouldn'?t say no|"
    r"(?:won'?t|don'?t|never|doesn'?t|not)(?: ever)? (?:want (?:it |us |me )?to |wants to |like to |like it when we )?(?:stop|leave|come out|finish|end)|"
    r"(?:hates?|don'?t like) (?:it )?(?:when|if|having to|to) (?:we |i |he |she )?(?:have to |has to )?(?:stop|leave|finish|miss|it ends|it is over)|hates? missing|wish (?:i|we) didn'?t)\b",
)
# --- a plain no ---
_REFUSES = _one(
    rf"\b{_NOT}(?: (?:really|even|ever|actually|just|that|very|at all|so|too|all that))* (?:likes?|liked|enjoys?|enjoyed|want|wants|wanted|love|loves|fancy|wanna|care|into|keen|fond|interested|fussed|bothered|"
    r"a fan|my thing|(?:his|her) thing|for me|join(?:ing)?|go(?:ing)? near|a \w+ (?:person|kid|child|boy|girl)|my cup|touch|do(?:ing)? (?!any|much|it|that|well|my|as|so|what|good)\w+)\b"
    r"|\b(?:won'?t|will not|wont) (?:go|do|join|try|touch|play|come|wear|eat|get)\b|\bnever (?:again|do|doing|liked|go(?:ing)? to)\b"
    r"|\b(?:hates?|hated|hating|h8|detests?|loathes?|dislikes?|can'?t (?:stand|bear)|cannot (?:stand|bear)|can'?t be (?:bothered|asked|arsed)|cba|rubbish|boring|bored (?:of|by|with)|fed up (?:of|with)|"
    r"put off(?: by)?|no more|sick of|(?:so|really|just|is|are|be) (?:dead|long|dry|peak|wack|pants|minging|gross|meh|babyish)|babyish|yuck\w*|minging|refus\w+|rather not|avoid\w*|no way|no thanks?|anything but|"
    r"anything except|everything but|sooner not|turned? off by|walks? out of|nah|nope|swerve|(?:is|are|was) (?:just )?(?:the worst|for (?:babies|old \w+|losers|girls|boys|little kids|kids))|the worst|"
    r"(?:isn't|not|never) (?:really |just )?(?:me$|me\b(?= |,)|(?:his|her|my) (?:bag|scene|style|game))|not (?:on|up for|about|having) (?:it|that|this|any|\w+ing)|ain't (?:doing|going|about|on)|(?:don't|doesn't) (?:make|let them make) (?:me|him|her))\b",
)
_ONLY_NO = _one(r"^(?:only )?(?:except|not|no(?! one\b|body\b|w\b)|apart from|than|rather than|instead of)\b")
_LACKS = _one(r"\b(?:don'?t|do not|doesn'?t|does not|didn'?t|did not|cannot|can'?t|never) (?:ever |really )?(?:know|understand|get (?:the|it|what|why|how|my)|eat|sleep|put|say|talk|speak|answer|see|hear|laugh|care|fit|remember|trust|tell|feel)\b")
_FEARS = _one(r"\b(?:scared|afraid|frightened|terrified|petrified|phobia|phobic|freaks? (?:me|him|her) out|creeps? (?:me|him|her) out|allerg\w+)\b")
_WORRIES = _one(
    r"\b(?:worr(?:y|ies|ied|ying)|nervous|anxious|anxiety|stress\w*|panics?|panick\w*|dread\w*|butterflies|embarrass\w*|overwhelm\w*|(?:feel|feels|felt|makes (?:me|him|her) feel) (?:sick|ill|funny|wobbly|hot)|"
    r"gives (?:me|him|her) (?:a )?(?:headaches?|tummy ?ache|butterflies)|too (?:hard|difficult|far|fast)|finds? \w+ (?:hard|scary|tricky)|scary)\b",
)
_OF_LIFE = _one(
    r"\b(?:school|secondary|year (?:\d+|seven)|lessons?|exams?|tests?|sats?|gcses?|read\w*|writ\w*|maths|spell\w*|answer\w*|speak\w*|talk\w*|ask\w*|people|adults?|strangers?|alone|dark|night\w*|sleep\w*|bed|dying|die|"
    r"dies|death|war|police|bull\w+|fights?|shout\w*|mum|dad|nan|home|getting (?:it|things) wrong|wrong|fail\w*|mistakes?|future|change\w*|new|making friends|friends|what (?:people|others|they) (?:think|say)|cry\w*|"
    r"myself|losing|left out|laughed at|told off|picked on|stared at|go(?:ing)? (?:out|home)|everything|lots|outside|the bus|hospital|doctors?)\b",
)
# --- how it is, not what it is ---
_LOUD = _one(
    r"(?<!out )\b(?:loud\w*|nois\w+|crowd\w*|busy|echo\w*|bright(?: lights?)?|bright and|shout\w*|yell\w*|scream\w*|lots of people|many (?:people|children|kids)|much noise|(?:big|large|huge) (?:groups?|crowds?|rooms?|halls?|classes)|"
    r"(?:everyone|everybody|people|others|they|all) (?:\w+ )?(?:watch|star|look)\w*|be(?:ing)? (?:watched|stared at|looked at|shouted at)|audience|smell\w*|packed|rowdy|hectic|too full|chaos|chaotic|touch(?:ed|ing) me)\b",
)
_TOO = _one(r"\b(?:too|so|got|gets|gone|goes) (?:loud|noisy|many|busy|bright|crowded|full|hectic|rowdy|packed|much noise)\b")
_HURTS = _one(r"\b(?:hurts?|(?:do|does|did|doing) (?:my|his|her) head in|headphones|defenders|leave|run (?:out|off|away)|hide|cover (?:my|his|her) ears|can'?t (?:think|cope|hear|concentrate)|cannot (?:think|cope|hear|concentrate)|melt\w*|overwhelm\w*|shut\w* down|walks? out)\b")
_QUIET = _one(
    r"\b(?:(?:it|that|pool|place|room|hall|everything|everyone|there|gym|club|park) ?(?:is|'s|gets|was|are|goes) (?:\w+ )?(?:quiet|calm|peaceful|empty)|(?:somewhere|anywhere|nice and|a bit) (?:quiet|calm|peaceful)|"
    r"(?:quiet|calm|peaceful) (?:places?|corners?|rooms?|spaces?|spots?|pools?|sessions?|times?|groups?|ones?)|(?:small|smaller|little|tiny) (?:groups?|classes|class|clubs?)|(?:quieter|calmer) \w+|peace and quiet|the quiet|(?:not|few|fewer) (?:too|so)? ?many people|"
    r"few people|in (?:the )?peace)\b",
)
# --- what was, other people, on a condition ---
_NO_MORE = _one(
    r"\b(?:not? (?:any ?more|any longer)|any ?more|any longer|no longer|gave (?:it |that |them )?up|given (?:it |that |them )?up|packed (?:it )?in|quit|gone off|went off|grew out of|grown out of|past that|over it now|"
    r"stopped (?:doing|liking|playing|going to|it))\b",
)
_AS_WAS = _one(r"^when (?:i|he|she) (?:was|were) (?:little|small|younger|a baby|tiny|in (?:reception|nursery|infants|year (?:one|two|1|2)))\s*$")
_UNWILLING = _one(r"\b(?:can'?t|cannot|couldn'?t|could not|nobody|no one|afford|clos\w+|shut|have|take|takes|lets?|allowed|there'?s no|isn'?t any|open)\b")
_OF_OTHERS = _one(rf"\b(?:is|are) (?:what|something|more|all)? ?(?:my|his|her) (?:\w+ )?{_KIN}(?:'s)? (?:does|do|likes?|thing|loves?|is into)\b|\b(?:is|are) (?:my|his|her) (?:\w+ )?{_KIN}'s (?:thing|game|hobby)\b")
_OTHERS = _one(
    rf"^(?:(?:and|but|so|all|both) )*(?:(?:my|his|her|our|their|the|mum'?s|dad'?s) (?:\w+ ){{0,2}}?{_KIN}|mum|mam|dad|nan|nana|grandad|grandma|everyone(?: else)?(?: \w+ (?:my|the|our|his|her) \w+)?|everybody(?: else)?|"
    r"they all|all (?:the|my|of) (?:other |them |his |her )?\w+|other (?:kids|children|people|boys|girls)|the (?:other )?(?:boys|girls|others)|most (?:kids|people|boys|girls)) "
    r"(?:\w+ ){0,2}?(?:likes?|loves?|plays?|does|is (?:into|mad|good at|obsessed)|are (?:into|mad|good at|obsessed)|collects?|supports?|wants? (?:me|him|her)|makes? (?:me|him|her) (?:do|go|play)|"
    r"(?:says?|thinks?) (?:i|he|she) should (?:do|play|join|go|try)|go(?:es)? (?:to )?(?:\w+ing|cubs|scouts|cadets|brownies|guides|football|dance|karate|gym\w*|choir))\b",
)
_WITH_ME = _one(r"\b(?:me and|and me|and i|with me|us|we|our|together|teach\w*|taught|show(?:s|ed|ing)? (?:me|him|her)|tak(?:es?|ing) (?:me|him|her)|lets? (?:me|him|her)|for me|about me|off me|to me|at me|i)\b")
_ME_TOO = _one(r"\b(?:too|as well|so do i|same here|me neither|teach\w* (?:me|him|her)|show\w* (?:me|him|her)|want(?:s|ed)? (?:to|one)|wanna)\b")
_ON_CONDITION = _one(r"^(?:but )?(?:only )?(?:if|when|as long as|unless|until|till|provided|with)\b")
_FIRST_CONDITION = _one(r"^(?:only (?:if|when)|unless|as long as)\b")
_PREFERS = _one(r"\b(?:likes?|loves?|prefers?|enjoys?|better|more fun|nicer)\b")
_MAY_HELP = _one(r"^(?:only )?(?:if|when) (?:i|we|he|she|they|i'm|there (?:was|were))\b")
_DENIED = _one(r"\b(?:no|not|never|nobody|without|don'?t|doesn'?t|isn'?t|aren'?t|won'?t)\b")
_NONE_OF = _one(r"\bno (?!one\b|body\b|boys\b|girls\b|more\b)\w+|\b(?:it|that)(?:'s| is|)(?:n't| not) (?!too|so|far)\w+")
_ITS_OWN = _one(
    rf"\b(?:{_WE}|me|my|is|are|was|were|love|loves|like|likes|enjoy\w*|want|wants|into|mad|hates?|got|get|gets|do|does|go|goes|would|will|can|could|yes|yeah)\b",
)
_BACK = _one(r"\b(?:it|that|this|them|any ?more|any longer|there|nah|nope|no thanks?|not me)\b")
_WAS = _one(r"\b(?:hated|was|were|didn't|gave|got)\b")

_DENYING = "don' dont not does didn neve isn' isnt won' wont will woul wouldn aren can' cann cant no nobo with"
_HINTS: Mapping[re.Pattern[str], frozenset[str]] = {pattern: frozenset(heads.split()) for pattern, heads in (
    (_NO_IS_YES, f"{_DENYING} hate miss wish"),
    (_REFUSES, f"{_DENYING} hate hati h8 dete loat disl cba rubb bori bore fed put sick dead long dry peak wack pant ming gros meh baby yuck refu rath avoi anyt ever soon turn walk nah nope swer wors ain' for me"),
    (_FEARS, "scar afra frig terr petr phob frea cree alle"),
    (_WORRIES, "worr nerv anxi stre pani drea butt emba over feel felt sick give too find scar"),
    (_LACKS, _DENYING),
    (_LOUD, "loud nois crow busy echo brig shou yell scre lots many much big larg huge watc star look audi smel pack rowd hect full chao touc"),
    (_QUIET, "quie calm peac empt smal litt tiny few fewe"),
    (_NO_MORE, "more anym long no gave give pack quit gone went grew grow past over stop"),
    (_OTHERS, "brot sist mum mam dad nan nana gran cous frie mate twin teac clas uncl aunt ever they all othe boys girl most fami pare step moth fath sibl dadd mumm kid kids"),
)}
"""The first four letters of the words of which one stands in whatever the pattern would find."""
_TELLING = (frozenset(head for heads in _HINTS.values() for head in heads) - {"for", "me"}) | frozenset("but alth thou howe unle exce wher if than used only till unti isn'".split())


def _heads(said: str) -> set[str]:
    return set(_HEAD.findall(said))


@lru_cache(maxsize=8192)
def heard_in(text: str) -> Said:
    """Kept, for children say the same things."""
    low = text.lower().replace("’", "'")
    sentences = [sentence for one in _SENTENCE.split(text) if (sentence := one.strip(_ROUND))]
    if len(low) != len(text) or _TELLING.isdisjoint(_heads(low)):
        return Said(tuple(sentences))
    found: tuple[list[str], list[str], list[str], list[str]] = [], [], [], []
    before: _Piece | None = None
    is_calm = False
    cut = []
    for sentence in sentences:
        pieces = _pieces(sentence.lower().replace("’", "'"), before)
        before = pieces[-1]
        cut.append((sentence, pieces))
    for sentence, pieces in cut:
        for stance, said in _together(sentence, pieces):
            found[stance].append(said)
        is_calm = is_calm or any(piece.is_calm for piece in pieces)
    yes, no, worries, aside = found
    return Said(tuple(yes), tuple(no), tuple(worries), tuple(aside), is_calm)


def _pieces(sentence: str, before: _Piece | None) -> list[_Piece]:
    """The sentence cut up, each piece with its stance; `before` is the last piece of the sentence before."""
    pieces: list[_Piece] = []
    cuts = [(0, 0), *(cut.span() for cut in _CUT.finditer(sentence) if cut.start() > 0), (len(sentence), 0)]
    for (_, start), (end, _) in pairwise(cuts):
        said = sentence[start:end]
        if said.strip():
            piece = _Piece(start, end, said, _heads(said))
            piece.stance = _stance(piece, pieces[-1] if pieces else None)
            pieces.append(piece)
    for at, piece in enumerate(pieces):
        last = pieces[at - 1] if at else before
        is_open = at + 1 < len(pieces) and pieces[at + 1].said.startswith(("when ", "if "))  # "I don't like it when": of what follows
        if last is not None and not is_open:
            _look_back(piece, last)
    return pieces


def _stance(piece: _Piece, last: _Piece | None) -> Stance:
    if piece.has(_NO_IS_YES):
        return Stance.YES
    if last is not None and last.stance is Stance.NO and piece.said.startswith(("when ", "if ")) and _NO_IS_YES.search(f"{last.said} {piece.said}"):
        last.stance = Stance.YES
        return Stance.YES
    if piece.has(_QUIET) and not piece.has(_REFUSES) and "too quiet" not in piece.said:
        piece.is_calm = True
    elif piece.has(_LOUD) and _is_too_loud(piece, last):
        piece.is_calm = True
        if last is not None and last.stance is Stance.NO and not _names(last.said):
            last.stance = Stance.ASIDE  # "I don't like it" is said of how loud it is
        return Stance.ASIDE
    if last is not None and _AS_WAS.match(piece.said):
        last.stance = Stance.ASIDE if last.stance is Stance.YES else last.stance
        return Stance.ASIDE
    if last is not None and (found := _depending(piece.said, last)) is not None:
        return found
    if piece.has(_NO_MORE) and not _UNWILLING.search(piece.said):
        return Stance.ASIDE
    return _feeling(piece, last)


def _feeling(piece: _Piece, last: _Piece | None) -> Stance:
    if piece.has(_FEARS):
        return Stance.WORRY if _OF_LIFE.search(piece.said) else Stance.NO
    if piece.has(_REFUSES) or _ONLY_NO.match(piece.said):
        return Stance.NO
    if piece.has(_WORRIES) or piece.has(_LACKS):
        return Stance.WORRY
    if not _HINTS[_OTHERS].isdisjoint(piece.heads) and (_OF_OTHERS.search(piece.said) or (_OTHERS.search(piece.said) and not _WITH_ME.search(piece.said))):
        return Stance.ASIDE
    if last is None:
        return Stance.YES if not _FIRST_CONDITION.match(piece.said) else Stance.NO if _NONE_OF.search(piece.said) else Stance.ASIDE
    if last.stance in (Stance.NO, Stance.ASIDE, Stance.WORRY) and not _ITS_OWN.search(piece.said) and not _PARTS_WAYS.match(piece.said):
        return last.stance
    return Stance.YES


def _is_too_loud(piece: _Piece, last: _Piece | None) -> bool:
    """Loudness, crowds and being watched are a matter of how it is, not of what it is."""
    if piece.has(_REFUSES) or piece.has(_FEARS) or piece.has(_WORRIES) or any(pattern.search(piece.said) for pattern in (_TOO, _HURTS, _DENIED)):
        return True
    if last is None:
        return False
    return _HURTS.search(last.said) is not None or ((last.is_calm or last.stance in (Stance.NO, Stance.WORRY)) and not _ITS_OWN.search(piece.said))


def _depending(said: str, last: _Piece) -> Stance | None:
    """What hangs on the piece before it: a condition, a comparison, the thing that is refused."""
    if f"{said} ".startswith(("than ", "rather than ", "instead of ")):
        if _one_word(last.said, "rather"):
            return Stance.NO
        return Stance.ASIDE if _PREFERS.search(last.said) else Stance.YES
    if not _ON_CONDITION.search(said):
        return None
    if last.stance in (Stance.NO, Stance.WORRY):
        return last.stance
    if _MAY_HELP.search(said) and not _DENIED.search(said):
        return None
    if said.startswith("when "):
        return None
    return Stance.NO if _NONE_OF.search(said) else Stance.ASIDE


def _one_word(said: str, word: str) -> bool:
    return word in said.lower().split()


def _look_back(piece: _Piece, last: _Piece) -> None:
    """"Gave it up" and "hated it" speak of what was named before; so does "and I want to go too"."""
    if piece.stance in (Stance.NO, Stance.ASIDE) and last.stance is Stance.YES and _BACK.search(piece.said) and not _names(piece.said):
        last.stance = piece.stance = Stance.NO if piece.stance is Stance.NO and not _WAS.search(piece.said) else Stance.ASIDE
    elif piece.stance is Stance.YES and last.stance is Stance.ASIDE and _ME_TOO.search(piece.said) and not _names(piece.said):
        last.stance = Stance.YES


_SAYS_NOTHING = _one(
    rf"{_REFUSES.pattern}|{_NO_MORE.pattern}|{_ME_TOO.pattern}|\b(?:hated|gave|boring|bored|tried|into|want\w*|teach\w*|learn\w*|now|really|all)\b",
)


def _names(said: str) -> bool:
    """Whether a piece names anything beside what it thinks of it."""
    return bool(terms(_SAYS_NOTHING.sub(" ", said)))


def _bare(said: str) -> str:
    """Without the little words at both ends."""
    said = said.strip(_ROUND)
    lead, trail = _LEAD.match(said.lower() + " "), _TRAIL.search(said.lower())
    return said[lead.end() if lead else 0 : trail.start() if trail else len(said)].strip(_ROUND)


def _together(sentence: str, pieces: list[_Piece]) -> list[tuple[Stance, str]]:
    """Pieces beside each other that say the same, as they were said."""
    out: list[tuple[Stance, str]] = []
    start = pieces[0].start
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        if following is not None and following.stance is piece.stance and not _PARTS_WAYS.search(following.said):
            continue
        if said := _bare(sentence[start : piece.end]):
            out.append((piece.stance, said))
        start = following.start if following is not None else 0
    return out
