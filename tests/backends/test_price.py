"""Prices: the user's own, LiteLLM's list, and unknown, which is never zero."""

import subprocess
import sys
from typing import Any

import pytest

from iftgen.backends import make_spec
from iftgen.backends.price import cost, most_tokens, rates, used, worst_case
from iftgen.store.charges import Charge
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
    assert most_tokens(request) == (36, 50)
    assert worst_case((1e-6, 2e-6), 36, 50) == Charge(1, 86, 136_000_000, 59)
    assert worst_case(None, 36, 50).picodollars is None


def test_the_worst_case_covers_what_the_template_adds_and_what_goes_with_the_text() -> None:
    def most(**sampling: Any) -> int:
        return most_tokens(Request("response", messages=({"role": "user", "content": "Hi"},), sampling=sampling))[0]

    assert most() == 2 + 2 * 16 + 512
    assert most(grammar="root ::= a") - most() == 10
    assert most(stop=["###"]) - most() == 7
    assert most(response_format={"type": "json_object"}) - most() == 23 + 512


def test_of_two_limits_on_a_reply_the_larger_counts_and_each_of_several_replies() -> None:
    def most(**sampling: Any) -> int:
        return most_tokens(Request("response", prompt="Hi", sampling=sampling))[1]

    assert most(max_tokens=5, max_completion_tokens=9) == 9
    assert most(max_tokens=5, n=3) == 15
    assert most() == 4096


def test_scoring_a_text_writes_no_more_than_the_text() -> None:
    assert most_tokens(Request("judge", prompt="Hi", score="there", sampling={"max_tokens": 500})) == (23, 6)


def test_a_reply_is_charged_what_it_used_or_the_worst_case_where_nobody_counted() -> None:
    worst = worst_case((1e-6, 2e-6), 100, 100)
    assert used((1e-6, 2e-6), worst, Usage(10, 5)) == Charge(1, 15, 20_000_000, 15)
    assert used((1e-6, 2e-6), worst, Usage(10, 0)) == worst


def test_prices_are_read_without_importing_litellm() -> None:
    code = (
        "import sys; from iftgen.backends import make_spec; from iftgen.backends.price import rates;"
        "assert rates(make_spec({'name': 'a', 'model': 'openai/gpt-5-mini'})); assert 'litellm' not in sys.modules;"
        "assert 'aiohttp' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
