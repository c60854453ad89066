"""Filter `safety`: requests for harm, harmful statements, attempts to lift a model's rules."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from iftgen.errors import ConfigError
from iftgen.filters.base import Filter
from iftgen.filters.safety.declined import declined, takes_back
from iftgen.filters.safety.rules import SEVERITIES, Finding, find, folded, jailbreak, spoken, warm
from iftgen.types import Candidate, Verdict

CATEGORIES = (
    "violence",
    "self_harm",
    "weapons",
    "drugs",
    "crime",
    "cyber",
    "minors",
    "sexual",
    "hate",
    "extremism",
    "harassment",
    "privacy",
    "misinformation",
    "jailbreak",
)
# A longer text is searched in its first and its last part, so that no row can hold up a run.
_LONG = 40_000
_OWN = "own list"


class Safety(Filter):
    """The row asks for no harm and does none: violence, weapons, drugs, crime, hate, jailbreaks, ...

    Rules, no model: a request (how to, help me, write) for a harmful deed done to a person or with an illicit thing.
    Look-alikes pass: other targets ("kill a process"), games, novels, definitions, history, prevention (the contrasts
    of XSTest, Röttger et al. 2023). A response that declines or warns is not unsafe. English only; a request in
    guarded words is not seen. Score: the severity, 0 (nothing) to 3 (high).

    categories: what is looked for, all where null: violence, self_harm, weapons, drugs, crime, cyber, minors, sexual,
        hate, extremism, harassment, privacy, misinformation, jailbreak.
    min_severity: low, medium or high: the least that is rejected.
    words: your own words and phrases that no row may hold, as whole words whatever their case.
    words_file: a text file of such words, one a line; lines that begin with # are comments.
    patterns: your own regular expressions that no row may match (case is ignored).
    allow: regular expressions; a finding in a text that one of them matches is passed over.
    instruction: judge instruction and input, before the response is paid for.
    response: judge the response.
    declined: keep or reject rows whose unsafe request the response, where it is known already, declines or denies; they
        teach a model what to decline. (`refusal` rejects them too unless it is left out.)
    """

    name = "safety"

    def __init__(
        self,
        *,
        categories: Sequence[str] | None = None,
        min_severity: Literal["low", "medium", "high"] = "low",
        words: Sequence[str] = (),
        words_file: str | None = None,
        patterns: Sequence[str] = (),
        allow: Sequence[str] = (),
        instruction: bool = True,
        response: bool = True,
        declined: Literal["keep", "reject"] = "keep",
    ) -> None:
        self.require(declined in ("keep", "reject"), "declined", declined, "keep or reject")
        self.require(min_severity in SEVERITIES, "min_severity", min_severity, "low, medium or high")
        for one in categories or ():
            self.require(one in CATEGORIES, "categories", one, f"null or some of {', '.join(CATEGORIES)}")
        self.categories = frozenset(CATEGORIES if categories is None else categories)
        self.threshold = 1 + SEVERITIES.index(min_severity)
        own = [*words, *(self._listed(words_file) if words_file else ())]
        alternatives = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in own if word.strip()]
        self.own = [self._compiled("patterns", pattern) for pattern in (*alternatives, *patterns)]
        self.allow = [self._compiled("allow", pattern) for pattern in allow]
        self.instruction = instruction
        self.response = response
        self.declined = declined

    def warm(self) -> None:
        """Read the rules."""
        warm()

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge what is asked, and the system prompt."""
        found = self._asked(row) if self.instruction else None
        if found and self.declined == "keep" and found.category != _OWN and declined(row, found.category):
            found = None
        return self._verdict(found, "instruction", "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the response: harmful statements, and help with harm where it neither declines nor warns."""
        found = self._answered(row) if self.response else None
        return self._verdict(found, "response", "response")

    def _asked(self, row: Candidate) -> Finding | None:
        text = _cut(_asked_text(row))
        plain = folded(text)
        return self._gravest(text, self._found(text, plain))

    def _found(self, text: str, plain: str) -> Iterator[Finding]:
        yield from self._listed_words(text)
        tokens = spoken(text, plain)
        yield from find(text, plain, tokens)
        if "jailbreak" in self.categories and (found := jailbreak(plain, tokens)):
            yield found

    def _answered(self, row: Candidate) -> Finding | None:
        text = _cut(_answer_text(row))
        plain = folded(text)
        said = find(text, plain, spoken(text, plain), response=True, asked=folded(_cut(_asked_text(row))))
        found = self._gravest(text, [*self._listed_words(text), *said])
        if found is None and not self.instruction:
            asked = self._asked(row)
            found = asked and Finding(asked.category, asked.severity, f"help with {asked.found}")
        return None if found and found.category != _OWN and takes_back(plain, found.category) else found

    def _gravest(self, text: str, findings: Sequence[Finding] | Iterator[Finding]) -> Finding | None:
        wanted = [one for one in findings if one.category in self.categories or one.category == _OWN]
        if not wanted or any(pattern.search(text) for pattern in self.allow):
            return None
        return max(wanted, key=lambda one: one.severity)

    def _listed_words(self, text: str) -> Iterator[Finding]:
        hits = (pattern.search(text) for pattern in self.own)
        yield from (Finding(_OWN, len(SEVERITIES), hit[0]) for hit in hits if hit)

    def _verdict(self, found: Finding | None, stage: Literal["instruction", "response"], what: str) -> Verdict:
        if found is None or found.severity < self.threshold:
            return self.keep(found.severity if found else 0, self.threshold, stage)
        kind = f"{found.category.replace('_', ' ')}, severity {SEVERITIES[found.severity - 1]}"
        return self.reject(
            f"the {what} is unsafe ({kind}): {found.found[:80]!r}", found.severity, self.threshold, stage=stage
        )

    def _listed(self, path: str) -> list[str]:
        try:
            lines = Path(path).expanduser().read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"filters.{self.label}.words_file: {path} cannot be read ({error}). Give a UTF-8 text file."
            ) from None
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]

    def _compiled(self, key: str, pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.I)
        except re.error as error:
            self.require(False, key, pattern, f"a regular expression ({error})")
            raise


def _asked_text(row: Candidate) -> str:
    """Return all that is asked: the system prompt, the turns of the user, else instruction and input."""
    if row.messages:
        return "\n".join(one.get("content", "") for one in row.messages if one.get("role") != "assistant")
    return "\n".join(part for part in (row.system, row.instruction, row.input) if part)


def _answer_text(row: Candidate) -> str:
    """Return the response, with the earlier replies of a conversation."""
    if len(row.messages) > 3:
        return "\n".join(one.get("content", "") for one in row.messages if one.get("role") == "assistant")
    return row.output


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG // 2]}\n{text[-_LONG // 2 :]}"
