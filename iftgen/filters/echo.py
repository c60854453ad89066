"""Filter `echo`: the response only repeats the question."""

import re

from iftgen.filters.base import Filter
from iftgen.filters.rouge import rouge_l
from iftgen.filters.text import normalised, words
from iftgen.types import Candidate, Verdict

_REPEAT = re.compile(r"\b(?:repeat|copy|echo|recite|verbatim|quote|word for word|say)\b", re.I)
# Tasks whose right answer is the text with small changes.
_EDIT = re.compile(
    r"\b(?:correct|fix|proofread|edit|rewrite|reword|rephrase|paraphrase|punctuat\w*|capital\w*|spell\w*|grammar\w*|"
    r"typos?|errors?|format|reformat|convert|change|replace|remove|insert|add|fill|complete|continue|sort|order|arrange|"
    r"reorder|combine|join|merge|split|divide|put|uppercase|lowercase|translate|refactor|debug|reverse|"
    r"active|passive|tense|plural|singular|comma\w*)\b",
    re.I,
)


class Echo(Filter):
    """The response is more than a copy of the instruction or the input.

    Where the right answer is the text with small changes (rows whose wording comes from a fixed list, and instructions
    that ask to correct, rewrite, convert, ...), only a response that equals the instruction or the input is rejected;
    where copying is asked for, nothing is. Score: the higher ROUGE-L of the response to instruction and input.

    max_overlap: a response with a higher ROUGE-L F to the instruction or the input is rejected (null: off).
    start: also reject a response that begins with the whole instruction (of `min_words` words or more).
    min_words: shorter responses are only compared for equality.
    """

    name = "echo"

    def __init__(self, *, max_overlap: float | None = 0.9, start: bool = True, min_words: int = 6) -> None:
        fits = max_overlap is None or 0 <= max_overlap <= 1
        self.require(fits, "max_overlap", max_overlap, "a number from 0 to 1, or null")
        self.max_overlap = max_overlap
        self.start = start
        self.min_words = min_words

    def check(self, row: Candidate) -> Verdict:
        """Compare the response with the instruction and the input."""
        sources = {"instruction": row.instruction, "input": row.input}
        if not row.output.strip():
            return self.keep()
        verdict = self._compare(row, sources)
        asked = not verdict.keep and _REPEAT.search(row.instruction)
        return self.keep() if asked else verdict

    def _compare(self, row: Candidate, sources: dict[str, str]) -> Verdict:
        for field, text in sources.items():
            if text and row.output.strip() == text.strip():
                return self.reject(f"the response is a copy of the {field}", 1.0, self.max_overlap)
        if row.template or len(words(row.output)) < self.min_words:
            return self.keep()
        verdict = self._overlap(row, sources)
        return self.keep() if not verdict.keep and _EDIT.search(row.instruction) else verdict

    def _overlap(self, row: Candidate, sources: dict[str, str]) -> Verdict:
        score, field = max((rouge_l(row.output, text), field) for field, text in sources.items())
        if self.max_overlap is not None and score > self.max_overlap:
            reason = f"the response repeats the {field}: ROUGE-L {score:.3f}, at most {self.max_overlap:g} is allowed"
            return self.reject(reason, score, self.max_overlap)
        question = normalised(row.instruction)
        if self.start and len(words(question)) >= self.min_words and normalised(row.output).startswith(question):
            return self.reject("the response begins with the whole instruction", score, self.max_overlap)
        return self.keep(score, self.max_overlap)
