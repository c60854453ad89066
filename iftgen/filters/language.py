"""Filter `language`: text in another language than the one that was drawn."""

import re
from functools import cache
from threading import Lock
from typing import Any

from iftgen.errors import choices
from iftgen.filters.base import Filter
from iftgen.filters.languages import CODES, code, relatives
from iftgen.filters.loading import loading
from iftgen.filters.text import count_words, without_code, words
from iftgen.types import Candidate, Stage, Verdict

# Characters that are looked at: more say no more about the language of a text.
MOST = 20_000
_NOT_PROSE = re.compile(r"`[^`]*`|https?://\S+|[^\s@]{1,64}@\S+")
_NOT_PROSE_MARKS = ("`", "://", "@")
_TRANSLATION = re.compile(
    r"translat|übersetz|tradu[czi]|vertaal|перев[еоё]|çevir|tłumacz|翻译|翻譯|翻訳|번역|ترجم", re.IGNORECASE
)
_LOADING = Lock()
_OWN_WORDS = """
the of and that this with what which you your how from they their are would should there where when because between
about it why who will have has had does did were been than then them these those into while each our its people using
used make my she could might whose being both"""
_SHARED_WORDS = """
is to a in for as on be by or an not can was do if but over after before some any more most other such only her he i me
one two no so at all use we his"""
_ONLY_ENGLISH = frozenset(_OWN_WORDS.split())
_ENGLISH = _ONLY_ENGLISH.union(_SHARED_WORDS.split())


class Language(Filter):
    """Instruction and response are written in the language that was drawn.

    The language is the attribute `language` of the row, else the argument. Precision comes first: a text is rejected
    only when the identifier (py3langid, 140 languages, offline) is sure of another one; short texts, code and languages
    that it cannot tell apart pass. The response may be in any language where the task or the instruction is a
    translation or names another language. Score: the probability of the wanted language; none where the function words
    show plainly that a text is English.

    language: name or code used where none was drawn (null: such rows are kept).
    min_probability: a text is rejected only if the wanted language is less probable than this,
    confidence: and another language at least this probable; lower both to reject more.
    min_words: shorter texts are kept.
    """

    name = "language"

    def __init__(
        self,
        *,
        language: str | None = "English",
        min_probability: float = 0.05,
        confidence: float = 0.9,
        min_words: int = 5,
    ) -> None:
        known = language is None or code(language) is not None
        self.require(known, "language", language, f"a name or a code, or null.{choices(str(language), CODES)}")
        self.require(0 <= min_probability <= 1, "min_probability", min_probability, "a number from 0 to 1")
        self.require(0 < confidence <= 1, "confidence", confidence, "a number above 0, at most 1")
        self.language = language
        self.min_probability = min_probability
        self.confidence = confidence
        self.min_words = min_words

    def warm(self) -> None:
        """Unpack the model of the identifier, which takes half a second."""
        _identifier()

    def check_instruction(self, row: Candidate) -> Verdict:
        """Judge the instruction, without its input."""
        return self._judge(row, row.instruction, "instruction")

    def check(self, row: Candidate) -> Verdict:
        """Judge the response unless another language is asked for."""
        verdict = self._judge(row, row.output, "response")
        if verdict.keep:
            return verdict
        wanted = code(self._wanted(row))
        named = {CODES[word] for word in re.findall(r"\w+", row.instruction.casefold()) if word in CODES}
        if "translat" in row.task or _TRANSLATION.search(row.instruction) or named - {wanted}:
            return self.keep()
        return verdict

    def _wanted(self, row: Candidate) -> str:
        return row.attributes.get("language") or self.language or ""

    def _judge(self, row: Candidate, text: str, stage: Stage) -> Verdict:
        wanted = code(self._wanted(row))
        prose = _prose(text[:MOST])
        if wanted is None or count_words(prose) < self.min_words or (wanted == "en" and _plainly_english(prose)):
            return self.keep(stage=stage)
        top, probability = _identifier().classify(prose)
        if top in relatives(wanted):
            return self.keep(round(probability, 3), self.min_probability, stage=stage)
        likely = dict(_identifier().rank(prose))
        if wanted not in likely:
            return self.keep(stage=stage)
        score, other = (round(sum(likely.get(one, 0.0) for one in relatives(each)), 3) for each in (wanted, top))
        if top == "zxx" or other < self.confidence or score >= self.min_probability:
            return self.keep(score, self.min_probability, stage=stage)
        names = {short: name.title() for name, short in reversed(CODES.items())}
        reason = f"the {stage} is in {names.get(top, top)}, but {names[wanted]} is asked for"
        return self.reject(reason, score, self.min_probability, stage=stage)


def _plainly_english(prose: str) -> bool:
    """Tell whether function words show that a text is English, which is far cheaper than to identify it.

    Two different words that no other language has, and three in ten of all words; or three such words, and two in ten.
    """
    tokens = words(prose)
    own = len(_ONLY_ENGLISH.intersection(tokens))
    return own >= 2 and sum(map(_ENGLISH.__contains__, tokens)) >= (0.3 if own == 2 else 0.2) * len(tokens)


def _prose(text: str) -> str:
    """Return a text without code and addresses."""
    text = without_code(text)
    return _NOT_PROSE.sub(" ", text) if any(map(text.__contains__, _NOT_PROSE_MARKS)) else text


def _identifier() -> Any:
    with loading(), _LOADING:
        return _load()


@cache
def _load() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
