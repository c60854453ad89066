"""Filter `profanity`: swear words and slurs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from iftgen.filters.base import Filter
from iftgen.filters.text import plural, without_code, words
from iftgen.types import Candidate, Stage, Verdict

_HERE = Path(__file__).parent
SEVERITIES = ("mild", "strong")
_SUFFIXES = ("", "s", "ed", "er", "ers", "ing", "in", "ings")
_ASS = frozenset({"ass", "asses"})
_LEET = str.maketrans("013457@$!|€", "oieastasiie")
# A word with digits or signs for letters: it has a letter and one of them.
_DISGUISED = re.compile(r"(?<![\w@$*#%.-])(?=[^\s]{0,19}[a-z])[a-z@$0-9!*#|€]{1,20}(?![\w@$*#%]|[.,/:]\w)", re.I)
_SIGN = re.compile(r"[a-z][@$*#|€013457!]{1,6}[a-z]|[@$][a-z*@$]{0,20}[a-z]|[a-z][*]{1,6}(?!\w)", re.I)
# What a text must have for one of these; each is far cheaper to look for.
_MAYBE_SIGN = re.compile(r"[@$*#|€013457!](?:[@$*#|€013457!]{0,5}[a-z]|(?<=[a-z][*]))", re.I)
_MAYBE_STRETCHED = re.compile(r"([a-z])\1\1")
_MAYBE_SPELT = re.compile(r"[ .*_-][a-z][ .*_-]{1,3}[a-z][ .*_-]", re.I)
_STARS = re.compile(r"[fsc][*]{3}|b[*]{4}|f[*]{2,3}(?:ing|er|ed)")
_SPELT = re.compile(r"(?<![\w.-])(?:[a-z](?: {1,3}|[.*_-])){3,11}[a-z](?!\w|[.-]\w)", re.I)
# "a$$" ends in no letter; where "$$" stands elsewhere too, it is a formula.
_DOLLARS = re.compile(r"(?<![\w$@])(?:[a-z]{0,10}[a@])\$\$(?:es?)?(?![\w$])")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|`[^`\n]{1,400}`")
# Where bad language is the subject, its words are mentioned, not used.
_ABOUT = re.compile(
    r"\b(?:profan\w*|swear(?:ing)?[- ]?(?:words?|filter)?|curse words?|cuss\w*|obscen\w*|vulgar\w*|slurs?|bad words?|"
    r"(?:offensive|foul|abusive|inappropriate|rude|toxic) (?:language|words?|comments?|content|text)|censor\w*|"
    r"hate speech|moderat(?:e|ion|or)\w*|etymolog\w*|toxicity|expletives?|insults?)\b",
    re.I,
)
# Plain meanings of words that are also bad ones.
_PLAIN = (
    (frozenset({"bitch", "bitches"}), re.compile(r"\b(?:dogs?|pupp(?:y|ies)|breed(?:er|ing)?|litter|kennel|"
    r"canine|whelp\w*)\b", re.I)),
    (frozenset({"tit", "tits"}), re.compile(r"\b(?:birds?|blue tits?|great tits?|coal tit|nest\w*|songbird|"
    r"tit for tat)\b", re.I)),
    (frozenset({"git"}), re.compile(r"\b(?:commit|branch|repo\w*|version|code|github|software|clone|merge|push|"
    r"install)\b|^(?!.*you git)", re.I | re.S)),
    (frozenset({"prick", "pricks"}), re.compile(r"\b(?:finger|needle|skin|fork|pin|ears?|dough|potato\w*|"
    r"thorns?|holes?)\b", re.I)),
    (frozenset({"retard", "retarded"}), re.compile(r"\b(?:flame|fire|growth|ignition|timing|spoil\w*|motion|"
    r"potential)\b", re.I)),
    (frozenset({"bastard", "bastards"}), re.compile(r"\b(?:king|throne|noble\w*|illegitimate|duke|history|sword|"
    r"saffron|snow)\b", re.I)),
    (frozenset({"hoes"}), re.compile(r"\b(?:garden\w*|tools?|farm\w*|rakes?|soil|shovels?)\b", re.I)),
    (
        # words of other languages that are harmless in an English text
        frozenset(["kut", "lul", "dupa", "mist", "pisser", "puto", "culo", "troia", "hure", "puta",
                    "arse", "piss", "verga", "eikel", "palle", "coons"]),
        re.compile(r"\b(?:the|and|is|of)\b", re.I),
    ),
)  # fmt: skip


class Profanity(Filter):
    """The row is free of swear words and slurs, plain, disguised ("sh1t", "f**k") or stretched.

    Whole words of lists of our own: English above all, the usual ones of nine more languages. Names and words that only
    look alike pass (Scunthorpe, cocktail, Dick Cheney, assess), and so do rows whose instruction is about bad language.
    Score: how many were found.

    min_severity: mild (damn, crap) or strong: the least that counts.
    max_hits: so many are allowed in a text.
    words: further words and phrases that count.
    allow: words and phrases that do not count.
    quoted: true counts words inside quotation marks and inline code too.
    """

    name = "profanity"

    def __init__(
        self,
        *,
        min_severity: Literal["mild", "strong"] = "mild",
        max_hits: int = 0,
        words: Sequence[str] = (),
        allow: Sequence[str] = (),
        quoted: bool = False,
    ) -> None:
        self.require(min_severity in SEVERITIES, "min_severity", min_severity, "mild or strong")
        self.require(max_hits >= 0, "max_hits", max_hits, "a whole number from 0")
        self.max_hits = max_hits
        self.quoted = quoted
        allowed = {_folded(word) for word in allow}
        named = {word: rank for word, rank in _lexicon().items() if rank >= SEVERITIES.index(min_severity)}
        named |= {_folded(word): 1 for word in words}
        self.phrases = frozenset(word for word in named if " " in word) - allowed
        self.words = frozenset(word for word in named if " " not in word) - allowed
        self._strong_words = _strong() & self.words
        self._by_head: dict[str, list[str]] = {}
        for phrase in sorted(self.phrases):
            self._by_head.setdefault(phrase.split()[0], []).append(phrase)
        self._heads = frozenset(self._by_head)

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge instruction and input."""
        return self._judge(row, "instruction", row.instruction, row.input)

    def check(self, row: Candidate) -> Verdict:
        """Judge the response."""
        return self._judge(row, "response", row.output)

    def _judge(self, row: Candidate, stage: Stage, *texts: str) -> Verdict:
        found = [hit for text in texts if text for hit in self._hits(text)]
        if len(found) <= self.max_hits or _ABOUT.search(row.instruction):
            return self.keep(0 if len(found) > self.max_hits else len(found), self.max_hits, stage)
        told = ", ".join(repr(word) for word in dict.fromkeys(found[:3]))
        reason = f"the {stage} has {plural(len(found), 'bad word')}: {told}"
        return self.reject(reason, len(found), self.max_hits, stage=stage)

    def _hits(self, text: str) -> list[str]:
        """Return the bad words of a text; quoted text and code are looked at only where something was found."""
        if not any(self._bad(text)):
            return []
        text = text if self.quoted else _QUOTED.sub(" ", without_code(text))
        return [word for word in self._bad(text) if not _is_plain(word, text)]

    def _bad(self, text: str) -> Iterator[str]:
        spoken = words(text)
        if not self.words.isdisjoint(spoken):
            yield from (word for word in spoken if word in self.words)
        if not self._heads.isdisjoint(spoken):
            yield from self._phrases(spoken)
        lower = text.lower()
        if _is_disguised(lower):
            yield from self._disguised(lower)

    def _phrases(self, spoken: Sequence[str]) -> Iterator[str]:
        line = f" {' '.join(spoken)} "
        heads = sorted(self._heads.intersection(spoken))
        yield from (phrase for head in heads for phrase in self._by_head[head] if f" {phrase} " in line)

    def _disguised(self, lower: str) -> Iterator[str]:
        plain = [hit[0] for hit in _DISGUISED.finditer(lower) if _SIGN.search(hit[0])]
        for token in plain:
            if self._matches(token):
                yield token
        for hit in _STRETCHED.finditer(lower):
            word = _word_around(lower, hit.start())
            if word not in self.words and any(_STRETCHED.sub(by, word) in self.words for by in (r"\1", r"\1\1")):
                yield word
        spelt = (hit[0] for hit in _SPELT.finditer(lower))
        yield from (word for word in spelt if self._spells(re.sub(r"[^a-z]", "", word)))
        if "$$" in lower and "$$" not in _DOLLARS.sub("", lower):
            dollars = (hit[0] for hit in _DOLLARS.finditer(lower))
            yield from (word for word in dollars if self._is_meant(word.translate(_LEET)))

    def _spells(self, letters: str) -> bool:
        """Tell whether letters that stand apart spell a word; "I" or "a" may stand before it, "u" behind it."""
        return any(
            word in self.words for word in (letters, letters[letters[:1] in ("i", "a") :], letters.removesuffix("u"))
        )

    def _is_meant(self, word: str) -> bool:
        """Tell whether a word is "ass", which only counts in phrases otherwise, or one of the words."""
        return word in self.words or (
            any(phrase.endswith((" ass", " asses")) for phrase in self.phrases) and word in _ASS
        )

    def _matches(self, token: str) -> bool:
        """Tell whether a token with signs for letters is one of the words."""
        token = token.rstrip("!")
        if token.translate(_LEET) in self.words and not token.isalpha() and sum(map(str.isalpha, token)) >= 2:
            return True
        if _STARS.fullmatch(token):
            return bool(self._strong_words)
        letters = sum(map(str.isalpha, token))
        if not set("*#") & set(token) or letters < 2 or not token[0].isalpha() or len(token) < 4:
            return False
        shape = re.compile("".join("[a-z]" if ch in "*#" else re.escape(ch) for ch in token.translate(_LEET)))
        return any(shape.fullmatch(word) for word in self._strong_words)


def _is_disguised(lower: str) -> bool:
    """Tell whether a text may hold a word with signs for letters, a stretched or a spelt one."""
    return bool(
        (_MAYBE_SIGN.search(lower) and _SIGN.search(lower))
        or _MAYBE_STRETCHED.search(lower)
        or "a$$" in lower
        or "@$$" in lower
        or (_MAYBE_SPELT.search(lower) and _SPELT.search(lower))
    )


def _is_plain(word: str, text: str) -> bool:
    return any(word in names and pattern.search(text) for names, pattern in _PLAIN)


def _word_around(text: str, place: int) -> str:
    start = place
    while start and text[start - 1].isalpha() and place - start < 20:
        start -= 1
    hit = re.compile(r"[a-z]{1,60}").match(text, start)
    return hit[0] if hit else ""


def _folded(word: str) -> str:
    return " ".join(words(word))


@cache
def _strong() -> frozenset[str]:
    return frozenset(word for word, rank in _lexicon().items() if rank and word.isascii())


@cache
def _lexicon() -> Mapping[str, int]:
    """Read the word lists: each form with the rank of its severity."""
    found: dict[str, int] = {}
    for line in (_HERE / "words.txt").read_text("utf-8").splitlines():
        severity, _, entries = line.partition(":")
        if not line.startswith("#") and entries:
            found |= {
                form: SEVERITIES.index(severity) for entry in entries.split(",") for form in _forms(entry.strip())
            }
    return found


def _forms(entry: str) -> list[str]:
    return [_folded(entry[:-1] + suffix) for suffix in _SUFFIXES] if entry.endswith("+") else [_folded(entry)]
