"""Which of LiteLLM's ways a model takes."""

import gc

import pytest

from iftgen.backends.litellm_setup import load_litellm, ways

OWN = "http://127.0.0.1:8000/v1"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("m", "m"),
        ("openai/m", "m"),
        ("hosted_vllm/m", "m"),
        ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B-Instruct"),
        ("hosted_vllm/openai/gpt-oss-20b", "openai/gpt-oss-20b"),
    ],
)
def test_a_server_of_the_user_is_reached_the_cheap_way(model: str, name: str) -> None:
    assert ways(load_litellm(), model, OWN) == (f"hosted_vllm/{name}", f"openai/{name}")


@pytest.mark.parametrize(
    ("model", "api_base"),
    [
        ("openai/m", None),
        ("openai/m", "https://api.openai.com/v1"),
        ("openai/gpt-4o", OWN),
        ("gpt-4o", OWN),
        ("anthropic/claude-x", OWN),
        ("ollama/m", OWN),
    ],
)
def test_what_a_provider_serves_is_left_to_litellm(model: str, api_base: str | None) -> None:
    assert ways(load_litellm(), model, api_base) == (model, model)


def test_the_garbage_collector_works_again_after_the_import() -> None:
    load_litellm()
    assert gc.isenabled()
