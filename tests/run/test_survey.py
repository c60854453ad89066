"""Runs whose filters see the whole file before its first row is judged."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from iftgen.cli import main
from iftgen.filters.conflict import Conflict
from iftgen.filters.stack import FilterStack
from iftgen.run.parts import survey
from iftgen.run.setup import Setup
from iftgen.run.work import Halted
from iftgen.store.folder import KINDS, read_rows

LONG = "A spider has eight legs, like all arachnids."
ROWS: list[dict[str, Any]] = [
    {"instruction": "How many legs has a spider?", "output": "Six."},
    {"instruction": "Ask eva@post-box.org about spiders.", "output": "Done, it is sent."},
    {"instruction": "How many legs has a spider?", "output": LONG},
    {"instruction": "Ask jan@post-box.org about spiders.", "output": "Sent: a letter on spiders and their legs."},
    {"instruction": "How many eyes has a spider?", "output": "Eight."},
    {"instruction": "How many legs has a spider?"},
]

Run = Callable[..., Path]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that cleans the rows above and returns the folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))

    def clean(name: str, *more: str) -> Path:
        usual = ("method=file", "method.path=data.jsonl", "filters=[conflict,pii]", "filters.conflict.keep=longest")
        with pytest.raises(SystemExit) as stop:
            main([*usual, "ui=none", "export=none", "backend=mock", f"hydra.run.dir={name}", *more])
        assert stop.value.code == 0
        return tmp_path / name

    return clean


def kept(folder: Path) -> list[int]:
    return [row["index"] for row in read_rows(folder / "examples.jsonl")]


def test_the_longest_is_found_among_masked_rows(run: Run) -> None:
    assert kept(run("a", "num_examples=5")) == [2, 3, 4]


def test_a_run_that_grows_goes_on_with_the_same_verdicts(run: Run) -> None:
    part, whole = run("part", "num_examples=2"), run("whole", "num_examples=4")
    assert kept(part) == []
    with pytest.raises(SystemExit):
        main(["resume", "part", "num_examples=4"])
    assert all((part / f"{kind}.jsonl").read_bytes() == (whole / f"{kind}.jsonl").read_bytes() for kind in KINDS)


def test_shards_keep_what_the_whole_file_keeps(run: Run) -> None:
    shards = [run(f"s{n}", "shard.count=2", f"shard.index={n}", "num_examples=5") for n in range(2)]
    assert sorted(index for one in shards for index in kept(one)) == [2, 3, 4]


def test_a_response_that_is_asked_for_is_no_part_of_the_survey(run: Run) -> None:
    seen: list[int] = []

    class Spy(Conflict):
        def survey(self, rows: Any) -> None:
            seen.extend(row.index for row in rows)

    spy = FilterStack({"conflict": Spy()})
    conf: dict[str, Any] = {"answer": "missing", "format": None, "columns": {}, "bad_rows": "stop"}
    setup = SimpleNamespace(source=Path("data.jsonl"), stack=spy, settings={"method": conf})
    survey(cast(Setup, setup), lambda: False)
    assert seen == [0, 1, 2, 3, 4]
    seen.clear()
    conf["answer"] = "all"
    survey(cast(Setup, setup), lambda: False)
    assert seen == []


def test_a_stop_cuts_the_survey_short(run: Run) -> None:
    conf: dict[str, Any] = {"answer": "missing", "format": None, "columns": {}, "bad_rows": "stop"}
    stack = FilterStack({"conflict": Conflict(keep="none")})
    setup = SimpleNamespace(source=Path("data.jsonl"), stack=stack, settings={"method": conf})
    with pytest.raises(Halted):
        survey(cast(Setup, setup), lambda: True)
