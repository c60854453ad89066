"""Text of prompts, templates and other records, placeholders for an answer, and talk of the making of instructions."""

import re

from iftgen.filters.boilerplate import tails
from iftgen.filters.boilerplate.nothing import nothing
from iftgen.filters.text import without_code

_TOKEN = re.compile(
    r"<\|[a-z_ ]{2,30}\|>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<(?:bos|eos|pad|unk)>|^\s*<s>|</s>\s*$"
    r"|<no ?input ?>|^ *no ?input *$|\[(?:BOS|EOS|PAD|UNK)\]",
    re.I | re.M,
)
_HEADER = re.compile(
    r"^#{2,4} ?(?:(?:instruction|response|human|assistant|user|system|prompt|input|output)|end of \w+) ?:"
    r"|^#{3} (?:instruction|human|assistant)\s*$"
    r"|^ ?#(?:the )?(?:given|rewritten|new|created|original) (?:prompt|instruction)#",
    re.I | re.M,
)
_PHRASE = re.compile(
    r"below is an instruction that describes a task|write a response that (?:appropriately )?completes the request"
    r"|you are asked to come up with a (?:set|series) of|come up with a series of tasks"
    r"|a chat between a curious (?:user|human) and an artificial intelligence assistant"
    r"|you are a helpful,? (?:respectful,? )?(?:and )?(?:honest|harmless) assistant",
    re.I,
)
_SLOT = re.compile(
    r"\{\{ ?[a-z_][\w .]{0,40} ?\}\}|(?<![\w$\\}{'\"])\{(?:instruction|input|output|prompt|response|question|answer|"
    r"context)\}",
    re.I,
)
_TURN = re.compile(r"^(?:\*\*)?(?:human|user|assistant|chatgpt|ai assistant)(?:\*\*)? ?:(?:\*\*)?[ \n]", re.I | re.M)
_SPEAKERS = ("uman:", "uman**", "HUMAN:", "ser:", "ser**", "USER:", "stant:", "stant**", "STANT:", "GPT:")
_SIGNS = re.compile(r"[<\[{#]")
_PHRASES = ("describes a task", "ompletes the request", "up with a se", "a curious", "are a helpful", "nput")
_ABOUT_PROMPTS = re.compile(
    r"\bprompts?\b|special tokens?|tokeni[sz]|chat template|fine-?tun|language model|\bllms?\b|alpaca|instruction[- "
    r"]tun"
    r"|placeholder|template|jinja|mustache|handlebars|\bvue|angular|latex|f-string|format string|json|regex|ansible|"
    r"helm"
    r"|\bcode|program|function|script|python|java|c\+\+|django|flask|react|\bsets?\b|mail[- ]?merge|merge (?:field|tag)"
    r"|curly|\{\{",
    re.I,
)
_ABOUT_CHATS = re.compile(
    r"dialog|conversation|\bchats?\b|chatbot|script|transcript|interview|\bscene|role-?play|\bturns?\b|exchange|"
    r"assistant|\busers?\b|\bplay\b|\bskit|\btalk|\bhuman\b|complete the|continue",
    re.I,
)
_RECORD = re.compile(r"^(?:#{1,4} ?)?(?:\d{1,3}[.)] ?)?(?:\*\*)?instruction(?: \d+)? ?:", re.I | re.M)
_INPUT = re.compile(r"^(?:#{1,4} ?)?(?:\*\*)?input(?: \d+)? ?:", re.I | re.M)
_OUTPUT = re.compile(r"^(?:#{1,4} ?)?(?:\*\*)?(?:output|response)(?: \d+)? ?:", re.I | re.M)
_ABOUT_RECORDS = re.compile(
    r"\binputs?\b|\boutputs?\b|\binstructions?\b|example|test case|\bcode|program|function|script|algorithm|python|"
    r"java|"
    r"c\+\+|\bsql|\bquer(?:y|ies)|\btask|prompt|dataset|format|recipe|class|method|model|neural|circuit|gate|logic|"
    r"system|regex|string|array|command",
    re.I,
)
_NOTHING = re.compile(
    r"\W*(?:n/?a|todo|tbd|tba|<?(?:output|no ?input|no ?output|response|answer|placeholder|insert \w+(?: here)?)>?:?|"
    r"\[(?:output|response|answer|insert[^\[\]]{0,40}|your (?:answer|response|text)[^\[\]]{0,20}|text|placeholder)\]|"
    r"(?:your|insert|enter|type) (?:your )?(?:answer|response|text|output)(?: goes)? here|to be (?:determined|"
    r"announced|"
    r"added|written|completed)|coming soon|see above|as above|same as above|(?:no|empty) (?:output|response|answer)(?: "
    r"(?:needed|required|given|provided|available))?|lorem ipsum\b.{0,2000}|asdf\w*|blah(?:,? blah)*|x{3,}|\?+|"
    r"\.{2,}|…|-+)\W*",
    re.I | re.S,
)
_NONE = re.compile(r"\W*(?:none|null|nil|nan|undefined|unknown)\W*", re.I)
# Where nothing can hardly be the answer.
_MAKES = re.compile(
    r"^(?:please )?(?:write|explain|describe|generate|create|compose|summari[sz]e|translate|rewrite|rephrase|"
    r"paraphrase|"
    r"suggest|propose|design|draft|discuss|compare|outline|elaborate|tell|develop|make|edit|construct|give|provide)\b",
    re.I,
)
_BLANK = re.compile(
    r"\[(?:insert|enter|fill in|add)\b[^\[\]]{0,40}\]|<insert\b[^<>]{0,40}>|\[your (?:answer|response|text|"
    r"content)[^\[\]]{0,20}\]"
    r"|\blorem ipsum\b",
    re.I,
)
_HAS_BLANKS = re.compile(
    r"letter|e-?mail|template|\bforms?\b|resume|résumé|\bcv\b|message|invitation|contract|\bmemo|script|\bposts?\b|"
    r"press|certificate|speech|placeholder|bracket|blank|lorem|dummy|html|css|\bweb|latex|agreement|notice|statement|"
    r"announce|"
    r"advert|\bads?\b|slogan|tweet|bio\b|biograph|profile|proposal|report|essay|article|review|policy|plan\b|outline|"
    r"survey|questionnaire|poster|flyer|brochure|note\b|reply|response|dialog|conversation|story|introduc|toast|"
    r"mad ?libs?|fill in|complaint|code|program|function|document|agenda|minutes|card\b|voicemail|sign\b",
    re.I,
)
_ABOUT_CITATIONS = re.compile(r"citation|wiki|\bcite|reference|source", re.I)
_DEAR = re.compile(r"^(?:dear|hello|hi) \[[^\[\]]{0,20}name[^\[\]]{0,20}\]", re.I | re.M)
_NAMED = re.compile(
    r"\b[Tt]o (?:(?:my|our|the|his|her) (?:\w+ ){1,2})?"
    r"(?!(?:The|A|An|My|Our|All|Whom|English|French|Spanish|German|HR|IT|CEO|CV|AI)\b)[A-Z][a-z]{2,}(?! (?:Inc|"
    r"Company|Corp|University|"
    r"Bank|Department|Team|School|Hotel|Council|Store|Customer|Member|Employee|Manager)s?\b)"
)
_NOUN = r"(?:prompt|instruction|task|request|query)s?"
_MADE = (
    r"(?:re-?written|revised|reworded|rephrased|improved|refined|modified|updated|alternative|new|paraphrased|enhanced)"
)
_META = re.compile(
    rf"\bhere(?:'s| is| are) (?:\w+ ){{0,3}}?{_MADE} (?:version of )?(?:(?:your|the|this|that|my) )?(?:\w+ )?{_NOUN}\b"
    rf"|\b(?:version|variation|variant)s? of (?:your|the|this|that) (?:original |given )?{_NOUN}\b"
    rf"|\bi(?:'ve| have) (?:{_MADE}|rewritten|rephrased|created|generated) (?:your|the|this) (?:\w+ )?{_NOUN}\b"
    r"|\b(?:this|the (?:above|given|new|rewritten|revised)) (?:prompt|instruction) (?:asks|requires|is designed|tests|"
    r"challenges|can be used|encourages|would|could)\b"
    rf"|\blet me know if you(?:'d| would) like (?:\w+ ){{0,4}}?(?:variation|version|prompt|"
    rf"instruction)s?\b.{{0,20}}{_NOUN}"
    r"|\b(?:rewritten|given|created) prompt ?:|\binstruction[- ]following (?:dataset|data|example)"
    r"|\bi hope (?:this|these) (?:\w+ )?(?:prompt|instruction)s?\b",
    re.I,
)
_META_NOUNS = ("rompt", "nstruction", " task", "request", "query", "queries")
_ABOUT_META = re.compile(r"prompt|instruction|\btask|request|quer(?:y|ies)", re.I)
_VERSION = re.compile(
    r"(?:(?:sure|certainly|of course|absolutely|okay|great)\W+)?(?:here(?:'s| is)|below is) (?:an? |the |your "
    r")?(?:\w+ )?"
    r"(?:re-?written|revised|reworded|rephrased|paraphrased) (?:version|text|sentence|paragraph|response|answer)\b",
    re.I,
)
_ABOUT_REWRITING = re.compile(
    r"re-?writ|rewor|rephras|revis|edit|improv|paraphras|simplif|shorten|correct|fix|chang|convert|proofread|polish|"
    r"transform|make|reorgani|summari|restat|expand|enhanc|translat|modif|adjust|refin|turn|alter|grammar|another way|"
    r"adapt|tone|concise|clear|formal|replac|remov|add|version",
    re.I,
)
_META_START = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay)[,!.:]+ (?:here|i |i'|below|let)"
    r"|(?:here(?:'s| is| are)|below (?:is|are)) (?:an?|the|some|another|your|\d+|\w+) (?:[\w-]+ ){0,4}?"
    r"(?:prompt|instruction|task)s?\b(?= ?:|,| (?:that|for|based|with|in|to)\b)",
    re.I,
)


def leaked_prompt(asked: str, text: str) -> str:
    """Return template text in an instruction or input, or nothing."""
    if not _may_leak(text):
        return ""
    hit = _TOKEN.search(text) or _HEADER.search(text)
    if not hit and (hit := _PHRASE.search(text)) and hit[0].lower().startswith("you are"):
        hit = None  # a role that the user gives is no leak
    return hit[0].strip() if hit and not _ABOUT_PROMPTS.search(_HEADER.sub(" ", asked)) else ""


def leaked(asked: str, text: str) -> str:
    """Return template text or turns of a chat in a response, or nothing."""
    if ":" in text and (turn := _turn(asked, text) or tails.label(asked, text)):
        return turn
    if mark := tails.end_mark(asked, text):
        return mark
    if not _may_leak(text):
        return ""
    bare = without_code(text)
    hit = _TOKEN.search(bare) or _HEADER.search(bare) or _PHRASE.search(bare) or _SLOT.search(bare)
    return hit[0].strip() if hit and not _ABOUT_PROMPTS.search(asked) else ""


def _may_leak(text: str) -> bool:
    return _SIGNS.search(text) is not None or any(phrase in text for phrase in _PHRASES)


def _turn(asked: str, text: str) -> str:
    if not any(name in text for name in _SPEAKERS):
        return ""
    hit = _TURN.search(text)
    return hit[0].strip() if hit and not _ABOUT_CHATS.search(asked) else ""


def merged_prompt(asked: str, text: str) -> str:
    """Return the label of a second record in an instruction or input, or nothing."""
    if ":" not in text or not (hit := _RECORD.search(text) or _answered(text)):
        return ""
    return "" if _ABOUT_RECORDS.search(_INPUT.sub("", _OUTPUT.sub("", _RECORD.sub("", asked)))) else hit[0].strip()


def merged(asked: str, text: str) -> str:
    """Return the label of a second record in a response, or nothing."""
    if question := tails.second_question(asked, text):
        return question
    if ":" not in text or not (hit := _RECORD.search(text) or _answered(text)):
        return ""
    return "" if "```" in text or _ABOUT_RECORDS.search(asked) else hit[0].strip()


def _answered(text: str) -> re.Match[str] | None:
    """Find an "Output:" after an "Input:"."""
    given = _INPUT.search(text)
    return _OUTPUT.search(text, given.end()) if given else None


def empty_prompt(asked: str, text: str) -> str:
    """Return an instruction or input that is only a placeholder, or nothing."""
    return text.strip() if len(text) < 80 and asked.startswith(text) and _NOTHING.fullmatch(text) else ""


def placeholder_answer(asked: str, text: str) -> str:
    """Return a placeholder that stands for the response or in it, or nothing."""
    text = text.strip()
    if not text:
        return ""
    if found := nothing(asked, text):
        return found
    short = len(text) <= 60 or text[:20].lower().startswith("lorem ipsum")
    if short and text.lower() not in asked.lower() and _is_nothing(asked, text):
        return text
    if "[" not in text and "<" not in text and "orem" not in text:
        return ""
    hit = _BLANK.search(text)
    if hit and _HAS_BLANKS.search(asked):
        hit = None
    hit = hit or _addressee(asked, text)
    return hit[0] if hit else ""


def _is_nothing(asked: str, text: str) -> bool:
    if _NOTHING.fullmatch(text) and text[0] not in ":;=":  # ":-)" is none
        return True
    return bool(_NONE.fullmatch(text) and _MAKES.search(asked))


def _addressee(asked: str, text: str) -> re.Match[str] | None:
    """Find a missing citation, or the blank after "Dear" in a letter to somebody whom the prompt names."""
    if "[citation needed]" in text and not _ABOUT_CITATIONS.search(asked):
        return re.search(r"\[citation needed\]", text)
    hit = _DEAR.search(text)
    return hit if hit and _NAMED.search(asked) and not _ABOUT_PROMPTS.search(asked) else None


def meta_prompt(asked: str, text: str) -> str:
    """Return the words in which an instruction speaks of its own making, or nothing."""
    hit = _META_START.match(text)
    return hit[0] if hit and asked.startswith(hit[0]) else ""


def meta_talk(asked: str, text: str) -> str:
    """Return the words in which a response speaks of the making of instructions, or nothing."""
    if told := tails.note(asked, text):
        return told
    if any(noun in text for noun in _META_NOUNS):
        hit = _META.search(text)
        if hit and not _ABOUT_META.search(asked):
            return hit[0]
    hit = _VERSION.match(text)
    return hit[0] if hit and not _ABOUT_REWRITING.search(asked) else ""
