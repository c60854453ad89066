"""The command: verbs are dispatched before Hydra sees the arguments; without a verb it is a run or a sweep."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from iftgen.cli.pointer import POINTER
from iftgen.errors import IftgenError, UserError, choices

VERBS = ("run", "plan", "resume", "watch", "stats", "compare", "merge", "review", "export", "list")
# Verbs whose flags are their own; the others take overrides, which `iftgen --help` explains.
OWN_HELP = ("plan", "watch", "stats", "compare", "merge", "review", "export", "list")


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code: 0 done, 1 failed, 2 bad input, 3 stopped short."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    POINTER.take()
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
    """Call the verb that the first argument names, else make a run; in a terminal a run opens the terminal UI."""
    first = arguments[0] if arguments else ""
    if first in ("--version", "-V"):
        return _version()
    if first not in OWN_HELP and {"--help", "-h"} & set(arguments):
        return _help(arguments)
    if first in OWN_HELP:
        return _verb(first)(arguments[1:])
    named = first in VERBS
    if first and not named and not first.startswith("-") and "=" not in first and first[0] not in "~+":
        raise UserError(f"There is no command {first!r}.{choices(first, VERBS)} An override has the form key=value.")
    code = _behind_a_viewer(arguments)
    return _verb(first if named else "run")(arguments[named:]) if code is None else code


def _behind_a_viewer(arguments: list[str]) -> int | None:
    """Run in a process of its own behind the terminal UI; None where none is to be opened."""
    from iftgen.cli import front

    return front.show(arguments) if front.opens(arguments) else None


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
    if name == "watch":
        from iftgen.cli.watch import watch

        return watch
    if name == "compare":
        from iftgen.cli.compare import compare

        return compare
    if name == "merge":
        from iftgen.cli.merge import merge

        return merge
    if name == "review":
        from iftgen.cli.review import review

        return review
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
