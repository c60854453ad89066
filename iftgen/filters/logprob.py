"""Filter `logprob`: text that its own model found unlikely."""

from iftgen.filters.base import Filter
from iftgen.types import Candidate, Stage, Verdict


class Logprob(Filter):
    """The model was sure enough of the instruction and of the response.

    The score is the mean natural log-probability of a token as the model sampled it: 0 is certain, -1.3 is 27 %.
    A row is kept where the backend gives no log-probabilities.

    min_instruction: an instruction with a lower mean is rejected before its response is paid for (null: off).
    min_response: a response with a lower mean is rejected (null: off).
    """

    name = "logprob"

    def __init__(self, *, min_instruction: float | None = -1.35, min_response: float | None = -1.3) -> None:
        self.require(min_instruction is None or min_instruction <= 0, "min_instruction", min_instruction, "0 or less")
        self.require(min_response is None or min_response <= 0, "min_response", min_response, "0 or less")
        self.min_instruction = min_instruction
        self.min_response = min_response

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge the log-probability of the instruction."""
        return self._judge(row.instruction_logprob, self.min_instruction, "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the log-probability of the response."""
        return self._judge(row.response_logprob, self.min_response, "response")

    def _judge(self, score: float | None, bound: float | None, stage: Stage) -> Verdict:
        if score is None or bound is None or score >= bound:
            return self.keep(score, bound, stage=stage)
        wanted = f"at least {bound:g} is asked for"
        reason = f"the model was unsure of the {stage}: mean log-probability {score:.2f}, {wanted}"
        return self.reject(reason, score, bound, stage=stage)
