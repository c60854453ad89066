"""Filter `truncated`: a response that was cut off."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.text import sentences, without_code
from iftgen.types import Candidate, Verdict

_LIST_LINE = re.compile(r"^\s*(?:[-*•+>#|]|\(?\d+[.)]|\(?[a-zA-Z][.)])")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")
_DANGLING = re.compile(r"(?:,|\(|\b(?:the|an|and|or|but|because|which|whose|than|such as|as well as|e\.g\.))$", re.I)
_FINISHED = re.compile(r"[.!?…:;。！？।؟*_`$|>~\])}\"'”’»]\W*$|[^\x00-\x7f\w]$")
# More characters than any of the endings above is long; what stands before them is not searched.
END = 80
_SENTENCE = re.compile(r"\w[.!?]\s+\S")


class Truncated(Filter):
    """The response is complete: it ends neither at the token limit nor in mid-sentence.

    Self-Instruct and Alpaca drop what the server reports as cut off by `length`; the other two checks find the rest.

    finish: reject when the server says that the token limit cut the response.
    mid_sentence: reject a response that ends in a comma or in a word such as "the", or whose last sentence has
        `min_words` words and no final mark although earlier sentences have one; lists, tables and verse pass.
    code_fence: reject a response whose ``` block is never closed.
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
        if self.mid_sentence and (end := self._loose_end(row.output)):
            return self.reject(f"the response ends in mid-sentence: {end!r}")
        return self.keep()

    def _loose_end(self, output: str) -> str:
        """Return the last words of a response that stops in mid-sentence, else nothing."""
        text = output.rstrip()
        last = text.rpartition("\n")[2].strip()
        if len(last.split()) < 3 or last.split()[-1][0] in "#@" or without_code(text).rstrip() != text:
            return ""
        end = last[-END:]
        if _DANGLING.search(end) or (text.isascii() and not _FINISHED.search(end) and self._is_prose(text, last)):
            return " ".join(last.split()[-6:])
        return ""

    def _is_prose(self, text: str, last: str) -> bool:
        """Tell whether the last line is a sentence of some length, and an earlier one has its final mark."""
        long = len((sentences(last) or [""])[-1].split()) >= self.min_words
        return long and not _LIST_LINE.match(last) and bool(_SENTENCE.search(text))


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
