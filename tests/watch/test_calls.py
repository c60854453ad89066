"""The calls behind a row, from the store of its run."""

import json
import sqlite3
from pathlib import Path

import pytest

from iftgen.watch.calls import prompt_of, read_calls
from tests.watch.made import Made

CHAT = {
    "role": "instruction",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
}
PLAIN = {"role": "response", "prompt": "Once upon", "sampling": {"temperature": 0.5}}
REPLY = {"text": "Hello", "reasoning": "hm", "finish_reason": "stop", "usage": {"prompt_tokens": 3}}


@pytest.fixture
def store(run: Made) -> Made:
    """A folder with a store of four calls."""
    with sqlite3.connect(run.path / "calls.sqlite") as connection:
        connection.execute("CREATE TABLE calls (key TEXT PRIMARY KEY, request TEXT, reply TEXT, error TEXT)")
        rows = [
            ("a" * 64, json.dumps(CHAT), json.dumps(REPLY), None),
            ("b" * 64, json.dumps(PLAIN), None, "HTTP 400"),
            ("c" * 64, "{", "}", None),
            ("d" * 64, "[]", "5", None),
        ]
        connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return run


def test_calls_are_found_by_the_beginning_of_their_keys_in_their_order(store: Made) -> None:
    failed, asked = read_calls(store.path, {"calls": ["bbbbbbbb", "aaaaaaaa", "eeeeeeee"]})
    assert asked.messages == (("system", "Be brief."), ("user", "Hi"))
    assert (asked.text, asked.reasoning, asked.finish_reason, asked.error) == ("Hello", "hm", "stop", "")
    assert (failed.role, failed.error, failed.sampling) == ("response", "HTTP 400", {"temperature": 0.5})


def test_the_prompt_is_that_of_the_first_call(store: Made) -> None:
    assert prompt_of(read_calls(store.path, {"calls": ["aaaa", "bbbb"]})) == "[system] Be brief.\n\n[user] Hi"
    assert prompt_of(read_calls(store.path, {"calls": ["bbbb"]})) == "Once upon"
    assert prompt_of([]) is None


@pytest.mark.parametrize("keys", [None, [], ["eeee"], ["cccc"], ["dddd"], [5, None], 5, {"a": 1}])
def test_a_row_whose_calls_are_not_known_or_damaged_has_none(store: Made, keys: object) -> None:
    assert read_calls(store.path, {"calls": keys}) == []


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"call_store": "redis://host:1/0"}', '{"call_store": "../no.sqlite"}']
)
def test_another_store_is_not_asked(run: Made, manifest: str) -> None:
    (run.path / "manifest.json").write_text(manifest)
    assert read_calls(run.path, {"calls": ["aaaa"]}) == []


def test_the_store_of_a_sweep_is_where_the_manifest_tells(store: Made) -> None:
    job = Made(store.path / "0")
    (job.path / "manifest.json").write_text(json.dumps({"call_store": "../calls.sqlite"}))
    assert len(read_calls(job.path, {"calls": ["aaaa"]})) == 1


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_store_that_is_damaged_has_no_calls(run: Made, content: bytes) -> None:
    Path(run.path / "calls.sqlite").write_bytes(content)
    assert read_calls(run.path, {"calls": ["aaaa"]}) == []
