"""What the events of a run add up to."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iftgen.watch.fold import ERRORS, Fold
from iftgen.watch.view import RunView

START: dict[str, Any] = {
    "event": "start", "target": 20, "models": {"instruction": "m"}, "method": "auto", "filters": ["length"],
    "overrides": ["seed=1"], "quotas": {"a/x": 20}, "pid": 7,
    "backends": {"m": {"concurrency": 8, "rpm": None}, "n": {"concurrency": 3, "rpm": 5}},
}  # fmt: skip
PROGRESS: dict[str, Any] = {
    "event": "progress", "accepted": 5, "rejected": 3, "failed": 2, "in_flight": 4, "by_filter": {"length": 3},
    "tokens": 90, "cost_usd": 0.5, "paused": False, "concurrency": 2, "limit": 6,
    "paid": {"calls": 12, "prompt_tokens": 60, "completion_tokens": 40, "cost_usd": 1.0, "budget": {"usd": [1.0, 4]}},
}  # fmt: skip


def folded(*events: dict[str, Any]) -> Fold:
    """Take in events, ten seconds apart from 100 on where they tell no time."""
    fold = Fold()
    for number, event in enumerate(events):
        fold.take({"time": 100.0 + 10 * number, **event})
    return fold


def test_before_the_first_event_a_run_starts() -> None:
    assert Fold().view == RunView()
    assert Fold().view.live


def test_a_start_tells_what_is_made() -> None:
    view = folded(START).view
    assert (view.status, view.target, view.filters, view.quotas) == ("running", 20, ("length",), {"a/x": 20})
    assert (view.overrides, view.method, view.pid, view.most) == (("seed=1",), "auto", 7, 8)
    assert view.backends["n"]["rpm"] == 5


def test_the_rows_of_a_file_are_judged_and_not_made() -> None:
    start = {**START, "target": None, "rows": 30}
    view = folded(start, PROGRESS, {**PROGRESS, "accepted": 15}).view
    assert (view.share_done, view.rate) == (20 / 30, 1.0)
    assert view.remaining == 7.5  # of the 10 rows that are left three in four
    assert folded(START, PROGRESS).view.share_done == 5 / 20


def test_progress_tells_counts_cost_and_rates() -> None:
    view = folded(START, PROGRESS, {**PROGRESS, "accepted": 15, "paid": {"prompt_tokens": 300}}).view
    assert (view.accepted, view.rejected, view.failed, view.in_flight, view.candidates) == (15, 3, 2, 4, 20)
    assert view.acceptance == 0.75
    assert (view.rate, view.token_rate) == (1.0, 20.0)
    assert view.remaining == 5.0
    assert (view.calling, view.limit, view.elapsed) == (2, 6, 20.0)


def test_what_was_paid_is_shared_by_the_accepted_ones() -> None:
    view = folded(START, PROGRESS).view
    assert view.cost_each == 0.2
    assert view.paid["budget"] == {"usd": (1.0, 4.0)}
    assert folded(START, {**PROGRESS, "paid": {"cost_usd": None}}).view.cost_each is None


def test_a_run_that_goes_on_adds_its_time_to_that_before() -> None:
    fold = folded(START, PROGRESS, {"event": "end", "status": "stopped"}, {**START, "time": 1000.0})
    assert fold.view.status == "running"
    assert fold.view.elapsed == 20.0
    fold.take({**PROGRESS, "time": 1007.0})
    assert fold.view.elapsed == 27.0
    fold.take({"event": "end", "status": "completed", "time": 1010.0})
    fold.take({**START, "time": 5000.0})
    fold.take({**PROGRESS, "time": 5001.0})
    assert fold.view.elapsed == 31.0


def test_the_time_between_a_kill_and_the_next_start_is_no_work() -> None:
    fold = folded(START, PROGRESS, {**START, "time": 900.0}, {**PROGRESS, "time": 903.0})
    assert fold.view.elapsed == 13.0


def test_retries_are_counted_by_kind_and_the_latest_errors_are_kept() -> None:
    kinds = ["429", "timeout", "429"]
    view = folded(START, *({"event": "retry", "kind": kind, "reason": f"{kind}!"} for kind in kinds)).view
    assert view.retries == {"429": 2, "timeout": 1}
    assert [words for _, words in view.errors] == ["429!", "timeout!", "429!"]
    many = folded(*({"event": "failure", "error": f"error {number}"} for number in range(ERRORS + 7))).view
    assert many.failures == ERRORS + 7
    assert [words for _, words in many.errors] == [f"error {number}" for number in range(7, ERRORS + 7)]


def test_moved_quotas_are_those_that_count() -> None:
    view = folded(START, {"event": "quotas", "quotas": {"a/x": 18}, "given_up": {"a/x": 2}}).view
    assert (view.quotas, view.given_up) == ({"a/x": 18}, {"a/x": 2})


def test_what_was_steered_is_seen_and_what_was_refused_changes_nothing() -> None:
    steer = {"event": "steer", "change": {"concurrency": 20}}
    assert folded(START, steer).view.most == 20
    refused = folded(START, {**steer, "refused": "too many"}).view
    assert refused.most == 8
    assert refused.steered[0]["refused"] == "too many"


def test_overload_lowers_the_limit() -> None:
    assert folded(START, PROGRESS, {"event": "limit", "concurrency": 3}).view.limit == 3


def test_a_run_is_paused_and_goes_on() -> None:
    assert folded(START, {**PROGRESS, "paused": True}).view.status == "paused"
    assert folded(START, {**PROGRESS, "paused": True}, PROGRESS).view.status == "running"


def test_a_run_that_stops_is_stopping_until_its_end() -> None:
    assert folded(START, {"event": "stopping", "calls": 3}, PROGRESS).view.status == "stopping"


@pytest.mark.parametrize("status", ["completed", "stopped", "budget_exhausted", "exhausted", "failed"])
def test_an_end_tells_how(status: str) -> None:
    counts = {"candidates": 12, "accepted": 6, "rejected": 4, "failed": 2}
    view = folded(START, PROGRESS, {"event": "end", "status": status, "message": "why", "counts": counts}).view
    assert (view.status, view.message, view.live) == (status, "why", False)
    assert (view.accepted, view.rejected, view.failed) == (6, 4, 2)
    assert (view.in_flight, view.calling, view.remaining, view.token_rate) == (0, 0, None, 0.0)
    assert view.rate == 0.5  # 5 in 10 seconds


def test_kinds_that_are_not_known_are_left_out() -> None:
    before = folded(START, PROGRESS).view
    odd = [{"event": kind} for kind in ("noted", "take", "begun", "_init__", "hologram", None, 5, "", ["start"])]
    after = folded(START, PROGRESS, *({"time": 110.0, **event} for event in odd)).view
    assert after == before


@pytest.mark.parametrize("key", ["accepted", "rejected", "failed", "in_flight", "by_filter"])
def test_an_event_that_lacks_what_its_kind_has_is_left_out(key: str) -> None:
    lacking = {name: value for name, value in PROGRESS.items() if name != key}
    assert replace(folded(START, PROGRESS, lacking).view, elapsed=0) == replace(folded(START, PROGRESS).view, elapsed=0)


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none() | st.text(max_size=3), max_size=2),
)  # fmt: skip
STEER = {"event": "steer", "change": {"concurrency": 3}}
END = {"event": "end", "status": "stopped", "counts": {"accepted": 1}, "message": ""}
QUOTA = {"event": "quotas", "quotas": {"a": 1}, "given_up": {}}
OTHERS = [{"event": "retry", "kind": "429", "reason": "x"}, {"event": "limit", "concurrency": 1}, STEER, END, QUOTA]


@given(st.sampled_from([START, PROGRESS, *OTHERS]), st.data())
def test_no_event_can_break_the_view(event: dict[str, Any], data: st.DataObject) -> None:
    keys = data.draw(st.sets(st.sampled_from([*event, "time"]), max_size=4))
    fold = folded(START, PROGRESS)
    fold.take({"time": 130.0, **event, **{key: data.draw(JUNK) for key in keys if key != "event"}})
    fold.take({"time": 140.0, **PROGRESS, "accepted": 9})
    view = fold.view
    assert view.accepted == 9
    assert isinstance(view.message, str) and isinstance(view.status, str)
    assert all(isinstance(count, int) for count in (*view.by_filter.values(), *view.quotas.values()))
    assert view.target is None or isinstance(view.target, int)
