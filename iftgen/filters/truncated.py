"""Filter `truncated`: a response that was cut off."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.code import cut_code, is_code
from iftgen.filters.text import sentences, without_code
from iftgen.types import Candidate, Verdict

_LIST_LINE = re.compile(r"^\s*(?:[-*•+>#|]|\(?\d+[.)]|\(?[a-zA-Z][.)])")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_PREPOSITIONS = "about|after|and|as|at|be|become|becomes|before|between|by|for|from|had|has|have|in|into|like|of|on|or|"
_PREPOSITIONS += "over|than|through|to|under|using|was|were|when|with|without"
_DANGLING = re.compile(  # no sentence ends so
    r"(?:,|(?<![:;=])(?<!:-)\(|\b(?:the|an|and|or|but|because|although|unless|whereas|which|whose|than|such as|"
    r"as well as|e\.g\.|their|your|"
    rf"our|my|every)|\b(?:{_PREPOSITIONS}) a|\bis (?:\w+(?:ed|en|own|wn|ut|ung|old|ade) by|as) a"
    r"|\b(?:of|by|on|with|from|for|in|to|at|due to) its|\b(?:is|are|was|were|been|being|be) \w+(?:ed|en|wn|ung|ut|"
    r"old|ade) by"
    r"|\b(?:because|instead|one|some|many|most|number|lack|variety|range|regardless) of)$",
    re.I,
)
# "I think so" is an answer, "in the rain, so" is none.
_SO = re.compile(
    r"(?<!think)(?<!hope)(?<!guess)(?<!believe)(?<!suppose)(?<!say)(?<!said)(?<!do)(?<!does)(?<!did)(?<!doing)(?<!done)"
    r"(?<!more)(?<!less)(?<!not)(?<!or)(?<!ever)(?<!very)(?<!is)(?<!much)(?<!and)(?<!if)(?<!be)(?<!why)(?<!how)(?<!was)"
    r"(?<!imagine)(?<!expect)(?<!even)(?<!just)(?<!quite)(?<!seem)(?<!remain)(?<!told)(?<!for)(?<!right) so$",
    re.I,
)
# Few sentences end so: they count where the rest of the text shows that a final mark is missing.
_WEAK = re.compile(
    r"\b(?:of|with|for|from|into|in|on|at|to|as|that|will|would|can|could|should|must|is|are|was|were|has|have|by|a|"
    r"its)$",
    re.I,
)
# "the people I live with", "nothing to worry about", "as they are"
_STRANDED = re.compile(
    r"\b(?:what|who|whom|which|where|how|why|whether|that|than|as|do|does|did|you|we|i|they|he|she|it|to \w+)\b"
    r"(?: [\w'’-]+){0,6}$",
    re.I,
)
# Where the answer is a word of grammar, or what is left out of a sentence.
_ABOUT_WORDS = re.compile(
    r"\b(?:conjunctions?|prepositions?|articles?|pronouns?|determiners?|auxiliar\w+|stop ?words?|function words?|"
    r"parts? of speech|fill|blanks?|missing|grammar|words?|tokeni[sz]\w*)\b",
    re.I,
)
_GRAMMAR = re.compile(r"\b(?:and|or|but|so|the|an?|nor|yet)[\"'”]?,? (?:and|or|but|so|the|an?|nor|yet)$", re.I)
_OPEN_ITEM = re.compile(r"\n\s*(?:(\d{1,3})[.)]?|[-*•+])\s*$")
_FINISHED = re.compile(r"[.!?…:;。！？।؟*_`$|>~\])}\"'”’»]\W*$|[^\x00-\x7f\w]$")
# More characters than any of the endings above is long; what stands before them is not searched.
END = 80
_SENTENCE = re.compile(r"\w[.!?]\s+\S")


class Truncated(Filter):
    """The response is complete: it ends neither at the token limit nor in mid-sentence.

    Self-Instruct and Alpaca drop what the server reports as cut off by `length`; the other two checks find the rest.

    finish: reject when the server says that the token limit cut the response.
    mid_sentence: reject a response that ends in a comma, in a word such as "the" or in a list item without text, or
        whose last sentence has `min_words` words and no final mark although earlier sentences have one; titles, tables
        and verse pass.
    code_fence: reject a response whose ``` block is never closed, or whose code stops with an open bracket.
    min_words: a shorter last sentence may lack its mark.
    """

    name = "truncated"

    def __init__(
        self, *, finish: bool = True, mid_sentence: bool = True, code_fence: bool = True, min_words: int = 10
    ) -> None:
        self.finish = finish
        self.mid_sentence = mid_sentence
        self.code_fence = code_fence
        self.min_words = min_words

    def check(self, row: Candidate) -> Verdict:
        """Judge the end of the response."""
        if self.finish and row.finish_reason == "length":
            return self.reject("the response was cut off at the token limit")
        if self.code_fence and _open_fence(row.output):
            return self.reject("a code block of the response is never closed")
        if self.code_fence and (line := cut_code(row.output)):
            return self.reject(f"the code of the response stops in the middle: {line[-END:]!r}")
        if self.mid_sentence and (end := _open_item(row.output) or self._loose_end(row)):
            return self.reject(f"the response ends in mid-sentence: {end!r}")
        return self.keep()

    def _loose_end(self, row: Candidate) -> str:
        """Return the last words of a response that stops in mid-sentence, else nothing."""
        text = row.output.rstrip()
        last = text.rpartition("\n")[2].strip()
        if len(last.split()) < 3 or last.split()[-1][0] in "#@" or without_code(text).rstrip() != text:
            return ""
        end = last[-END:]
        cut = (_DANGLING.search(end) or _SO.search(end)) and not _GRAMMAR.search(end)
        if not cut and text.isascii() and not _FINISHED.search(end):
            cut = self._is_prose(text, last) or self._is_weak(text, last, end)
        if not cut or _ABOUT_WORDS.search(row.instruction) or is_code(text):
            return ""
        return " ".join(last.split()[-6:])

    def _is_prose(self, text: str, last: str) -> bool:
        """Tell whether the last line is a sentence of some length, and an earlier one has its final mark."""
        long = len((sentences(last) or [""])[-1].split()) >= self.min_words
        return long and not _LIST_LINE.match(last) and bool(_SENTENCE.search(text))

    def _is_weak(self, text: str, last: str, end: str) -> bool:
        """Tell whether a sentence ends in a word such as "of" although it is long, or an earlier one has its mark."""
        hit = _WEAK.search(end)
        said = sentences(end[: hit.start()]) if hit else ()
        if not said or _STRANDED.search(said[-1].partition(" ")[2]) or _is_verse(text) or _is_title(last):
            return False
        return len(last.split()) >= self.min_words or bool(_SENTENCE.search(text))


def _open_item(text: str) -> str:
    """Return the mark of a list item that has no text although the one before has, or nothing."""
    hit = _OPEN_ITEM.search(text[-END:])
    if not hit:
        return ""
    before = rf"{int(hit[1]) - 1}[.)]" if hit[1] else re.escape(hit[0].strip())
    lines = text[: len(text) - len(text[-END:]) + hit.start()].splitlines()
    return hit[0].strip() if any(re.match(rf"\s*{before}\s*\S", line) for line in lines) else ""


def _is_verse(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= 3 and 2 * sum(line.rstrip()[-1] not in ".!?:" for line in lines) > len(lines)


def _is_title(line: str) -> bool:
    said = line.split()
    return sum(not word[0].islower() for word in said) * 2 >= len(said)


def _open_fence(text: str) -> bool:
    """Tell whether a fenced block is left open; as in CommonMark, a fence is closed by one at least as long."""
    fence = ""
    for line in text.splitlines():
        hit = _FENCE.match(line)
        if hit and not fence:
            fence = hit[1] if "`" not in hit[2] else ""
        elif hit and hit[1].startswith(fence) and not hit[2].strip():
            fence = ""
    return bool(fence)
