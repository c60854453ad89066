"""The command with the mock model: runs, sweeps, files, resume, the user's own filters and options."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from iftgen.cli import main
from iftgen.hashing import stable_hash
from iftgen.methods import METHODS
from iftgen.store.folder import KINDS, read_rows

FILTER = '''
from iftgen.filters import Filter

class NoShouting(Filter):
    """Rejects responses that shout."""

    name = "no_shouting"

    def __init__(self, max_share: float = 0.3) -> None:
        self.max_share = max_share

    def check(self, row):
        letters = [c for c in row.output if c.isalpha()]
        share = sum(c.isupper() for c in letters) / max(1, len(letters))
        if share > self.max_share:
            return self.reject(f"{share:.0%} of the letters are capitals", share, self.max_share)
        return self.keep(share, self.max_share)
'''


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run every command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def iftgen(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run the command, check its exit code, and return its stdout."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    shown = capsys.readouterr()
    assert stop.value.code == code, shown.err
    assert "Traceback" not in shown.err
    return shown.out


def made(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Path:
    """Run a generation and return its folder, which is the last line on stdout."""
    return Path(iftgen(capsys, "backend=mock", *arguments, code=code).splitlines()[-1])


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The rows of a run folder."""
    return list(read_rows(folder / f"{kind}.jsonl"))


def content(folder: Path) -> list[bytes]:
    """The bytes of the row files."""
    return [(folder / f"{kind}.jsonl").read_bytes() for kind in KINDS]


OUTPUT_FIRST = ("method=output_first", "taxonomy=starter", "taxonomy.exclude=[questions,functions]")


@pytest.mark.parametrize(
    "settings",
    [
        ("method=auto",),
        ("method=self_instruct",),
        ("method=taxonomy",),
        (*OUTPUT_FIRST, "filters=[exact_duplicate,near_duplicate]"),
        ("method=file", "method.path=rows.jsonl"),
        ("method=self_instruct", "method.samples=3", "method.choose=medoid"),
        ("method=self_instruct", "prompt=completion", "method.samples=2"),
    ],
    ids=["auto", "self_instruct", "taxonomy", "output_first", "file", "samples", "completion"],
)
def test_concurrency_and_latency_change_no_byte(
    settings: tuple[str, ...], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [n - (n % 10 == 9) for n in range(60)]  # every tenth is a duplicate
    asked = [f"Say why {stable_hash(n):x} {stable_hash(n, 1):x} {stable_hash(n, 2):x} is of note." for n in names]
    given = [{"instruction": text, "output": "It is a number." * (n % 3 == 0)} for n, text in enumerate(asked)]
    (here / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in given))
    seen = []
    for concurrency, latency in ((1, 0), (8, 0.002), (64, 0.004)):
        folder = made(
            capsys, *settings, "num_examples=40", "ui=none", f"backend.concurrency={concurrency}",
            f"backend.mock.latency={latency}", "backend.mock.jitter=1", "backend.mock.permanent=0.08",
        )  # fmt: skip
        seen.append(content(folder))
    assert seen[0] == seen[1] == seen[2]
    assert all(seen[0][:2])


def test_every_method_is_shown_not_to_depend_on_timing() -> None:
    assert set(METHODS) == {"self_instruct", "taxonomy", "output_first", "file"}


def test_a_run_may_grow_and_keeps_what_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "num_examples=10", "ui=none")
    before = content(folder)
    iftgen(capsys, "resume", str(folder), "num_examples=16")
    assert len(rows(folder, "examples")) == 16
    iftgen(capsys, "resume", str(folder), "num_examples=19")
    assert len(rows(folder, "examples")) == 19
    iftgen(capsys, "resume", str(folder), "num_examples=5", code=2)
    assert all(after.startswith(old) for after, old in zip(content(folder), before, strict=True))


def test_a_run_that_cannot_be_filled_says_so_with_exit_code_3(capsys: pytest.CaptureFixture[str]) -> None:
    strict = ("filters=[length]", "filters.length.min_response_words=900")
    folder = made(capsys, "num_examples=5", "max_candidates=12", *strict, code=3)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "exhausted"
    assert manifest["counts"] == {"candidates": 12, "accepted": 0, "rejected": 12, "failed": 0}
    assert "rejected most: length" in manifest["message"]


def test_the_jobs_of_a_sweep_over_a_filter_buy_each_reply_once(capsys: pytest.CaptureFixture[str]) -> None:
    out = iftgen(
        capsys, "-m", "backend=mock", "method=taxonomy", "num_examples=8", "ui=none",
        "filters.near_duplicate.threshold=0.6,0.7",
    )  # fmt: skip
    first, second = (json.loads((Path(line) / "manifest.json").read_text()) for line in out.splitlines())
    assert first["paid"]["calls"] > 0
    assert second["paid"]["calls"] <= first["paid"]["calls"] * 0.2


def test_a_dataset_goes_through_the_same_stack_without_a_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = [
        {"instruction": "List three fruits.", "input": "", "output": "1. Apple\n2. Pear\n3. Plum", "source": "me"},
        {"instruction": "list three fruits", "output": "Apple, pear and plum."},
        {"instruction": "Who wrote Faust?", "output": "As an AI language model, I cannot answer that."},
        {"instruction": "What is the boiling point of water?", "output": ""},
    ]
    (here / "data.json").write_text(json.dumps(data))
    out = iftgen(capsys, "method=file", "method.path=data.json", "method.answer=never", "ui=none")
    folder = Path(out.splitlines()[-1])
    assert [row["index"] for row in rows(folder, "examples")] == [0]
    assert rows(folder, "examples")[0]["extra"] == {"source": "me"}
    assert rows(folder, "examples")[0]["models"] == {}
    filters = {row["index"]: row["verdict"]["filter"] for row in rows(folder, "rejected")}
    assert filters == {1: "exact_duplicate", 2: "refusal", 3: "answer"}
    assert json.loads((folder / "manifest.json").read_text())["paid"]["calls"] == 0


def test_rows_without_a_response_are_answered_by_the_response_role(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "data.jsonl").write_text('{"instruction": "Describe the sea in a few sentences."}\n')
    folder = made(capsys, "method=file", "method.path=data.jsonl", "ui=none")
    row = (rows(folder, "examples") + rows(folder, "rejected"))[0]
    assert row["output"] and row["models"] == {"response": "mock"}


def test_a_filter_of_the_users_own_rejects_with_its_reason(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "my_filters.py").write_text(FILTER)
    monkeypatch.syspath_prepend(str(here))
    folder = made(
        capsys, "num_examples=4", "ui=none", "plugins=[my_filters]",
        "+filters.no_shouting={_target_: my_filters.NoShouting, max_share: 0.016}",
    )  # fmt: skip
    verdicts = [row["verdict"] for row in rows(folder, "rejected")]
    assert any(v["filter"] == "no_shouting" and "letters are capitals" in v["reason"] for v in verdicts)


def test_options_of_the_users_own_come_from_a_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mine" / "backend").mkdir(parents=True)
    (here / "mine" / "backend" / "ours.yaml").write_text("name: ours\nmodel: house-model\nclient: mock\nprompt: chat\n")
    out = iftgen(capsys, "--config-dir", "mine", "backend=ours", "num_examples=2", "ui=none")
    assert rows(Path(out.splitlines()[-1]), "examples")[0]["models"]["response"] == "house-model"


def test_another_model_may_answer(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(
        capsys, "num_examples=3", "ui=none", "backend@roles.response=mock", "roles.response.model=another",
        "roles.response.mock.refusal=0",
    )  # fmt: skip
    assert rows(folder, "examples")[0]["models"] == {"instruction": "mock", "response": "another"}


def test_a_subtree_of_the_taxonomy_is_chosen_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(capsys, "taxonomy=coding", "num_examples=6", "ui=none", "taxonomy.include=[coding/algorithms/*]")
    assert {row["task"].rsplit("/", 1)[0] for row in rows(folder, "examples")} == {"coding/algorithms"}


def test_an_attribute_is_set_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    folder = made(
        capsys, "taxonomy=general", "num_examples=5", "ui=none", "taxonomy.attributes.complexity={simple: 1}",
        "filters=[length]",
    )  # fmt: skip
    assert {row["attributes"].get("complexity", "simple") for row in rows(folder, "examples")} == {"simple"}


def test_the_composed_config_is_shown_and_nothing_is_made(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = iftgen(capsys, "backend=mock", "num_examples=7", "--cfg", "job")
    assert "num_examples: 7" in shown and "near_duplicate:" in shown
    assert list(here.iterdir()) == []


def test_no_key_stands_in_any_file(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUSE_KEY", "secret-value-123")
    folder = made(capsys, "num_examples=2", "ui=none", "backend.api_key_env=HOUSE_KEY")
    assert all(b"secret-value-123" not in file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("experiment", [file.stem for file in Path(__file__).parents[2].glob("conf/experiment/*.yaml")])
def test_every_experiment_runs(experiment: str, capsys: pytest.CaptureFixture[str]) -> None:
    if experiment == "tune_sampling" and not find_spec("hydra_plugins.hydra_optuna_sweeper"):
        pytest.skip("the Optuna sweeper is not installed (extra `optuna`)")
    out = iftgen(capsys, f"experiment={experiment}", "ui=none")
    assert rows(Path(out.splitlines()[-1]), "examples")


def test_a_file_run_may_take_more_rows_later(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    topics = ["the sea", "a long winter", "old bridges", "bread", "railway stations", "bees", "glaciers", "lighthouses"]
    lines = [
        json.dumps({"instruction": f"Write about {t}.", "output": f"Much is told of {t} in the books we read."})
        for t in topics
    ]
    (here / "data.jsonl").write_text("\n".join(lines))
    common = ("method=file", "method.path=data.jsonl", "ui=none", "filters=[length]")
    folder = Path(iftgen(capsys, *common, "num_examples=3").splitlines()[-1])
    assert len(rows(folder, "examples")) == 3
    iftgen(capsys, "resume", str(folder), "num_examples=8")
    assert [row["index"] for row in rows(folder, "examples")] == list(range(8))


def test_self_instructs_own_files_are_read_with_their_inputs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = {"id": "t", "instruction": "Turn the word into capitals.", "instances": [{"input": "tea", "output": "TEA"}]}
    (here / "seed_tasks.jsonl").write_text(json.dumps(task))
    out = iftgen(capsys, "method=file", "method.path=seed_tasks.jsonl", "ui=none", "filters=[]")
    row = rows(Path(out.splitlines()[-1]), "examples")[0]
    assert (row["input"], row["output"], row["extra"]) == ("tea", "TEA", {"id": "t"})


def test_a_file_with_a_broken_line_leaves_nothing_behind(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "data.jsonl").write_text('{"instruction": "Say hello.", "output": "Hello."}\n{"output": no}\n')
    iftgen(capsys, "method=file", "method.path=data.jsonl", code=2)
    (here / "empty.json").write_text("[]")
    iftgen(capsys, "method=file", "method.path=empty.json", code=2)
    assert not (here / "outputs").exists()


def test_a_folder_of_somebody_elses_rows_is_refused_and_left_alone(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "examples.jsonl").write_text('["precious"]\n')
    iftgen(capsys, "backend=mock", "hydra.run.dir=mine", code=2)
    assert (here / "mine" / "examples.jsonl").read_text() == '["precious"]\n'


def test_a_job_of_a_sweep_goes_on_with_the_sweeps_call_store(capsys: pytest.CaptureFixture[str]) -> None:
    out = iftgen(capsys, "-m", "backend=mock", "num_examples=4", "ui=none", "seed=1,2")
    job = Path(out.splitlines()[0])
    iftgen(capsys, "resume", str(job), "num_examples=6")
    assert len(rows(job, "examples")) == 6
    assert not (job / "calls.sqlite").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [("raise ValueError('boom')", "raised ValueError: boom, on candidate"), ("return True", "check() returned True")],
)
def test_a_fault_in_a_filter_of_the_users_own_is_named(
    body: str, words: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"faulty_{len(body)}"
    (here / f"{name}.py").write_text(
        f"from iftgen.filters import Filter\nclass Bad(Filter):\n    def check(self, row):\n        {body}\n"
    )
    monkeypatch.syspath_prepend(str(here))
    folder = made(capsys, "ui=none", f"plugins=[{name}]", f"+filters.bad={{_target_: {name}.Bad}}", code=1)
    assert words in json.loads((folder / "manifest.json").read_text())["message"]


def test_narrowing_an_attribute_is_no_error_where_a_task_allows_other_values(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "t.yml").write_text(
        "attributes: {style: [plain, formal]}\n"
        "tasks: {a: {description: Ask for a thing., attributes: {style: [plain]}}, b: {description: Ask again.}}\n"
    )
    common = ("backend=mock", "taxonomy=file", "taxonomy.path=t.yml", "ui=none", "num_examples=4", "filters=[]")
    out = iftgen(capsys, *common, "taxonomy.attributes.style=[formal]")
    drawn = {(row["task"], row["attributes"].get("style")) for row in rows(Path(out.splitlines()[-1]), "examples")}
    assert drawn == {("a", None), ("b", "formal")}


def test_seeds_that_serve_no_task_are_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "seeds.jsonl").write_text('{"task": "nonsense", "instruction": "Say hello.", "output": "Hello."}\n')
    iftgen(capsys, "backend=mock", "seeds=file", "seeds.path=seeds.jsonl", code=2)
