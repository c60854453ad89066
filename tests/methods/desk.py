"""A desk with a scripted model, for the tests of the methods."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from iftgen.methods.base import Desk, RoleSpec, stable_hash
from iftgen.prompts import Prompts
from iftgen.taxonomy import Task, Taxonomy, load_taxonomy
from iftgen.types import ROLES, Draw, Pair, Reply, Request, Role, Style

CONF = Path(__file__).parents[2] / "conf"
FEATURES = frozenset({"seed", "logprobs", "grammar", "score"})
Say = Callable[[Request], str | Reply]


def starter() -> Taxonomy:
    """Return the starter taxonomy."""
    return load_taxonomy(CONF / "taxonomy" / "starter.tasks.yml")


def make_task(name: str = "lab/task", **kwargs: Any) -> Task:
    """Return a task with a description."""
    return Task(name=name, description=kwargs.pop("description", "Do something."), **kwargs)


def make_draw(task: Task, n: int = 0, count: int = 1, index: int = 0, shots: tuple[Pair, ...] = ()) -> Draw:
    """Return the n-th draw of a task, with topics in turn."""
    topic = task.topics[n % len(task.topics)] if task.topics else ""
    key = stable_hash(0, task.name, n)
    return Draw(task.name, n, key, index, count, 0, task.method or "self_instruct", {}, topic, shots)


class Model:
    """Answers with what `say` returns, and keeps the requests."""

    def __init__(self, say: Say | str) -> None:
        """A string is the answer to everything; `score` requests get -1."""
        self.say: Say = (lambda request: say) if isinstance(say, str) else say
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Reply:
        """Answer one request."""
        self.requests.append(request)
        if request.score is not None:
            return Reply(request.score, logprob=-1.0)
        answer = self.say(request)
        return answer if isinstance(answer, Reply) else Reply(answer, logprob=-0.5)


def make_desk(
    task: Task, draw: Draw, model: Model, style: Style = "completion", behavior: Mapping[str, Any] | None = None
) -> Desk:
    """Return a desk for one draw."""
    roles: dict[Role, RoleSpec] = {role: RoleSpec(role, "m", style, features=FEATURES) for role in ROLES}
    return Desk(draw, task, Prompts((CONF / "prompt",)), roles, model.send, behavior or {})


def without(desk: Desk, *features: str) -> Desk:
    """Return the desk with a server that cannot do some things."""
    roles = {name: replace(spec, features=spec.features - set(features)) for name, spec in desk.roles.items()}
    return replace(desk, roles=roles)
