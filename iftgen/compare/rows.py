"""The rows of a run, as far as a comparison needs them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iftgen.errors import DataError
from iftgen.stats.frames import OUTCOMES, collect, source_of

if TYPE_CHECKING:
    import polars as pl

Floats = npt.NDArray[np.float64]
TOKENS = ("prompt_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True)
class Rows:
    """All candidates, the accepted ones first.

    `all` has the columns index, accepted (0 or 1), prompt_tokens, completion_tokens and cost_usd (null: unknown);
    `accepted` has the columns index, instruction, instruction_words, output_words and judge (null: not judged).
    """

    all: "pl.DataFrame"
    accepted: "pl.DataFrame"
    rejected_by: dict[str, int]
    rejected: int
    failed: int


def read(folder: Path) -> Rows:
    """Read the row files; missing ones have no rows. Raises DataError where one is damaged, or not to be read."""
    import polars as pl

    try:
        parts = {outcome: _part(folder / name, outcome) for outcome, name in OUTCOMES.items()}
    except OSError as error:
        raise DataError(f"{error.filename or folder}: cannot be read ({error.strerror}).") from None
    filters = parts["rejected"]["filter"].value_counts(sort=True).sort("count", "filter", descending=[True, False])
    costs = [
        part.select("index", *TOKENS, "cost_usd", pl.lit(float(outcome == "accepted")).alias("accepted"))
        for outcome, part in parts.items()
    ]
    return Rows(
        pl.concat(costs), parts["accepted"], dict(filters.rows()), parts["rejected"].height, parts["failed"].height
    )  # fmt: skip


def _part(path: Path, outcome: str) -> "pl.DataFrame":
    import polars as pl

    usage, schema = pl.col("usage").struct, _schema(outcome)
    columns = [pl.col("index").fill_null(0), *(usage.field(name).fill_null(0) for name in TOKENS), pl.col("cost_usd")]
    if outcome == "rejected":
        columns.append(pl.col("verdict").struct.field("filter").fill_null("?"))
    if outcome == "accepted":
        texts = {name: pl.col(name).fill_null("") for name in ("instruction", "output")}
        columns += [texts["instruction"], pl.col("scores").struct.field("judge")]
        columns += [text.str.count_matches(r"\S+").alias(f"{name}_words") for name, text in texts.items()]
    return collect(source_of(path), schema, columns)


def _schema(outcome: str) -> dict[str, Any]:
    import polars as pl

    schema: dict[str, Any] = {
        "index": pl.Int64(),
        "usage": pl.Struct(dict.fromkeys(TOKENS, pl.Int64)),
        "cost_usd": pl.Float64(),
    }
    if outcome == "rejected":
        schema["verdict"] = pl.Struct({"filter": pl.String})
    if outcome == "accepted":
        schema |= {"instruction": pl.String(), "output": pl.String(), "scores": pl.Struct({"judge": pl.Float64})}
    return schema
