"""The stats of a run folder, as one JSON value."""

import json
import os
from pathlib import Path
from typing import Any

from iftgen.errors import DataError, RunError
from iftgen.stats import counts, measures
from iftgen.stats.frames import load
from iftgen.stats.ledger import funnel, ledger, stack_of


def run_stats(folder: Path) -> dict[str, Any]:
    """Return the stats of a run, finished or not: a value that json.dumps takes, the same for the same row files.

    counts                        candidates, accepted, rejected, failed, acceptance
    tasks, categories             the same by name
    attributes                    the same by attribute and value
    filters                       rejected, share of all rejections, the most frequent reasons
    lengths                       words of accepted texts: min, p5, median, mean, p95, max (None: no text)
    usage                         tokens and cost of accepted and rejected rows (None: some price is unknown)
    diversity                     distinct-1 and distinct-2 of the accepted instructions
    funnel                        by filter, in the order of the stack: candidates that came to it, and rejected ones
    ledger                        what all verdicts say (None: the run did not keep them, see `filters_all`)
    """
    if not folder.is_dir():
        raise DataError(f"There is no run folder {folder}. `iftgen list runs` names those that exist.")
    frames = load(folder)
    rows = frames.rows
    accepted = rows.filter(rows["outcome"] == "accepted")
    filters, order = counts.by_filter(rows), list(stack_of(folder))
    rejected = {name: entry["rejected"] for name, entry in filters.items()}
    return {
        "counts": counts.totals(rows),
        "tasks": counts.tally(rows, "task"),
        "categories": counts.tally(rows, "category"),
        "attributes": counts.by_attribute(rows, frames.attributes),
        "filters": filters,
        "lengths": measures.lengths(accepted),
        "usage": measures.usage(rows),
        "diversity": measures.diversity(accepted["instruction"]),
        "funnel": funnel(rejected, rows.height, order),
        "ledger": ledger(folder, order),
    }


def write_stats(folder: Path) -> Path:
    """Write `stats.json` into the run folder, whole or not at all, and return its path."""
    target = folder / "stats.json"
    text = json.dumps(run_stats(folder), ensure_ascii=False, indent=2)
    draft = target.with_name(f".stats.json.{os.getpid()}.tmp")
    try:
        draft.write_text(f"{text}\n", encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        raise RunError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return target
