"""What follows a run: statistics, exports, the summary on stderr, and the folder on stdout."""

import contextlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iftgen.cli.progress import clock
from iftgen.errors import IftgenError, RunError
from iftgen.run.ending import Result
from iftgen.store.events import EventLog
from iftgen.store.folder import UNFINISHED, RunFolder

# Candidates of a run whose statistics take more than some 50 MB.
LARGE = 20_000


def finish(result: Result, export: Mapping[str, Any], folder: Path, ui: str) -> None:
    """Write statistics and exports, print the summary, and the folder as the last line of stdout.

    `export` is that section of the config. A run that grew may have reviews; its exports honour them. With the ui
    `quiet` nothing is printed: a job in a worker's process, whose sweep tells of it.
    """
    written: list[Path] = []
    notes: list[str] = []
    again = bool((RunFolder(folder).read_manifest() or {}).get(UNFINISHED))
    if (result.fresh or again) and result.counts.candidates:
        from iftgen.export import export_run

        try:
            write_statistics(folder, result.counts.candidates)
            options = {name: export[name] for name in ("csv_safe", "metadata")}
            exported = export_run(folder, folder / "export", export["formats"], **options)
        except IftgenError as error:
            _note(folder, "failed", str(error))
            raise
        written, notes = exported.paths, [f"  {line}" for line in exported.applied.lines()]
        if again:
            _note(folder, result.status, "")
    if ui == "quiet":
        return
    if ui != "none" or result.exit_code:
        for line in [*summary(result, folder, written), *notes]:
            print(line, file=sys.stderr)  # noqa: T201
    print(folder, flush=True)  # noqa: T201


def _note(folder: Path, status: str, message: str) -> None:
    """Note in the folder that what follows the run failed, or came about after all: nobody else may tell of it."""
    own = RunFolder(folder)
    with contextlib.suppress(RunError, OSError):
        manifest = own.read_manifest() or {}
        manifest.pop(UNFINISHED, None)
        own.write_manifest({**manifest, UNFINISHED: message} if message else manifest)
        events = EventLog(own.events)
        events.emit("end", status=status, message=message, counts=manifest.get("counts", {}))
        events.close()


def write_statistics(folder: Path, candidates: int) -> None:
    """Write the statistics; those of a large run in a process of its own, whose memory does not add to the run's."""
    if candidates > LARGE:
        command = [sys.executable, "-m", "iftgen.stats", str(folder)]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0:
            return
    from iftgen.stats import write_stats

    write_stats(folder)


def paid_lines(manifest: dict[str, Any]) -> list[str]:
    """Return what was paid for, what of it is in no row, and what is left of the budget."""
    paid, accepted = manifest["paid"], manifest["counts"]["accepted"]
    cost = paid["cost_usd"]
    price = "of unknown price" if cost is None else f"${cost:.4f}"
    each = f" (${cost / accepted:.4g} an example)" if cost and accepted else ""
    tokens = f"{paid['prompt_tokens']:,} + {paid['completion_tokens']:,} tokens"
    lines = [f"  {paid['calls']} calls, {tokens}, {price}{each}"]
    rest = (manifest.get("surplus") or {}).get("calls")
    if rest:
        done = manifest["status"] == "completed"
        what = "surplus: no row needed them; kept for when the run grows" if done else "for rows that are not finished"
        lines.append(f"    of them {rest:,} {what}")
    if manifest.get("cut_off"):
        lines.append(f"    {manifest['cut_off']:,} more were cut off and may have been billed")
    for key, (used, cap) in (manifest.get("budget") or {}).items():
        lines.append(f"  budget.{key}: {_number(used)} of {_number(cap)}")
    return lines


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


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
        lines += paid_lines(manifest)
    lines += [f"  {path}" for path in [RunFolder(folder).rows("examples"), *written] if path.exists()]
    return lines
