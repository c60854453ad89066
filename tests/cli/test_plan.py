"""The verb `plan`: what it shows, what it refuses, and a pilot that goes on as a run."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run every command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def iftgen(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """Run the command, check its exit code, and return stdout and stderr."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert stop.value.code == code, shown.err
    assert "Traceback" not in shown.err
    return shown.out, shown.err


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return the plan as JSON."""
    document: dict[str, Any] = json.loads(iftgen(capsys, "plan", "--json", *arguments)[0])
    return document


def test_a_plan_makes_no_folder_and_is_the_same_each_time(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = iftgen(capsys, "plan", "backend=mock")
    assert first == iftgen(capsys, "plan", "backend=mock")
    assert first[0].startswith("20 examples with mock; no call was made")
    assert not list(here.iterdir())


def test_no_line_is_wider_than_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iftgen(capsys, "plan", "backend=mock", "num_examples=3000", "budget.calls=10", "budget.tokens=100")
    assert max(map(len, out.splitlines())) <= 100
    assert "summarization  " in out
    assert "summarization/" not in out


def test_every_task_is_listed_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iftgen(capsys, "plan", "backend=mock", "num_examples=300", "--tasks")
    assert "coding/" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--promts", "3"), "Did you mean '--prompts'?"),
        (("--acceptance", "75"), "--acceptance: 75 is not a share"),
        (("--acceptance", "much"), "invalid float value"),
        (("--pilot", "20"), "the whole run has 20 examples only"),
        (("--pilot", "5", "--acceptance", "0.5"), "exclude each other"),
        (("-m", "seed=1,2"), "not a sweep"),
        (("bakend=mock",), "Did you mean 'backend'?"),
        (("num_examples=0",), "num_examples: 0 is not a number of 1 or more"),
        (("export.formats=[alpacca]",), "alpacca"),
    ],
)
def test_bad_input_is_refused_as_a_run_refuses_it(
    arguments: tuple[str, ...], words: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = iftgen(capsys, "plan", "backend=mock", *arguments, code=2)
    assert words in err
    assert not out
    assert not list(here.iterdir())


def test_prompts_are_shown_in_full_and_of_different_tasks(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = iftgen(capsys, "plan", "backend=mock", "--prompts", "3")
    assert out.count("─── to the instruction role\n[system]\n") == 3
    assert out.count("─── to the response role") == 3
    assert "Reply with a JSON array of 1 object" in out
    prompts = planned(capsys, "backend=mock", "--prompts", "3")["prompts"]
    assert len({prompt["task"] for prompt in prompts}) == 3


def test_text_of_a_seed_cannot_steer_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"instruction": "Say \x1b[31mred\x1b[0m."}
    (here / "data.json").write_text(json.dumps([row]))
    out, _ = iftgen(capsys, "plan", "backend=mock", "method=file", "method.path=data.json", "--prompts", "1")
    assert "\\x1b[31mred" in out
    assert "\x1b" not in out


def test_rows_of_a_file_are_counted_by_what_they_need(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"instruction": f"Name a river: {n}.", "output": None if n % 2 else "The Rhine."} for n in range(40)]
    (here / "data.json").write_text(json.dumps(rows))
    own = ("backend=mock", "method=file", "method.path=data.json", "--acceptance", "1")
    some = planned(capsys, *own)
    assert some["rows"] == {"judged": 40, "answered": 20}
    assert list(some["roles"]) == ["response"]
    assert planned(capsys, *own, "num_examples=10")["rows"] == {"judged": 10, "answered": 5}
    assert planned(capsys, *own, "method.answer=never")["roles"] == {}


def test_an_unknown_price_is_never_zero(capsys: pytest.CaptureFixture[str]) -> None:
    own = ("backend=openai_compatible", "backend.api_base=http://127.0.0.1:9/v1", "backend.model=own")
    document = planned(capsys, *own)
    assert document["total"]["cost_usd"] is None
    assert any("backend.price.input=" in line for line in document["assumptions"])
    priced = planned(capsys, *own, "backend.price.input=1", "backend.price.output=2")["total"]
    expected = (priced["prompt_tokens"]["expected"] + 2 * priced["completion_tokens"]["expected"]) / 1e6
    assert priced["cost_usd"]["expected"] == pytest.approx(expected, rel=1e-3)


def test_a_budget_is_compared_with_both_cases(capsys: pytest.CaptureFixture[str]) -> None:
    caps = ("budget.calls=1", "budget.minutes=1000")
    document = planned(capsys, "backend=mock", *caps)
    assert {name: one["enough"] for name, one in document["budget"].items()} == {"calls": "none", "minutes": "high"}


def test_a_pilot_is_paid_once_and_goes_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("backend=mock", "num_examples=60", "ui=none")
    document = planned(capsys, *arguments, "--pilot", "12")
    folder, going_on = Path(document["pilot"]["folder"]), document["pilot"]["next"]
    assert going_on == f"iftgen resume {folder} num_examples=60"
    before = (folder / "examples.jsonl").read_bytes()
    iftgen(capsys, *going_on.split()[1:])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["counts"]["accepted"] == 60
    assert manifest["window"] == document["window"] == 15
    assert (folder / "examples.jsonl").read_bytes().startswith(before)
    rest = manifest["paid"]["calls"] - document["pilot"]["calls"]
    calls = document["total"]["calls"]
    assert calls["low"] <= rest <= calls["high"]
    assert calls["expected"] == pytest.approx(rest, rel=0.15)


def test_a_pilot_of_a_file_goes_on_with_the_other_rows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"instruction": f"Name a river of the country number {n}.", "output": ""} for n in range(8)]
    (here / "data.json").write_text(json.dumps(rows))
    own = ("backend=mock", "method=file", "method.path=data.json", "filters=[]", "ui=none")
    document = planned(capsys, *own, "--pilot", "3")
    assert document["rows"]["judged"] == 5
    iftgen(capsys, *document["pilot"]["next"].split()[1:])
    manifest = json.loads((Path(document["pilot"]["folder"]) / "manifest.json").read_text())
    assert manifest["counts"]["candidates"] == 8


def test_the_budget_of_a_run_counts_for_its_pilot(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("plan", "backend=mock", "num_examples=200", "budget.calls=45", "ui=none", "--pilot", "30")
    out, err = iftgen(capsys, *arguments, code=3)
    assert "budget" in err
    assert "budget.calls 45: too small" in out


def test_a_pilot_that_measures_nothing_ends_as_its_run_did(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = iftgen(capsys, "plan", "backend=mock", "budget.calls=1", "ui=none", "--pilot", "5", code=3)
    assert "measured too little to plan with" in err
    assert not out
