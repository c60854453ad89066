"""Filter `ifd`: a response that its instruction does not make likelier."""

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Literal

from iftgen.filters.base import Filter, Send
from iftgen.filters.text import count_words
from iftgen.types import Candidate, Message, Request, Role, Stage, Verdict

Template = Literal["auto", "chatml", "alpaca", "plain"]
# How each role speaks in a prompt, and what comes right before the reply.
TURNS: Mapping[str, Mapping[str, str]] = {
    "chatml": {
        "other": "<|im_start|>{role}\n{content}<|im_end|>\n",
        "opening": "<|im_start|>assistant\n",
    },
    "alpaca": {
        "other": "{content}\n\n",
        "user": "### Instruction:\n{content}\n\n",
        "assistant": "### Response:\n{content}\n\n",
        "opening": "### Response:\n",
    },
    "plain": {
        "other": "{content}\n\n",
        "user": "Question: {content}\n",
        "assistant": "Answer: {content}\n\n",
        "opening": "Answer:",
    },
}
NOTHING: tuple[Message, ...] = ({"role": "user", "content": ""},)
_CHUNK = re.compile(r"\S+")
# No language needs more letters for a word on average; text without spaces is cut by them.
_LETTERS_A_WORD = 12
# exp() of more is no number that a person wants to read.
_MOST = 20.0


class Ifd(Filter):
    """The instruction makes the response likelier than it is on its own (Li et al. 2023).

    Score: IFD, the perplexity of the response after the instruction by its perplexity after an empty one, as in
    Superfiltering (Li et al. 2024, arXiv:2402.00530); the first paper (Li et al. 2023, arXiv:2308.12032) divides the
    losses, which is above 1 for the same rows. From 1 on the response does not follow from the instruction; near 0 it
    is told by the instruction and teaches little. It finds responses that belong to another instruction; it
    sees no errors of fact. Needs a backend that scores a given text: embedded, vllm, or a llama.cpp server. A row is
    kept without a score where the response is too short, or does not fit into the context with its instruction.

    max: a response with a higher IFD is rejected (null: off).
    min: a response with a lower IFD is rejected (null: off).
    min_words: a response with fewer words is not judged, as chance rules the ratio.
    max_words: only as many words of the response are scored; the time grows with them.
    template: how the model sees the instruction; auto: by the chat template of its own, else chatml, alpaca or plain.
    role: whose backend scores: instruction, response or judge.
    """

    name = "ifd"
    costly = True
    features = frozenset({"score"})

    def __init__(
        self,
        *,
        max: float | None = 1.0,
        min: float | None = None,
        min_words: int = 3,
        max_words: int = 40,
        template: Template = "auto",
        role: Role = "judge",
    ) -> None:
        self.require(max is None or 0 < max < math.inf, "max", max, "a number above 0, such as 1, or null")
        self.require(min is None or 0 <= min < (max or math.inf), "min", min, "a number from 0 to below max, or null")
        self.require(min_words >= 1, "min_words", min_words, "a whole number of 1 or more")
        self.require(max_words >= min_words, "max_words", max_words, "a whole number, at least min_words")
        self.max, self.min = max, min
        self.min_words, self.max_words = min_words, max_words
        self.template: Template = template
        self.role: Role = role

    async def ask(self, row: Candidate, stage: Stage, send: Send) -> None:
        """Have the response scored after the instruction and after an empty one."""
        text = self._scored(row.output)
        if stage != "response" or not text:
            return
        asked = (self._request(turns, text) for turns in (_turns(row), NOTHING))
        replies = await asyncio.gather(*map(send, asked))
        for key, reply in zip(self._keys, replies, strict=True):
            if reply.logprob is not None:
                row.evidence[key] = reply.logprob

    def check(self, row: Candidate) -> Verdict:
        """Compare the two perplexities."""
        after, alone = (row.evidence.get(key, math.nan) for key in self._keys)
        if not math.isfinite(after - alone):
            return self.keep()
        ifd = _exp(alone - after)
        told = f"IFD {ifd:.2f}: perplexity {_exp(-after):.3g} with the instruction, {_exp(-alone):.3g} without"
        if self.max is not None and ifd > self.max:
            return self.reject(f"the response does not follow from the instruction ({told})", ifd, self.max)
        if self.min is not None and ifd < self.min:
            return self.reject(f"the instruction gives the response away ({told})", ifd, self.min)
        return self.keep(ifd, self.min if self.max is None else self.max)

    @property
    def _keys(self) -> tuple[str, str]:
        return f"{self.label}.after", f"{self.label}.alone"

    def _scored(self, output: str) -> str:
        """Return what is scored of a response, "" where it is too short."""
        start = output.strip()[: self.max_words * _LETTERS_A_WORD]
        last = next(islice(_CHUNK.finditer(start), self.max_words - 1, None), None)
        text = start[: last.end()] if last else start
        return text if count_words(text) >= self.min_words else ""

    def _request(self, turns: Sequence[Message], text: str) -> Request:
        if self.template == "auto":
            return Request(role=self.role, messages=tuple(turns), score=text)
        own = TURNS[self.template]
        # Not by str.format: the texts may hold braces.
        said = (
            own.get(turn["role"], own["other"]).replace("{role}", turn["role"]).replace("{content}", turn["content"])
            for turn in turns
        )
        lead = " " if own["opening"].endswith(":") else ""
        return Request(role=self.role, prompt="".join(said) + own["opening"], score=lead + text)


def _turns(row: Candidate) -> tuple[Message, ...]:
    """Return the conversation up to the response."""
    question = f"{row.instruction}\n\n{row.input}" if row.input else row.instruction
    said = row.messages or [{"role": "user", "content": question}]
    turns = [{"role": turn.get("role") or "user", "content": turn.get("content") or ""} for turn in said]
    if len(turns) > 1 and turns[-1]["role"] == "assistant":
        turns.pop()
    if row.system and turns[0]["role"] != "system":
        turns.insert(0, {"role": "system", "content": row.system})
    return tuple(turns)


def _exp(exponent: float) -> float:
    return math.exp(min(_MOST, max(-_MOST, exponent)))
