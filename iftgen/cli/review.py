"""The verb `review`: a sample of a run for a person to judge, and what the verdicts say."""

import argparse
import dataclasses
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from iftgen.cli.front import missing_terminal
from iftgen.cli.verbs import Parser, run_folder
from iftgen.errors import UserError


def review(arguments: Sequence[str]) -> int:
    """Open the review screen on a sample of a run, or print the summary of its reviews."""
    given = _parser().parse_args(arguments)
    folder = run_folder(given.folder)
    if given.report or given.json:
        return _report(folder, given.json)
    name = _name(given.name)
    _check_terminal()
    from iftgen.review import sample

    items = sample(folder, given.size, given.seed, given.by, given.kind)
    if not items:
        raise UserError(f"{folder} has no rows to review{'' if given.kind == 'both' else f' that were {given.kind}'}.")
    from iftgen.tui.app import review as show

    show(folder, name, items)
    return 0


def _parser() -> Parser:
    from iftgen.review import BY, KINDS

    parser = Parser(
        prog="iftgen review",
        description="Judge a stratified random sample of a run by hand: good, bad, edited. `iftgen export` honours it.",
    )
    parser.add_argument("folder", nargs="?", help="a run folder (default: the newest)")
    parser.add_argument("--name", help="the reviewer (default: $USER, else `reviewer`); each has verdicts of their own")
    parser.add_argument("--size", type=_size, default=50, help="rows in the sample (default: 50)")
    parser.add_argument("--seed", type=int, default=0, help="another number gives another sample (default: 0)")
    parser.add_argument("--by", choices=BY, default="both", help="what the sample is spread over (default: both)")
    parser.add_argument("--kind", choices=KINDS, default="both", help="which rows (default: both, half and half)")
    parser.add_argument("--report", action="store_true", help="print what the reviews say, and open no screen")
    parser.add_argument("--json", action="store_true", help="print that as JSON for machines")
    return parser


def _size(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 on is expected, not {word!r}")
    return int(word)


def _report(folder: Path, as_json: bool) -> int:
    from iftgen.review import render, summarize

    summary = summarize(folder)
    if as_json:
        print(json.dumps(dataclasses.asdict(summary), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        print(render(summary, min(shutil.get_terminal_size((100, 24)).columns, 140)), end="")  # noqa: T201
    return 0


def _name(given: str | None) -> str:
    name = " ".join((os.environ.get("USER", "") if given is None else given).split())
    if not name.isprintable() or (given is not None and not name):
        raise UserError(f"--name: {name!r} is no name: it needs a letter, and no control characters.")
    return name or "reviewer"


def _check_terminal() -> None:
    term = os.environ.get("TERM", "")
    lacking = missing_terminal() or (f"TERM={term} is not one that can be drawn on" if term in ("", "dumb") else "")
    if lacking:
        raise UserError(
            f"iftgen review needs a terminal, but {lacking}. `iftgen review --report` needs none: "
            "it prints what the reviews so far say."
        )
