"""The words by which a refusal, a fear, a worry, noise, what was, other people and a condition are told in what somebody said. Pure.

Patterns are of small letters with straight apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def _one(pattern: str) -> re.Pattern[str]:
    """Of small letters, with straight apostrophes."""
    return re.compile(pattern)


KIN = r"(?:mum|mam|mummy|mother|dad|daddy|father|brothers?|sisters?|siblings?|nan|nana|gran\w*|uncle|aunt\w*|cousins?|twin|step\w+|friends?|mates?|teachers?|class|family|parents)"
NOT = r"(?:don'?t|do not|doesn'?t|does not|didn'?t|did not|wouldn'?t|would not|never|isn'?t|is not|are not|aren'?t|'m not|am not|im not|not)"
WE = r"(?:i|he|she|they|we|it|you|im|i'm|ive|i've|i'll|i'd|(?:he|she|it|that|there)'s|that|there)"

ROUND = " ,–-\t"
HEAD = re.compile(r"([a-z0-9'][a-z0-9']{0,3})[a-z0-9']*")
SENTENCE = re.compile(r"[.;!?\n]+")
CUT = _one(
    r",\s*|\s+[–-]\s+|(?<!anything)(?<!everything)\s+(?=but\b)|\s+(?=(?:although|though|however|unless|except|because|cos|coz|whereas|while|when|till|until|if|as long as|only if|only when|instead of|rather than|not even)\b)"
    r"|\s+(?=(?:only )?not (?:with|when|if|the|on|in|paint|too)\b)|(?<=more)\s+(?=than\b)|\s+(?=than\b)"
    rf"|\s+(?:and|so)\s+(?=(?:{WE}|is|isn'?t|am|are|was|gets?|hates?|loves?|likes?|enjoys?|wants?|does|doesn'?t|don'?t|can'?t|cannot|never|not|no|finds?|afraid|scared|"
    r"terrified|frightened|worr\w+|nervous|anxious|avoids?|refuses?|dislikes?)\b)",
)
PARTS_WAYS = _one(r"^(?:but|although|though|however|unless|except|whereas)\b")
LEAD = _one(r"^(?:(?:and|so|but|although|though|however|whereas|except|unless)\s+)+")
TRAIL = _one(r"[,\s]+(?:only|just|but|and|so|though)\s*$")

# --- a no that is none ---
NO_IS_YES = _one(
    r"\b(?:don'?t mind|does(?:n'?t| not) mind|can'?t wait|cannot wait|never bored|never (?:been )?happier|never more|nothing better|can't beat|(?:don't|doesn't|not) (?:just|only)|not scared|not afraid|can'?t get enough|can'?t live without|never stops?|wouldn'?t say no|"
    r"(?:won'?t|don'?t|never|doesn'?t|not)(?: ever)? (?:want (?:it |us |me )?to |wants to |like to |like it when we )?(?:stop|leave|come out|finish|end)|"
    r"(?:hates?|don'?t like) (?:it )?(?:when|if|having to|to) (?:we |i |he |she )?(?:have to |has to )?(?:stop|leave|finish|miss|it ends|it is over)|hates? missing|wish (?:i|we) didn'?t)\b",
)
# --- a plain no ---
REFUSES = _one(
    rf"\b{NOT}(?: (?:really|even|ever|actually|just|that|very|at all|so|too|all that))* (?:likes?|liked|enjoys?|enjoyed|want|wants|wanted|love|loves|fancy|wanna|care|into|keen|fond|interested|fussed|bothered|"
    r"a fan|my thing|(?:his|her) thing|for me|join(?:ing)?|go(?:ing)? near|a \w+ (?:person|kid|child|boy|girl)|my cup|touch|do(?:ing)? (?!any|much|it|that|well|my|as|so|what|good)\w+)\b"
    r"|\b(?:won'?t|will not|wont) (?:go|do|join|try|touch|play|come|wear|eat|get)\b|\bnever (?:again|do|doing|liked|go(?:ing)? to)\b"
    r"|\b(?:hates?|hated|hating|h8|detests?|loathes?|dislikes?|can'?t (?:stand|bear)|cannot (?:stand|bear)|can'?t be (?:bothered|asked|arsed)|cba|rubbish|boring|bored (?:of|by|with)|fed up (?:of|with)|"
    r"put off(?: by)?|no more|sick of|(?:so|really|just|is|are|be) (?:dead|long|dry|peak|wack|pants|minging|gross|meh|babyish)|babyish|yuck\w*|minging|refus\w+|rather not|avoid\w*|no way|no thanks?|anything but|"
    r"anything except|everything but|sooner not|turned? off by|walks? out of|nah|nope|swerve|(?:is|are|was) (?:just )?(?:the worst|for (?:babies|old \w+|losers|girls|boys|little kids|kids))|the worst|"
    r"(?:isn't|not|never) (?:really |just )?(?:me$|me\b(?= |,)|(?:his|her|my) (?:bag|scene|style|game))|not (?:on|up for|about|having) (?:it|that|this|any|\w+ing)|ain't (?:doing|going|about|on)|(?:don't|doesn't) (?:make|let them make) (?:me|him|her))\b",
)
ONLY_NO = _one(r"^(?:only )?(?:except|not|no(?! one\b|body\b|w\b)|apart from|than|rather than|instead of)\b")
LACKS = _one(r"\b(?:don'?t|do not|doesn'?t|does not|didn'?t|did not|cannot|can'?t|never) (?:ever |really )?(?:know|understand|get (?:the|it|what|why|how|my)|eat|sleep|put|say|talk|speak|answer|see|hear|laugh|care|fit|remember|trust|tell|feel)\b")
FEARS = _one(r"\b(?:scared|afraid|frightened|terrified|petrified|phobia|phobic|freaks? (?:me|him|her) out|creeps? (?:me|him|her) out|allerg\w+)\b")
WORRIES = _one(
    r"\b(?:worr(?:y|ies|ied|ying)|nervous|anxious|anxiety|stress\w*|panics?|panick\w*|dread\w*|butterflies|embarrass\w*|overwhelm\w*|(?:feel|feels|felt|makes (?:me|him|her) feel) (?:sick|ill|funny|wobbly|hot)|"
    r"gives (?:me|him|her) (?:a )?(?:headaches?|tummy ?ache|butterflies)|too (?:hard|difficult|far|fast)|finds? \w+ (?:hard|scary|tricky)|scary)\b",
)
OF_LIFE = _one(
    r"\b(?:school|secondary|year (?:\d+|seven)|lessons?|exams?|tests?|sats?|gcses?|read\w*|writ\w*|maths|spell\w*|answer\w*|speak\w*|talk\w*|ask\w*|people|adults?|strangers?|alone|dark|night\w*|sleep\w*|bed|dying|die|"
    r"dies|death|war|police|bull\w+|fights?|shout\w*|mum|dad|nan|home|getting (?:it|things) wrong|wrong|fail\w*|mistakes?|future|change\w*|new|making friends|friends|what (?:people|others|they) (?:think|say)|cry\w*|"
    r"myself|losing|left out|laughed at|told off|picked on|stared at|go(?:ing)? (?:out|home)|everything|lots|outside|the bus|hospital|doctors?)\b",
)
# --- how it is, not what it is ---
LOUD = _one(
    r"(?<!out )\b(?:loud\w*|nois\w+|crowd\w*|busy|echo\w*|bright(?: lights?)?|bright and|shout\w*|yell\w*|scream\w*|lots of people|many (?:people|children|kids)|much noise|(?:big|large|huge) (?:groups?|crowds?|rooms?|halls?|classes)|"
    r"(?:everyone|everybody|people|others|they|all) (?:\w+ )?(?:watch|star|look)\w*|be(?:ing)? (?:watched|stared at|looked at|shouted at)|audience|smell\w*|packed|rowdy|hectic|too full|chaos|chaotic|touch(?:ed|ing) me)\b",
)
TOO = _one(r"\b(?:too|so|got|gets|gone|goes) (?:loud|noisy|many|busy|bright|crowded|full|hectic|rowdy|packed|much noise)\b")
HURTS = _one(r"\b(?:hurts?|(?:do|does|did|doing) (?:my|his|her) head in|headphones|ear defenders|leave|run (?:out|off|away)|hide|cover (?:my|his|her) ears|can'?t (?:think|cope|hear|concentrate)|cannot (?:think|cope|hear|concentrate)|melt\w*|overwhelm\w*|shut\w* down|walks? out)\b")
QUIET = _one(
    r"\b(?:(?:it|that|pool|place|room|hall|everything|everyone|there|gym|club|park) ?(?:is|'s|gets|was|are|goes) (?:\w+ )?(?:quiet|calm|peaceful|empty)|(?:somewhere|anywhere|nice and|a bit) (?:quiet|calm|peaceful)|"
    r"(?:quiet|calm|peaceful) (?:places?|corners?|rooms?|spaces?|spots?|pools?|sessions?|times?|groups?|ones?)|(?:small|smaller|little|tiny) (?:groups?|classes|class|clubs?)|(?:quieter|calmer) \w+|peace and quiet|the quiet|(?:not|few|fewer) (?:too|so)? ?many people|"
    r"few people|in (?:the )?peace)\b",
)
# --- what was, other people, on a condition ---
NO_MORE = _one(
    r"\b(?:not? (?:any ?more|any longer)|any ?more|any longer|no longer|gave (?:it |that |them )?up|given (?:it |that |them )?up|packed (?:it )?in|quit|gone off|went off|grew out of|grown out of|past that|over it now|"
    r"stopped (?:doing|liking|playing|going to|it))\b",
)
AS_WAS = _one(r"^when (?:i|he|she) (?:was|were) (?:little|small|younger|a baby|tiny|in (?:reception|nursery|infants|year (?:one|two|1|2)))\s*$")
UNWILLING = _one(r"\b(?:can'?t|cannot|couldn'?t|could not|nobody|no one|afford|clos\w+|shut|have|take|takes|lets?|allowed|there'?s no|isn'?t any|open)\b")
OF_OTHERS = _one(rf"\b(?:is|are) (?:what|something|more|all)? ?(?:my|his|her) (?:\w+ )?{KIN}(?:'s)? (?:does|do|likes?|thing|loves?|is into)\b|\b(?:is|are) (?:my|his|her) (?:\w+ )?{KIN}'s (?:thing|game|hobby)\b")
OTHERS = _one(
    rf"^(?:(?:and|but|so|all|both) )*(?:(?:my|his|her|our|their|the|mum'?s|dad'?s) (?:\w+ ){{0,2}}?{KIN}|mum|mam|dad|nan|nana|grandad|grandma|everyone(?: else)?(?: \w+ (?:my|the|our|his|her) \w+)?|everybody(?: else)?|"
    r"they all|all (?:the|my|of) (?:other |them |his |her )?\w+|other (?:kids|children|people|boys|girls)|the (?:other )?(?:boys|girls|others)|most (?:kids|people|boys|girls)) "
    r"(?:\w+ ){0,2}?(?:likes?|loves?|plays?|does|is (?:into|mad|good at|obsessed)|are (?:into|mad|good at|obsessed)|collects?|supports?|wants? (?:me|him|her)|makes? (?:me|him|her) (?:do|go|play)|"
    r"(?:says?|thinks?) (?:i|he|she) should (?:do|play|join|go|try)|go(?:es)? (?:to )?(?:\w+ing|cubs|scouts|cadets|brownies|guides|football|dance|karate|gym\w*|choir))\b",
)
WITH_ME = _one(r"\b(?:me and|and me|and i|with me|us|we|our|together|teach\w*|taught|show(?:s|ed|ing)? (?:me|him|her)|tak(?:es?|ing) (?:me|him|her)|lets? (?:me|him|her)|for me|about me|off me|to me|at me|i)\b")
ME_TOO = _one(r"\b(?:too|as well|so do i|same here|me neither|teach\w* (?:me|him|her)|show\w* (?:me|him|her)|want(?:s|ed)? (?:to|one)|wanna)\b")
ON_CONDITION = _one(r"^(?:but )?(?:only )?(?:if|when|as long as|unless|until|till|provided|with)\b")
FIRST_CONDITION = _one(r"^(?:only (?:if|when)|unless|as long as)\b")
PREFERS = _one(r"\b(?:likes?|loves?|prefers?|enjoys?|better|more fun|nicer)\b")
MAY_HELP = _one(r"^(?:only )?(?:if|when) (?:i|we|he|she|they|i'm|there (?:was|were))\b")
DENIED = _one(r"\b(?:no|not|never|nobody|without|don'?t|doesn'?t|isn'?t|aren'?t|won'?t)\b")
NONE_OF = _one(r"\bno (?!one\b|body\b|boys\b|girls\b|more\b)\w+|\b(?:it|that)(?:'s| is|)(?:n't| not) (?!too|so|far)\w+")
ITS_OWN = _one(
    rf"\b(?:{WE}|me|my|is|are|was|were|love|loves|like|likes|enjoy\w*|want|wants|into|mad|hates?|got|get|gets|do|does|go|goes|would|will|can|could|yes|yeah)\b",
)
BACK = _one(r"\b(?:it|that|this|them|any ?more|any longer|there|nah|nope|no thanks?|not me)\b")
WAS = _one(r"\b(?:hated|was|were|didn't|gave|got)\b")

DENYING = "don' dont not does didn neve isn' isnt won' wont will woul wouldn aren can' cann cant no nobo with"
HINTS: Mapping[re.Pattern[str], frozenset[str]] = {pattern: frozenset(heads.split()) for pattern, heads in (
    (NO_IS_YES, f"{DENYING} hate miss wish"),
    (REFUSES, f"{DENYING} hate hati h8 dete loat disl cba rubb bori bore fed put sick dead long dry peak wack pant ming gros meh baby yuck refu rath avoi anyt ever soon turn walk nah nope swer wors ain' for me"),
    (FEARS, "scar afra frig terr petr phob frea cree alle"),
    (WORRIES, "worr nerv anxi stre pani drea butt emba over feel felt sick give too find scar"),
    (LACKS, DENYING),
    (LOUD, "loud nois crow busy echo brig shou yell scre lots many much big larg huge watc star look audi smel pack rowd hect full chao touc"),
    (QUIET, "quie calm peac empt smal litt tiny few fewe"),
    (NO_MORE, "more anym long no gave give pack quit gone went grew grow past over stop"),
    (OTHERS, "brot sist mum mam dad nan nana gran cous frie mate twin teac clas uncl aunt ever they all othe boys girl most fami pare step moth fath sibl dadd mumm kid kids"),
)}
"""The first four letters of the words of which one stands in whatever the pattern would find."""
TELLING = (frozenset(head for heads in HINTS.values() for head in heads) - {"for", "me"}) | frozenset("but alth thou howe unle exce wher if than used only till unti isn'".split())
SAYS_NOTHING = _one(
    rf"{REFUSES.pattern}|{NO_MORE.pattern}|{ME_TOO.pattern}|\b(?:hated|gave|boring|bored|tried|into|want\w*|teach\w*|learn\w*|now|really|all)\b",
)


def heads_of(said: str) -> set[str]:
    """The first four letters of each word."""
    return set(HEAD.findall(said))
