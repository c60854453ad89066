"""What was steered in a run and holds when it goes on, unless the command names it."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from iftgen.store.control import read_control, withdraw
from iftgen.store.lock import is_locked


def steered_overrides(path: Path, manifest: Mapping[str, Any], named: Collection[str]) -> dict[str, Any]:
    """Return keys of the config and their values: what was steered, and the caps that the run did not see any more.

    `named` are the keys and groups of the command; what control.json says of them is taken back.
    """
    control = read_control(path)
    caps = {f"budget.{key}": cap for key, cap in control.budget.items()}
    found = {**(manifest.get("steered") or {}), **caps}
    if not is_locked(path):  # else the command will be refused
        gone = [key for key in control.budget if _is_named(f"budget.{key}", named)]
        withdraw(path, concurrency=_is_named("backend.concurrency", named), caps=gone)
    return {key: value for key, value in found.items() if not _is_named(key, named)}


def _is_named(key: str, named: Collection[str]) -> bool:
    """Tell whether a command names a key, its group (`budget=none`), or the group's place (`backend@roles.judge=x`)."""
    places = {name.split("@")[-1] for name in named}
    return key in places or any(key.startswith(f"{place}.") for place in places)
