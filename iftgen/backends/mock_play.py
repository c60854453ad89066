"""The parts that the mock model plays: it reads from a prompt what is wanted and writes something that fits."""

import json
import re
from collections.abc import Mapping
from typing import Any

from iftgen.backends import mock_writer as words
from iftgen.backends.mock_writer import Dice
from iftgen.types import Request

# No more of a prompt is read: what is wanted stands at its end.
READ = 4000
COUNT = re.compile(
    r"\b(\d+|one|two|three|four|five|six|eight|ten|twenty)\s+(?:[\w-]+\s+){0,3}"
    r"(?:objects?|items?|strings|instructions?|tasks?|questions?|prompts?|problems?|requests?|exercises?)\b",
    re.IGNORECASE,
)
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twenty": 20}
FIELD = re.compile(r'"(\w+)"\s*:')
TOPIC = re.compile(r"^(?:topic|subject|about)s?:[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
TASK = re.compile(r"^(?:task|kind|what it asks for|description|category):[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
EVOLVE = re.compile(r"rewrit|harder|more complex|evolve|new version", re.IGNORECASE)
GIVEN = re.compile(r"^[^\n]*(?:instruction|prompt|question)[^:\n]*:[ \t]*\n*(.+)$", re.IGNORECASE | re.MULTILINE)
BEGINS = re.compile(r"begins with:[ \t]*(.+)", re.IGNORECASE)
LABELLED = re.compile(r"\A([A-Z][\w /-]{0,30}):[ \t]?(.*)\Z")
NUMBERED = re.compile(r"\A\s*(\d+)\.[ \t]*(.*)\Z")
SCALE = re.compile(r"\b(\d+)\s*(?:to|-|–|and)\s*(\d+)\b")
ASKS = ("task", "question", "instruction", "request", "exercise", "problem", "prompt", "query", "user", "harder")
ANSWERS = ("answer", "response", "output", "solution", "reply", "assistant", "a")
NEEDS_INPUT = ("summar", "classif", "extract", "rewrit", "translat", "edit", "grammar", "sentiment")


def play(request: Request, dice: Dice, near_duplicate: float, sentences: int) -> str:
    """Return the mock's text for a request: the part of its role, in the form that the prompt asks for."""
    text = (request.messages[-1]["content"] if request.messages else request.prompt or "")[-READ:]
    schema = (request.sampling.get("response_format") or {}).get("json_schema", {}).get("schema")
    if request.role == "judge":
        return judge(text, dice, schema)
    if schema:
        return json.dumps(_from_schema(schema, dice), ensure_ascii=False)
    if request.messages is None:
        return _continue(text, dice, request.role, sentences)
    if request.role == "instruction":
        return _write(text, dice, near_duplicate)
    return words.answer(dice, text, sentences)


def judge(text: str, dice: Dice, schema: Mapping[str, Any] | None = None) -> str:
    """Return a judgement, mostly a good one: JSON with the fields that the prompt names, else `Rating: N`."""
    fields = list(schema.get("properties", {})) if schema else list(dict.fromkeys(FIELD.findall(text)))
    scale = SCALE.findall(text)
    low, high = (int(scale[-1][0]), int(scale[-1][1])) if scale else (1, 5)
    if low >= high:
        low, high = 1, 5
    score = high - min(high - low, (0, 0, 0, 1, 1, 1, 1, 2, 2, 3)[dice.below(10)] * (high - low) // 4)
    if fields or "json" in text.lower():
        return json.dumps({name: _judged(name, score, dice) for name in fields or ["score", "reason"]})
    if re.search(r"\byes\b.{0,12}\bno\b", text, re.IGNORECASE):
        return "Yes" if dice.below(5) else "No"
    return f"Rating: {score}"


def _judged(name: str, score: int, dice: Dice) -> Any:
    low = name.lower()
    if any(word in low for word in ("reason", "why", "feedback", "comment", "explan", "critique", "thought")):
        return words.sentence(dice)
    if any(word in low for word in ("winner", "better", "choice", "prefer", "verdict")):
        return dice.pick(("A", "B"))
    if any(word in low for word in ("valid", "pass", "ok", "correct", "safe", "is_", "accept")):
        return bool(dice.below(6))
    return score


def _write(text: str, dice: Dice, near_duplicate: float) -> str:
    """Write instructions, or the text that an exercise needs, in the form that was asked for."""
    fields = list(dict.fromkeys(FIELD.findall(text)))
    wanted = COUNT.findall(text)
    count = NUMBERS.get(wanted[-1].lower()) or int(wanted[-1]) if wanted else 1
    task, topic = _subject(text)
    if "json" in text.lower():
        rows = [_row(dice, task, topic, near_duplicate, fields) for _ in range(min(count, 100))]
        return json.dumps(rows[0] if count == 1 and "array" not in text.lower() else rows, ensure_ascii=False)
    if hit := BEGINS.search(text):
        return f"{hit.group(1).strip()} {words.sentence(dice).lower()}"
    if EVOLVE.search(text) and (given := GIVEN.findall(text)):
        return f"{given[-1].strip().rstrip('.?!')}, considering {words.instruction(dice, '', '', 'and')}"
    if not wanted and re.search(r"^Write ", text, re.MULTILINE) and not TASK.search(text):
        return words.sentence(dice, [topic] if topic else ())
    rows = [str(_row(dice, task, topic, near_duplicate, [])) for _ in range(min(count, 100))]
    return rows[0] if count == 1 else "\n".join(f"{n}. {row}" for n, row in enumerate(rows, 1))


def _row(dice: Dice, task: str, topic: str, near_duplicate: float, fields: list[str]) -> Any:
    """Return one instruction: a text, or an object with the fields that the prompt shows."""
    again = dice.unit() < near_duplicate
    text = words.near_duplicate(dice, task, topic) if again else words.instruction(dice, task, topic)
    if not fields:
        return text
    return {name: _field(name, text, task, dice) for name in fields}


def _field(name: str, text: str, task: str, dice: Dice) -> str:
    if name in ("input", "context"):
        return words.sentence(dice) if any(mark in task.lower() for mark in NEEDS_INPUT) else ""
    return words.answer(dice, text, 2) if name in ("output", "response", "answer") else text


def _continue(text: str, dice: Dice, role: str, sentences: int) -> str:
    """Continue a plain prompt: a chat template, a numbered list, a Python file, or a column of labelled lines."""
    if text.endswith("assistant\n"):
        return words.answer(dice, text.rsplit("user\n", 1)[-1].split("<|", 1)[0], sentences)
    if text.endswith("user\n"):
        return words.instruction(dice, text[-600:], "")
    block = text.rstrip(" ").rsplit("\n\n", 1)[-1].split("\n")
    last = block[-1]
    if last == "def":
        return words.code(dice, words.keywords(block[0].lstrip("# ")) or ["value"]).split("def", 1)[1][:-4]
    if hit := NUMBERED.match(last):
        return _numbered(int(hit.group(1)), hit.group(2), dice)
    if hit := LABELLED.match(last):
        return " " + _labelled(hit.group(1).lower(), hit.group(2).strip(), block[:-1], dice, sentences)
    tail = text[-400:]
    return words.answer(dice, tail, sentences) if role == "response" else words.instruction(dice, tail, "")


def _labelled(label: str, opening: str, above: list[str], dice: Dice, sentences: int) -> str:
    given = [line.split(":", 1)[-1].strip() for line in above if ":" in line]
    name = label.split()[-1]
    if name in ASKS:
        return words.instruction(dice, " ".join(above), given[-1] if given else "", opening)
    if name in ANSWERS:
        return words.answer(dice, " ".join(given or above), sentences)
    return words.sentence(dice, [word.strip() for word in given[-1].split(",")] if given else ())


def _numbered(first: int, opening: str, dice: Dice) -> str:
    lines = [words.instruction(dice, opening, "", opening)]
    lines += [f"{n}. {words.instruction(dice, opening, '')}" for n in range(first + 1, first + 8)]
    return " " + "\n".join(lines)


def _subject(text: str) -> tuple[str, str]:
    """Return the words that tell the task, and the topic ("" where the prompt names none)."""
    topics = TOPIC.findall(text)
    return " ".join(TASK.findall(text)) or text[-300:], topics[-1].strip() if topics else ""


def _from_schema(schema: Mapping[str, Any], dice: Dice) -> Any:
    """Return a value that fits a simple JSON schema."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return dice.pick(schema["enum"])
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if kind == "object":
        return {name: _from_schema(inner, dice) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [_from_schema(schema.get("items", {}), dice) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind in ("integer", "number"):
        low = int(schema.get("minimum", 1))
        return low + dice.below(max(1, int(schema.get("maximum", 5)) - low + 1))
    return bool(dice.below(2)) if kind == "boolean" else words.instruction(dice, "", "")
