"""The verb `merge`: several runs, or the jobs of a sweep, as one dataset."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from iftgen.cli.verbs import Parser

if TYPE_CHECKING:
    from iftgen.merge import Merged

SHORT = 3


def merge(arguments: Sequence[str]) -> int:
    """Merge runs, write statistics and exports, and print the folder."""
    given = _parser().parse_args(arguments)
    from iftgen.cli.finish import write_statistics
    from iftgen.export import FORMATS, check_formats, export_run
    from iftgen.merge import Settings
    from iftgen.merge import merge as merged_from

    names = [] if given.format == "none" else [name.strip() for name in given.format.split(",")]
    formats = list(FORMATS) if given.format == "all" else names
    check_formats(formats)
    settings = Settings(given.num_examples, given.near, given.threshold, given.reviews == "apply", given.partial)
    merged = merged_from(given.folders, given.out, settings, _say)
    write_statistics(merged.folder, merged.manifest["counts"]["candidates"])
    written = export_run(merged.folder, merged.folder / "export", formats).paths
    for line in [*_summary(merged), *(f"  {path}" for path in written)]:
        _say(line)
    print(merged.folder, flush=True)  # noqa: T201
    return SHORT if merged.message else 0


def _parser() -> Parser:
    parser = Parser(
        prog="iftgen merge",
        description="Several runs as one dataset, without duplicates across them; what is left out is kept with why.",
    )
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="run folders, and sweep folders, which stand for their jobs",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write: a new or empty folder")
    parser.add_argument(
        "--num-examples", type=int, metavar="N", help="keep N, each task in proportion to its quota (default: all)"
    )
    parser.add_argument(
        "--near",
        choices=("auto", "exact", "minhash", "off"),
        default="auto",
        help="how near duplicates are found: exactly, by MinHash (large sets; misses some), or not at all; auto "
        "(default) compares up to 100,000 rows exactly",
    )
    parser.add_argument(
        "--threshold", type=float, default=0.7, help="rows with a higher ROUGE-L F are duplicates (default: 0.7)"
    )
    parser.add_argument(
        "--reviews",
        choices=("apply", "ignore"),
        default="apply",
        help="apply (default): without rows judged bad, with rejected rows judged good, with the reviewers' edits",
    )
    parser.add_argument("--format", default="alpaca", help="formats, by commas; `all` or `none` (default: alpaca)")
    parser.add_argument("--partial", action="store_true", help="take in runs that did not reach their end")
    return parser


def _summary(merged: "Merged") -> list[str]:
    """Return the lines that say what was merged."""
    manifest = merged.manifest
    counts, chosen = manifest["counts"], manifest["merge"]
    lines = [f"{manifest['status']}" + (f": {merged.message}" if merged.message else "")]
    lines.append(f"  {counts['accepted']:,} of {counts['candidates']:,} rows of {len(manifest['sources'])} parts")
    lines += [f"    {name:<18}{number:>8,}" for name, number in manifest["rejected_by"].items()]
    if chosen["near"] == "minhash":
        lines.append("  near duplicates were sought by MinHash, which misses some (--near exact finds all; slower)")
    cost = manifest["cost_usd"]
    lines.append(f"  the parts cost {'an unknown amount' if cost is None else f'${cost:,.4f}'}")
    return [*lines, *(f"  {line}" for line in merged.applied.lines())]


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201
