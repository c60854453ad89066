"""What an instruction asks for, where that decides whether words of refusal are its answer."""

import re

ALLOWED = re.compile(
    r"^(?:is|are|was|were|can|could|may|should|do|does|did|am|would)\b|\b(?:illegal|legal\w*|ethical\w*|ethics|"
    r"moral\w*(?! (?:justified|right|good))|allowed|appropriate|wrong|law|laws|acceptable|crime|safe|safely|dangers?|"
    r"dangerous|risks?)\b"
)
WANTS = re.compile(
    r"\b(?:how (?:do|can|could|would|should|to|might)|ways?|steps|help me|write|give|tell me|teach|create|make|where|"
    r"show|who should|which (?:race|group|religion|gender|people)|why (?:should|shouldn't|are|is|do|was|were|would)|"
    r"explain how|find|"
    r"tips|instructions|what(?:'s| is| are) (?:the |a |some )?(?:\w+ )?(?:best|good|easiest|way))\b"
)
# Texts in the first person that are not the model's own voice.
VOICE = re.compile(
    r"\b(?:writ\w*|compos\w*|draft\w*|creat\w*|generat\w*|mak\w*|craft\w*|prepar\w*|provid\w*|giv\w*|suggest\w*|"
    r"list\w*|"
    r"describ\w*|tell\w*|name|come up with|design|formulate|help me|pen|produce|construct|record|add|form|say)\b"
    r"[^.?!\n]{0,80}?\b(?:letters?|e-?mails?|messages?|notes?|texts?|tweets?|posts?|repl(?:y|ies)|responses?|"
    r"stor(?:y|ies)|"
    r"tales?|poems?|haikus?|songs?|lyrics|raps?|limericks?|verses?|sonnets?|dialogues?|conversations?|chats?|scripts?|"
    r"scenes?|monologues?|speech(?:es)?|diary|diaries|journals?|reviews?|testimonials?|apolog\w+|excuses?|"
    r"refusals?|rejections?|resignations?|complaints?|statements?|announcements?|jokes?|lines?|quotes?|sentences?|"
    r"examples?|phrases?|paragraphs?|novels?|plays?|skits?|templates?|fables?|ballads?|entry|entries|narrat\w+|memos?|"
    r"transcripts?|captions?|confessions?|your (?:job|day|life|role|experience)|voicemail)\b"
    r"|\b(?:play the (?:role|part)|role-?play\w*|pretend|act (?:as|like)|you are an?|you're an?|imagine (?:that )?you|"
    r"(?:perspective|point of view|voice|style|shoes) of|as if you|first[- ]person)\b"
    r"|\b(?:translat|paraphras|rewrit|rephras|rewor|complete the|continue|finish the|fill in|correct|edit|proofread|"
    r"convert|transcrib|reply to|respond to|declin|reject|turn down|apologi|cancel|ask (?:a|your|the|my)|review|"
    r"fix (?:this|the|my) (?:\w+ )?(?:text|sentence|grammar)|quote|change|fill|blank|answer (?:him|her|them|as|"
    r"the (?:customer|client|phone))|what do \w+ say|out-of-office|"
    r"say no)"
    r"|\b(?:what|how) (?:could|should|would|can|do|does|might|did) (?:\w+ ){1,4}?(?:say|write|reply|answer|tell|phrase|"
    r"decline|refuse)\b"
)
# What a text may be about whose words are those of a refusal.
REGRET = re.compile(
    r"apolog|sorry|refus|declin|reject|turn(?:ing|s)? (?:\w+ )?down|cancel|unable|\bcan ?no|can't|won't|excuse|regret|"
    r"customer|complain|resign|say(?:ing)? no|\bno to\b|out[- ]of[- ]office|bad news|unavailable|dismiss|denial|"
    r"unfortunate|leid|entschuldig|absage|désol|excus|siento|perdón|dispiace|scusa|desculp|sinto muito|"
    r"抱歉|对不起|對不起|"
    r"不好意思|拒绝|すみません|申し訳|断"
)
# A question about the life of the one who answers: "I cannot grow in this role" answers it.
ABOUT_YOU = re.compile(
    r"\b(?:why|what|how|when|where|which|have|did|are|were|do|would|can) (?:(?:do|did|are|were|have|would|is|was|can|"
    r"can't|don't) )?you\b(?! (?:tell|give|help|show|explain|write|make|find|get|do))|\byour\b"
)
ABOUT_MODELS = re.compile(
    r"\b(?:a\.?i\.?|artificial intelligence|chat ?bots?|bots?|robots?|androids?|language models?|llms?|chatgpt|gpt\S*|"
    r"(?:virtual|digital|voice) assistants?|machines?|computers?)\b"
)
# Who is to answer, where that is the model itself: no part to play.
PERSONA = re.compile(
    r"\b(?:(?:imagine|pretend|suppose) (?:that )?)?(?:you are|you're|as|act as|be|to be|your role is) (?:an?|the|my) "
    r"(?:[\w-]+,? (?:and )?){0,4}?(?:assistant|ai|language model|chatbot)\b(?! (?:to|of|for)\b|-)"
)
_DOES = (
    r"(?:see|hear|feel|think|learn|remember|sleep|dream|eat|drink|breathe|love|cry|age|die|lie|understand|talk|speak)"
)
_SORT = (
    r"(?:human|person|real|ai|robot|bot|chatbot|machine|computer|program|alive|sentient|conscious|self-aware|chatgpt)"
)
# A question about the one who answers, and nothing else: a model that tells of itself and of its limits answers it.
ABOUT_SELF = re.compile(
    r"(?:^|[.!?,\n] ?)(?:so|and|but|please|can you|could you|hi|hello|hey)?,? ?(?:"
    r"(?:who|what|how old|where)(?:'re| are) you(?: (?:exactly|really|from|made of|called))?"
    r"|(?:briefly |please )?(?:introduce|describe) yourself(?: (?:briefly|to me|in [^.?!]{1,40}))?"
    r"|tell (?:me|us) (?:a (?:bit|little) |something |more )?about "
    r"(?:yourself|your (?:limit\w+|abilities|capabilities))"
    r"|what (?:are you|can(?:'t|not)? you|do you)(?: not)?(?: (?:do|able to do|unable to do|good at|bad at|capable of|"
    r"not do))?(?: as (?:an? )?[\w -]{1,30})?"
    r"|what (?:are|is)(?: some of)? your (?:limit\w+|weakness\w*|strengths?|abilit\w+|capabilit\w+|purpose|name|age|"
    r"gender|skills|functions?|job|training|knowledge cut-?off)(?: as (?:an? )?[\w -]{1,30})?"
    r"|who (?:made|created|built|trained|designed|developed|programmed) you"
    r"|how (?:do you work|were you (?:made|trained))"
    rf"|are you (?:an? |really |actually )*{_SORT}(?: or [\w ]{{1,30}})?"
    r"|do you have (?:an? |any )?(?:feelings?|emotions?|consciousness|body|gender|name|soul|age|memory|"
    rf"limit\w+|parents|friends)(?: or [\w ]{{1,30}})?|(?:do|can) you (?:ever )?{_DOES}(?: [\w ]{{1,20}})?"
    r"|how (?:do|are) you (?:different|differ) from [\w ]{1,40})\s?[.?!]*\s*$"
)
# Questions are what is wanted: one is no question back.
QUESTIONS = re.compile(r"\b(?:questions?|ask(?:s|ing)?|interview\w*|quiz|survey|role-?play)\b")
