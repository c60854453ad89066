"""When the terminal UI opens, and how a run behind it ends: real children with the mock model, a stub of a viewer."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from iftgen.cli import front
from iftgen.cli.child import Child
from iftgen.cli.pointer import VARIABLE, Pointer
from iftgen.errors import UserError
from tests.cli.terminal import until
from tests.run.test_kills import written

RUN = ["backend=mock", "num_examples=30", "window=10", "backend.concurrency=4", "filters=[length]", "export=none"]
SLOW = [*RUN, "backend.mock.latency=0.1"]
PIPES = "stdin and stdout are not connected to one"
Viewer = Callable[[Child], None]
Show = Callable[..., int | None]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own, and give bad input all the time it needs to be found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(front, "PATIENCE", 60.0)
    return tmp_path


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Run the front end with a stub of a viewer; waits for the engines in the end."""
    engines: list[Child] = []

    def run(viewer: Viewer, *arguments: str) -> int | None:
        def watch(place: Path | None, engine: Child) -> None:
            engines.append(engine)
            viewer(engine)

        monkeypatch.setitem(sys.modules, front.VIEWER, SimpleNamespace(watch=watch))
        return front.show(arguments)

    yield run
    for engine in engines:
        engine.wait(60)


def to_the_end(engine: Child) -> None:
    """A viewer that stays until the engine has ended."""
    engine.wait(60)


def after_rows(engine: Child, then: Callable[[], None] = lambda: None) -> None:
    """A viewer that is left after some rows."""
    until(lambda: engine.place is not None and written(engine.place) >= 3)
    then()


def never(engine: Child) -> None:
    """A viewer that is not to be opened."""
    raise AssertionError("a screen was opened")


def manifest(place: Path) -> dict[str, object]:
    """The manifest of a run."""
    found: dict[str, object] = json.loads((place / "manifest.json").read_text())
    return found


@pytest.mark.parametrize(
    ("arguments", "environment", "lacking", "opens"),
    [
        ([], {}, "", True),
        (["num_examples=5"], {}, "", True),
        (["run", "num_examples=5"], {}, "", True),
        (["-m", "seed=1,2"], {}, "", True),
        (["resume", "outputs/run"], {}, "", True),
        ([], {"CI": "false"}, "", True),
        (["ui=plain", "ui=auto"], {}, "", True),
        (["ui=tui"], {"CI": "true"}, "", True),
        (["++ui='tui'"], {"CI": "1"}, "", True),
        ([], {}, PIPES, False),
        ([], {"CI": "true"}, "", False),
        (["ui=plain"], {}, "", False),
        (["+ui=plain"], {}, "", False),
        (["ui=auto", "ui=none"], {}, "", False),
        (["ui=tuii"], {}, "", False),  # a mistake is told in process
        (["num_examples=5", "--cfg", "job"], {}, "", False),
        (["--info=all"], {}, "", False),
        (["--hydra-help"], {}, "", False),
        (["-sc", "install=bash"], {}, "", False),
        (["ui=tui", "--help"], {}, PIPES, False),
    ],
)
def test_when_a_screen_opens(arguments: list[str], environment: dict[str, str], lacking: str, opens: bool) -> None:
    assert front.decide(arguments, environment, lacking) is opens


def test_a_screen_that_is_asked_for_but_cannot_be_drawn_is_an_error_that_says_why() -> None:
    with pytest.raises(UserError, match=f"ui=tui needs a terminal, but {PIPES}.*ui=plain"):
        front.decide(["ui=tui"], {}, PIPES)


@pytest.mark.parametrize(
    ("term", "terminals", "why"),
    [
        ("xterm-256color", "stdin stdout stderr", ""),
        ("dumb", "stdin stdout stderr", "TERM=dumb is none that can be drawn on"),
        ("", "stdin stdout stderr", "TERM= is none that can be drawn on"),
        ("xterm", "stdin stdout", "stderr is not connected to one"),
        ("xterm", "stderr", "stdin and stdout are not connected to one"),
    ],
)
def test_all_three_streams_must_be_a_terminal(
    term: str, terminals: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    for name in ("stdin", "stdout", "stderr"):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda name=name: name in terminals.split(), raising=False)
        monkeypatch.setattr(sys, name, stream)
    assert front.missing_terminal() == why


def test_the_front_end_imports_nothing_heavy() -> None:
    heavy = ("hydra", "omegaconf", "polars", "litellm", "guardrails", "textual", "aiohttp")
    program = f"import sys, iftgen.cli.front, iftgen.tui.engine; print([n for n in {heavy} if n in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"


def test_bad_input_needs_no_screen(show: Show, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(never, "backend=mock", "num_exmaples=5") == 2
    assert "there is no key 'num_exmaples'. Did you mean 'num_examples'?" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_a_run_that_ended_behind_the_screen_ends_as_without_one(
    show: Show, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(to_the_end, *RUN) == 0
    shown = capsys.readouterr()
    place = Path(shown.out.splitlines()[-1])
    assert manifest(place)["status"] == "completed"
    assert shown.err.startswith("\ncompleted\n  30 accepted")  # the summary, and no progress line


def test_a_run_that_is_left_goes_on_and_says_where(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    left: list[Child] = []

    def viewer(engine: Child) -> None:
        after_rows(engine)
        left.append(engine)

    assert show(viewer, *SLOW) == 0
    shown = capsys.readouterr()
    assert left[0].exit_code is None
    place = Path(shown.out.strip())
    assert shown.err == f"iftgen: the run goes on: iftgen watch {place}\n"
    assert left[0].wait(60) == 0
    assert manifest(place)["status"] == "completed"


def test_a_run_that_is_left_before_its_folder_is_known_says_where(
    show: Show, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "PATIENCE", 0.0)
    assert show(lambda engine: None, *SLOW) == 0
    assert (Path(capsys.readouterr().out.strip()) / ".hydra").is_dir()


@pytest.mark.parametrize("now", [False, True])
def test_a_run_that_is_stopped_from_the_screen_is_waited_for(
    now: bool, show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    late = "backend.mock.latency=0.5"  # what is in flight does not end before it can be cut off
    assert show(lambda engine: after_rows(engine, lambda: engine.stop(now)), *SLOW, late) == 3
    shown = capsys.readouterr()
    kept = manifest(Path(shown.out.splitlines()[-1]))
    assert kept["status"] == "stopped" and "stopped: " in shown.err
    assert bool(kept["cut_off"]) is now


def test_a_stop_that_comes_when_the_run_is_over_does_not_cut_its_statistics(
    show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    def viewer(engine: Child) -> None:
        until(lambda: engine.writing_up)
        engine.stop(now=True)

    assert show(viewer, *RUN) == 0
    assert (Path(capsys.readouterr().out.splitlines()[-1]) / "stats.json").exists()


def test_a_run_that_is_resumed_is_not_taken_for_one_that_is_over(
    show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(lambda engine: after_rows(engine, lambda: engine.stop(False)), *SLOW) == 3
    place = Path(capsys.readouterr().out.splitlines()[-1])
    seen: list[bool] = []
    assert show(lambda engine: seen.append(engine.place == place and engine.writing_up), "resume", str(place)) == 0
    assert seen == [False] and capsys.readouterr().err.startswith("iftgen: the run goes on")
    until(lambda: manifest(place)["status"] == "completed")


def test_a_run_that_was_killed_says_so_and_how_to_go_on(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    def viewer(engine: Child) -> None:
        after_rows(engine, lambda: os.kill(int(str(manifest(engine.place or Path())["pid"])), 9))
        engine.wait(60)

    assert show(viewer, *SLOW) == 1
    assert "the run was killed by signal 9 (Killed); iftgen resume /" in capsys.readouterr().err


def test_a_viewer_that_fails_leaves_the_run_alone(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise RuntimeError("the screen is torn")

    left: list[Child] = []

    def viewer(engine: Child) -> None:
        left.append(engine)
        after_rows(engine, fail)

    assert show(viewer, *SLOW) == 0
    shown = capsys.readouterr()
    for words in ("RuntimeError: the screen is torn", "the viewer failed", "the run goes on: iftgen watch /"):
        assert words in shown.err
    assert left[0].wait(60) == 0


def test_a_config_that_asks_for_lines_gets_them(show: Show, here: Path) -> None:
    (here / "mine" / "experiment").mkdir(parents=True)
    (here / "mine" / "experiment" / "quiet.yaml").write_text("# @package _global_\nui: plain\n")
    assert show(never, "--config-dir", "mine", "experiment=quiet", *RUN) is None
    assert not (here / "outputs").exists()


def test_the_screen_of_a_sweep_is_opened_on_its_folder(show: Show, capsys: pytest.CaptureFixture[str]) -> None:
    places: list[Path | None] = []

    def viewer(engine: Child) -> None:
        places.append(engine.place)
        engine.wait(60)

    assert show(viewer, "-m", *RUN, "seed=1,2") == 0
    jobs = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert places == [jobs[0].parent] and [job.name for job in jobs] == ["0", "1"]


def test_nothing_is_left_in_the_temporary_folder_and_no_module_of_the_users_is_taken(
    show: Show, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "tmp").mkdir()
    (here / "random.py").write_text("raise SystemExit('taken for the module of the library')\n")
    monkeypatch.setattr("tempfile.tempdir", str(here / "tmp"))
    monkeypatch.setenv("TMPDIR", str(here / "tmp"))
    seen: list[list[Path]] = []
    assert show(lambda engine: after_rows(engine, lambda: seen.append(list((here / "tmp").iterdir()))), *SLOW) == 0
    assert seen == [[]] == [list((here / "tmp").iterdir())]


def test_no_process_of_the_engine_takes_itself_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(VARIABLE, str(writing))
    pointer = Pointer()
    pointer.take()
    assert pointer.watched and VARIABLE not in os.environ and not os.get_inheritable(writing)
    pointer.tell(Path("run"))
    pointer.tell(Path("another"))
    with open(reading, "rb") as told:  # noqa: PTH123
        assert json.loads(told.read()) == {"folder": str(Path("run").absolute())}
    assert not Pointer().watched
