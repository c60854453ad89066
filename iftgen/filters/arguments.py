"""Checks of configured arguments against the signature of a filter."""

import inspect
from collections.abc import Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from iftgen.errors import ConfigError, choices

_SIMPLE = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def check_arguments(cls: type, arguments: Mapping[str, Any], label: str | None = None) -> None:
    """Raise ConfigError for an unknown, missing or ill-typed argument, named as `filters.<label>.<key>`."""
    place = f"filters.{label or getattr(cls, 'name', '') or cls.__name__}"
    known = parameters(cls)
    for key, value in arguments.items():
        if key not in known:
            raise ConfigError(f"{place}.{key}: the filter has no such argument.{choices(str(key), known)}")
        if not _fits(value, known[key].annotation):
            wanted = _wanted(known[key].annotation)
            raise ConfigError(f"{place}.{key}: {value!r} ({type(value).__name__}) does not fit. Give {wanted}.")
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in arguments:
            raise ConfigError(f"{place}.{key}: a value is needed. Give {_wanted(parameter.annotation)}.")


@cache
def parameters(cls: type) -> Mapping[str, inspect.Parameter]:
    """Return the keyword arguments of a filter by name, with their annotations resolved."""
    found = inspect.signature(cls).parameters
    hints = get_type_hints(cls.__init__) if found else {}  # type: ignore[misc]
    return {name: one.replace(annotation=hints.get(name, Any)) for name, one in found.items()}


def _fits(value: Any, wanted: Any) -> bool:
    origin, inner = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Literal:
        return value in inner
    if wanted in (int, float):
        return isinstance(value, int | wanted) and not isinstance(value, bool)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _is_list(value) and all(_fits(item, inner[0]) for item in value)
    return isinstance(value, wanted) if isinstance(wanted, type) else True


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _list_of(inner: tuple[Any, ...]) -> str:
    return "a list of texts, such as [a, b]" if inner[:1] == (str,) else "a list"


def _wanted(annotation: Any) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return ", or ".join(dict.fromkeys(_wanted(one) for one in inner))
    if origin is Literal:
        return f"one of {', '.join(map(str, inner))}"
    if annotation is type(None):
        return "null"
    if isinstance(origin, type):
        return "a mapping" if issubclass(origin, Mapping) else _list_of(inner)
    return _SIMPLE.get(annotation, str(getattr(annotation, "__name__", annotation)))
