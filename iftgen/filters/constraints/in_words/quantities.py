"""Quantities of text in an instruction, such as `at most 50 words`, that are meant for the whole response."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iftgen.filters.constraints.in_words.numbers import NUMBER, number
from iftgen.filters.constraints.in_words.request import Request

_QUALIFIER = (
    r"no more than|not more than|no longer than|not longer than|(?:a )?maximum(?: length)?(?: of)?:?|max\.?(?: of)?:?|"
    r"at most|up to|within|not (?:to )?exceed(?:ing)?|under|less than|fewer than|below|shorter than|at least|"
    r"longer than|no less than|no fewer than|not less than|(?:a )?minimum(?: length)?(?: of)?:?|min\.?(?: of)?:?|"
    r"more than|over|exceeding|exactly|precisely|only|just|about|around|approximately|roughly|approx\.?|circa|nearly|"
    r"almost|between|from|~"
)
_UNIT = r"words?|sentences?|paragraphs?|characters?|bullet(?:ed)?[ -]?points?|bullets|lines?"
_SUFFIX = (
    r"or (?:less|fewer|under|below|more|above|over|so|longer|shorter)|max(?:imum)?|min(?:imum)?|at (?:the )?(?:most|"
    r"least)|in maximum|tops"
)
_QUANTITY = re.compile(
    rf"(?<![\w.,$€£])(?:(?P<qualifier>{_QUALIFIER})\s?)?(?P<total>a total of )?(?P<low>{NUMBER})"
    rf"(?P<second>(?:\s?[-–—]\s?| to | or | and )(?P<high>{NUMBER}))?(?P<plus>\+|(?: or more))?(?P<joint>[ -])"
    rf"(?:(?:short|concise|brief|simple|complete|full|clear|long|succinct|well-\w+|coherent|markdown|separate) ){{0,2}}"
    rf"(?P<unit>{_UNIT})\b(?!-)(?:,? \(?(?P<suffix>{_SUFFIX})\b)?",
    re.I,
)
# The number belongs to what is there already, or to something else.
_POINTS_AT = re.compile(
    r"\b(?:the|these|those|this|that|following|first|last|next|previous|above|each|every|my|his|her|their|your|its|"
    r"our|given|original|provided|all|any|another|other|more|another|additional|of the|or in|than|number|top|page|"
    r"chapter)$",
    re.I,
)
_GOES_ON = re.compile(
    r"^,? ?(?:each|or in\b|apiece|per\b|every|below|above|given|provided|(?:and|or) (?:phrases|\d)|of the\b|"
    r"from (?:the|this|each)|later|ago|in (?:all |only )?(?:capital|caps|upper|lower|bold|italic)|a (?:day|minute)|"
    r"at a time|apart|away|limit of|away|into\b|in the (?:text|passage|english))",
    re.I,
)
# Words that are listed, not counted: "five words that rhyme with cat".
_LISTED = re.compile(
    r"^,? (?:that|which|who|starting|beginning|ending|rhym\w+|related|associated|with|from|of|for|you|used)\b", re.I
)
_ELSEWHERE = re.compile(
    r"(?:, which\b|\b(?:how (?:to|can|do|should|would|could|many|much)|functions?|contest|competition|prompt|rubric|"
    r"lesson|guidelines?|requir\w+|students?|users?|participants?|applicants?|players?|tips|advice|teach\w*|"
    r"difference|if (?:the|a|it)|when|contains? (?:more|less|fewer)|whether|questions?|writing a|read(?:ing|s)?|"
    r"there (?:is|are|was|were)|scroll|quiz|consider|imagine|suppose)\b)",
    re.I,
)
# Parts of a response with a length of their own, unless they are the thing that is asked for.
_PART = re.compile(
    r"\b(?:titles?|headlines?|headings?|introductions?|intro|conclusions?|paragraphs?|sections?|stanzas?|chapters?|"
    r"points?|items?|lines?|scenes?|steps?|captions?|hooks?|subject|taglines?|names?|summary|abstract|verses?|chorus|"
    r"sentences?|reasons?|examples?|options?|body|part|definitions?|keywords?|terms?|phrases?|cells?|rows?|ideas?)\b",
    re.I,
)
_OBJECT = re.compile(
    r"^(?:\W|please |now |can you |could you |would you |will you |i (?:want|need) (?:you to )?|let's |"
    r"help me )*(?:\w+ ){1,2}(?:(?:me|us|down|up) )?(?:(?:a|an|the|this|that|your|my|one|it|following|given|below|"
    r"above|text|of|in|[\w'-]+ing|short|brief|\w+y|\w+ive|\w+al) ){0,4}$",
    re.I,
)
ROUGHLY = ("about", "around", "approximately", "roughly", "approx", "approx.", "circa", "nearly", "almost", "~")
_BREAK = re.compile(r"(?<![\s(]\d)[.!?](?=\s)|\n|;")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as it stands: its words, numbers and unit, and the text of its sentence around it."""

    phrase: str
    qualifier: str
    low: int
    high: int | None
    plus: bool
    unit: str
    suffix: str
    singular: bool
    joined: bool
    before: str
    after: str

    @property
    def explicit(self) -> bool:
        """Whether a bound is named, or two."""
        named = self.qualifier and self.qualifier not in ROUGHLY
        return bool(named or self.suffix or self.plus or self.high)


def quantities(request: Request) -> Iterator[Quantity]:
    """Yield the quantities of an instruction that stand by themselves, not for a part of something."""
    for hit in _QUANTITY.finditer(request.text):
        one = _quantity(request.text, hit)
        if not _foreign(one):
            yield one


def _quantity(text: str, hit: re.Match[str]) -> Quantity:
    start = max((found.end() for found in _BREAK.finditer(text, 0, hit.start())), default=0)
    end = _BREAK.search(text, hit.end())
    unit = hit["unit"].lower()
    singular = not unit.endswith("s")
    unit = "bullets" if unit.startswith("bullet") else unit.removesuffix("s") + "s"
    low, high = number(hit["low"]), number(hit["high"]) if hit["high"] else None
    if high is not None and high < low:  # "one hundred and fifty"
        low, high = low + high, None
    return Quantity(
        " ".join(hit[0].split()),
        (hit["qualifier"] or "").lower().rstrip(":"),
        low,
        high,
        bool(hit["plus"]),
        unit,
        (hit["suffix"] or "").lower(),
        singular,
        hit["joint"] == "-",
        text[start : hit.start()].strip("\n\t"),
        text[hit.end() : end.start() if end else len(text)],
    )


def _foreign(one: Quantity) -> bool:
    """Tell whether the quantity is not one of the response as a whole."""
    before = one.before.rstrip()
    if _POINTS_AT.search(before) or _GOES_ON.match(one.after) or _ELSEWHERE.search(before):
        return True
    if one.unit == "words" and _LISTED.match(one.after) and not (one.qualifier and one.low >= 20):
        return True
    # The unit itself is no part: "at least 2 sentences and no more than 4 sentences".
    part = next((hit for hit in _PART.finditer(before) if hit[0].lower().removesuffix("s") + "s" != one.unit), None)
    return part is not None and not _OBJECT.match(one.before[: part.start()].lstrip())
