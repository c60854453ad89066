"""Values that the parts of iftgen pass to each other; no behaviour beyond derived fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["instruction", "response", "judge", "embedder"]
Stage = Literal["instruction", "response"]
Style = Literal["chat", "completion"]
Message = dict[str, str]

# The roles that write; the embedder has a section of its own.
ROLES: tuple[Role, ...] = ("instruction", "response", "judge")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a call, as the server counted them; `reasoning_tokens` are part of `completion_tokens`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Sum two usages."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a backend: `messages` (chat), `prompt` (plain completion) or `embed`, never two of them.

    `sampling` holds what is sent beside the text: temperature, top_p, max_tokens, stop, seed, response_format,
    and whatever else the server takes (min_p, grammar, ...); a value of None is not sent.
    `score` asks for the mean log-probability of that text as the continuation of `prompt`, or as the reply to
    `messages`, instead of a new text.
    `embed` are texts whose vectors are wanted: the reply's text holds them (see `backends.wire.pack_vectors`).
    `attempt` counts replies asked for on purpose (a re-ask, the k-th sample), never transport retries.
    """

    role: Role
    messages: tuple[Message, ...] | None = None
    prompt: str | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)
    logprobs: bool = False
    score: str | None = None
    attempt: int = 0
    embed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a backend answered.

    `finish_reason` is `stop`, `length`, `content_filter` or what the server said.
    `logprob` is the mean natural log-probability a token of the text, None where the backend gives none.
    `reasoning` is hidden reasoning (`<think>`, `reasoning_content`), kept apart from the text.
    `cost_usd` is None where the price is unknown. `key` names the call in the store, once it is there.
    """

    text: str
    finish_reason: str = "stop"
    logprob: float | None = None
    usage: Usage = Usage()
    model: str = ""
    reasoning: str | None = None
    cost_usd: float | None = None
    key: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """An instruction with its response: a seed, or an accepted example that serves as a few-shot example."""

    id: str
    instruction: str
    output: str
    input: str = ""
    system: str = ""
    task: str = ""
    topic: str = ""
    origin: Literal["seed", "example"] = "seed"


@dataclass(frozen=True, slots=True)
class Draw:
    """The plan of one call for instructions.

    `n` counts the draws of its task, `key` is hash(seed, task, n), `index` is the first of the `count` indices that
    it fills, and `view` is the number of commits whose outcome it may see. `topic` is "" where the task has no topics.
    """

    task: str
    n: int
    key: int
    index: int
    count: int
    view: int
    method: str
    attributes: Mapping[str, str]
    topic: str
    shots: tuple[Pair, ...]


@dataclass(slots=True)
class Candidate:
    """One instruction that a draw yielded, and what became of it.

    `template` says that the wording of the instruction was chosen from a fixed list and the input carries the content:
    duplicates are then judged on instruction and input together.
    `problem` is set where the reply is of no use: the candidate is rejected as `problem_filter` with that reason.
    `samples` are all answers that were asked for, `alternatives` the unused ones that are written to the row.
    `evidence` is what the filters asked a model for; it is not written. `verdicts` are those of all filters by name,
    where the run keeps them.
    """

    index: int
    task: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    method: str = ""
    instruction: str = ""
    input: str = ""
    output: str = ""
    system: str = ""
    messages: list[Message] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    alternatives: list[str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    tests: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    topic: str = ""
    template: bool = False
    problem: str = ""
    problem_filter: str = "parse"
    finish_reason: str = ""
    instruction_logprob: float | None = None
    response_logprob: float | None = None
    samples: list[str] = field(default_factory=list)
    evidence: dict[str, float] = field(default_factory=dict)
    verdicts: "dict[str, Verdict]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one filter on one candidate.

    `score` and `threshold` are in the filter's own unit; the neighbour is set by the duplicate filters.
    """

    keep: bool
    filter: str
    stage: str
    reason: str = ""
    score: float | None = None
    threshold: float | None = None
    neighbour_id: str | None = None
    neighbour: str | None = None
