"""What differs between the settings of runs, as few keys as tell it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iftgen.compare.folders import Source

MISSING = "–"
# Overrides that shape neither the data nor its price.
SILENT = ("hydra", "ui", "export", "plugins", "calls", "cluster", "experiment")
# Keys of a plan that follow from other keys: told only where nothing else differs.
DERIVED = ("models.", "forced.", "files.", "window")


def differing(sources: Sequence[Source]) -> dict[str, list[str]]:
    """Return the settings that are not equal over all runs: by full key, the value of each run as text.

    What was set on the command line comes first. A group that differs (`backend`) stands for the keys in it that were
    not set by themselves.
    """
    asked = [overridden(source.overrides) for source in sources]
    settings = [_settings(source, own) for source, own in zip(sources, asked, strict=True)]
    named = list(dict.fromkeys(key for own in asked for key in own))
    keys = dict.fromkeys([*named, *(key for one in settings for key in one)])
    columns = {key: [_value(one, key) for one in settings] for key in keys if re.split("[./@]", key)[0] not in SILENT}
    unequal = {key: values for key, values in columns.items() if len(_known(values, sources)) > 1}
    kept = {key: values for key, values in unequal.items() if key in named or not _in_group(key, unequal, settings)}
    plain = {key: values for key, values in kept.items() if key in named or not key.startswith(DERIVED)}
    return plain or kept


def overridden(overrides: Sequence[str]) -> dict[str, str]:
    """Return the overrides `key=value` by key, without Hydra's marks and quotes."""
    pairs = (word.partition("=") for word in overrides if "=" in word)
    return {key.lstrip("+~"): _unquoted(value) for key, _, value in pairs}


def short_names(keys: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """Return for each key its shortest end that is the end of no other of all the keys."""
    known = {*keys, *others}
    return {key: next(end for end in _ends(key) if _is_telling(end, key, known)) for key in keys}


def plan_keys(source: Source) -> list[str]:
    """Return all keys of the plan of a run."""
    return list(_flat(source.manifest.get("plan")))


def _settings(source: Source, own: Mapping[str, str]) -> dict[str, str]:
    """Return all settings of a run: its plan, the order of its filters, and what was overridden beside the plan."""
    plan = _flat(source.manifest.get("plan"))
    stack = dict.fromkeys(key.split(".")[1] for key in plan if key.startswith("filters."))
    found = {**own, **{key: _text(value) for key, value in plan.items()}}
    if source.manifest.get("num_examples") is not None:
        found["num_examples"] = str(source.manifest["num_examples"])
    if stack:
        found["filters"] = f"[{','.join(stack)}]"
    return found


def _value(settings: Mapping[str, str], key: str) -> str:
    """Return the value of a key; that of a group which was not chosen is the name of its option."""
    return settings.get(key, settings.get(f"{key}.name", MISSING))


def _known(values: Sequence[str], sources: Sequence[Source]) -> set[str]:
    """Return the values; a run without a plan, which did not begin, is silent where it has none."""
    return {
        value for value, source in zip(values, sources, strict=True) if value != MISSING or source.manifest.get("plan")
    }


def _in_group(key: str, unequal: Mapping[str, Any], settings: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether a key lies in a group that differs; of a filter that all runs have the keys are told."""
    parents = [group.partition("@")[2] or group.replace("/", ".") for group in unequal if group != key]
    group = next((parent for parent in parents if key.startswith(f"{parent}.")), None)
    if group == "filters":
        return not all(key in one for one in settings)
    return group is not None


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Return a nested mapping as one of dotted keys."""
    if not isinstance(value, dict):
        return {}
    found: dict[str, Any] = {}
    for key, inner in value.items():
        nested = _flat(inner, f"{prefix}{key}.")
        found.update(nested or {f"{prefix}{key}": inner})
    return found


def _ends(key: str) -> Iterator[str]:
    parts = key.split(".")
    return (".".join(parts[start:]) for start in range(len(parts) - 1, -1, -1))


def _is_telling(end: str, key: str, known: set[str]) -> bool:
    return end == key or (end not in known and not any(one != key and one.endswith(f".{end}") for one in known))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
