"""What makes a run this run and no other: the settings that shape its data, and their hash."""

from collections.abc import Mapping, Sequence
from typing import Any

from iftgen.hashing import content_hash

# Keys of the config that do not shape the data: where, how fast and at what price it is made.
NOT_IN_PLAN = ("num_examples", "max_candidates", "ui", "plugins", "export", "budget", "calls", "cluster", "objective")
NOT_IN_PLAN_OF_A_BACKEND = (
    *("api_base", "api_key_env", "client", "concurrency", "timeout", "rpm", "tpm", "price", "server"),
    *("batch", "threads"),  # of an embedder, whose vectors do not depend on them
    *("latency", "jitter", "tail", "tail_factor", "transient", "retry_after"),
)


def plan_hash(plan: Mapping[str, Any]) -> str:
    """Return the hash of what shapes the data."""
    return content_hash(plan)


def differing_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Name the keys whose values differ, with both values where they are short."""
    lines = []
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, "(absent)"), new.get(key, "(absent)")
        if before != after:
            lines.append(f"{key}: {_short(before)} -> {_short(after)}")
    return lines


def shaping(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of the config that shape the data, flat."""
    plan = {key: value for key, value in dict(_flatten(settings)).items() if _shapes(key.split("."))}
    if settings["shard"]["count"] == 1:  # a run that is no shard is the run that it was before there were any
        plan = {key: value for key, value in plan.items() if not key.startswith("shard.")}
    if settings["embedder"].get("name") is None:  # as in runs from before there was an embedder
        plan = {key: value for key, value in plan.items() if not key.startswith("embedder.")} | {"embedder": {}}
    if not settings["filters_all"]:
        del plan["filters_all"]
    for key, usual in (("method.columns", {}), ("method.bad_rows", "stop")):  # as in runs from before there were these
        if plan.get(key) == usual:
            del plan[key]
    return plan


def _shapes(key: Sequence[str]) -> bool:
    """Tell whether a key of the config shapes the data."""
    of_backend = key[0] in ("backend", "roles", "embedder")
    return key[0] not in NOT_IN_PLAN and not (of_backend and set(key) & set(NOT_IN_PLAN_OF_A_BACKEND))


def _flatten(value: Any, prefix: str = "") -> Any:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
