"""The jobs of a sweep, told to viewers before the first one begins."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iftgen.store.control import begin
from iftgen.store.folder import write_atomically

NAME = "sweep.json"


def write_sweep(folder: Path, config: Any, overrides: Sequence[str]) -> None:
    """Write the overrides of each job, in their order, inside `composer`; raises RunError where that is impossible.

    Of a sweeper that is not Hydra's own nobody knows them beforehand: the list is empty.
    """
    jobs = [{"overrides": job} for job in jobs_of(config, overrides)]
    folder.mkdir(parents=True, exist_ok=True)
    begin(folder)
    write_atomically(folder / NAME, json.dumps({"jobs": jobs}, ensure_ascii=False, indent=1) + "\n")


def jobs_of(config: Any, overrides: Sequence[str]) -> list[list[str]]:
    """Return the overrides of each job as Hydra's own sweeper makes them from those of the command line."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser

    sweeper = config.hydra.sweeper
    if not str(sweeper.get("_target_", "")).endswith(".BasicSweeper"):
        return []
    own = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    parsed = OverridesParser.create(GlobalHydra.instance().config_loader()).parse_overrides([*own, *overrides])
    task = [one for one in parsed if not one.key_or_group.startswith(("hydra.", "hydra/"))]
    return [job for batch in BasicSweeper.split_arguments(task, None) for job in batch]


def with_override(arguments: Sequence[str], overrides: Sequence[str], pinned: str) -> list[str]:
    """Return the arguments of a command with one more override behind its own."""
    words = list(arguments)
    last = len(words) - words[::-1].index(overrides[-1]) if overrides else len(words)
    return [*words[:last], pinned, *words[last:]]
