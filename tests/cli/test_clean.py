"""Cleaning with the command: datasets in several formats, and the candidates of another run."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.cli import main
from iftgen.store.folder import read_rows

TOPICS = ("the sea", "a long winter", "old bridges", "bread", "railway stations", "bees", "glaciers", "lighthouses")
PAIRS = [{"instruction": f"Write about {t}.", "output": f"Much is told of {t} in books.", "note": t} for t in TOPICS]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run every command in a folder of its own, without any key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return tmp_path


@pytest.fixture
def clean(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs the command and returns the folder on its stdout and the words on stderr."""

    def run(*arguments: str, code: int = 0) -> tuple[Path, str]:
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        shown = capsys.readouterr()
        assert stop.value.code == code, shown.err
        return Path((shown.out.splitlines() or ["."])[-1]), shown.err

    return run


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    return list(read_rows(folder / f"{kind}.jsonl"))


def write(path: str, records: list[Any]) -> str:
    Path(path).write_text("".join(json.dumps(record) + "\n" for record in records))
    return f"method.path={path}"


def calls(folder: Path) -> int:
    return int(json.loads((folder / "manifest.json").read_text())["paid"]["calls"])


def reasons(folder: Path) -> dict[int, tuple[str, str]]:
    return {row["index"]: (row["verdict"]["filter"], row["verdict"]["reason"]) for row in rows(folder, "rejected")}


BAD = [{**PAIRS[0], "output": ""}, {**PAIRS[1], "instruction": ""}, {**PAIRS[2], "output": ["a"]}, PAIRS[3]]


def test_rows_without_texts_are_rejected_with_a_reason_and_no_call_is_made(clean: Any) -> None:
    folder, _ = clean("method=file", write("a.jsonl", BAD), "filters=[length]", "ui=none", "backend=openai")
    assert reasons(folder) == {
        0: ("answer", "the response is empty"),
        1: ("parse", "the row has no instruction"),
        2: ("parse", "'output' is a list, not text"),
    }
    assert ([row["index"] for row in rows(folder, "examples")], calls(folder)) == ([3], 0)


def test_empty_responses_are_answered_when_that_is_asked_for(clean: Any) -> None:
    folder, _ = clean(
        "method=file", write("a.jsonl", BAD), "method.answer=empty", "filters=none", "ui=none", "backend=mock"
    )
    made = {row["index"]: row["models"] for kind in ("examples", "rejected") for row in rows(folder, kind)}
    assert (made, calls(folder)) == ({0: {"response": "mock"}, 1: {}, 2: {}, 3: {}}, 1)


def test_a_file_without_any_response_says_how_to_have_them_written(clean: Any) -> None:
    asked = ["filters=none", "ui=plain", "backend=mock"]
    _, told = clean("method=file", write("a.jsonl", BAD[:1]), *asked)
    assert "method.answer=empty asks mock for them" in told
    given = write("b.jsonl", [{"instruction": "Name a color."}])
    _, told = clean("method=file", given, "method.answer=never", *asked)
    assert "no row has a response; method.answer=missing asks mock for them" in told


def test_prompts_alone_are_judged_by_the_filters_of_the_instruction(clean: Any) -> None:
    prompts = [{"prompt": "Say why the sea is salty."}, {"prompt": "x"}]
    folder, _ = clean("method=file", write("a.jsonl", prompts), "method.answer=never", "filters=[length]", "ui=none")
    assert {index: name for index, (name, _) in reasons(folder).items()} == {0: "answer", 1: "length"}


def test_a_broken_line_stops_before_anything_is_made_or_is_rejected(clean: Any, here: Path) -> None:
    given = write("a.jsonl", PAIRS[:2])
    with (here / "a.jsonl").open("a") as file:
        file.write("{broken\n")
    _, told = clean("method=file", given, "filters=none", "ui=none", code=2)
    assert "a.jsonl, line 3, column 2: no JSON" in told and not (here / "outputs").exists()
    folder, _ = clean("method=file", given, "filters=none", "ui=none", "method.bad_rows=reject")
    assert reasons(folder)[2][1].startswith("line 3, column 2: no JSON")


def test_it_is_told_which_rows_a_model_is_asked_for_and_no_model_where_none_is(clean: Any) -> None:
    given = write("a.jsonl", [{"instruction": "Name a color."}, {"instruction": "Name a tree.", "output": "An oak."}])
    asked = ["method=file", given, "filters=none", "ui=plain", "backend=mock"]
    _, told = clean(*asked)
    assert " with mock\niftgen: 1 row has no response: mock is asked for it; method.answer=never rejects it\n" in told
    _, told = clean(*asked, "method.answer=all")
    assert "mock is asked for a new response to 2 rows (method.answer=all)" in told
    folder, told = clean(*asked, "method.answer=never")
    assert "mock" not in told and told.startswith(f"iftgen: {folder}\n")


def test_columns_of_the_users_own_are_named_on_the_command_line(clean: Any) -> None:
    renamed = [{"ask": row["instruction"], "reply": row["output"], "note": row["note"]} for row in PAIRS]
    folder, _ = clean(
        "method=file", write("a.jsonl", renamed), "method.columns={instruction: ask, output: reply}", "filters=none",
        "ui=none", "export=alpaca_jsonl", "export.metadata=true",
    )  # fmt: skip
    exported = rows(folder / "export", "alpaca")
    assert [(row["instruction"], row["extra"]) for row in exported] == [
        (row["instruction"], {"note": row["note"]}) for row in PAIRS
    ]


@pytest.fixture
def source(clean: Any) -> Path:
    """A run whose candidates were accepted and rejected, some before a response was asked for."""
    folder, _ = clean(
        "backend=mock", "num_examples=12", "ui=none", "taxonomy=general", "filters=[length,refusal,near_duplicate]",
        "filters.length.min_instruction_words=20", "filters.near_duplicate.threshold=0.3", "backend.mock.refusal=0.3",
    )  # fmt: skip
    assert isinstance(folder, Path)
    return folder


def test_the_candidates_of_a_run_are_judged_again_without_a_call(clean: Any, source: Path) -> None:
    own = ("method=file", f"method.path={source}", "taxonomy=general", "ui=none", "backend=openai")
    same, _ = clean(
        *own, "filters=[length,refusal,near_duplicate]", "filters.length.min_instruction_words=20",
        "filters.near_duplicate.threshold=0.3",
    )  # fmt: skip
    before = {row["index"]: row["verdict"]["filter"] for row in rows(source, "rejected")}
    undecided = [index for index, name in before.items() if name == "quota"]
    kept = {row["index"] for row in rows(same, "examples")}
    assert kept == {row["index"] for row in rows(source, "examples")} | set(undecided)
    wider, _ = clean(*own, "filters=none")
    assert len(rows(wider, "examples")) > len(kept)
    assert calls(same) == calls(wider) == 0
    early = {index for index, (name, reason) in reasons(wider).items() if name == "answer" and "asks for one" in reason}
    assert early == {row["index"] for row in rows(source, "rejected") if row["verdict"]["stage"] == "instruction"} - {
        index for index, name in before.items() if name == "parse"
    }


def test_a_row_of_a_run_keeps_its_task_attributes_and_lineage_also_when_judged_twice(clean: Any, source: Path) -> None:
    once, _ = clean("method=file", f"method.path={source}", "filters=none", "ui=none", "backend=openai", "seed=7")
    twice, _ = clean("method=file", f"method.path={once}", "filters=none", "ui=none", "backend=openai", "seed=8")
    first = {row["index"]: row for kind in ("examples", "rejected") for row in rows(source, kind)}
    for folder, origin in ((once, source), (twice, once)):
        ids = {row["index"]: row["id"] for kind in ("examples", "rejected") for row in rows(origin, kind)}
        for row in rows(folder, "examples"):
            old = first[row["index"]]
            assert all(row[key] == old[key] for key in ("task", "attributes", "method", "parents", "output"))
            notes, told = row["extra"]["iftgen"], old["extra"].get("iftgen", {})
            assert notes["judged"] == {"id": ids[row["index"]], "index": row["index"]}
            assert notes.get("topic") == told.get("topic")
            assert row["models"] == {} and row["cost_usd"] == 0


def test_responses_that_a_run_never_asked_for_are_asked_for_on_wish(clean: Any, source: Path) -> None:
    folder, _ = clean(
        "method=file", f"method.path={source}", "method.answer=empty", "filters=none", "ui=none", "backend=mock"
    )
    early = [row for row in rows(source, "rejected") if not row["output"] and row["verdict"]["filter"] != "parse"]
    assert calls(folder) == len(early) > 0


def test_a_run_over_a_folder_goes_on_and_knows_when_its_source_changed(clean: Any, source: Path) -> None:
    own = ("method=file", f"method.path={source}", "filters=[length]", "ui=none", "backend=openai")
    whole, _ = clean(*own)
    part, _ = clean(*own, "num_examples=5")
    clean("resume", str(part), "num_examples=null")
    for kind in ("examples", "rejected"):
        assert (part / f"{kind}.jsonl").read_bytes() == (whole / f"{kind}.jsonl").read_bytes()
    (source / "rejected.jsonl").write_text("")
    _, told = clean("resume", str(part), "num_examples=30", code=2)
    assert "files.method" in told


def test_a_sweep_names_its_jobs(clean: Any, here: Path) -> None:
    for job in ("0", "1"):
        (here / "sweep" / job).mkdir(parents=True)
        (here / "sweep" / job / "manifest.json").write_text("{}")
    _, told = clean("method=file", "method.path=sweep", "ui=none", code=2)
    assert "is a sweep of 2 jobs. Name one of them: sweep/0, sweep/1." in told


def test_the_plan_counts_the_calls_of_each_choice(clean: Any, capsys: pytest.CaptureFixture[str]) -> None:
    given = write("a.jsonl", [{"instruction": f"Say {n}.", **({"output": ""} if n < 3 else {})} for n in range(5)])
    bought = {}
    for when in ("missing", "empty", "never"):
        with pytest.raises(SystemExit):
            main(
                [
                    "plan",
                    "method=file",
                    given,
                    "backend=mock",
                    "filters=none",
                    f"method.answer={when}",
                    "--acceptance=1",
                ]
            )
        bought[when] = capsys.readouterr().out.split("about ")[1].split()[0]
    assert bought == {"missing": "2", "empty": "5", "never": "0"}
