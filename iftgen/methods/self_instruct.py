"""Self-Instruct (Wang et al. 2023): new instructions in the manner of seeds and of instructions accepted before."""

from collections.abc import Sequence

from iftgen.methods.answer import Answer
from iftgen.methods.base import Desk, blank_candidates
from iftgen.methods.replies import read_proposals
from iftgen.methods.words import article_of
from iftgen.prompts import render_text
from iftgen.taxonomy import Task
from iftgen.types import Candidate, Draw, Pair, Style

WISH = {"temperature": 0.7, "top_p": 0.95, "min_p": 0.1, "max_tokens": 40, "stop": ["\n"]}


class SelfInstruct:
    """Few-shot from the draw's examples; chat models write several at once, base models one."""

    name = "self_instruct"
    template = "self_instruct"
    few_shot = True

    def __init__(self, *, per_call: int = 5, samples: int | None = None, choose: str | None = None) -> None:
        """`per_call` instructions are asked for in one chat; `samples` and `choose` overrule the task's `answer`."""
        self.per_call = per_call
        self.answer = Answer(samples=samples, choose=choose)

    def size(self, task: Task, style: Style) -> int:
        """`per_call` in a chat, one in a completion."""
        return self.per_call if style == "chat" else 1

    async def propose(self, draw: Draw, desk: Desk) -> list[Candidate]:
        """Ask for the instructions of the draw."""
        rows = blank_candidates(draw)
        shots = draw.shots if self.few_shot else ()
        for row in rows:
            row.parents = [shot.id for shot in shots]
        if desk.roles["instruction"].style == "chat":
            await self._chat(rows, shots, desk)
        else:
            await self._complete(rows, shots, desk)
        return rows

    async def respond(self, row: Candidate, draw: Draw, desk: Desk) -> None:
        """Ask for the response."""
        await self.answer.fill(row, desk)

    async def _chat(self, rows: list[Candidate], shots: Sequence[Pair], desk: Desk) -> None:
        reply = await desk.ask("instruction", self.template, {"examples": shots}, "instruction", logprobs=True)
        found = read_proposals(reply.text)
        for row, item in zip(rows, found, strict=False):
            row.instruction, row.input = item.instruction, item.input
        cut = ", and was cut at the token limit" if reply.finish_reason == "length" else ""
        for row in rows[len(found) :]:
            row.problem = f"the reply held {len(found)} of {len(rows)} instructions{cut}"
            row.samples = [reply.text]

    async def _complete(self, rows: list[Candidate], shots: Sequence[Pair], desk: Desk) -> None:
        """Fill each row from the continuation of worked examples, perhaps with forced first words."""
        recipe = desk.task.recipe
        sampling = {**WISH, **(recipe.get("sampling") or {})}
        for attempt, row in enumerate(rows):
            opening = str(desk.rng("opening", attempt).choice(recipe.get("openings") or [""]))
            opening = render_text(opening, {"topic": desk.draw.topic, "a": article_of(desk.draw.topic)})
            names = {"shots": _distinct(shots), "opening": opening, "subject": subject}
            reply = await desk.ask(
                "instruction", self.template, names, "instruction", sampling=sampling, attempt=attempt, logprobs=True
            )
            text = f"{opening}{reply.text}".strip()
            row.instruction = text[:1].upper() + text[1:]
            row.instruction_logprob, row.samples = reply.logprob, []
            if not reply.text.strip():
                row.problem = "the reply is empty"
            elif reply.finish_reason == "length":
                row.problem = "the instruction was cut at the token limit"


def subject(task: str) -> str:
    """Return the last part of a task's name in plain words, for a task without topics."""
    return task.rsplit("/", 1)[-1].replace("_", " ")


def _distinct(shots: Sequence[Pair]) -> list[Pair]:
    """Leave out examples whose input would be missing from a one-line example."""
    return [shot for shot in shots if not shot.input] or list(shots)
