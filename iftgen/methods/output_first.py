"""Output first: the output is drawn or made before the input is written to fit, so that it is right by construction.

Wang et al. (2023, section 2.2) do so for classification tasks. What a small model cannot solve, it can often set: the
same turn serves corrections, conversions and extraction.
"""

from dataclasses import dataclass

from iftgen.methods.base import Desk, blank_candidates
from iftgen.methods.recipes import make_recipe
from iftgen.methods.recipes.base import Made, Order, clean
from iftgen.methods.recipes.wording import word
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Reply, Style

SAMPLES = 2
TRIES = 4
WISH = {"temperature": 0.6, "top_p": 0.95, "min_p": 0.1, "max_tokens": 40, "stop": ["\n"]}
LOWEST = float("-inf")


@dataclass(frozen=True, slots=True)
class Trial:
    """One text of the model, and what came of it: a pair, or an objection."""

    text: str
    reply: Reply
    result: Made | str

    def serves(self, bound: float | None) -> bool:
        """Tell whether the text passed and is likely enough."""
        logprob = self.reply.logprob
        return isinstance(self.result, Made) and (bound is None or logprob is None or logprob >= bound)

    @property
    def rank(self) -> tuple[bool, float]:
        """Texts that passed come first, the likeliest of them first."""
        return isinstance(self.result, Made), self.reply.logprob if self.reply.logprob is not None else LOWEST


class OutputFirst:
    """The output is made first, the model writes the input to fit, and code checks that it does."""

    name = "output_first"

    def __init__(self, *, samples: int | None = None) -> None:
        """`samples` is the number of usable texts that a draw chooses from; None: the recipe's `samples`, else 2."""
        self.samples = samples

    def size(self, task: Task, style: Style) -> int:
        """One candidate a draw."""
        return 1

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Draw the output, have the input written, and word the instruction."""
        row = blank_candidates(draw)[0]
        recipe = desk.task.recipe
        row.template = True
        order = make_recipe(draw.task, recipe).order(desk)
        best = await self._best(order, desk)
        row.instruction_logprob = best.reply.logprob
        row.samples = [best.text]
        if not isinstance(best.result, Made):
            row.problem, row.problem_filter = best.result, "recipe"
            return [row, *blank_candidates(draw)[1:]]
        made = best.result
        worded = word(recipe, draw.task, draw.n, desk.rng("wording"), made.input, made.values)
        row.instruction, row.input, row.output = worded.instruction, worded.input, worded.output
        row.scores.update(made.scores)
        row.finish_reason = "stop"
        return [row]

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Nothing is left to do: the output came first."""
        row.finish_reason = row.finish_reason or "stop"

    async def _best(self, order: Order, desk: Desk) -> Trial:
        """Ask for texts until `samples` of them serve, at most `tries`; return the likeliest.

        A text that the filter `logprob` would reject does not serve. One after another: the second asks the
        same prompt, which a local server then has in its cache.
        """
        recipe = desk.task.recipe
        wanted = self.samples or int(recipe.get("samples", SAMPLES))
        bound = (desk.task.verify.get("logprob") or {}).get("min_instruction")
        trials: list[Trial] = []
        for attempt in range(max(wanted, int(recipe.get("tries", TRIES)))):
            trials.append(await self._try(order, desk, attempt))
            if sum(trial.serves(bound) for trial in trials) == wanted:
                break
        return max(trials, key=lambda trial: trial.rank)

    async def _try(self, order: Order, desk: Desk, attempt: int) -> Trial:
        recipe = desk.task.recipe
        wish = {**WISH, **(recipe.get("sampling") or {})}
        if desk.roles["instruction"].style == "chat":
            wish = {key: recipe["sampling"][key] for key in ("max_tokens",) if key in (recipe.get("sampling") or {})}
        reply = await desk.ask(
            "instruction", "text", {"order": order}, "text", sampling=wish, attempt=attempt, logprobs=True
        )
        text = clean(f"{order.opening}{reply.text}")
        if reply.finish_reason == "length":
            return Trial(text, reply, "the text was cut at the token limit")
        if not reply.text.strip():
            return Trial(text, reply, "the reply is empty")
        finish = make_recipe(desk.draw.task, recipe).finish
        return Trial(text, reply, await finish(text, order, desk, desk.rng("finish", attempt)))
