"""Shards: runs that share a dataset, each with its own draws, rows and quotas."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.apportion import Shard
from iftgen.cli import main
from iftgen.plan import Choice
from iftgen.store.folder import RunFolder
from tests.cli.test_command import here, iftgen
from tests.run.hand import manifest
from tests.test_plan import planner, simulate, taxonomy

__all__ = ["here"]
RUN = ("backend=mock", "taxonomy=general", "method=self_instruct", "export=none", "ui=none", "num_examples=50")
COUNT = 3


def rows(folder: Path, kind: str = "examples") -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text().splitlines()]


@given(st.integers(1, 9), st.dictionaries(st.text("abc", min_size=1), st.integers(0, 20)))
def test_quotas_are_dealt_out_whole_and_evenly(count: int, quotas: dict[str, int]) -> None:
    shards = [Shard(index, count) for index in range(count)]
    dealt = [shard.deal(quotas) for shard in shards]
    assert {name: sum(one[name] for one in dealt) for name in quotas} == quotas
    shares = [sum(one.values()) for one in dealt]
    assert shares == [shard.share(sum(quotas.values())) for shard in shards]
    assert max(shares) - min(shares) <= 1
    for name in quotas:
        assert max(one[name] for one in dealt) - min(one[name] for one in dealt) <= 1


@given(st.integers(1, 9), st.integers(1, 60))
def test_the_least_whole_of_a_share_is_that(count: int, share: int) -> None:
    for shard in (Shard(index, count) for index in range(count)):
        assert shard.share(shard.whole(share)) == share
        assert shard.share(shard.whole(share) - 1) == share - 1


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(5, 60), st.integers(20, 100))
def test_the_keys_of_all_shards_are_those_of_one_run_and_no_two_share_one(
    count: int, target: int, percent: int
) -> None:
    tasks = taxonomy(a_x=3, a_y=1, b_z=2)
    plans = [planner(tasks, target=target, shard=Shard(index, count), max_tries=10_000) for index in range(count)]
    dice = random.Random(percent)
    draws = [simulate(plan, lambda index, task: dice.random() * 100 < percent) for plan in plans]
    keys = [{(draw.task, draw.n): draw.key for draw in found} for found in draws]
    assert len({place for found in keys for place in found}) == sum(map(len, keys))
    whole = planner(tasks, target=100 * target, window=10**6)
    wanted = {(draw.task, draw.n): draw.key for draw in simulate(whole, lambda index, task: index % 5 == 0)}
    assert all(wanted[place] == key for found in keys for place, key in found.items())
    assert sum(plan.accepted for plan in plans) == target
    together = Counter(dict.fromkeys(tasks.tasks, 0))
    for plan in plans:
        together.update({name: state.accepted for name, state in plan.states.items()})
    assert together == Counter(planner(tasks, target=target).quotas)


def test_the_topics_of_all_shards_come_up_equally_often() -> None:
    plans = [planner(taxonomy(a_x=1), target=12 * 4, shard=Shard(index, 4)) for index in range(4)]
    topics = Counter(draw.topic for plan in plans for draw in simulate(plan, lambda index, task: True))
    assert topics == {"p": 16, "q": 16, "r": 16}


def test_a_shard_that_grows_reaches_the_quotas_of_the_larger_whole() -> None:
    tasks = taxonomy(a_x=3, a_y=1, b_z=2)
    for shard in (Shard(index, 3) for index in range(3)):
        plan = planner(tasks, target=20, shard=shard, choose=lambda task: Choice("m", 2))
        simulate(plan, lambda index, task: index % 3 != 0)
        assert plan.accepted == shard.share(20)
        plan.extend(50)
        simulate(plan, lambda index, task: index % 3 != 0)
        assert plan.accepted == shard.share(50)
        assert {name: state.accepted for name, state in plan.states.items()} == planner(
            tasks, target=50, shard=shard
        ).quotas


def test_shards_make_n_together_and_the_same_bytes_at_any_concurrency(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    together = 0
    quotas: Counter[str] = Counter()
    for index in range(COUNT):
        shard = (f"shard.index={index}", f"shard.count={COUNT}")
        for wide in (1, 64):
            latency = ("backend.mock.latency=0.002", "backend.mock.jitter=1") if wide > 1 else ()
            folder = f"hydra.run.dir=s{index}-{wide}"
            iftgen(capsys, *RUN, *shard, f"backend.concurrency={wide}", *latency, folder)
        one, other = here / f"s{index}-1", here / f"s{index}-64"
        for kind in ("examples", "rejected"):
            assert (one / f"{kind}.jsonl").read_bytes() == (other / f"{kind}.jsonl").read_bytes()
        together += len(rows(one))
        quotas.update(manifest(one)["quotas"])
        assert manifest(one)["shard"] == {"index": index, "count": COUNT}
    iftgen(capsys, *RUN, "hydra.run.dir=whole")
    assert together == 50 == len(rows(here / "whole"))
    assert quotas == Counter(manifest(here / "whole")["quotas"])


def test_a_run_that_is_no_shard_has_the_plan_that_it_always_had(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, words in (("whole", ()), ("one", ("shard.count=1",)), ("two", ("shard.count=2",))):
        iftgen(capsys, *RUN, "num_examples=4", *words, f"hydra.run.dir={name}")
    whole, one, two = (manifest(here / name) for name in ("whole", "one", "two"))
    assert not [key for key in whole["plan"] if key.startswith("shard")]
    assert whole["plan_hash"] == one["plan_hash"] != two["plan_hash"]
    assert {key: two["plan"].pop(f"shard.{key}") for key in ("index", "count")} == {"index": 0, "count": 2}
    assert two["plan"].keys() == whole["plan"].keys()


def test_a_shard_of_a_file_takes_its_rows_and_keeps_their_places(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [{"instruction": f"Say why {n * 7919:x} is of note.", "output": f"It is {n}." * (n % 5)} for n in range(40)]
    (here / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in given))
    file = ("method=file", "method.path=rows.jsonl", "method.answer=never", "filters=none", "export=none", "ui=none")
    iftgen(capsys, *file, "num_examples=35", "hydra.run.dir=whole", "backend=mock")
    whole = {one["index"]: one for kind in ("examples", "rejected") for one in rows(here / "whole", kind)}
    found: dict[object, object] = {}
    for index in range(COUNT):
        words = (f"shard.index={index}", f"shard.count={COUNT}", f"hydra.run.dir=s{index}", "backend=mock")
        iftgen(capsys, *file, "num_examples=35", *words)
        mine = {one["index"]: one for kind in ("examples", "rejected") for one in rows(here / f"s{index}", kind)}
        assert sorted(mine) == list(range(index, 35, COUNT))  # type: ignore[type-var]
        found |= mine
    assert found == whole


def test_a_shard_of_a_file_goes_on_where_it_was_cut_off(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [{"instruction": f"Say why {n * 7919:x} is of note.", "output": f"It is {n}."} for n in range(40)]
    (here / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in given))
    words = ("method=file", "method.path=rows.jsonl", "filters=none", "export=none", "ui=none", "backend=mock")
    iftgen(capsys, *words, "shard.index=1", "shard.count=3", "hydra.run.dir=s")
    path = here / "s" / "examples.jsonl"
    before = path.read_bytes()
    path.write_bytes(before[: len(before) // 2])
    said = manifest(here / "s")
    (here / "s" / "manifest.json").write_text(json.dumps({**said, "status": "running"}))
    iftgen(capsys, "resume", "s")
    assert path.read_bytes() == before
    assert RunFolder(here / "s").recover(1, 3) == 13


def test_a_shard_resumes_and_grows_as_any_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shard = ("shard.index=1", "shard.count=2")
    iftgen(capsys, *RUN, *shard, "num_examples=11", "window=5", "hydra.run.dir=s")
    assert len(rows(here / "s")) == 5
    iftgen(capsys, "resume", "s", "num_examples=30")
    assert len(rows(here / "s")) == 15
    before = (here / "s" / "examples.jsonl").read_bytes()
    (here / "s" / "examples.jsonl").write_bytes(b"".join(before.splitlines(keepends=True)[:-3]))
    said = manifest(here / "s")
    (here / "s" / "manifest.json").write_text(json.dumps({**said, "status": "running"}))
    iftgen(capsys, "resume", "s")
    assert (here / "s" / "examples.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("shard.index=2", "shard.count=2"), "numbered from 0 to 1"),
        (("shard.index=-1", "shard.count=2"), "numbered from 0 to 1"),
        (("shard.index=1",), "needs shard.count"),
        (("shard.count=0",), "shard.count"),
        (("shard.index=4", "shard.count=5", "num_examples=4"), "Take fewer shards"),
        (("shard.count=two",), "shard.count"),
    ],
)
def test_a_shard_that_there_is_not_is_refused(
    words: tuple[str, ...], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main((*RUN, *words))
    assert stop.value.code == 2 and told in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_shard_that_was_finished_early_is_complete_and_can_have_the_rest(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    iftgen(capsys, *RUN, "shard.index=1", "shard.count=2", "num_examples=11", "window=5", "hydra.run.dir=s")
    said = manifest(here / "s")
    said["steered"]["num_examples"] = Shard(1, 2).whole(5)
    (here / "s" / "manifest.json").write_text(json.dumps(said))
    before = (here / "s" / "examples.jsonl").read_bytes()
    iftgen(capsys, "resume", "s")
    assert (here / "s" / "examples.jsonl").read_bytes() == before
    iftgen(capsys, "resume", "s", "num_examples=20")
    assert len(rows(here / "s")) == 10
