"""Auto: the method that each task of the taxonomy names, else a default one."""

from typing import Any

from iftgen.methods.base import Desk, Method
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Style


class Auto:
    """Looks up the method of each task; keeps one instance of each method."""

    name = "auto"

    def __init__(self, *, default: str = "self_instruct", **kwargs: Any) -> None:
        """`default` serves the tasks that name no method; `kwargs` go to the methods that take them."""
        self.default = default
        self.kwargs = kwargs
        self._made: dict[str, Method] = {}
        self.named(default)

    def chosen(self, task: Task) -> str:
        """Return the name of the task's method."""
        return task.method or self.default

    def named(self, name: str) -> Method:
        """Return the method of that name, made with those of the arguments that it takes."""
        if name not in self._made:
            from iftgen.methods import make_method, parameters_of

            fit = {key: value for key, value in self.kwargs.items() if key in parameters_of(name)}
            self._made[name] = make_method(name, **fit)
        return self._made[name]

    def size(self, task: Task, style: Style) -> int:
        """Ask the task's method."""
        return self.named(self.chosen(task)).size(task, style)

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Let the task's method propose."""
        return await self.named(self.chosen(desk.task)).propose(draw, desk)

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Let the task's method respond."""
        await self.named(self.chosen(desk.task)).respond(row, draw, desk)
