"""The verb `plan`: what a run would make, with no call made; or after a pilot, what the rest of it will take."""

import argparse
import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from iftgen.cli.compose import composer, settings_of
from iftgen.cli.launch import config_dirs_of, freed, launch
from iftgen.errors import ConfigError, UserError, choices
from iftgen.export import check_formats
from iftgen.run.forecast import Forecast, as_json, forecast, read_pilot, shown_prompts
from iftgen.run.setup import Setup, prepare
from iftgen.store.folder import RunFolder

FLAGS = ("--prompts", "--pilot", "--acceptance", "--json", "--tasks", "--config-dir", "--help")
ONE_RUN = "iftgen plan shows one run, not a sweep: give each key one value."
# Keys that a pilot sets itself.
OF_THE_PILOT = ("num_examples", "window", "hydra.run.dir")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{self.prog}: {message}. See `{self.prog} --help`.")


def plan(arguments: Sequence[str]) -> int:
    """Print the forecast of a run: tables, or JSON with `--json`, whose keys `as_json` explains.

    The exit code is that of the pilot, if there is one.
    """
    given, overrides = _flags(arguments)
    setup, folder = _composed(given.config_dir, overrides, given.pilot is not None)
    pilot, status = None, 0
    if given.pilot is not None:
        status = _run_pilot(given, overrides, setup, folder)
        pilot = None if status not in (0, 3) or _stopped(folder) else read_pilot(folder, given.pilot)
        if pilot is None:
            sys.stderr.write(f"iftgen: the pilot in {folder} measured too little to plan with\n")
            return status
    made = forecast(setup, given.acceptance, pilot)
    _show(made, given)
    return status


def _show(made: Forecast, given: argparse.Namespace) -> None:
    prompts = shown_prompts(made, given.prompts)
    if given.json:
        document = {**as_json(made), "prompts": prompts}
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        from iftgen.cli.plan_tables import render, render_prompts

        text = render(made, given.tasks) + render_prompts(prompts)
    sys.stdout.write(text)


def _flags(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the flags, and the overrides beside them; raises UserError for a flag that is not known."""
    parser = _Parser(
        prog="iftgen plan", usage="iftgen plan [overrides] [flags]", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--prompts", type=int, default=0, metavar="N", help="show N rendered prompts in full")
    parser.add_argument("--pilot", type=int, metavar="N", help="make N examples for real, then plan the rest")
    parser.add_argument(
        "--acceptance", type=float, metavar="A", help="share of the candidates that pass the filters, such as 0.75"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--tasks", action="store_true", help="list every task, not only the branches")
    parser.add_argument("--config-dir", "-cd", metavar="DIR", help="a folder with options of your own")
    given, overrides = parser.parse_known_args(arguments)
    for word in overrides:
        if word in ("-m", "--multirun"):
            raise UserError(ONE_RUN)
        if word.startswith("-"):
            flag = word.split("=", 1)[0]
            raise UserError(f"iftgen plan: there is no flag {flag!r}.{choices(flag, FLAGS)}")
    _check(given)
    return given, [freed(word) for word in overrides]


def _check(given: argparse.Namespace) -> None:
    if given.prompts < 0:
        raise UserError(f"--prompts: {given.prompts} is not a number of 0 or more.")
    if given.pilot is not None and given.pilot < 1:
        raise UserError(f"--pilot: {given.pilot} is not a number of 1 or more.")
    if given.acceptance is not None and not 0 < given.acceptance <= 1:
        raise UserError(f"--acceptance: {given.acceptance:g} is not a share above 0 and at most 1, such as 0.75.")
    if given.acceptance is not None and given.pilot is not None:
        raise UserError("--acceptance and --pilot exclude each other: a pilot measures the acceptance.")


def _composed(config_dir: str | None, overrides: Sequence[str], keys_needed: bool) -> tuple[Setup, Path]:
    """Compose and check as a run does; returns the run and the folder that it would get."""
    with composer(config_dirs_of(config_dir)) as composing:
        jobs = composing.jobs(overrides)
        if len(jobs) > 1:
            raise UserError(ONE_RUN)
        config = composing.compose(jobs[0])
        setup = prepare(settings_of(config), jobs[0], composing.places(), keys_needed)
        check_formats(setup.settings["export"]["formats"])
        return setup, Path(config.hydra.run.dir)


def _run_pilot(given: argparse.Namespace, overrides: Sequence[str], setup: Setup, folder: Path) -> int:
    """Make the first examples with the window of the whole run, so that it can grow; returns the exit code."""
    whole = setup.target or setup.rows
    if given.pilot >= whole:
        raise UserError(f"--pilot: the whole run has {whole} examples only. Plan more with num_examples=N.")
    if RunFolder(folder).manifest.exists():
        raise ConfigError(f"hydra.run.dir: {folder} holds a run already. A pilot needs a folder of its own.")
    kept = [word for word in overrides if word.split("=", 1)[0].lstrip("+") not in OF_THE_PILOT]
    dirs = ["--config-dir", given.config_dir] if given.config_dir else []
    quoted = str(folder).replace("'", "\\'")
    own = [f"num_examples={given.pilot}", f"window={setup.window}", f"hydra.run.dir='{quoted}'"]
    with contextlib.redirect_stdout(sys.stderr):
        return launch([*dirs, *kept, *own])


def _stopped(folder: Path) -> bool:
    return (RunFolder(folder).read_manifest() or {}).get("status") == "stopped"
