import gzip
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.base import Filter
from iftgen.filters.decontamination import Decontamination, index
from iftgen.filters.decontamination.grams import gram_hashes, word_hashes
from iftgen.filters.decontamination.index import Index, Text
from iftgen.filters.loading import loaded
from tests.filters.rows import row

BUS = (
    "Mara's bus leaves the old harbour at 9 o'clock and needs 25 minutes to the market. It waits there for 10 minutes "
    "before it drives on to the museum, which takes another 15 minutes. When does Mara arrive at the museum?"
)
CODE = '''from typing import List

def widest_gap(values: List[float]) -> float:
    """ Return the widest gap between neighbours once the given values are sorted in rising order.
    >>> widest_gap([1.0, 2.5, 9.0])
    6.5
    """
'''
SOLVED = (
    "    ordered = sorted(values)\n    gaps = [b - a for a, b in zip(ordered, ordered[1:])]\n    return max(gaps)\n"
)
TURNS = ["Draft a letter to a neighbour who plays the tuba at night.", "Turn your letter into a limerick."]
STEPS = "The bus needs 25 + 10 + 15 = <<25+10+15=50>>50 minutes in all, so Mara arrives at 9:50.\n#### 9:50"


def written(folder: Path, name: str, *records: Any) -> str:
    path = folder / name
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return benchmarks in the forms in which they are published."""
    human = {"task_id": "H/0", "prompt": CODE, "canonical_solution": SOLVED, "entry_point": "widest_gap", "test": ""}
    zipped = tmp_path / "HumanEval.jsonl.gz"
    zipped.write_bytes(gzip.compress(json.dumps(human).encode()))
    return [
        str(zipped),
        written(tmp_path, "gsm8k.jsonl", {"question": BUS, "answer": STEPS}),
        written(tmp_path, "mt_bench.jsonl", {"question_id": 1, "turns": TURNS}),
    ]


EDITS: dict[str, Callable[[str], str]] = {
    "verbatim": lambda text: text,
    "capitals": str.upper,
    "no punctuation": lambda text: "".join(ch if ch.isalnum() else " " for ch in text.replace("'", " ")),
    "around": lambda text: f"I have wondered about this for quite some time. {text} Thank you very much indeed.",
    "labelled": lambda text: f"Question:\n{text}\nAnswer:",
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("text", [CODE, BUS, *TURNS], ids=["code", "bus", "first turn", "second turn"])
def test_planted_questions_are_found(files: list[str], text: str, edit: str) -> None:
    check = Decontamination(files=files)
    assert not check.check(row(EDITS[edit](text))).keep
    assert not check.check(row("Answer this.", input=EDITS[edit](text))).keep


CLEAN = [
    "Mara's bus leaves at 9 o'clock. When does it arrive?",
    "Write a function that returns the widest gap.",
    "Write a letter to a neighbour who plays the drums at night.",
    "Turn a letter into a limerick.",
    "Name three museums near the harbour.",
    "Hello",
    "",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_rows_are_kept(files: list[str], text: str) -> None:
    verdict = Decontamination(files=files).check(row(text, input="" if text else "9"))
    assert verdict.keep and verdict.threshold == 0.7


def test_verdict_tells_the_question_and_the_words(files: list[str]) -> None:
    verdict = Decontamination(files=files).check(row(f"Please help me. {BUS}"))
    assert (verdict.stage, verdict.score, verdict.threshold) == ("instruction", 1.0, 0.7)
    assert (verdict.neighbour_id, verdict.neighbour) == ("gsm8k.jsonl:1", BUS)
    words = "mara s bus leaves the old harbour at 9 o clock and needs"
    assert verdict.reason == f'shares the words "{words}" with a benchmark\'s question (gsm8k.jsonl:1)'
    equal = Decontamination(files=files).check(row(TURNS[1].lower()))
    assert equal.reason.startswith("equal to a benchmark's question (mt_bench.jsonl:1): \"turn your letter")


def test_share_of_runs_is_enough(tmp_path: Path) -> None:
    words = [f"w{n}" for n in range(40)]
    file = written(tmp_path, "b.jsonl", {"text": " ".join(words)})
    part = row(" ".join(words[5:17]))  # 12 words: no run of 13, all runs of 8
    verdict = Decontamination(files=[file]).check(part)
    assert (verdict.keep, verdict.score) == (False, 1.0)
    assert "100% of its runs of 8 words stand in a benchmark's question (b.jsonl:1)" in verdict.reason
    mixed = row(" ".join(["other", *words[5:17], "words", "here"]))  # 5 of 8 runs
    assert Decontamination(files=[file]).check(mixed).score == 0.625
    assert not Decontamination(files=[file], share=0.6).check(mixed).keep
    assert not Decontamination(files=[file], ngram=12).check(mixed).keep


def test_numbers_count(tmp_path: Path) -> None:
    file = written(tmp_path, "b.jsonl", {"question": "What is 12 times 17 plus 4 minus 9 divided by 3?"})
    check = Decontamination(files=[file])
    assert check.check(row("What is 11 times 18 plus 5 minus 9 divided by 2?")).keep
    assert not check.check(row("what is 12 times 17, plus 4, minus 9, divided by 3")).keep


def test_short_questions_need_a_sentence_half_the_row_or_equality(tmp_path: Path) -> None:
    records = [{"prompt": text} for text in ("Prove the Pythagorean theorem.", "How about it?", "Write in Python")]
    check = Decontamination(files=[written(tmp_path, "b.jsonl", *records)])
    found = {
        "prove the pythagorean theorem": False,
        "Please prove the Pythagorean theorem": False,
        "I am a pupil and need some help. Prove the Pythagorean theorem. It is for my class of tomorrow.": False,
        "Who was the first to prove the Pythagorean theorem, and what do historians say about it today?": True,
        "How about it?": False,
        "You wrote a poem for me. How about it? Shall we go on?": True,
        "Write in Python a program that counts the words of a file.": True,
    }
    assert {text: check.check(row(text)).keep for text in found} == found


def test_templates_of_a_benchmark_say_nothing(tmp_path: Path) -> None:
    frame = "Read the report of the local weather station with great care and then answer the question that follows:"
    records = [{"prompt": f"{frame} How warm was day {n} in town {n * 7}?"} for n in range(index.COMMON + 1)]
    check = Decontamination(files=[written(tmp_path, "b.jsonl", *records)])
    assert check.check(row(f"{frame} Which month was driest?")).keep
    assert not check.check(row(records[3]["prompt"])).keep
    fewer = Decontamination(files=[written(tmp_path, "c.jsonl", *records[:-1])])
    assert not fewer.check(row(f"{frame} Which month was driest?")).keep


def test_choices_belong_to_the_question(tmp_path: Path) -> None:
    record = {"question": "Which of these is a river in Europe?", "choices": ["Rhine", "Nile", "Yukon", "Ganges"]}
    check = Decontamination(files=[written(tmp_path, "mmlu.jsonl", {**record, "answer": 0})])
    asked = "Which of these is a river in Europe?"
    assert check.check(row(f"Look at the map. {asked} Alps, Danube, Etna, Rome")).keep
    for choices in ("A. Rhine\nB. Nile\nC. Yukon\nD. Ganges", "Rhine, Nile, Yukon, Ganges", ""):
        assert not check.check(row(f"{asked}\n{choices}")).keep


def test_every_turn_of_the_user_is_judged(files: list[str]) -> None:
    talk = [{"role": who, "content": "Hi"} for who in ("user", "assistant", "user", "assistant")]
    check = Decontamination(files=files)
    assert check.check(row("Hi", messages=talk)).keep
    talk[2]["content"] = TURNS[0]
    assert not check.check(row("Hi", messages=talk)).keep
    talk[2]["content"], talk[3]["content"] = "Hi", TURNS[0]
    assert check.check(row("Hi", messages=talk)).keep


def test_responses_only_where_asked(files: list[str]) -> None:
    leaked = "Here you are: The bus needs 25 + 10 + 15 = 50 minutes in all, so Mara arrives at 9:50."
    assert Decontamination(files=files).check(row("When?", leaked)).keep
    check: Filter = Decontamination(files=files, responses=True)
    verdict = check.check(row("When?", leaked))
    assert (verdict.keep, verdict.stage, verdict.neighbour_id) == (False, "response", "gsm8k.jsonl:1")
    assert "benchmark's solution" in verdict.reason
    assert not check.check(row("Sort them.", SOLVED)).keep
    assert not check.check_instruction(row(BUS, "")).keep
    assert check.check(row("When?", "At 9:50.")).keep and check.check(row("When?", "#### 9:50")).keep


def test_without_files_all_is_kept() -> None:
    check = Decontamination()
    assert check.check(row(BUS)).keep and check.check_instruction(row(BUS)).keep
    assert check.content_digest() == ""
    check.warm()


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    one, other = written(tmp_path, "a.txt", "One?"), written(tmp_path, "b.txt", "Other?")
    digest = Decontamination(files=[one]).content_digest()
    (tmp_path / "moved.txt").write_bytes(Path(one).read_bytes())
    assert digest == Decontamination(files=[str(tmp_path / "moved.txt")]).content_digest() != ""
    assert digest != Decontamination(files=[other]).content_digest()
    assert digest != Decontamination(files=[one, other]).content_digest()


@pytest.mark.parametrize("setting", [{"ngram": 1}, {"share_ngram": 0}, {"share": 0}, {"share": 1.1}])
def test_settings_that_cannot_be(setting: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.decontamination\.{next(iter(setting))}: .* does not fit"):
        Decontamination(**setting)


def expected(question: list[str], text: list[str]) -> bool:
    """Return the rule for long questions, written down plainly."""

    def runs(tokens: list[str], size: int) -> list[tuple[str, ...]]:
        return [tuple(tokens[place : place + size]) for place in range(len(tokens) - size + 1)]

    long = set(runs(question, min(13, len(question)))) & set(runs(text, min(13, len(question))))
    own = runs(text, 8)
    return bool(long) or sum(run in runs(question, 8) for run in own) >= 0.7 * len(own) > 0


def test_decisions_are_those_of_the_rule() -> None:
    rng, found = random.Random(1), 0
    for _ in range(400):
        question = [f"w{rng.randrange(60)}" for _ in range(rng.randrange(8, 40))]
        start = rng.randrange(len(question))
        text = question[start : start + rng.randrange(8, 30)]
        text = [f"v{rng.randrange(9)}"] * rng.randrange(6) + text + [f"v{rng.randrange(9)}"] * rng.randrange(6)
        match = Index([Text(0, " ".join(question))], 13, 8).best([" ".join(text)])
        assert (match is not None and bool(match.shared or match.share >= 0.7)) == expected(question, text)
        found += expected(question, text)
    assert 50 < found < 350


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 9))
def test_hashes_are_equal_where_the_words_are(words: list[str], size: int) -> None:
    hashes = gram_hashes(word_hashes(words), size).tolist()
    runs = [tuple(words[place : place + size]) for place in range(len(words) - size + 1)]
    assert len(hashes) == len(runs)
    assert len(set(zip(hashes, runs, strict=True))) == len(set(hashes)) == len(set(runs))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Decontamination:
    folder = tmp_path_factory.mktemp("benchmarks")
    return Decontamination(files=[written(folder, "b.jsonl", {"question": BUS, "answer": STEPS})], responses=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_no_text_raises(built: Decontamination, instruction: str, input: str, output: str) -> None:
    built.check_instruction(row(instruction, input=input))
    built.check(row(instruction, output, input=input))


@pytest.mark.parametrize("text", ["a " * 200_000, f"{BUS} " * 2_000, "漢字" * 50_000, "x" * 500_000])
def test_huge_texts_pass(built: Decontamination, text: str) -> None:
    assert built.check(row(text)).keep is (BUS not in text)


def test_reading_and_indexing_are_charged_to_nobody(tmp_path: Path) -> None:
    file = tmp_path / "bench.txt"
    file.write_text("How many legs has a spider that lost two of them in a fight?\n" * 2000, encoding="utf-8")
    start, before = time.perf_counter(), loaded()
    one = Decontamination(files=[str(file)])
    one.check(row("Name a river."))
    assert loaded() - before > 0.5 * (time.perf_counter() - start)
