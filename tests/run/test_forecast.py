"""The forecast: the simulated planner, the load of rendered prompts, the pace, and what a pilot measures."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from iftgen.cli.compose import composer, settings_of
from iftgen.run.forecast import Pilot, as_json, forecast, read_pilot
from iftgen.run.forecast.assumptions import EMBEDDED, assume
from iftgen.run.forecast.pilot import wilson
from iftgen.run.forecast.ranges import Load, Range
from iftgen.run.forecast.simulate import MOST_SIMULATED, Simulator
from iftgen.run.job import execute
from iftgen.run.setup import Setup, prepare


@cache
def setup_of(*overrides: str) -> Setup:
    """A run with the mock model, for forecasts only: its filters remember what a run has accepted."""
    return made_setup(*overrides)


def made_setup(*overrides: str) -> Setup:
    """A run with the mock model."""
    words = ["backend=mock", *overrides]
    with composer([]) as composing:
        return prepare(settings_of(composing.compose(words)), words, composing.places())


def run_for_real(path: Path, overrides: Sequence[str]) -> Pilot:
    """Make a run and return what it measured."""
    setup = made_setup(*overrides)
    assert setup.target is not None
    execute(setup, path, ["backend=mock", *overrides])
    measured = read_pilot(path, setup.target)
    assert measured is not None
    return measured


@pytest.mark.parametrize("number", [100, 250])
def test_calls_and_tokens_are_those_of_a_real_run_at_its_acceptance(number: int, tmp_path: Path) -> None:
    overrides = (f"num_examples={number}", "seed=5")
    real = run_for_real(tmp_path, overrides)
    made = forecast(setup_of(*overrides), real.passed / real.judged)
    assert made.total.calls.expected == pytest.approx(real.calls, rel=0.05)
    tokens = sum(one.prompt * one.calls for one in real.roles.values())
    assert made.total.prompt.expected == pytest.approx(tokens, rel=0.15)


@pytest.mark.parametrize("acceptance", [0.05, 0.3, 0.75, 1.0])
def test_the_simulation_ends_with_what_was_asked_for_at_any_acceptance(acceptance: float) -> None:
    seen = Simulator(setup_of("num_examples=120", "max_tries=1000"), acceptance, 0.5).run()
    assert seen.reached
    assert seen.total("examples") == 120
    assert seen.candidates * acceptance == pytest.approx(120, rel=0.25)


def test_candidates_rejected_early_get_no_answer() -> None:
    setup = setup_of("num_examples=100")
    late, early = (Simulator(setup, 0.5, share).run() for share in (0.0, 1.0))
    assert late.total("answered") == pytest.approx(late.total("candidates"), abs=late.surplus)
    assert early.total("answered") == pytest.approx(early.total("candidates") * 0.5, rel=0.1)


def test_a_long_run_is_scaled_up_from_its_beginning() -> None:
    seen = Simulator(setup_of("num_examples=50000"), 0.8, 0.5).run()
    assert seen.simulated == MOST_SIMULATED
    assert seen.total("examples") == pytest.approx(50_000, rel=0.001)
    assert seen.total("candidates") == pytest.approx(62_500, rel=0.03)


def test_a_run_that_spends_its_candidates_first_is_said_to_fall_short() -> None:
    made = forecast(setup_of("num_examples=100", "max_candidates=50"), 0.5)
    told = as_json(made)
    assert told["reached"] is False
    assert told["candidates"]["high"] == 50
    assert told["examples"] < 50


def test_tries_of_output_first_lie_between_samples_and_tries() -> None:
    own = ("method=output_first", "taxonomy=starter", "taxonomy.include=[rewriting]", "prompt=completion")
    made = forecast(setup_of(*own, "num_examples=50"), 1.0)
    draws = made.simulation.total("draws")
    calls = made.loads["instruction"].calls
    assert calls.low == pytest.approx(3 * draws)  # the tasks of rewriting ask for 3 samples in 6 tries
    assert calls.expected == pytest.approx(4.5 * draws)
    assert calls.high == pytest.approx(6 * draws)


def test_samples_of_an_answer_are_calls_of_their_own() -> None:
    once, thrice = (forecast(setup_of("method.samples=" + count), 0.8) for count in ("1", "3"))
    assert thrice.loads["response"].calls.expected == 3 * once.loads["response"].calls.expected
    assert thrice.loads["instruction"] == once.loads["instruction"]


def test_limits_a_minute_and_latency_set_the_time() -> None:
    free = forecast(setup_of("num_examples=100"), 0.8)
    paced = forecast(setup_of("num_examples=100", "backend.rpm=60"), 0.8)
    slow = forecast(setup_of("num_examples=100", "backend.mock.latency=1", "backend.concurrency=4"), 0.8)
    assert paced.seconds.expected == pytest.approx(paced.total.calls.expected, rel=0.05)
    assert slow.seconds.low == pytest.approx(slow.total.calls.low / 4, rel=0.05)
    assert free.seconds.expected < 5


def test_the_share_of_a_pilot_has_the_interval_of_wilson() -> None:
    low, high = wilson(15, 20)
    assert (round(low, 4), round(high, 4)) == (0.5313, 0.8881)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == pytest.approx(0.0, abs=1e-12)


def test_a_pilot_corrects_what_was_assumed(tmp_path: Path) -> None:
    setup = setup_of("num_examples=100", "backend.mock.long=0.5")
    pilot = run_for_real(tmp_path, ("num_examples=15", f"window={setup.window}", "backend.mock.long=0.5"))
    made = forecast(setup, pilot=pilot)
    response = made.loads["response"]
    assert response.completion.expected / response.calls.expected == pytest.approx(
        pilot.roles["response"].completion.expected, rel=0.01
    )
    assert made.acceptance.low >= made.acceptance.expected >= made.acceptance.high
    assert made.simulation.total("examples") == 100 - pilot.passed


def test_a_pilot_without_a_single_example_can_be_planned_on(tmp_path: Path) -> None:
    strict = ("filters=[length]", "filters.length.min_response_words=900", "max_candidates=12")
    pilot = run_for_real(tmp_path, ("num_examples=3", "window=5", *strict))
    assert (pilot.passed, pilot.judged) == (0, 12)
    made = forecast(setup_of("num_examples=20", "max_candidates=500", *strict[:2]), pilot=pilot)
    assert not made.simulation.reached


def test_a_plan_is_json() -> None:
    told = as_json(forecast(setup_of()))
    assert json.loads(json.dumps(told)) == told
    assert set(told["roles"]) == {"instruction", "response"}
    assert told["total"]["calls"]["expected"] == pytest.approx(
        sum(role["calls"]["expected"] for role in told["roles"].values()), abs=1
    )


def test_ranges_and_loads_count_side_by_side() -> None:
    one = Load(Range(1, 2, 3), Range.just(10))
    assert (one + one).calls == one.calls * 2 == Range(2, 4, 6)
    assert (one * Range(1, 2, 3)).prompt == Range(10, 20, 30)
    assert Range(1, 5, 9).most(Range(2, 2, 20)) == Range(2, 5, 20)


def test_the_assumed_time_of_a_call_grows_with_its_tokens() -> None:
    seconds = EMBEDDED.seconds(Range.just(460), Range.just(60))
    assert seconds.expected == pytest.approx(2.02)
    assert seconds.low < seconds.expected < seconds.high
    assert assume(setup_of("backend.mock.latency=2").specs["response"]).wait.expected == 2
