"""The filter `naturalness`."""

import re
from collections.abc import Sequence

from iftgen.filters.base import Filter
from iftgen.filters.naturalness.stock import stock_phrases
from iftgen.filters.text import plural, sentences, without_code, words
from iftgen.types import Candidate, Verdict

Finding = tuple[str, float, float] | None  # what is wrong, the score, the bound

_LEAST_PHRASES, _LEAST_DIFFERENT = 3, 2
# A text of fewer words counts as one of so many, or a single phrase would outweigh it.
_FEW_WORDS = 50
_LEAST_MARKS, _LEAST_EMOJIS = 5, 4
_ROW_OF_MARKS = re.compile(r"!{4,}")
_MARK = re.compile(r"(?<=[\w)\"'”’])!(?!=)")
_EMOJI = re.compile("[\u2600-\u26ff\u2728\u2764\u2b50\U0001f300-\U0001faff]")
_CLOSING = re.compile(
    r"(?:^|[.!?\n] {0,3})(in (?:conclusion|summary)|to (?:conclude|sum up|summari[sz]e)|overall),", re.I
)
_SHORT, _FEW_SENTENCES = 60, 3
# Who asks for such a text has asked for its tone too.
_LIVELY = re.compile(
    r"exclam|excit|enthusias|cheer|slogan|tagline|catch ?phrase|jingle|advert|\bads?\b|promot|greeting|birthday|"
    r"congratulat|invitation|party|caption|dialog|tweet|social media|instagram|facebook|tiktok|youtube|\bposts?\b|"
    r"headline|conversation|story|poem|song|lyrics|chant|rap\b|shout|emoji|emoticon|pirate|child|kids|marketing|!!",
    re.I,
)
_PHRASES_ASKED = re.compile(
    r"clich|stock phrase|buzzword|corporate|jargon|parody|satir|essay|formal|summar|conclu", re.I
)


class Naturalness(Filter):
    """The response reads as if a person had written it: few stock phrases, exclamations and emojis.

    The phrases ("delve into", "rich tapestry", "it is important to note that", ...) are of the kind that Kobak
    et al. (2024) found in excess since there are chat models: one says nothing, many in a short text do. English; code
    and quotations do not count. Exclamations and emojis pass where the instruction asks for a lively text.
    Score: what was found first of what is wrong, per 100 words.

    max_stock_phrases: stock phrases per 100 words; three are needed, two of them different; those that hardly
        anyone but a model writes count twice (null: off).
    short_conclusion: reject an "In conclusion," in a response of three sentences or fewer.
    max_exclamations: exclamation marks per 100 words; five are needed, or four in a row (null: off).
    max_emojis: emojis per 100 words; four are needed, ticks and crosses do not count (null: off).
    phrases: stock phrases of your own; "..." stands for up to three words, "a/b" for either, and + before it for twice.
    """

    name = "naturalness"

    def __init__(
        self,
        *,
        max_stock_phrases: float | None = 2.0,
        short_conclusion: bool = True,
        max_exclamations: float | None = 8.0,
        max_emojis: float | None = 5.0,
        phrases: Sequence[str] = (),
    ) -> None:
        bounds = {
            "max_stock_phrases": max_stock_phrases,
            "max_exclamations": max_exclamations,
            "max_emojis": max_emojis,
        }
        for key, bound in bounds.items():
            self.require(bound is None or bound >= 0, key, bound, "a number from 0 on, or null")
        for phrase in phrases:
            fits = bool(re.search(r"[^\W_]", phrase)) and not phrase.strip("+ ").startswith("...")
            self.require(
                fits and not phrase.strip().endswith("..."),
                "phrases",
                phrase,
                "a phrase that begins and ends in a word",
            )
        self.max_stock_phrases = max_stock_phrases
        self.short_conclusion = short_conclusion
        self.max_exclamations = max_exclamations
        self.max_emojis = max_emojis
        self.phrases = tuple(phrases)

    def check(self, row: Candidate) -> Verdict:
        """Judge the response."""
        tokens = words(row.output)
        found = self._lively(row, tokens) or self._conclusion(row, tokens) or self._stock(row, tokens)
        if found is None:
            return self.keep()
        reason, score, bound = found
        return self.reject(f"the response does not read as if a person wrote it: {reason}", round(score, 3), bound)

    def _stock(self, row: Candidate, tokens: Sequence[str]) -> Finding:
        known = stock_phrases(self.phrases)
        if self.max_stock_phrases is None or known.anchors.isdisjoint(tokens):
            return None
        found = known.found(row.output)
        rate = 100 * len(found) / max(len(tokens), _FEW_WORDS)
        few = len(found) < _LEAST_PHRASES or len(set(found)) < _LEAST_DIFFERENT
        if few or rate <= self.max_stock_phrases or _PHRASES_ASKED.search(row.instruction):
            return None
        quoted = ", ".join(map(repr, dict.fromkeys(found)))
        return f"stock phrases, {rate:.1f} per 100 words: {quoted}", rate, self.max_stock_phrases

    def _conclusion(self, row: Candidate, tokens: Sequence[str]) -> Finding:
        if not self.short_conclusion or len(tokens) >= _SHORT or "," not in row.output:
            return None
        hit = _CLOSING.search(row.output)
        count = len(sentences(row.output)) if hit else 0
        if hit is None or hit.start(1) == 0 or count > _FEW_SENTENCES or _PHRASES_ASKED.search(row.instruction):
            return None
        return f"{hit[1]!r} after {plural(count - 1, 'sentence')}", count, _FEW_SENTENCES + 1

    def _lively(self, row: Candidate, tokens: Sequence[str]) -> Finding:
        found = self._exclamations(row.output, tokens) or self._emojis(row.output, tokens)
        return None if found and _LIVELY.search(row.instruction) else found

    def _exclamations(self, text: str, tokens: Sequence[str]) -> Finding:
        if self.max_exclamations is None or text.count("!") < _LEAST_MARKS - 1:
            return None
        prose = without_code(text)
        row, count = _ROW_OF_MARKS.search(prose), len(_MARK.findall(prose))
        rate = 100 * count / max(len(tokens), 1)
        if row:
            return f"exclamation marks in a row: {row[0][:10]!r}", len(row[0]), 3
        if count < _LEAST_MARKS or rate <= self.max_exclamations:
            return None
        return f"{count} exclamation marks in {plural(len(tokens), 'word')}", rate, self.max_exclamations

    def _emojis(self, text: str, tokens: Sequence[str]) -> Finding:
        if self.max_emojis is None or text.isascii():
            return None
        found = _EMOJI.findall(text)
        rate = 100 * len(found) / max(len(tokens), 1)
        if len(found) < _LEAST_EMOJIS or rate <= self.max_emojis:
            return None
        return f"{len(found)} emojis in {plural(len(tokens), 'word')}", rate, self.max_emojis
