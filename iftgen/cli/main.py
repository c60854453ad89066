"""The command: verbs are dispatched before Hydra sees the arguments; without a verb it is a run or a sweep."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from iftgen.errors import IftgenError, UserError, choices

VERBS = ("run", "plan", "resume", "stats", "export", "list")
# Verbs whose flags are their own; the others take overrides, which `iftgen --help` explains.
OWN_HELP = ("plan", "stats", "export", "list")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code: 0 done, 1 failed, 2 bad input, 3 stopped short."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = dispatch(arguments)
    except IftgenError as error:
        message = str(error)
        print(message if message.startswith("iftgen ") else f"iftgen: {message}", file=sys.stderr)  # noqa: T201
        code = error.exit_code
    except KeyboardInterrupt:
        code = 3
    except BrokenPipeError:  # the reader of stdout has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def dispatch(arguments: list[str]) -> int:
    """Call the verb that the first argument names, else compose a run from the overrides."""
    first = arguments[0] if arguments else ""
    if first in ("--version", "-V"):
        return _version()
    if first not in OWN_HELP and {"--help", "-h"} & set(arguments):
        return _help(arguments)
    if first in VERBS:
        return _verb(first)(arguments[1:])
    if first and not first.startswith("-") and "=" not in first and first[0] not in "~+":
        raise UserError(f"There is no command {first!r}.{choices(first, VERBS)} An override has the form key=value.")
    from iftgen.cli.launch import launch

    return launch(arguments)


def _verb(name: str) -> Callable[[list[str]], int]:
    if name == "run":
        from iftgen.cli.launch import launch

        return launch
    if name == "plan":
        from iftgen.cli.plan import plan

        return plan
    if name == "resume":
        from iftgen.cli.launch import resume

        return resume
    from iftgen.cli import verbs

    found: Callable[[list[str]], int] = {
        "stats": verbs.stats, "export": verbs.export, "list": verbs.list_things
    }[name]  # fmt: skip
    return found


def _help(arguments: list[str]) -> int:
    from iftgen.cli.help import help_text
    from iftgen.config import conf_dir

    given = [Path(value) for flag, value in pairwise(arguments) if flag in ("--config-dir", "-cd")]
    print(help_text([*given, conf_dir()]), end="")  # noqa: T201
    return 0


def _version() -> int:
    from iftgen import __version__

    print(f"iftgen {__version__}")  # noqa: T201
    return 0
