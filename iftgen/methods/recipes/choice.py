"""Kind `choice`: the model describes the topic without naming it; the output is the topic among drawn alternatives."""

import random
import re

from iftgen.methods.base import Desk
from iftgen.methods.recipes.base import Made, Order, pick_examples, text_rules


class ChoiceRecipe:
    """Keys: `shots` [{topic, text}], `labels` [Word, Description], `options` (how many to choose from), `request`."""

    def order(self, desk: Desk) -> Order:
        """Ask for a description of the topic."""
        recipe = desk.task.recipe
        subject, target = recipe.get("labels") or ("Word", "Description")
        rng = desk.rng("options")
        others = [topic for topic in desk.task.topics if topic != desk.draw.topic]
        options = [desk.draw.topic, *rng.sample(others, min(int(recipe.get("options", 3)) - 1, len(others)))]
        rng.shuffle(options)
        return Order(
            target=target,
            given=((subject, desk.draw.topic),),
            examples=tuple(
                ((subject, str(shot["topic"])), (target, str(shot["text"])))
                for shot in pick_examples(desk, recipe["shots"])
            ),
            request=str(recipe.get("request") or "a short description"),
            rules=("It does not use the word itself.",),
            values={
                "topic": desk.draw.topic,
                "options": ", ".join(options[:-1]) + f" or {options[-1]}",
                "listed": "\n".join(f"- {option}" for option in options),
                "lettered": "\n".join(f"{letter}) {option}" for letter, option in zip("ABCDE", options, strict=False)),
                "letter": "ABCDE"[options.index(desk.draw.topic)],
                "output": desk.draw.topic[:1].upper() + desk.draw.topic[1:],
            },
        )

    async def finish(self, text: str, order: Order, desk: Desk, rng: random.Random) -> Made | str:
        """Check that the description does not give the word away."""
        if problem := text_rules(desk.task.recipe).objection(text, [lines[-1][1] for lines in order.examples]):
            return problem
        for word in str(order.values["topic"]).split():
            if re.search(rf"\b{re.escape(word[:4])}", text, re.I) and word not in ("a", "an", "the"):
                return f"the description names {word!r}"
        return Made(text, order.values)
