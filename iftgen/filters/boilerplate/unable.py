"""Instructions that want a text model to see, open, browse or act in the world."""

import re

_POLITE = re.compile(
    r"(?:please,? |(?:can|could|would|will) you (?:please )?|(?:(?:hey|ok|okay) )?(?:alexa|siri)\W{1,3}|"
    r"(?:hey|ok|okay) google\W{1,3}|hey\W{1,3}|i want you to ){1,3}",
    re.I,
)
_SEEN = (
    r"(?:photos?|photographs?|screenshots?|paintings?|drawings?|pictures?|images?|scans?|charts?|diagrams?|graphs?|"
    r"figures?)"
)
_HEARD = r"(?:videos?|clips?|audio(?: files?| clips?)?|recordings?|podcasts?|songs?)"
_FILE = r"(?:files?|documents?|attachments?|pdfs?|spreadsheets?|folders?|excel (?:file|sheet)s?|csvs?)"
_SITE = r"(?:web ?sites?|web ?pages?|links?|urls?|internet|(?:world wide )?web|google|home ?pages?)"
_THIS = r"(?:the|this|these|that|my)"
# The first words of an order, by what it wants.
_ORDERS = {
    "see or hear": (
        r"(?:describe|caption|look at|examine|interpret|analy[sz]e|identify|explain|tell me|study|annotate|crop|"
        r"retouch|"
        rf"rotate|resize|enhance|transcribe|watch|listen to|view)\b.{{0,40}}?\b{_THIS} (?:\w+ )?(?:{_SEEN}|{_HEARD})\b"
        r"(?= *(?:$|[.?!,;:]|and\b|then\b|below|above|attached|shown|provided|given|here\b|in detail|that (?:is|was) "
        r"))",
        rf"(?:watch|listen to) {_THIS}\b",
    ),
    "open": (
        r"(?:open|read|load|download|upload|view|access|import|print|scan|delete|rename|save|move|copy|close|check|"
        r"attach|"
        rf"proofread|summari[sz]e) (?:{_THIS}|an?|all|all of my) (?:\w+ )?{_FILE}\b",
    ),
    "browse": (
        r"(?:go to|visit|open|browse|navigate to|click(?: on)?|follow|log ?(?:in|on)(?: to)?|access|surf|check) "
        rf"(?:{_THIS} |an? )?(?:(?:following|given|official|company) )?(?:\w+ )?"
        rf"(?:{_SITE}|https?:|www\.|\w+\.(?:com|org|net))\b",
        r"(?:search|browse|look (?:it )?up (?:on|in)|surf|google|check)(?: for)? (?:the |on the |on )?"
        r"(?:internet|web|google|online|wikipedia|news site)\b",
        r"google (?!docs|maps|sheets|is|was)\w+",
    ),
    "act": (
        r"(?:set|start|turn on|snooze|stop) (?:me )?(?:an?|my|the|another) (?:\w+ )?(?:alarm|timer|reminder|"
        r"stopwatch)\b(?! system)",
        r"remind me (?:to|at|in|about|on|of|when|tomorrow|every)\b",
        r"(?:wake me|call me (?:at|in|back|later)|text me|e-?mail me|message me)\b",
        r"play (?:me )?(?:(?:some|a|the|my|any|your) )?(?:\w+ ){0,3}?(?:music|songs?|playlist|videos?|movies?|"
        r"podcasts?|albums?|tracks?|radio|lullaby|jazz|beethoven|mozart)\b",
        r"play\b.{0,40}\bon (?:spotify|youtube|the (?:speakers?|piano|keyboard|guitar|tv|stereo))\b",
        r"(?:call|phone|ring|dial|text) (?:my (?:mom|mum|mother|dad|father|wife|husband|boss|brother|sister|friend|"
        r"doctor|office)|mom|mum|dad|the (?:police|doctor|restaurant|bank)|\+?\d[\d -]{5,})\b",
        r"(?:send|forward|e-?mail) (?:(?:an?|the|this|my|him|her|them|me|out|it) )?(?:[\w'-]+ ){0,4}?(?:e-?mails?|"
        r"messages?|"
        r"texts?|sms|invitations?|photos?|pictures?|files?|documents?|money|packages?|parcels?|flowers|postcards?|"
        r"letters?)\b",
        r"(?:book|reserve) (?:me )?(?:an?|the|my|two|three) (?:[\w-]+ ){0,3}?(?:tables?|flights?|hotels?|rooms?|"
        r"tickets?|taxi|cab|ride|appointment|seats?|trip|car)\b",
        r"order (?:me )?(?:an?|some|the|two|my) (?:[\w-]+ ){0,3}?(?:pizzas?|food|meal|coffee|groceries|taxi|burgers?|"
        r"sushi|lunch|dinner|uber|takeaway|take-?out)\b",
        r"(?:buy|purchase) (?:me )?(?:an?|some|the|two|my)\b",
        r"schedule (?:me )?(?:an?|my|the) (?:[\w-]+ ){0,2}?(?:meeting|appointment|call|delivery|interview) "
        r"(?:with|for|at|on|tomorrow|next)\b",
        rf"(?:turn|switch) (?:on|off) {_THIS}\b",
        rf"(?:turn|switch) {_THIS} (?:\w+ ){{1,3}}(?:on|off)\b",
        rf"(?:dim|lock|unlock) {_THIS} (?:\w+ )?(?:lights?|doors?|lamps?|car|phone|screen|house)\b",
        r"take (?:an?|the|my) (?:\w+ )?(?:photo|photograph|picture|selfie|screenshot)\b",
        r"(?:transfer|wire|pay|deposit|donate) (?:[$€£] ?\d|my (?:bill|rent|invoice)|money)",
        rf"(?:install|uninstall|restart|reboot|shut down|update) (?:{_THIS}|an?) (?:\w+ )?(?:computer|laptop|phone|app|"
        r"software|printer|server|windows)\b",
    ),
    "make what is no text": (
        r"(?:sketch|paint|doodle|photograph|film|sculpt|carve) (?:me )?(?:an?|the|my|your|some)\b"
        r"(?! (?:\w+ )?(?:plan|outline|strateg|word|verbal|picture (?:with|in) words|portrait in words|vivid|"
        r"scenario|future))",
        r"(?:show|send|give|make|create|generate|produce|find|record) (?:me )?(?:an?|the|some|your) (?:\w+ ){0,2}?"
        r"(?:photos?|photographs?|selfies?|screenshots?|animations?|gifs?|paintings?|sculptures?|voice recordings?|"
        r"video clips?|3d models?)\b",
    ),
}
_ORDER = re.compile("|".join(order for orders in _ORDERS.values() for order in orders), re.I)
# A question that begins like an order: "Send flowers or chocolate: which is better?"
_CHOICE = re.compile(
    r"(?:\bor\b|\b(?:which|better|best|should|worth|legal|rude|polite|safe|ok|okay|good)\b)[^?\n]{0,100}\?$", re.I
)
_READS = r"\b(?:read|summari[sz]e|open|visit|extract|analy[sz]e|review|translate|scrape)\b"
_ANYWHERE = re.compile(
    rf"\b{_THIS} (?:\w+ )?(?:attached|enclosed|uploaded) (?:\w+ )?(?:{_SEEN}|{_HEARD}|{_FILE})\b"
    rf"|\b(?:{_SEEN}|{_HEARD}) (?:below|above|attached|shown|provided|here)\b"
    rf"|\bwhat (?:do|can) you (?:see|hear|notice) (?:\w+ )?(?:in|on) {_THIS} \w+"
    rf"|{_READS}.{{0,40}}?\b(?:at|on|from|in|of|behind) (?:{_THIS} )?(?:following )?(?:link|url)\b"
    rf"|{_READS}.{{0,60}}?https?://\S+$",
    re.I,
)
# The words of these instructions are the object of a task that can be done in words.
_IN_WORDS = re.compile(
    r"\b(?:writ(?:e|ing)|draft|compose|explain (?:how|why|what|the (?:process|steps|concept))|how|why|function|"
    r"programs?|"
    r"code|scripts?|python|java\w*|bash|sql|c\+\+|api|class|method|algorithm|command|sentences?|translate|intent|"
    r"classif\w+|categori[sz]e|simulate|pretend|imagine|role|steps?|instructions|story|poem|(?:in|with|using) words|"
    r"verbal\w*|ideas?|tips|ways|reasons?|description of|rephrase|paraphrase|rewrite|grammar|spelling|meaning|mean|"
    r"synonym|idiom|phrase|quote|regex|html|css|ascii|svg|latex|text-based|dialog\w*|conversation|plan|caption for)\b"
    r"|`|\n.{0,600}\w",
    re.I,
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")
_HINTS = (
    " attached",
    "enclosed",
    "uploaded",
    " below",
    " above",
    " shown",
    " provided",
    " here",
    " link",
    " url",
    "http",
    "you ",
)
_LONG = 600  # characters: a longer instruction brings its own text


def wanted(instruction: str) -> str:
    """Return the words that ask for what a text model cannot do, or nothing."""
    text = instruction.strip(" \n\t\"'“”")
    if not text or len(text) > _LONG:
        return ""
    polite = _POLITE.match(text)
    start = polite.end() if polite else 0
    hit = None if not polite and _CHOICE.search(text) else _ORDER.match(text, start)
    if not hit and any(hint in text for hint in _HINTS):
        hit = _ANYWHERE.search(_QUOTED.sub("...", text))
    return hit[0].strip() if hit and not _IN_WORDS.search(_QUOTED.sub("...", text)) else ""
