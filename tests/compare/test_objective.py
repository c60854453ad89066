"""The objective of a run, for searches over settings."""

import json
import math
from pathlib import Path

import pytest

from iftgen.cli import main
from iftgen.compare.objective import FIGURES, NAMED, check_objective, objective_of
from iftgen.errors import ConfigError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with pytest.raises(SystemExit):
        main(["backend=mock", "num_examples=15", "ui=none", "export=none", f"hydra.run.dir={folder}"])
    return folder


def test_each_figure_and_each_name_can_be_told(run: Path) -> None:
    values = {name: objective_of(run, name) for name in [*FIGURES, *NAMED]}
    unknown = {name for name, value in values.items() if math.isnan(value)}
    # Nobody judged, the mock is free, and there was no embedder.
    assert unknown == {"judge", "accepted_per_dollar", "nearest_cosine"}
    assert values["accepted"] == 15
    assert values["diversity"] == pytest.approx(1 - values["nearest"])


def test_an_expression_is_worked_out(run: Path) -> None:
    counts = json.loads((run / "manifest.json").read_text())["counts"]
    assert objective_of(run, "2 * accepted - rejected / 4") == 30 - counts["rejected"] / 4
    assert objective_of(run, "max(accepted, candidates) ** 2") == counts["candidates"] ** 2
    assert math.isnan(objective_of(run, "1 / failed"))


@pytest.mark.parametrize(
    "text", ["acceptanc", "1 +", "__import__('os')", "accepted.real", "[accepted]", "accepted if 1 else 2", "log(x=1)"]
)
def test_what_is_no_expression_of_figures_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="objective"):
        check_objective(text)
