"""The planner: quotas, windows, random keys, and what it does about tasks that cannot be filled."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.apportion import apportion_tree, largest_remainder
from iftgen.plan import Choice, Planner, draw_attributes, pick_in_turn, values_of
from iftgen.seeds import SeedBank
from iftgen.taxonomy import Task, Taxonomy, Value
from iftgen.types import Draw, Pair


def taxonomy(**shares: float) -> Taxonomy:
    """A taxonomy with tasks a/x, a/y ... given as a_x=share."""
    named = {name.replace("_", "/"): share for name, share in shares.items()}
    total = sum(named.values())
    return Taxonomy(
        "", {n: Task(n, n, topics=("p", "q", "r")) for n in named}, {n: s / total for n, s in named.items()}, {}
    )


def planner(shares: Taxonomy | None = None, **changes: object) -> Planner:
    """A planner over two tasks, with the given changes to its arguments."""
    arguments: dict[str, object] = {
        "taxonomy": shares or taxonomy(a_x=1, b_y=1),
        "choose": lambda task: Choice("self_instruct", 1),
        "seeds": SeedBank(()),
        "seed": 0,
        "target": 10,
        "window": 4,
        "max_candidates": 1000,
        "max_tries": 10,
    }
    return Planner(**{**arguments, **changes})  # type: ignore[arg-type]


def example(index: int, task: str) -> Pair:
    """An accepted example."""
    return Pair(f"id{index}", f"instruction {index}", "output", task=task, origin="example")


def simulate(plan: Planner, accepts: object, most: int = 5000) -> list[Draw]:
    """Run the planner to its end; `accepts(index, task)` judges. Commits one index at a time."""
    draws: list[Draw] = []
    owner: dict[int, str] = {}
    while not plan.finished and plan.commits < most:
        while (draw := plan.next_draw()) is not None:
            draws.append(draw)
            owner |= {draw.index + offset: draw.task for offset in range(draw.count)}
        index = plan.commits
        if index not in owner:
            break
        good = accepts(index, owner[index]) and not plan.full(owner[index])  # type: ignore[operator]
        plan.commit(index, owner[index], example(index, owner[index]) if good else None)
    return draws


def test_quotas_follow_the_shares_by_largest_remainder_at_each_level() -> None:
    shares = {f"rewriting/r{i}": 0.3 / 15 for i in range(15)} | {f"coding/c{i}": 0.7 / 2 for i in range(2)}
    parts = apportion_tree(20, shares, {name: i for i, name in enumerate(shares)})
    assert sum(count for name, count in parts.items() if name.startswith("rewriting")) == 6
    assert parts["coding/c0"] == parts["coding/c1"] == 7
    assert max(count for name, count in parts.items() if name.startswith("rewriting")) == 1


@given(st.integers(0, 500), st.lists(st.floats(0.01, 10), min_size=1, max_size=12))
def test_largest_remainder_gives_everything_away_and_stays_within_one_of_the_exact_share(
    total: int, weights: list[float]
) -> None:
    named = {str(i): weight for i, weight in enumerate(weights)}
    parts = largest_remainder(total, named, {name: int(name) for name in named})
    assert sum(parts.values()) == total
    assert all(abs(parts[n] - total * w / sum(weights)) < 1 + 1e-6 for n, w in named.items())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(5, 95), st.integers(1, 6), st.integers(1, 20))
def test_it_ends_with_exactly_the_target_and_each_quota_at_any_acceptance(
    target: int, percent: int, size: int, window: int
) -> None:
    plan = planner(
        taxonomy(a_x=3, a_y=1, b_z=2), target=target, window=window, choose=lambda task: Choice("m", size),
        max_tries=10_000, max_candidates=10**6,
    )  # fmt: skip
    quotas = {name: state.quota for name, state in plan.states.items()}
    rng = random.Random(percent)
    simulate(plan, lambda index, task: rng.random() * 100 < percent, most=10**5)
    assert plan.finished
    assert {name: state.accepted for name, state in plan.states.items()} == quotas
    assert plan.next_index - plan.commits <= window + size


def test_a_draw_sees_nothing_later_than_the_window_allows_and_nothing_that_timing_could_change() -> None:
    plan = planner(target=50, window=4)
    for draw in simulate(plan, lambda index, task: index % 3 != 0):
        assert draw.index - 4 <= draw.view <= draw.index


def test_the_nth_draw_of_a_task_has_the_same_key_whatever_was_accepted() -> None:
    lenient = {(d.task, d.n): d.key for d in simulate(planner(target=30), lambda index, task: True)}
    strict = {(d.task, d.n): d.key for d in simulate(planner(target=30), lambda index, task: index % 4 == 0)}
    assert len(strict) > len(lenient)
    assert all(strict[at] == key for at, key in lenient.items())


def test_another_seed_gives_other_keys() -> None:
    first = simulate(planner(seed=1), lambda index, task: True)
    second = simulate(planner(seed=2), lambda index, task: True)
    assert not {draw.key for draw in first} & {draw.key for draw in second}


def test_the_share_of_a_task_that_is_never_accepted_goes_to_the_others() -> None:
    plan = planner(max_tries=5)
    simulate(plan, lambda index, task: task != "a/x")
    assert plan.finished
    assert plan.unfilled == {"a/x": 0}
    assert plan.states["b/y"].accepted == 10


def test_the_run_ends_at_a_task_that_cannot_be_filled_where_the_user_chose_so() -> None:
    plan = planner(max_tries=5, share_unfilled=False)
    simulate(plan, lambda index, task: task != "a/x")
    assert not plan.finished and plan.next_draw() is None


def test_surplus_beyond_a_quota_does_not_count_against_the_task() -> None:
    plan = planner(target=40, window=200, max_tries=25)
    simulate(plan, lambda index, task: task == "a/x" and index > 20)
    assert plan.unfilled == {"b/y": 0}
    assert plan.finished


def test_no_more_than_max_candidates_are_drawn() -> None:
    plan = planner(max_candidates=17, max_tries=1000, choose=lambda task: Choice("m", 5))
    simulate(plan, lambda index, task: False)
    assert plan.next_index == 17
    assert not plan.finished and plan.next_draw() is None


def test_a_call_asks_for_no_more_instructions_than_the_task_needs() -> None:
    plan = planner(target=4, choose=lambda task: Choice("m", 5))
    draws = simulate(plan, lambda index, task: True)
    assert sum(draw.count for draw in draws) == 4


def test_growing_the_target_goes_on_behind_the_last_commit() -> None:
    plan = planner(target=10)
    simulate(plan, lambda index, task: True)
    before = plan.commits
    plan.extend(16)
    later = simulate(plan, lambda index, task: True)
    assert later[0].index == before
    assert plan.accepted == 16
    assert Counter(plan.states[n].quota for n in plan.states) == {8: 2}


def test_few_shot_examples_are_seeds_of_the_task_and_accepted_examples_as_of_the_view() -> None:
    seeds = tuple(Pair(f"s{i}", f"seed {i}", "o", task="a/x") for i in range(9))
    plan = planner(taxonomy(a_x=1), seeds=SeedBank(seeds), target=30, window=3)
    for draw in simulate(plan, lambda index, task: True):
        own = [pair for pair in draw.shots if pair.origin == "seed"]
        made = [pair for pair in draw.shots if pair.origin == "example"]
        assert len(own) == 6 and len({pair.id for pair in own}) == 6
        assert len(made) == min(2, draw.view)
        assert all(int(pair.id.removeprefix("id")) < draw.view for pair in made)


def test_topics_are_used_up_before_one_is_repeated() -> None:
    items = [f"t{i}" for i in range(7)]
    turns = [pick_in_turn(items, turn, 5) for turn in range(21)]
    assert all(sorted(turns[lap : lap + 7]) == items for lap in (0, 7, 14))
    assert turns[:7] != turns[7:14]


def test_attributes_are_drawn_by_weight_and_under_their_conditions() -> None:
    table = {
        "complexity": (Value("simple", 1.0), Value("hard", 3.0), Value("never", 0.0)),
        "style": (Value("plain"), Value("steps", 1.0, ("math/*",), {"complexity": ("hard",)})),
    }
    rng = random.Random(1)
    drawn = [draw_attributes(values_of(Task("math/sums", "d"), table), rng) for _ in range(2000)]
    complexity = Counter(values["complexity"] for values in drawn)
    assert complexity["never"] == 0
    assert complexity["hard"] / 2000 == pytest.approx(0.75, abs=0.04)
    assert {v["complexity"] for v in drawn if v["style"] == "steps"} == {"hard"}
    poem = Task("poems", "d", attributes={"complexity": ()})
    other = [draw_attributes(values_of(poem, table), rng) for _ in range(50)]
    assert all(values == {"style": "plain"} for values in other)
