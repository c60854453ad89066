"""From the specs of a config to filters: targets are looked up in trusted packages only, arguments are checked."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from iftgen.errors import ConfigError, UserError, choices
from iftgen.filters import FILTERS
from iftgen.filters.arguments import check_arguments
from iftgen.filters.base import Filter, MemoryFilter

TARGET = "_target_"
_OWN = ("iftgen",)
_TRUSTED_IMPORTS = ("iftgen", "guardrails", "guardrails_ai")


def build(name: str, spec: Mapping[str, Any], plugins: Sequence[str]) -> Filter:
    """Return the filter that `_target_` and arguments describe; raises ConfigError."""
    target = str(spec.get(TARGET, ""))
    arguments = {str(key): value for key, value in spec.items() if key != TARGET}
    _trust(f"filters.{name}.{TARGET}", target, (*_OWN, *plugins))
    kind = _load(name, target)
    check_arguments(kind, arguments, name)
    for path in kind.imports(arguments):
        _trust(f"filters.{name}", path, (*_TRUSTED_IMPORTS, *plugins))
    try:
        one = kind(**arguments)
    except ConfigError as error:
        raise ConfigError(str(error).replace(f"filters.{kind.name}.", f"filters.{name}.", 1)) from None
    one.label = name
    return one


def _trust(place: str, target: str, packages: Sequence[str]) -> None:
    if not any(target.startswith(f"{package}.") for package in packages):
        root = target.split(".")[0] or "PACKAGE"
        raise ConfigError(
            f"{place}: {target!r} is not below a trusted package ({', '.join(packages)})."
            f" If you trust the package, name it: plugins=[{root}]."
        )


def _load(name: str, target: str) -> type[Filter]:
    module, _, attribute = target.rpartition(".")
    try:
        found = getattr(import_module(module), attribute, None)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise ConfigError(f"filters.{name}: {target} needs the package {error.name}: install it.") from None
        if not module.startswith("iftgen."):
            raise ConfigError(
                f"filters.{name}.{TARGET}: there is no module {module!r}. Install it, or set PYTHONPATH to its folder."
            ) from None
        found, known = None, list(FILTERS.values())
    else:
        here = vars(import_module(module)).items()
        known = [f"{module}.{key}" for key, kind in here if isinstance(kind, type) and issubclass(kind, Filter)]
    if not (isinstance(found, type) and issubclass(found, Filter)):
        raise ConfigError(f"filters.{name}.{TARGET}: {target!r} is no filter class.{choices(target, known)}")
    return found


def check_known(task: str, name: str, specs: Mapping[str, Any]) -> bool:
    """Tell whether a task may name the filter: one of the stack, or one that could be in it."""
    if name in specs or name in FILTERS:
        return True
    raise UserError(f"task {task!r}: verify: there is no filter {name!r}.{choices(name, {*FILTERS, *specs})}")


def override(
    task: str,
    name: str,
    settings: Mapping[str, Any],
    filters: Mapping[str, Filter],
    specs: Mapping[str, Mapping[str, Any]],
    plugins: Sequence[str],
    cache: dict[tuple[str, str], Filter],
) -> Filter:
    """Return the filter `name` with the settings of a task; equal ones are one filter. Raises UserError."""
    if not settings:
        return filters[name]
    key = (name, repr(sorted(settings.items())))
    if key not in cache:
        try:
            base = filters[name]
            if isinstance(base, MemoryFilter):
                cache[key] = base.for_task(**settings)
            else:
                cache[key] = build(name, {**specs[name], **settings}, plugins)
        except ConfigError as error:
            raise UserError(f"task {task!r}: verify: {error}") from None
    return cache[key]
