"""The front end: opens the terminal UI on a run or a sweep that works in a process of its own.

It imports little, so that the screen is there at once: the child composes the config while Textual is imported.
"""

import contextlib
import os
import shlex
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from threading import Event

from iftgen.cli.child import Child
from iftgen.cli.pointer import POINTER
from iftgen.cli.progress import say
from iftgen.errors import UserError

# Seconds that bad input has to be found in before the screen opens, so that its message needs no screen; and seconds
# that a child gets to tell its folder when the screen was left before it could.
PATIENCE, PATIENCE_AFTER = 0.55, 20.0
# Seconds in which an engine that was asked to stop has mostly ended.
SOON = 1.0
# The exit code of what was stopped.
STOPPED = 3
# Where the viewer is; imported only where a screen is opened.
VIEWER = "iftgen.tui.app"
# Flags that ask for words, not for a run.
FOR_SHOW = {"--help", "-h", "--version", "-V", "--cfg", "-c", "--info", "-i"}
FOR_SHOW |= {"--hydra-help", "--shell-completion", "-sc"}
LINES = "Use ui=plain for progress lines, or leave ui out: then what fits is taken."


def opens(arguments: Sequence[str]) -> bool:
    """Tell whether a run with these arguments is shown in the terminal UI; raises UserError where it cannot be."""
    if POINTER.watched:  # the child of a front end
        return False
    return decide(arguments, os.environ, missing_terminal())


def decide(arguments: Sequence[str], environment: Mapping[str, str], lacking: str) -> bool:
    """Tell whether a terminal UI opens; `lacking` says why there is no terminal for it, "" where there is one.

    Raises UserError for `ui=tui` where there is no terminal that can show it.
    """
    if any(word.split("=")[0] in FOR_SHOW for word in arguments):
        return False
    wanted = _wanted(arguments)
    if wanted not in ("auto", "tui"):
        return False
    if wanted == "tui" and lacking:
        raise UserError(f"ui=tui needs a terminal, but {lacking}. {LINES}")
    in_ci = environment.get("CI", "").lower() not in ("", "0", "false")
    return wanted == "tui" or not (lacking or in_ci)


def _wanted(arguments: Sequence[str]) -> str:
    """Return the last `ui` among the overrides; the config may say otherwise, which the child finds out."""
    pairs = [word.lstrip("+").partition("=") for word in arguments]
    return next((value.strip("'\"") for key, _, value in reversed(pairs) if key == "ui"), "auto")


def missing_terminal() -> str:
    """Return why there is no terminal that a screen can be drawn on, "" where there is one. Textual draws on stderr."""
    streams = [(name, getattr(sys, name)) for name in ("stdin", "stdout", "stderr")]
    lacking = [name for name, stream in streams if stream is None or stream.closed or not stream.isatty()]
    if lacking:
        return f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not connected to one"
    term = os.environ.get("TERM", "")
    return f"TERM={term} is none that can be drawn on" if term in ("", "dumb") else ""


def show(arguments: Sequence[str]) -> int | None:
    """Start the run behind the terminal UI; returns the exit code, None where the config asks for no UI."""
    with _ctrl_c_noted() as asked:
        engine = Child(arguments)
        with contextlib.suppress(Exception):  # said when the screen is needed
            import_module(VIEWER)
        engine.wait_for_place(PATIENCE - engine.age, unless=asked.is_set)
    with engine:
        if asked.is_set():
            engine.stop(now=False)
        if not (engine.declined or engine.stopping) and engine.exit_code is None:
            _watch(engine)
        if engine.declined:
            engine.wait()
            return None
        return _leave(engine)


@contextlib.contextmanager
def _ctrl_c_noted() -> Iterator[Event]:
    """Set an event instead of raising, so that no child is started and forgotten."""
    asked = Event()
    before = signal.signal(signal.SIGINT, lambda number, frame: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _watch(engine: Child) -> None:
    """Show the run until the viewer is closed; whatever happens to the viewer, the run is not touched."""
    try:
        import_module(VIEWER).watch(engine.place, engine)
    except (KeyboardInterrupt, SystemExit):
        return
    except Exception:
        say(f"{traceback.format_exc()}iftgen: the viewer failed, which is a bug; the run is not affected.")


def _leave(engine: Child) -> int:
    """Say how the run ended, or where it goes on; returns the exit code."""
    if engine.stopping:
        _wait_to_stop(engine)
    elif engine.exit_code is None:
        _settle(engine)
    code = engine.exit_code
    return _detached(engine.place) if code is None else _ended(engine, code)


def _wait_to_stop(engine: Child) -> None:
    """Wait for what is in flight; Ctrl-C cuts it off, and once more leaves the engine alone."""
    try:
        if engine.wait(SOON) is None:
            say("iftgen: stopping; calls in flight are waited for; Ctrl-C stops at once")
            engine.wait()
    except KeyboardInterrupt:
        engine.stop(now=True)
        with contextlib.suppress(KeyboardInterrupt):
            engine.wait()


def _settle(engine: Child) -> None:
    """Learn where the run is, and let one that is over write its statistics and exports; Ctrl-C ends the waiting."""
    with contextlib.suppress(KeyboardInterrupt):
        engine.wait_for_place(PATIENCE_AFTER)
        if engine.writing_up and engine.wait(SOON) is None:
            say("iftgen: statistics and exports are written; Ctrl-C does not wait for them")
            engine.wait()


def _detached(place: Path | None) -> int:
    if place is None:
        say("iftgen: the run goes on, but has not told its folder yet; `iftgen watch` shows the newest")
    else:
        say(f"iftgen: the run goes on: iftgen watch {shlex.quote(str(place))}")
        print(place, flush=True)  # noqa: T201
    return 0


def _ended(engine: Child, code: int) -> int:
    """Print what the engine printed, as if it had been the shell's own process."""
    if code in (STOPPED, -signal.SIGINT) and not engine.data():
        say("iftgen: stopped before the run began")
        return STOPPED
    sys.stderr.write(engine.output())
    sys.stderr.flush()
    if code < 0:
        place = engine.place
        again = f"; iftgen resume {shlex.quote(str(place))} goes on" if place and _is_run(place) else ""
        say(f"iftgen: the run was killed by signal {-code} ({signal.strsignal(-code)}){again}")
    sys.stdout.write(engine.data())
    sys.stdout.flush()
    return code if code >= 0 else 1


def _is_run(place: Path) -> bool:
    return (place / "manifest.json").exists()
