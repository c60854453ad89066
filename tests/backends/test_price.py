"""Prices: the user's own, LiteLLM's list, and unknown, which is never zero."""

import subprocess
import sys
from typing import Any

import pytest

from iftgen.backends import make_spec
from iftgen.backends.price import cost, most_tokens, rates, worst_cost
from iftgen.types import Request, Usage


def spec(**values: Any) -> Any:
    return make_spec({"name": "b", "model": "openai/gpt-5-mini", **values})


def test_the_own_price_is_in_dollars_a_million_tokens() -> None:
    backend = spec(price={"input": 1, "output": 2.5})
    assert cost(backend, Usage(1000, 200)) == pytest.approx(0.0015)


def test_a_listed_model_is_found_with_and_without_its_provider() -> None:
    assert rates(spec()) == rates(spec(model="gpt-5-mini")) == (2.5e-07, 2e-06)


@pytest.mark.parametrize(
    "values",
    [
        {"model": "nobody/knows"},
        {"model": "someone_else/gpt-5-mini"},
        {"client": "direct", "api_base": "http://127.0.0.1/v1"},
        {"model": "x", "price": {"input": 1, "output": None}},
    ],
)
def test_an_unknown_price_is_none(values: dict[str, Any]) -> None:
    assert cost(spec(**values), Usage(10, 10)) is None


def test_free_is_zero_and_uncounted_tokens_are_unpriced() -> None:
    assert cost(spec(price={"input": 0, "output": 0}), Usage()) == 0
    assert cost(spec(), Usage()) is None


def test_the_worst_case_covers_every_byte_and_max_tokens() -> None:
    request = Request("response", prompt="ä" * 10, sampling={"max_tokens": 50})
    assert most_tokens(spec(), request) == (36, 50)
    assert worst_cost(spec(price={"input": 1e6, "output": 1e6}), request) == 86


def test_prices_are_read_without_importing_litellm() -> None:
    code = (
        "import sys; from iftgen.backends import make_spec; from iftgen.backends.price import rates;"
        "assert rates(make_spec({'name': 'a', 'model': 'openai/gpt-5-mini'})); assert 'litellm' not in sys.modules;"
        "assert 'aiohttp' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
