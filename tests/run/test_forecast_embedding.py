"""What a plan says of an embedder."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from iftgen.run.forecast import as_json, forecast
from tests.run.test_forecast import setup_of

OWN = ("embedder=litellm", "num_examples=100", "filters=[semantic_duplicate,relevance]")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one a run is refused; none is used here."""
    monkeypatch.setenv("OPENAI_API_KEY", "no key")


def test_questions_and_responses_are_counted_and_priced() -> None:
    told = as_json(forecast(setup_of(*OWN)))
    found, candidates = told["embedder"], told["candidates"]["expected"]
    answered = sum(task["answered"] for task in told["tasks"].values())
    assert found["model"] == "openai/text-embedding-3-small"
    assert found["texts"]["expected"] >= candidates + answered - 1
    assert found["texts"]["low"] <= found["texts"]["expected"] <= found["texts"]["high"]
    assert found["cost_usd"]["expected"] == pytest.approx(found["tokens"]["expected"] * 2e-8, abs=1e-6)
    assert any(line.startswith("embedder: about") and "for $0.000" in line for line in told["assumptions"])
    alone = as_json(forecast(setup_of(*OWN[:2], "filters=[semantic_duplicate]")))["embedder"]
    assert alone["texts"]["expected"] == pytest.approx(found["texts"]["expected"] - answered, abs=1)


def test_an_unknown_price_is_told() -> None:
    unknown = as_json(forecast(setup_of(*OWN, "embedder.model=openai/no-such-model")))
    assert unknown["embedder"]["cost_usd"] is None
    assert any("at an unknown price" in line for line in unknown["assumptions"])


@pytest.mark.skipif(not find_spec("onnxruntime"), reason="the extra onnx is not installed")
def test_a_model_of_our_own_is_free() -> None:
    free = as_json(forecast(setup_of("embedder=onnx", *OWN[1:])))
    assert any("all-MiniLM-L6-v2, for free" in line for line in free["assumptions"])


def test_the_questions_of_benchmarks_count_too(tmp_path: Path) -> None:
    file = tmp_path / "benchmark.txt"
    file.write_text("".join(f"What is the name of the river number {number}?\n" for number in range(500)))
    own = (f"filters.decontamination.files=[{file}]", "filters.decontamination.similarity=0.75")
    told = as_json(forecast(setup_of(*OWN[:2], "filters=[decontamination]", *own)))
    assert told["embedder"]["texts"]["low"] >= 500 + told["candidates"]["low"]


def test_where_nothing_is_embedded_nothing_is_told() -> None:
    told = as_json(forecast(setup_of("embedder=litellm", "filters=[length]")))
    assert told["embedder"] is None
    assert not any("embed" in line for line in told["assumptions"])
