"""Sweeps in other processes: joblib, submitit's local executor, and a Ray cluster of two nodes."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from iftgen.store.folder import KINDS
from tests.benchmarks.server import running, stats

MOCK = ("backend=mock", "num_examples=12", "seed=1,2", "export=none")
SECRET = "sk-only-in-memory-4711"
RAY = {"RAY_AUTH_MODE": "disabled", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0", "RAY_USAGE_STATS_ENABLED": "0"}


def command(*arguments: str) -> list[str]:
    """Return a command of iftgen."""
    return [sys.executable, "-m", "iftgen", *arguments]


def sweep(
    folder: Path, *arguments: str, code: int = 0, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a sweep, and check its exit code."""
    done = subprocess.run(
        command("-m", *arguments, f"hydra.sweep.dir={folder}"),
        capture_output=True,
        text=True,
        env={**os.environ, **(env or {})},
        timeout=240,
        cwd=folder.parent,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def rows_of(folder: Path) -> dict[str, bytes]:
    """Return the row files of all jobs."""
    return {f"{job}/{kind}": (folder / job / f"{kind}.jsonl").read_bytes() for job in ("0", "1") for kind in KINDS}


def statuses(folder: Path) -> list[str]:
    """Return how the jobs ended, as `sweep.json` says."""
    return [job["status"] for job in json.loads((folder / "sweep.json").read_text())["jobs"]]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The rows of the sweep in one process."""
    folder = tmp_path_factory.mktemp("local") / "sweep"
    sweep(folder, *MOCK)
    return rows_of(folder)


@pytest.mark.parametrize("cluster", ["joblib", "slurm_local"])
def test_a_sweep_in_other_processes_makes_the_same_bytes(cluster: str, local: dict[str, bytes], tmp_path: Path) -> None:
    if cluster == "slurm_local" and not importlib.util.find_spec("submitit"):
        pytest.skip("submitit is not installed (extra `slurm`)")
    done = sweep(tmp_path / "sweep", f"cluster={cluster}", *MOCK)
    assert rows_of(tmp_path / "sweep") == local
    assert statuses(tmp_path / "sweep") == ["completed", "completed"]
    assert done.stdout.split() == [str(tmp_path / "sweep" / job) for job in ("0", "1")]
    assert "job 1: completed" in done.stderr


def test_a_job_whose_export_fails_is_told_and_resume_writes_it(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    blocked = folder / "0" / "export"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("in the way")
    done = sweep(folder, "cluster=joblib", *MOCK[:-1], "export=alpaca", code=1)
    assert statuses(folder) == ["failed", "completed"]
    assert "job 0: failed" in done.stderr and "cannot be written" in done.stderr
    rows = rows_of(folder)
    blocked.unlink()
    again = subprocess.run(command("resume", str(folder)), capture_output=True, text=True, timeout=240)
    assert again.returncode == 0, again.stderr
    assert statuses(folder) == ["completed", "completed"]
    assert (folder / "0" / "export" / "alpaca.json").exists() and rows_of(folder) == rows


def test_ctrl_c_stops_all_jobs_and_resume_goes_on_with_what_is_missing(local: dict[str, bytes], tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    slow = ("cluster=joblib", "hydra.launcher.n_jobs=1", *MOCK, "backend.mock.latency=0.4", "backend.concurrency=2")
    with subprocess.Popen(
        command("-m", *slow, f"hydra.sweep.dir={folder}"), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: b'"accepted":1' in read(folder / "0" / "events.jsonl"))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    assert statuses(folder) == ["stopped", "waiting"]
    done = subprocess.run(command("resume", str(folder), "cluster=local"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert statuses(folder) == ["completed", "completed"]
    assert rows_of(folder) == local


def test_a_job_that_fails_leaves_the_others_going_and_its_error_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    (folder / "0").mkdir(parents=True)
    (folder / "0" / "examples.jsonl").write_text("{}\n")  # somebody else's rows
    done = sweep(folder, "cluster=joblib", *MOCK, code=1)
    assert statuses(folder) == ["failed", "completed"]
    assert "job 0: failed" in done.stderr
    assert "this is no folder of a run" in done.stderr
    again = json.loads((folder / "sweep.json").read_text())["jobs"][0]
    assert "no folder of a run" in again["message"]


def test_jobs_that_differ_in_filters_buy_each_reply_once(tmp_path: Path) -> None:
    with running(latency=0.005) as address:
        base: tuple[str, ...] = (
            "backend=openai_compatible",
            f"backend.api_base={address}/v1",
            "backend.model=m",
            "taxonomy=math",
        )
        base += ("method=taxonomy", "num_examples=20", "max_candidates=60", "export=none", "ui=none")
        subprocess.run(command(*base, f"hydra.run.dir={tmp_path / 'alone'}"), capture_output=True, timeout=120)
        alone = stats(address)
        thresholds = "filters.near_duplicate.threshold=0.6,0.7,0.8"
        subprocess.run(
            command("-m", "cluster=joblib", *base, thresholds, f"hydra.sweep.dir={tmp_path / 'sweep'}"),
            capture_output=True,
            timeout=120,
        )
        three = stats(address)
    assert three["repeated"] == 0
    assert alone["requests"] <= three["requests"] < 2 * alone["requests"]


class Keyed(BaseHTTPRequestHandler):
    """Answers like a model, and notes the keys that it is shown."""

    seen: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Answer one chat."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.add(self.headers.get("Authorization", ""))
        told = f"1. Name {len(body['messages'][-1]['content'])} rivers of Europe and say where each of them ends."
        reply = {"choices": [{"message": {"content": told}, "finish_reason": "stop"}], "usage": {}}
        raw = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def keyed() -> Iterator[str]:
    """The address of a server that wants a key."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Keyed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Ray cluster of two nodes on this machine; its address."""
    if not importlib.util.find_spec("ray") or not importlib.util.find_spec("hydra_plugins.hydra_ray_launcher"):
        pytest.skip("Ray is not installed (extra `ray`)")
    ray, env = str(Path(sys.executable).with_name("ray")), {**os.environ, **RAY}
    place = Path("/tmp") / f"ray-{os.getpid()}"  # a longer path does not fit into the name of a socket
    head = [ray, "start", "--head", "--port=6411", "--num-cpus=1", "--include-dashboard=false", f"--temp-dir={place}"]
    try:
        subprocess.run(head, env=env, check=True, capture_output=True, timeout=120)
        node = [ray, "start", "--address=127.0.0.1:6411", "--num-cpus=1"]
        subprocess.run(node, env=env, check=True, capture_output=True, timeout=120)
        yield "127.0.0.1:6411"
    finally:
        subprocess.run([ray, "stop", "--force"], env=env, capture_output=True, timeout=60)
        shutil.rmtree(place, ignore_errors=True)


def test_a_ray_cluster_makes_the_same_bytes_and_keys_reach_its_workers_unwritten(
    cluster: str, local: dict[str, bytes], keyed: str, tmp_path: Path
) -> None:
    on_ray = ("cluster=ray", f"hydra.launcher.ray.init.address={cluster}")
    sweep(tmp_path / "sweep", *on_ray, *MOCK, env=RAY)
    assert rows_of(tmp_path / "sweep") == local
    model = ("backend=openai_compatible", f"backend.api_base={keyed}", "backend.model=m", "backend.api_key_env=OWN_KEY")
    small = ("num_examples=1", "max_candidates=4", "filters=none", "taxonomy=math", "seed=1,2", "export=none")
    Keyed.seen.clear()
    sweep(tmp_path / "keyed", *on_ray, *model, *small, env={**RAY, "OWN_KEY": SECRET})
    assert Keyed.seen == {f"Bearer {SECRET}"}
    written = [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    logs = [path for path in (Path("/tmp") / f"ray-{os.getpid()}").rglob("*") if path.is_file()]
    assert [*written, *(path for path in logs if SECRET.encode() in path.read_bytes())] == []


def test_an_option_whose_extra_is_missing_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['ray'] = None; sys.argv[1:] = ['-m', 'cluster=ray', 'backend=mock', 'seed=1,2'];"
    code += "sys.modules['hydra_plugins.hydra_ray_launcher'] = None; from iftgen.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 2, done.stderr
    assert "hydra/launcher=ray needs the extra 'ray': pip install 'iftgen[ray]'" in done.stderr


def read(path: Path) -> bytes:
    """Return a file, empty where it is missing."""
    return path.read_bytes() if path.exists() else b""


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def test_a_search_without_an_objective_ends_with_one_message(tmp_path: Path) -> None:
    if not importlib.util.find_spec("hydra_plugins.hydra_optuna_sweeper"):
        pytest.skip("the Optuna sweeper is not installed (extra `optuna`)")
    search = ("experiment=tune_sampling", "hydra.sweeper.n_trials=1", "num_examples=3", "objective=judge")
    done = sweep(tmp_path / "sweep", *search, code=1)
    assert "iftgen: the search has no best trial" in done.stderr
    assert statuses(tmp_path / "sweep") == ["completed"]


def test_optuna_raises_the_objective(tmp_path: Path) -> None:
    if not importlib.util.find_spec("hydra_plugins.hydra_optuna_sweeper"):
        pytest.skip("the Optuna sweeper is not installed (extra `optuna`)")
    trials = ("experiment=tune_sampling", "hydra.sweeper.n_trials=3", "num_examples=6", "ui=none")
    done = sweep(tmp_path / "sweep", *trials)
    assert len(done.stdout.split()) == 3
    best = (tmp_path / "sweep" / "optimization_results.yaml").read_text()
    assert "filters.near_duplicate.threshold" in best
    assert 0 < float(best.split("best_value:")[1]) < 1


def test_a_job_without_an_objective_leaves_the_search_going(tmp_path: Path) -> None:
    if not importlib.util.find_spec("hydra_plugins.hydra_optuna_sweeper"):
        pytest.skip("the Optuna sweeper is not installed (extra `optuna`)")
    (tmp_path / "sweep" / "0").mkdir(parents=True)
    (tmp_path / "sweep" / "0" / "examples.jsonl").write_text("{}\n")  # somebody else's rows
    trials = ("experiment=tune_sampling", "hydra.sweeper.n_trials=2", "num_examples=4", "ui=none")
    sweep(tmp_path / "sweep", *trials, "roles.response.temperature=interval(0.2,0.9)", code=1)
    assert statuses(tmp_path / "sweep") == ["failed", "completed"]
    assert (tmp_path / "sweep" / "optimization_results.yaml").exists()
