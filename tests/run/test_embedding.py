"""Runs with an embedder: what its config may be, what it costs, and that a run goes on without paying twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from iftgen.cli import main
from iftgen.compare import compare
from iftgen.errors import ConfigError, UserError
from iftgen.filters.stack import FilterStack
from iftgen.run.embedding import check_embedder, embedder_spec
from iftgen.store.folder import KINDS

RELEVANCE = {"relevance": {"_target_": "iftgen.filters.relevance.Relevance"}}
STACK = "filters=[semantic_duplicate,relevance]"
RUN = (
    "backend=mock", "embedder=mock", "taxonomy=general", "method=self_instruct", "num_examples=30", "window=12",
    STACK, "filters.semantic_duplicate.threshold=0.3", "filters.semantic_duplicate.swap_threshold=0.3",
    "filters.relevance.min_similarity=-1",
    "embedder.price.input=2", "ui=none", "export=none",
)  # fmt: skip


def iftgen(*arguments: str) -> None:
    """Run the command."""
    with pytest.raises(SystemExit):
        main(list(arguments))


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    """Run to the end, and return the manifest."""
    iftgen(*RUN, *arguments, f"hydra.run.dir={folder}")
    return manifest(folder)


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def content(folder: Path) -> dict[str, bytes]:
    return {kind: (folder / f"{kind}.jsonl").read_bytes() for kind in KINDS}


def rows(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(folder)[kind].splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an undisturbed run."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder)
    return folder


def test_a_run_counts_what_it_embedded_and_rows_do_not_depend_on_batches(whole: Path, tmp_path: Path) -> None:
    small = run(tmp_path / "small", "embedder.batch=3")
    assert content(whole) == content(tmp_path / "small")
    found = manifest(whole)
    assert found["status"] == "completed"
    assert found["rejected_by"]["semantic_duplicate"] > 0
    assert sum("relevance" in row["scores"] for row in rows(whole, "examples")) > 20
    own = found["embedder"]
    # What was begun beyond the last example is a matter of timing, and of the window.
    assert own["texts"] == pytest.approx(small["embedder"]["texts"], rel=0.15)
    assert own["texts"] > 60
    assert own["cost_usd"] == pytest.approx(own["tokens"] * 2e-6)
    assert found["paid"]["cost_usd"] == pytest.approx(own["cost_usd"])  # the other model is free
    assert found["paid"]["prompt_tokens"] > own["tokens"]
    assert found["plan"]["embedder.model"] == "mock"
    assert not {"embedder.batch", "embedder.concurrency", "embedder.price.input"} & found["plan"].keys()


def test_a_run_that_grows_embeds_nothing_twice(tmp_path: Path) -> None:
    short = run(tmp_path / "grown", "num_examples=12")
    grown = run(tmp_path / "grown")
    assert grown["status"] == "completed"
    assert grown["embedder"]["texts"] > short["embedder"]["texts"]
    texts = embedded(tmp_path / "grown")
    assert texts == grown["embedder"]["texts"]
    again = run(tmp_path / "grown", "num_examples=40")
    assert again["status"] == "completed"
    assert embedded(tmp_path / "grown") == again["embedder"]["texts"] > texts


def embedded(folder: Path) -> int:
    """Return the number of vectors in the store."""
    import sqlite3

    with sqlite3.connect(folder / "embeddings.sqlite") as connection:
        found = int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
    connection.close()
    return found


def test_the_jobs_of_a_sweep_share_their_vectors(tmp_path: Path) -> None:
    iftgen("-m", *RUN, "num_examples=10", "filters.relevance.min_words=5,6", f"hydra.sweep.dir={tmp_path}")
    first, second = (manifest(tmp_path / job) for job in "01")
    assert (first["status"], second["status"]) == ("completed", "completed")
    assert not (tmp_path / "0" / "embeddings.sqlite").exists()
    assert embedded(tmp_path) == first["embedder"]["texts"] + second["embedder"]["texts"]
    assert second["embedder"]["texts"] < first["embedder"]["texts"] / 4


def test_a_budget_holds_for_embeddings_too_and_the_run_goes_on(whole: Path, tmp_path: Path) -> None:
    spent = run(tmp_path / "run", "budget.usd=0.004")
    assert (spent["status"], spent["paid"]["cost_usd"] <= 0.004) == ("budget_exhausted", True)
    run(tmp_path / "run", "budget.usd=10")
    assert content(tmp_path / "run") == content(whole)


def test_a_file_is_cleaned_and_its_neighbours_are_named(tmp_path: Path) -> None:
    pairs = [
        ("Explain how the tides of the sea work.", "The tides of the sea work by the pull of the moon."),
        ("Please explain how the tides of the sea work.", "The moon makes the tides of the sea work."),
        ("Describe one good breakfast of children.", "Fish can swim in water because they have fins and tails too."),
    ]
    data = tmp_path / "data.json"
    data.write_text(json.dumps([{"instruction": one, "input": "", "output": other} for one, other in pairs]))
    found = [STACK, "embedder=mock", "filters.relevance.min_similarity=0.1", "ui=none", "export=none"]
    iftgen("method=file", f"method.path={data}", *found, f"hydra.run.dir={tmp_path / 'run'}")
    verdicts = [(row["verdict"]["filter"], row["verdict"]["neighbour"]) for row in rows(tmp_path / "run", "rejected")]
    assert verdicts == [("semantic_duplicate", pairs[0][0]), ("relevance", None)]


def test_reworded_questions_of_a_benchmark_are_found_and_only_what_the_words_keep_is_embedded(tmp_path: Path) -> None:
    asked = ["Explain how the tides of the sea work.", "Describe one good breakfast of children for a school day."]
    reworded = "The tides of the sea: explain how they work."
    rows_given = [asked[1], reworded, "Name the capital of Peru."]
    data, benchmark = tmp_path / "data.json", tmp_path / "benchmark.txt"
    data.write_text(json.dumps([{"instruction": one, "output": "It is so."} for one in rows_given]))
    benchmark.write_text("\n".join(asked))
    own = ["filters=[decontamination]", f"filters.decontamination.files=[{benchmark}]", "ui=none", "export=none"]
    own += ["filters.decontamination.similarity=0.7", "embedder=mock", f"hydra.run.dir={tmp_path / 'run'}"]
    iftgen("method=file", f"method.path={data}", *own)
    verdicts = [(row["instruction"], row["verdict"]["neighbour_id"]) for row in rows(tmp_path / "run", "rejected")]
    assert verdicts == [(asked[1], "benchmark.txt:2"), (reworded, "benchmark.txt:1")]
    found = manifest(tmp_path / "run")
    assert found["embedder"]["texts"] == len(asked) + 2
    assert found["rejected_by"] == {"decontamination": 2}


def test_what_a_run_embedded_serves_a_merge_and_a_comparison(whole: Path, tmp_path: Path) -> None:
    parts = [tmp_path / str(shard) for shard in range(2)]
    for shard, folder in enumerate(parts):
        run(folder, "shard.count=2", f"shard.index={shard}")
    iftgen("merge", *map(str, parts), "--out", str(tmp_path / "merged"), "--threshold", "1")
    found = manifest(tmp_path / "merged")
    assert list(found["merge"]["semantic_duplicate"].values()) == [0.3]
    assert found["rejected_by"]["semantic_duplicate"] > 0
    cosine = compare([whole]).runs[0].diversity.cosine.value
    assert cosine is not None and 0 < cosine < 0.5


def test_a_filter_without_its_embedder_is_refused_with_what_helps() -> None:
    stack = FilterStack.build({"relevance": {"_target_": "iftgen.filters.relevance.Relevance"}})
    with pytest.raises(ConfigError, match=r"filters\.relevance needs an embedder: embedder=onnx"):
        check_embedder(None, stack, True)
    check_embedder(None, FilterStack({}), True)


API = {"name": "a", "model": "m", "client": "direct", "api_base": "http://127.0.0.1/v1"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "onnx", "model": "other"}, r"embedder\.model: 'other' is not allowed"),
        ({**API, "batch": 0}, r"embedder\.batch: 0 is not a whole number from 1 to 2048"),
        ({**API, "model": None}, r"embedder\.model: a non-empty text is needed"),
        ({**API, "api_base": None}, r"embedder\.api_base: .* needs the address of its server"),
        ({**API, "api_key_env": "sk-abc"}, r"embedder\.api_key_env: this is not the name"),
        ({**API, "rpm": 0}, r"embedder\.rpm: 0 is not"),
    ],
)
def test_wrong_values_are_named(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        embedder_spec({"batch": 64, "max_chars": 1000, "threads": None, **values})


def test_a_missing_key_is_named_only_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    spec = embedder_spec({"batch": 64, "max_chars": 1000, **API, "api_key_env": "NO_SUCH_KEY"})
    check_embedder(spec, FilterStack({}), False)
    with pytest.raises(UserError, match=r"embedder\.api_key_env: the environment variable NO_SUCH_KEY"):
        check_embedder(spec, FilterStack({}), True)


def test_the_key_that_litellm_will_look_for_is_missed_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("MISTRAL_API_KEY", raising=False)
    data = tmp_path / "data.json"
    data.write_text(json.dumps([{"instruction": "Name a color.", "output": "Red."}]))
    asked = ["method=file", f"method.path={data}", "embedder=litellm", "embedder.model=mistral/mistral-embed", STACK]
    with pytest.raises(SystemExit) as left:
        main([*asked, "ui=none", f"hydra.run.dir={tmp_path / 'run'}"])
    assert left.value.code == 2
    assert (
        "embedder.api_key_env: the environment variable MISTRAL_API_KEY is empty or not set" in capsys.readouterr().err
    )
    assert not (tmp_path / "run").exists()


def test_a_key_an_address_or_a_local_model_is_not_asked_for_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "k")
    common = {"name": "litellm", "client": "litellm", "batch": 64, "max_chars": 1000}
    for more in (
        {"model": "mistral/mistral-embed"},
        {"model": "openai/x", "api_base": "http://127.0.0.1:9/v1"},
        {"model": "hosted_vllm/x"},
    ):
        check_embedder(embedder_spec({**common, **more}), FilterStack.build(RELEVANCE), True)


def test_vectors_belong_to_the_model_and_to_what_is_sent_with_each_request() -> None:
    plain, other, sized = (
        embedder_spec({"batch": 64, "max_chars": 1000, **API, **more})
        for more in ({}, {"model": "n"}, {"extra": {"dimensions": 8}})
    )
    assert plain is not None and other is not None and sized is not None
    assert len({plain.identity, other.identity, sized.identity}) == 3
    assert embedder_spec({"name": None}) is None
