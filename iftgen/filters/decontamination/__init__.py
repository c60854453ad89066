"""Filter `decontamination`: a row that shares words with a question of a benchmark, or asks it in other words."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from iftgen.filters.base import Embedder, Filter, Send
from iftgen.filters.decontamination.neighbours import Neighbours, long_enough
from iftgen.filters.decontamination.questions import Question, read_questions, without_calculations
from iftgen.filters.loading import loading
from iftgen.types import Candidate, Pair, Stage, Verdict

if TYPE_CHECKING:
    from iftgen.filters.decontamination.index import Index, Match


class Decontamination(Filter):
    """Instruction and input share no long run of words with a question of a benchmark.

    The rule is that of the overlap studies of GPT-3 (13-grams; Brown et al. 2020) and of what came after it (a share of
    8-grams). Words of all scripts are compared; case and punctuation make no difference, numbers do. Runs that stand in
    more than ten questions are a benchmark's template and say nothing. A question with fewer than `ngram` words must
    stand in the row as a whole; one with fewer than `share_ngram` must be a sentence of its own or half of the row, and
    hold three words that are no stop words, or else be the whole row. Questions with choices count as short as they
    are only together with these. Each turn of the user is judged. Score: the share, or 1 where a run is enough; with
    `similarity` the highest cosine, where the words alone are no reason.

    files: benchmarks as they were published (HumanEval, GSM8K, MT-bench, IFEval, MMLU, ...): JSONL, JSON, CSV, TSV or
        Parquet with the columns instruction, prompt, question, turns, problem, query or text, or a question a line in
        .txt; also gzipped. Without files all rows are kept.
    ngram: a row that shares so many words in a row with a question is rejected.
    share: a row is rejected where this share of its runs of words stands in one question.
    share_ngram: the length of these runs, in words.
    responses: compare the response with the benchmark's solutions too, in the same way.
    similarity: with an embedder, a question in other words is found too: a row with a higher cosine to a question is
        rejected; 0.75 suits embedder=onnx, lower finds more, and more that is only of the same kind. Null compares
        words alone.
    """

    name = "decontamination"
    stage = "instruction"

    def __init__(
        self,
        *,
        files: Sequence[str] = (),
        ngram: int = 13,
        share: float = 0.7,
        share_ngram: int = 8,
        responses: bool = False,
        similarity: float | None = None,
    ) -> None:
        self.require(ngram >= 2, "ngram", ngram, "a whole number from 2 on")
        self.require(share_ngram >= 2, "share_ngram", share_ngram, "a whole number from 2 on")
        self.require(0 < share <= 1, "share", share, "a number above 0, at most 1")
        fits = similarity is None or 0 < similarity <= 1
        self.require(fits, "similarity", similarity, "a number above 0, at most 1, or null")
        self.ngram, self.share, self.share_ngram = ngram, share, share_ngram
        self.responses, self.similarity = responses, similarity
        self._benchmarks: list[Question] = []
        digests = [self._read(Path(file).expanduser()) for file in files]
        self._digest = sha256(b"".join(digests)).hexdigest() if digests else ""
        if responses:
            vars(self)["stage"] = "response"  # the question is judged before, by check_instruction
        if similarity is not None and files:
            self.costly = self.uses_embedder = True

    def check(self, row: Candidate) -> Verdict:
        """Look for the questions, and for the solutions where that is asked for."""
        if not self._benchmarks:
            return self.keep()
        verdict = self._check_questions(row)
        return self._check_solutions(row, verdict) if self.responses and verdict.keep else verdict

    def check_instruction(self, row: Candidate) -> Verdict:
        """Look for the questions before the response is paid for, where `check` has to wait for it."""
        if not (self.responses and self._benchmarks):
            return self.keep(stage="instruction")
        return self._check_questions(row)

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        """Embed what is asked, unless its words are reason enough to reject the row."""
        if self._check_words(row).keep:
            await self._embedder.prepare([text for texts in _compared(row) for text in texts])

    def foreknown(self) -> Sequence[str]:
        """Return the questions."""
        return self._neighbours.texts if self.uses_embedder else ()

    def content_digest(self) -> str:
        """Return a digest of the bytes of all files."""
        return self._digest

    def warm(self) -> None:
        """Build the index."""
        if self._benchmarks:
            _ = self._index, self.responses and self._solved

    @loading()
    def _read(self, path: Path) -> bytes:
        questions, digest = read_questions(path)
        self._benchmarks += questions
        return digest

    @cached_property
    @loading()
    def _index(self) -> "Index":
        from iftgen.filters.decontamination.index import Index, Text

        texts = [
            Text(number, text, part)
            for number, question in enumerate(self._benchmarks)
            for part, given in ((False, question.texts), (True, question.parts))
            for text in given
        ]
        return Index(texts, self.ngram, self.share_ngram)

    @cached_property
    @loading()
    def _solved(self) -> "Index":
        from iftgen.filters.decontamination.index import Index, Text

        numbered = enumerate(self._benchmarks)
        texts = [Text(number, text, True) for number, question in numbered for text in question.solutions]
        # A short answer, such as a number, is that of many questions.
        return Index([one for one in texts if len(one.text.split()) >= self.share_ngram], self.ngram, self.share_ngram)

    @cached_property
    @loading()
    def _neighbours(self) -> Neighbours:
        return Neighbours(self._benchmarks)

    @property
    def _embedder(self) -> Embedder:
        return cast(Embedder, self.embedder)  # a run without one is refused

    def _check_questions(self, row: Candidate) -> Verdict:
        verdict = self._check_words(row)
        return self._check_meaning(row) or verdict if self.uses_embedder and verdict.keep else verdict

    def _check_words(self, row: Candidate) -> Verdict:
        best = 0.0
        for parts in _asked(row):
            match = self._index.best(parts)
            if match is not None and (match.shared or match.share >= self.share):
                return self._reject(match, "question")
            best = max(best, match.share if match else 0.0)
        return self.keep(best, self.share)

    def _check_meaning(self, row: Candidate) -> Verdict | None:
        """Look for questions in other words; None where there is nothing to compare."""
        found = [hit for texts in _compared(row) if (hit := self._neighbours.nearest(self._embedder, texts))]
        if not found or self.similarity is None:
            return None
        score, number = max(found, key=lambda hit: (hit[0], -hit[1]))
        if score <= self.similarity:
            return self.keep(score, self.similarity)
        question = self._benchmarks[number]
        said = f"cosine {score:.3f}, at most {self.similarity:g} is allowed"
        reason = f"asks for the same as a benchmark's question ({question.place}): {said}"
        return self.reject(reason, score, self.similarity, Pair(question.place, question.texts[0], ""))

    def _check_solutions(self, row: Candidate, verdict: Verdict) -> Verdict:
        match = self._solved.best([without_calculations(row.output)])
        if match is not None and (match.shared or match.share >= self.share):
            return self._reject(match, "solution")
        return self.keep(max(verdict.score or 0.0, match.share if match else 0.0), self.share)

    def _reject(self, match: "Match", what: str) -> Verdict:
        question = self._benchmarks[match.question]
        neighbour = Pair(question.place, question.texts[0], "")
        whose = f"a benchmark's {what} ({question.place})"
        if match.equal:
            return self.reject(f"equal to {whose}: {_quoted(match.shared)}", 1.0, self.share, neighbour)
        if match.shared:
            return self.reject(f"shares the words {_quoted(match.shared)} with {whose}", 1.0, self.share, neighbour)
        reason = f"{match.share:.0%} of its runs of {self.share_ngram} words stand in {whose}"
        return self.reject(f"{reason}, less than {self.share:.0%} is allowed", match.share, self.share, neighbour)


def _asked(row: Candidate) -> Iterator[Sequence[str]]:
    """Yield the parts of what is asked: instruction and input, then the further turns of the user."""
    yield (row.instruction, row.input)
    turns = [message for message in row.messages if message.get("role") == "user"]
    for turn in turns[1:]:
        yield (str(turn.get("content") or ""),)


def _compared(row: Candidate) -> Iterator[Sequence[str]]:
    """Yield the texts of each turn that may be a question: instruction and input together, and a long input alone."""
    for parts in _asked(row):
        given = [part for part in parts if part.strip()]
        if given:
            yield ["\n".join(given), *(part for part in given[1:] if long_enough(part))]


def _quoted(words: str) -> str:
    shown = words if len(words) <= 160 else f"{words[:157]}..."
    return f'"{shown}"'
