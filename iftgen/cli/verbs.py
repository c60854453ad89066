"""The verbs that read finished work: stats, export, list."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from iftgen.config import conf_dir
from iftgen.errors import UserError, choices
from iftgen.store.folder import RunFolder

# Options of the group `filters` that are whole stacks.
PRESETS = ("default", "strict", "clean_file", "none")


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are ours."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{self.prog}: {message}. See `{self.prog} --help`.")


def stats(arguments: Sequence[str]) -> int:
    """Print the tables of a run."""
    parser = Parser(prog="iftgen stats", description="Counts by task, attribute, filter and reason, and lengths.")
    parser.add_argument("folder", nargs="?", help="a run folder (default: the newest)")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    given = parser.parse_args(arguments)
    folder = run_folder(given.folder)
    from iftgen.stats import render, run_stats, stack_of

    numbers, times = run_stats(folder), stack_of(folder)
    if given.json:
        _print(json.dumps({**numbers, **({"filter_times": times} if times else {})}, ensure_ascii=False, indent=2))
    else:
        _print(render(numbers, min(shutil.get_terminal_size((100, 24)).columns, 140), times))
    return 0


def export(arguments: Sequence[str]) -> int:
    """Write the dataset of a run in other formats."""
    given = _export_parser().parse_args(arguments)
    folder = run_folder(given.folder)
    from iftgen.export import FORMATS, export_run

    exported = export_run(
        folder,
        given.out or folder / "export",
        list(FORMATS) if given.format == "all" else [name.strip() for name in given.format.split(",")],
        reviews=given.reviews == "apply",
        csv_safe=given.csv_safe,
        metadata=given.metadata,
    )
    for line in exported.applied.lines():
        print(line, file=sys.stderr)  # noqa: T201
    for path in exported.paths:
        _print(str(path))
    return 0


def _export_parser() -> Parser:
    from iftgen.export import FORMATS

    parser = Parser(prog="iftgen export", description="Write the dataset of a run in other formats.")
    parser.add_argument("folder", nargs="?", help="a run folder (default: the newest)")
    parser.add_argument("--format", required=True, help=f"formats, separated by commas: {', '.join(FORMATS)}, or `all`")
    parser.add_argument("--out", type=Path, help="where to write (default: DIR/export)")
    parser.add_argument("--csv-safe", action="store_true", help="quote cells that a spreadsheet would run as a formula")
    parser.add_argument("--metadata", action="store_true", help="add id, task and the like to each JSON row")
    parser.add_argument(
        "--reviews",
        choices=("apply", "ignore"),
        default="apply",
        help="apply (default): without rows judged bad, with rejected rows judged good, with the reviewers' edits",
    )
    return parser


def list_things(arguments: Sequence[str]) -> int:
    """Print the names that may be used, each with one line of help."""
    kinds: dict[str, Callable[[], list[tuple[str, str]]]] = {
        "runs": _runs,
        "methods": lambda: _options("method"),
        "filters": _filters,
        "backends": lambda: _options("backend"),
        "embedders": lambda: _options("embedder"),
        "taxonomies": lambda: _options("taxonomy"),
        "experiments": lambda: _options("experiment"),
    }
    parser = Parser(prog="iftgen list", description="What there is: " + ", ".join(kinds))
    parser.add_argument("kind", nargs="?", help="one of " + ", ".join(kinds))
    parser.add_argument("name", nargs="*", help="with `filters`: some of them, each with all that it does")
    given = parser.parse_args(arguments)
    if given.kind is not None and given.kind not in kinds:
        raise UserError(f"iftgen list: there is no {given.kind!r}.{choices(given.kind, kinds)}")
    if given.name:
        return _tell_filters(given.kind, given.name)
    for kind in [given.kind] if given.kind else kinds:
        if not given.kind:
            _print(f"{kind}:")
        for name, words in kinds[kind]():
            _print(f"  {name:<22}{words}".rstrip())
    return 0


def _runs() -> list[tuple[str, str]]:
    from iftgen.cli.launch import runs
    from iftgen.store.lock import is_locked

    lines = []
    for folder in runs():
        manifest = RunFolder(folder).read_manifest() or {}
        counts: dict[str, Any] = manifest.get("counts", {})
        wanted = manifest.get("num_examples") or "?"
        told = f"{counts['accepted']}/{wanted} accepted, {counts['candidates']} candidates" if counts else f"0/{wanted}"
        status = manifest.get("status", "?")
        if status == "running" and not is_locked(folder):
            status = "killed"  # `iftgen resume` goes on with it
        lines.append((str(folder), f"  {status}  {told}  {' '.join(manifest.get('overrides', []))}"))
    return lines


def _filters() -> list[tuple[str, str]]:
    from iftgen.filters import describe

    lines = [(name, f"(a stack) {words}") for name, words in _options("filters") if name in PRESETS]
    for name, words, keys in describe():
        lines.append((name, words))
        shown = {key: "(must be given)" if value == "???" else json.dumps(value) for key, value in keys.items()}
        lines += [("", f"  {key}: {value}") for key, value in shown.items()]
    return lines


def _tell_filters(kind: str, names: Sequence[str]) -> int:
    """Print what some filters do."""
    from iftgen.filters import FILTERS

    if kind != "filters":
        raise UserError(f"iftgen list {kind}: it takes no name; `iftgen list filters NAME` does.")
    for name in names:
        if name not in FILTERS and name not in PRESETS:
            raise UserError(f"There is no filter {name!r}.{choices(name, [*FILTERS, *PRESETS])}")
    for place, name in enumerate(names):
        if len(names) > 1:
            _print(f"{chr(10) if place else ''}{name}:")
        _tell_filter(name)
    return 0


def _tell_filter(name: str) -> None:
    """Print what one filter does, and its keys, each with a comment and its default."""
    from inspect import getdoc

    import iftgen.filters as known

    if name in known.FILTERS:
        text = getdoc(getattr(known, known.FILTERS[name].rpartition(".")[2])) or ""
        _print(f"{text.strip()}\n")
    file = conf_dir() / "filters" / f"{name}.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    _print("\n".join(line for line in lines if not line.startswith(("# @package", "_target_"))))


def _options(group: str) -> list[tuple[str, str]]:
    """The options of a group, each with the first comment of its file that is not a package line."""
    lines = []
    for file in sorted((conf_dir() / group).glob("*.yaml")):
        comments = [line.lstrip("# ").strip() for line in file.read_text().splitlines() if line.startswith("#")]
        words = next((line for line in comments if not line.startswith(("@package", "iftgen "))), "")
        lines.append((file.stem, words))
    return lines


def run_folder(given: str | None) -> Path:
    """Return the folder of a run, the newest where none is given; raises UserError where it is none."""
    from iftgen.cli.launch import newest_run

    folder = Path(given) if given else newest_run()
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder. `iftgen list runs` shows the runs under outputs/.")
    if not RunFolder(folder).rows("examples").exists():
        raise UserError(
            f"{folder} is no run folder: it has no examples.jsonl. `iftgen list runs` shows those there are."
        )
    return folder


def _print(line: str) -> None:
    print(line, file=sys.stdout)  # noqa: T201
