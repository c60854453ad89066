"""Conversations: the `messages` of OpenAI and TRL ({role, content}), and ShareGPT's `conversations` ({from, value})."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iftgen.types import Message

ROLES: Mapping[str, str] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "ai": "assistant",
}


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns without the system prompt; `problem` says why they are no conversation that a row may hold."""

    turns: list[Message] = field(default_factory=list)
    system: str = ""
    problem: str = ""

    @property
    def question(self) -> str:
        """The first turn of the user."""
        return self.turns[0]["content"] if self.turns else ""

    @property
    def reply(self) -> str | None:
        """The last turn of the assistant, None where there is none."""
        return self.turns[-1]["content"] if self.turns and self.turns[-1]["role"] == "assistant" else None

    @property
    def messages(self) -> list[Message]:
        """The turns where there are several, else none: instruction and output say it all."""
        return self.turns if len(self.turns) > 2 else []


def turns_in(value: Any) -> list[Any] | None:
    """Return the value as a list of turns, None where it is none; a table holds such a list as JSON text."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    is_list = isinstance(value, list) and all(isinstance(turn, dict) for turn in value)
    return value if is_list and all(_speaker(turn) is not None for turn in value) else None


def conversation_of(turns: Sequence[Mapping[str, Any]]) -> Conversation:
    """Return the conversation of some turns; a reader of chat templates wants user and assistant in turn."""
    told: list[Message] = []
    system: list[str] = []
    for number, turn in enumerate(turns, 1):
        speaker = str(_speaker(turn))
        role = ROLES.get(speaker.strip().casefold())
        text = _text(turn.get("content", turn.get("value")))
        if text is None:
            return Conversation(told, problem=f"turn {number} of the conversation holds no text")
        if role is None:
            return Conversation(
                told, problem=f"turn {number} of the conversation is by {speaker[:40]!r}, not by user or assistant"
            )
        if role == "system":
            if told:
                return Conversation(told, problem=f"turn {number} of the conversation is a system prompt in its middle")
            system.append(text)
            continue
        told.append({"role": role, "content": text})
    return Conversation(told, "\n\n".join(system), _objection(told))


def _objection(turns: Sequence[Message]) -> str:
    if not turns:
        return "the conversation has no turns"
    for number, turn in enumerate(turns, 1):
        due = "user" if number % 2 else "assistant"
        if turn["role"] != due:
            return f"turn {number} of the conversation is by the {turn['role']}, but the {due} is due"
        last = number == len(turns)
        if not turn["content"].strip() and not (last and due == "assistant"):
            what = "the row has no instruction" if number == 1 else f"turn {number} of the conversation is empty"
            return what
    if len(turns) > 2 and turns[-1]["role"] == "user":
        return "the conversation ends with a turn of the user that has no reply"
    return ""


def _speaker(turn: Mapping[str, Any]) -> Any:
    speaker = turn.get("role", turn.get("from"))
    return speaker if isinstance(speaker, str) else None


def _text(content: Any) -> str | None:
    """Return the text of a turn; OpenAI's lists of parts are joined where all are text."""
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        return "\n".join(map(str, parts)) if parts and all(isinstance(part, str) for part in parts) else None
    return content if isinstance(content, str) else None
