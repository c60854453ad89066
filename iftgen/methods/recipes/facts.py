"""Kind `facts`: facts are drawn, the model writes a message that holds them, the output lists or names them."""

import random
import re

from iftgen.methods.base import Desk
from iftgen.methods.recipes.base import Made, Order, pick_examples, text_rules
from iftgen.prompts import render_text

_CAPITALISED = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z]+")
_GENERAL = frozenset({"I", "Mr", "Mrs", "Ms", "Dr"})


class FactsRecipe:
    """Keys: `slots` {name: [values]}, `shots` [{name: value, ..., text}], `labels`, `openings`, `request`, `about`."""

    def order(self, desk: Desk) -> Order:
        """Draw one value of each slot."""
        recipe, rng = desk.task.recipe, desk.rng("facts")
        drawn = {name: str(rng.choice(pool)) for name, pool in recipe["slots"].items()}
        subject, target = recipe.get("labels") or ("Facts", "Message")
        about = ((recipe["about"], desk.draw.topic),) if recipe.get("about") and desk.draw.topic else ()
        examples = [
            (
                *(((recipe["about"], str(shot["topic"])),) if about else ()),
                (subject, ", ".join(str(shot[name]) for name in drawn)),
                (target, str(shot["text"])),
            )
            for shot in pick_examples(desk, recipe["shots"])
        ]
        return Order(
            target=target,
            given=(*about, (subject, ", ".join(drawn.values()))),
            examples=tuple(examples),
            request=str(recipe.get("request") or "one short message"),
            rules=(
                *(f"It holds {value!r}, exactly once and in this form." for value in drawn.values()),
                "It names no other person, place, date or number.",
            ),
            opening=render_text(str(rng.choice(recipe.get("openings") or [""])), drawn),
            values={**drawn, "topic": desk.draw.topic},
        )

    async def finish(self, text: str, order: Order, desk: Desk, rng: random.Random) -> Made | str:
        """Check that each fact stands exactly once and that no other name or number does."""
        recipe = desk.task.recipe
        facts = {name: order.values[name] for name in recipe["slots"]}
        problem = text_rules(recipe).objection(text, [lines[-1][1] for lines in order.examples])
        if problem := problem or missing_fact(text, list(facts.values())) or stray(text, list(facts.values())):
            return problem
        lines = "\n".join(f"{name.replace('_', ' ').capitalize()}: {value}" for name, value in facts.items())
        return Made(text, {**order.values, "output": lines})


def missing_fact(text: str, facts: list[str]) -> str | None:
    """Return an objection unless each fact stands exactly once."""
    for fact in facts:
        times = len(re.findall(rf"(?<!\w){re.escape(fact)}(?!\w)", text, re.I))
        if times != 1:
            return f"the text does not hold {fact!r}" if not times else f"the text holds {fact!r} {times} times"
    return None


def stray(text: str, facts: list[str]) -> str | None:
    """Return an objection where a capitalised word or a number belongs to no fact."""
    rest = text
    for fact in facts:
        rest = re.sub(rf"(?<!\w){re.escape(fact)}(?!\w)", "x", rest, flags=re.I)
    other = [word for word in _CAPITALISED.findall(rest) if word not in _GENERAL] + re.findall(r"\d+", rest)
    return f"the text holds {other[0]!r}, which is no fact" if other else None
