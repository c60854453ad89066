"""The manifest of a merged dataset: its sources, settings, counts, and what all of it cost. It holds no time."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from math import fsum
from typing import Any

from iftgen import __version__
from iftgen.export import Applied
from iftgen.hashing import content_hash
from iftgen.merge.likeness import MEANING
from iftgen.merge.meaning import meanings
from iftgen.merge.parts import Part
from iftgen.merge.settings import Settings
from iftgen.merge.sketches import banding

COUNTED = ("calls", "prompt_tokens", "completion_tokens")
PACKAGES = ("rapidfuzz", "rensa")


def first_manifest(parts: Sequence[Part], settings: Settings, near: str) -> dict[str, Any]:
    """Return what is known before the rows are written."""
    chosen = _chosen(settings, near) | _by_meaning(parts, near)
    plan = {"merge": chosen, "parts": [[part.plan_hash, dict(part.digests)] for part in parts]}
    return {
        "iftgen": __version__,
        "status": "running",
        "overrides": [],
        "num_examples": settings.num_examples,
        "models": _models(parts),
        "plan_hash": content_hash(plan),
        "plan": plan,
        "merge": chosen,
        "near_duplicate": _thresholds(parts),
        "versions": _versions(),
    }


def sources(parts: Sequence[Part], applied: Sequence[Applied], rows: Sequence[int], kept: Sequence[int]) -> list[Any]:
    """Return what each part is and gave: `rows` came from it, reviews applied, and `kept` of them stay."""
    return [
        {
            "folder": str(part.folder),
            "plan_hash": part.plan_hash,
            "shard": part.shard,
            "near_duplicate": dict(part.thresholds),
            "status": part.manifest["status"],
            "seed": part.manifest.get("seed"),
            "files": dict(part.digests),
            "counts": part.manifest.get("counts"),
            "reviews": asdict(applied[number]),
            "rows": rows[number],
            "kept": kept[number],
            "cost_usd": part.manifest.get("cost_usd"),
        }
        for number, part in enumerate(parts)
    ]


def bill(parts: Sequence[Part]) -> dict[str, Any]:
    """Return what the parts cost together, rejected candidates included; unknown as soon as one price is."""
    manifests = [part.manifest for part in parts]
    tokens = [manifest.get("tokens") or {} for manifest in manifests]
    paid = [manifest.get("paid") or {} for manifest in manifests]
    return {
        "calls": sum(manifest.get("calls") or 0 for manifest in manifests),
        "tokens": {kind: sum(one.get(kind, 0) for one in tokens) for kind in ("prompt", "completion")},
        "cost_usd": _dollars([manifest.get("cost_usd") for manifest in manifests]),
        "paid": {
            **{key: sum(one.get(key, 0) for one in paid) for key in COUNTED},
            "cost_usd": _dollars([one.get("cost_usd") for one in paid]),
        },
    }


def _chosen(settings: Settings, near: str) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "num_examples": settings.num_examples,
        "near": near,
        "threshold": settings.threshold if near != "off" else None,
        "reviews": "apply" if settings.reviews else "ignore",
        "partial": settings.partial,
    }
    if near == "minhash":
        rows, bands = banding(settings.threshold)
        chosen["minhash"] = {"features": "words", "minima": rows * bands, "bands": bands, "rows": rows}
    return chosen


def _by_meaning(parts: Sequence[Part], near: str) -> dict[str, Any]:
    """Return by which embedders rows were compared, with the lowest threshold of each."""
    found = {one.kind[0]: one.threshold for one in meanings(parts)} if near != "off" else {}
    return {MEANING: dict(sorted(found.items()))} if found else {}


def _models(parts: Sequence[Part]) -> dict[str, str]:
    """Return the models by role; several of one role are listed."""
    found: dict[str, set[str]] = {}
    for part in parts:
        models: Mapping[str, Any] = part.manifest.get("models") or {}
        for role, model in models.items():
            found.setdefault(role, set()).add(str(model))
    return {role: ", ".join(sorted(found[role])) for role in sorted(found)}


def _thresholds(parts: Sequence[Part]) -> dict[str, float]:
    """Return the thresholds of tasks, the highest of each, for a merge of this one with others."""
    found: dict[str, float] = {}
    for part in parts:
        found |= {task: max(bar, found.get(task, 0.0)) for task, bar in part.thresholds.items()}
    return dict(sorted(found.items()))


def _dollars(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(fsum(known), 10) if len(known) == len(costs) else None


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found
