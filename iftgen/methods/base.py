"""What a method is, and the desk it works at.

A method makes instructions from a draw (`propose`) and gets the response for each of them (`respond`). Everything it
asks goes through its desk, which renders the prompt, adds the sampling of the role, and sends the request through the
call store. The same draw with the same replies must yield the same candidates: all randomness comes from `Desk.rng`.
"""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from iftgen.hashing import stable_hash
from iftgen.prompts import Prompts
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Pair, Reply, Request, Role, Style

__all__ = ["Desk", "Method", "Offline", "RoleSpec", "Send", "blank_candidates", "stable_hash"]

Send = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """What a method may know of the backend behind a role.

    `sampling` is the backend's own, `forced` what the user set for this role by name: it wins over a prompt's wish.
    `features` says what the server takes beside plain text: seed, logprobs, grammar, score.
    """

    role: Role
    model: str
    style: Style
    sampling: Mapping[str, Any] = field(default_factory=dict)
    forced: Mapping[str, Any] = field(default_factory=dict)
    features: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Desk:
    """A draw's place of work: its task, the prompts, the roles, and the way to the models."""

    draw: Draw
    task: Task
    prompts: Prompts
    roles: Mapping[Role, RoleSpec]
    send: Send
    behavior: Mapping[str, Any] = field(default_factory=dict)
    attribute_prompts: Mapping[str, str] = field(default_factory=dict)

    def rng(self, *purpose: object) -> random.Random:
        """Return a random generator that depends on the draw's key and the purpose only."""
        return random.Random(stable_hash(self.draw.key, *purpose))

    async def ask(
        self,
        role: Role,
        template: str,
        variables: Mapping[str, Any],
        purpose: str,
        shots: Sequence[Pair] = (),
        sampling: Mapping[str, Any] | None = None,
        attempt: int = 0,
        logprobs: bool = False,
    ) -> Reply:
        """Render `template` in the style of the role and return the reply.

        `shots` become earlier turns of the conversation where the template has a `user` block.
        `sampling` is the wish of the prompt: it wins over the backend's sampling, not over what the user forced.
        """
        spec = self.roles[role]
        text = self.prompts.render(spec.style, template, {**self.variables(), **variables}, shots)
        wish = {key: value for key, value in (sampling or {}).items() if key != "grammar" or "grammar" in spec.features}
        merged = {**spec.sampling, **wish, **spec.forced}
        if "seed" in spec.features:
            merged["seed"] = stable_hash(self.draw.key, purpose, attempt) % 2**31
        request = Request(
            role=role,
            messages=text.messages,
            prompt=text.prompt,
            sampling={key: value for key, value in sorted(merged.items()) if value is not None},
            logprobs=logprobs and "logprobs" in spec.features,
            attempt=attempt,
        )
        return await self.send(request)

    async def score(self, role: Role, prefix: str, text: str) -> float | None:
        """Return the mean log-probability of `text` after `prefix`, or None where the backend cannot tell."""
        if "score" not in self.roles[role].features:
            return None
        return (await self.send(Request(role=role, prompt=prefix, score=text))).logprob

    def variables(self) -> dict[str, Any]:
        """The names that every template may use."""
        return {
            "task": self.task,
            "description": self.task.description,
            "topic": self.draw.topic,
            "attributes": dict(self.draw.attributes),
            "wishes": dict(self.attribute_prompts),
            "behavior": dict(self.behavior),
            "count": self.draw.count,
            "recipe": dict(self.task.recipe),
        }


class Method(Protocol):
    """One way to come by instructions."""

    name: str

    def size(self, task: Task, style: Style) -> int:
        """Return how many candidates one draw of the task yields when the instruction role has this style."""
        ...

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Return exactly `draw.count` candidates; one that is missing or cannot be parsed has `problem` set."""
        ...

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Fill in the response of a candidate that passed the filters of stage `instruction`."""
        ...


@runtime_checkable
class Offline(Protocol):
    """A method that has some of its candidates without any call."""

    def given(self, draw: Draw) -> list[Candidate] | None:
        """Return the finished candidates of a draw, or None where a model has to be asked."""
        ...


def blank_candidates(draw: Draw) -> list[Candidate]:
    """Return one empty candidate for each index of the draw."""
    return [
        Candidate(
            index=draw.index + offset,
            task=draw.task,
            attributes=dict(draw.attributes),
            method=draw.method,
            topic=draw.topic,
        )
        for offset in range(draw.count)
    ]
