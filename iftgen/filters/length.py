"""Filter `length`: too few or too many words."""

from iftgen.filters.base import Filter
from iftgen.filters.text import count_words, plural
from iftgen.types import Candidate, Stage, Verdict


class Length(Filter):
    """Instruction and response have a sensible number of words.

    Words are counted between white space; Chinese and Japanese by their letters, two a word, Thai, Lao, Khmer and
    Burmese four a word. Self-Instruct keeps instructions of 4 to 150 words. Score: the number of words.

    min_instruction_words: an instruction with fewer words is rejected before its response is paid for (null: no bound).
    max_instruction_words: so is one with more.
    min_response_words: a response with fewer words is rejected; 1 only rejects empty ones.
    max_response_words: so is one with more.
    """

    name = "length"

    def __init__(
        self,
        *,
        min_instruction_words: int | None = 3,
        max_instruction_words: int | None = 500,
        min_response_words: int | None = 1,
        max_response_words: int | None = 2000,
    ) -> None:
        self.instruction = (min_instruction_words, max_instruction_words)
        self.response = (min_response_words, max_response_words)
        for part, (low, high) in (("instruction", self.instruction), ("response", self.response)):
            self.require(low is None or low >= 0, f"min_{part}_words", low, "0 or more, or null")
            fits = high is None or high >= (low or 0)
            self.require(fits, f"max_{part}_words", high, f"at least min_{part}_words, or null")

    def check_instruction(self, row: Candidate) -> Verdict:
        """Count the words of the instruction."""
        return self._judge(row.instruction, *self.instruction, "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Count the words of the response."""
        return self._judge(row.output, *self.response, "response")

    def _judge(self, text: str, low: int | None, high: int | None, stage: Stage) -> Verdict:
        count = count_words(text)
        has = f"the {stage} has {plural(count, 'word')}" if count else f"the {stage} is empty"
        if low is not None and count < low:
            return self.reject(f"{has}, at least {low} are asked for", count, low, stage=stage)
        if high is not None and count > high:
            return self.reject(f"{has}, at most {high} are allowed", count, high, stage=stage)
        return self.keep(count, low, stage=stage)
