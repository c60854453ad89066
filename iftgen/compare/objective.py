"""The objective of a run: one number for a search over settings to raise or lower."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from iftgen.compare.comparison import compare
from iftgen.compare.machine import objects
from iftgen.errors import ConfigError, choices

# Objectives by name, as expressions of the figures.
NAMED = {
    "accepted_per_dollar": "accepted / cost_usd",
    "accepted_per_token": "accepted / (prompt_tokens + completion_tokens)",
    "acceptance": "acceptance",
    "diversity": "1 - nearest",
    "judge": "judge",
}
# The figures that an expression may name, and where they stand in the object of a run.
FIGURES = {
    **{name: (name,) for name in ("candidates", "accepted", "rejected", "failed", "seconds", "target", "cost_usd")},
    **{name: (name,) for name in ("prompt_tokens", "completion_tokens")},
    **{name: (name, "value") for name in ("acceptance", "cost_each", "tokens_each", "judge")},
    "instruction_words": ("instruction", "mean", "value"),
    "response_words": ("response", "mean", "value"),
    "distinct_1": ("diversity", "distinct_1"),
    "distinct_2": ("diversity", "distinct_2", "value"),
    "distinct_3": ("diversity", "distinct_3"),
    "nearest": ("diversity", "nearest", "value"),
    "nearest_p95": ("diversity", "nearest_p95"),
    "nearest_cosine": ("diversity", "cosine", "value"),
}
_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_CALLS: Mapping[str, Callable[..., float]] = {"log": math.log, "sqrt": math.sqrt, "min": min, "max": max, "abs": abs}
# What a figure that cannot be told is worth: nothing, whichever way the search goes.
NOTHING = float("nan")


def check_objective(text: str) -> None:
    """Raise ConfigError where a text is neither the name of an objective nor an expression of the figures."""
    tree = _parsed(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in FIGURES and node.id not in _CALLS:
            raise ConfigError(f"objective: there is no figure {node.id!r}.{choices(node.id, {*FIGURES, *NAMED})}")
    _value(tree.body, dict.fromkeys(FIGURES, 1.0))


def objective_of(folder: Path, text: str) -> float:
    """Return the objective of a run that has ended; NaN where a figure is not known or the sum cannot be done."""
    found = objects(compare([folder]))[0]
    figures = {name: _figure(found, path) for name, path in FIGURES.items()}
    try:
        return _value(_parsed(text).body, figures)
    except (ArithmeticError, ValueError):
        return NOTHING


def _figure(found: Any, path: tuple[str, ...]) -> float:
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else NOTHING


def _parsed(text: str) -> ast.Expression:
    try:
        return ast.parse(NAMED.get(text, text), mode="eval")
    except (SyntaxError, ValueError):
        names = ", ".join([*NAMED, *FIGURES])
        raise ConfigError(f"objective: {text!r} is no expression. It may use + - * / ** and these: {names}.") from None


def _value(node: ast.AST, figures: Mapping[str, float]) -> float:
    """Work an expression out: numbers, figures, arithmetic and a few functions, nothing else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in figures:
        return figures[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, figures)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return float(_BINARY[type(node.op)](_value(node.left, figures), _value(node.right, figures)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS and not node.keywords:
        return float(_CALLS[node.func.id](*(_value(one, figures) for one in node.args)))
    raise ConfigError(f"objective: {ast.unparse(node)!r} cannot be worked out. Use + - * / **, numbers and figures.")
