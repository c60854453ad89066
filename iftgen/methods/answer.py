"""The response step: one reply of a chat model, or the best of several continuations of a small one.

A task's `answer` tells how small models are asked:

    prompt: response          the template (completion/NAME.j2)
    samples: 4                answers asked for at once, the k-th at `temperature` + k * `step`
    choose: medoid            first | medoid (most like the others) | logprob | execution (same results when run) |
                              tests (passes those of its topic)
    tests: {topic: [f(2) == 4]}   what a function must fulfil; `f` stands for its name
    keep: first_sentence      all | first_line | first_sentence | code
    grammar: list             exactly as many numbered lines as the instruction names
    mentions: {topic: regex}  what an answer about the topic must say; other samples are not used
    repeats: false            an answer that says a content word twice, as circular ones do, is not used
    shots: 6                  seeds of the task that are shown; and max_tokens, stop, top_p, min_p, repeat_penalty
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iftgen.errors import DataError, choices
from iftgen.methods.base import Desk
from iftgen.methods.choosers import likeliest, medoid
from iftgen.methods.code import assertions, bare_code, best_program, complete_function, fenced, first_that_passes
from iftgen.methods.grammars import count_in, numbered_list
from iftgen.methods.words import said_twice, sentences
from iftgen.types import Candidate, Pair, Reply

KEYS = (
    "prompt", "samples", "choose", "keep", "grammar", "shots", "max_tokens", "stop", "temperature", "step", "top_p",
    "min_p", "repeat_penalty", "labels", "header", "repeats", "tests", "mentions",
)  # fmt: skip
CHOICES = ("first", "medoid", "logprob", "execution", "tests")
SENT = ("max_tokens", "stop", "top_p", "min_p", "repeat_penalty")
DEFAULTS: dict[str, Any] = {
    "prompt": "response",
    "samples": 1,
    "choose": "first",
    "keep": "all",
    "grammar": None,
    "repeats": True,
    "shots": 6,
    "max_tokens": 200,
    "stop": ["\nQuestion:", "\n\n\n"],
    "temperature": 0.3,
    "step": 0.1,
    "top_p": 0.9,
    "min_p": 0.1,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer after it was cut to what is kept."""

    text: str
    reply: Reply


class Answer:
    """Asks for the response of a row and fills it in."""

    def __init__(self, *, samples: int | None = None, choose: str | None = None) -> None:
        """Both overrule the task's `answer`; None leaves it alone."""
        if choose is not None and choose not in CHOICES:
            raise DataError(f"method.choose is {choose!r}.{choices(choose, CHOICES)}")
        self.samples, self.choose = samples, choose

    async def fill(self, row: Candidate, desk: Desk) -> None:
        """Set output, scores, alternatives, samples, log-probability and finish reason; or a problem."""
        chat = desk.roles["response"].style == "chat"
        spec = self.spec(desk.task.answer, chat)
        replies = await (_chats if chat else _completions)(row, desk, spec)
        samples = [Sample(KEEP[spec["keep"]](reply.text), reply) for reply in replies]
        row.samples = [sample.text for sample in samples]
        row.system = row.system or str(desk.behavior.get("system") or "")
        problems = [_objection(sample.text, spec, desk.draw.topic) for sample in samples]
        usable = [sample for sample, problem in zip(samples, problems, strict=True) if not problem]
        if not usable:
            row.output, row.problem, row.problem_filter = samples[0].text, problems[0], "answer"
            return
        await _choose(row, usable, str(spec["choose"]), desk)

    def spec(self, answer: Mapping[str, Any], chat: bool) -> dict[str, Any]:
        """Return a task's `answer` with the defaults filled in; raises DataError for what is wrong in it."""
        wrong = [key for key in answer if key not in KEYS]
        if wrong:
            raise DataError(f"answer has an unknown key {wrong[0]!r}.{choices(wrong[0], KEYS)}")
        spec = dict(DEFAULTS) if chat else {**DEFAULTS, **answer}
        own = {"samples": self.samples, "choose": self.choose}
        spec |= {key: value for key, value in own.items() if value is not None}
        if spec["keep"] not in KEEP or spec["choose"] not in CHOICES:
            raise DataError(f"answer: keep is one of {', '.join(KEEP)}; choose is one of {', '.join(CHOICES)}.")
        return spec


def _objection(text: str, spec: Mapping[str, Any], topic: str) -> str:
    """Return why an answer is not used, or ""."""
    if not text:
        return "the reply of the model is empty"
    if not spec["repeats"] and (word := said_twice(text)):
        return f"the response says {word!r} twice"
    wanted = (spec.get("mentions") or {}).get(topic)
    if wanted and not re.search(str(wanted), text, re.I):
        return f"the response does not say what one about {topic!r} should"
    return ""


def keep_first_sentence(text: str) -> str:
    """Return the first sentence of the first line."""
    line = keep_first_line(text)
    return sentences(line)[0] if line else ""


def keep_first_line(text: str) -> str:
    """Return the first line that is not empty."""
    return text.strip().split("\n", 1)[0].strip()


def _keep_code(text: str) -> str:
    return complete_function(text)


KEEP: dict[str, Callable[[str], str]] = {
    "all": str.strip,
    "first_line": keep_first_line,
    "first_sentence": keep_first_sentence,
    "code": _keep_code,
}


async def _chats(row: Candidate, desk: Desk, spec: Mapping[str, Any]) -> list[Reply]:
    names = {"instruction": row.instruction, "input": row.input}
    asked = (
        desk.ask("response", "response", names, _purpose(row, desk), attempt=k, logprobs=True)
        for k in range(int(spec["samples"]))
    )
    # All are waited for, so that the row's bill does not depend on which of them failed first.
    replies = await asyncio.gather(*asked, return_exceptions=True)
    for reply in replies:
        if isinstance(reply, BaseException):
            raise reply
    return [reply for reply in replies if isinstance(reply, Reply)]


async def _completions(row: Candidate, desk: Desk, spec: Mapping[str, Any]) -> list[Reply]:
    """Ask one after another: a local server then has the long prompt in its cache."""
    return [await _ask_completion(row, desk, spec, k) for k in range(int(spec["samples"]))]


async def _ask_completion(row: Candidate, desk: Desk, spec: Mapping[str, Any], k: int) -> Reply:
    names = {
        "instruction": row.instruction,
        "input": row.input,
        "answer": dict(desk.task.answer),
        "shots": _shots(desk, int(spec["shots"])),
        "bare_code": bare_code,
    }
    sampling = {key: spec[key] for key in SENT if key in spec}
    sampling["temperature"] = round(float(spec["temperature"]) + k * float(spec["step"]), 4)
    if spec["grammar"] == "list" and (count := count_in(row.instruction)):
        sampling["grammar"] = numbered_list(count)
    return await desk.ask(
        "response", str(spec["prompt"]), names, _purpose(row, desk), sampling=sampling, attempt=k, logprobs=True
    )


def _shots(desk: Desk, count: int) -> list[Pair]:
    """Seeds only: a small model's own answers would teach it its mistakes. The task's own come first."""
    seeds = [shot for shot in desk.draw.shots if shot.origin == "seed"]
    own = [shot for shot in seeds if shot.task == desk.draw.task]
    return (own or seeds)[:count]


async def _choose(row: Candidate, samples: list[Sample], how: str, desk: Desk) -> None:
    texts = [sample.text for sample in samples]
    index = 0
    if how == "medoid":
        index, row.scores["agreement"] = medoid(texts)
    elif how == "logprob":
        index = likeliest([sample.reply.logprob for sample in samples])
    elif how == "execution":
        index, row.scores["agreement"], problem = await best_program(row.instruction, texts)
        if problem:
            row.problem, row.problem_filter = problem, "answer"
        texts = [fenced(text) for text in texts]
    elif how == "tests":
        tests = (desk.task.answer.get("tests") or {}).get(desk.draw.topic) or ()
        index, problem = await first_that_passes(texts, tests)
        row.tests = None if problem else assertions(texts[index], tests)
        if problem:
            row.problem, row.problem_filter = problem, "answer"
        texts = [fenced(text) for text in texts]
    best = samples[index]
    row.output = texts[index]
    if how != "tests":
        row.alternatives = list(dict.fromkeys(text for text in texts if text != texts[index]))
    row.response_logprob = best.reply.logprob
    cut = best.text != best.reply.text.strip()
    row.finish_reason = "stop" if cut and best.reply.finish_reason == "length" else best.reply.finish_reason


def _purpose(row: Candidate, desk: Desk) -> str:
    return f"response/{row.index - desk.draw.index}"
