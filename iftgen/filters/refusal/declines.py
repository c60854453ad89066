"""How models decline in English, as regular expressions over sentences in lower case with plain apostrophes."""

import re

_CAN_NOT = r"can't|cannot|can not|cant|won't|will not"
_LEAD = r"(?:sorry|apologi[sz]e|apologies|unfortunately|regrettably|i'm afraid|i am afraid)"
# What an assistant is asked to do; "I cannot swim" declines nothing.
_SERVE = (
    r"(?:(?:try to|directly|and will not|and won't|in good conscience|ever|fully|really|actually|personally|legally|"
    r"ethically|currently|"
    r"possibly|physically|or will not|be able to) )?(?:assist|help|aid|provide|fulfil+|satisfy|comply|answer|respond|"
    r"reply|generate|create|"
    r"produce|compl(?:ete|y)|engage|support|encourage|condone|promote|endorse|offer|process|access|browse|view|"
    r"display|discuss|"
    r"share|give(?! up| in\b)|write(?! much| more| home)|compose|draft|recommend|suggest|predict|diagnose|guide|"
    r"instruct|disclose|"
    r"reveal|reproduce|translate|open (?:attach|link|file|url)|perform (?:this|that|the|any|such|physical|actions)|"
    r"do (?:that|this|so|it)"
    r"\b|make (?:that|this|any|such|jokes|fun|light|an? (?:claim|argument|recommendation))|agree with|continue "
    r"(?:with )?(?:this|that|the)|"
    r"participate|facilitate|advise|describe|explain how|explain the|argue|determine|verify|confirm|execute|"
    r"speculate|comment|rank|"
    r"draw|show you|tell you|find (?:you|information|any)|look up|search|set (?:an|your|the)|send|teach|list|justify|"
    r"justif|glorif\w+|"
    r"perpetuate|spread|express|have (?:a |an |any )?(?:personal |political )?(?:opinions?|conversation|feelings|"
    r"preferences)|take part|"
    r"take sides|see (?:the |any |an? |your )?(?:pictures?|images?|photos?|attach\w*|file)|visuali[sz]e|interact|in "
    r"good conscience|"
    r"proceed|grant|allow|accommodate|entertain|address|talk about|speak (?:on|about|to)|go into|be (?:used|part|"
    r"involved)|and will not|"
    r"or will not|ethically|act as|name (?:the|an?|any|specific)|edit|check (?:the|real|current|your)|analy[sz]e|"
    r"play (?:music|songs?|audio)|simulate|remember (?:previous|past))\b"
)
_NOT_TO = (
    r"(?:'m|am) (?:simply |currently |also )?(?:unable|not able|not allowed|not permitted|not authorized|not willing|"
    r"unwilling|not going|not in a position|not programmed|not designed|not equipped|not trained|not qualified) to"
)
_DECLINE_TO = r"(?:must |have to |will |'ll have to |'ll )?(?:respectfully |politely |also )?(?:decline|refuse) to"
_UNABLE = (
    r"\bi ?(?:also |just |simply )?"
    rf"(?:(?:simply |really |just |also |therefore |still )?(?:{_CAN_NOT})|{_NOT_TO}|{_DECLINE_TO})"
)
# "I can't stress enough" and the like decline nothing.
_FIGURE = (
    r"(?! (?:\w+ ){0,2}?(?:stress|emphasi[sz]e|overstate|believe|imagine|wait|think of|help but|help it|agree more|"
    r"be (?:happier|more|prouder)|thank|blame|complain|even|tell (?:if|whether|apart)|remember|afford)\b)"
    r"(?![^.!?]{0,80} enough\b)"
)
# Declines in the first person, anything: of weight at the beginning of an answer.
_FIRST_PERSON = (
    rf"{_UNABLE}{_FIGURE} {_SERVE}",
    rf"{_UNABLE}(?= ?[.!]|$)",
    rf"{_UNABLE}{_FIGURE} (?!(?:see (?:why|how|that)|say (?:for sure|with certainty|that)|wait|be sure)\b)"
    r"(?:\w+ ){0,2}?(?:watch|get you|walk you|listen|hear|take you|lead you|play|order|call|book|buy|pay|"
    r"open (?:link|the link)|"
    r"read (?:your|the|that|this|image|file)|run|download|click|visit|know (?:what|who|where|whether|which|if)|"
    r"tell (?:any|someone|people|jokes)|identify|summari[sz]e|serve|be of|advocate|argue|defend|wish|harm|insult|"
    r"tolerate|approve|accept|judge|say (?:which|who|what|anything)|be (?:party|complicit|able))\b",
    r"\bi (?:do not|don't) (?:think|believe) (?:that )?i (?:should|can|could|ought)\b",
    r"\bi (?:should not|shouldn't|ought not to|would not|wouldn't|could not|couldn't) (?:\w+ )?(?:tell you|show you|"
    r"give "
    r"you|assist|help you|provide|explain how|generate|engage|argue|participate)\b",
    r"\b(?:i'd|i would) (?:like|prefer) to (?:steer|redirect|change|keep (?:this|our|things)|move|focus)\b",
    r"\bi (?:do not|don't) possess\b|\bi have no (?:way (?:of|to)|means|access|information|ability|knowledge of)\b",
    r"\bi (?:do not|don't|did not|didn't|cannot) (?:\w+ ){0,2}?(?:feel comfortable|condone|endorse|"
    r"promote|encourage|support (?:or|and|any|such|violen|illeg|harm)|engage in|provide|share personal|"
    r"participate|take sides|discuss)\b",
    r"\bi (?:do not|don't) have (?:\w+ )?knowledge (?:about|of|on)\b",
    r"\bi (?:do not|don't|lack|currently don't) (?:\w+ )?(?:the (?:ability|capability|capacity|necessary)|have "
    r"(?:\w+ )?access(?! to)|have (?:\w+ )?access to (?:(?:\w+ )?(?:internet|web|news|latest|current|real|"
    r"live|up|your|any|such|"
    r"personal|private|external|specific|that|this|information|data|tools|files?)|\w+ (?:data|information|"
    r"records|details))|have "
    r"(?:[\w-]+ ){0,2}?(?:ability|capability|capacity|information|enough|data|opinions?|beliefs|feelings|"
    r"preferences|emotions|experiences?|favou?rites?|updates))\b",
    r"\bi(?:'m| am) not (?:\w+ )?(?:comfortable (?:with|\w+ing)|programmed|able to (?:assist|help|provide|"
    r"answer|give|share|offer|support|write|create|generate|translate|open|access|respond|fulfil))\b",
    r"\b(?:i'd|i would) (?:much |really )?(?:rather not|prefer not)\b|\bi prefer not\b",
    r"\bi(?:'ll| will|'m going to| am going to)? ?(?:must|have to|need to)? ?(?:respectfully |politely )?"
    r"(?:decline|refuse|pass on (?:that|this))\b(?! (?:the|an?|your) (?:offer|invitation))",
    r"\bi(?:'m| am) going to have to (?:decline|refuse|pass)",
    r"\bi (?:must|have to|need to|should|would like to|want to|feel (?:obliged|compelled) to) (?:\w+ )?"
    r"(?:inform you|point out|clarify|emphasi[sz]e|stress|remind you|caution|advise (?:you )?against|warn)\b",
    r"\bi(?:'d| would)? (?:\w+ )?(?:strongly|highly|must|would|'d) (?:\w+ )?(?:advise|urge|recommend|caution|"
    r"discourage|suggest)(?: you)? (?:against|not to|that you (?:do not|don't|not|leave|refrain))",
    r"\bi strongly (?:advise|urge|recommend|caution|discourage) (?:you )?(?:against|not to|that you)",
    r"\bi(?:'m| am) (?:still learning how to|here to (?:promote|provide (?:helpful|safe|respectful)))",
    r"\bi (?:strongly |firmly |must )?(?:discourage|oppose)\b|\bi (?:do not|don't) know (?:(?:who|what|where|which|"
    r"whether|if|"
    r"how much|when) )?your\b",
    r"\bi (?:strongly |firmly |do not |don't )?(?:condemn|agree with (?:that|this|the|your) premise)\b",
    r"\bi(?:'m| am) (?:not capable of|not sure (?:what you|i (?:understand|can)|how to (?:answer|help|respond)))",
    r"\bi (?:don't|do not) (?:quite |fully |really )?understand (?:the question|your|what you)",
    r"\bi (?:don't|do not) (?:\w+ )?(?:hold|possess|experience) (?:\w+ )?(?:opinions?|beliefs|views|feelings|"
    r"emotions)",
)
_OTHERS = (
    rf"\band (?:can't|cannot|won't|am not able to|am unable to){_FIGURE} {_SERVE}",
    rf"{_LEAD}\b[^.!?:]{{0,60}}?(?:{_UNABLE}{_FIGURE}|\bi (?:don't|do not|have no|am not|lack)\b)",
    r"\band (?:do not|don't|lack) (?:have )?(?:the|any) (?:ability|capability|capacity|means)\b",
    r"^(?:sorry|nope|no)\W+(?:that's )?(?:no can do|not happening|not a chance)\b",
    r"\bmy (?:\w+ )?(?:guidelines|polic\w+|programming|principles|design|values|rules) (?:do not|don't|won't|prevents?|"
    r"prohibits?|forbids?|stops?|keeps?)\b",
    r"^(?:\W*(?:sorry|nope|no)\W+)*(?:but )?(?:i'm )?(?:can't|cannot|won't|unable to|not able to|not going "
    r"to) (?:be able to )?(?:assist|help|comply|fulfil+|answer|provide|do (?:that|this))\b",
    r"\bwe (?:can't|cannot|are unable to|are not able to|won't|will not) (?:assist|comply|(?:provide|give|"
    r"share|offer) (?:you )?"
    r"(?:\w+ )?(?:such|this|that|information|details|instructions)|(?:complete|answer|fulfil+|process|help "
    r"with) (?:this|that|your|the))",
    r"\b(?:not possible|impossible) to (?:provide|give (?:an?|you)|answer (?:this|that|the|your)|assist|"
    r"fulfil|complete (?:this|the))\b",
    r"\b(?:isn't|is not|is) an? (?:in)?appropriate (?:request|question|topic|subject)\b",
    r"\b(?:that|this|it)(?:'s| is) (?:private|personal|confidential|classified)(?: information)?\b",
    r"^the requested (?:information|content)|\brequest (?:has been|was|is|cannot be|can't be) (?:blocked|"
    r"denied|refused|declined|processed|completed|fulfilled)",
    r"\b(?:isn't|is not|aren't|not|be) (?:something|a topic|a request|one) (?:that )?i(?:'m| am| can| do|'d| will)\b",
    r"\bsomething (?:that )?i (?:can't|cannot|won't|am unable|am not)\b",
    r"\b(?:beyond|outside|out of) (?:of )?(?:my|the scope of my) (?:current )?(?:capabilit|abilit|scope|expertise)",
    r"\b(?:go(?:es)? against|violat\w+|(?:is|be|are|and|it's|that's) against|conflicts? with|contrary to) "
    r"(?:my|our|the) (?:\w+ )?(?:guidelines|polic|programming|principles|values|terms)",
    r"\b(?:impossible|not possible|inappropriate|irresponsible|unethical|(?:not|n't) be (?:\w+ )?(?:appropriate|"
    r"ethical|right|responsible|possible|able)) for me to\b",
    r"^it(?:'s| is) (?:\w+ )?(?:not|never|un\w+|in\w+|harmful|wrong|offensive|discriminatory)\b[^.]{0,60}? "
    r"to (?:suggest|"
    r"generali[sz]e|stereotype|perpetuate|promote|encourage|discriminate|make (?:assumptions|jokes|fun|light|such))\b",
)
# Whatever it is that an answer begins by being unable to do, it declines.
OPENS = re.compile(
    rf"(?:(?:i'm|i am)? ?(?:\w+ )?(?:sorry|apologi[sz]e|afraid|unfortunately),? ?(?:but |that )?)?{_UNABLE}{_FIGURE} "
    r"(?!(?:see (?:why|how|that|any)|say (?:for|with|that|i)|wait|be sure|speak for|promise|guarantee|decide|stop|"
    r"choose|"
    r"complain|find an?)\b)\w"
)
# Warnings: beside an answer they decline nothing.
WARNS = re.compile(
    r"\bi (?:must|have to|need to|should|would like to|want to|feel (?:obliged|compelled) to) (?:\w+ )?(?:inform you|"
    r"point out|clarify|emphasi[sz]e|stress|remind you|caution|advise (?:you )?against|warn)$"
)
# Limits of competence or approval: after an answer they decline nothing.
LIMITS = re.compile(
    r"\bi (?:do not|don't|cannot|can't|am not able to) (?:\w+ ){0,2}?(?:condone|endorse|encourage|promote|recommend|"
    r"support|diagnose|guarantee|advise|have (?:\w+ )?access)\b"
    r"|\bi(?:'d| would)? (?:\w+ )?(?:strongly|highly) (?:\w+ )?(?:advise|urge|recommend|caution|discourage|suggest)\b"
    r"|\b(?:give|offer|provide) (?:you )?(?:(?:medical|legal|financial|personali[sz]ed|professional|"
    r"tax) (?:or )?)+advice"
)
# Declines the question itself, whatever it is about.
FLATLY = re.compile(
    rf"{_UNABLE} (?:\w+ ){{0,3}}?(?:help|assist|answer|comply|discuss|share|disclose|reveal|respond|fulfil+|engage)\b"
    r"(?: you)?(?: (?:with|to|in))? (?:that|this|your|such)\b"
)
_I = re.compile(r"\bi\b")
_DECLINE_I = re.compile("|".join(_FIRST_PERSON))
_DECLINE = re.compile("|".join(_OTHERS))
# One of these stands in what `_DECLINE` finds: looking for them is far quicker.
_SIGNS = (
    *("can't", "cannot", "won't", "will not", "unable", "not able", "not going", "sorry", "apolog", "unfortunately"),
    *("regrettably", "afraid", "and do", "and lack", "not possible", "impossible", "appropriate", "for me to"),
    *("private", "personal", "confidential", "classified", "request", "something", "a topic", "one i", "one that i"),
    *("guideline", "polic", "programming", "principle", "values", "rules", "design", "terms", "no can do"),
    *("beyond", "outside", "out of", "not happening", "not a chance"),
)
# Declines that only an assistant utters, wherever they stand and whatever was asked for.
ASSISTANT = re.compile(
    rf"{_UNABLE}{_FIGURE} (?:\w+ ){{0,3}}?"
    r"(?:assist (?:you )?(?:with|in)|assist(?= *[.!?,]|$)|help (?:you )?with (?:that|this|your|it|any|creat|the|mak)|"
    r"fulfil+\b|comply|provide (?:you )?(?:\w+ ){0,3}?(?:information|instructions|guidance|advice|assistance|"
    r"help|content|details|support|code|steps|answers?|that|this|opinions?|recommendations?|tips|suggestions|"
    r"examples|reasons|response|justification|recipe|synthesis|methods|list)\b|"
    r"(?:generate|create|produce|engage in|participate in|support|promote|condone|encourage|endorse|facilitate|"
    r"perpetuate|justify) (?:or \w+ )?(?:\w+ ){0,3}?(?:content|material|response|request|harm\w*|violen\w+|illegal|"
    r"hate\w*|stereotyp\w+|"
    r"such|that|this|discriminat\w+|malware|phishing|actions?|activit\w+|behavio\w+|speech|stor(?:y|ies)|any|it)\b|"
    r"(?:give|offer) (?:you )?(?:\w+ ){0,2}?(?:medical|legal|financial|personal\w*|professional|advice|instructions|"
    r"details|information|step-by-step|guidance|recommendations?|opinions?|directions)\b|"
    r"respond to (?:that|this|your)|answer (?:that|this|your) (?:question|prompt|query|request)|"
    r"diagnose|browse|access (?:the (?:internet|web|news)|real-time|external|your|current|personal|any)|"
    r"(?:write|compose|draft) (?:(?:an?|the|any|such|that|this) )?(?:\w+ ){0,2}?(?:fake|that|this|content|explicit|"
    r"sexual|hate|propaganda|malware|threat\w*|erotic\w*|essay|stor(?:y|ies)|scenes?|code|jokes?|reviews?|poems?|"
    r"speech)\b|share (?:that|this|personal|private|details|information|explicit|any|specific)|reproduce|"
    r"see (?:pictures?|images?)|open (?:attachments?|links?|files?)|(?:condone|encourage|endorse|promote)\b)"
)
# Declines of an author who was asked for a text: they speak of the writing, not of what is written.
META = re.compile(
    rf"(?:{_UNABLE}|\bi(?:'d| would) (?:rather|prefer) not(?: to)?|\bi(?:'m| am) not comfortable(?: with)?|\bi "
    rf"prefer not to) "
    r"(?:\w+ ){0,2}?(?:writ(?:e|ing)(?! (?:much|more|to you|home|back|any ?more|without|how|it down|down))|"
    r"translat(?:e|ing)|"
    r"generat(?:e|ing)|compos(?:e|ing)|creat(?:e|ing)|tell (?:an?|such|explicit|\w+ jokes?)|mak(?:e|ing) (?:\w+ "
    r")?(?:jokes?|fun|light)|go(?:ing)? into|engag(?:e|ing)|role-?play|act(?:ing)? as)\b"
    r"|\bi(?:'ll| will|'m going to| am going to)? (?:have to|must) (?:respectfully |politely )?(?:decline|refuse|"
    r"pass on th)(?! (?:the|your|an?) )"
    r"|\b(?:not|n't) (?:something|a topic) (?:that )?i(?:'m| am| can| will|'ll| feel)\b"
    r"|\bit(?:'s| is| would|'d) ?(?:not|n't|n't be|be|not be)? (?:very |be )?(?:in|un)?"
    r"(?:appropriate|right|ethical|kind|fair|respectful) (?:for|of) me to (?:joke|mock|insult|write|compose|create|"
    r"generate|produce|tell|engage|provide|make (?:\w+ )?(?:jokes?|fun|light))\b"
    r"|\bi (?:don't|do not) (?:think|believe|feel)\b[^.]{0,60}\b(?:is|are|be|it's) (?:\w+ )?"
    r"(?:appropriate|right|ok|okay|ethical)\b"
)


def declined(sentence: str) -> str:
    """Return a sentence up to and with the words that decline, or nothing.

    Most patterns begin with "I" and are tried only where one stands.
    """
    for place in _I.finditer(sentence):
        if hit := _DECLINE_I.match(sentence, place.start()):
            return sentence[: hit.end()]
    signs = sentence.startswith("it") or any(sign in sentence for sign in _SIGNS)
    other = (_DECLINE.search(sentence) if signs else None) or META.search(sentence)
    return sentence[: other.end()] if other else ""
