"""Budgets from the shell: kept to the call, over resumes and sweeps, raised and lifted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_command import content, here, iftgen, made, rows

__all__ = ["here"]


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run."""
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


@pytest.mark.parametrize(
    ("budget", "used"),
    [
        ("budget.calls=30", lambda paid: paid["calls"] / 30),
        ("budget.tokens=20000", lambda paid: (paid["prompt_tokens"] + paid["completion_tokens"]) / 20_000),
        ("budget.usd=0.05", lambda paid: paid["cost_usd"] / 0.05),
    ],
)
def test_a_run_ends_within_its_budget_and_goes_on_with_more(
    budget: str, used: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    price = ("backend.price.input=1", "backend.price.output=4")
    settings = ("num_examples=40", "ui=none", "backend.mock.latency=0.002", "backend.mock.jitter=1", *price)
    folder = made(capsys, *settings, budget, code=3)
    told = manifest(folder)
    assert told["status"] == "budget_exhausted"
    assert 0.4 < used(told["paid"]) <= 1
    assert f"iftgen resume {folder} {budget.split('=')[0]}=..." in told["message"]
    assert rows(folder, "examples"), "calls of early rows go before those of late ones"
    key = budget.split("=")[0]
    iftgen(capsys, "resume", str(folder), f"{key}=1000000")
    assert manifest(folder)["paid"]["calls"] < 130
    whole = made(capsys, *settings)
    assert content(folder) == content(whole)


def test_a_budget_is_lifted_by_naming_none(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=10", "ui=none", "budget.calls=5", code=3)
    iftgen(capsys, "resume", str(folder), code=3)
    iftgen(capsys, "resume", str(folder), "budget=none")
    assert len(rows(folder, "examples")) == 10


def test_the_jobs_of_a_sweep_share_one_budget(capsys: pytest.CaptureFixture[str]) -> None:
    out = iftgen(
        capsys, "-m", "backend=mock", "seed=1,2,3", "num_examples=10", "ui=none", "budget.calls=40", code=3
    )  # fmt: skip
    folders = [Path(line) for line in out.splitlines()]
    assert sum(manifest(folder)["paid"]["calls"] for folder in folders) <= 40
    assert manifest(folders[0])["status"] == "completed"
    assert manifest(folders[-1])["status"] == "budget_exhausted"


def test_what_was_spent_before_there_was_a_budget_counts(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=10", "ui=none")
    before = manifest(folder)["paid"]["calls"]
    iftgen(capsys, "resume", str(folder), "num_examples=40", f"budget.calls={before + 6}", code=3)
    assert manifest(folder)["paid"]["calls"] <= before + 6
    assert manifest(folder)["budget"]["calls"][0] == manifest(folder)["paid"]["calls"]


def test_time_ends_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    slow = ("backend.mock.latency=0.3", "backend.concurrency=1")
    folder = made(capsys, "num_examples=200", "ui=none", "budget.minutes=0.03", *slow, code=3)
    assert manifest(folder)["status"] == "budget_exhausted"
    assert manifest(folder)["budget"]["minutes"][0] <= 0.03


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["budget=5"], "budget takes the name of an option"),
        (["budget.usd=nan"], "budget.usd: nan is not a number above 0"),
        (["budget.usd=inf"], "budget.usd: inf is not a number above 0"),
        (["budget.calls=0"], "budget.calls: 0 is not a whole number of 1 or more"),
        (["+budget.hours=1"], "budget.hours: there is no such key"),
        (["budget.dollars=1"], "there is no key 'dollars'"),
        (["budget.usd=1", "backend.price.input=null"], "the price of model 'mock' (role instruction) is unknown"),
        (["budget.tokens=1000", "backend.max_tokens=null"], "backend.max_tokens: null sets no limit to a reply"),
        (["calls.url=redis://:secret@host/0"], "export IFTGEN_REDIS_PASSWORD"),
        (["calls.url=rdis://host/0"], "Did you mean 'redis'?"),
        (["seed=1,2"], "iftgen -m seed=1,2"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], words: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from iftgen.cli import main

    with pytest.raises(SystemExit) as stop:
        main(["backend=mock", *arguments])
    shown = capsys.readouterr().err
    assert stop.value.code == 2, shown
    assert words in shown
    assert "secret" not in shown and "Traceback" not in shown
    assert not list(here.iterdir())
