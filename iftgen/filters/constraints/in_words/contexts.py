"""Where in a sentence a quantity asks for the length of the response."""

import re

from iftgen.filters.constraints.in_words.quantities import Quantity

_VERB = (
    r"(?:write|compose|generate|create|give|provide|produce|craft|draft|prepare|make|develop|construct|offer|deliver|"
    r"present|share|pen|submit|add)"
)
_TEXT = (
    r"(?:essays?|story|stories|article|paragraph|summary|summarization|summarisation|description|poem|speech|letter|"
    r"e-?mail|blog(?: post)?|post|review|response|answer|explanation|report|introduction|conclusion|overview|bio|"
    r"biography|narrative|passage|text|tweet|monologue|reflection|synopsis|abstract|caption|slogan|tagline|message|"
    r"statement|pitch|definition|reply|headline|tale|fable|dialogue|account|analysis|piece|composition|news|critique|"
    r"recap|note|verse|rhyme|limerick|stanza|summaries)"
)
# Before a bound that is named: "in at most", "Use fewer than", "should be no more than".
_BOUND = re.compile(
    rf"(?:^|\b(?:in|with|within|using|use|uses|to|of|be|is|are|as|contains?|containing|have|has|having|includes?|"
    rf"including|should|must|may|can|will|does|respond|reply|answer|it|this|that|text|response|reply|long|length|"
    rf"limit|exceed|'s|consists? of|comprising|and|but|or|{_TEXT}|"
    rf"by|span|total|{_VERB}(?: me| us)?)|[,(:–—-])\s*$",
    re.I,
)
# Before a number alone: "in three sentences", "Write two paragraphs".
_PLAIN = re.compile(
    rf"(?:\b(?:in|with|within|using|into|to|as|of|be|contains?|containing|have|has|having|includes?|consists? of)"
    rf"|(?:^|[,;] ?|\b(?:please|you|to|and|me) ){_VERB}(?: me| us)?)\s*$",
    re.I,
)
_DIRECT = re.compile(rf"\b{_VERB}(?: me| us)?\s*$", re.I)
_INSIDE = re.compile(r"\b(?:in|within|using|into)\s*$", re.I)
_WITH = re.compile(r"\b(?:in|with|using)\s*$", re.I)
_LABEL = re.compile(
    r"^\W*(?:(?:word|length|character|sentence|paragraph)?s? ?(?:limit|length|count)\s*(?:is|:|=|-)?\s*)?\(?$", re.I
)
_END = re.compile(r"^\s*(?:long|in (?:length|total)|total|only|please)?\s*(?:$|[).,:;!?])", re.I)
_ADJECTIVE_BEFORE = re.compile(
    rf"(?:\b(?:{_VERB}(?: me| us)?|respond with|answer with|reply with|in|as|into|be|with|to) (?:a|an|one|your)"
    rf"(?: [\w-]+)?|^(?:a|an)?)\s*$",
    re.I,
)
_ADJECTIVE_AFTER = re.compile(
    rf"^[ -](?:(?!about|on|for|that)[\w-]+ ){{0,3}}?{_TEXT}\b"
    r"(?![ -](?:outline|plan|prompt|title|topic|contest|idea|writer|template|generator))",
    re.I,
)
_VERSE = re.compile(r"\b(?:poems?|poetry|verse|stanza|rhymes?|limerick|song|lyrics|haiku)\b", re.I)
# A plain number of words below this is a list or an idiom: "describe yourself in three words".
_FEWEST_INSIDE, _FEWEST_OF, _FEWEST_DIRECT, _FEWEST_CHARACTERS = 10, 20, 50, 20


def asks(one: Quantity) -> bool:
    """Tell whether the sentence asks for so much."""
    before = one.before.rstrip()
    if one.unit == "characters" and not (one.low >= _FEWEST_CHARACTERS and one.explicit):
        return False
    if one.unit == "lines" and not _VERSE.search(before + one.after[:40]):
        return False
    if one.singular and (one.joined or one.low > 1 or _ADJECTIVE_AFTER.match(one.after)):
        return bool(_ADJECTIVE_BEFORE.search(before) and _ADJECTIVE_AFTER.match(one.after))
    if _LABEL.match(before) and _END.match(one.after):
        return one.explicit or before.endswith("(") or bool(re.search(r"\w", before))
    if one.explicit:
        return bool(_BOUND.search(before))
    return bool(_PLAIN.search(before)) and _is_length(one, before)


def _is_length(one: Quantity, before: str) -> bool:
    """Tell whether a plain number of words is a length."""
    if one.unit != "words" or (one.low == 1 and _WITH.search(before) and _END.match(one.after)):
        return True
    if _INSIDE.search(before):
        return one.low >= _FEWEST_INSIDE
    return one.low >= (_FEWEST_DIRECT if _DIRECT.search(before) else _FEWEST_OF)
