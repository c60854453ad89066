import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.naturalness import Naturalness
from iftgen.filters.naturalness.stock import StockPhrases, stock_phrases
from iftgen.filters.text import words
from tests.filters.rows import row
from tests.filters.texts import TEXTS

ROWS = [json.loads(line) for line in (Path(__file__).parent / "data/naturalness.jsonl").read_text("utf-8").splitlines()]
GUSHING = (
    "In today's fast-paced world, sleep plays a crucial role. It's important to note that we need it, and the"
    " possibilities are endless."
)


@pytest.mark.parametrize("labelled", ROWS, ids=lambda labelled: labelled["output"][:30])
def test_labelled_rows(labelled: dict[str, Any]) -> None:
    verdict = Naturalness().check(row(labelled["instruction"], labelled["output"]))
    assert verdict.keep == labelled["keep"], verdict.reason
    if not verdict.keep:
        assert verdict.reason.startswith("the response does not read as if a person wrote it: ")
        assert verdict.score is not None and verdict.threshold is not None


@pytest.mark.parametrize("text", TEXTS)
def test_plain_prose_is_kept(text: str) -> None:
    assert Naturalness().check(row("Tell me.", text)).keep


def test_phrases_are_quoted_and_counted_per_100_words() -> None:
    verdict = Naturalness().check(row("Why sleep?", GUSHING))
    assert 'stock phrases, 10.0 per 100 words: "in today\'s fast-paced world", ' in verdict.reason
    assert '"it\'s important to note that"' in verdict.reason
    assert "'the possibilities are endless'" in verdict.reason
    assert verdict.threshold == 2.0
    assert Naturalness(max_stock_phrases=20).check(row("Why sleep?", GUSHING)).keep
    assert Naturalness(max_stock_phrases=None).check(row("Why sleep?", GUSHING)).keep
    long = " ".join([GUSHING, *TEXTS])
    assert Naturalness().check(row("Why sleep?", long)).keep


def test_own_phrases_count_too() -> None:
    text = "Our synergy is great. We leverage all our core assets, and we will circle back. So we leverage core assets."
    assert Naturalness().check(row("How is work?", text)).keep
    own = Naturalness(phrases=["+leverage/leverages ... core assets", "circle back"])
    assert "'leverage all our core assets', 'circle back', 'leverage core assets'" in own.check(row("?", text)).reason


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("in today's ... world", "In today\u2019s very fast-paced world we run.", ["in today's very fast-paced world"]),
        ("in today's ... world", "In today's loud and busy old digital world we run.", []),
        ("a/the testament to", "The testament to it; a testament to her.", ["the testament to", "a testament to"]),
        ("+delve/delves into", "He delves into it.", ["delves into", "delves into"]),
        ("game-changer", "A real game-changer, no gamechanger.", ["game-changer"]),
        ("dive in", 'They dive into it, and "dive in" is quoted, as is `dive in`.', []),
        ("dive in", "dive\nin", ["dive in"]),
        ("# dive in", "dive in", None),
    ],
)
def test_notation_of_phrases(phrase: str, text: str, found: list[str] | None) -> None:
    if found is None:
        assert stock_phrases().anchors == stock_phrases((phrase,)).anchors
    else:
        assert StockPhrases.of([phrase]).found(text) == found


def test_every_phrase_of_the_list_is_found_through_its_anchor() -> None:
    path = Path(__file__).parents[2] / "iftgen/filters/naturalness/stock_phrases.txt"
    listed = path.read_text("utf-8").splitlines()
    assert len(listed) > 60
    for line in listed:
        if line and not line.startswith("#"):
            text = " ".join(part.split("/")[0] for part in line.lstrip("+").split() if part != "...")
            assert stock_phrases().found(f"Well, {text}."), line
            assert not stock_phrases().anchors.isdisjoint(words(text)), line


def test_switches() -> None:
    short = row("Why?", "It is cold. In conclusion, it is cold.")
    loud = row("Why?", "It! Is! Very! Cold! Out! There!")
    merry = row("Why?", "It 🌊 is 💧 very 🧂 cold 🌍")
    assert not any(Naturalness().check(one).keep for one in (short, loud, merry))
    off = Naturalness(short_conclusion=False, max_exclamations=None, max_emojis=None)
    assert all(off.check(one).keep for one in (short, loud, merry))


def test_wrong_values_are_named() -> None:
    with pytest.raises(ConfigError, match=r"filters\.naturalness\.max_emojis: -1 does not fit"):
        Naturalness(max_emojis=-1)
    with pytest.raises(ConfigError, match=r"filters\.naturalness\.phrases: '\.\.\. world' does not fit"):
        Naturalness(phrases=["... world"])


@settings(deadline=None, max_examples=80)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.lists(st.sampled_from(GUSHING.split())))
def test_no_text_raises(text: str, gush: list[str]) -> None:
    Naturalness().check(row(text, text + " ".join(gush)))


@pytest.mark.parametrize(
    "unit", ["in today's ", "in today's - ", "!", "a! ", "\0", "not only ", "😀", '"a', "-", "delve "]
)
def test_long_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    began = time.process_time()
    Naturalness().check(row("Tell me.", unit * (100_000 // len(unit))))
    assert time.process_time() - began < 3
