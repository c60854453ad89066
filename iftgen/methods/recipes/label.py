"""Kind `label`: a label is drawn, the model writes a text to fit, the output is the label."""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iftgen.hashing import stable_hash
from iftgen.methods.base import Desk
from iftgen.methods.recipes.base import LAP, Line, Made, Order, pick_examples, text_rules
from iftgen.methods.recipes.wording import turn
from iftgen.methods.words import words


class LabelRecipe:
    """Keys: `classes` {label: {words, pattern, without, request, topics, openings}}, `shots`, `labels`, `margin`.

    A text fits a class when it holds one of its `words`, none of the other classes', matches `pattern`, and does
    not match `without`; each of these only where given. `margin`: the text must be that much likelier (mean
    log-probability) after its own label than after any other, where the backend can tell.
    """

    def order(self, desk: Desk) -> Order:
        """Draw the label; every class comes equally often."""
        recipe = desk.task.recipe
        names = list(recipe["classes"])
        label = str(turn(names, desk.draw.task, desk.draw.n))
        own = recipe["classes"][label] or {}
        topic = str(turn(own["topics"], label, desk.draw.n // len(names))) if own.get("topics") else desk.draw.topic
        shots = _mixed(desk, recipe["shots"], label)
        return Order(
            target=_labels(recipe)[-1],
            given=_lines(recipe, topic, label),
            examples=tuple(
                (*_lines(recipe, str(s.get("topic", "")), s["label"]), (_labels(recipe)[-1], s["text"])) for s in shots
            ),
            request=str(own.get("request") or f"{recipe.get('request', 'one sentence')} ({label})"),
            opening=str(desk.rng("opening").choice(own.get("openings") or [""])),
            rules=("It fits the label, but does not name it.",),
            values={"label": label, "topic": topic, "output": label[:1].upper() + label[1:]},
        )

    async def finish(self, text: str, order: Order, desk: Desk, rng: random.Random) -> Made | str:
        """Check the text against the lexicon, the patterns and the other labels."""
        recipe, label = desk.task.recipe, str(order.values["label"])
        problem = text_rules(recipe).objection(text, [lines[-1][1] for lines in order.examples])
        if problem := problem or misfit(text, label, recipe["classes"]):
            return problem
        margin = await _margin(text, label, order, desk) if recipe.get("margin") is not None else None
        if margin is not None and margin < float(recipe["margin"]):
            return (
                f"the text fits another label nearly as well (margin {margin:.2f}, at least {recipe['margin']} wanted)"
            )
        return Made(text, order.values, {} if margin is None else {"margin": round(margin, 4)})


def misfit(text: str, label: str, classes: Mapping[str, Any]) -> str | None:
    """Return why the text does not show its label, by words and patterns."""
    found = set(words(text))
    own = classes[label] or {}
    if own.get("words") and not found & set(own["words"]):
        return f"no word of the text shows that it is {label!r}"
    for other, spec in classes.items():
        if other != label and (wrong := sorted(found & set((spec or {}).get("words", ())))):
            return f"the word {wrong[0]!r} speaks for {other!r}, not {label!r}"
    if own.get("pattern") and not re.search(own["pattern"], text):
        return f"the text has not the form of {label!r}"
    if own.get("without") and (match := re.search(own["without"], text)):
        return f"{match.group()!r} speaks against {label!r}"
    return None


async def _margin(text: str, label: str, order: Order, desk: Desk) -> float | None:
    own = await _score(text, order, desk)
    if own is None:
        return None
    others = [name for name in desk.task.recipe["classes"] if name != label]
    scores = []
    for other in others:
        given = _lines(desk.task.recipe, str(order.values["topic"]), other)
        scores.append(await _score(text, replace(order, given=given), desk))
    return own - max(score for score in scores if score is not None)


async def _score(text: str, order: Order, desk: Desk) -> float | None:
    whole = replace(order, opening="")
    prompt = desk.prompts.render("completion", "text", {**desk.variables(), "order": whole}).prompt
    return await desk.score("instruction", prompt or "", f" {text}")


def _mixed(desk: Desk, shots: list[Any], label: str) -> list[Mapping[str, Any]]:
    """Two examples of the label among three of the others, so that the label is what differs."""
    own = pick_examples(desk, [shot for shot in shots if shot["label"] == label], 2)
    rest = pick_examples(desk, [shot for shot in shots if shot["label"] != label], 3)
    mixed = [*own, *rest]
    random.Random(stable_hash("mix", label, desk.draw.n // LAP)).shuffle(mixed)
    return mixed


def _labels(recipe: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(recipe.get("labels") or ("Label", "Text"))


def _lines(recipe: Mapping[str, Any], topic: str, label: str) -> tuple[Line, ...]:
    names = _labels(recipe)
    return ((names[0], topic), (names[1], label)) if len(names) == 3 else ((names[0], label),)
