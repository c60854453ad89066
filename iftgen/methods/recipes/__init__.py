"""The kinds of recipes of the method `output_first`: one file a kind."""

from collections.abc import Mapping
from typing import Any

from iftgen.errors import DataError, choices
from iftgen.methods.recipes.base import Recipe
from iftgen.methods.recipes.choice import ChoiceRecipe
from iftgen.methods.recipes.facts import FactsRecipe
from iftgen.methods.recipes.label import LabelRecipe
from iftgen.methods.recipes.transform import TransformRecipe

KINDS: dict[str, type[Recipe]] = {
    "transform": TransformRecipe,
    "facts": FactsRecipe,
    "label": LabelRecipe,
    "choice": ChoiceRecipe,
}


def make_recipe(task: str, recipe: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a task; raises DataError that names the task when its kind is unknown."""
    kind = str(recipe.get("kind", ""))
    if kind not in KINDS:
        raise DataError(f"Task {task!r}: recipe.kind is {kind!r}.{choices(kind, KINDS)}")
    return KINDS[kind]()
