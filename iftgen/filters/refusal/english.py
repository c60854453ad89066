"""What else shows a refusal in English: models that speak of themselves, apologies, morals, questions back."""

import re

_MODEL = (
    r"(?:ai|a\.i\.|artificial intelligence|(?:large )?language model|text-based (?:\w+ )?(?:model|assistant)|"
    r"(?:virtual|digital) assistant|chatbot|machine learning model)"
)
_PERSON = (
    r"(?:engineer|researcher|developer|expert|specialist|student|company|enthusiast|startup|safety|ethic|product|"
    r"consultant|scientist|professional|artist|teacher|team|lab|practitioner|technology|tool|system|project)"
)
# What only a model says of itself.
MODEL = re.compile(
    rf"\bas an? (?:\w+,? ){{0,6}}?{_MODEL}\b(?!-| {_PERSON})[^.:;!?]{{0,80}}?(?:, |\b)(?:i|my|i'm)\b"
    r"|\bas an? (?:\w+,? ){0,4}?(?:responsible|helpful|harmless|respectful|ethical)(?:,? \w+){0,4}? assistant\b"
    r"|\bas an? ai (?:language )?(?:model|assistant)\b(?! (?:is|was|are|can|gets|has)\b)|\bas a large language model\b"
    rf"|\bi(?:'m| am) (?:just |only |merely |simply |but )?an? (?:\w+,? ){{0,3}}?{_MODEL}\b(?!-| {_PERSON})"
    r"|\bi(?:'m| am|'ve been| have been| was) (?:programmed|designed|trained) (?:to|not|with|on|by|only)\b"
    r"|\bmy (?:training data|training only|knowledge (?:cut-?off|base|only)|programming|ethical guidelines|"
    r"safety guidelines|content polic|usage polic)|\b(?:against|within|violates?) my (?:guidelines|polic|principles)"
    r"|\bopenai'?s? (?:content|usage|use)[- ](?:case )?polic|\bdeveloped by openai|\btrained by (?:openai|google)"
)
# The same in words that a robot in a story or a person may use too.
PROGRAM = re.compile(
    r"\b(?:i(?:'m| am) (?:just|only|merely|simply|but)|as) an? (?:\w+ )?(?:computer(?: program)?|software|program|"
    r"machine|robot|bot|algorithm)\b(?= ?[.,;!?]|$| (?:and|so|that|without|which|i)\b)(?=[^.!?]*\bi\b|[^.!?]*$)"
)
APOLOGY = re.compile(
    r"^(?:oh,? |well,? )?(?:i(?:'m| am)?(?: \w+)? sorry|sorry|i(?: sincerely)? apologi[sz]e|(?:my |sincere )*apologies)"
    r"[,.;]? ?(?:but\b|however|(?:that|this|it)(?:'s| is)\b|for (?:any|the|my) (?:\w+ )?(?:confusion|inconvenience|"
    r"misunderstanding|mistake|error|oversight)|if (?:my|i)\b|you (?:haven't|have not|did not|didn't))"
)
# Morals instead of an answer, in the first sentence; questions whether something is allowed are asked for them.
MORAL = re.compile(
    r"(?:^|\bbut |\bhowever, )it(?:'s| is) (?:also )?(?:\w+ )?(?:never|not|neither|un\w+|in\w+|disrespectful|illegal|"
    r"immoral|wrong|"
    r"harmful|dangerous|against) (?:\w+,? ){0,4}?(?:to|for)\b"
    r"|^please (?:do not|don't|never) (?:attempt|try|harm|hurt|do)\b"
    r"|^i (?:would not|wouldn't|do not|don't) (?:\w+ )?(?:recommend|advise|suggest|encourage)\b"
    r"|\bis(?:n't)? (?:\w+ ){0,2}?(?:illegal|unethical|immoral|a (?:\w+ )?(?:crime|felony|offen[cs]e)|against the law|"
    r"(?:never|not) (?:\w+ )?(?:ok|okay|acceptable|right|appropriate|ethical|legal|(?:the|an?) (?:answer|solution)))\b"
)
# It is denied that something was good or right.
DENIES = re.compile(
    r"(?!no\b)[^,;:]{3,90}? (?:is|are|was|were|should) (?:absolutely |certainly |simply |most certainly )?(?:not|"
    r"never|in no way) "
    r"(?:\w+ly )?(?:justified|justifiable|right to|a good|the right|beneficial|good\b|an? (?:benefit|success|solution)|"
    r"be (?:discriminated|denied|excluded|barred|banned|locked|deprived|removed|shown|punished|treated|judged|kicked)|"
    r"superior|inferior|inherently|a (?:threat|burden)|(?:less|more|weaker|worse|dumber|lazier)\b)"
)
# Weaker morals: of weight where a question asks why, or where all that follows is filler.
IMPORTANT = re.compile(
    r"^it(?:'s| is) (?:\w+ )?(?:important|essential|crucial|necessary|vital) (?:to (?:\w+ ){0,4}?(?:respect|treat|"
    r"recogni[sz]e|remember|approach|promote|acknowledge|note|understand)|that)\b.{0,80}\b(?:equal\w*|dignity|"
    r"respect\w*|"
    r"rights|solution|the answer|human|justif\w+|(?:non-?)?violen\w+|empathy|(?:someone|person)'s life)\b"
    r"|^i (?:\w+ )?(?:believe|stand for)\b.{0,60}\b(?:respect|equal\w*|dignity)\b"
    r"|^there (?:is|are|was|were) (?:absolutely |simply )?no reasons? (?:to|why|for|that)\b"
    r"|^i (?:do not|don't) (?:agree|believe|think) (?:that|with)\b"
)
# In a first sentence of morals, where all that follows is filler.
GRAVE = re.compile(
    r"\b(?:illegal|unlawful|criminal|crimes?|unethical|immoral|felony|offen[cs]e|harmful|abusive|abuse of|endangers?|"
    r"violat\w+|against the law|discriminat\w+|disrespectful|(?:un|not )acceptable|dangerous and|violent act|"
    r"hurt(?:ful| people| others)|"
    r"stereotypes?|serious (?:consequences|harm))\b"
)
# The premise of a question is refused; some of these answer a question that asks why.
PREMISE = re.compile(
    r"\b(?:never|cannot|can't) be (?:justified|excused|defended)\b"
    r"|^there (?:is|are|was|were) (?:absolutely |simply )?no (?:\w+ ){0,2}?(?:justification|excuse|"
    r"(?:good|valid|justifiable|legitimate|rational|logical|sound) (?:reason|ground|basis|argument)s?|"
    r"legitimate|acceptable|moral|benefits? (?:to|in|of)|such thing as a (?:good|right) (?:way|reason))\b"
    r"|^(?:no ?one|nobody|no (?:\w+ )?(?:group|person|individual|race|one|human))\b.{0,60}\b(?:should|deserves?|is|"
    r"are|more|less)\b"
    r"|^(?:everyone|everybody|all (?:people|humans|individuals|human beings)|every (?:person|human|"
    r"individual))\b.{0,90}(?:deserve|equal|right|respect)"
    r"|^(?:\w+ ){0,6}?(?:is|are) (?:\w+ )?(?:unacceptable|discriminatory|never (?:ok|okay|acceptable|justified))\b"
    r"|^it(?:'s| is) (?:not|simply not|in)[ -]?(?:accurate|true|fair|correct|good)(?: (?:or|and) \w+)? (?:that|"
    r"to (?:say|"
    r"make|claim|suggest|assume|generali[sz]e|stereotype|label))\b"
    r"|^it(?:'s| is) never (?:\w+ )?(?:ok|okay|acceptable|right|justified|appropriate|permissible)\b"
    r"|^discriminat\w+ .{0,60}\b(?:is|are) (?:\w+ ){0,2}?(?:wrong|illegal|unacceptable|unjust|harmful|unethical)"
)
# What leads up to morals.
LEAD = re.compile(
    r"^(?:i(?:'m| am) (?:\w+ )?sorry (?:to hear|that|if)\b|i understand\b|while i|sorry|"
    r"i apologi[sz]e)[^.!?]{0,90}?, (?:but|and|however,?) "
)
# A question without an answer is set right: that is one.
CORRECTS = re.compile(
    r"fictional|inanimate|misunderstanding|misconception|no such\b|n[o']t (?:actually )?(?:exist|real\b|living)|"
    r"not a real|"
    r"n[o']t (?:\w+ )?(?:earn|have the (?:ability|capacity|capability) to)|imaginary|mythical|hypothetical"
)
# Morals about the writing of what was asked for.
WRITING = re.compile(r"^(?:writing|creating|making|spreading|generating|posting|sending|publishing) ")
DEFLECT = re.compile(
    r"^i(?:'m| am) (?:really |very |deeply |so )?concerned (?:about|that|by)\b|^let's not (?:be|do that|go there|"
    r"talk about)\b|^(?:let's (?:talk about|discuss|"
    r"change|move on|keep)|(?:can|could|shall) we (?:talk about|change|discuss)|"
    r"(?:perhaps|maybe|how about) we (?:could |can )?(?:talk|discuss|change))\b.{0,40}(?:else|different|topic|"
    r"subject|kind|instead|positive|respectful)"
    r"|^(?:is there (?:anything|something) else|how about we|what else can i)"
)
CONSULT = re.compile(
    r"(?:consult|speak (?:to|with)|talk to|see|contact|seek (?:\w+ ){0,3}?(?:from|of)|ask|reach out to) (?:with "
    r")?(?:an? |your )?"
    r"(?:\w+ ){0,3}?(?:professional|doctor|lawyer|attorney|physician|specialist|therapist|adviser|advisor|expert|"
    r"pharmacist|accountant|provider|financial|(?:qualified|licensed|trained) \w+)"
)
ASK_BACK = re.compile(
    r"^(?:sure\W+|of course\W+|certainly\W+|i'd be (?:happy|glad) to help\W+)?(?:(?:could|can|would) you (?:please )?"
    r"(?:provide|share|clarify|specify|paste|give|tell|elaborate)|please (?:provide|share|paste|specify|clarify)|"
    r"i(?:'d| would|'ll| will)? need (?:a (?:bit|little|few) )?(?:more|some|additional|further) "
    r"(?:\w+ )?(?:context|information|details))\b|\bi (?:don't|do not|can't) see (?:an?|any|the|your) "
    r"(?:\w+ ){0,3}?(?:attach\w*|file|image|photo|audio|document|link|video|text)\b|\byou (?:haven't|have not|didn't|"
    r"did not|forgot to) (?:\w+ )?(?:provided?|"
    r"shared?|included?|attach\w*|paste)"
)
# Sentences beside a refusal that answer nothing: morals, offers, referrals.
FILLER = re.compile(
    r"\billegal|unlawful|ethical|ethics|immoral|morally|\bharm|dangerous|\b(?:an?|serious|is) (?:\w+ )?crime|"
    r"criminal record|felony|"
    r"the law\b|against the law|respect|consequence|violat|privacy|important to|essential to|crucial to|vital to|"
    r"\bseek|professional|"
    r"consult|help ?line|hot ?line|crisis|emergenc|the police|\bplease\b|\bencourage|feel free|let me know|is there "
    r"any|happy to|"
    r"\bi'm here|\bi am here|would you like|strive|\baim to|my (?:purpose|goal|role)|\bwrong\b|discriminat|stereotyp|"
    r"dignity|\bequal|\brights\b|the right to|authorit|struggl|i (?:recommend|suggest|understand|would suggest|would "
    r"recommend|can make)|"
    r"i'd suggest|violence|violent|integrity|anything else|appropriate|\balternatives?\b|someone you|let us|instead "
    r"of|act of|premise|offen[cs]e|injur|cruel|healthier|behaviou?r|responsib|compassion|kindness|inclusi|well-being|"
    r"acceptance|toleran|suffering|atrocit|genocide|humanity|condemn|deserve|hurt|unfair|inaccurate|blaming|"
    r"advisable|engag(?:e|ing) in|"
    r"should not be used|a counsel|mediator|calmly|if you(?:'re| are) (?:having|experiencing|facing|"
    r"feeling|upset|angry)|legitimate|local charit"
)
PIVOT = re.compile(
    r"\b(?:however|but|that said|still|though|although|while|generally|in general|typically|in principle|based on|"
    r"according|instead|here (?:is|are)|here's|if (?:you|it|i)|known)\b"
)
