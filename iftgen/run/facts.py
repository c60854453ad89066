"""What the `start` event tells of a run: everything that a viewer shows and that does not change."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import Any

from iftgen.run.checks import asked
from iftgen.run.setup import Setup
from iftgen.store.charges import Caps


def facts_of(
    setup: Setup, window: int, quotas: Mapping[str, int], caps: Caps, overrides: Sequence[str]
) -> dict[str, Any]:
    """Return the fields of the event."""
    return {
        "target": setup.share,
        "rows": None if setup.source is None else setup.own_rows,
        "models": setup.models,
        "method": str(setup.settings["method"]["name"]),
        "filters": list(setup.stack.names),
        "window": window,
        "quotas": dict(quotas),
        "backends": backends_of(setup),
        "note": note_of(setup),
        "budget": {key: cap for key, cap in dataclasses.asdict(caps).items() if cap is not None},
        "overrides": list(overrides),
        "pid": os.getpid(),
    }


def note_of(setup: Setup) -> str:
    """Return which rows of a file a model is asked for, "" where it is asked for none: that may surprise, and cost."""
    if not setup.unanswered:
        return ""
    model, most = setup.specs["response"].model, min(setup.unanswered, setup.own_rows)
    rows = ("up to " if setup.own_rows < setup.rows else "") + (f"{most:,} rows" if most > 1 else "1 row")
    if setup.settings["method"]["answer"] == "all":
        return f"{model} is asked for a new response to {rows} (method.answer=all)"
    verb, them, reject = ("have", "them", "rejects them") if most > 1 else ("has", "it", "rejects it")
    return f"{rows} {verb} no response: {model} is asked for {them}; method.answer=never {reject}"


def backends_of(setup: Setup) -> dict[str, dict[str, Any]]:
    """Return the backends that will be asked, by name; roles that differ in model or limits have a backend each.

    Of two of one name the second is called by name and role.
    """
    found: dict[str, dict[str, Any]] = {}
    for role, _ in asked(setup):
        spec = setup.specs[role]
        told = {"model": spec.model, "concurrency": spec.concurrency, "rpm": spec.rpm, "tpm": spec.tpm}
        same = next((one for one in found.values() if told.items() <= one.items()), None)
        if same is not None:
            same["roles"].append(role)
        else:
            found[f"{spec.name} {role}" if spec.name in found else spec.name] = {**told, "roles": [role]}
    return found
