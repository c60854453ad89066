"""Filter `refusal`: the response declines, wholly or in part, apologises or talks about being a model."""

import re
from collections.abc import Sequence
from typing import Literal

from iftgen.filters.base import Filter
from iftgen.filters.refusal.judge import NONE, Finding, judged
from iftgen.filters.refusal.spoken import spoken
from iftgen.filters.turns import turns
from iftgen.types import Candidate, Verdict

_SAID = 100  # characters of a response that a reason quotes


class Refusal(Filter):
    """The response does what is asked instead of refusing, apologising or asking back.

    A response refuses in full, in part, or not at all, as in XSTest (Röttger et al., 2023). In part: something is
    declined and the rest answered, or the model speaks of its limits before it answers. A mere warning beside the whole
    answer is no refusal, nor are words of regret that the instruction asked for: a letter, a role, a translation.
    English, and the usual openings in German, French, Spanish, Italian, Portuguese, Chinese and Japanese.
    Score: 1 for a refusal in full, 0.5 for one in part.

    opening: look for refusals, apologies and questions back at the beginning of the response.
    anywhere: look in the whole response for what only a model says ("as an AI", "I cannot provide you with ...").
    partial: reject or keep responses that refuse in part; they teach a model to hedge, so that they are rejected.
    patterns: further regular expressions that must not match anywhere in the response (case is ignored).
    """

    name = "refusal"

    def __init__(
        self,
        *,
        opening: bool = True,
        anywhere: bool = True,
        partial: Literal["reject", "keep"] = "reject",
        patterns: Sequence[str] = (),
    ) -> None:
        self.opening = opening
        self.anywhere = anywhere
        self.partial = partial
        self.patterns = [self._compiled(pattern) for pattern in patterns]
        self._threshold = 0.5 if partial == "reject" else 1.0

    def check(self, row: Candidate) -> Verdict:
        """Look for refusals in each turn of the model."""
        best = NONE
        for asked, said in turns(row):
            if self.patterns and (found := self._own(said)):
                return self.reject(f"the response has what `patterns` forbids: {found!r}")
            finding = judged(asked, said, self.opening, self.anywhere)
            best = max(best, finding, key=lambda one: one.score)
        return self._verdict(best) if best.score else self.keep()

    def _verdict(self, finding: Finding) -> Verdict:
        if finding.score < self._threshold:
            return self.keep(finding.score, self._threshold)
        said = finding.said if len(finding.said) <= _SAID else f"{finding.said[:_SAID].rstrip()} ..."
        return self.reject(f"the response {finding.does}: {said!r}", finding.score, self._threshold)

    def _own(self, output: str) -> str:
        text = spoken(output)
        return next((hit[0] for pattern in self.patterns if (hit := pattern.search(text))), "")

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.I)
        except re.error as error:
            self.require(False, "patterns", pattern, f"a regular expression ({error})")
            raise
