"""Rows of a file that are judged in several processes: the same verdicts, and none of them outlives the run."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from iftgen.errors import RunError, UserError
from iftgen.filters.checks import Spent
from iftgen.filters.stack import FilterStack
from iftgen.run.pool import FilterPool, width_for
from iftgen.store.folder import KINDS
from iftgen.types import Candidate

LENGTH = {"_target_": "iftgen.filters.length.Length", "min_response_words": 3}
REFUSAL = {"_target_": "iftgen.filters.refusal.Refusal"}
RECIPE: dict[str, Any] = {"specs": {"length": LENGTH, "refusal": REFUSAL}, "every": True}


def rows(count: int) -> list[Candidate]:
    texts = ("Paris.", "The capital of France is Paris.", "I'm sorry, but I can't assist with that request.")
    return [Candidate(i, instruction="Name the capital of France.", output=texts[i % 3]) for i in range(count)]


async def test_processes_judge_as_the_stack_does() -> None:
    spent: dict[str, Spent] = {}
    pool = FilterPool(RECIPE, spent, 2)
    try:
        judged = [*await pool.judge(rows(40)), *await pool.judge(rows(5))]
    finally:
        pool.close()
    stack = FilterStack.build(**RECIPE)
    expected = [*rows(40), *rows(5)]
    assert [verdict for _, verdict in judged] == [stack.check_given(row) for row in expected]
    assert [row for row, _ in judged] == expected
    assert {verdict.filter for _, verdict in judged if verdict} == {"length", "refusal"}
    assert {name: one.checks for name, one in spent.items()} == {name: one.checks for name, one in stack.spent.items()}


async def test_a_filter_that_raises_is_named_as_in_one_process() -> None:
    broken = {"_target_": "tests.filters.plugin.Broken"}
    pool = FilterPool({"specs": {"own": broken}, "plugins": ["tests"]}, {}, 1)
    try:
        with pytest.raises(UserError, match=r"filters\.own .* raised"):
            await pool.judge(rows(1))
    finally:
        pool.close()


async def test_filters_that_cannot_be_built_in_a_process_are_one_clear_error() -> None:
    pool = FilterPool({"specs": {"length": {**LENGTH, "min_response_words": -1}}}, {}, 1)
    try:
        with pytest.raises(UserError, match=r"filters\.length\.min_response_words"):
            await pool.judge(rows(1))
    finally:
        pool.close()


async def test_a_process_that_is_killed_is_one_clear_error() -> None:
    before = set(multiprocessing.active_children())
    pool = FilterPool(RECIPE, {}, 1)
    try:
        await pool.judge(rows(1))
        for child in set(multiprocessing.active_children()) - before:
            child.kill()
            child.join()
        for _ in range(2):
            with pytest.raises(RunError, match=r"was it killed, .* The run can be resumed\."):
                await pool.judge(rows(1))
    finally:
        pool.close()


def test_small_files_are_judged_in_the_process_of_the_run() -> None:
    assert width_for(100) == 0


def test_the_workers_of_a_sweep_start_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iftgen.run.pool.usable_threads", lambda: 4)
    assert width_for(10_000) == 4
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda allow_none: "loky")
    assert width_for(10_000) == 0


def dataset(path: Path, count: int) -> Path:
    lines = [{"instruction": row.instruction + f" {i % 97}", "output": row.output} for i, row in enumerate(rows(count))]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def clean(source: Path, folder: Path, *more: str) -> Sequence[str]:
    filters = "filters=[exact_duplicate,length,refusal]"
    return [
        *(sys.executable, "-m", "iftgen", "method=file", f"method.path={source}", filters, "ui=none", "export=none"),
        *(f"hydra.run.dir={folder}", *more),
    ]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core needs no processes")
def test_a_large_file_has_the_same_bytes_with_and_without_processes(tmp_path: Path) -> None:
    source = dataset(tmp_path / "data.jsonl", 4200)
    subprocess.run(clean(source, tmp_path / "many"), check=True, capture_output=True, timeout=120)
    one = "import iftgen.run.pool as pool, sys; pool.WORTH_IT = 10**9; from iftgen.cli.main import main; main()"
    alone = [sys.executable, "-c", one, *clean(source, tmp_path / "one")[3:]]
    subprocess.run(alone, check=True, capture_output=True, timeout=120)
    for kind in KINDS:
        name = f"{kind}.jsonl"
        assert (tmp_path / "many" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    manifest = json.loads((tmp_path / "many" / "manifest.json").read_text())
    assert manifest["counts"]["candidates"] == 4200 and manifest["filters"]["length"]["checks"] > 4200


def test_a_script_that_runs_without_asking_for_its_name_runs_once(tmp_path: Path) -> None:
    source, script = dataset(tmp_path / "data.jsonl", 300), tmp_path / "script.py"
    script.write_text(
        "import sys\nimport iftgen.run.pool as pool\nfrom iftgen.cli import main\n\n"
        "pool.WORTH_IT, pool.usable_threads = 100, lambda: 2\nmain(sys.argv[1:])\n"
    )
    command = [sys.executable, str(script), *clean(source, tmp_path / "run")[3:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked up in /proc")
@pytest.mark.parametrize(("name", "times"), [("SIGINT", 1), ("SIGINT", 2), ("SIGTERM", 1), ("SIGHUP", 1)])
def test_a_signal_to_the_whole_group_stops_the_run_in_order(name: str, times: int, tmp_path: Path) -> None:
    command = clean(dataset(tmp_path / "data.jsonl", 60_000), tmp_path / "run")
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # means something also where the tests run under nohup
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    signal.signal(signal.SIGHUP, before)
    workers: set[int] = set()
    while len(workers) < 2 and run.poll() is None:  # the first one watches over locks, the second is not ready yet
        workers |= children(run.pid)
        time.sleep(0.02)
    for _ in range(times):
        os.killpg(run.pid, signal.Signals[name])
        time.sleep(0.1)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 3 and errors.startswith("\nstopped: ") and "Traceback" not in errors, errors
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["status"] == "stopped"
    deadline = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked up in /proc")
def test_the_processes_end_when_the_run_is_killed(tmp_path: Path) -> None:
    source = dataset(tmp_path / "data.jsonl", 60_000)
    run = subprocess.Popen(clean(source, tmp_path / "run"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    workers: set[int] = set()
    deadline = time.monotonic() + 60
    while len(workers) < 2 and time.monotonic() < deadline and run.poll() is None:
        workers |= children(run.pid)
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert len(workers) >= 2
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def children(pid: int) -> set[int]:
    try:
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return set()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
