"""What follows a run: statistics, exports, the summary on stderr, and the folder on stdout."""

import sys
from pathlib import Path

from iftgen.cli.progress import clock
from iftgen.run.job import Result
from iftgen.run.setup import Setup
from iftgen.store.folder import RunFolder


def finish(result: Result, setup: Setup, folder: Path, ui: str) -> None:
    """Write statistics and exports, print the summary, and the folder as the last line of stdout."""
    written: list[Path] = []
    if result.fresh and result.counts.candidates:
        from iftgen.export import export_dataset
        from iftgen.stats import write_stats

        write_stats(folder)
        conf = setup.settings["export"]
        written = export_dataset(
            RunFolder(folder).rows("examples"),
            folder / "export",
            conf["formats"],
            csv_safe=conf["csv_safe"],
            metadata=conf["metadata"],
        )
    if ui != "none" or result.exit_code:
        for line in summary(result, folder, written):
            print(line, file=sys.stderr)  # noqa: T201
    print(folder, flush=True)  # noqa: T201


def summary(result: Result, folder: Path, written: list[Path]) -> list[str]:
    """Return the lines that say how a run ended."""
    manifest = RunFolder(folder).read_manifest() or {}
    counts = manifest.get("counts", {})
    candidates = counts.get("candidates", 0)
    lines = ["", f"{result.status}" + (f": {result.message}" if result.message else "")]
    if candidates:
        lines.append(
            f"  {counts['accepted']} accepted of {candidates} candidates ({counts['accepted'] / candidates:.0%}), "
            f"{counts['rejected']} rejected, {counts['failed']} failed, in {clock(manifest['seconds'])}"
        )
    for name, number in sorted(manifest.get("rejected_by", {}).items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"    {name:<18}{number:>6}{number / candidates:>7.0%}")
    if candidates:
        paid, cost = manifest["paid"], manifest["paid"]["cost_usd"]
        price = "of unknown price" if cost is None else f"${cost:.4f}"
        lines.append(
            f"  {paid['calls']} calls, {paid['prompt_tokens']:,} + {paid['completion_tokens']:,} tokens, {price}"
        )
    lines += [f"  {path}" for path in [RunFolder(folder).rows("examples"), *written] if path.exists()]
    return lines
