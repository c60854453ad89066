"""The verb `compare`: runs and the jobs of sweeps side by side."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from iftgen.cli.verbs import Parser
from iftgen.cli.watch import newest
from iftgen.errors import UserError

if TYPE_CHECKING:
    from iftgen.compare import Comparison


def compare(arguments: Sequence[str]) -> int:
    """Print the comparison of runs and sweeps, or write it as a page."""
    given = _parser().parse_args(arguments)
    from iftgen.compare import compare as compared
    from iftgen.compare import csv_text, objects, render

    comparison = compared(given.folders or [newest()])
    if given.html is not None:
        _write_page(given.html, comparison)
        print(given.html, file=sys.stderr if given.json or given.csv else sys.stdout)
    if given.json:
        print(json.dumps(objects(comparison), ensure_ascii=False, indent=2))  # noqa: T201
    elif given.csv:
        print(csv_text(comparison), end="")  # noqa: T201
    elif given.html is None:
        print(render(comparison, shutil.get_terminal_size((100, 24)).columns, given.all), end="")  # noqa: T201
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="iftgen compare",
        description="Runs side by side: what differs, acceptance, cost, diversity, quality, and the Pareto front.",
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="DIR",
        help="run folders, and sweep folders, which stand for their jobs",
    )
    parser.add_argument("--all", action="store_true", help="show all figures, with a run as a column")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--json", action="store_true", help="print a JSON list, one object a run")
    kinds.add_argument("--csv", action="store_true", help="print CSV, one line a run")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that stands by itself")
    return parser


def _write_page(path: Path, comparison: "Comparison") -> None:
    """Write the page; raises UserError where that is impossible."""
    from iftgen.compare.html import page

    try:
        path.write_text(page(comparison), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(
            f"--html: {path} cannot be written ({error.strerror}). Name a file in a folder of yours."
        ) from None
