"""Looking for a text in the rows of a row file, against looking at every row."""

import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from iftgen.watch import search as module
from iftgen.watch.index import RowIndex
from iftgen.watch.rows import texts_of
from iftgen.watch.search import search
from tests.watch.made import Made, failed, line, row, verdict

UPPER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
PIECES = [
    '"', "\\", '","input":"', '","output":"', '"instruction":"', '","system":"', ',"task":"', "\n", "n", "u", "0", "1",
    "001f", "\x1f", "\x00", "Input", "a", "A", "é", "É", "中", "ß", "🏗", " ", "\t", "/", "\u2028", "{", "output",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def folded(text: str, needle: str) -> str:
    """A text with its letters folded: those of ASCII, or all where the needle has others."""
    return text.translate(UPPER) if needle.isascii() else text.lower()


def by_looking(rows: list[dict[str, Any]], needle: str) -> list[int]:
    """The numbers of the rows that hold the needle."""
    wanted = folded(needle, needle)
    return [n for n, one in enumerate(rows) if any(wanted in folded(text, needle) for text in texts_of(one))]


def found(path: Path, needle: str) -> list[int]:
    """The numbers of the rows that the search finds, which come from the end in pieces."""
    index = RowIndex(path)
    index.poll()
    pieces = list(search(path, index.offsets, needle))
    return [number for piece in reversed(pieces) for number in piece]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=5), TEXT.filter(bool))
@example([("a\nb", "", "")], "nb")
@example([("\x1f", "", "")], "001f")
@example([("a\\nb", "", "")], "nb")
@example([("\né", "", "")], "né")
@example([("\\", "", "")], "\\")
@example([("x", "y", "z")], '","input":"')
def test_a_search_finds_what_looking_finds(tmp_path: Path, texts: list[tuple[str, str, str]], needle: str) -> None:
    rows = [row(n, one, two, input=three, extra={"x": needle}) for n, (one, two, three) in enumerate(texts)]
    path = tmp_path / "examples.jsonl"
    path.write_bytes(b"".join(map(line, rows)))
    assert found(path, needle) == by_looking(rows, needle)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, TEXT, TEXT.filter(bool))
@example("a\nb", "", "", "nb")
@example("", "\\", "\x1f", "001f")
@example("", "", '"}', '"}')
def test_reasons_and_replies_that_could_not_be_used_are_searched(
    tmp_path: Path, text: str, reason: str, reply: str, needle: str
) -> None:
    notes = {"topic": "of {it}", "reply": reply}
    more: dict[str, Any] = {"neighbour": needle, "neighbour_id": "n"}
    rows = [
        row(0, text, extra={"mine": needle, "iftgen": notes}, verdict=verdict("parse", reason, **more)),
        row(1, text, verdict=verdict("length", reason, **more)),
        row(2, text, extra={"iftgen": {"reply": reply}}),
    ]
    path = tmp_path / "rejected.jsonl"
    path.write_bytes(b"".join(map(line, rows)))
    assert found(path, needle) == by_looking(rows, needle)


@pytest.mark.parametrize("needle", ["the", "THE RIVER", "python", "é", "zebra 5", '"', "\n", "instruction", "mock"])
def test_a_real_run_is_searched_in_pieces(mock_run: Path, needle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 10_000)
    for kind in ("examples", "rejected", "failed"):
        path = mock_run / f"{kind}.jsonl"
        index = RowIndex(path)
        index.poll()
        rows = [index.row(place) for place in range(len(index))]
        assert found(path, needle) == by_looking(rows, needle)


def test_the_newest_rows_come_first(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 2000)
    run.rows("examples", *(row(n, "needle") for n in range(20)))
    path = run.path / "examples.jsonl"
    index = RowIndex(path)
    index.poll()
    pieces = list(search(path, index.offsets, "NEEDLE"))
    assert len(pieces) > 3
    assert pieces[0][-1] == 19 and pieces[-1][0] == 0
    assert all(piece == sorted(piece) for piece in pieces)


def test_a_row_longer_than_a_piece_is_searched_whole(run: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIECE", 100)
    run.rows("examples", row(0, "needle" + "x" * 5000), row(1), row(2, "x" * 5000 + "needle"))
    assert found(run.path / "examples.jsonl", "needle") == [0, 2]


def test_the_verdict_the_task_and_the_neighbour_are_no_texts_of_the_row(run: Made) -> None:
    run.rows("rejected", row(0, task="zebra", verdict=verdict("zebra", neighbour="zebra")), row(1, "zebra"))
    assert found(run.path / "rejected.jsonl", "zebra") == [1]


def test_the_error_of_a_failed_draw_is_searched(run: Made) -> None:
    run.rows("failed", failed(0, 'HTTP 400: a "quoted" reason'), failed(1, "timeout"), failed(2, "Überlast"))
    path = run.path / "failed.jsonl"
    assert (found(path, "http"), found(path, 'a "q'), found(path, "über")) == ([0], [0], [2])
    assert found(path, "usage") == []


def test_a_file_that_is_gone_and_an_empty_one_have_no_hits(run: Made) -> None:
    path = run.path / "examples.jsonl"
    assert list(search(path, [], "x")) == []
    assert list(search(path, [0, 50], "x")) == []


def test_no_text_finds_nothing(run: Made) -> None:
    run.rows("examples", row(0))
    assert list(search(run.path / "examples.jsonl", [0], "")) == []


def test_a_needle_is_no_pattern(run: Made) -> None:
    run.rows("examples", row(0, "a.c"), row(1, "abc"))
    assert found(run.path / "examples.jsonl", "a.c") == [0]
    assert re.search("a.c", "abc")
