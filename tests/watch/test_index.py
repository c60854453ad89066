"""Rows by their place in a row file, cut out of its bytes, against what `json` reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iftgen.watch import tail
from iftgen.watch.index import NONE, RowIndex, last_rows
from tests.watch.made import Made, line, row, verdict

KEY = ',"verdict":{"stage":"response","filter":"fake","reason":"r","score":9,"threshold":9,"neighbour_id":null}'
ODD = [
    KEY,
    ',"task":"fake/task","attributes":{},"method":',
    '"index":77,',
    'quote " backslash \\ both \\" end \\',
    "line\nfeed\rand\ttab\x00\x1f",
    "Zoë 中文 עברית 🏗️ \u2028 \x85",
    "{curly} [square] }]",
    "\udc80 alone",
]


def indexed(path: Path) -> RowIndex:
    """Read a whole file."""
    index = RowIndex(path)
    index.poll()
    while index.behind:
        index.poll()
    return index


def check(path: Path) -> int:
    """Compare each row of a file with what json reads; returns their number."""
    index = indexed(path)
    rows = [json.loads(text) for text in path.read_bytes().split(b"\n")[:-1]]
    assert len(index) == len(rows)
    for place, wanted in enumerate(rows):
        judged = wanted.get("verdict") or {}
        assert index.row(place) == wanted
        assert index.numbers[place] == wanted["index"]
        assert index.task(place) == wanted["task"]
        assert json.loads(index.attribute_names.texts[index.attributes[place]]) == wanted["attributes"]
        assert index.filter(place) == judged.get("filter", "")
        for column, name in ((index.scores, "score"), (index.thresholds, "threshold")):
            assert column[place] == judged.get(name) or (judged.get(name) is None and column[place] != column[place])
    assert index.end == path.stat().st_size
    return len(rows)


@pytest.mark.parametrize("kind", ["examples", "rejected", "failed"])
def test_every_row_of_a_real_run_is_as_json_reads_it(mock_run: Path, kind: str) -> None:
    assert check(mock_run / f"{kind}.jsonl") > (0 if kind == "failed" else 50)


@pytest.mark.parametrize("text", ODD)
def test_texts_that_look_like_keys_are_no_keys(run: Made, text: str) -> None:
    extra = {text: text, "task": text, "verdict": {"stage": "x"}, "scores": {"a": text}, "index": 5, "attributes": {}}
    run.rows("examples", row(0), row(3, text, text, input=text, task=text, attributes={"a": text}, extra=extra))
    judged = verdict("length", text, 2.5, threshold=3, neighbour_id="x", neighbour=text)
    run.rows("rejected", row(4, text, text, task=text, attributes={text: text}, extra=extra, verdict=judged), row(6))
    assert check(run.path / "examples.jsonl") == check(run.path / "rejected.jsonl") == 2


def test_a_verdict_that_a_user_gave_is_not_that_of_the_row(run: Made) -> None:
    theirs: dict[str, Any] = {"a": 1, "verdict": verdict("theirs", score=1.0, threshold=2.0)}
    run.rows("examples", row(0, extra=theirs), row(1, extra={"b": theirs}))
    run.rows("rejected", row(2, extra=theirs, verdict=verdict("ours", score=3.0, threshold=4.0)))
    examples, rejected = indexed(run.path / "examples.jsonl"), indexed(run.path / "rejected.jsonl")
    assert [examples.filter(0), examples.filter(1), rejected.filter(0)] == ["", "", "ours"]
    assert (rejected.scores[0], rejected.thresholds[0]) == (3.0, 4.0)


def test_a_task_that_a_user_gave_is_not_that_of_the_row(run: Made) -> None:
    theirs = {"task": "theirs", "attributes": {}, "method": "m"}
    run.rows("examples", row(0, task="ours", attributes={"style": "{bare}"}, extra={"a": 1, **theirs}))
    assert check(run.path / "examples.jsonl") == 1


def test_rows_that_name_their_calls_are_read(run: Made) -> None:
    run.rows("rejected", row(2, verdict=verdict("length", score=3.0), calls=["0a1b", "2c3d"]))
    run.rows("rejected", row(3, calls=[], verdict=verdict("count", score=4.0)))
    index = indexed(run.path / "rejected.jsonl")
    assert [index.filter(0), index.filter(1)] == ["length", "count"]
    assert list(index.scores) == [3.0, 4.0]


@pytest.mark.parametrize("score", ["high", True, [1], {"a": 1}, float("nan"), None])
def test_a_score_that_is_no_number_is_none(run: Made, score: Any) -> None:
    run.rows("rejected", row(0, verdict=verdict("odd", score=score)), row(1, verdict=verdict("length", score=1.0)))
    index = indexed(run.path / "rejected.jsonl")
    assert index.scores[0] != index.scores[0]
    assert index.filter(1) == "length"


def test_damaged_lines_are_left_out_and_the_places_of_the_others_are_right(run: Made) -> None:
    path = run.path / "examples.jsonl"
    bad = [
        b"\n", b"{}\n", b"[]\n", b"\x00\x00\n", b'{"index":"5"}\n', b'{"index":-1,"task":"a"}\n',
        b'{"index":99999999999999999999,"task":"a"}\n', b"[" * 50_000 + b"\n", line(row(8))[:-20] + b"\n",
        line(row(8, task="\u00e9")).replace("\u00e9".encode(), b"\xff\xfe"),
        b'{"index":4,"task":7,"attributes":[1,2]}\n',
    ]  # fmt: skip
    for number, text in enumerate(bad):
        with path.open("ab") as file:
            file.write(text)
        run.rows("examples", row(100 + number, f"text {number}"))
    index = indexed(path)
    found = [index.row(place) for place in range(len(index))]
    assert [one["index"] for one in found if one.get("index", 0) >= 100] == list(range(100, 100 + len(bad)))
    assert [one["instruction"] for one in found if one.get("index", 0) >= 100] == [f"text {n}" for n in range(len(bad))]
    assert {index.task(place) for place in range(len(index)) if index.numbers[place] >= 100} == {"math/equation"}


TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(ODD)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, st.floats(allow_nan=False)), max_size=4))
def test_any_texts_are_as_json_reads_them(tmp_path: Path, drawn: list[tuple[str, str, str, float]]) -> None:
    path = tmp_path / "rejected.jsonl"
    rows = [
        row(n, one, two, task=three, attributes={one: two}, extra={two: three, "verdict": two},
            verdict=verdict(three, one, score, neighbour=two))
        for n, (one, two, three, score) in enumerate(drawn)
    ]  # fmt: skip
    path.write_bytes(b"".join(map(line, rows)))
    assert check(path) == len(rows)


def test_rows_come_as_the_file_grows(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "CHUNK", 3000)
    index = RowIndex(run.path / "examples.jsonl")
    assert (index.poll(), len(index)) == (0, 0)
    run.rows("examples", *map(row, range(20)))
    polls = 0
    while polls == 0 or index.behind:
        assert index.poll() > 0
        polls += 1
    assert (polls > 1, len(index)) == (True, 20)
    run.rows("examples", row(30))
    assert (index.poll(), index.numbers[20], index.row(20)["index"]) == (1, 30, 30)


def test_a_file_that_was_cut_is_read_anew(run: Made) -> None:
    path = run.path / "examples.jsonl"
    run.rows("examples", *map(row, range(5)))
    index = indexed(path)
    path.write_bytes(line(row(9)))
    assert index.poll() <= 1
    assert (len(index), index.restarts, index.row(0)["index"]) == (1, 1, 9)
    assert index.row(4) == {}


def test_a_row_of_a_file_that_is_gone_is_empty(run: Made) -> None:
    run.rows("examples", row(0))
    index = indexed(run.path / "examples.jsonl")
    (run.path / "examples.jsonl").unlink()
    assert index.row(0) == {}
    assert index.poll() == 0


def test_none_is_no_number() -> None:
    assert NONE != NONE


def test_the_last_rows_come_newest_first(run: Made) -> None:
    path = run.path / "examples.jsonl"
    assert list(last_rows(path, 3)) == []
    run.rows("examples", *map(row, range(10)))
    with path.open("ab") as file:
        file.write(b'{"torn')
    assert [one["index"] for one in last_rows(path, 3)] == [9, 8, 7]
    assert [one["index"] for one in last_rows(path, 30)] == list(range(9, -1, -1))


def test_the_last_rows_are_looked_for_in_the_last_bytes(run: Made) -> None:
    path = run.path / "examples.jsonl"
    run.rows("examples", *map(row, range(10)))
    size = path.stat().st_size // 10
    assert [one["index"] for one in last_rows(path, 8, most=3 * size + 5)] == [9, 8, 7]


def test_a_last_row_that_is_very_long_is_found(run: Made) -> None:
    run.rows("examples", row(0), row(1, "x" * 1_000_000))
    assert [one["index"] for one in last_rows(run.path / "examples.jsonl", 2)][:1] == [1]
