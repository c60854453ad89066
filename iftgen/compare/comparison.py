"""Runs side by side: what differs in their settings, their figures, and the Pareto front."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from iftgen.compare.bootstrap import Sample, difference
from iftgen.compare.folders import Source, names, sources
from iftgen.compare.measure import block_of, measured
from iftgen.compare.pareto import front
from iftgen.compare.settings import differing, plan_keys, short_names
from iftgen.compare.values import Comparison, Estimate, Run

# Runs that are measured at once: reading and comparing texts is done outside the interpreter.
THREADS = 4
# Runs whose rows are still to come, or will never be complete, are not judged.
UNFINISHED = ("running", "killed", "waiting", "failed")


def compare(folders: Sequence[Path]) -> Comparison:
    """Compare runs; a sweep folder stands for its jobs, and a run that is named twice counts once.

    Raises UserError for a folder that is neither, or whose files are damaged.
    """
    found = sources(folders)
    labels = names([source.folder for source in found])
    columns = differing(found)
    configs = [{key: values[place] for key, values in columns.items()} for place in range(len(found))]
    with ThreadPoolExecutor(THREADS) as threads:
        every = list(threads.map(measured, found, labels, configs))
    first = every[0][1]
    paired = [source is not found[0] and _same_draws(source, found[0]) for source in found]
    runs = [
        replace(run, difference=_differences(samples, first)) if is_paired else run
        for (run, samples), is_paired in zip(every, paired, strict=True)
    ]
    others = dict.fromkeys(key for source in found for key in plan_keys(source))
    return _with_front(runs, short_names(list(columns), list(others)))


def _same_draws(one: Source, other: Source) -> bool:
    """Tell whether two runs began with the same draws: what differs between them is then no matter of luck alone."""
    plans = [source.manifest.get("plan") or {} for source in (one, other)]
    same = all(plans[0].get(key) == plans[1].get(key) for key in ("seed", "method.name"))
    return all(plans) and same and block_of(one) == block_of(other)


def _differences(samples: dict[str, Sample], first: dict[str, Sample]) -> dict[str, Estimate]:
    return {name: difference(one, first[name]) for name, one in samples.items() if name in first and len(one.tops)}


def _with_front(runs: Sequence[Run], keys: dict[str, str]) -> Comparison:
    """Mark the runs on the Pareto front, which the ended runs with two examples or more are on or behind."""
    judged = [place for place, run in enumerate(runs) if run.status not in UNFINISHED and run.accepted > 1]
    axes = axes_of([runs[place] for place in judged])
    best = front([figures(runs[place], axes) for place in judged])
    marked = {place for place, is_best in zip(judged, best, strict=True) if is_best}
    return Comparison(
        tuple(replace(run, on_front=place in marked) for place, run in enumerate(runs)), keys, axes
    )  # fmt: skip


def axes_of(runs: Sequence[Run]) -> tuple[str, str, str]:
    """Return what the front is over: tokens where some price is unknown or all is free, acceptance without a judge."""
    priced = all(run.cost_each.value is not None for run in runs) and any(run.cost_each.value for run in runs)
    judged = bool(runs) and all(run.judge.value is not None for run in runs)
    return ("cost_each" if priced else "tokens_each", "nearest", "judge" if judged else "acceptance")


def figures(run: Run, axes: tuple[str, str, str]) -> tuple[float, float, float]:
    """Return a run as a point in which high is good: minus its cost, one minus its mean nearest ROUGE-L, quality."""
    cost = run.cost_each.value if axes[0] == "cost_each" else run.tokens_each.value
    quality = run.judge.value if axes[2] == "judge" else run.acceptance.value
    return -(cost or 0.0), 1 - (run.diversity.nearest.value or 0.0), quality or 0.0
