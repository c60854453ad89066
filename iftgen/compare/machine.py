"""A comparison for machines: JSON objects and CSV."""

import csv
import dataclasses
import io
from collections.abc import Iterator, Mapping
from typing import Any

from iftgen.compare.values import Comparison, Run


def objects(comparison: Comparison) -> list[dict[str, Any]]:
    """Return one object a run that json.dumps takes: the fields of `Run`; a figure has value, low and high."""
    return [_object(run) for run in comparison.runs]


def csv_text(comparison: Comparison) -> str:
    """Return a table with a header and one line a run; nested fields are named with dots, what is absent is empty."""
    rows = [dict(_flat(one)) for one in objects(comparison)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    counts = sorted({name for name in names if name.startswith("rejected_by.")})
    first = next((place for place, name in enumerate(names) if name in counts), len(names))
    header = [*(name for name in names[:first] if name not in counts), *counts]
    header += [name for name in names[first:] if name not in counts]
    file = io.StringIO()
    writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**dict.fromkeys(counts, 0), **row} for row in rows)
    return file.getvalue()


def _object(run: Run) -> dict[str, Any]:
    fields = {field.name: getattr(run, field.name) for field in dataclasses.fields(run)}
    return {name: _json(value) for name, value in fields.items()} | {"folder": str(run.folder)}


def _json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return {name: _json(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner
