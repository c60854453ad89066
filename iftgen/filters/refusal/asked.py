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
    r"assistants?|machines?|computers?)\b"
)
