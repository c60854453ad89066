"""Methods: how an instruction comes about. One file a method; `METHODS` names where each of them lives."""

import inspect
from importlib import import_module
from typing import Any

from iftgen.errors import ConfigError, choices
from iftgen.methods.base import Method

METHODS: dict[str, str] = {
    "self_instruct": "iftgen.methods.self_instruct:SelfInstruct",
    "taxonomy": "iftgen.methods.taxonomy:TaxonomyMethod",
    "output_first": "iftgen.methods.output_first:OutputFirst",
    "file": "iftgen.methods.file:File",
}


def make_method(name: str, **kwargs: Any) -> Method:
    """Return the method of that name; raises ConfigError for an unknown name or an argument that it does not take."""
    wrong = [key for key in kwargs if key not in parameters_of(name)]
    if wrong:
        raise ConfigError(f"method={name} takes no {wrong[0]!r}.{choices(wrong[0], parameters_of(name))}")
    made: Method = _class(name)(**kwargs)
    return made


def parameters_of(name: str) -> tuple[str, ...]:
    """Return the keyword arguments of a method."""
    return tuple(inspect.signature(_class(name)).parameters)


def _class(name: str) -> Any:
    if name not in METHODS:
        raise ConfigError(f"There is no method {name!r}.{choices(name, METHODS)}")
    module, _, kind = METHODS[name].partition(":")
    return getattr(import_module(module), kind)
