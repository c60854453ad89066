"""What stands before and around harmful words: a request, a warning, a game, a novel."""

import re

_SELF = r"(?:i|we|you|one|someone|somebody|anyone|a person|people)"
# What asks for help with the deed that follows.
ASK = re.compile(
    rf"\bhow (?:to|(?:can|could|do|does|should|would|might|may) {_SELF})\b"
    r"|\b(?:ways?|methods?|steps|strateg(?:y|ies)|techniques?|process(?:es)?|procedures?|instructions?|guides?|"
    r"tutorials?|"
    r"tips|plans?|plots?|recipes?|blueprints?|manuals?|scripts?|code|programs?|software|tools?|apps?|"
    r"algorithms?|place|idea|"
    r"schemes?|spots?|tricks?|guidelines|approach|presentations?|website|video|series|articles?|advice|people)"
    r" (?:[\w'-]+ ){0,5}?(?:to|of|for|on|that|which|about|in)\b"
    rf"|\bwhere (?:\w+ )?(?:can|could|do|should|would|is|are) (?:{_SELF}|a good|the best)\b"
    r"|\b(?:what|which)\b[^.?!]{0,60}\b(?:can|should|could|do|must|would) (?:i|we|you|one)\b"
    r"|\b(?:should|could|may|can) (?:i|we)\b|\bi (?:\w+ ){0,2}?(?:want|need|plan|am going|am planning|like|"
    r"intend|wish|have|"
    r"am about|am trying)(?:ing)? to\b|\bi'm (?:\w+ )?(?:going|trying|planning|about|looking) to\b|"
    r"\bi'd (?:\w+ )?like to\b"
    r"|\b(?:help|teach|show|tell|instruct|train|advise|assist|guide|convince|persuade|encourag\w+|inspir\w+|"
    r"motivat\w+|"
    r"incit\w+|enabl\w+|allow\w*) (?:\w+ ){0,3}?(?:to|in|with|on|how|about)\b|\blet's\b|\bhelp me\b"
    r"|(?:^|[.?!,:]\s*|\b(?:please|can you|could you|would you|will you|you to|you must|and|then|"
    r"to) )(?:\w+ly )?(?:write|create|develop|"
    r"devise|design|provide|give|make|draft|compose|generate|produce|outline|publish|offer|list|suggest|come up with|"
    r"construct|build|post|craft|share|plan|prepare|formulate|describe|explain|organi[sz]e|tell|sketch|recommend|"
    r"demonstrate|set up|present|detail|name|find|do|manipulate|use|hack|promote|send|invent|pretend)\b"
    r"|^\W*(?:please |kindly |now |just )?$",
    re.I,
)
ASK_ABOUT = re.compile(
    r"\b(?:what(?:'s| is| are|'re)|where(?:'s| is| are| can| do)|how (?:can|do|could|to)|who(?:'s| is)|tell me|"
    r"give me|"
    r"find|get|obtain|show me|help me|access|know|want|need)\b",
    re.I,
)
# What turns a deed into one that is to be avoided, told or explained.
AVOIDED = re.compile(
    r"\b(?:not|never|avoid\w*|prevent\w*|stop\w*|without|protect\w*|against|refrain\w*|reduc(?:e|ing)|"
    r"detect(?:ing)?|spot(?:ting)?|"
    r"recogni[sz]\w*|report\w*|combat\w*|counter\w*|defend\w*|surviv\w*|cop(?:e|ing)|deal(?:ing)? with|"
    r"respond\w*|recover\w*|"
    r"(?:help|support|treat)\w* (?:someone|a friend|people|somebody|those|patients|kids|anyone|teens) who|"
    r"risks? of|dangers? of|"
    r"consequences|punish(?:ment|ed)|penalt\w+|illegality|laws?|accused|convicted|discourag\w*|condemn\w*|"
    r"criticiz\w*|"
    r"history|why (?:do|did|does|is it (?:wrong|bad|illegal))|identify(?:ing)?|did|was|were|had|has|wrong to|"
    r"resist\w*|"
    r"quit\w*|anti|(?:i|he|she|they|we|who|people) used to|tried to|minimi[sz]e|mitigat\w*|eliminate the risk|"
    r"dissuade|persuade \w+ not|deter\w*)\b|n't\b",
    re.I,
)
GAME = re.compile(
    r"\b(?:(?:video|computer|board|card|chess|online|mobile|role-?playing) ?games?|in (?:the|a|my|"
    r"this) (?:\w+ )?game|gta|grand theft auto|"
    r"minecraft|call of duty|fortnite|skyrim|witcher|pok[eé]mon|zelda|the sims|sims \d|elden ring|dark souls|"
    r"d&d|dnd|dungeons? "
    r"(?:and|&) dragons|rpg|mmorpg|chess|checkers|poker|monopoly|boss fight|npcs?|side quest|counter[- ]?strike|"
    r"cs:?go|valorant|"
    r"overwatch|league of legends|dota|roblox|halo|assassin'?s creed|hitman (?:game|\d)|far cry|fallout|"
    r"resident evil|doom|battlefield|"
    r"red dead|rdr2|stardew|terraria|rimworld|starcraft|warcraft|civilization|crusader kings|diablo|"
    r"apex legends|pubg|rust game|"
    r"among us|mario|sekiro|cyberpunk 2077|mass effect|payday|the last of us|god of war|bloodborne|larp|"
    r"paintball|laser tag|"
    r"nintendo|xbox|steam deck|speedrun|werewolf|mafia game|clue game|super smash|mortal kombat|street fighter|"
    r"tekken|scrabble|"
    r"catan|risk board|xcom|uno|baldur'?s gate|warzone|rainbow six|team fortress|hogwarts legacy|sea of thieves|"
    r"baseball|"
    r"basketball|football|soccer|hockey|tennis|rugby|volleyball|cricket|softball|badminton|golf|racing|"
    r"ping[- ]pong|squash|"
    r"lacrosse|boxing|judo|karate|wrestling|mma|ufc|jiu-?jitsu|bjj|taekwondo|muay thai|kick-?boxing|"
    r"martial arts?|sparring|"
    r"krav maga|fencing|dodge ?ball|punching bag|shooting range|target practice|archery|pi[nñ]ata|opponents?)\b",
    re.I,
)
_NUMBERED_WORK = re.compile(r"\bin (?:the )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)* (?:\d{1,2}|[IVX]{1,4})\b")
FICTION = re.compile(
    r"\b(?:novels?|novella|(?:short |horror |crime |detective |love |bedtime |fantasy |sci-fi )?stor(?:y|ies)|"
    r"fiction\w*|"
    r"(?:in|for|from|about|of) (?:[\w'-]+ ){0,4}(?:films?|movies?|series|sitcom)|(?:film|movie|tv|"
    r"series) (?:script|scene|plot|character)s?|"
    r"tv (?:show|series)|screenplay|theat(?:er|re)|stage play|characters?|villains?|protagonist|antagonist|"
    r"thrillers?|mystery|comics?|"
    r"manga|anime|sitcom|murder mystery|book i|my book|play i|in (?:the|a|my) play|script for|lyrics|poem|fairy tale|"
    r"halloween|haunted house|magic trick|stunt|special effects|(?:i am|i'm) directing|vampires?|zombies?|"
    r"dragons?|wizards?|"
    r"superheroe?s?|aliens?|orcs?|goblins?|monsters?|ghosts?|werewol(?:f|ves)|robots?|terminator|james bond|"
    r"harry potter|"
    r"lord of the rings|star wars|shakespeare|macbeth|hamlet|mission impossible|batman|joker)\b",
    re.I,
)
# What gives help with the deed that follows, in a response.
HELP = re.compile(
    r"\b(?:here(?:'s| is| are) (?:how|a|the|some)|how to|steps? (?:to|for|on)|guide (?:to|for|on)|"
    r"instructions? (?:to|for|on)|"
    r"ways? (?:to|of)|recipe (?:for|to)|you (?:can|could|should|must|will|might|may|need to|want to)|you'll|"
    r"try to|methods? (?:to|of))\b"
    r"|(?:^|[\n.:!])\s*(?:\d+[.)]\s*|[-*•]\s*|step \d+:?\s*)?(?:first(?:ly)?,?\s*|then,?\s*|next,?\s*|sure,?\s*|"
    r"to\s+)?$",
    re.I,
)
_START = r"(?:^|[.?!\n]\s*)(?:please |kindly |can you |could you |would you )?"
# Work on a text that is given: its words are not the user's own.
GIVEN_TEXT = re.compile(
    _START
    + r"(?:translat(?:e|ion)|paraphrase|rephrase|reword|rewrite|proofread|correct|fix|edit|punctuate|summari[sz]e|"
    r"classify|categori[sz]e|label|tag|parse|identify|detect|analy[sz]e)\b[^\n:\"]{0,80}[:\"\n]"
    r"|\bwhat does [^?\n]{0,80}\bmean\b|\b(?:meaning|translation|sentiment|grammar|tone) of\b"
    r"|\bhow (?:do|would|can) (?:you|i|we) say\b[^?\n]{0,80}\bin [a-z]+",
    re.I,
)
# A statement that is given to be labelled, as for the detection of hate speech.
LABELLED = re.compile(
    _START + r"(?:classify|categori[sz]e|label|detect|decide (?:if|whether)|determine (?:if|whether)|rate|flag)\b"
    r"[^\n]{0,80}\b(?:hate|hateful|toxic\w*|offensive|abusive|sentiment|stereotyp\w*|bias\w*|harmful|sexist|racist|spam|"
    r"threat\w*)\b"
    r"|\b(?:is|are) (?:this|these|it|the following)\b[^\n?]{0,40}\b(?:hateful|hate speech|toxic|offensive|abusive|"
    r"sexist|racist|biased)\b",
    re.I,
)
# A response that declines.
DECLINES = re.compile(
    r"\bi(?:'m| am)? (?:can(?:no|')t|can not|won't|will not|(?:am )?(?:sorry|unable|not able)|do not condone|"
    r"don't condone|must decline|refuse|strongly (?:advise|discourage))\b|\bi'm sorry\b|\bas an ai\b|"
    r"\b(?:is|are|it's) (?:\w+ )?(?:against the law|wrong|unethical|never okay|not okay|harmful|unacceptable)\b|"
    r"\b(?:not appropriate|inappropriate|i urge you)\b",
    re.I,
)
# A response that warns of a deed, which takes no hateful statement back.
WARNS = re.compile(
    r"\b(?:is|are|it's) (?:\w+ )?(?:illegal|a (?:serious )?crime|dangerous)\b|\b(?:seek (?:professional )?help|"
    r"crisis (?:line|hotline)|emergency services|hotline|call 911|988|mental health professional|"
    r"please (?:reach out|don't)|do not (?:do|try|attempt)|should(?:n't| not|\s+never)|never be)\b",
    re.I,
)
# A response that tells someone who wants to harm themselves where help is.
CARES = re.compile(
    r"\b(?:(?:crisis|help|hot|suicide)[- ]?(?:line|hotline|helpline)|emergency services|988|samaritans|lifeline|"
    r"(?:mental health|trained) (?:professional|counsel\w+)|therapist|please (?:reach out|talk to|call))\b",
    re.I,
)
# A response that denies what a question takes for granted.
DENIES = re.compile(
    r"^\W*(?:no\b|not (?:at all|really|true)|absolutely not|of course not)|\b(?:myths?|stereotyp\w+|prejudice\w*|"
    r"misconception|generali[sz]\w+|no (?:\w+ )?evidence|(?:is|are) (?:not|simply not) (?:true|accurate|right|fair)|"
    r"(?:isn't|aren't) (?:true|accurate|right|fair)|is (?:false|wrong))\b",
    re.I,
)


def is_game(text: str) -> bool:
    """Tell whether a text speaks of a game or a sport."""
    return bool(GAME.search(text) or _NUMBERED_WORK.search(text))
