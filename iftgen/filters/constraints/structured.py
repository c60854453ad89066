"""Types about JSON: a response that parses, and one that fits a schema (JSON Schema, draft 2020-12)."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from iftgen.filters.constraints.model import Arguments, Key, Kind
from iftgen.filters.constraints.patterns import PATTERN, finds

_FENCES = ("```json", "```Json", "```JSON", "```")
# Schemas are data of a row: so many references may be followed before a check is given up.
_MOST_REFERENCES = 10_000
_REFUSED = ("patternProperties", "$dynamicRef", "$recursiveRef")


def parse(response: str) -> Any:
    """Return the value of a response that is JSON, perhaps in a Markdown fence; raises ValueError where it is none."""
    text = response.strip()
    for fence in _FENCES:
        text = text.removeprefix(fence)
    try:
        return json.loads(text.removesuffix("```").strip())
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _json(response: str, arguments: Arguments) -> str:
    try:
        value = parse(response)
    except ValueError as error:
        value = _held_json(response) if arguments.get("lenient") else None
        if not value:
            return f"is no JSON: {error}"
    missing = [key for key in arguments.get("keys", ()) if f'"{key.lower()}"' not in json.dumps(value).lower()]
    return f"has no key {missing[0]!r} in its JSON" if missing else ""


def _held_json(response: str) -> Any:
    """Return an object or a list of JSON that begins somewhere in a response, with words or more JSON around it."""
    for start in (response.find("{"), response.find("[")):
        with suppress(ValueError, RecursionError):
            if start >= 0 and (found := json.JSONDecoder().raw_decode(response, start)[0]):
                return found
    return None


def _json_schema(response: str, arguments: Arguments) -> str:
    try:
        value = parse(response)
    except ValueError as error:
        return f"is no JSON: {error}"
    validator, budget = _validator(json.dumps(arguments["schema"]))
    budget.left = _MOST_REFERENCES
    try:
        misfit = next(validator.iter_errors(value), None)
    except (RecursionError, ArithmeticError, _Spent):
        return "cannot be checked: the schema refers to itself without end"
    except import_module("referencing").exceptions.Unresolvable as missing:
        return f"cannot be checked: the schema has no {missing.ref!r}"
    return f"does not fit the schema: {misfit.message[:200]} (at {misfit.json_path})" if misfit else ""


class _Spent(Exception):
    pass


@dataclass
class _Budget:
    """How many references may still be followed."""

    left: int = _MOST_REFERENCES

    def limit(self, follow: Any) -> Any:
        """Return the follower of references, counting."""

        def limited(validator: Any, reference: Any, value: Any, schema: Any) -> Iterator[Any]:
            self.left -= 1
            if self.left < 0:
                raise _Spent
            yield from follow(validator, reference, value, schema) or ()

        return limited


@lru_cache(64)
def _validator(schema: str) -> tuple[Any, _Budget]:
    """Return a validator that asks no network and lets no pattern or reference of a schema run on without end."""
    jsonschema, referencing = import_module("jsonschema"), import_module("referencing")
    base, budget = jsonschema.Draft202012Validator, _Budget()
    own = {"pattern": _pattern, "$ref": budget.limit(base.VALIDATORS["$ref"])}
    kind = jsonschema.validators.extend(base, own)
    return kind(json.loads(schema), registry=referencing.Registry()), budget


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[Any]:
    if isinstance(value, str) and not finds(pattern, value):
        yield import_module("jsonschema").ValidationError(f"{value[:80]!r} does not match {pattern!r}")


def _is_schema(value: Any) -> bool:
    try:
        return isinstance(value, dict) and _sound(json.dumps(value))
    except (RecursionError, ValueError, TypeError):
        return False


@lru_cache(64)
def _sound(text: str) -> bool:
    schema, jsonschema = json.loads(text), import_module("jsonschema")
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError:
        return False
    return all(_allowed(key, one) for key, one in _entries(schema))


def _allowed(key: str, value: Any) -> bool:
    if key == "$ref" and isinstance(value, str):
        return value.startswith("#")
    if key == "pattern" and isinstance(value, str):
        return PATTERN.fits(value)
    return key not in _REFUSED


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _entries(inner)


SCHEMA = Key(_is_schema, "a JSON Schema whose references stay inside it (no patternProperties)")
KINDS = {"json": Kind(_json), "json_schema": Kind(_json_schema, {"schema": SCHEMA})}
