"""The mock model: the same for the same request, fit for its roles, and bad at the rates that it is told."""

import json
from typing import Any

import pytest

from iftgen.backends.mock import MockClient, MockSettings
from iftgen.backends.mock_writer import Dice, instruction
from iftgen.errors import CallFailed, TransientCallError
from iftgen.types import Request
from tests.backends.conftest import chat, plain

BAD = ("near_duplicate", "refusal", "garbled", "off_topic", "empty", "short", "long")
GOOD: dict[str, float] = dict.fromkeys(BAD, 0.0)
ORDER = (
    "Task: text/summary\nWhat it asks for: Summarise a text.\nTopic: bird sightings\n\n"
    "Reply with a JSON array of 5 objects:\n"
    '[{"instruction": "...", "input": "..."}]'
)


def good(**more: Any) -> MockClient:
    return MockClient(settings=MockSettings(**{**GOOD, **more}))


def writer(text: str, seed: int = 0) -> Request:
    return Request("instruction", messages=({"role": "user", "content": text},), sampling={"seed": seed})


async def test_the_same_request_gets_the_same_reply_from_every_client() -> None:
    replies = [await good().send(chat(sampling={"seed": 1}, logprobs=True)) for _ in range(3)]
    assert len(set(replies)) == 1
    assert await good().send(chat(sampling={"seed": 2}, logprobs=True)) != replies[0]
    assert await good().send(chat(sampling={"seed": 1}, logprobs=True, attempt=1)) != replies[0]
    assert await good(seed=1).send(chat(sampling={"seed": 1}, logprobs=True)) != replies[0]


async def test_an_order_for_instructions_gets_a_json_array_about_the_topic() -> None:
    rows = json.loads((await good().send(writer(ORDER))).text)
    assert len(rows) == 5
    assert all("bird sightings" in row["instruction"] and row["input"] for row in rows)
    assert len({row["instruction"] for row in rows}) == 5


async def test_a_numbered_list_and_a_single_instruction_are_written_too() -> None:
    lines = (await good().send(writer("Write 4 new instructions about bread as a numbered list."))).text.split("\n")
    assert [line[:3] for line in lines] == ["1. ", "2. ", "3. ", "4. "]
    assert "\n" not in (await good().send(writer("Task: coding\nTopic: bread\nWrite one new instruction."))).text


@pytest.mark.parametrize(
    ("prompt", "holds"),
    [
        ("Topic: a bus\nQuestion: What is a bus?\n\nTopic: telescope\nQuestion: What is a", " telescope "),
        ("Header\n\nFacts: Anna, Lisbon, Monday\nMessage:", "Anna, Lisbon, Monday"),
        ("# Write a Python function that counts vowels\ndef", "return total"),
        ("1. Write a.\n2. Write a Python function that", "\n3. "),
        ("<|im_start|>user\n", " the "),
    ],
)
async def test_a_plain_prompt_is_continued_in_its_form(prompt: str, holds: str) -> None:
    text = (await good().send(Request("instruction", prompt=prompt, sampling={"seed": 5}))).text
    assert holds in text
    assert prompt not in text


async def test_a_judge_gives_the_fields_or_the_scale_that_it_is_asked_for() -> None:
    async def judged(text: str) -> str:
        return (await good().send(Request("judge", messages=({"role": "user", "content": text},)))).text

    form = 'rate from 1 to 10: {"score": 7, "reason": ""}'
    ratings = {json.loads(await judged(f"{n}: {form}"))["score"] for n in range(99)}
    assert ratings <= set(range(1, 11)) and len(ratings) > 2
    assert (await judged("Rate it from 1 to 5.")).startswith("Rating: ")
    assert await judged("Is it right? Answer yes or no.") in ("Yes", "No")


async def test_stop_and_max_tokens_cut_the_text() -> None:
    full = await good().send(plain(sampling={"seed": 1}))
    short = await good().send(plain(sampling={"seed": 1, "max_tokens": 3}))
    assert full.finish_reason == "stop" and (short.finish_reason, len(short.text)) == ("length", 12)
    assert "e" not in (await good().send(plain(sampling={"stop": ["e"]}))).text


@pytest.mark.parametrize(
    ("rates", "text"), [({"empty": 1.0}, ""), ({"short": 1.0}, "Yes."), ({"refusal": 1.0}, "cannot|can't|not able")]
)
async def test_bad_replies_come_at_their_rates(rates: dict[str, float], text: str) -> None:
    import re

    reply = await good(**rates).send(chat())
    assert re.search(text, reply.text) if text else reply.text == ""


async def test_near_duplicates_come_again() -> None:
    texts = [(await good(near_duplicate=1.0).send(writer("Task: qa\nTopic: bread\nOne.", n))).text for n in range(40)]
    assert len(set(texts)) < 12


async def test_attempts_fail_and_succeed_the_same_way_each_time() -> None:
    async def tries(seed: int) -> int:
        client = good(transient=0.5, retry_after=2.0)
        for number in range(100):
            try:
                await client.send(chat(sampling={"seed": seed}))
                return number
            except TransientCallError as error:
                assert (error.kind, error.retry_after) == ("overload", 2.0)
        return 100

    first = [await tries(seed) for seed in range(50)]
    assert first == [await tries(seed) for seed in range(50)]
    assert 0.5 < sum(first) / 50 < 2


async def test_a_permanent_failure_stays_one() -> None:
    for _ in range(2):
        with pytest.raises(CallFailed):
            await good(permanent=1.0).send(chat())


async def test_a_score_is_a_negative_logprob() -> None:
    reply = await good().send(Request("judge", prompt="a", score=" b"))
    assert reply.text == " b" and reply.logprob is not None and -2 < reply.logprob < 0


def test_instructions_are_distinct_and_rarely_near_each_other() -> None:
    from rapidfuzz.distance import LCSseq

    texts = [instruction(Dice(n), "coding", "stock in a bakery").split() for n in range(3000)]
    assert len(set(map(tuple, texts))) == 3000
    near = sum(
        any(2 * LCSseq.similarity(one, other) > 0.7 * (len(one) + len(other)) for other in texts[100:])
        for one in texts[:100]
    )
    assert near <= 5
