"""Filter `agreement`: the answers to one instruction contradict each other."""

from iftgen.filters.base import Filter
from iftgen.filters.text import content_f1
from iftgen.types import Candidate, Verdict


class Agreement(Filter):
    """The chosen answer says what the other sampled answers say (self-consistency).

    Score: the mean F1 of content words between the answer and the other samples, its own sample (the one most like it)
    left out; a score `agreement` that is there already, such as the share of programs with equal outputs, is used as it
    is. A row with fewer than two samples is kept. Opt-in: judges only tasks that name it under `verify`.

    threshold: an answer with a lower mean is rejected; 0.4 suits short answers, long free text needs about 0.15.
    """

    name = "agreement"
    opt_in = True

    def __init__(self, *, threshold: float = 0.4) -> None:
        self.require(0 <= threshold <= 1, "threshold", threshold, "a number from 0 to 1")
        self.threshold = threshold

    def check(self, row: Candidate) -> Verdict:
        """Compare the response with the other samples."""
        score = row.scores.get("agreement", self._mean(row))
        if score is None or score >= self.threshold:
            return self.keep(score, self.threshold)
        bound = f"at least {self.threshold:g} is asked for"
        reason = f"the sampled answers disagree: {score:.2f} in common with the chosen one, {bound}"
        return self.reject(reason, score, self.threshold)

    def _mean(self, row: Candidate) -> float | None:
        if len(row.samples) < 2:
            return None
        likeness = sorted(content_f1(row.output, sample) for sample in row.samples)[:-1]
        return sum(likeness) / len(likeness)
