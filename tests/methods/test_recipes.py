"""Facts, labels and choices are checked; a text that fails has a reason that a person understands."""

from typing import Any

import pytest

from iftgen.methods.output_first import OutputFirst
from iftgen.methods.recipes.base import TextRules, clean, text_rules
from iftgen.methods.recipes.facts import missing_fact, stray
from iftgen.methods.recipes.label import misfit
from iftgen.types import Candidate, Reply, Request
from tests.methods.desk import Model, make_desk, make_draw, make_task, without

FACTS: dict[str, Any] = {
    "kind": "facts",
    "slots": {"person": ["Anna"], "city": ["Rome"]},
    "shots": [{"person": "Tom", "city": "Oslo", "text": "Tom lives in Oslo with his cat."}],
    "wordings": ["List the facts.", {"instruction": "Who?", "output": "{{ person }}"}],
}
LABEL: dict[str, Any] = {
    "kind": "label",
    "labels": ["Product", "Sentiment", "Review"],
    "shots": [
        {"label": "good", "topic": "a pen", "text": "It writes well and feels nice."},
        {"label": "bad", "topic": "a cup", "text": "The handle broke after a day."},
    ],
    "classes": {"good": {"words": ["nice"], "without": r"\bnot\b"}, "bad": {"words": ["broke"]}},
    "wordings": ["Good or bad?"],
}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Anna flew to Rome.", None),
        ("Anna flew home.", "the text does not hold 'Rome'"),
        ("Anna told Anna about Rome.", "the text holds 'Anna' 2 times"),
        ("Annabel flew to Rome.", "the text does not hold 'Anna'"),
    ],
)
def test_each_fact_stands_exactly_once(text: str, reason: str | None) -> None:
    assert missing_fact(text, ["Anna", "Rome"]) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Anna flew to Rome.", None),
        ("Then I met Anna in Rome.", None),
        ("Anna flew to Rome with Peter.", "the text holds 'Peter', which is no fact"),
        ("Anna has been to Rome 3 times.", "the text holds '3', which is no fact"),
    ],
)
def test_no_stray_name_or_number(text: str, reason: str | None) -> None:
    assert stray(text, ["Anna", "Rome"]) == reason


def test_times_and_prices_are_found_whole() -> None:
    assert missing_fact("It costs $12 at 10 am.", ["$12", "10 am"]) is None
    assert missing_fact("It costs $120.", ["$12"]) == "the text does not hold '$12'"


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        ("It is nice.", "good", None),
        ("It is red.", "good", "no word of the text shows that it is 'good'"),
        ("It was nice until it broke.", "good", "the word 'broke' speaks for 'bad', not 'good'"),
        ("It is not nice.", "good", "'not' speaks against 'good'"),
    ],
)
def test_a_text_must_show_its_label(text: str, label: str, reason: str | None) -> None:
    assert misfit(text, label, LABEL["classes"]) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The cat sleeps on the roof.", None),
        ("Too short.", "the text has 2 words, not 5 to 24"),
        ("The cat sleeps on the roof", "does not end like a sentence"),
        ("The cat sleeps here. The dog barks.", "not 1 sentence"),
        ("The cat saw a cat on the roof.", "says 'cat' twice"),
        ("The dogs saw a dog on the roof.", "says 'dog' twice"),
        ("Visit us at http: //x today please.", "marks that do not belong"),
        ("My old dog slept under the table today.", "copies an example"),
    ],
)
def test_text_rules(text: str, reason: str | None) -> None:
    found = TextRules().objection(text, ["Yesterday my old dog slept under the bed."])
    assert (found is None) if reason is None else (found is not None and reason in found)


def test_unknown_text_rule_is_named() -> None:
    with pytest.raises(Exception, match=r"recipe.text: .*'word'.*Keys: words"):
        text_rules({"text": {"word": [1, 2]}})


def test_quotation_marks_around_a_text_are_taken_away() -> None:
    assert clean(" “It’s here.” ") == "It's here."


async def propose(recipe: dict[str, Any], model: Model, n: int = 0, **kwargs: Any) -> Candidate:
    task = make_task(recipe=recipe, **kwargs)
    draw = make_draw(task, n)
    [row] = await OutputFirst().propose(draw, make_desk(task, draw, model))
    return row


async def test_facts_become_the_output() -> None:
    rows = [await propose(FACTS, Model(" Anna moved to Rome last winter."), n) for n in range(2)]
    assert {row.output for row in rows} == {"Person: Anna\nCity: Rome", "Anna"}
    assert all(row.template and not row.problem and row.instruction_logprob == -0.5 for row in rows)


async def test_a_text_without_its_facts_is_a_problem_of_the_recipe() -> None:
    row = await propose(FACTS, Model(" She moved to Paris last winter."))
    assert (row.problem, row.problem_filter) == ("the text does not hold 'Anna'", "recipe")
    assert row.samples == ["She moved to Paris last winter."]
    assert not row.instruction


async def test_the_likeliest_of_the_texts_that_pass_is_taken() -> None:
    texts = iter(
        [
            Reply(" Anna lives in a house.", logprob=-0.1),
            Reply(" Anna moved to Rome in winter.", logprob=-0.9),
            Reply(" Anna works in Rome as a nurse.", logprob=-0.4),
        ]
    )
    row = await propose(FACTS, Model(lambda request: next(texts)))
    assert "works in Rome" in row.instruction + row.input


async def test_a_cut_text_is_a_problem() -> None:
    row = await propose(FACTS, Model(lambda request: Reply(" Anna moved to Rome and", "length", -0.1)))
    assert row.problem == "the text was cut at the token limit"


async def test_labels_come_equally_often() -> None:
    def say(request: Request) -> str:
        last = (request.prompt or "").rsplit("Sentiment: ", 1)[1]
        return (
            " This one is really very nice today." if last.startswith("good") else " This one broke on the first day."
        )

    outputs = [(await propose(LABEL, Model(say), n, topics=("a lamp",))).output for n in range(10)]
    assert outputs.count("Good") == outputs.count("Bad") == 5


async def test_the_margin_is_skipped_where_the_backend_cannot_score() -> None:
    task = make_task(recipe={**LABEL, "margin": 0.2}, topics=("a lamp",))
    draw = make_draw(task, 0)
    model = Model(" This one broke on the nice first day.")
    desk = make_desk(task, draw, model)
    method = OutputFirst()
    unscored = Model(
        lambda request: (
            " This broke on the first day."
            if "bad\nReview:" in (request.prompt or "")[-30:]
            else " It is really very nice today."
        )
    )
    [row] = await method.propose(draw, without(make_desk(task, draw, unscored), "score"))
    assert not row.problem and not row.scores
    [row] = await method.propose(draw, desk)
    assert row.problem_filter == "recipe"


async def test_a_label_that_fits_no_better_than_another_is_a_problem() -> None:
    recipe = {**LABEL, "margin": 0.2, "classes": {"good": {}, "bad": {}}}
    row = await propose(recipe, Model(" This one came on the first day."), topics=("a lamp",))
    assert row.problem == "the text fits another label nearly as well (margin 0.00, at least 0.2 wanted)"


async def test_a_description_that_names_the_word_is_a_problem() -> None:
    recipe = {
        "kind": "choice",
        "shots": [{"topic": "bus", "text": "It is a long vehicle with many seats."}],
        "wordings": ["Which is it: {{ options }}?"],
    }
    topics = ("lamp", "spoon", "clock")
    good = await propose(recipe, Model(" It is a thing that gives light at night."), topics=topics)
    bad = await propose(recipe, Model(" It is a lamp that stands on a desk."), topics=topics)
    assert good.output == "Lamp" and bad.problem == "the description names 'lamp'"
    assert all(topic in good.instruction for topic in topics)


async def test_a_recipe_of_an_unknown_kind_names_the_task() -> None:
    with pytest.raises(Exception, match=r"Task 'lab/task': recipe.kind is 'fact'.*Did you mean 'facts'"):
        await propose({"kind": "fact"}, Model(""))


def test_examples_come_from_the_seeds_where_the_recipe_has_none() -> None:
    from iftgen.methods.recipes.base import pick_examples
    from iftgen.types import Pair

    task = make_task()
    seed = Pair("s", "Fix it.", "The cat sleeps.", topic="a cat", task=task.name)
    desk = make_desk(task, make_draw(task, shots=(seed,)), Model(""))
    assert pick_examples(desk, ()) == [{"topic": "a cat", "text": "The cat sleeps."}]
