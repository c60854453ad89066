import json
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError, UserError
from iftgen.filters.readability import Readability, vocabulary
from iftgen.filters.readability.ease import reading_ease, syllables
from iftgen.filters.readability.nonwords import nonwords
from iftgen.filters.readability.order import disorder
from tests.filters.rows import row
from tests.filters.texts import JUNK, TEXTS, word_salad

HAND_MADE_JUNK = (
    ("asdf qwer zxcv hjkl asdf uiop", "response is hard to read: 100% of its words are none"),
    ("sdkfjh skdjfh weiruy xmcnbv laskdj qpwoei", "words are none"),
    ("Teh qiuck brwon fxo jmups oevr teh lzay dgos adn rnus awya form tehm", "words are none"),
    ("Tbe qu1ck brovvn f0x jurnped ovcr thc 1azy d0g aud ran avvay f0rever", "words are none"),
    (
        "Caf\u00c3\u00a9 cr\u00c3\u00a8me and a na\u00c3\u00afve clich\u00c3\u00a9 cost me ten euros",
        "wrong encoding, such as '\u00c3\u00a9'",
    ),
    ("The c\u0430pital of Fr\u0430nce is P\u0430ris.", "3 words mix Latin and Cyrillic letters: 'c\u0430pital'"),
    ("#@! the %$& ^^ cat *(&^ sat |||\\ on ~~~ }{ the ##@@! mat %%^& ))((", "are symbols"),
    ("Thecatsatonthematandlookedattherainuntiltheeveningcame", "stand together without spaces"),
    ("The answer is a" + "b" * 60 + " and nothing else at all.", "a word has 61 letters, at most 50 are allowed"),
    ("The of bread was and the into made oven is are flour from of the heat a the.", "words are in no order"),
    (
        "stone purple window running banana seven cloud table walk green paper happy river engine moon glass horse",
        "no sentence",
    ),
    ("THIS IS THE ANSWER TO YOUR QUESTION ABOUT THE HISTORY OF ROME AND ITS KINGS.", "it is all capitals"),
    ("this is how a text looks when each of its words is on a line".replace(" ", "\n"), "lines of a word or two"),
    ("29384 23984 2398 4729 38472 93847 2398 4723 9847 2398", "are digits"),
)

GOOD = [json.loads(line) for line in (Path(__file__).parent / "data/readability.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("text", "reason"), HAND_MADE_JUNK)
def test_junk_is_rejected_with_what_was_found(text: str, reason: str) -> None:
    verdict = Readability().check(row("Tell me about it.", text))
    assert not verdict.keep
    assert reason in verdict.reason
    assert verdict.score is not None and verdict.threshold is not None


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good["output"][:30])
def test_what_only_looks_odd_is_kept(good: dict[str, str]) -> None:
    verdict = Readability().check(row(**good))
    assert verdict.keep, verdict.reason


@pytest.mark.parametrize("text", TEXTS)
def test_prose_is_kept_at_both_stages(text: str) -> None:
    verdicts = [Readability().check(row("Tell me.", text)), Readability().check_instruction(row(text, input=text))]
    assert all(verdict.keep for verdict in verdicts), verdicts


@pytest.mark.parametrize("spoil", JUNK, ids=lambda spoil: spoil.__name__)
def test_spoilt_prose_is_rejected(spoil) -> None:  # type: ignore[no-untyped-def]
    spoilt = [spoil(text, Random(seed)) for text in TEXTS for seed in range(3)]
    caught = [not Readability().check(row("Tell me.", text)).keep for text in spoilt]
    assert sum(caught) >= 0.95 * len(spoilt)


def test_most_shuffled_sentences_are_rejected() -> None:
    """Without a language model the order of words shows in impossible neighbours only."""
    shuffled = [word_salad(text, Random(seed)) for text in TEXTS for seed in range(3)]
    caught = [not Readability().check(row("Tell me.", text)).keep for text in shuffled]
    assert sum(caught) >= 0.6 * len(shuffled)


def test_broken_input_is_rejected_unless_it_is_to_be_mended() -> None:
    broken = "Teh qiuck brwon fxo jmups oevr teh lzay dgos adn rnus awya form tehm"
    verdict = Readability().check_instruction(row("Summarise the text.", input=broken))
    assert verdict.reason.startswith("the input is hard to read: ")
    assert verdict.stage == "instruction"
    assert Readability().check_instruction(row("Correct the text.", input=broken)).keep
    assert Readability().check_instruction(row(f"Proofread this: {broken}")).keep
    assert not Readability().check_instruction(row(f"Summarise this: {broken}")).keep


def test_instruction_of_junk_is_rejected() -> None:
    verdict = Readability().check_instruction(row("sdkfjh skdjfh weiruy xmcnbv laskdj"))
    assert verdict.reason.startswith("the instruction is hard to read: 100% of its words are none")
    assert Readability().check_instruction(row("WRITE A POEM ABOUT THE SEA AND ITS MANY COLOURS IN WINTER")).keep


@pytest.mark.parametrize("off", ["max_nonwords", "max_symbols", "max_digits", "max_word_length", "max_sentence_words"])
def test_each_check_can_be_turned_off(off: str) -> None:
    junk = {
        "max_nonwords": "sdkfjh skdjfh weiruy xmcnbv laskdj qpwoei",
        "max_symbols": "#@! the %$& ^^ cat *(&^ sat |||\\ on ~~~ }{ the ##@@! mat %%^& ))((",
        "max_digits": "29384 23984 2398 4729 38472 93847 2398 4723 9847 2398",
        "max_word_length": "The answer is a" + "b" * 60 + " and nothing else at all.",
        "max_sentence_words": "and then we went on " * 40,
    }[off]
    others: dict[str, None] = dict.fromkeys(["max_nonwords", "max_disorder"]) if off != "max_nonwords" else {}
    assert not Readability(**others).check(row("Tell me.", junk)).keep  # type: ignore[arg-type]
    assert Readability(**{**others, off: None}).check(row("Tell me.", junk)).keep  # type: ignore[arg-type]


def test_capitals_and_lines_can_be_allowed() -> None:
    loose = Readability(all_caps=True, one_word_lines=True)
    assert loose.check(row("Tell me.", TEXTS[0].upper())).keep
    assert loose.check(row("Tell me.", "\n".join(TEXTS[0].split()))).keep


def test_reading_ease_and_grade_are_bounds_of_the_response() -> None:
    hard = (
        "Notwithstanding institutional considerations, intergovernmental organisations systematically"
        " underestimate the infrastructural prerequisites of sustainable industrialisation."
    )
    easy = "The cat sat on the mat. It was warm there. Then it fell asleep."
    assert Readability().check(row("Tell me.", hard)).keep
    verdict = Readability(min_ease=30).check(row("Tell me.", hard))
    assert "its reading ease is" in verdict.reason and verdict.threshold == 30
    assert "it reads at grade" in Readability(max_grade=12).check(row("Tell me.", hard)).reason
    assert Readability(min_ease=30, max_grade=12).check(row("Tell me.", easy)).keep


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("table", 2), ("make", 1), ("beautiful", 3), ("jumped", 1), ("wanted", 2), ("sky", 1)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_flesch_formula() -> None:
    found = reading_ease("The cat sat on the mat.")
    assert found is not None
    assert round(found.ease, 2) == round(206.835 - 1.015 * 6 - 84.6, 2)
    assert round(found.grade, 2) == round(0.39 * 6 + 11.8 - 15.59, 2)
    assert reading_ease("123 !!") is None


def test_vocabulary_knows_inflected_words_and_ranks_letters() -> None:
    known = vocabulary.vocabulary()
    assert all(map(known.knows, ["house", "houses", "running", "tried", "making", "slower"]))
    assert not known.knows("xqzv")
    assert known.likelihood("stronger") > known.likelihood("kravenholm") > known.likelihood("xqzvkj")


def test_missing_vocabulary_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"set filters\.readability\.max_nonwords=null"):
        vocabulary._path()


def test_words_that_come_again_count_once() -> None:
    assert nonwords("The crayons and crayons and crayons were with the other crayons in a box of wax.").share == 0.0


def test_end_of_a_clause_is_no_disorder() -> None:
    assert disorder("What is it made of? The label says wool. She is the one I heard from. They are early.") == (0, "")


@pytest.mark.parametrize(("key", "value"), [("max_nonwords", 2), ("max_symbols", -0.1), ("max_mojibake", -1)])
def test_wrong_values_are_named(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.readability\.{key}: {value} does not fit"):
        Readability(**{key: value})  # type: ignore[arg-type]


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.text("ab1@! [(\\`$<\n\"'", max_size=200))
def test_no_text_raises(one: str, other: str) -> None:
    strict = Readability(min_ease=0, max_grade=20)
    strict.check(row(other, one))
    strict.check(row(one, other))
    strict.check_instruction(row(one, input=other))


@pytest.mark.parametrize(
    "unit", ["a", "a(", "a[b", "<a", "$a", "a1", "a1a! ", "\\[", "`a", "if a ", "\0", " \n", "Ã©", "!a"]
)
def test_long_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    began = time.process_time()
    Readability().check(row("Tell me.", unit * (50_000 // len(unit))))
    assert time.process_time() - began < 3
