"""The command as a stranger runs it: with the real embedded model, and against a real OpenAI-compatible server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Writes every look-up and connection of the process and of its Python children to a file.
WATCH = """
import os, sys
def hook(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"):
        target = arguments[0] if event.startswith("socket.get") else arguments[1]
        with open(os.environ["WATCH_FILE"], "a") as file:
            file.write(repr(target) + "\\n")
sys.addaudithook(hook)
"""


def iftgen(cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "iftgen", *arguments],
        cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The rows of a run folder."""
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def default_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str], subprocess.CompletedProcess[str]]:
    """A run with the default config, but for its size: its folder, what it connected to, and what it printed."""
    cwd = tmp_path_factory.mktemp("run")
    (cwd / "sitecustomize.py").write_text(WATCH)
    watch = cwd / "connections"
    watch.touch()
    done = iftgen(cwd, "num_examples=4", PYTHONPATH=str(cwd), WATCH_FILE=str(watch))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1]), watch.read_text().splitlines(), done


DefaultRun = tuple[Path, list[str], subprocess.CompletedProcess[str]]


def test_the_default_run_makes_exactly_what_was_asked_for(default_run: DefaultRun) -> None:
    folder, _, done = default_run
    examples, rejected, failed = (rows(folder, kind) for kind in ("examples", "rejected", "failed"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert len(examples) == 4 and not failed
    assert manifest["status"] == "completed"
    assert manifest["counts"]["candidates"] == len(examples) + len(rejected)
    assert all(row["instruction"] and row["output"] for row in examples)
    assert len({row["instruction"] + row["input"] for row in examples}) == 4
    assert all(row["models"]["response"] == "smollm2-135m-instruct" for row in examples)
    assert all(row["verdict"]["filter"] and row["verdict"]["reason"] for row in rejected)
    assert json.loads((folder / "export" / "alpaca.json").read_text())[0]["instruction"] == examples[0]["instruction"]
    assert done.stdout.strip() == str(folder)


def test_the_default_run_connects_to_this_machine_only_and_looks_up_no_name(default_run: DefaultRun) -> None:
    connections = default_run[1]
    assert connections, "the embedded server must have been reached"
    assert {line for line in connections if not line.startswith("('127.0.0.1', ")} <= {"'127.0.0.1'"}


def test_a_finished_run_run_again_makes_no_call_and_changes_no_byte(default_run: DefaultRun) -> None:
    folder = default_run[0]
    names = ("examples.jsonl", "rejected.jsonl", "failed.jsonl", "manifest.json", "events.jsonl", "stats.json")
    before = {name: (folder / name).read_bytes() for name in names}
    done = iftgen(folder.parents[2], "resume", str(folder))
    assert done.returncode == 0, done.stderr
    assert {name: (folder / name).read_bytes() for name in names} == before


def test_a_folder_of_other_settings_is_refused_with_the_keys_and_left_alone(default_run: DefaultRun) -> None:
    folder = default_run[0]
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    done = iftgen(folder.parents[2], "seed=5", "num_examples=4", f"hydra.run.dir={folder}")
    assert done.returncode == 2
    assert "seed: 0 -> 5" in done.stderr
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_importing_iftgen_imports_nothing_heavy() -> None:
    code = "import sys, iftgen, iftgen.cli.launch; print([m for m in sys.modules if m in %r])"
    heavy = ("litellm", "guardrails", "polars", "textual", "aiohttp", "xllamacpp", "pydantic_monty", "py3langid")
    done = subprocess.run([sys.executable, "-c", code % (heavy,)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
