"""Replies as servers send them, and what their errors mean."""

from email.utils import formatdate
from time import time
from typing import Any

import pytest

from iftgen.backends.redact import redact
from iftgen.backends.wire import (
    is_loopback,
    parse_reply,
    request_body,
    retry_after,
    server_message,
    split_thinking,
    status_error,
)
from iftgen.errors import BackendRefused, CallFailed, TransientCallError
from iftgen.types import Request, Usage


def body(**message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", **message}, "finish_reason": "stop"}]}


@pytest.mark.parametrize(
    ("said", "text", "reasoning"),
    [
        ("<think>so\nso</think>\n\nYes.", "Yes.", "so\nso"),
        ("so</think> Yes.", "Yes.", "so"),
        ("<think>never closed", "", "never closed"),
        ("Use the <think> tag.", "Use the <think> tag.", None),
        ("Close it: <think>a</think>", "Close it: <think>a</think>", None),
    ],
)
def test_hidden_reasoning_is_kept_apart(said: str, text: str, reasoning: str | None) -> None:
    assert split_thinking(said) == (text, reasoning)


def test_reasoning_content_and_its_tokens_are_read() -> None:
    raw = body(content="Yes.", reasoning_content="hm") | {
        "usage": {"prompt_tokens": 4, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 7}}
    }
    reply = parse_reply(raw, "m")
    assert (reply.text, reply.reasoning, reply.usage, reply.model) == ("Yes.", "hm", Usage(4, 9, 7), "m")


def test_content_may_be_null_parts_or_hold_a_lone_surrogate() -> None:
    assert parse_reply(body(content=None), "m").text == ""
    assert parse_reply(body(content=[{"type": "text", "text": "a"}, {"type": "image_url"}]), "m").text == "a"
    assert parse_reply(body(content="a\ud800b"), "m").text == "a?b"


def test_both_forms_of_logprobs_give_the_mean() -> None:
    chat = {"content": [{"logprob": -1.0}, {"logprob": -2.0}]}
    plain = {"token_logprobs": [None, -1.0, -2.0]}
    for form in (chat, plain):
        assert parse_reply({"choices": [{"text": "x", "logprobs": form}]}, "m").logprob == -1.5


NULL_TEXT = {"choices": [{"text": None}]}


@pytest.mark.parametrize(
    "raw", [{}, {"choices": []}, {"choices": [{}]}, {"choices": None}, [], {"choices": ["x"]}, NULL_TEXT]
)
def test_a_body_of_another_shape_is_transient(raw: Any) -> None:
    with pytest.raises(TransientCallError, match="malformed"):
        parse_reply(raw, "m")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, BackendRefused) for status in (302, 401, 402, 403, 404, 405)),
        *((status, TransientCallError) for status in (408, 429, 500, 502, 503, 504)),
        *((status, CallFailed) for status in (400, 413, 422)),
    ],
)
def test_a_status_says_whether_retrying_can_help(status: int, error: type[Exception]) -> None:
    assert type(status_error(status, "words")) is error


def test_an_empty_account_is_no_rate_limit() -> None:
    assert isinstance(status_error(429, "insufficient_quota"), BackendRefused)


def test_retry_after_is_read_in_all_its_forms() -> None:
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({"retry-after-ms": "250"}) == 0.25
    assert retry_after({"Retry-After": formatdate(time() + 30, usegmt=True)}) == pytest.approx(30, abs=2)
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({}) is None


def test_messages_are_one_short_line_without_keys_or_control_characters() -> None:
    said = redact("bad \x1b[31m key\nsecret-key-1 or sk-abc123DEF456ghi789 " + "x" * 400, "secret-key-1")
    assert said.startswith("bad [31m key *** or *** xxx")
    assert len(said) == 300


def test_an_error_body_of_any_shape_has_words() -> None:
    assert server_message({"error": {"message": "m", "code": "c"}}) == "m / c"
    assert server_message({"error": "m"}) == server_message("m") == server_message({"detail": "m"}) == "m"


def test_unknown_sampling_keys_are_passed_on_and_null_ones_are_not() -> None:
    request = Request("response", prompt="p", sampling={"min_p": 0.1, "top_p": None}, logprobs=True)
    assert request_body("m", request) == {"model": "m", "prompt": "p", "min_p": 0.1, "logprobs": 1}


def test_only_this_machine_is_the_loopback() -> None:
    inside = ("http://localhost:1/v1", "http://127.0.0.1/v1", "http://[::1]:8000")
    outside = ("http://10.0.0.1/v1", "https://localhost.example/v1")
    assert [is_loopback(address) for address in (*inside, *outside)] == [True] * 3 + [False] * 2
