"""Self-Instruct, taxonomy, output first and file."""

import json
from typing import Any

import pytest

from iftgen.errors import ConfigError
from iftgen.methods import METHODS, make_method
from iftgen.methods.self_instruct import SelfInstruct
from iftgen.methods.taxonomy import TaxonomyMethod
from iftgen.types import Pair, Reply, Request
from tests.methods.desk import Model, make_desk, make_draw, make_task, starter

SHOT = Pair("s1", "Name a river in Asia.", "The Mekong.", topic="Asia", task="lab/task")


async def test_a_chat_yields_as_many_candidates_as_were_asked_for() -> None:
    task = make_task()
    draw = make_draw(task, count=3, index=7, shots=(SHOT,))
    model = Model(json.dumps([{"instruction": f"Do {n}.", "input": ""} for n in range(5)]))
    rows = await SelfInstruct().propose(draw, make_desk(task, draw, model, "chat"))
    assert [(row.index, row.instruction, row.problem) for row in rows] == [
        (7, "Do 0.", ""),
        (8, "Do 1.", ""),
        (9, "Do 2.", ""),
    ]
    assert rows[0].parents == ["s1"]
    assert "Name a river in Asia." in (model.requests[0].messages or ())[1]["content"]


async def test_missing_instructions_are_problems() -> None:
    task = make_task()
    draw = make_draw(task, count=3)
    model = Model(lambda request: Reply('[{"instruction": "Do it.", "input": ""}, {"instr', "length"))
    rows = await SelfInstruct().propose(draw, make_desk(task, draw, model, "chat"))
    wanted = "the reply held 1 of 3 instructions, and was cut at the token limit"
    assert [row.problem for row in rows] == ["", wanted, wanted]
    assert rows[1].problem_filter == "parse"


async def test_a_base_model_continues_worked_examples() -> None:
    task = make_task(
        recipe={"labels": ["Topic", "Question"], "header": "Questions.", "openings": ["What is a"]}, topics=("cup",)
    )
    draw = make_draw(task, shots=(SHOT,))
    model = Model(" cup?")
    [row] = await SelfInstruct().propose(draw, make_desk(task, draw, model))
    assert model.requests[0].prompt == (
        "Questions.\n\nTopic: Asia\nQuestion: Name a river in Asia.\n\nTopic: cup\nQuestion: What is a"
    )
    assert (row.instruction, row.instruction_logprob) == ("What is a cup?", -0.5)


async def test_a_task_without_a_recipe_works_with_a_base_model() -> None:
    task = make_task("writing/short_story", description="Write a short story.")
    draw = make_draw(task)
    model = Model(" tell a story about a fox.")
    [row] = await SelfInstruct().propose(draw, make_desk(task, draw, model))
    assert (model.requests[0].prompt or "").endswith("Topic: short story\nInstruction:")
    assert row.instruction == "Tell a story about a fox."


@pytest.mark.parametrize(
    ("reply", "problem"),
    [(Reply("  "), "the reply is empty"), (Reply(" Tell me", "length"), "the instruction was cut at the token limit")],
)
async def test_useless_continuations_are_problems(reply: Reply, problem: str) -> None:
    task = make_task()
    draw = make_draw(task)
    [row] = await SelfInstruct().propose(draw, make_desk(task, draw, Model(lambda request: reply)))
    assert row.problem == problem


@pytest.mark.parametrize("style", ["chat", "completion"])
async def test_taxonomy_shows_no_example(style: Any) -> None:
    task = make_task(description="Ask about rivers.", topics=("Asia",))
    draw = make_draw(task, shots=(SHOT,))
    model = Model("1. Which river is the longest?")
    [row] = await TaxonomyMethod().propose(draw, make_desk(task, draw, model, style))
    text = str(model.requests[0].messages or model.requests[0].prompt)
    assert "Ask about rivers." in text and "Name a river" not in text
    assert row.instruction.endswith("Which river is the longest?")


def test_sizes() -> None:
    task = make_task()
    assert (SelfInstruct(per_call=7).size(task, "chat"), SelfInstruct().size(task, "completion")) == (7, 1)


def test_registry_makes_every_method() -> None:
    made = [make_method(name, **({"row_at": [].__getitem__} if name == "file" else {})) for name in METHODS]
    assert [method.name for method in made] == list(METHODS)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'self_instruct'"):
        make_method("self_instuct")
    with pytest.raises(ConfigError, match=r"takes no 'per_cal'.*Did you mean 'per_call'"):
        make_method("self_instruct", per_cal=2)


async def test_the_same_replies_make_the_same_candidates() -> None:
    def say(request: Request) -> str:
        return f" The old bus was late {request.sampling['seed'] % 97} times." if request.score is None else ""

    for task in list(starter().tasks.values())[::5]:
        made = []
        for _ in range(2):
            draw = make_draw(task, 3)
            method = make_method(task.method or "self_instruct")
            made.append(await method.propose(draw, make_desk(task, draw, Model(say))))
        assert made[0] == made[1]
