from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iftgen.errors import ConfigError
from iftgen.filters.relevance import Relevance
from iftgen.types import Reply, Request
from tests.filters.rows import row
from tests.filters.vectors import Chosen

ASKED = "Explain how the tides of the sea work."
CAKE = "You should bake the cake for an hour, and then let it cool on a rack."


async def send(request: Request) -> Reply:
    raise AssertionError("an embedder needs no other model")


def made(cosines: dict[str, float] | None = None, **arguments: Any) -> Relevance:
    judge = Relevance(**arguments)
    judge.embedder = Chosen(cosines)
    return judge


def test_a_response_off_the_subject_is_rejected_with_its_cosine() -> None:
    verdict = made({ASKED: 1.0, CAKE: 0.04}).check(row(ASKED, CAKE))
    assert verdict.reason == (
        'the response "You should bake the cake for an hour, and then let it coo..." has nothing to do with the '
        "instruction: cosine 0.040, at least 0.2 is wanted"
    )
    assert verdict.score == pytest.approx(0.04, abs=1e-3)
    assert (verdict.threshold, verdict.stage) == (0.2, "response")


def test_a_response_on_the_subject_is_kept_with_its_cosine() -> None:
    verdict = made({ASKED: 1.0, CAKE: 0.22}).check(row(ASKED, CAKE))
    assert verdict.keep
    assert verdict.score == pytest.approx(0.22, abs=1e-3)


@pytest.mark.parametrize(
    "near",
    ["Rewrite this.", "Rewrite this.\nThe tides are high.", "And what of the cake, then?"],
    ids=["instruction", "instruction and input", "last question"],
)
def test_the_nearest_of_the_questions_counts(near: str) -> None:
    turns = [
        {"role": "user", "content": "Rewrite this."},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": "And what of the cake, then?"},
        {"role": "assistant", "content": CAKE},
    ]
    candidate = row("Rewrite this.", CAKE, input="The tides are high.", messages=turns)
    assert made({near: 1.0, CAKE: 0.5}).check(candidate).keep
    assert not made({"something else": 1.0, CAKE: 0.5}, min_similarity=0.45).check(candidate).keep


@pytest.mark.parametrize(
    "output",
    [
        "Yes.",
        "",
        "positive",
        "The answer is 42.",
        "Die Gezeiten entstehen durch die Anziehung des Mondes.",
        "潮汐は月の引力によって起こります。毎日二回ずつです。",
        "Les marées sont dues à la gravité de la lune et du soleil.",
        "El agua sube y baja por la gravedad de la luna y del sol.",
        "Приливы вызваны притяжением Луны, и это бывает дважды в день.",
        "Het water stijgt en daalt door de aantrekkingskracht van de maan.",
    ],
)
async def test_what_says_nothing_to_the_embedder_is_kept_without_a_score(output: str) -> None:
    judge = made({ASKED: 1.0})
    candidate = row(ASKED, output)
    await judge.ask(candidate, "response", send)
    assert isinstance(judge.embedder, Chosen)
    assert judge.embedder.prepared == []
    assert judge.check(candidate) == judge.keep()


@pytest.mark.parametrize(
    "output",
    [
        "def add(a, b):\n    result = a + b\n    print(result)\n    return result",
        "1. Plates\n2. Forks and spoons\n3. Glasses\n4. Pots",
        "| red | green | blue |\n| cyan | white | black |",
        "Café Zürich, naïve résumé and crème brûlée are on the menu of the day.",
        "2x + 3 = 7, so 2x = 4, which means that x = 2",
    ],
)
def test_lists_code_and_foreign_names_are_judged(output: str) -> None:
    assert not made({ASKED: 1.0}).check(row(ASKED, output)).keep


def test_a_question_in_another_language_is_not_judged() -> None:
    asked = "Übersetze diesen Satz bitte ins Englische: Der Kuchen kommt für eine Stunde in den Ofen."
    assert made().check(row(asked, CAKE)).score is None
    assert made({asked: 1.0}, english=False).check(row(asked, CAKE)).score is not None


def test_all_languages_are_judged_where_it_is_wished() -> None:
    german = "Der Kuchen kommt für eine Stunde in den Ofen."
    verdict = made({ASKED: 1.0}, english=False).check(row(ASKED, german))
    assert not verdict.keep


async def test_asking_prepares_questions_and_response() -> None:
    judge = made()
    await judge.ask(row(ASKED, CAKE, input="Today."), "response", send)
    assert isinstance(judge.embedder, Chosen)
    assert judge.embedder.prepared == [ASKED, f"{ASKED}\nToday.", CAKE]


@pytest.mark.parametrize(
    ("asked", "output"),
    [
        ("Tell me a joke.", CAKE),
        ("Write a SHORT STORY of three sentences.", CAKE),
        ("Give me a fun fact.", CAKE),
        (ASKED, "def add(a, b):\n    result = a + b\n    print(result)\n    return result"),
    ],
)
def test_free_pieces_and_code_may_be_further_off(asked: str, output: str) -> None:
    for cosine, keep in ((0.15, True), (0.05, False)):
        verdict = made({asked: 1.0, output: cosine}).check(row(asked, output))
        assert (verdict.keep, verdict.threshold) == (keep, 0.1)
    assert not made({asked: 1.0, output: 0.15}, free_similarity=0.17).check(row(asked, output)).keep


@pytest.mark.parametrize(("key", "value"), [("min_similarity", 1.5), ("free_similarity", -2), ("min_words", 0)])
def test_values_out_of_range_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"filters\.relevance\.{key}: {value} does not fit"):
        Relevance(**{key: value})


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=90), st.booleans())
def test_no_text_raises(instruction: str, more: str, output: str, english: bool) -> None:
    verdict = made(english=english, min_words=1).check(row(instruction, output, input=more))
    assert verdict.keep or verdict.score is not None


def test_a_huge_text_is_judged_in_time() -> None:
    assert not made({ASKED: 1.0}).check(row(ASKED, "the cake is in the oven " * 40_000)).keep


@pytest.mark.parametrize(
    "asked",
    ["What does 'N/A' mean?", "What does N/A stand for?", 'Give the opposite of "never mind".', "Define 'ebb'."],
)
def test_the_meaning_of_a_term_is_told_in_other_words(asked: str) -> None:
    assert made({asked: 1.0, CAKE: 0.04}).check(row(asked, CAKE)).keep


def test_a_response_about_the_quoted_term_may_be_farther_away() -> None:
    asked, said = "How is 'Moby-Dick' told?", "In Moby-Dick a sailor speaks for himself of a long hunt."
    assert made({asked: 1.0, said: 0.15}).check(row(asked, said)).keep
    assert not made({asked: 1.0, said: 0.05}).check(row(asked, said)).keep
    assert not made({asked: 1.0, CAKE: 0.15}).check(row(asked, CAKE)).keep
