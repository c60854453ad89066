"""The response step in both styles."""

from typing import Any

import pytest

from iftgen.errors import DataError
from iftgen.methods.answer import Answer
from iftgen.types import Candidate, Pair, Reply, Request, Style
from tests.methods.desk import Model, make_desk, make_draw, make_task

ASK = {"samples": 3, "choose": "medoid", "keep": "first_sentence", "temperature": 0.2, "step": 0.1, "stop": ["\n"]}
SEED = Pair("s1", "What is a pen?", "A pen is a tool.", task="lab/task")


async def fill(
    model: Model,
    style: Style = "completion",
    answer: dict[str, Any] | None = None,
    row: Candidate | None = None,
    **kwargs: Any,
) -> Candidate:
    task = make_task(answer=answer or {})
    row = row or Candidate(index=4, instruction="What is a cup?")
    shots = (SEED, Pair("e1", "What is a pan?", "Model's own.", task="lab/task", origin="example"))
    desk = make_desk(task, make_draw(task, index=4, shots=shots), model, style, kwargs.pop("behavior", None))
    await Answer(**kwargs).fill(row, desk)
    return row


async def test_samples_differ_in_seed_attempt_and_temperature() -> None:
    model = Model(" A cup holds tea. It is round.")
    row = await fill(model, answer=ASK)
    assert [request.sampling["temperature"] for request in model.requests] == [0.2, 0.3, 0.4]
    assert [request.attempt for request in model.requests] == [0, 1, 2]
    assert len({request.sampling["seed"] for request in model.requests}) == 3
    assert row.output == "A cup holds tea."
    assert row.scores == {"agreement": 1.0}
    assert row.samples == ["A cup holds tea."] * 3 and row.alternatives == []


async def test_only_seeds_are_shown_to_a_small_model() -> None:
    model = Model(" A cup holds tea.")
    await fill(model)
    prompt = model.requests[0].prompt or ""
    assert "Question: What is a pen?\nAnswer: A pen is a tool.\n" in prompt
    assert "Model's own." not in prompt
    assert prompt.endswith("Question: What is a cup?\nAnswer:")


async def test_likeliest_answer_and_its_alternatives() -> None:
    replies = iter([Reply(" One.", logprob=-0.9), Reply(" Two.", logprob=-0.1), Reply(" One.", logprob=-0.5)])
    row = await fill(Model(lambda request: next(replies)), answer={**ASK, "choose": "logprob"})
    assert (row.output, row.response_logprob, row.alternatives) == ("Two.", -0.1, ["One."])


async def test_a_limit_that_cut_nothing_we_keep_is_no_cut() -> None:
    cut = await fill(Model(lambda request: Reply(" A cup holds", "length")), answer={"keep": "first_sentence"})
    kept = await fill(
        Model(lambda request: Reply(" A cup holds tea. It is", "length")), answer={"keep": "first_sentence"}
    )
    assert (cut.finish_reason, kept.finish_reason) == ("length", "stop")


async def test_a_list_gets_the_grammar_of_its_count() -> None:
    model = Model("1. Tea\n2. Milk")
    await fill(model, answer={"grammar": "list"}, row=Candidate(index=4, instruction="Name two drinks."))
    await fill(model, answer={"grammar": "list"}, row=Candidate(index=4, instruction="Name drinks."))
    assert model.requests[0].sampling["grammar"].startswith('root ::= "1. " item')
    assert "grammar" not in model.requests[1].sampling


async def test_chat_answers_carry_behaviour_and_input() -> None:
    model = Model("Fine.")
    behavior = {"system": "You are a pirate.", "rules": ["Be brief."]}
    row = await fill(model, "chat", behavior=behavior, row=Candidate(index=4, instruction="Fix it.", input="teh"))
    system, user = model.requests[0].messages or ()
    assert "You are a pirate." in system["content"] and "- Be brief." in system["content"]
    assert user["content"] == "Fix it.\n\nteh"
    assert (row.output, row.system) == ("Fine.", "You are a pirate.")


async def test_user_overrules_samples_and_choice() -> None:
    model = Model("Fine.")
    row = await fill(model, "chat", samples=2, choose="logprob")
    assert len(model.requests) == 2 and row.output == "Fine."


async def test_an_empty_answer_is_a_problem() -> None:
    row = await fill(Model("  "))
    assert (row.problem, row.problem_filter) == ("the reply of the model is empty", "answer")


async def test_functions_are_chosen_by_what_they_return() -> None:
    bodies = iter([" f(xs):\n    return min(xs)", " f(xs):\n    return max(xs)", " g(xs):\n    return sorted(xs)[-1]"])
    answer = {"prompt": "code", "samples": 3, "choose": "execution", "keep": "code"}
    row = await fill(
        Model(lambda request: next(bodies)),
        answer=answer,
        row=Candidate(4, instruction="Return the largest number in a list."),
    )
    assert row.output == "```python\ndef f(xs):\n    return max(xs)\n```"
    assert row.scores["agreement"] == 0.5


@pytest.mark.parametrize("answer", [{"sample": 3}, {"keep": "half"}, {"choose": "best"}])
async def test_a_wrong_answer_spec_is_a_data_error(answer: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="answer"):
        await fill(Model("x"), answer=answer)


def test_a_wrong_choice_of_the_user_is_named() -> None:
    with pytest.raises(DataError, match=r"method.choose is 'mediod'.*Did you mean 'medoid'"):
        Answer(choose="mediod")


async def test_requests_do_not_depend_on_the_index_of_the_run() -> None:
    def seeds(index: int) -> Request:
        return models[index].requests[0]

    models = {index: Model("Fine.") for index in (0, 70)}
    for index, model in models.items():
        task = make_task()
        await Answer().fill(Candidate(index, instruction="Hi?"), make_desk(task, make_draw(task, index=index), model))
    assert seeds(0) == seeds(70)


async def test_samples_that_do_not_say_what_they_should_are_not_used() -> None:
    replies = iter([" A cup is a hat.", " A cup is a cup for tea.", " A cup holds tea."])
    answer = {**ASK, "choose": "first", "repeats": False, "mentions": {"cup": "tea"}}
    task = make_task(answer=answer, topics=("cup",))
    row = Candidate(0, instruction="What is a cup?")
    await Answer().fill(row, make_desk(task, make_draw(task), Model(lambda request: next(replies))))
    assert (row.output, row.problem) == ("A cup holds tea.", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" A cup is a hat.", "the response does not say what one about 'cup' should"),
        (" A cup is a cup for tea.", "the response says 'cup' twice"),
    ],
)
async def test_the_reason_names_what_is_wrong_with_the_first_answer(text: str, problem: str) -> None:
    task = make_task(answer={**ASK, "repeats": False, "mentions": {"cup": "tea"}}, topics=("cup",))
    row = Candidate(0, instruction="What is a cup?")
    await Answer().fill(row, make_desk(task, make_draw(task), Model(text)))
    assert (row.problem, row.problem_filter, row.output) == (problem, "answer", text.strip())
