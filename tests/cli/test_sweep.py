"""sweep.json: the jobs of a sweep, known before the first one begins."""

import json
from pathlib import Path

import pytest
import yaml

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
