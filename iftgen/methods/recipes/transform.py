"""Kind `transform`: the model writes a clean text, code makes the exercise of it."""

import random
from collections.abc import Mapping
from typing import Any

from iftgen.methods.base import Desk
from iftgen.methods.recipes.base import Made, Order, pick_examples, text_rules
from iftgen.methods.recipes.transforms import find
from iftgen.methods.words import words


class TransformRecipe:
    """Keys: `transform` (a name, or {name, ...options}), `shots` [{topic, text}], `labels`, `request`;
    `unnamed: true` rejects a text that names its own topic.
    """

    def order(self, desk: Desk) -> Order:
        """Ask for a text about the topic."""
        recipe = desk.task.recipe
        subject, target = recipe.get("labels") or ("Topic", "Sentence")
        examples = [
            ((subject, str(shot["topic"])), (target, str(shot["text"])))
            for shot in pick_examples(desk, recipe.get("shots") or ())
        ]
        openings = recipe.get("openings") or [""]
        return Order(
            target=target,
            given=((subject, desk.draw.topic or desk.task.description),),
            examples=tuple(examples),
            request=str(recipe.get("request") or "one plain sentence from everyday life"),
            opening=str(desk.rng("opening").choice(openings)),
            values={"topic": desk.draw.topic},
        )

    async def finish(self, text: str, order: Order, desk: Desk, rng: random.Random) -> Made | str:
        """Apply the transform."""
        recipe = desk.task.recipe
        shown = [lines[-1][1] for lines in order.examples]
        if problem := text_rules(recipe).objection(text, shown):
            return problem
        if recipe.get("unnamed") and (named := set(words(text)) & _forms(desk.draw.topic)):
            return f"the text names its own topic, {min(named)!r}"
        name, options = _named(recipe["transform"])
        change = find(name)(text, rng, **options)
        if change is None:
            return f"the transform {name!r} does not apply to the text"
        return Made(change.input, {**order.values, **change.values, "text": text, "output": change.output})


def _forms(topic: str) -> set[str]:
    """Return the last word of a topic, in the plural and the singular."""
    last = words(topic)[-1:]
    return {form for word in last for form in (word, word.removesuffix("s"), word.removesuffix("es"))}


def _named(spec: str | Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(spec, str):
        return spec, {}
    return str(spec["name"]), {key: value for key, value in spec.items() if key != "name"}
