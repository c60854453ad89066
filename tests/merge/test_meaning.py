"""Rows of several parts that ask for the same in other words, by the vectors that the parts have stored."""

import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iftgen.filters import SemanticDuplicate
from iftgen.filters.embedded_texts import question_texts
from iftgen.merge import Settings, merge
from iftgen.merge import vectors as matrices
from iftgen.store.vectors import FILE, VectorBill, VectorStore
from iftgen.types import Candidate, Pair
from tests.filters.vectors import Chosen
from tests.merge.made import contents, lines, row, run, texts

PLAN = {"filters.semantic_duplicate.threshold": 0.85, "filters.semantic_duplicate.swap_threshold": 0.95}
EMBEDDER = {"identity": "mock", "max_chars": 1000}
TIDES, MOON = "Explain how the tides of the sea work.", "Why does seawater rise and fall every day?"


def part(folder: Path, rows: Iterable[Any], cosines: Mapping[str, float], **manifest: Any) -> Path:
    """Make a run whose texts have vectors with these cosines to each other; texts that are not named are like none."""
    rows = [row(one, index) if isinstance(one, str) else one for index, one in enumerate(rows)]
    told = {"plan": PLAN, "embedder": EMBEDDER, **manifest}
    run(folder, rows, **told)
    sweep = manifest.get("sweep")
    store = VectorStore((folder / sweep if sweep else folder) / FILE, told["embedder"]["identity"])
    pairs = [Pair("", one["instruction"], "", one["input"]) for one in rows]
    own = {text: Chosen(cosines).of(text).astype(np.float16) for pair in pairs for text in question_texts(pair)}
    store.put(own, VectorBill())
    store.close()
    return folder


def merged(*folders: Path, out: str = "out", **settings: Any) -> Path:
    """Merge, and return the folder."""
    made = folders[0].parent / out
    merge(folders, made, Settings(**settings))
    return made


def rejected(folder: Path) -> list[tuple[str, str, float]]:
    verdicts = [one["verdict"] for one in lines(folder, "rejected")]
    return [(one["filter"], one["neighbour"], round(one["score"], 2)) for one in verdicts]


def pair(tmp_path: Path, *given: Any, **manifest: Any) -> Path:
    """Merge two parts of one row each that have the cosine 0.9 (the second its own manifest)."""
    cosines = {one["instruction"]: cosine for one, cosine in zip(given, (1.0, 0.9), strict=True)}
    first = part(tmp_path / "a", given[:1], cosines, shard=(0, 2))
    second = part(tmp_path / "b", given[1:], cosines, shard=(1, 2), **manifest)
    return merged(first, second, threshold=1.0)  # so that words alone decide nothing


def test_the_later_of_two_rows_that_ask_for_the_same_is_left_out_with_its_neighbour(tmp_path: Path) -> None:
    out = pair(tmp_path, row(TIDES), row(MOON, 1))
    assert texts(out) == [TIDES]
    assert rejected(out) == [("semantic_duplicate", TIDES, 0.9)]
    verdict = lines(out, "rejected")[0]["verdict"]
    assert verdict["reason"].startswith("it asks for the same as a row of another part: cosine 0.9")
    assert json.loads((out / "manifest.json").read_text())["merge"]["semantic_duplicate"] == {"mock": 0.85}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Add 3 and 4.", "What is the sum of 3 and 5?"),
        ("Convert miles to kilometres.", "Convert kilometres to miles."),
        ("Write a poem about spring.", "Write a poem about autumn."),
    ],
)
def test_what_an_embedder_only_finds_near_stays(tmp_path: Path, one: str, other: str) -> None:
    assert len(texts(pair(tmp_path, row(one), row(other, 1)))) == 2


@pytest.mark.parametrize(
    "manifest",
    [
        {"plan": {"filters.length.max_words": 9}},
        {"embedder": {"identity": "other", "max_chars": 1000}},
        {"embedder": {"identity": "mock", "max_chars": 500}},
        {"plan": {**PLAN, "filters.semantic_duplicate.threshold": 0.95}},
        {"semantic_duplicate": {"a/x": {"threshold": 0.92}}},
    ],
)
def test_parts_without_the_filter_or_of_another_embedder_and_higher_thresholds_hold(
    tmp_path: Path, manifest: dict[str, Any]
) -> None:
    assert len(texts(pair(tmp_path, row(TIDES), row(MOON, 1), **manifest))) == 2


def test_rows_of_one_part_are_not_compared_and_near_off_compares_none(tmp_path: Path) -> None:
    cosines = {TIDES: 1.0, MOON: 0.9}
    one = part(tmp_path / "a", [TIDES, MOON], cosines, shard=(0, 2))
    other = part(tmp_path / "b", ["Name a bird."], {}, shard=(1, 2))
    assert len(texts(merged(one, other))) == 3
    assert len(texts(pair(tmp_path / "c", row(TIDES), row(MOON, 1)))) == 1
    parts = (tmp_path / "c" / "a", tmp_path / "c" / "b")
    assert len(texts(merged(*parts, out="off", near="off"))) == 2


def test_texts_without_vectors_are_told(tmp_path: Path) -> None:
    one = part(tmp_path / "a", [TIDES], {TIDES: 1.0}, shard=(0, 2))
    other = run(tmp_path / "b", [MOON], plan=PLAN, embedder=EMBEDDER, shard=(1, 2))
    told: list[str] = []
    merge([one, other], tmp_path / "out", Settings(), told.append)
    assert "1 texts have no stored vector, and were not compared by meaning" in told


def test_the_jobs_of_a_sweep_share_their_vectors_and_no_file_is_changed(tmp_path: Path) -> None:
    cosines = {TIDES: 1.0, MOON: 0.9}
    jobs = [part(tmp_path / "s" / str(job), [text], cosines, sweep="..") for job, text in enumerate((TIDES, MOON))]
    before = contents(tmp_path / "s")
    assert len(texts(merged(*jobs, out="../out"))) == 1
    assert contents(tmp_path / "s") == before


def test_parts_in_any_order_give_the_same_bytes_which_the_filter_gives_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three parts that were one run: the filter sees their rows one by one, the merge in blocks of three."""
    draw = random.Random(5)
    words = [f"{draw.choice(('Ask', 'Tell', 'Show'))} {' '.join(draw.sample('abcdefghijkl', 5))}" for _ in range(40)]
    cosines = {text: draw.choice((0.0, 0.93, 0.96, 1.0)) for text in words}
    inputs = ["", *draw.sample(words, 3)]
    rows = [row(text, index, input=draw.choice(inputs)) for index, text in enumerate(words)]
    cosines |= {f"{one['instruction']}\n{one['input']}": draw.choice((0.0, 0.95)) for one in rows if one["input"]}
    monkeypatch.setattr(matrices, "BLOCK", 3)
    folders = [part(tmp_path / str(shard), rows[shard::40], cosines, shard=(shard, 40)) for shard in range(40)]
    out = merged(*folders, threshold=1.0)
    kept = filtered(rows, cosines)
    assert [one["extra"]["iftgen"]["merged"]["index"] for one in lines(out)] == kept
    assert 5 < len(kept) < 40
    again = merged(*reversed(folders), out="again", threshold=1.0)
    assert contents(out) == contents(again)


def filtered(rows: list[dict[str, Any]], cosines: Mapping[str, float]) -> list[int]:
    """Return the indices of the rows that the filter keeps."""
    check, kept = SemanticDuplicate(), []
    check.embedder = Chosen(cosines)
    for one in rows:
        given = Candidate(one["index"], instruction=one["instruction"], input=one["input"])
        if check.check(given).keep:
            kept.append(one["index"])
            check.remember(Pair(one["id"], one["instruction"], "", one["input"]), one["index"] + 1)
    return kept
