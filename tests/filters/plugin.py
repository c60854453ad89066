"""A filter as a user would write it."""

from iftgen.filters import Filter
from iftgen.types import Candidate, Verdict


class Polite(Filter):
    """The response says please."""

    name = "polite"

    def check_instruction(self, row: Candidate) -> Verdict:
        """Reject what is rude, without saying at which stage."""
        return self.reject("rude") if row.instruction == "Rude!" else self.keep()

    def check(self, row: Candidate) -> Verdict:
        """Look for the word."""
        return self.keep() if "please" in row.output else self.reject("no please")


class Broken(Filter):
    """Nothing: it raises."""

    name = "broken"

    def check(self, row: Candidate) -> Verdict:
        """Fail, as a filter with a bug does."""
        raise ValueError("a bug")
