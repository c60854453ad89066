"""How a task is worded: an instruction drawn from a list so that no two rows of a task read the same.

The n-th draw of a task takes the n-th wording of an order that depends on the task only. Once all were used, and for a
share of the first uses too, the input moves into the instruction, so that the instruction as a whole is new.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iftgen.methods.base import stable_hash
from iftgen.prompts import render_text

INLINE_SHARE = 0.3
ONE_LINE: tuple[str, ...] = ('{wording}: "{input}"', "{wording}: {input}", "{text}\n\n{input}", "{text}\n\n“{input}”")
MANY_LINES: tuple[str, ...] = ("{wording}:\n\n{input}", "{text}\n\n{input}", "{wording}:\n{input}")
QUESTION: tuple[str, ...] = (
    "{text}\n\n{input}",
    "{input}\n\n{text}",
    'Text: "{input}"\n\n{text}',
    '{text}\n\n"{input}"',
)


@dataclass(frozen=True, slots=True)
class Worded:
    """A finished pair; `input` is empty where the instruction holds it."""

    instruction: str
    input: str
    output: str


def word(
    recipe: Mapping[str, Any], task: str, n: int, rng: random.Random, text: str, values: Mapping[str, Any]
) -> Worded:
    """Word the n-th draw of a task whose input is `text`; `values` are the names that its templates may use.

    An entry of `recipe.wordings` is a string, or a mapping {instruction, output} with an output of its own, else
    `recipe.output` rules, else the value `output`. An entry of `recipe.inline` names {{ input }} itself.
    """
    scope = {**values, "input": text}
    wordings = recipe["wordings"]
    entry = turn(wordings, task, n)
    spec = entry if isinstance(entry, Mapping) else {"instruction": entry}
    output = render_text(str(spec.get("output") or recipe.get("output") or "{{ output }}"), scope)
    said = render_text(str(spec["instruction"]), scope)
    if n < len(wordings) and rng.random() >= INLINE_SHARE:
        return Worded(said, text, output)
    own = recipe.get("inline") or ()
    if own and rng.random() < 0.5:
        return Worded(render_text(str(turn(own, task, n)), scope), "", output)
    return Worded(_joined(said, text, rng), "", output)


def turn(items: Sequence[Any], task: str, n: int) -> Any:
    """Return the n-th item of an endless sequence of rounds; each round is an order of its own that all rows share."""
    cycle, place = divmod(n, len(items))
    order = list(range(len(items)))
    random.Random(stable_hash(task, "wording", cycle)).shuffle(order)
    return items[order[place]]


def _joined(said: str, text: str, rng: random.Random) -> str:
    if said.endswith("?"):
        shapes = QUESTION if "\n" not in text else QUESTION[:2]
    else:
        shapes = ONE_LINE if "\n" not in text and '"' not in text else MANY_LINES
    wording = said.rstrip(".:")
    if ". " in wording or "\n" in wording:
        shapes = tuple(shape for shape in shapes if "{wording}" not in shape)
    shape = rng.choice(shapes)
    return shape.replace("{wording}", wording).replace("{text}", said).replace("{input}", text)
