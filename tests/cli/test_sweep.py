"""sweep.json: the jobs of a sweep, known before the first one begins."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

from iftgen.cli import hydra_app
from iftgen.store.control import read_control, steer
from iftgen.store.lock import locked
from tests.cli.test_command import here, iftgen

__all__ = ["here"]
QUIET = ("ui=none", "export=none")


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "backend=mock", "num_examples=1", *QUIET, "seed=2,1", "filters=[length],none"),
        ("backend=mock", "num_examples=1", *QUIET, "seed=range(1,3)", "filters=none", "--multirun"),
        ("-m", "backend=mock", "num_examples=1", *QUIET, "backend.model='a,b',c", "hydra.job.name=x"),
        ("-m", "backend=mock", "num_examples=1", *QUIET, "hydra.sweep.dir=there"),
    ],
    ids=["product", "range", "quoted", "one"],
)
def test_the_jobs_are_those_that_hydra_runs_in_their_order(
    words: tuple[str, ...], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [Path(line) for line in iftgen(capsys, *words).splitlines()]
    told = json.loads((folders[0].parent / "sweep.json").read_text())["jobs"]
    ran = [yaml.safe_load((folder / ".hydra" / "overrides.yaml").read_text()) for folder in folders]
    assert [job["overrides"] for job in told] == ran
    assert [folder.name for folder in folders] == [str(number) for number in range(len(folders))]
    assert len(list(here.glob("**/sweep.json"))) == len(list(here.glob("**/multirun.yaml"))) == 1


def test_a_sweep_that_is_refused_leaves_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    iftgen(capsys, "-m", "backend=mock", "seed=1,x", code=2)
    assert not list(here.iterdir())


def test_a_sweep_whose_jobs_could_not_be_found_again_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    iftgen(capsys, "-m", "backend=mock", "seed=1,2", "hydra.sweep.subdir=s${seed}", code=2)
    assert not list(here.iterdir())


def test_a_sweep_that_cannot_go_on_with_other_settings_is_left_as_it_is(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    iftgen(capsys, "-m", "backend=mock", "num_examples=1", *QUIET, "seed=1,2", "hydra.sweep.dir=there")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    iftgen(capsys, "resume", "there", "filters=none", code=2)
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_a_sweep_that_is_running_is_not_resumed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    iftgen(capsys, "-m", "backend=mock", "num_examples=1", *QUIET, "seed=1,2", "hydra.sweep.dir=there")
    steer(here / "there", stop="graceful")
    with locked(here / "there" / "1"):
        iftgen(capsys, "resume", "there", code=1)
    assert read_control(here / "there").stop == "graceful"


def test_a_job_whose_export_fails_fails_the_sweep(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "there" / "0").mkdir(parents=True)
    (here / "there" / "0" / "export").write_text("in the way")
    words = ("-m", "backend=mock", "num_examples=1", "ui=none", "seed=1,2", "hydra.sweep.dir=there")
    iftgen(capsys, *words, code=1)
    assert (here / "there" / "1" / "export").is_dir()


@pytest.mark.parametrize(
    "word", ["roles.instruction.temperature=interval(0.3,1.3)", "hydra.job.name=a,b"], ids=["interval", "hydra"]
)
def test_what_no_sweep_can_take_is_refused(word: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    iftgen(capsys, "-m", "backend=mock", "seed=1,2", word, code=2)
    assert not list(here.iterdir())


def test_the_keys_of_every_backend_of_a_sweep_go_to_workers_that_do_not_inherit_them(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Mapping[str, str]] = []

    def told(arguments: Sequence[str], jobs: hydra_app.Jobs) -> int:
        found.append(jobs.keys)
        return 0

    monkeypatch.setattr(hydra_app, "hydra_main", told)
    config = OmegaConf.create({"hydra": {"launcher": {"_target_": "somewhere.RayLauncher"}}})
    settings = [{"backend": {"api_key_env": name}, "roles": {}, "ui": "none"} for name in ("ONE_KEY", "OTHER_KEY")]
    for name in ("ONE_KEY", "OTHER_KEY"):
        monkeypatch.setenv(name, "x")
    hydra_app.run_sweep([], here, config, settings, hydra_app.Jobs(()))
    assert {"ONE_KEY", "OTHER_KEY"} <= found[0].keys()
