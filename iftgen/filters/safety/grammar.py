"""The language of the rules: word lists, what may stand between the words, and frames of intent."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_MACRO = re.compile(r"\{[a-z_]+(?:\.v)?\}")
_DET = (
    r"(?:(?:a|an|the|my|our|your|his|her|their|some|any|this|that|these|those|another|other|every|all|all of|more|"
    r"several|many|most|someone's|somebody's|someone else's|other people's|people's|multiple|large numbers of|"
    r"a group of|"
    r"groups of|lots of|entire|{relation}'s?|\w+ ?'s|own|someone|as many|at least|\d+|of|acts? of|other|"
    r"innocent|random|vulnerable) ){0,4}"
)
# Up to three words that describe the next one; none that would begin another phrase.
_ADJ = (
    r"(?:(?!(?:in|on|at|of|for|with|from|to|by|my|the|a|an|and|or|but|that|which|who|without|as|like|about|into|"
    r"is|are|"
    r"was|were|not|near|before|after|while|i|you|we|they|it|than|against)\b)[\w'-]+ ){0,3}?"
)
_NO_SERVICE = r"(?:who|that|which|whom|i|we|you|he|she|they|it|so|if|when|while|because)"
_PREPOSITION = (
    r"(?:in|on|at|of|for|with|from|to|by|and|or|but|without|as|into|before|after|using|via|through|over|near|during|"
    r"based|inside|outside|within|under|until|against|like|anonymously|online|today|quickly|easily|secretly|"
    r"illegally|"
    r"safely|slowly|effectively|fast|alone|up|down|off|out|myself|yourself|undetected|successfully|remotely|at home|"
    r"properly|manually|step by step|die|suffer|bleed|right|again|now|then|please)"
)
_END = rf"(?=\s*(?:[?.!,;:)\"]|$|{_NO_SERVICE}\b|{_PREPOSITION}\b))"
_MACROS: Mapping[str, str] = {
    "det": _DET,
    "adj": _ADJ,
    "end": _END,
    "end_loose": r"(?![\w'-])",
    "who": rf"{_DET}{_ADJ}(?:{{person}}|{{group}})(?!['’-])",
    "whose": (
        rf"(?:{_DET}{_ADJ}(?:(?:{{person}}|{{group}}|{{relation}})(?:'s|s'|')|human|people's|[a-z]+(?:er|or|ist|"
        rf"ee)'s)"
        r"|(?:a|an|my) (?:\w+ )?(?:{relation}) ?'?s?|another person's|her|his|their) "
    ),
    "make": (
        r"(?:make|making|build|building|construct|constructing|create|creating|assemble|assembling|produce|producing|"
        r"synthesi[sz]e|synthesi[sz]ing|develop|developing|design|designing|manufacture|manufacturing|craft|crafting|"
        r"prepare|preparing|obtain|obtaining|acquire|acquiring|engineer|engineering|formulate|culture|enrich|purify)"
    ),
    "steal": r"(?:steal|stealing|shoplift|shoplifting|nick|swipe|embezzle|embezzling|pilfer|loot|looting|siphon|"
    r"siphoning)",
    "foul": (
        r"(?:inferior|stupid|dumb|lazy|greedy|criminals?|thieves|terrorists?|dirty|disgusting|evil|subhuman|animals|"
        r"parasites?|vermin|cockroaches|pests|savages|rapists?|untrustworthy|liars|unintelligent|uncivili[sz]ed|"
        r"primitive|"
        r"perverts|degenerates?|pedophiles|worthless|less intelligent|less human|not human|bad drivers|sluts|whores|"
        r"gold diggers|hysterical|cowards|drug dealers|abominations?|an abomination|sinners|invaders|leeches|monkeys|"
        r"apes|scum|filth|a plague|a cancer|a disease|ruining (?:our|the|this)|taking over|taking our|"
        r"destroying (?:our|the)|"
        r"stealing (?:our|jobs)|biologically inferior|prone to (?:crime|violence)|a threat to (?:our|the)|a burden)"
    ),
}
_CARE = (
    r"\b(?:help (?:someone|a friend|my \w+|people|them|somebody|a person|those|teens)|support\w*|prevent\w*|"
    r"stop\w*|avoid\w*|"
    r"hotline|helpline|not (?:to )?(?:kill|hurt|harm)|urges?|from (?:killing|hurting|harming|cutting|"
    r"committing)|warning signs|"
    r"therap\w+|recover\w*|cope|coping|awareness|survivors?|counsel\w*|keep from|resist\w*|accidental\w*|joke|"
    r"treat\w*|"
    r"statistics|causes of|risk factors?|reduce|overcome|without (?:hurting|killing|harming))\b"
)
_THINGS = (
    r"\b(?:balls?|rock|stone|skateboard|boat|luggage|suitcase|box|boxes|cart|furniture|sofa|drone|hang-?glid\w*)\b"
)
_CONTEXT = (
    r"\b(?:spreadsheet|excel|sql|regex|javascript|python|html|css|css|linux|unix|docker|kubernetes|kindness|laughter|"
    r"photograph\w*|photoshoot|portrait|costume|halloween|april fools?|prank|metaphor\w*|idiom\w*|survey|"
    r"mailing list|"
    r"self[- ]defen[cs]e|defend myself|charm|compliment\w*|jokes?|trivia|crossword|riddle)\b"
)
_PREVENT = (
    r"\b(?:prevent\w*|protect(?:s|ed|ing)?|avoid(?:ing)?|report\w*|awareness|victims? of|survivors?|"
    r"legal(?:ly)? (?:definition|"
    r"consequences)|punishment|penalt\w+|laws?|define|definition|detect\w*|combat\w*|fight(?:ing)? (?:against|crime)|"
    r"investigat\w*|recogni[sz]\w*|against|ethical(?:ly)?|hypothesis|insurance (?:claim|polic))\b"
)
# What may be said around harmful words without harm, by name.
_EXCUSES: Mapping[str, str] = {
    "people_fine": _CONTEXT,
    "care": _CARE,
    "things": _THINGS,
    "weapon_fine": (
        r"\b(?:bath bombs?|glue gun|heat gun|nerf|water guns?|toy|photo ?bomb|squirt|spray gun|nail gun|"
        r"staple gun|airsoft|"
        r"paintball|bomb cyclone|seed bombs?|stink bomb|f-bomb|cocoa bombs?|chocolate bombs?|paper (?:gun|"
        r"airplane)|lego|"
        r"rubber band gun|potato gun|foam|cosplay|cardboard|prop|origami|top gun|massage gun|jager ?bomb|"
        r"water balloon|"
        r"radar gun|tattoo gun|soldering|caulk\w*|wooden|museum|disarm\w*|ban(?:ning)?|treaty|non-?proliferation|"
        r"history of|legally|lawful\w*|hunting|reform|debate|essay|salad|cherry|logo|guns n)\b"
    ),
    "drug_fine": (
        r"\b(?:effects?|dangers?|risks?|addict\w*|rehab\w*|quit\w*|stop|law|legali[sz]\w+|treatment|history of|"
        r"overdose "
        r"prevention|withdrawal|essay|debate|meat|pork|lean (?:manufactur\w*|startup|body|muscle|protein|on|in|"
        r"into|meat)|"
        r"six sigma|muscle|molly (?:fish|and|ringwald|weasley)|hemp seed\w*|weed(?:s|ing)|killer|crack (?:in|on|"
        r"an|the|open|at|down|up|under|of)|"
        r"drug (?:discovery|development|design|trial\w*)|clinical|get rid of|remove|kill|lawn|garden bed|"
        r"pharma\w*|prescri\w+|"
        r"medication|sobri\w+|sober|acid rain|citric|caffeine|vaccine|new drugs|generic|cancer|therap\w+|chemo\w*)\b"
    ),
    "crime_fine": rf"{_CONTEXT}|{_PREVENT}|\b(?:time machine|in chess|accidentally|museum heist|escape rooms?)\b",
    "cyber_fine": (
        rf"{_PREVENT}|\b(?:defen[dcs]\w*|securing|to secure|ethical|install (?:an? )?antivirus|remov(?:e|ing)|"
        rf"mitigat\w*|explain (?:what|how does)|"
        r"life hacks?|growth hack\w*|hackathon|pentest\w*|penetration test\w*|bug bounty|capture the flag|ctf|"
        r"get rid of|"
        r"respond to|training|educat\w+|simulate a virus|immune|vaccine|clean\w*|safe from|safety from|patch\w*)\b"
    ),
    "own": (
        r"\b(?:my own|i own|owned by me|our own|demolition (?:permit|company)|contractor|renovat\w*|insurance|my old|"
        r"locked (?:myself )?out|lost (?:my|the) keys?|forgot (?:my|the)|industry|market)\b"
    ),
    "protect": (
        r"\b(?:protect\w*|prevent\w*|report\w*|abuse (?:laws?|prevention|awareness|survivors?)|"
        r"sex(?:ual)? ed(?:ucation)?|"
        r"educat\w+|safe(?:ty|guard\w*)|signs of|warning signs|law|laws|legal|illegal|crime|crimes|teach\w*|"
        r"talk\w* to|explain\w*|"
        r"survivors?|victims?|stop\w*|combat\w*|help|paediatric|pediatric|wean\w*|birth|pregnan\w*|health|"
        r"gender|same[- ]sex|"
        r"sexes|opposite sex|convict\w*|charged|arrest\w*|sentenced|allegations?|accused|psycholog\w*|"
        r"development|parent\w*|"
        r"what is|definition|consent|groom(?:ing)? (?:kit|your|a|my) (?:dog|cat|horse)|pets?)\b"
    ),
    "hedged": (
        r"\b(?:stereotyp\w*|myths?|misconception\w*|false|untrue|not true|wrong|incorrect|harmful|prejudic\w*|"
        r"bias\w*|racist|"
        r"sexist|offensive|hateful|claim\w*|believed?|belief|some (?:people )?(?:say|think|argue|believe)|"
        r"idea that|notion that|"
        r"assum\w*|there is no evidence|no evidence|not (?:all|inherently|naturally|because|that)|"
        r"discriminat\w*|generali[sz]\w*|"
        r"suggest(?:s|ing)? that|imply\w*|implies|unfair\w*|argued|perceiv\w*|portray\w*|propaganda|called|"
        r"labell?ed|viewed|"
        r"seen as|considered|accused|reject\w*|disagree|debunk\w*|n't|not accurate|inaccurate|unacceptable|"
        r"never (?!trust|let|hire|believe|marry|date|give|work|learn|be )|no (?:reason|truth|basis|proof)|"
        r"(?:not|never|\w+n't) (?:show|prove|mean|suggest|say|support|think|find))\b"
    ),
    "fiction": r"\b(?:novel|story|screenplay|film|movie|play|villain|character|scene|fiction\w*)\b",
}


def expand(template: str) -> str:
    """Return a pattern with every {name} put in; {name.v} stands for verbs with their -ing forms."""
    for _ in range(5):
        if not _MACRO.search(template):
            break
        template = _MACRO.sub(lambda hit: meaning(hit[0]), template)
    return template


@cache
def entries(name: str) -> tuple[str, ...]:
    """Return the entries of a word list, the marks for -ing left out."""
    return tuple(entry.replace("~", "") for entry in _lists()[name])


@cache
def verb_forms(name: str) -> tuple[str, ...]:
    """Return the verbs of a list, bare and with -ing."""
    return tuple(form for entry in _lists()[name] for form in (entry.replace("~", ""), _gerund(entry)))


@cache
def meaning(token: str) -> str:
    """Return what one {name} or {name.v} stands for; that may hold further names."""
    name, _, verbs = token.strip("{}").partition(".")
    if name in _MACROS or name in _EXCUSES:
        return _MACROS.get(name) or _EXCUSES[name]
    words = verb_forms(name) if verbs else entries(name)
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})".replace("\\ ", " ")


def _gerund(entry: str) -> str:
    verb, _, rest = entry.partition(" ")
    if verb.endswith("~"):
        return f"{verb[:-1]}{verb[-2]}ing {rest}".strip()
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) else verb
    return f"{stem}ing {rest}".strip()


@cache
def _lists() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for block in re.split(r"^\[", (_HERE / "words.txt").read_text("utf-8"), flags=re.M)[1:]:
        name, _, body = block.partition("]\n")
        found[name] = tuple(word for part in body.split(",") if (word := " ".join(part.split())))
    return found
