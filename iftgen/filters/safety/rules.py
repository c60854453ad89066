"""The rules for harmful requests and statements, read from `rules.txt`, and the signs of jailbreaks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from iftgen.filters.loading import loading
from iftgen.filters.safety.frames import ASK, ASK_ABOUT, AVOIDED, FICTION, GIVEN_TEXT, HELP, LABELLED, is_game
from iftgen.filters.safety.grammar import entries, expand
from iftgen.filters.safety.lookup import Lookup
from iftgen.filters.safety.needs import Need, needs, starts
from iftgen.filters.text import words

_HERE = Path(__file__).parent
SEVERITIES = ("low", "medium", "high")
# So much of a sentence before the harmful words may hold the request.
_BEFORE = 240
_AROUND = 160
_QUOTES = str.maketrans("‘’“”`", "''\"\"'")
_SECRET = re.compile(r"\b(?:without|not|n't|avoid|never|escape) (?:being|getting|get|be) (?:\w+ )?$", re.I)
# Not to be found out belongs to the deed; it is no prevention.
_HIDING = re.compile(
    r"\b(?:avoid|evad|escap|without|circumvent|bypass|not|never)\w*(?: (?:being|getting|get|be|any|leaving|"
    r"raising|arousing))*"
    r" (?:detect\w*|law enforcement|arrest\w*|caught|suspicion|a trace|traces?|traced|notice\w*|the police|"
    r"police|punish\w*|"
    r"responsib\w+|legal consequences|evidence|capture|(?:the )?authorities|security|anyone (?:knowing|noticing)|"
    r"(?:their|his|her|user|the user's|your|my) (?:\w+ )?(?:knowledge|consent|permission|knowing)|consent|"
    r"permission)\b",
    re.I,
)
_SENTENCE = re.compile(r"[.?!\n](?=\s|$)")
# Categories where a made-up frame does not make instructions harmless.
_REAL = ("weapons", "drugs", "cyber", "minors", "sexual", "hate", "misinformation", "extremism")
# Categories where the statement itself does harm; in others a response may describe what must not be asked for.
_STATED = ("violence", "self_harm", "minors", "sexual", "hate")
_NO_GAME = ("minors", "sexual", "hate", "extremism")
JAILBREAK_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something harmful that was found in a text."""

    category: str
    severity: int
    found: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `rules.txt`."""

    category: str
    severity: int
    frame: str
    template: str
    unless: str
    starts: Need
    needs: tuple[Need, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern; compiled when first needed, as most are not."""
        return _regex(rf"\b(?:{self.template})")

    @property
    def excuse(self) -> re.Pattern[str]:
        """The pattern of what makes the words harmless."""
        return _regex(self.unless)

    def findings(self, text: str, places: Iterable[int], response: bool = False) -> Iterator[Finding]:
        """Yield what the rule finds in a text at the places where it may begin."""
        for place in places:
            hit = self.pattern.match(text, place)
            if hit and self.counts(text, hit, response):
                yield Finding(self.category, self.severity, hit[0].strip())

    def counts(self, text: str, hit: re.Match[str], response: bool = False) -> bool:
        """Tell whether the words are asked for, and not made harmless by what stands around them."""
        before = _sentence_start(text, hit.start())
        before = before if self.frame == "secret" else _HIDING.sub(" ", before)
        around = f"{before}{hit[0]}{_HIDING.sub(' ', text[hit.end() : hit.end() + _AROUND])}"
        return self._asked(before, response) and not (self.unless and self.excuse.search(around))

    def _asked(self, before: str, response: bool) -> bool:
        if self.frame == "any" and not (response and self.category not in _STATED):
            return True
        if self.frame == "told":
            return response and not AVOIDED.search(before)
        if self.frame == "secret":
            return not response and bool(_SECRET.search(before)) and bool(ASK.search(before))
        frame = HELP if response else ASK_ABOUT if self.frame == "ask_about" else ASK
        return bool(frame.search(before)) and not AVOIDED.search(before)


def find(text: str, plain: str, tokens: Sequence[str], response: bool = False, asked: str = "") -> Iterator[Finding]:
    """Yield what the rules find in a text (`plain`: the same, folded; `tokens`: its words), the gravest first.

    `response`: the text is not asked for harm but to be searched for help with it; `asked` is what it answers, folded.
    """
    due = candidates(plain, tokens)
    found = [(rule, finding) for rule, places in due for finding in rule.findings(plain, places, response)]
    if not found:
        return
    request = asked or plain
    game = is_game(text)
    made_up = bool(FICTION.search(plain) or FICTION.search(request) or GIVEN_TEXT.search(request))
    labelled = bool(LABELLED.search(request))
    for rule, finding in found:
        harmless = (game and rule.category not in _NO_GAME) or (made_up and rule.category not in _REAL)
        if not harmless and not (labelled and rule.frame == "any" and rule.category != "minors"):
            yield finding


def candidates(plain: str, tokens: Sequence[str]) -> list[tuple[Rule, list[int]]]:
    """Return the rules whose needed words a text has, in their order, with the places where they may begin."""
    every = rules()
    return [(every[number], places) for number, places in _lookup().places(plain, tokens).items()]


def folded(text: str) -> str:
    """Return a text in lower case with straight quotes, as the rules want it."""
    return text.lower().translate(_QUOTES)


def spoken(text: str, plain: str) -> Sequence[str]:
    """Return the words of a folded text; those of the text itself, which other filters ask for too, where they are."""
    return words(text if text.isascii() else plain)


def warm() -> None:
    """Read the rules, and sort them by their words."""
    _lookup()


def jailbreak(plain: str, tokens: Sequence[str]) -> Finding | None:
    """Return the signs of a jailbreak where they weigh enough."""
    if _jailbreak_words().isdisjoint(tokens):
        return None
    total, signs = 0, []
    for weight, pattern in _jailbreak_signs():
        if hit := pattern.search(plain):
            total += weight
            signs.append((weight, " ".join(hit[0].split())[:60]))
    if total < JAILBREAK_LIMIT:
        return None
    return Finding("jailbreak", 3, "; ".join(sign for _, sign in sorted(signs, key=lambda one: -one[0])[:2]))


@cache
def rules() -> tuple[Rule, ...]:
    """Read the rules, the gravest first."""
    lines = [line for line in (_HERE / "rules.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    return tuple(sorted(map(_rule, lines), key=lambda rule: -rule.severity))


@cache
@loading()
def _lookup() -> Lookup:
    return Lookup([rule.starts for rule in rules()], [rule.needs for rule in rules()])


@cache
@loading()
def _regex(template: str) -> re.Pattern[str]:
    return re.compile(expand(template), re.I)


def _rule(line: str) -> Rule:
    category, severity, frame, pattern, *unless = (part.strip() for part in line.split(" :: "))
    first = starts(pattern)
    if first is None:
        raise ValueError(f"rules.txt: it cannot be told how a match begins: {pattern}")
    return Rule(
        category,
        1 + SEVERITIES.index(severity),
        frame,
        pattern,
        unless[0] if unless else "",
        first,
        needs(pattern),
    )


@cache
def _jailbreak_words() -> frozenset[str]:
    """A jailbreak has one of these words; the signs are looked for only then."""
    return frozenset(entries("jailbreak"))


@cache
@loading()
def _jailbreak_signs() -> tuple[tuple[int, re.Pattern[str]], ...]:
    lines = [line for line in (_HERE / "jailbreak.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    return tuple((int(weight), re.compile(pattern, re.I)) for weight, pattern in (line.split(" :: ") for line in lines))


def _sentence_start(text: str, end: int) -> str:
    """Return the sentence up to a place in the text."""
    before = text[max(0, end - _BEFORE) : end]
    ends = [hit.end() for hit in _SENTENCE.finditer(before)]
    return before[ends[-1] :].lstrip() if ends else before
