"""Filter `refusal`: the response declines, apologises or talks about being a model."""

import re
from collections.abc import Sequence

from iftgen.filters.base import Filter
from iftgen.filters.text import without_code
from iftgen.types import Candidate, Verdict

_CANNOT = (
    r"(?:ca ?n(?:no|['’])t|can ?not|am (?:not able|unable|not (?:allowed|permitted)) to|won['’]?t|will not|must decline"
    r" to)"
)
_SERVE = (
    r"(?:assist|help (?:you )?with (?:that|this|your|the request)|provide|fulfil+|comply|answer|respond|generate|"
    r"create|complete|engage|support|offer|process|access|browse|open|view|see|display|discuss|do that|give you)"
)
_LEAD = r"(?:i(?:['’]?m| am) (?:(?:very|so|really|truly) )?sorry|sorry|i apologi[sz]e|(?:my )?apologies|unfortunately)"
_AI = r"(?:ai|artificial intelligence|(?:large )?language model|text-based (?:ai|model|assistant))"
_PERSON = r"(?:engineer|researcher|developer|expert|specialist|student|company|enthusiast|startup|safety|ethic|product)"
# What only a model says: wrong wherever it stands outside quotes.
_STRONG = re.compile(
    rf"\bas an? {_AI}\b(?! {_PERSON})"
    r"|\bi(?:['’]m| am) (?:just |only )?an? (?:ai(?: language)? (?:model|assistant)|(?:large )?language model)\b"
    r"|\bmy training data|\bmy knowledge cut-?off|\bopenai['’]s (?:content|usage) polic",
    re.I,
)
_START = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_LEAD}[,.;:!]?(?: but| however,?| as)?,? i (?:{_CANNOT}|do not|don['’]t) (?:\w+ ){{0,2}}?"
        rf"(?:{_SERVE}|feel comfortable|have (?:access|the ability))",
        rf"i(?:['’]m| am)? ?{_CANNOT} (?:\w+ ){{0,2}}?"
        r"(?:assist|help (?:you )?with|fulfil+|comply|provide|generate|answer)",
        rf"i(?:['’]m| am) (?:unable|not able) to (?:\w+ )?{_SERVE}",
        r"i(?:['’]?m| am) sorry(?:,? (?:but|for (?:any|the) (?:confusion|inconvenience|misunderstanding)))",
        r"(?:my )?apologies for|i apologi[sz]e for (?:any|the) (?:confusion|mistake|error|misunderstanding)",
        r"it(?: is|['’]s) (?:not appropriate|inappropriate|unethical) (?:for me )?to\b",
        r"(?:please provide|could you (?:please )?(?:provide|share|clarify)|i need more (?:context|information))",
    )
)
# Texts that may well begin so: the refusal is what was asked for.
_ASKED = re.compile(
    r"apolog|sorry|refus|declin|reject|turn(?:ing|s)? down|cancel|unable|can(?:no|['’])t|excuse|regret|customer", re.I
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|‘[^’]*’|`[^`]*`")


class Refusal(Filter):
    """The response does what is asked instead of refusing, apologising or asking back.

    Refusals count at the beginning of the response only, and not where the instruction is about declining or being
    sorry; phrases that only a model uses ("as an AI language model") count anywhere outside quotes and code. English.

    opening: look for refusals at the beginning of the response.
    anywhere: look for the phrases of a model in the whole response.
    patterns: further regular expressions that must not match anywhere in the response (case is ignored).
    """

    name = "refusal"

    def __init__(self, *, opening: bool = True, anywhere: bool = True, patterns: Sequence[str] = ()) -> None:
        self.opening = opening
        self.anywhere = anywhere
        self.patterns = [self._compiled(pattern) for pattern in patterns]

    def check(self, row: Candidate) -> Verdict:
        """Look for refusals."""
        text = _QUOTED.sub(" ", without_code(row.output)).strip()
        found = self._opening(row, text) or self._anywhere(row, text)
        return self.reject(f"the response refuses or talks about being a model: {found!r}") if found else self.keep()

    def _opening(self, row: Candidate, text: str) -> str:
        found = next((hit[0] for pattern in _START if (hit := pattern.match(text))), "") if self.opening else ""
        return "" if found and _ASKED.search(f"{row.instruction} {row.input}") else found

    def _anywhere(self, row: Candidate, text: str) -> str:
        found = next((hit[0] for pattern in self.patterns if (hit := pattern.search(text))), "")
        strong = _STRONG.search(text) if self.anywhere and not found else None
        return strong[0] if strong and not _STRONG.search(row.instruction) else found

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.I)
        except re.error as error:
            self.require(False, "patterns", pattern, f"a regular expression ({error})")
            raise
