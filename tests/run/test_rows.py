"""Bills: what a call costs is split over its candidates, and the parts sum to the whole."""

from hypothesis import given
from hypothesis import strategies as st

from iftgen.run.rows import Bill, Outcome, row_id, row_json
from iftgen.types import Candidate, Usage


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 50), st.integers(1, 20))
def test_the_parts_of_a_bill_sum_to_the_whole(prompt: int, completion: int, cost: float, parts: int) -> None:
    whole = Bill(1, Usage(prompt, completion), round(cost, 8))
    split = whole.split(parts)
    total = Bill()
    for part in split:
        total = total + part
    assert total.usage == whole.usage and total.calls == 1
    assert abs((total.cost_usd or 0) - round(cost, 8)) < 1e-8
    assert all(split[0].usage.prompt_tokens >= part.usage.prompt_tokens for part in split)


def test_an_unknown_price_stays_unknown() -> None:
    assert (Bill(1, Usage(1, 1), None) + Bill(1, Usage(1, 1), 0.5)).cost_usd is None
    assert [part.cost_usd for part in Bill(1, Usage(1, 1), None).split(2)] == [None, None]


def test_a_failed_row_keeps_its_error_and_its_cost() -> None:
    kind, row = row_json(Outcome(Candidate(3, "a/x"), Bill(1, Usage(5, 0), 0.1), error="400: no", draw=2), 0, {})
    assert kind == "failed"
    assert (row["index"], row["error"], row["draw"], row["cost_usd"]) == (3, "400: no", 2, 0.1)


def test_an_id_depends_on_seed_index_and_content() -> None:
    row = Candidate(0, instruction="a", output="b")
    ids = {row_id(0, row), row_id(1, row), row_id(0, Candidate(1, instruction="a", output="b"))}
    assert len(ids) == 3
    assert row_id(0, row) == row_id(0, Candidate(0, instruction="a", output="b", scores={"x": 1.0}))
