"""Filter `relevance`: a response that has nothing to do with its instruction."""

import re
from collections.abc import Sequence
from typing import cast

from iftgen.filters.base import Embedder, Filter, Send
from iftgen.filters.embedded_texts import cosine, whole_text
from iftgen.filters.text import STOP_WORDS, count_words, words
from iftgen.types import Candidate, Stage, Verdict

# So many first words and characters tell the language.
READ, LOOKED = 200, 1000
# A text is foreign where so large a share of its letters is beyond ASCII, or of its words are these, and more than are
# English ones.
BEYOND, PLAIN_WORDS = 0.2, 0.05
_FOREIGN = """
der die das und ist nicht ein eine den dem mit auf für von zu sich le la les des du et est une dans pour que qui sur au
el los las del por con una para se es como lo il di che per non sono della gli nel o os as em do da um não na no het een
van dat op te met zijn och att det som en av på är til og er på ikke yang dan untuk dengan ini itu ve bir bu için w i z
nie jest si a v je že ja on ei și în este ca az és hogy va và của là"""
_FOREIGN_WORDS = frozenset(_FOREIGN.split()) - STOP_WORDS

# The share of marks from which on a text is code.
MARKED = 0.05
_MARKS = re.compile(r"[{}()\[\]<>=;|_+*/\\^]")
# Pieces whose subject the writer chooses.
_FREE = re.compile(
    r"\b(?:stor(?:y|ies)|tales?|fables?|jokes?|puns?|riddles?|poems?|poetry|haikus?|limericks?|verses?|rhymes?|lyrics?|"
    r"songs?|raps?|sentences?|phrases?|paragraphs?|quotes?|quotations?|sayings?|captions?|headlines?|titles?|names?|"
    r"slogans?|taglines?|tweets?|posts?|messages?|texts?|letters?|e-?mails?|speech(?:es)?|monologues?|dialogues?|"
    r"conversations?|scenes?|plots?|scripts?|characters?|problems?|puzzles?|questions?|quiz(?:zes)?|facts?|examples?|"
    r"ideas?|concepts?|metaphors?|similes?|analog(?:y|ies)|words?|adverts?|advertisements?|ads?|opinions?|essays?|"
    r"reviews?|diary|journal|instructions|something|anything)\b",
    re.IGNORECASE,
)
# What a term says is answered in other words than those of the question.
_MEANING = re.compile(
    r"\b(?:what|how) (?:do|does|did|is|would|could) [^?\n]{1,60}? (?:mean|stand for|called|spelled|abbreviated)\b"
    r"|\b(?:meaning|definition|define|stands? for|abbreviation|acronym|synonyms?|antonyms?|opposite|plural|spell\w*|"
    r"translat\w+|past tense)\b[^?\n]{0,60}[\"“”'‘’`]\S",
    re.IGNORECASE,
)
_TERM = re.compile(r"\"([^\"\n]{1,40})\"|“([^”\n]{1,40})”|`([^`\n]{1,40})`|(?<!\w)['‘]([^'’\n]{1,40})['’](?!\w)")


class Relevance(Filter):
    """The response is about what the instruction asks: the cosine of their vectors is not near zero.

    The instruction alone, instruction and input, and in a conversation the last question are each compared with the
    response, and the highest cosine counts. What is right but off the point is not found: a false fact is as near as a
    true one. Score: that cosine; responses that are not judged have none.

    min_similarity: a response with a lower cosine is rejected; higher rejects more.
    free_similarity: the same for code, and where the instruction asks for a piece whose subject it leaves open: a joke,
        a story, an example.
    min_words: shorter responses are kept: "Yes", a label or a number is near to nothing.
    english: keep what is plainly in another language, which a small embedder does not know; false judges everything,
        for an embedder of many languages.
    """

    name = "relevance"
    costly = True
    uses_embedder = True

    def __init__(
        self, *, min_similarity: float = 0.2, free_similarity: float = 0.1, min_words: int = 6, english: bool = True
    ) -> None:
        for key, value in {"min_similarity": min_similarity, "free_similarity": free_similarity}.items():
            self.require(-1 <= value <= 1, key, value, "a number from -1 to 1")
        self.require(min_words >= 1, "min_words", min_words, "a whole number of 1 or more")
        self.min_similarity = min_similarity
        self.free_similarity = free_similarity
        self.min_words = min_words
        self.english = english

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        """Embed the questions and the response."""
        if self._judged(row):
            await self._embedder.prepare([*_questions(row), row.output])

    def check(self, row: Candidate) -> Verdict:
        """Compare the response with what was asked."""
        if not self._judged(row):
            return self.keep()
        answer = self._embedder.of(row.output)
        score = max(cosine(self._embedder.of(text), answer) for text in _questions(row))
        asked = row.instruction[:LOOKED]
        free = _FREE.search(asked) is not None or _is_code(row.output) or _speaks_of_term(asked, row.output)
        bound = min(self.free_similarity, self.min_similarity) if free else self.min_similarity
        if score >= bound:
            return self.keep(score, bound)
        said = f"cosine {score:.3f}, at least {bound:g} is wanted"
        reason = f"the response {_quoted(row.output)} has nothing to do with the instruction: {said}"
        return self.reject(reason, score, bound)

    @property
    def _embedder(self) -> Embedder:
        return cast(Embedder, self.embedder)  # a run without one is refused

    def _judged(self, row: Candidate) -> bool:
        """Tell whether the cosine of this row says anything."""
        questions = _questions(row)
        if _MEANING.search(row.instruction[:LOOKED]):
            return False
        if not questions or count_words(row.output) < self.min_words:
            return False
        return not self.english or not (_is_foreign(row.output) or all(map(_is_foreign, questions)))


def _questions(row: Candidate) -> Sequence[str]:
    """Return what the response may answer, each once."""
    asked = [str(turn.get("content", "")) for turn in row.messages or () if turn.get("role") == "user"]
    return list(dict.fromkeys(text for text in (row.instruction, whole_text(row), *asked[-1:]) if text.strip()))


def _speaks_of_term(asked: str, said: str) -> bool:
    """Tell whether the response is about what stands in quotes in the question."""
    terms = (next(filter(None, found)).lower() for found in _TERM.findall(asked))
    lowered = said[:LOOKED].lower()
    return any(term in lowered for term in terms)


def _is_code(text: str) -> bool:
    start = text[:LOOKED]
    return len(_MARKS.findall(start)) >= MARKED * max(len(start), 1)


def _is_foreign(text: str) -> bool:
    """Tell whether a text is plainly in another language than English; code, names and numbers are in none."""
    start = text[:LOOKED]
    letters = sum(map(str.isalpha, start))
    if not start.isascii() and sum(ch.isalpha() for ch in start if ch > "\x7f") > BEYOND * letters:
        return True
    found = words(text)[:READ]
    foreign = sum(word in _FOREIGN_WORDS for word in found)
    return foreign > PLAIN_WORDS * len(found) and foreign > sum(word in STOP_WORDS for word in found)


def _quoted(text: str) -> str:
    shown = " ".join(text[:200].split())
    return f'"{shown[:57]}..."' if len(shown) > 60 else f'"{shown}"'
